"""The method page, generated from the catalogue and the macros that the figures were computed with."""

from collections import defaultdict
from dataclasses import dataclass

from xietong.catalogue import Band, Factor, Label
from xietong.report import wording
from xietong.report.coverage import Coverage
from xietong.report.indicators import Definition, definition_of
from xietong.report.view import View


@dataclass(frozen=True)
class NodeText:
    """One node of the index tree with the indicators below it."""

    code: str
    name: str
    level: str
    depth: int
    weight: str
    aggregation: str
    takes: str
    description: str
    indicators: tuple[Definition, ...]


@dataclass(frozen=True)
class BandText:
    """One band of a scheme."""

    colour: str
    name: str
    lower: str
    upper: str


@dataclass(frozen=True)
class FactorText:
    """One factor with its year and source."""

    name: str
    value: str
    measure: str
    year: str
    series: str
    source: str
    is_verified: bool
    inputs: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class MethodPage:
    """What the method page says."""

    method_version: str
    base_year: str
    availability: str
    window_availability: str
    floor: str
    pollution: str
    carbon: str
    weight_pollution: str
    weight_carbon: str
    nodes: tuple[NodeText, ...]
    synergy_bands: tuple[BandText, ...]
    index_bands: tuple[BandText, ...]
    lag_types: tuple[str, ...]
    quadrants: tuple[str, ...]
    tapio_states: tuple[str, ...]
    components: tuple[Definition, ...]
    factors: tuple[tuple[str, tuple[FactorText, ...]], ...]
    macros: tuple[tuple[str, str], ...]


def method_page(view: View, coverage: Coverage) -> MethodPage:
    """Return the content of the method page."""
    index = view.catalogue.index
    nodes = {node.code: view.pick(node.name) for node in index.nodes}
    return MethodPage(
        method_version=index.method_version,
        base_year=str(index.base_year),
        availability=f"{index.availability.numerator}/{index.availability.denominator}",
        window_availability=f"{index.window_availability.numerator}/{index.window_availability.denominator}",
        floor=wording.plain(index.geometric_floor),
        pollution=nodes[index.synergy.pollution],
        carbon=nodes[index.synergy.carbon],
        weight_pollution=wording.plain(index.synergy.weight_pollution),
        weight_carbon=wording.plain(index.synergy.weight_carbon),
        nodes=tuple(_nodes(view, coverage)),
        synergy_bands=_bands(view, index.synergy_bands, "band"),
        index_bands=_bands(view, index.index_bands, "index"),
        lag_types=_labels(view, index.lag_types),
        quadrants=_labels(view, index.quadrants),
        tapio_states=_labels(view, index.tapio_states),
        components=tuple(definition_of(view, indicator) for indicator in coverage.others),
        factors=_factors(view),
        macros=tuple(sorted(view.run.macros.items())),
    )


def _nodes(view: View, coverage: Coverage) -> list[NodeText]:
    depth: dict[str, int] = {}
    found = []
    for node in view.catalogue.index.nodes:
        depth[node.code] = 0 if node.parent is None else depth.get(node.parent, 0) + 1
        found.append(
            NodeText(
                code=node.code,
                name=view.pick(node.name),
                level=node.level,
                depth=depth[node.code],
                weight=wording.plain(node.weight),
                aggregation=node.aggregation,
                takes=node.takes,
                description=view.optional(node.description),
                indicators=tuple(
                    definition_of(view, indicator) for indicator in coverage.scored if indicator.node == node.code
                ),
            )
        )
    return found


def _bands(view: View, bands: tuple[Band, ...], scheme: str) -> tuple[BandText, ...]:
    return tuple(
        BandText(f"{scheme}-{band.level}", view.pick(band.name), wording.plain(band.lower), wording.plain(band.upper))
        for band in bands
    )


def _labels(view: View, labels: tuple[Label, ...]) -> tuple[str, ...]:
    return tuple(view.pick(label.name) for label in labels)


def _factors(view: View) -> tuple[tuple[str, tuple[FactorText, ...]], ...]:
    groups: dict[str, list[Factor]] = defaultdict(list)
    for factor in view.catalogue.factors:
        groups[view.measure(factor.measure)].append(factor)
    return tuple((measure, tuple(_factor(view, factor) for factor in found)) for measure, found in groups.items())


def _factor(view: View, factor: Factor) -> FactorText:
    return FactorText(
        name=view.pick(factor.name),
        value=wording.plain(factor.value),
        measure=view.measure(factor.measure),
        year=str(factor.year or ""),
        series=factor.series or "",
        source=view.pick(factor.source),
        is_verified=factor.is_verified,
        inputs=tuple((name, wording.plain(value)) for name, value in factor.inputs.items()),
        note=view.optional(factor.note),
    )
