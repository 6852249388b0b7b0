"""Merged cells: words are spread over them once, figures are of none of them."""

from dataclasses import replace

from transforms.merged_cells import merged_figures, spread, spread_right
from xietong.frames import CellRange


def test_words_are_spread_over_empty_cells_of_the_columns_asked_for(table):
    raw = replace(
        table("表", [["a", "x"], [None, None], ["kept", None], ["b", "y"], [None, None]]),
        merged=(CellRange(0, 1, 1, 3), CellRange(0, 4, 0, 99)),
    )
    assert spread(raw, ["A"])["A"].to_list() == ["a", "a", "kept", "b", "b"]
    assert spread(raw, ["A"])["B"].to_list() == ["x", None, None, "y", None]


def test_ranges_that_overlap_write_each_cell_once(table):
    """A hundred thousand ranges over all rows cost no more than one."""
    rows = 5_000
    raw = replace(
        table("表", [["a"], *[[None]] * (rows - 1)]), merged=tuple(CellRange(0, 1, 0, 2**20) for _ in range(100_000))
    )
    assert spread(raw, ["A"])["A"].to_list() == ["a"] * rows
    assert len(list(merged_figures(raw, lambda *_: True))) == 1


def test_texts_of_a_row_stand_in_every_column_they_cover(table):
    raw = replace(table("表", [["x", "2024", None, None, "2025"]]), merged=(CellRange(1, 1, 3, 1),))
    assert spread_right(raw, 1) == {"A": "x", "B": "2024", "C": "2024", "D": "2024", "E": "2025"}


def test_ranges_of_one_cell_or_outside_of_the_table_tell_nothing(table):
    raw = replace(table("表", [["1", "2"]]), merged=(CellRange(0, 1, 0, 1), CellRange(9, 9, 12, 12)))
    assert list(merged_figures(raw, lambda *_: True)) == []
    assert spread(raw, ["A", "B"]).rows() == [(1, "1", "2")]
