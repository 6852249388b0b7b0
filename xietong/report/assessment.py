"""The assessment score: a unit's grade and why, its items one by one, and the ranking."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from xietong.catalogue import Unit
from xietong.catalogue.scoring import Grade, Item, Scoring, Section
from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.provenance import NO_PROVENANCE, Provenance
from xietong.report.standing import TiedGroup, percent, tied_groups
from xietong.report.view import Interval, Score, View

_POINT_DECIMALS: Final = 2


@dataclass(frozen=True)
class ItemRow:
    """One item: its target, what is required by now, what was reached, and the points for it."""

    code: str
    indicator: Link
    measure: str
    target: str
    origin: str
    is_binding: bool
    actual: str
    value_period: str
    provenance: Provenance
    required: str
    required_annual: str
    actual_annual: str
    annual_rate: str
    cumulative_rate: str
    colour: str
    phase: str
    points: str
    available: str
    state: str
    reason: str
    rule: Link


@dataclass(frozen=True)
class SectionRows:
    """One section with its points and its items."""

    code: str
    name: str
    note: str
    state: str
    points: str
    available: str
    coverage: str
    items: tuple[ItemRow, ...]


@dataclass(frozen=True)
class AssessmentFacts:
    """How a unit was assessed; ``has_rules`` false: the edition has no rules of scoring."""

    has_rules: bool
    rule_set: str = ""
    is_assessed: bool = False
    reason: str = ""
    score: Score = field(default_factory=lambda: Score(None))
    of_sections: str = ""
    bonus: str = ""
    deduction: str = ""
    grade: str = ""
    grade_before: str = ""
    colour: str = "hatched"
    gates: tuple[str, ...] = ()
    coverage: str = ""
    rank: Sentence | None = None
    group_rank: Sentence | None = None
    sections: tuple[SectionRows, ...] = ()


@dataclass(frozen=True)
class AssessmentRow:
    """One unit in the ranking by the assessment score."""

    unit: Link
    region_code: str
    group_code: str
    group: str
    rank: int
    is_tied: bool
    tied_group: TiedGroup | None
    interval: Interval | None
    score: Score
    grade: str
    grade_before: str
    colour: str
    gates: tuple[str, ...]
    group_rank: int | None
    group_units: int | None
    group_interval: Interval | None
    coverage: str
    series: tuple[float | None, ...]
    sentence: Sentence


@dataclass(frozen=True)
class AssessmentTable:
    """The ranking by the assessment score, best first, and who is not in it."""

    has_rules: bool
    rule_set: str
    rows: tuple[AssessmentRow, ...]
    without: tuple[Link, ...]


@dataclass(frozen=True)
class GradeCount:
    """How many ranked units have a grade."""

    colour: str
    name: str
    count: int


def assessment_facts(view: View, unit: Unit) -> AssessmentFacts:
    """Return how the unit was assessed in the evaluated period."""
    scoring = view.catalogue.scoring
    if scoring is None:
        return AssessmentFacts(has_rules=False)
    row = view.evaluation.assessment.get(unit.code)
    rule_set = view.pick(scoring.selected.name)
    if row is None:
        return AssessmentFacts(has_rules=True, rule_set=rule_set)
    is_assessed = row["state"] == "assessed"
    return AssessmentFacts(
        has_rules=True,
        rule_set=rule_set,
        is_assessed=is_assessed,
        reason=row["reason"] or "",
        score=view.score(row["score"]),
        of_sections=_points(row["score_of_sections"]),
        bonus=_points(row["bonus"]),
        deduction=_points(row["deduction"]),
        grade=grade_name(view, row["grade"]),
        grade_before=_grade_before(view, row),
        colour=grade_colour(scoring, row["grade"]),
        gates=_gates(view, row),
        coverage=wording.number(100 * (row["coverage"] or 0), 0),
        rank=view.rank_sentence("assessment", row) if row["rank"] is not None else None,
        group_rank=view.group_rank_sentence("assessment", row),
        sections=_sections(view, scoring, unit),
    )


def assessment_table(view: View) -> AssessmentTable:
    """Return the ranking by the assessment score."""
    scoring = view.catalogue.scoring
    if scoring is None:
        return AssessmentTable(has_rules=False, rule_set="", rows=(), without=())
    found = {unit.code: view.evaluation.assessment.get(unit.code) for unit in view.ranked_units}
    ranked = [row for row in found.values() if row is not None and row["rank"] is not None]
    ranked.sort(key=lambda row: (row["rank"], row["unit_code"]))
    shared = Counter(row["rank"] for row in ranked)
    tied = tied_groups(view, "assessment")
    return AssessmentTable(
        has_rules=True,
        rule_set=view.pick(scoring.selected.name),
        rows=tuple(
            _ranking_row(view, scoring, row, tied.get(row["unit_code"]), is_tied=shared[row["rank"]] > 1)
            for row in ranked
        ),
        without=tuple(view.unit_link(code) for code, row in found.items() if row is None or row["rank"] is None),
    )


def _ranking_row(view: View, scoring: Scoring, row: Row, tied: TiedGroup | None, *, is_tied: bool) -> AssessmentRow:
    unit = view.catalogue.units_by_code[row["unit_code"]]
    return AssessmentRow(
        unit=view.unit_link(unit.code),
        region_code=unit.region or "",
        group_code=unit.peer_group or "",
        group=view.group_name(unit.peer_group),
        rank=row["rank"],
        is_tied=is_tied,
        tied_group=tied,
        interval=view.interval("assessment", unit.code),
        score=view.score(row["score"]),
        grade=grade_name(view, row["grade"]),
        grade_before=_grade_before(view, row),
        colour=grade_colour(scoring, row["grade"]),
        gates=_gates(view, row),
        group_rank=row["group_rank"],
        group_units=row["group_units"],
        group_interval=view.group_interval("assessment", unit.code),
        coverage=percent(row["coverage"]),
        series=view.evaluation.assessment_series.get(unit.code, ()),
        sentence=view.rank_sentence("assessment", row),
    )


def grade_name(view: View, code: str | None) -> str:
    """Return the words for a grade under the selected rules; nothing for none."""
    return next((view.pick(grade.name) for grade in _grades(view) if grade.code == code), "")


def grade_colour(scoring: Scoring, code: str | None) -> str:
    """Return the class that colours a grade: the worst like the lowest band of the index; hatched for none."""
    codes = [grade.code for grade in scoring.selected.grades]
    return next((f"index-{position}" for position, known in enumerate(codes, start=1) if known == code), "hatched")


def grade_counts(view: View, rows: list[Row]) -> tuple[GradeCount, ...]:
    """Return how many of the rows have each grade, the worst first; grades without any are left out."""
    scoring = view.catalogue.scoring
    counts = Counter(row["grade"] for row in rows)
    return tuple(
        GradeCount(grade_colour(scoring, grade.code), view.pick(grade.name), counts[grade.code])
        for grade in _grades(view)
        if scoring is not None and counts[grade.code]
    )


def _grades(view: View) -> tuple[Grade, ...]:
    return view.catalogue.scoring.selected.grades if view.catalogue.scoring else ()


def _grade_before(view: View, row: Row) -> str:
    """Return the grade that the score alone would give, when a gate lowered it."""
    return grade_name(view, row["grade_before_gates"]) if row["grade_before_gates"] != row["grade"] else ""


def _gates(view: View, row: Row) -> tuple[str, ...]:
    reasons = row["gate_reasons_zh"] if view.language == "zh" else row["gate_reasons_en"]
    return tuple(reasons.splitlines()) if reasons else ()


def _sections(view: View, scoring: Scoring, unit: Unit) -> tuple[SectionRows, ...]:
    return tuple(
        _section(view, scoring, unit, section, row)
        for section in scoring.sections
        if (row := view.evaluation.assessment_sections.get((unit.code, section.code))) is not None
    )


def _section(view: View, scoring: Scoring, unit: Unit, section: Section, row: Row) -> SectionRows:
    return SectionRows(
        code=section.code,
        name=view.pick(section.name),
        note=view.optional(section.note),
        state=row["state"],
        points=_points(row["points"]),
        available=wording.plain(row["points_nominal"]),
        coverage=wording.number(100 * row["coverage"], 0),
        items=tuple(
            _item(view, unit, item, found)
            for item in scoring.items
            if item.section == section.code
            and (found := view.evaluation.assessment_items.get((unit.code, item.code))) is not None
        ),
    )


def _item(view: View, unit: Unit, item: Item, row: Row) -> ItemRow:
    indicator = view.catalogue.indicators_by_code[item.indicator]
    figure = view.evaluation.figures.get((unit.code, indicator.code))
    return ItemRow(
        code=item.code,
        indicator=view.indicator_link(indicator.code),
        measure=view.measure_after(indicator.measure),
        target="" if row["target_value"] is None else wording.plain(row["target_value"]),
        origin=row["target_origin"],
        is_binding=row["is_binding"],
        actual=_number(row["actual"], indicator.decimals),
        value_period=view.period(row["value_period"]),
        provenance=NO_PROVENANCE if figure is None else view.provenance.of_figure(figure),
        required=_number(row["required_now"], indicator.decimals),
        required_annual=_number(row["required_annual"], _POINT_DECIMALS),
        actual_annual=_number(row["actual_annual"], _POINT_DECIMALS),
        annual_rate=_percent(row["annual_rate"]),
        cumulative_rate=_percent(row["cumulative_rate"]),
        colour=row["colour"] or "none",
        phase=row["phase"] or "",
        points=_points(row["points"]),
        available=_points(row["points_available"]),
        state=row["state"],
        reason=row["reason"] or "",
        rule=_rule(view, row["rule_code"]),
    )


def _rule(view: View, code: str) -> Link:
    rules = view.catalogue.scoring.rules if view.catalogue.scoring else ()
    name = next((view.pick(rule.name) for rule in rules if rule.code == code), code)
    return Link(name, "method.html")


def _points(value: float | None) -> str:
    return _number(value, _POINT_DECIMALS)


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else wording.number(value, decimals)


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{wording.number(100 * rate, 1)} %"
