"""Findings as pages list them: what was found where, and what is allowed."""

from collections.abc import Iterable
from dataclasses import dataclass

from xietong.report.evaluation import Row
from xietong.report.facts import Link
from xietong.report.view import View


@dataclass(frozen=True)
class FindingRow:
    """One finding."""

    severity: str
    rule: str
    unit: Link | None
    indicator: Link | None
    period: str
    value: str
    file: str
    location: str
    message: str
    status: str
    explanation: str = ""
    explained_by: str = ""


def finding_rows(view: View, rows: Iterable[Row]) -> tuple[FindingRow, ...]:
    """Return findings in the view's language; a period that is none is printed as received."""
    return tuple(
        FindingRow(
            severity=row["severity"],
            rule=row["rule"],
            unit=view.unit_link(row["unit_code"]) if row["unit_code"] else None,
            indicator=view.indicator_link(row["indicator_code"]) if row["indicator_code"] else None,
            period=_period(view, row["period"]),
            value=row["value"] or "",
            file=row["file"] or "",
            location=row["location"] or "",
            message=row[f"message_{view.language}"] or "",
            status=row["status"] or "open",
            explanation=row.get(f"explanation_{view.language}") or "",
            explained_by=row.get(f"explained_by_{view.language}") or "",
        )
        for row in rows
    )


def _period(view: View, code: str | None) -> str:
    try:
        return view.period(code)
    except ValueError:
        return code or ""
