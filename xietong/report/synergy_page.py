"""The synergy page: whether pollution and carbon fall together, how far they are in balance, and what that means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Label, Unit
from xietong.report import wording
from xietong.report.changes import ChangeRow, change_rows
from xietong.report.departures import Departures, departures
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.view import Score, View

#: The change that the page draws: against the same period of the year before.
_BASE_KIND: Final = "previous_year"


@dataclass(frozen=True)
class Step:
    """Reduction rates in percent of one period against the same period a year before; a fall is positive."""

    period: str
    carbon: float
    pollution: float


@dataclass(frozen=True)
class Trajectory:
    """The steps of one unit, oldest first; the last one is the evaluated period's where ``is_current``."""

    code: str
    unit: Link
    short_name: str
    steps: tuple[Step, ...]
    quadrant_code: str
    quadrant: str
    is_current: bool
    is_named: bool


@dataclass(frozen=True)
class ClassRow:
    """A quadrant or a state of decoupling with the units in it."""

    code: str
    name: str
    units: tuple[Link, ...]


@dataclass(frozen=True)
class DegreeRow:
    """One ranked unit: both degrees, where the modified one may lie, its band and its rank."""

    unit: Link
    short_name: str
    modified: Score
    standard: Score
    low: float | None
    high: float | None
    band: str
    colour: str
    lag: str
    sentence: Sentence


@dataclass(frozen=True)
class MovingRow:
    """The changes of one unit against the same period of last year."""

    code: str
    unit: Link
    is_ranked: bool
    is_drawn: bool
    change: ChangeRow | None


@dataclass(frozen=True)
class BandMark:
    """A band of the degree: its ends, its class of colour and its name."""

    lower: float
    upper: float
    colour: str
    name: str


@dataclass(frozen=True)
class SynergyPage:
    """What the synergy page says; ``lacking`` are the ranked units without a rate of one side in this period."""

    sentence: Sentence | None
    trajectories: tuple[Trajectory, ...]
    lacking: tuple[Link, ...]
    periods: tuple[str, ...]
    base_period: str
    quadrants: tuple[ClassRow, ...]
    states: tuple[ClassRow, ...]
    rows: tuple[MovingRow, ...]
    degrees: tuple[DegreeRow, ...]
    bands: tuple[BandMark, ...]
    without: tuple[Link, ...]
    departures: Departures


def synergy_page(view: View) -> SynergyPage:
    """Return the content of the synergy page."""
    units = [*view.ranked_units, *view.special_units]
    current = {unit.code: _current(view, unit) for unit in units}
    steps = _steps(view)
    drawn = _named([found for unit in units if (found := _trajectory(view, unit, steps, current[unit.code]))])
    drawn_codes = {trajectory.code for trajectory in drawn}
    # Only ranked units are counted: special zones lie inside of them.
    counted = [(unit, row) for unit in view.ranked_units if (row := current[unit.code]) is not None]
    quadrants = _classes(view, view.catalogue.index.quadrants, counted, "quadrant")
    degrees, without = _degrees(view)
    return SynergyPage(
        sentence=_sentence(quadrants),
        trajectories=drawn,
        lacking=tuple(
            view.unit_link(unit.code)
            for unit in view.ranked_units
            if not any(one.code == unit.code and one.is_current for one in drawn)
        ),
        periods=tuple(view.period(code) for code in _periods(view)),
        base_period=next((view.period(row["base_period"]) for _, row in counted), ""),
        quadrants=quadrants,
        states=_classes(view, view.catalogue.index.tapio_states, counted, "tapio_state"),
        rows=tuple(_moving(view, unit, is_drawn=unit.code in drawn_codes) for unit in units),
        degrees=degrees,
        bands=tuple(
            BandMark(band.lower, band.upper, f"band-{band.level}", view.pick(band.name))
            for band in view.catalogue.index.synergy_bands
        ),
        without=without,
        departures=departures(view),
    )


def _current(view: View, unit: Unit) -> Row | None:
    rows = view.evaluation.changes.get(unit.code, [])
    return next((row for row in rows if row["base_kind"] == _BASE_KIND), None)


def _yearly(view: View) -> list[Row]:
    """Return the changes against the year before of every period until this one that has them, oldest first."""
    order = {period: position for position, period in enumerate(view.evaluation.periods)}
    rows = [
        row
        for row in view.evaluation.rows("synergy_change")
        if row["base_kind"] == _BASE_KIND and row["period"] in order and _is_known(row)
    ]
    return sorted(rows, key=lambda row: (order[row["period"]], row["unit_code"]))


def _is_known(row: Row) -> bool:
    return row["r_pollution"] is not None and row["r_carbon"] is not None


def _periods(view: View) -> list[str]:
    return list(dict.fromkeys(row["period"] for row in _yearly(view)))


def _steps(view: View) -> Mapping[str, list[Step]]:
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in _yearly(view):
        steps[row["unit_code"]].append(
            Step(view.period(row["period"]), 100 * row["r_carbon"], 100 * row["r_pollution"])
        )
    return steps


def _trajectory(view: View, unit: Unit, steps: Mapping[str, list[Step]], current: Row | None) -> Trajectory | None:
    own = steps.get(unit.code)
    if not own:
        return None
    is_current = current is not None and _is_known(current)
    code = (current or {}).get("quadrant") if is_current else None
    return Trajectory(
        code=unit.code,
        unit=view.unit_link(unit.code),
        short_name=wording.short_name(unit, view.language),
        steps=tuple(own),
        quadrant_code=code or "",
        quadrant=view.label(code),
        is_current=is_current,
        is_named=False,
    )


def _named(found: list[Trajectory]) -> tuple[Trajectory, ...]:
    """Return the trajectories with those at the ends of both axes marked to be named on the plot."""
    ends: set[str] = set()
    standing = [one for one in found if one.is_current]
    if standing:
        for side in (lambda one: one.steps[-1].carbon, lambda one: one.steps[-1].pollution):
            ends |= {min(standing, key=side).code, max(standing, key=side).code}
    return tuple(
        Trajectory(**{**vars(one), "is_named": one.code in ends})
        for one in sorted(found, key=lambda one: (one.code in ends, one.code))
    )


def _classes(
    view: View, labels: Iterable[Label], counted: Iterable[tuple[Unit, Row]], column: str
) -> tuple[ClassRow, ...]:
    members: dict[str, list[Link]] = defaultdict(list)
    for unit, row in counted:
        if row[column] is not None:
            members[row[column]].append(view.unit_link(unit.code))
    return tuple(ClassRow(label.code, view.pick(label.name), tuple(members[label.code])) for label in labels)


def _sentence(quadrants: tuple[ClassRow, ...]) -> Sentence | None:
    counts = {row.code: len(row.units) for row in quadrants}
    if not sum(counts.values()):
        return None
    words = {code: str(counts.get(code, 0)) for code in ("I", "II", "III", "IV", "axis")}
    return Sentence("synergy.sentence", {**words, "units": str(sum(counts.values()))})


def _moving(view: View, unit: Unit, *, is_drawn: bool) -> MovingRow:
    change = next((row for row in change_rows(view, unit.code) if row.base_kind == _BASE_KIND), None)
    return MovingRow(unit.code, view.unit_link(unit.code), unit.is_ranked, is_drawn, change)


def _degrees(view: View) -> tuple[tuple[DegreeRow, ...], tuple[Link, ...]]:
    rows = [view.evaluation.synergy.get(unit.code) for unit in view.ranked_units]
    ranked = sorted(
        (row for row in rows if row is not None and row["rank"] is not None),
        key=lambda row: (row["rank"], row["unit_code"]),
    )
    shown = {row["unit_code"] for row in ranked}
    without = tuple(view.unit_link(unit.code) for unit in view.ranked_units if unit.code not in shown)
    return tuple(_degree(view, row) for row in ranked), without


def _degree(view: View, row: Row) -> DegreeRow:
    unit = view.catalogue.units_by_code[row["unit_code"]]
    interval = view.evaluation.intervals.get(("synergy", unit.code)) or {}
    return DegreeRow(
        unit=view.unit_link(unit.code),
        short_name=wording.short_name(unit, view.language),
        modified=view.degree(row["d_modified"]),
        standard=view.degree(row["d_standard"]),
        low=interval.get("score_p05"),
        high=interval.get("score_p95"),
        band=view.synergy_band(row["band"]),
        colour=f"band-{row['band']}",
        lag=view.label(row["lag_type"]),
        sentence=view.rank_sentence("synergy", row),
    )
