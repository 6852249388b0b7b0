"""Data quality: which figures there are, what the gates checked, what they found, and where files came from."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from xietong.catalogue import SystemFormula
from xietong.report import wording
from xietong.report.corrections import CorrectedIndicator, corrections_of
from xietong.report.coverage import Count, Coverage, MatrixRow
from xietong.report.evaluation import Row
from xietong.report.facts import Link
from xietong.report.findings import FindingRow, finding_rows
from xietong.report.provenance import SNAPSHOT_DIGITS, Words, recorded
from xietong.report.view import Figure, View

#: So many findings fit on the page; all of them are in the download.
_FINDINGS_SHOWN: Final = 150
#: The highest rate that is written where something failed.
_SHORT_OF_ALL: Final = 99.9
_SEVERITIES: Final = ("critical", "warning", "info")
#: What reading finds about a connected source as a whole (xietong.sources).
_SOURCE_IS_DOWN: Final = frozenset(
    {"source_emptied", "source_not_kept", "source_refused", "source_state_unreadable", "source_unavailable"}
)


@dataclass(frozen=True)
class CheckRow:
    """One expectation of a gate and how it went."""

    gate: str
    expectation: str
    indicator: Link | None
    severity: str
    description: str
    evaluated: str
    failed: int
    pass_rate: str
    success: bool


@dataclass(frozen=True)
class CheckGroup:
    """The checks of one expectation over all indicators, opened where something failed."""

    gate: str
    expectation: str
    severity: str
    checks: tuple[CheckRow, ...]
    evaluated: str
    failed: int
    pass_rate: str
    success: bool


@dataclass(frozen=True)
class UnitData:
    """How many figures a unit has, and the rates that the system computes of its reporting."""

    count: Count
    rates: tuple[Figure, ...]


@dataclass(frozen=True)
class Quality:
    """What the data-quality page says."""

    figures: int
    files: int
    units: tuple[UnitData, ...]
    #: Timeliness and share of figures that pass, as the catalogue names them: the columns of ``UnitData.rates``.
    rates: tuple[Link, ...]
    checks: tuple[CheckGroup, ...]
    checks_total: int
    checks_failed: int
    findings: tuple[FindingRow, ...]
    findings_total: int
    severities: tuple[tuple[str, int], ...]
    corrections: tuple[CorrectedIndicator, ...] = ()
    revisions_total: int = 0


@dataclass(frozen=True)
class CoveragePage:
    """The matrix of units by indicators."""

    scored: tuple[Link, ...]
    others: tuple[Link, ...]
    rows: tuple[MatrixRow, ...]
    units: tuple[Count, ...]
    indicators: tuple[Count, ...]


@dataclass(frozen=True)
class SourceRow:
    """A source of the edition."""

    code: str
    name: str
    publisher: str
    licence: str
    address: tuple[Words, ...]
    citation: str
    published: str
    note: str
    files: int
    figures: int
    newest: str
    #: Why it gave nothing when it was last asked, and when the figures came that are used meanwhile.
    problems: tuple[str, ...] = ()
    used: str = ""


@dataclass(frozen=True)
class SnapshotRow:
    """A file as it was received."""

    file: str
    source: str
    snapshot: str
    received: str
    size: str


@dataclass(frozen=True)
class SourcesPage:
    """The sources of the edition and every file received from them."""

    sources: tuple[SourceRow, ...]
    snapshots: tuple[SnapshotRow, ...]


def check_rows(view: View, rows: Iterable[Row]) -> tuple[CheckRow, ...]:
    """Return checks in the view's language."""
    return tuple(
        CheckRow(
            gate=row["gate"],
            expectation=row["expectation"],
            indicator=view.indicator_link(row["indicator_code"]) if row["indicator_code"] else None,
            severity=row["severity"],
            description=row[f"description_{view.language}"] or "",
            evaluated=wording.number(row["evaluated"] or 0, 0),
            failed=row["failed"] or 0,
            pass_rate=_pass_rate(row["evaluated"], row["failed"]),
            success=bool(row["success"]),
        )
        for row in rows
    )


def _pass_rate(evaluated: int | None, failed: int | None) -> str:
    """Return the share that passed in percent; one failure among thousands is never rounded away to 100."""
    if not evaluated:
        return ""
    rate = 100 * (1 - (failed or 0) / evaluated)
    return wording.number(min(rate, _SHORT_OF_ALL) if failed else rate, 1)


def quality(view: View, coverage: Coverage) -> Quality:
    """Return the content of the data-quality page."""
    findings = sorted(view.evaluation.rows("findings"), key=_gravity)
    severities = Counter(row["severity"] for row in findings)
    checks = view.evaluation.rows("checks")
    revisions = view.evaluation.rows("revisions")
    rates = [indicator for indicator in view.catalogue.indicators if isinstance(indicator.formula, SystemFormula)]
    return Quality(
        figures=view.evaluation.frame("observations").height,
        files=view.evaluation.frame("snapshots").height,
        units=tuple(
            UnitData(coverage.of_unit(unit), tuple(view.figure(unit.code, indicator) for indicator in rates))
            for unit in view.catalogue.units.units
        ),
        rates=tuple(view.indicator_link(indicator.code) for indicator in rates),
        checks=_check_groups(view, checks),
        checks_total=len(checks),
        checks_failed=sum(not row["success"] for row in checks),
        findings=finding_rows(view, findings[:_FINDINGS_SHOWN]),
        findings_total=len(findings),
        severities=tuple((severity, severities[severity]) for severity in _SEVERITIES if severities[severity]),
        corrections=corrections_of(view, revisions),
        revisions_total=len(revisions),
    )


def _gravity(row: Row) -> tuple[int, str, str, str]:
    position = _SEVERITIES.index(row["severity"]) if row["severity"] in _SEVERITIES else len(_SEVERITIES)
    return position, row["file"] or "", row["location"] or "", row["rule"]


def _check_groups(view: View, rows: list[Row]) -> tuple[CheckGroup, ...]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["gate"], row["expectation"]), []).append(row)
    return tuple(
        CheckGroup(
            gate=gate,
            expectation=expectation,
            severity=found[0]["severity"],
            checks=check_rows(view, sorted(found, key=lambda row: (bool(row["success"]), row["indicator_code"] or ""))),
            evaluated=wording.number(sum(row["evaluated"] or 0 for row in found), 0),
            failed=sum(row["failed"] or 0 for row in found),
            pass_rate=_pass_rate(sum(row["evaluated"] or 0 for row in found), sum(row["failed"] or 0 for row in found)),
            success=all(row["success"] for row in found),
        )
        for (gate, expectation), found in sorted(groups.items())
    )


def coverage_page(view: View, coverage: Coverage) -> CoveragePage:
    """Return the matrix of units by indicators."""
    return CoveragePage(
        scored=tuple(view.indicator_link(indicator.code) for indicator in coverage.scored),
        others=tuple(view.indicator_link(indicator.code) for indicator in coverage.others),
        rows=coverage.matrix(),
        units=tuple(coverage.of_unit(unit) for unit in view.catalogue.units.units),
        indicators=tuple(coverage.of_indicator(indicator) for indicator in (*coverage.scored, *coverage.others)),
    )


def sources_page(view: View) -> SourcesPage:
    """Return the sources of the edition and the files received."""
    names = {source.code: view.pick(source.name) for source in view.catalogue.sources}
    return SourcesPage(
        sources=_source_rows(view),
        snapshots=tuple(
            SnapshotRow(
                file=row["file"],
                source=names.get(row["source_id"], str(row["source_id"])),
                snapshot=row["sha256"][:SNAPSHOT_DIGITS],
                received=wording.day(row["received_at"], view.language),
                size=wording.number(row["size"] / 1000, 1),
            )
            for row in view.evaluation.rows("snapshots")
        ),
    )


def _source_rows(view: View) -> tuple[SourceRow, ...]:
    files = Counter(row["source_id"] for row in view.evaluation.rows("snapshots"))
    newest: dict[str, datetime] = {}
    for row in view.evaluation.rows("snapshots"):
        newest[row["source_id"]] = max(newest.get(row["source_id"], row["received_at"]), row["received_at"])
    observations = view.evaluation.frame("observations")
    figures = Counter(observations["source_id"].to_list() if observations.height else [])
    used: dict[str, datetime] = {}
    if observations.height:
        used = dict(observations.group_by("source_id").agg(pl.col("received_at").max()).iter_rows())
    problems = _problems_of_sources(view)
    return tuple(
        SourceRow(
            code=source.code,
            name=view.pick(source.name),
            publisher=view.pick(source.publisher),
            licence=view.pick(source.licence),
            address=recorded(source.address or ""),
            citation=view.optional(source.citation),
            published=source.published.isoformat() if source.published else "",
            note=view.optional(source.note),
            files=files[source.code],
            figures=figures[source.code],
            newest=wording.day(newest[source.code], view.language) if source.code in newest else "",
            problems=tuple(sorted(problems.get(source.code, ()))),
            used=wording.day(used[source.code], view.language) if source.code in used else "",
        )
        for source in view.catalogue.sources
        if source.code in view.edition.sources
    )


def _problems_of_sources(view: View) -> dict[str, list[str]]:
    """Return why connected sources gave nothing when they were last asked, by source."""
    problems: dict[str, list[str]] = {}
    for row in view.evaluation.rows("findings"):
        if row["rule"] in _SOURCE_IS_DOWN:
            problems.setdefault(row["source_id"], []).append(row[f"message_{view.language}"])
    return problems
