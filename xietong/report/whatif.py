"""The what-if: what the script of the page recomputes, what a reader may change, and the published results."""

from collections.abc import Iterator
from dataclasses import dataclass

from xietong.catalogue import Goalposts, Indicator, Node, Unit
from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.view import Interval, Score, View

#: A number is observed, None is missing, "-" does not apply to the unit.
ModelFigure = float | str | None


@dataclass(frozen=True)
class SynergySides:
    """The two nodes that the synergy degree couples, and their weights in T."""

    pollution: str
    carbon: str
    weight_pollution: float
    weight_carbon: float


@dataclass(frozen=True)
class WhatIfModel:
    """Everything that synergy degree, index and ranks of one period are computed from, without any words.

    ``units``: code, kind, peer group, whether it is ranked. ``indicators``: code, node, weight, worst,
    best. ``nodes``: code, parent, level, weight, aggregation, what it takes. ``bands`` of the index: level,
    lower, upper. ``values``: a row a unit, a column an indicator, both in the order given here.
    """

    units: tuple[tuple[str, str, str | None, bool], ...]
    indicators: tuple[tuple[str, str, float, float, float], ...]
    nodes: tuple[tuple[str, str | None, str, float, str, str], ...]
    synergy: SynergySides
    availability: float
    floor: float
    digits: int
    bands: tuple[tuple[int, float, float], ...]
    values: tuple[tuple[ModelFigure, ...], ...]


@dataclass(frozen=True)
class WeightRow:
    """A weight that may be changed: of a node, or of an indicator in its node."""

    kind: str
    code: str
    name: str
    depth: int
    weight: float
    written: str


@dataclass(frozen=True)
class TargetOption:
    """A target that a lever may set a figure to; ``unit_code`` is empty for one of the whole city."""

    unit_code: str
    value: float
    words: Sentence


@dataclass(frozen=True)
class IndicatorOption:
    """An indicator that a lever may move, with its goalposts and targets."""

    code: str
    name: str
    measure: str
    decimals: int
    worst: float
    best: float
    targets: tuple[TargetOption, ...]


@dataclass(frozen=True)
class OptionGroup:
    """Units under one heading (code, name); those of no group have none, and are zones apart or all there are."""

    name: str
    options: tuple[tuple[str, str], ...]
    is_special: bool = False


@dataclass(frozen=True)
class IndicatorGroup:
    """The indicators of one node."""

    name: str
    options: tuple[IndicatorOption, ...]


@dataclass(frozen=True)
class Standing:
    """Where a unit stands as published: its figure, its band, its rank and where the rank may lie."""

    score: Score
    second: Score
    band: str
    rank: int | None
    interval: Interval | None


@dataclass(frozen=True)
class BaseRow:
    """The published results of one unit."""

    code: str
    unit: Link
    is_ranked: bool
    lag: str
    synergy: Standing
    index: Standing


@dataclass(frozen=True)
class WhatIf:
    """What the what-if page says; without anything assessed there is no model to recompute."""

    is_possible: bool
    model: WhatIfModel
    share: float
    weights: tuple[WeightRow, ...]
    units: tuple[OptionGroup, ...]
    groups: tuple[tuple[str, str], ...]
    indicators: tuple[IndicatorGroup, ...]
    rows: tuple[BaseRow, ...]
    synergy_bands: tuple[str, ...]
    lag_types: tuple[tuple[str, str], ...]
    has_intervals: bool


def what_if(view: View) -> WhatIf:
    """Return the content of the what-if page."""
    rows = tuple(_row(view, unit) for unit in _units(view))
    catalogue = view.catalogue
    return WhatIf(
        is_possible=any(row.synergy.score.text or row.index.score.text for row in rows),
        model=what_if_model(view),
        share=catalogue.index.synergy.weight_pollution,
        weights=tuple(_weights(view)),
        units=_unit_options(view),
        groups=tuple((group.code, view.pick(group.name)) for group in catalogue.units.peer_groups),
        indicators=_indicator_groups(view),
        rows=rows,
        synergy_bands=tuple(view.pick(band.name) for band in catalogue.index.synergy_bands),
        lag_types=tuple((label.code, view.pick(label.name)) for label in catalogue.index.lag_types),
        has_intervals=any(row.synergy.interval or row.index.interval for row in rows),
    )


def what_if_model(view: View) -> WhatIfModel:
    """Return the model: every unit that is scored, every indicator with a weight, and their figures."""
    index, scored = view.catalogue.index, _scored(view)
    synergy = index.synergy
    return WhatIfModel(
        units=tuple((unit.code, unit.kind, unit.peer_group, unit.is_ranked) for unit in _units(view)),
        indicators=tuple(
            (found.code, found.node or "", found.weight or 0.0, posts.worst.value, posts.best.value)
            for found, posts in scored
        ),
        nodes=tuple(
            (node.code, node.parent, node.level, node.weight, node.aggregation, node.takes) for node in index.nodes
        ),
        synergy=SynergySides(synergy.pollution, synergy.carbon, synergy.weight_pollution, synergy.weight_carbon),
        availability=index.availability.numerator / index.availability.denominator,
        floor=index.geometric_floor,
        digits=index.rounding_digits,
        bands=tuple((band.level, band.lower, band.upper) for band in index.index_bands),
        values=tuple(tuple(_value(view, unit, found) for found, _ in scored) for unit in _units(view)),
    )


def _units(view: View) -> list[Unit]:
    return [*view.ranked_units, *view.special_units]


def _scored(view: View) -> list[tuple[Indicator, Goalposts]]:
    found = [
        (one, one.goalposts) for one in view.catalogue.indicators if one.node is not None and one.goalposts is not None
    ]
    return sorted(found, key=lambda pair: pair[0].code)


def _value(view: View, unit: Unit, indicator: Indicator) -> ModelFigure:
    row = view.evaluation.figures.get((unit.code, indicator.code))
    if row is not None and row["state"] == "not_applicable":
        return "-"
    return None if row is None or row["state"] != "observed" else float(row["value"])


def _weights(view: View) -> Iterator[WeightRow]:
    """Yield the tree from the top; the index itself has nothing beside it to weigh against."""

    def below(parent: Node, depth: int) -> Iterator[WeightRow]:
        for node in view.catalogue.index.nodes:
            if node.parent == parent.code:
                yield WeightRow("node", node.code, view.pick(node.name), depth, node.weight, wording.plain(node.weight))
                yield from below(node, depth + 1)
        own = sorted(
            (found for found, _ in _scored(view) if found.node == parent.code),
            key=lambda found: (-(found.weight or 0.0), found.code),
        )
        for found in own:
            weight = found.weight or 0.0
            yield WeightRow("indicator", found.code, view.pick(found.name), depth, weight, wording.plain(weight))

    yield from below(next(node for node in view.catalogue.index.nodes if node.parent is None), 0)


def _unit_options(view: View) -> tuple[OptionGroup, ...]:
    names = [(group.code, view.pick(group.name)) for group in view.catalogue.units.peer_groups]
    grouped = [
        OptionGroup(name, tuple((unit.code, view.pick(unit.name)) for unit in _units(view) if unit.peer_group == code))
        for code, name in names
    ]
    apart = [
        OptionGroup(
            "",
            tuple(
                (unit.code, view.pick(unit.name))
                for unit in _units(view)
                if unit.peer_group is None and unit.is_ranked != is_special
            ),
            is_special=is_special,
        )
        for is_special in (False, True)
    ]
    return tuple(group for group in (*grouped, *apart) if group.options)


def _indicator_groups(view: View) -> tuple[IndicatorGroup, ...]:
    return tuple(
        IndicatorGroup(
            view.pick(node.name),
            tuple(_option(view, *pair) for pair in _scored(view) if pair[0].node == node.code),
        )
        for node in view.catalogue.index.nodes
        if node.takes == "indicators"
    )


def _option(view: View, indicator: Indicator, goalposts: Goalposts) -> IndicatorOption:
    measure = view.measure_after(indicator.measure)
    return IndicatorOption(
        code=indicator.code,
        name=view.pick(indicator.name),
        measure=measure,
        decimals=indicator.decimals,
        worst=goalposts.worst.value,
        best=goalposts.best.value,
        targets=tuple(_targets(view, indicator, measure)),
    )


def _targets(view: View, indicator: Indicator, measure: str) -> Iterator[TargetOption]:
    """Yield the targets that set the level of the figure itself, those of single units before the city's."""
    whole = view.whole.code if view.whole else ""
    found = [
        target
        for target in view.catalogue.targets.targets
        if target.indicator == indicator.code and target.kind == "level" and target.value is not None
    ]
    for target in sorted(found, key=lambda one: (one.unit_code == whole, one.code)):
        values = {
            "value": wording.plain(target.value or 0.0),
            "measure": measure,
            "unit": view.unit_name(target.unit_code),
            "year": str(target.year or ""),
        }
        of_whole = target.unit_code == whole
        key = "whatif.target_of_city" if of_whole else "whatif.target_of_unit"
        yield TargetOption("" if of_whole else target.unit_code, target.value or 0.0, Sentence(key, values))


def _row(view: View, unit: Unit) -> BaseRow:
    synergy: Row = view.evaluation.synergy.get(unit.code) or {}
    index: Row = view.evaluation.index(unit.code) or {}
    return BaseRow(
        code=unit.code,
        unit=view.unit_link(unit.code),
        is_ranked=unit.is_ranked,
        lag=view.label(synergy.get("lag_type")),
        synergy=Standing(
            score=view.degree(synergy.get("d_modified")),
            second=view.degree(synergy.get("d_standard")),
            band=view.synergy_band(synergy.get("band")),
            rank=synergy.get("rank"),
            interval=view.interval("synergy", unit.code),
        ),
        index=Standing(
            score=view.score(index.get("score")),
            second=view.score(index.get("score_arithmetic")),
            band=view.index_band(index.get("band")),
            rank=index.get("rank"),
            interval=view.interval("index", unit.code),
        ),
    )
