"""The course of one unit over the quadrants: how far pollution and carbon fell each year, among where others stand."""

from dataclasses import dataclass

from xietong.catalogue import Unit
from xietong.report import wording
from xietong.report.synergy_page import Step, Trajectory
from xietong.report.view import View


@dataclass(frozen=True)
class CourseRow:
    """One period against the same period a year before: reduction rates in percent, and the quadrant in words."""

    period: str
    pollution: str
    carbon: str
    quadrant: str


@dataclass(frozen=True)
class UnitCourse:
    """The trajectories to draw, the unit's own last, the others as they stand now; and its numbers, newest first."""

    trajectories: tuple[Trajectory, ...]
    quadrants: tuple[tuple[str, str], ...]
    rows: tuple[CourseRow, ...]


def unit_course(view: View, unit: Unit) -> UnitCourse | None:
    """Return the course of a unit, or None when both rates are known of no period."""
    own = view.evaluation.yearly_changes.get(unit.code)
    if not own:
        return None
    others = [
        _trajectory(view, other, only_now=True)
        for other in view.ranked_units
        if other.code != unit.code and _is_current(view, other)
    ]
    rows = tuple(
        CourseRow(
            view.period(row["period"]),
            wording.signed(100 * row["r_pollution"], 1),
            wording.signed(100 * row["r_carbon"], 1),
            view.label(row["quadrant"]),
        )
        for row in reversed(own)
    )
    quadrants = tuple((label.code, view.pick(label.name)) for label in view.catalogue.index.quadrants)
    return UnitCourse((*others, _trajectory(view, unit, only_now=False)), quadrants, rows)


def _is_current(view: View, unit: Unit) -> bool:
    rows = view.evaluation.yearly_changes.get(unit.code)
    return bool(rows and rows[-1]["period"] == view.evaluation.period)


def _trajectory(view: View, unit: Unit, *, only_now: bool) -> Trajectory:
    rows = view.evaluation.yearly_changes[unit.code]
    shown = rows[-1:] if only_now else rows
    code = rows[-1]["quadrant"] if _is_current(view, unit) else None
    return Trajectory(
        code=unit.code,
        unit=view.unit_link(unit.code),
        short_name=wording.short_name(unit, view.language),
        steps=tuple(Step(view.period(row["period"]), 100 * row["r_carbon"], 100 * row["r_pollution"]) for row in shown),
        quadrant_code=code or "",
        quadrant=view.label(code),
        is_current=_is_current(view, unit),
        is_named=not only_now,
    )
