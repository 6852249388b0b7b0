"""Geometry of the synergy page: the quadrant plot, the degrees in their bands, and the curve of the example."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from xietong.report.synergy_page import BandMark, DegreeRow, Trajectory

#: The plot area of the quadrants inside its 760 × 560 drawing.
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 740.0, 20.0, 500.0
#: Marks stand at multiples of 1, 2 or 5 times a power of ten; at most so many on each side of the origin.
_MOST_MARKS: Final = 4
#: The degrees in their drawing of width 760: where the rows begin, their height, and the ends of the scale.
_ROWS_TOP, _ROW_HEIGHT = 70, 24
_SCALE_LEFT, _SCALE_RIGHT = 132.0, 740.0
#: The curve of the example in its drawing of 640 × 260.
_CURVE_LEFT, _CURVE_RIGHT, _CURVE_TOP, _CURVE_BOTTOM = 50.0, 620.0, 12.0, 216.0


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where it lies and its number."""

    at: float
    text: str


@dataclass(frozen=True)
class Dot:
    """A step of a trajectory on the plot."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Course:
    """One unit on the quadrant plot: its line, the steps before, and where it stands now."""

    trajectory: Trajectory
    line: str
    before: tuple[Dot, ...]
    now: Dot | None
    name_x: float
    name_anchor: str


@dataclass(frozen=True)
class QuadrantPlot:
    """The quadrant plot: the origin in the middle, right and up both fall."""

    origin: tuple[float, float]
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]
    equal: tuple[float, float, float, float]
    courses: tuple[Course, ...]


def quadrant_plot(trajectories: Sequence[Trajectory]) -> QuadrantPlot:
    """Return the plot of reduction rates in percent: carbon to the right, pollution upwards."""
    reach_x, step_x = _reach(step.carbon for one in trajectories for step in one.steps)
    reach_y, step_y = _reach(step.pollution for one in trajectories for step in one.steps)

    def x(rate: float) -> float:
        return round((_LEFT + _RIGHT) / 2 + (_RIGHT - _LEFT) / 2 * rate / reach_x, 1)

    def y(rate: float) -> float:
        return round((_TOP + _BOTTOM) / 2 - (_BOTTOM - _TOP) / 2 * rate / reach_y, 1)

    def course(trajectory: Trajectory) -> Course:
        dots = tuple(
            Dot(x(step.carbon), y(step.pollution), f"{step.period} ({_rate(step.carbon)}, {_rate(step.pollution)})")
            for step in trajectory.steps
        )
        last = dots[-1]
        is_right = last.x > (_LEFT + _RIGHT) / 2 + (_RIGHT - _LEFT) / 4
        return Course(
            trajectory=trajectory,
            line=" ".join(f"{dot.x:g},{dot.y:g}" for dot in dots),
            before=dots[:-1] if trajectory.is_current else dots,
            now=last if trajectory.is_current else None,
            name_x=round(last.x + (-10 if is_right else 10), 1),
            name_anchor="end" if is_right else "start",
        )

    both = min(reach_x, reach_y)
    return QuadrantPlot(
        origin=(x(0), y(0)),
        ticks_x=tuple(Tick(x(rate), _rate(rate)) for rate in _marks(reach_x, step_x)),
        ticks_y=tuple(Tick(y(rate), _rate(rate)) for rate in _marks(reach_y, step_y)),
        equal=(x(-both), y(-both), x(both), y(both)),
        courses=tuple(course(one) for one in trajectories),
    )


def _reach(rates: Iterable[float]) -> tuple[float, float]:
    """Return how far an axis reaches to both sides in percent, and the step between its marks."""
    largest = max((abs(rate) for rate in rates), default=0.0) * 1.04 or 1.0
    power = 10.0 ** math.floor(math.log10(largest / _MOST_MARKS))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor * _MOST_MARKS >= largest)
    return largest, step


def _marks(reach: float, step: float) -> list[float]:
    count = int(reach / step)
    return [step * number for number in range(-count, count + 1)]


def _rate(rate: float) -> str:
    written = f"{rate:+.1f}".removesuffix(".0")
    return "0" if not written.strip("+-0.") else written.replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class DegreeMark:
    """One row of the degrees: its line, both dots and the whisker."""

    row: DegreeRow
    y: float
    modified: float
    standard: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class BandColumn:
    """A band above the rows: where it begins, how wide it is, and its name, of two words on two lines."""

    band: BandMark
    x: float
    width: float

    @property
    def name_lines(self) -> tuple[str, ...]:
        """Return the name on as many lines as it has words, two at most."""
        return tuple(self.band.name.split(" ", 1))


@dataclass(frozen=True)
class DegreePlot:
    """Degrees by rank over the bands that they reach."""

    height: int
    columns: tuple[BandColumn, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[DegreeMark, ...]


def degree_plot(rows: Sequence[DegreeRow], bands: Sequence[BandMark]) -> DegreePlot:
    """Return the degrees of ranked units, one a line, over the bands between the lowest and the highest of them."""
    values = [value for row in rows for value in (row.modified.value, row.standard.value, row.low, row.high)]
    known = [value for value in values if value is not None]
    used = [band for band in bands if band.upper > min(known) and band.lower <= max(known)]
    low, high = used[0].lower, used[-1].upper

    def x(degree: float) -> float:
        return round(_SCALE_LEFT + (_SCALE_RIGHT - _SCALE_LEFT) * (degree - low) / (high - low), 1)

    def mark(position: int, row: DegreeRow) -> DegreeMark:
        return DegreeMark(
            row=row,
            y=_ROWS_TOP + _ROW_HEIGHT * (position + 0.5),
            modified=x(row.modified.value or 0.0),
            standard=x(row.standard.value or 0.0),
            low=None if row.low is None else x(row.low),
            high=None if row.high is None else x(row.high),
        )

    return DegreePlot(
        height=_ROWS_TOP + _ROW_HEIGHT * len(rows) + 8,
        columns=tuple(BandColumn(band, x(band.lower), round(x(band.upper) - x(band.lower), 1)) for band in used),
        ticks=tuple(Tick(x(edge), f"{edge:g}") for edge in (*(band.lower for band in used), high)),
        marks=tuple(mark(position, row) for position, row in enumerate(rows)),
    )


@dataclass(frozen=True)
class ExampleCurve:
    """Both degrees over the score of the side that moves."""

    modified: str
    standard: str
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]
    standing: float
    modified_end: tuple[float, float]
    standard_end: tuple[float, float]


def example_curve(points: Sequence[tuple[float, float, float]], standing: float) -> ExampleCurve:
    """Return the curve of (score, modified degree, standard degree) and where the standing side lies."""

    def x(score: float) -> float:
        return round(_CURVE_LEFT + (_CURVE_RIGHT - _CURVE_LEFT) * score, 1)

    def y(degree: float) -> float:
        return round(_CURVE_BOTTOM - (_CURVE_BOTTOM - _CURVE_TOP) * degree, 1)

    quarters = (0.0, 0.25, 0.5, 0.75, 1.0)
    return ExampleCurve(
        modified=" ".join(f"{x(score):g},{y(degree):g}" for score, degree, _ in points),
        standard=" ".join(f"{x(score):g},{y(degree):g}" for score, _, degree in points),
        ticks_x=tuple(Tick(x(score), f"{score:g}") for score in quarters),
        ticks_y=tuple(Tick(y(degree), f"{degree:g}") for degree in quarters),
        standing=x(standing),
        modified_end=(x(points[-1][0]), y(points[-1][1])),
        standard_end=(x(points[-1][0]), y(points[-1][2])),
    )
