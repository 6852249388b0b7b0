"""The public ledger of corrections: what was replaced by what, why, and what it did to the scores."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Link
from xietong.report.view import View

#: So many corrections fit on the page; all of them are in the download.
_SHOWN: Final = 200
#: D is a degree from 0 to 1; every other score runs from 0 to 100.
_DECIMALS: Final = {"synergy": 4}


@dataclass(frozen=True)
class Effect:
    """What the corrections of one indicator did to one score of the unit in one period."""

    output: str
    period: str
    before: str
    after: str
    effect: str


@dataclass(frozen=True)
class RevisionRow:
    """One figure that replaced another. ``reason`` is empty where none was given."""

    unit: Link
    indicator: Link
    period: str
    before: str
    after: str
    change: str
    received: str
    file: str
    location: str
    reason: str
    given_by: str


@dataclass(frozen=True)
class CorrectedIndicator:
    """All corrections of one indicator of one unit, with what they did together."""

    unit: Link
    indicator: Link
    revisions: tuple[RevisionRow, ...]
    effects: tuple[Effect, ...]


def corrections_of(view: View, revisions: Iterable[Row]) -> tuple[CorrectedIndicator, ...]:
    """Return the corrections by unit and indicator, in the order of the rows given."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in list(revisions)[:_SHOWN]:
        groups.setdefault((row["unit_code"], row["indicator_code"]), []).append(row)
    effects: dict[tuple[str, str], list[Row]] = {}
    for row in view.evaluation.rows("correction_effects") if groups else ():
        effects.setdefault((row["unit_code"], row["indicator_code"]), []).append(row)
    return tuple(
        CorrectedIndicator(
            unit=view.unit_link(unit),
            indicator=view.indicator_link(indicator),
            revisions=tuple(_revision(view, row) for row in rows),
            effects=_largest_effects(view, effects.get((unit, indicator), [])),
        )
        for (unit, indicator), rows in groups.items()
    )


def _revision(view: View, row: Row) -> RevisionRow:
    decimals = view.catalogue.indicators_by_code[row["indicator_code"]].decimals
    change = row["change_percent"]
    return RevisionRow(
        unit=view.unit_link(row["unit_code"]),
        indicator=view.indicator_link(row["indicator_code"]),
        period=view.period(row["period"]),
        before=wording.number(row["value_before"], decimals),
        after=wording.number(row["value_after"], decimals),
        change=f"{wording.signed(change, 1)} %" if change is not None else "",
        received=wording.day(row["received_after"], view.language),
        file=row["file_after"] or "",
        location=row["location_after"] or "",
        reason=row[f"reason_{view.language}"] or "",
        given_by=row[f"reason_by_{view.language}"] or "",
    )


def _largest_effects(view: View, rows: list[Row]) -> tuple[Effect, ...]:
    """Return the effects on D and on the index in the period in which the corrections moved the index most."""
    told = [row for row in rows if row["output"] in ("synergy", view.evaluation.top_node)]
    largest = max(
        told, key=lambda row: (row["output"] != "synergy", abs(row["effect"] or 0), row["period"]), default=None
    )
    return tuple(
        Effect(
            output="synergy" if row["output"] == "synergy" else "index",
            period=view.period(row["period"]),
            before=_score(row["output"], row["before"]),
            after=_score(row["output"], row["after"]),
            effect="" if row["effect"] is None else wording.signed(row["effect"], _DECIMALS.get(row["output"], 2)),
        )
        for row in sorted(told, key=lambda row: row["output"], reverse=True)
        if largest is not None and row["period"] == largest["period"]
    )


def _score(output: str, value: float | None) -> str:
    return "" if value is None else wording.number(value, _DECIMALS.get(output, 2))
