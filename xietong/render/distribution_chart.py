"""Geometry of the distribution over time: two bands and the median, in a drawing of 640 × 260."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from xietong.report import wording
from xietong.report.distribution import Distribution, Quantiles

_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 580.0, 12.0, 226.0
_MOST_MARKS: Final = 5
_WIDTH, _HEIGHT = 640, 260
#: How wide a sign of the axis and of the last median is on a phone, where both are written larger.
_AXIS_SIGN, _END_SIGN = 11.5, 13.0


@dataclass(frozen=True)
class Mark:
    """A grid line with its number."""

    y: float
    text: str


@dataclass(frozen=True)
class DistributionChart:
    """Path data of the range of all units, of their middle half and of the median; ``end`` is the last median."""

    range: str
    half: str
    median: str
    end: tuple[float, float]
    marks: tuple[Mark, ...]
    view_box: str


def distribution_chart(found: Distribution) -> DistributionChart:
    """Return the chart on an axis that begins where the figures do: it shows a spread, not amounts."""
    known = [spread for spread in found.quantiles if spread is not None]
    low, high = min(spread[0] for spread in known), max(spread[-1] for spread in known)
    step = nice_step(high - low or abs(high) or 1.0)
    bottom, top = step * math.floor(low / step), step * math.ceil(high / step)
    top = top if top > bottom else bottom + step
    count = max(len(found.quantiles) - 1, 1)

    def place(position: int, value: float) -> tuple[float, float]:
        share = (value - bottom) / (top - bottom)
        return _LEFT + (_RIGHT - _LEFT) * position / count, _BOTTOM - (_BOTTOM - _TOP) * share

    decimals = max(0, -math.floor(math.log10(step)))
    steps = round((top - bottom) / step)
    values = [bottom + step * number for number in range(steps + 1)]
    last = max(position for position, spread in enumerate(found.quantiles) if spread is not None)
    final = found.quantiles[last] or known[-1]
    end = place(last, final[2])
    marks = tuple(Mark(round(place(0, value)[1], 1), wording.number(value, decimals)) for value in values)
    return DistributionChart(
        range=_band(found.quantiles, 0, 4, place),
        half=_band(found.quantiles, 1, 3, place),
        median=_median(found.quantiles, place),
        end=(round(end[0], 1), round(end[1], 1)),
        marks=marks,
        view_box=_view_box(marks, found.median, end[0]),
    )


def _view_box(marks: Sequence[Mark], median: str, end: float) -> str:
    """Return the part of the plane that is shown: wide enough for the numbers at both sides."""
    left = min(0.0, _LEFT - 6 - _AXIS_SIGN * max(len(mark.text) for mark in marks))
    right = max(float(_WIDTH), end + 8 + _END_SIGN * len(median))
    return f"{left:.0f} 0 {right - left:.0f} {_HEIGHT}"


def nice_step(span: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that divides a span into no more than five parts."""
    power = 10.0 ** math.floor(math.log10(span / _MOST_MARKS))
    return next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor * _MOST_MARKS >= span)


def _runs(quantiles: Sequence[Quantiles | None]) -> list[list[tuple[int, Quantiles]]]:
    """Return the stretches of periods that have a spread."""
    runs: list[list[tuple[int, Quantiles]]] = [[]]
    for position, spread in enumerate(quantiles):
        if spread is None:
            runs.append([])
        else:
            runs[-1].append((position, spread))
    return [run for run in runs if run]


def _band(
    quantiles: Sequence[Quantiles | None], lower: int, upper: int, place: Callable[[int, float], tuple[float, float]]
) -> str:
    parts = []
    for run in _runs(quantiles):
        above = [place(position, spread[upper]) for position, spread in run]
        below = [place(position, spread[lower]) for position, spread in reversed(run)]
        parts.append(f"M{_points([*above, *below])}z")
    return "".join(parts)


def _median(quantiles: Sequence[Quantiles | None], place: Callable[[int, float], tuple[float, float]]) -> str:
    return "".join(f"M{_points([place(position, spread[2]) for position, spread in run])}" for run in _runs(quantiles))


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
