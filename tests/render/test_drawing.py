"""Geometry of the small drawings."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.catalogue import Catalogue
from xietong.render.drawing import (
    COARSE,
    Boundaries,
    Shape,
    coarser,
    line,
    read_boundaries,
    sparkline,
    spine_marks,
    spread,
    strip_dots,
    strip_top,
    tiles,
)
from xietong.report.conclusions import BandCount
from xietong.report.maps import MapCell
from xietong.report.spines import Spine
from xietong.resources import resource_directory

ASSETS = resource_directory("site") / "assets"


def test_the_asset_has_a_shape_for_every_district_and_for_nothing_else(catalogue: Catalogue) -> None:
    boundaries = read_boundaries(ASSETS / "boundaries", "chongqing")
    assert boundaries is not None
    assert boundaries.codes == {unit.code for unit in catalogue.units.units if unit.kind == "district"}
    assert all(re.fullmatch(r"(M[\d -]+l[\d -]+z)+", shape.path) for shape in boundaries.shapes)


def test_neighbours_share_one_border_and_zones_are_outlined_by_it(catalogue: Catalogue) -> None:
    boundaries = read_boundaries(ASSETS / "boundaries", "chongqing")
    assert boundaries is not None
    pairs = {frozenset((first, second)) for first, second, _ in boundaries.borders}
    assert frozenset(("500103", "500105")) in pairs  # 渝中 and 江北, across the river
    assert frozenset(("500103", "500243")) not in pairs
    zones = {unit.code: unit.region or "" for unit in catalogue.units.units}
    outlined = boundaries.zone_borders(zones)
    assert 0 < len(outlined) < len(boundaries.borders)
    assert boundaries.zone_borders(dict.fromkeys(zones, "one")) == []


def test_other_catalogues_have_no_shapes() -> None:
    assert read_boundaries(ASSETS / "boundaries", "provinces") is None


def one_shape(path: str) -> Boundaries:
    return Boundaries(100, 100, (Shape("a", path),), {}, ())


def test_a_coarser_map_moves_points_to_its_grid_and_leaves_out_those_that_change_nothing() -> None:
    # A square with points between its corners, and an island of three units.
    drawn = one_shape("M1 1l20 1 1 1 18-2 1 40-41 0zM70 70l3 0 0 3z")
    assert coarser(drawn, 10).shapes[0].path == "M0 0l40 0 0 40-40 0z"


def test_neighbours_on_a_coarser_map_still_share_their_border() -> None:
    boundaries = read_boundaries(ASSETS / "boundaries", "chongqing")
    assert boundaries is not None
    drawn = coarser(boundaries)
    outlines = {shape.code: [list(points_of(ring)) for ring in shape.path.split("z")] for shape in drawn.shapes}
    edges = {code: {edge for ring in rings for edge in closed(ring)} for code, rings in outlines.items()}
    # Every district is an area still, the smallest ones too.
    assert all(len(found) >= 3 for found in edges.values())
    for first, second, path in drawn.borders:
        for point in points_of(path):
            assert point[0] % COARSE == point[1] % COARSE == 0
            for code in (first, second):
                assert any(is_on(point, *edge) for edge in edges[code]), (code, point)
    # Pages of which there are many carry it: it has to be worth its loss.
    assert size_of(drawn) < 0.6 * size_of(boundaries)


def size_of(boundaries: Boundaries) -> int:
    return sum(len(shape.path) for shape in boundaries.shapes)


def closed(ring: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    return zip(ring, [*ring[1:], *ring[:1]], strict=True)


def is_on(point: tuple[int, int], start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Return whether a point lies on the line between two others."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    is_straight = (x - x0) * (y1 - y0) == (y - y0) * (x1 - x0)
    return is_straight and min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)


def cell(code: str, tile: tuple[int, int] | None) -> MapCell:
    return MapCell(code, code, code, f"units/{code}.html", "band-1", "", "", tile, "")


def test_tiles_start_at_the_corner_and_never_overlap(catalogue: Catalogue) -> None:
    grid = tiles([cell(unit.code, unit.tile) for unit in catalogue.units.units])
    corners = [(x, y) for _, x, y in grid.cells]
    assert len(corners) == len(set(corners)) == 38
    assert min(x for x, _ in corners) == min(y for _, y in corners) == 2


def test_units_without_a_tile_are_left_out() -> None:
    assert tiles([cell("500000", None)]).cells == ()


def test_a_missing_value_breaks_the_line() -> None:
    drawn = sparkline((1.0, 2.0, None, 3.0, 4.0))
    assert drawn.path == "M8 96l120-29M368 37l120-29"
    assert drawn.end == (488, 8)


def test_a_single_known_value_between_gaps_is_a_point_of_the_line() -> None:
    assert sparkline((1.0, None, 1.0, 1.0)).path == "M8 52h0M328 52l160 0"


def test_one_value_is_no_line_and_a_flat_one_runs_through_the_middle() -> None:
    assert sparkline((1.0, None)).path == ""
    assert sparkline((3.0, 3.0)).path == "M8 52l480 0"


def points_of(path: str) -> Iterator[tuple[int, int]]:
    """Return the points that path data of M, l and h goes through."""
    for run in path.split("M")[1:]:
        start, _, steps = run.replace("h0", "").partition("l")
        x, y = map(int, start.split())
        yield x, y
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + right, y + down
            yield x, y


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=2, max_size=90))
def test_a_sparkline_never_leaves_its_drawing_and_ends_where_it_says(values) -> None:
    drawn = sparkline(tuple(values))
    points = list(points_of(drawn.path))
    assert all(8 <= x <= 488 and 8 <= y <= 96 for x, y in points)
    if points:
        assert len(points) == sum(value is not None for value in values)
        assert points[-1] == drawn.end


def test_a_line_chart_keeps_a_fixed_scale_so_that_units_compare() -> None:
    drawn = line((0.0, 1.0), 0, 1)
    assert drawn.lines == ("44,192 580,12",)
    assert [mark.text for mark in drawn.marks] == ["0", "0.25", "0.5", "0.75", "1"]
    assert drawn.last == 1.0


def test_a_value_with_a_range_has_a_whisker_that_ends_inside_the_scale() -> None:
    drawn = line((0.0, 0.5, 1.0), 0, 1, (None, (0.25, 0.75), (0.75, 1.2)))
    assert drawn.ranges == ((312.0, 57.0, 147.0), (580.0, 12.0, 57.0))
    assert line((0.0, 1.0), 0, 1).ranges == ()


def test_values_that_were_corrected_are_marked_where_they_lie() -> None:
    drawn = line((0.0, 0.5, None, 1.0), 0, 1, corrected=(False, True, True, True))
    assert drawn.corrected == ((222.7, 102.0), (580.0, 12.0))
    assert line((0.0, 1.0), 0, 1).corrected == ()


def test_equal_scores_are_stacked() -> None:
    dots = strip_dots([("a", 50.0), ("b", 50.0), ("c", 0.0)])
    assert dots == [("c", 20.0, 26.0), ("a", 320.0, 26.0), ("b", 320.0, 17.0)]


def test_a_strip_is_as_high_as_its_highest_stack() -> None:
    assert strip_top([]) == 0
    assert strip_top(strip_dots([("a", 50.0)])) == 0
    dots = strip_dots([(str(number), 50.0) for number in range(6)])
    assert strip_top(dots) == min(y for _, _, y in dots) - 9


def test_bands_fill_the_bar_in_proportion() -> None:
    placed = spread([BandCount("band-1", "low", 1), BandCount("band-2", "high", 3)], 320)
    assert [(band.name, start, width) for band, start, width in placed] == [("low", 0.0, 79.0), ("high", 80.0, 239.0)]


def test_a_spine_puts_scores_in_proportion() -> None:
    marks = spine_marks(Spine(score=50, lower_quartile=25, median=50, upper_quartile=75, best=100))
    assert (marks.score_x, marks.median_x, marks.best_x) == ("66.0", "66.0", "126.0")
    assert (marks.range_x, marks.range_width) == ("36.0", "60.0")


@pytest.mark.parametrize("name", ["site.css", "dark.css"])
def test_both_papers_define_the_same_colours(name: str) -> None:
    def tokens(file: str) -> set[str]:
        css = (ASSETS / file).read_text(encoding="utf-8")
        root = css[css.index(":root {") : css.index("}")]
        return {token for token, value in re.findall(r"(--[\w-]+): ([^;]+);", root) if value.startswith("#")}

    assert tokens(name) == tokens("site.css") | tokens("dark.css")


def test_site_holds_no_python() -> None:
    assert list(resource_directory("site").rglob("*.py")) == []
