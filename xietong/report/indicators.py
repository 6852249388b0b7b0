"""The page of one indicator: what it measures, how it is scored, and its figure in every unit."""

from dataclasses import dataclass

from xietong.catalogue import Indicator, Range, Target, Unit
from xietong.report import wording
from xietong.report.coverage import Count, Coverage
from xietong.report.distribution import FEWEST_UNITS, Distribution, distribution
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.formulas import FormulaText, formula_text
from xietong.report.maps import MapView, score_map, value_map
from xietong.report.provenance import component_codes
from xietong.report.quality import CheckRow, check_rows
from xietong.report.spines import quantile
from xietong.report.targets import TargetRow, target_row
from xietong.report.view import Figure, Score, View


@dataclass(frozen=True)
class GoalpostText:
    """One end of the goalposts with the reason for it."""

    end: str
    value: str
    reason: str


@dataclass(frozen=True)
class Definition:
    """What the catalogue says about an indicator; the method page prints it too."""

    code: str
    name: str
    definition: str
    measure: str
    measure_after: str
    role: str
    direction: str
    frequency: str
    window: str
    aggregation: str
    carry_months: int
    plausible: str
    plausible_city: str
    plausible_reason: str
    node: str
    weight: str
    goalposts: tuple[GoalpostText, ...]
    formula: FormulaText | None
    articles: tuple[int, ...]
    source: str
    applies_to: tuple[Link, ...]
    note: str


@dataclass(frozen=True)
class UnitFigure:
    """The figure of one unit."""

    unit: Link
    kind: str
    figure: Figure
    outdated: Figure | None
    score: Score
    series: tuple[float | None, ...]


@dataclass(frozen=True)
class IndicatorReport:
    """What the page of an indicator says."""

    definition: Definition
    count: Count
    map: MapView | None
    figures: tuple[UnitFigure, ...]
    scores: tuple[tuple[str, float], ...]
    distribution: Distribution | None
    targets: tuple[TargetRow, ...]
    checks: tuple[CheckRow, ...]
    findings: int
    used_in: tuple[Link, ...]
    sentence: Sentence | None


@dataclass(frozen=True)
class IndicatorGroup:
    """The indicators below one node, with their coverage."""

    name: str
    rows: tuple[tuple[Definition, Count], ...]


@dataclass(frozen=True)
class IndicatorList:
    """The list of all indicators."""

    groups: tuple[IndicatorGroup, ...]
    units: int


def _range(plausible: Range | None) -> str:
    return f"{wording.plain(plausible.minimum)} – {wording.plain(plausible.maximum)}" if plausible else ""


def definition_of(view: View, indicator: Indicator) -> Definition:
    """Return what the catalogue says about an indicator, in the view's language."""
    nodes = {node.code: view.pick(node.name) for node in view.catalogue.index.nodes}
    plausible = indicator.plausible
    return Definition(
        code=indicator.code,
        name=view.pick(indicator.name),
        definition=view.pick(indicator.definition),
        measure=view.measure(indicator.measure),
        measure_after=view.measure_after(indicator.measure),
        role=indicator.role,
        direction=indicator.direction or "",
        frequency=indicator.frequency,
        window=indicator.window,
        aggregation=indicator.aggregation,
        carry_months=indicator.carry_months,
        plausible=_range(plausible),
        plausible_city=_range(indicator.plausible_city),
        plausible_reason=view.optional(plausible.reason if plausible else None),
        node=nodes.get(indicator.node or "", ""),
        weight="" if indicator.weight is None else wording.plain(round(100 * indicator.weight, 6)),
        goalposts=_goalposts(view, indicator),
        formula=formula_text(view, indicator),
        articles=indicator.articles,
        source=view.optional(indicator.source),
        applies_to=tuple(view.unit_link(code) for code in indicator.applies_to or ()),
        note=view.optional(indicator.note),
    )


def _goalposts(view: View, indicator: Indicator) -> tuple[GoalpostText, ...]:
    if indicator.goalposts is None:
        return ()
    ends = (("worst", indicator.goalposts.worst), ("best", indicator.goalposts.best))
    return tuple(GoalpostText(end, wording.plain(bound.value), view.pick(bound.reason)) for end, bound in ends)


def indicator_report(view: View, coverage: Coverage, indicator: Indicator) -> IndicatorReport:
    """Return the content of the page of an indicator."""
    figures = tuple(_unit_figure(view, unit, indicator) for unit in view.catalogue.units.units)
    scores = tuple(
        (found.unit.text, found.score.value)
        for found, unit in zip(figures, view.catalogue.units.units, strict=True)
        if unit.is_ranked and found.score.value is not None
    )
    spread = distribution(view, indicator)
    return IndicatorReport(
        definition=definition_of(view, indicator),
        count=coverage.of_indicator(indicator),
        map=score_map(view, indicator) if scores else value_map(view, indicator),
        figures=figures,
        scores=scores,
        distribution=spread,
        targets=tuple(
            target_row(view, target) for target in view.catalogue.targets.targets if _concerns(target, indicator)
        ),
        checks=check_rows(view, [row for row in view.evaluation.rows("checks") if _checks(row, indicator)]),
        findings=view.evaluation.findings_by_indicator.get(indicator.code, 0),
        used_in=tuple(
            view.indicator_link(other.code)
            for other in view.catalogue.indicators
            if indicator.code in component_codes(other)
        ),
        sentence=_sentence(view, indicator, spread),
    )


def _sentence(view: View, indicator: Indicator, spread: Distribution | None) -> Sentence | None:
    """Return the median of the ranked units, who is lowest and highest, and the median a year before; None for few."""
    found = [(unit, view.figure(unit.code, indicator)) for unit in view.ranked_units]
    known = sorted(
        ((figure.value, unit) for unit, figure in found if figure.value is not None), key=lambda each: each[0]
    )
    if len(known) < FEWEST_UNITS:
        return None
    middle = quantile([value for value, _ in known], 0.5)
    values: dict[str, str | Sentence] = {
        "period": view.evaluated,
        "units": str(len(known)),
        "median": wording.number(middle, indicator.decimals),
        "measure": view.measure_after(indicator.measure),
    }
    if known[0][0] == known[-1][0]:
        return Sentence("indicator.summary.equal", values)
    values |= {"lowest": _end(view, indicator, known, 0), "highest": _end(view, indicator, known, -1)}
    if spread is not None and len(spread.rows) > 1 and spread.rows[0].period == view.evaluated:
        values |= {"base": spread.rows[1].period, "before": spread.rows[1].quantiles[2]}
        return Sentence("indicator.summary.with_base", values)
    return Sentence("indicator.summary.alone", values)


def _end(view: View, indicator: Indicator, known: list[tuple[float, Unit]], place: int) -> Sentence:
    """Return the figure at one end with the unit that has it, or with how many share it as it is written."""
    written = wording.number(known[place][0], indicator.decimals)
    sharing = [unit for value, unit in known if wording.number(value, indicator.decimals) == written]
    if len(sharing) > 1:
        return Sentence("indicator.summary.shared", {"value": written, "count": str(len(sharing))})
    return Sentence("indicator.summary.one", {"value": written, "unit": view.pick(sharing[0].name)})


def _concerns(target: Target, indicator: Indicator) -> bool:
    return indicator.code in (target.indicator, *(other.indicator for other in target.other_definitions))


def _checks(row: Row, indicator: Indicator) -> bool:
    return bool(row["indicator_code"] == indicator.code)


def _unit_figure(view: View, unit: Unit, indicator: Indicator) -> UnitFigure:
    row = view.evaluation.figures.get((unit.code, indicator.code)) or {}
    return UnitFigure(
        unit=view.unit_link(unit.code),
        kind=unit.kind,
        figure=view.figure(unit.code, indicator),
        outdated=view.outdated(unit.code, indicator),
        score=view.score(row.get("score")),
        series=view.evaluation.value_series.get(f"{unit.code}/{indicator.code}", ()),
    )


def indicator_list(view: View, coverage: Coverage) -> IndicatorList:
    """Return every indicator below its node, with how many units have a figure."""
    groups = [
        IndicatorGroup(
            view.pick(node.name), _listed(view, coverage, [i for i in coverage.scored if i.node == node.code])
        )
        for node in view.catalogue.index.nodes
        if node.takes == "indicators"
    ]
    groups.append(IndicatorGroup("", _listed(view, coverage, list(coverage.others))))
    return IndicatorList(tuple(group for group in groups if group.rows), len(view.ranked_units))


def _listed(view: View, coverage: Coverage, indicators: list[Indicator]) -> tuple[tuple[Definition, Count], ...]:
    return tuple((definition_of(view, found), coverage.of_indicator(found)) for found in indicators)
