"""Geometry of the small drawings: boundaries, tiles, lines, strips. The templates turn it into SVG."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final

from xietong.report.conclusions import BandCount
from xietong.report.maps import MapCell
from xietong.report.spines import Spine

Series = tuple[float | None, ...]
Ranges = tuple[tuple[float, float] | None, ...]
Placement = Callable[[int, float], tuple[float, float]]

#: The grid onto which a map that stands on many pages is drawn, in units of its drawing: two pixels of a wide screen.
COARSE: Final = 8
#: Fewer corners enclose no area.
_FEWEST_CORNERS: Final = 3
#: Sides of a tile and of the gap between two, in units of the drawing.
TILE_SIDE: Final = 58
TILE_GAP: Final = 4
#: Plot area of a line chart inside its 640 × 220 drawing.
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 580.0, 12.0, 192.0
#: A sparkline: the extent of its values inside its drawing of 512 × 104, four times the size on paper.
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_MARGIN = 480, 88, 8
#: A strip of dots: where 0 and 100 lie, the baseline, and the radius with which dots are stacked.
_STRIP_LEFT, _STRIP_SCALE, _STRIP_BASE, _STRIP_STEP = 20.0, 6.0, 26.0, 9.0


@dataclass(frozen=True)
class Shape:
    """The outline of one unit as SVG path data."""

    code: str
    path: str


@dataclass(frozen=True)
class Place:
    """Where the label of a unit goes and how much room it has."""

    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Boundaries:
    """The map asset: outlines, label places, and the borders between two units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    labels: Mapping[str, Place]
    borders: tuple[tuple[str, str, str], ...]

    @property
    def codes(self) -> frozenset[str]:
        """Return the units that have a shape."""
        return frozenset(self.labels)

    def zone_borders(self, zones: Mapping[str, str]) -> list[str]:
        """Return the borders between units of different zones."""
        return [path for first, second, path in self.borders if zones.get(first) != zones.get(second)]


def read_boundaries(directory: Path, catalogue: str) -> Boundaries | None:
    """Return the boundaries of a catalogue's units, or None when there is no asset for it."""
    file = directory / f"{catalogue}.json"
    if not file.is_file():
        return None
    content = json.loads(file.read_text(encoding="utf-8"))
    return Boundaries(
        width=content["width"],
        height=content["height"],
        shapes=tuple(Shape(shape["code"], shape["path"]) for shape in content["shapes"]),
        labels={
            shape["code"]: Place(shape["label"][0], shape["label"][1], shape["radius"]) for shape in content["shapes"]
        },
        borders=tuple((*border["between"], border["path"]) for border in content["borders"]),
    )


def coarser(boundaries: Boundaries, step: int = COARSE) -> Boundaries:
    """Return the boundaries with every point moved to the nearest of a grid of ``step``, and none that changes nothing.

    Neighbours share their points, and a point moves to the same place in both: no gap opens and nothing overlaps. An
    island that is smaller than the grid is left out, but for the largest part of a unit.
    """
    return replace(
        boundaries,
        shapes=tuple(replace(shape, path=_coarser_path(shape.path, step)) for shape in boundaries.shapes),
        borders=tuple((first, second, _coarser_path(path, step)) for first, second, path in boundaries.borders),
    )


def _coarser_path(path: str, step: int) -> str:
    runs = []
    for run in path.split("M")[1:]:
        moved = [(round(x / step) * step, round(y / step) * step) for x, y in _points(run)]
        points = _turning(moved)
        is_area = len(set(points)) >= _FEWEST_CORNERS
        if not run.endswith("z"):
            runs.append((points, ""))
        elif is_area:
            runs.append((points[:-1] if points[0] == points[-1] else points, "z"))
    return "".join(_steps(points) + ending for points, ending in runs)


def _turning(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the points without those that lie on the straight way from the one before to the one after."""
    kept: list[tuple[int, int]] = []
    for point in points:
        while len(kept) > 1 and _is_between(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def _is_between(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    right, down = middle[0] - first[0], middle[1] - first[1]
    on_right, on_down = last[0] - middle[0], last[1] - middle[1]
    return right * on_down == down * on_right and right * on_right + down * on_down > 0


def _points(run: str) -> Iterator[tuple[int, int]]:
    """Yield the points of path data ``x y l dx dy dx dy …``."""
    numbers = [int(number) for number in re.findall(r"-?\d+", run)]
    x = y = 0
    for right, down in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + right, y + down
        yield x, y


@dataclass(frozen=True)
class TileGrid:
    """The tiles of a map with the corner of each."""

    side: int
    width: int
    height: int
    cells: tuple[tuple[MapCell, int, int], ...]


def tiles(cells: Sequence[MapCell]) -> TileGrid:
    """Return the tile grid of the cells that have a place in it; rows and columns count from the north-west."""
    placed = [(cell, cell.tile) for cell in cells if cell.tile is not None]
    if not placed:
        return TileGrid(TILE_SIDE, 0, 0, ())
    first_row = min(tile[0] for _, tile in placed)
    first_column = min(tile[1] for _, tile in placed)
    step = TILE_SIDE + TILE_GAP
    corners = tuple(
        (cell, (tile[1] - first_column) * step + 2, (tile[0] - first_row) * step + 2) for cell, tile in placed
    )
    width = max(x for _, x, _ in corners) + step
    height = max(y for _, _, y in corners) + step
    return TileGrid(TILE_SIDE, width, height, corners)


@dataclass(frozen=True)
class Polyline:
    """Lines through the known values, broken where one is missing, and where the last one lies."""

    lines: tuple[str, ...]
    end: tuple[float, float] | None


@dataclass(frozen=True)
class Sparkline:
    """A course as SVG path data in a drawing of 512 × 104, and where its last point lies; no path: no line."""

    path: str
    end: tuple[int, int]


def sparkline(series: Series) -> Sparkline:
    """Return a course scaled to its own values, broken where one is missing; a flat one runs through the middle.

    Whole numbers and steps from point to point keep it short: pages hold up to a hundred of them.
    """
    known = [value for value in series if value is not None]
    if len(known) < 2:  # noqa: PLR2004 — one point is no line
        return Sparkline("", (0, 0))
    low, high = min(known), max(known)
    spread = high - low
    step = _SPARK_WIDTH / max(len(series) - 1, 1)

    def place(position: int, value: float) -> tuple[float, float]:
        share = 0.5 if spread == 0 else (value - low) / spread
        return round(_SPARK_MARGIN + position * step), round(_SPARK_MARGIN + (1 - share) * _SPARK_HEIGHT)

    drawn = _broken(series, place)
    end = drawn.end or (0, 0)
    lines = ([_whole(point) for point in points.split()] for points in drawn.lines)
    return Sparkline("".join(_steps(points) for points in lines), (round(end[0]), round(end[1])))


def _whole(point: str) -> tuple[int, int]:
    x, _, y = point.partition(",")
    return int(x), int(y)


def _steps(places: Sequence[tuple[int, int]]) -> str:
    """Return path data that moves to the first place and goes on by differences."""
    pairs = pairwise(places)
    steps = " ".join(f"{after[0] - before[0]} {after[1] - before[1]}" for before, after in pairs)
    start = f"M{places[0][0]} {places[0][1]}"
    return start + ("l" + steps.replace(" -", "-") if steps else "h0")


@dataclass(frozen=True)
class Mark:
    """A grid line with its number."""

    y: float
    text: str


@dataclass(frozen=True)
class Line:
    """A line chart on a fixed scale."""

    lines: tuple[str, ...]
    end: tuple[float, float] | None
    last: float | None
    marks: tuple[Mark, ...]
    #: Where the value at a place is known to lie: the place, and both ends from the top.
    ranges: tuple[tuple[float, float, float], ...]
    #: Where the values lie that were corrected.
    corrected: tuple[tuple[float, float], ...]


def line(series: Series, low: float, high: float, ranges: Ranges = (), corrected: Sequence[bool] = ()) -> Line:
    """Return a line chart between two fixed ends, so that units compare.

    It has the range of each value that has one, and a point at each that was corrected.
    """
    count = max(len(series) - 1, 1)

    def place(position: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low)
        return (
            round(_LEFT + (_RIGHT - _LEFT) * position / count, 1),
            round(_BOTTOM - (_BOTTOM - _TOP) * share, 1),
        )

    known = [value for value in series if value is not None]
    drawn = _broken(series, place) if len(known) > 1 else Polyline((), None)
    quarters = [low + (high - low) * quarter / 4 for quarter in range(5)]
    marks = tuple(Mark(place(0, value)[1], f"{value:g}") for value in quarters)
    whiskers = tuple(
        (place(position, found[0])[0], place(position, min(found[1], high))[1], place(position, max(found[0], low))[1])
        for position, found in enumerate(ranges)
        if found is not None
    )
    points = tuple(
        place(position, value)
        for position, (value, was_corrected) in enumerate(zip(series, corrected, strict=False))
        if was_corrected and value is not None
    )
    return Line(drawn.lines, drawn.end, known[-1] if known else None, marks, whiskers, points)


def _broken(series: Series, place: Placement) -> Polyline:
    lines = []
    end = None
    numbered = list(enumerate(series))
    for is_known, run in groupby(numbered, key=lambda pair: pair[1] is not None):
        if is_known:
            points = [place(position, value) for position, value in run if value is not None]
            lines.append(" ".join(f"{x:g},{y:g}" for x, y in points))
            end = points[-1]
    return Polyline(tuple(lines), end)


def strip_dots(scores: Sequence[tuple[str, float]]) -> list[tuple[str, float, float]]:
    """Return a dot per score from 0 to 100, those that would overlap stacked upwards."""
    heights: dict[int, int] = {}
    dots = []
    for name, score in sorted(scores, key=lambda pair: (pair[1], pair[0])):
        column = round(score * _STRIP_SCALE / 10)
        level = heights.get(column, 0)
        heights[column] = level + 1
        dots.append((name, round(_STRIP_LEFT + _STRIP_SCALE * score, 1), round(_STRIP_BASE - _STRIP_STEP * level, 1)))
    return dots


def strip_top(dots: Sequence[tuple[str, float, float]]) -> float:
    """Return where the drawing of a strip begins, so that the highest stack is inside; 0 or above it."""
    return min([0.0, *(y - _STRIP_STEP for _, _, y in dots)])


def spread(bands: Sequence[BandCount], width: float) -> list[tuple[BandCount, float, float]]:
    """Return each band with its place and width in a bar of all units."""
    total = sum(band.count for band in bands)
    placed = []
    start = 0.0
    for band in bands:
        share = width * band.count / total
        placed.append((band, round(start, 1), round(share - 1, 1)))
        start += share
    return placed


@dataclass(frozen=True)
class SpineMarks:
    """Where the marks of a spine lie in its drawing of 132, and the numbers of its label."""

    range_x: str
    range_width: str
    median_x: str
    best_x: str
    score_x: str
    score: str
    median: str
    best: str


def spine_marks(spine: Spine) -> SpineMarks:
    """Return the marks of a spine from 0 to 100 between 6 and 126."""

    def place(score: float) -> str:
        return f"{6 + 1.2 * score:.1f}"

    return SpineMarks(
        range_x=place(spine.lower_quartile),
        range_width=f"{1.2 * (spine.upper_quartile - spine.lower_quartile):.1f}",
        median_x=place(spine.median),
        best_x=place(spine.best),
        score_x=place(spine.score),
        score=f"{spine.score:.0f}",
        median=f"{spine.median:.0f}",
        best=f"{spine.best:.0f}",
    )
