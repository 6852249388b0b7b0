"""Merged cells: their words count for every cell they cover, their figures for none but one, which is not known."""

from collections.abc import Callable, Collection, Iterator

import polars as pl

from transforms.findings import Finding, Place, shown
from xietong.frames import CellRange, RawTable, column_letters, column_number


def spread(table: RawTable, columns: Collection[str]) -> pl.DataFrame:
    """Return the cells with the text of merged ones in every empty cell that they cover, in these columns."""
    texts: dict[str, dict[int, str]] = {column: {} for column in columns}
    reached = dict.fromkeys(columns, 0)
    for merged in sorted(table.merged, key=lambda merged: merged.row):
        text = _text(table.cells, merged)
        if text is not None:
            for column in _covered(merged, columns):
                # Ranges that overlap are no workbook's; each cell is written once, however many there are.
                below = range(max(merged.row - 1, reached[column]), min(merged.last_row, table.cells.height))
                texts[column].update(dict.fromkeys(below, text))
                reached[column] = max(reached[column], below.stop)
    cells = table.cells
    for column, placed in texts.items():
        old = cells[column]
        new = {place: text for place, text in placed.items() if old[place] is None}
        cells = cells.with_columns(old.scatter(list(new), list(new.values())))
    return cells


def spread_right(table: RawTable, row: int) -> dict[str, str]:
    """Return the texts of a row by column, with those of merged cells in every column that they cover."""
    cells = table.cells.row(by_predicate=pl.col("row") == row, named=True)
    texts = {column: text for column, text in cells.items() if column != "row" and text is not None}
    for merged in {merged.column: merged for merged in table.merged if merged.row == row}.values():
        text = _text(table.cells, merged)
        if text is not None:
            covered = range(merged.column, min(merged.last_column + 1, table.cells.width))
            texts |= dict.fromkeys(map(column_letters, covered), text)
    return texts


def merged_figures(table: RawTable, is_figure: Callable[[str, int], bool]) -> Iterator[tuple[str, int, Finding]]:
    """Yield the figures that stand in merged cells, by column and row, with what is said of each."""
    first = {(merged.column, merged.row): merged for merged in reversed(table.merged)}
    for merged in reversed(first.values()):
        column = column_letters(merged.column)
        text = _text(table.cells, merged)
        is_one_cell = (merged.column, merged.row) == (merged.last_column, merged.last_row)
        if text is not None and is_figure(column, merged.row) and not is_one_cell:
            yield column, merged.row, _merged_figure(table, merged, text)


def _covered(merged: CellRange, columns: Collection[str]) -> list[str]:
    return [letters for letters in columns if merged.column <= column_number(letters) - 1 <= merged.last_column]


def _text(cells: pl.DataFrame, merged: CellRange) -> str | None:
    column = column_letters(merged.column)
    if column not in cells.columns or merged.row > cells.height:
        return None
    text: str | None = cells[column][merged.row - 1]
    return text


def _merged_figure(table: RawTable, merged: CellRange, text: str) -> Finding:
    cell = f"{column_letters(merged.column)}{merged.row}"
    return Finding(
        "merged_figure",
        "critical",
        Place(table.file, table.snapshot, table.sheet, cell),
        zh=f"“{shown(text)}”在合并单元格 {merged} 中，不知道属于其中哪一格，未采用；请取消合并，每格各填一个数",
        en=f"“{shown(text)}” stands in the merged cells {merged}, and which of them it is of is not known; it is not "
        "used; unmerge them and fill in each",
        value=shown(text),
        reference=str(merged),
    )
