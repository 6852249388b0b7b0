"""The compare page: what a reader may put side by side, and every figure that can then be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Indicator, Unit
from xietong.report.evaluation import Row
from xietong.report.facts import Link
from xietong.report.spines import quantile
from xietong.report.view import View

#: Columns of the table: fewer compare nothing, more fit on no page.
FEWEST_UNITS: Final = 2
MOST_UNITS: Final = 6
#: Score as written, code of its band or grade, rank, and where the rank may lie.
OutputFigure = tuple[str, str, int | None, int | None, int | None]
#: As written, period (its place in ``periods``), months of age, score as written and as a number.
KnownFigure = tuple[str, int, int, str, float | None]
#: A word stands for a figure that is not there: missing or not_applicable.
CompareFigure = KnownFigure | str


@dataclass(frozen=True)
class CompareData:
    """Every figure of the evaluated period, without any words but numbers as pages write them.

    ``outputs`` and ``figures`` hold a row an output or indicator and a column a unit, in the order of
    ``units``; ``spreads`` the quartiles of an indicator's scores over the ranked units, and their ends.
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    outputs: Mapping[str, tuple[OutputFigure | None, ...]]
    figures: Mapping[str, tuple[CompareFigure, ...]]
    spreads: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Choice:
    """Something to choose: its code, its name with the page it leads to, and its unit of measurement."""

    code: str
    link: Link
    measure: str = ""


@dataclass(frozen=True)
class ChoiceGroup:
    """Choices under one heading; without a name they belong to no group."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Compare:
    """What the compare page says. ``first_units`` and ``first_indicators`` are shown until a reader chooses."""

    units: tuple[ChoiceGroup, ...]
    scored: tuple[ChoiceGroup, ...]
    others: ChoiceGroup
    first_units: tuple[str, ...]
    first_indicators: tuple[str, ...]
    periods: tuple[str, ...]
    bands: Mapping[str, str]
    data: CompareData


def compare(view: View) -> Compare:
    """Return the content of the compare page."""
    data = _data(view)
    scored = tuple(
        ChoiceGroup(view.pick(node.name), tuple(_indicator(view, found) for found in _below(view, node.code)))
        for node in view.catalogue.index.nodes
        if node.takes == "indicators"
    )
    others = tuple(_indicator(view, found) for found in view.catalogue.indicators if found.node is None)
    return Compare(
        units=_unit_groups(view),
        scored=scored,
        others=ChoiceGroup("", others),
        first_units=_ends(view),
        first_indicators=tuple(group.choices[0].code for group in scored if group.choices),
        periods=tuple(view.period(code) for code in data.periods),
        bands=_bands(view),
        data=data,
    )


def _units(view: View) -> list[Unit]:
    whole = [view.whole] if view.whole else []
    return [*view.ranked_units, *view.special_units, *whole]


def _below(view: View, node: str) -> list[Indicator]:
    own = [found for found in view.catalogue.indicators if found.node == node]
    return sorted(own, key=lambda found: (-(found.weight or 0.0), found.code))


def _indicator(view: View, indicator: Indicator) -> Choice:
    return Choice(indicator.code, view.indicator_link(indicator.code), view.measure(indicator.measure))


def _unit_groups(view: View) -> tuple[ChoiceGroup, ...]:
    named = [(group.code, view.pick(group.name)) for group in view.catalogue.units.peer_groups]
    groups = (
        ChoiceGroup(
            name,
            tuple(Choice(unit.code, view.unit_link(unit.code)) for unit in _units(view) if unit.peer_group == code),
        )
        for code, name in [*named, (None, "")]
    )
    return tuple(group for group in groups if group.choices)


def _ends(view: View) -> tuple[str, ...]:
    """Return the first and the last unit by the degree of synergy; without one, the first two of the catalogue."""
    degrees = [(view.evaluation.synergy.get(unit.code) or {}).get("d_modified") for unit in view.ranked_units]
    known = sorted((degree, unit.code) for degree, unit in zip(degrees, view.ranked_units, strict=True) if degree)
    if len(known) < FEWEST_UNITS:
        return tuple(unit.code for unit in view.ranked_units[:FEWEST_UNITS])
    return known[-1][1], known[0][1]


def _bands(view: View) -> dict[str, str]:
    """Return the words for the codes that the data hold for bands and grades."""
    index = view.catalogue.index
    words = {f"synergy-{band.level}": view.pick(band.name) for band in index.synergy_bands}
    words |= {f"index-{band.level}": view.pick(band.name) for band in index.index_bands}
    if view.catalogue.scoring is not None:
        words |= {f"assessment-{one.code}": view.pick(one.name) for one in view.catalogue.scoring.selected.grades}
    return words


def _data(view: View) -> CompareData:
    units = _units(view)
    rows = view.evaluation.figures.values()
    periods = tuple(sorted({row["value_period"] for row in rows if row["value_period"] is not None}))
    places = {code: place for place, code in enumerate(periods)}
    indicators = view.catalogue.indicators
    return CompareData(
        units=tuple(unit.code for unit in units),
        periods=periods,
        outputs={
            "synergy": tuple(_synergy(view, unit) for unit in units),
            "index": tuple(_index(view, unit) for unit in units),
            "assessment": tuple(_assessment(view, unit) for unit in units),
        },
        figures={found.code: tuple(_figure(view, unit, found, places) for unit in units) for found in indicators},
        spreads={found.code: spread for found in indicators if (spread := _spread(view, found))},
    )


def _synergy(view: View, unit: Unit) -> OutputFigure | None:
    row = view.evaluation.synergy.get(unit.code) or {}
    written = view.degree(row.get("d_modified")).text
    return _output(view, "synergy", unit, written, str(row.get("band")), row) if written else None


def _index(view: View, unit: Unit) -> OutputFigure | None:
    row = view.evaluation.index(unit.code) or {}
    written = view.score(row.get("score")).text
    return _output(view, "index", unit, written, str(row.get("band")), row) if written else None


def _assessment(view: View, unit: Unit) -> OutputFigure | None:
    row = view.evaluation.assessment.get(unit.code) or {}
    is_assessed = row.get("state") == "assessed"
    written = view.score(row.get("score")).text
    return _output(view, "assessment", unit, written, str(row.get("grade")), row) if is_assessed else None


def _output(view: View, output: str, unit: Unit, written: str, band: str, row: Row) -> OutputFigure:
    interval = view.interval(output, unit.code) if row.get("rank") else None
    low, high = (interval.low, interval.high) if interval else (None, None)
    return written, f"{output}-{band}", row.get("rank"), low, high


def _figure(view: View, unit: Unit, indicator: Indicator, places: Mapping[str, int]) -> CompareFigure:
    found = view.figure(unit.code, indicator)
    if found.value is None:
        return found.state
    row = view.evaluation.figures[unit.code, indicator.code]
    score = view.score(row["score"])
    known = None if score.value is None else round(score.value, 1)
    return found.text, places[row["value_period"]], found.age_months, score.text, known


def _spread(view: View, indicator: Indicator) -> tuple[float, ...]:
    """Return the lowest score of the ranked units, their quartiles and the highest; nothing without scores."""
    rows = (view.evaluation.figures.get((unit.code, indicator.code)) for unit in view.ranked_units)
    scores = sorted(row["score"] for row in rows if row is not None and row["score"] is not None)
    return tuple(round(quantile(scores, share), 1) for share in (0, 0.25, 0.5, 0.75, 1)) if scores else ()
