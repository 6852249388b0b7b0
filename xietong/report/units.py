"""The page of one unit: how it stands, why, what moved, its targets and what was wrong with its figures."""

from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Indicator, Unit
from xietong.report import wording
from xietong.report.assessment import AssessmentFacts, assessment_facts
from xietong.report.changes import ChangeRow, change_rows
from xietong.report.corrections import CorrectedIndicator, corrections_of
from xietong.report.coverage import Count, Coverage
from xietong.report.drivers import Drivers, drivers
from xietong.report.evaluation import FIGURES_SHOWN_WHOLE, Row
from xietong.report.facts import Link, Sentence
from xietong.report.findings import FindingRow, finding_rows
from xietong.report.onward import Onward, onward
from xietong.report.output_texts import node_anchor
from xietong.report.provenance import Origin
from xietong.report.score_course import ScoreCourse, score_course
from xietong.report.spines import Spine, spine_of
from xietong.report.targets import TargetRow, target_row
from xietong.report.unit_course import UnitCourse, unit_course
from xietong.report.view import Figure, Score, View, indicator_path

_FINDINGS_SHOWN: Final = 40


@dataclass(frozen=True)
class SynergyFacts:
    """The degree of synergy of a unit with everything it was made from."""

    degree: Score
    standard: Score
    coupling: Score
    level: Score
    pollution: Score
    carbon: Score
    band: str
    colour: str
    lag: str
    rank: Sentence | None
    group_rank: Sentence | None
    reason: str


@dataclass(frozen=True)
class IndexFacts:
    """The composite index of a unit."""

    score: Score
    arithmetic: Score
    coverage: str
    band: str
    colour: str
    rank: Sentence | None
    group_rank: Sentence | None


@dataclass(frozen=True)
class NodeRow:
    """One node of the index tree: its weight, its score, and how much of its weight was observed.

    ``place`` is where its chain stands on the page of chains.
    """

    name: str
    place: str
    depth: int
    weight: str
    score: Score
    coverage: str
    state: str


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of the unit."""

    code: str
    indicator: Link
    measure: str
    direction: str
    figure: Figure
    score: Score
    weight: str
    contribution: Score
    spine: Spine | None
    series: tuple[float | None, ...]


@dataclass(frozen=True)
class IndicatorGroup:
    """The indicators below one node."""

    code: str
    name: str
    rows: tuple[IndicatorRow, ...]


@dataclass(frozen=True)
class ReceivedRow:
    """A figure as it was received, with its source."""

    indicator: Link
    period: str
    text: str
    measure: str
    periods: int
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class DutyRow:
    """A duty of the plan that names this unit, and how far it has come."""

    article: int
    name: str
    status: str
    evidence: str


@dataclass(frozen=True)
class UnitReport:
    """What the page of a unit says."""

    code: str
    name: str
    kind: str
    region: str
    peer_group: str
    aliases: tuple[str, ...]
    former: tuple[str, ...]
    overlaps: tuple[Link, ...]
    note: str
    sentences: tuple[Sentence, ...]
    synergy: SynergyFacts | None
    index: IndexFacts | None
    assessment: AssessmentFacts
    degree_course: ScoreCourse
    index_course: ScoreCourse
    periods: tuple[str, ...]
    course: UnitCourse | None
    changes: tuple[ChangeRow, ...]
    drivers: Drivers
    nodes: tuple[NodeRow, ...]
    groups: tuple[IndicatorGroup, ...]
    others: IndicatorGroup
    received: tuple[ReceivedRow, ...]
    received_total: int
    count: Count
    targets: tuple[TargetRow, ...]
    duties: tuple[DutyRow, ...]
    findings: tuple[FindingRow, ...]
    findings_total: int
    corrections: tuple[CorrectedIndicator, ...]
    revisions_total: int
    onward: Onward


def unit_report(view: View, coverage: Coverage, unit: Unit) -> UnitReport:
    """Return the content of the page of a unit."""
    findings = view.evaluation.findings_by_unit.get(unit.code, [])
    revisions = view.evaluation.revisions_by_unit.get(unit.code, [])
    changes = change_rows(view, unit.code)
    assessment = assessment_facts(view, unit)
    received, total = _received(view, unit)
    return UnitReport(
        code=unit.code,
        name=view.pick(unit.name),
        kind=unit.kind,
        region=view.group_name(unit.region),
        peer_group=view.group_name(unit.peer_group),
        aliases=tuple(alias for alias in unit.aliases if alias not in {unit.name.zh, unit.name.en}),
        former=tuple(_former(view, unit)),
        overlaps=tuple(view.unit_link(code) for code in unit.overlaps),
        note=view.optional(unit.note),
        sentences=tuple(_lead(view, unit, changes, assessment, coverage.of_unit(unit))),
        synergy=_synergy(view, view.evaluation.synergy.get(unit.code)),
        index=_index(view, view.evaluation.index(unit.code)),
        assessment=assessment,
        degree_course=score_course(view, "synergy", unit),
        index_course=score_course(view, "index", unit),
        periods=tuple(view.period(code) for code in view.evaluation.periods),
        course=unit_course(view, unit),
        changes=changes,
        drivers=drivers(view, unit.code),
        nodes=tuple(_nodes(view, unit)),
        groups=_groups(view, coverage, unit),
        others=IndicatorGroup("others", "", tuple(_indicator(view, unit, found) for found in coverage.others)),
        received=received,
        received_total=total,
        count=coverage.of_unit(unit),
        targets=_targets(view, unit),
        duties=tuple(_duties(view, unit)),
        findings=finding_rows(view, findings[:_FINDINGS_SHOWN]),
        findings_total=len(findings),
        corrections=corrections_of(view, revisions),
        revisions_total=len(revisions),
        onward=onward(view, unit),
    )


def _targets(view: View, unit: Unit) -> tuple[TargetRow, ...]:
    return tuple(target_row(view, target) for target in view.catalogue.targets.targets if target.unit_code == unit.code)


def _former(view: View, unit: Unit) -> list[str]:
    former = [old for old in view.catalogue.units.former_units if old.successor == unit.code]
    return [f"{view.pick(old.name)} ({old.valid_to:%Y-%m-%d})" for old in former]


def _lead(
    view: View, unit: Unit, changes: tuple[ChangeRow, ...], assessment: AssessmentFacts, count: Count
) -> list[Sentence]:
    synergy, index = view.evaluation.synergy.get(unit.code), view.evaluation.index(unit.code)
    opening: dict[str, str | Sentence] = {"period": view.evaluated, "unit": view.pick(unit.name)}
    sentences = []
    if synergy is not None and synergy["state"] == "assessed":
        values = {
            **opening,
            "degree": view.degree(synergy["d_modified"]).text,
            "band": view.synergy_band(synergy["band"]),
            "rank": _rank(view, "synergy", synergy) or Sentence(f"rank.none.{unit.kind}"),
            "lag": Sentence(f"lag.{synergy['lag_type']}") if synergy["lag_type"] else Sentence("lag.none"),
        }
        sentences.append(Sentence("unit.lead.synergy", values))
        sentences.extend(change.sentence for change in changes if change.base_kind == "previous_year")
    else:
        missing = {"missing": str(count.missing), "due": str(count.due)}
        sentences.append(Sentence("unit.lead.no_synergy", {**opening, **missing}))
    sentences.extend(change.rates for change in changes if change.base_kind == "previous_year" and change.rates)
    if index is not None and index["state"] == "assessed":
        values = {
            **opening,
            "score": view.score(index["score"]).text,
            "band": view.index_band(index["band"]),
            "rank": _rank(view, "index", index) or Sentence(f"rank.none.{unit.kind}"),
        }
        sentences.append(Sentence("unit.lead.index", values))
    sentences.extend(_assessment_lead(unit, assessment))
    return sentences


def _assessment_lead(unit: Unit, found: AssessmentFacts) -> list[Sentence]:
    if not found.is_assessed or not found.score.text:
        return []
    rank = found.rank or Sentence(f"rank.none.{unit.kind}")
    return [Sentence("unit.lead.assessment", {"score": found.score.text, "grade": found.grade, "rank": rank})]


def _rank(view: View, output: str, row: Row) -> Sentence | None:
    return view.rank_sentence(output, row) if row["rank"] is not None else None


def _synergy(view: View, row: Row | None) -> SynergyFacts | None:
    if row is None:
        return None
    return SynergyFacts(
        degree=view.degree(row["d_modified"]),
        standard=view.degree(row["d_standard"]),
        coupling=view.degree(row["c_modified"]),
        level=view.degree(row["t"]),
        pollution=view.degree(row["p_score"]),
        carbon=view.degree(row["k_score"]),
        band=view.synergy_band(row["band"]),
        colour=f"band-{row['band']}" if row["band"] else "hatched",
        lag=view.label(row["lag_type"]),
        rank=_rank(view, "synergy", row),
        group_rank=view.group_rank_sentence("synergy", row),
        reason=row["reason"] or "",
    )


def _index(view: View, row: Row | None) -> IndexFacts | None:
    if row is None:
        return None
    return IndexFacts(
        score=view.score(row["score"]),
        arithmetic=view.score(row["score_arithmetic"]),
        coverage=wording.number(100 * (row["coverage"] or 0), 0),
        band=view.index_band(row["band"]),
        colour=f"index-{row['band']}" if row["band"] else "hatched",
        rank=_rank(view, "index", row),
        group_rank=view.group_rank_sentence("index", row),
    )


def _nodes(view: View, unit: Unit) -> list[NodeRow]:
    depth: dict[str, int] = {}
    rows = []
    for node in view.catalogue.index.nodes:
        depth[node.code] = 0 if node.parent is None else depth.get(node.parent, 0) + 1
        row = view.evaluation.nodes.get((unit.code, node.code)) or {}
        rows.append(
            NodeRow(
                name=view.pick(node.name),
                place=node_anchor(node.code, node.parent),
                depth=depth[node.code],
                weight=wording.plain(node.weight),
                score=view.score(row.get("score")),
                coverage=wording.number(100 * (row.get("coverage") or 0), 0),
                state=str(row.get("state", "not_assessable")),
            )
        )
    return rows


def _groups(view: View, coverage: Coverage, unit: Unit) -> tuple[IndicatorGroup, ...]:
    return tuple(
        IndicatorGroup(
            node.code,
            view.pick(node.name),
            tuple(_indicator(view, unit, found) for found in coverage.scored if found.node == node.code),
        )
        for node in view.catalogue.index.nodes
        if node.takes == "indicators"
    )


def _indicator(view: View, unit: Unit, indicator: Indicator) -> IndicatorRow:
    row = view.evaluation.figures.get((unit.code, indicator.code)) or {}
    weight = row.get("effective_weight") if row.get("score") is not None else None
    return IndicatorRow(
        code=indicator.code,
        indicator=Link(view.pick(indicator.name), indicator_path(indicator.code)),
        measure=view.measure(indicator.measure),
        direction=indicator.direction or "",
        figure=view.figure(unit.code, indicator),
        score=view.score(row.get("score")),
        weight="" if weight is None else wording.number(100 * weight, 1),
        contribution=view.score(row.get("contribution")),
        spine=spine_of(view.evaluation, unit, indicator),
        series=view.evaluation.value_series.get(f"{unit.code}/{indicator.code}", ()),
    )


def _received(view: View, unit: Unit) -> tuple[tuple[ReceivedRow, ...], int]:
    by_indicator = {found.code: view.provenance.observed(unit.code, found.code) for found in view.catalogue.indicators}
    counts = view.evaluation.observed_counts
    total = sum(counts.get((unit.code, code), 0) for code in by_indicator)
    rows: list[ReceivedRow] = []
    for code, observed in by_indicator.items():
        indicator = view.catalogue.indicators_by_code[code]
        if total <= FIGURES_SHOWN_WHOLE:
            shown = observed
        else:
            shown = observed[:1] if view.figure(unit.code, indicator).state == "missing" else []
        rows.extend(
            ReceivedRow(
                indicator=view.indicator_link(code),
                period=view.period(row["period"]),
                text=wording.number(row["value"], indicator.decimals),
                measure=view.measure(indicator.measure),
                periods=counts[unit.code, code],
                origins=view.provenance.of_rows([row]),
            )
            for row in shown
        )
    return tuple(rows), total


def _duties(view: View, unit: Unit) -> list[DutyRow]:
    statuses = {(status.duty, status.unit_code): status for status in view.catalogue.duty_statuses.statuses}
    rows = []
    for article in view.catalogue.articles.articles:
        for duty in article.duties:
            status = statuses.get((duty.code, unit.code))
            if unit.code in duty.addressees or status is not None:
                state, evidence = (status.status, status.evidence) if status else ("unknown", "")
                rows.append(DutyRow(article.number, view.pick(duty.name), state, evidence))
    return rows
