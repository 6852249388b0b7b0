"""Workbooks to raw tables: every cell as text, where a person sees it, numbers to the last digit."""

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import polars as pl

from xietong.frames import RawTable, Snapshot, column_letters
from xietong.sources.containers import open_container, pack
from xietong.sources.notices import NotedTable, notices_of
from xietong.sources.rich_texts import marked_strings
from xietong.sources.sheets import (
    broken_structure,
    check_parts,
    merged_ranges,
    misleading_cells,
    misleading_styles,
    sheet_parts,
)

if TYPE_CHECKING:
    from fastexcel import ExcelReader

#: How the reader writes a number as text: no needless zero, at most nine decimals.
_WRITTEN_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
#: The reader rounds the text of a number to nine decimals.
_ROUNDING: Final = 1e-9
#: From here on doubles lie so far apart that only the exact text tells a number from digits typed as text.
_LARGE: Final = 1e15


def read_workbook(data: bytes, snapshot: Snapshot) -> list[RawTable]:
    """Return the sheets of a workbook in its order, hidden ones too.

    Raises:
        UnreadableFileError: the file is damaged, protected, too large, or carries macros or links.
    """
    # Imported here: reading is the only stage that needs it.
    import fastexcel

    parts = open_container(data)
    check_parts(parts)
    styles, marked = misleading_styles(parts), marked_strings(parts)
    sheets = sheet_parts(parts)
    try:
        cells = _read_sheets(fastexcel.read_excel(pack(parts)), [sheet.name for sheet in sheets])
    except fastexcel.FastExcelError as error:
        raise broken_structure() from error
    tables: list[RawTable] = []
    for sheet in sheets:
        content = parts[sheet.part]
        texts = list(misleading_cells(content, styles, marked))
        seen = _with_texts(cells[sheet.name], texts)
        told = {f"{column}{row}" for column, row, text in texts if text.startswith(("=", "#"))}
        notices = notices_of(content, seen, told, is_hidden=sheet.is_hidden)
        merged = merged_ranges(content)
        tables.append(NotedTable(snapshot.sha256, snapshot.file, sheet.name, seen, merged, notices))
    return tables


def _read_sheets(reader: "ExcelReader", names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Return the cells of the sheets as ``RawTable.cells``.

    The reader gives texts with rounded numbers, or numbers without the texts, so both are read.
    ``skip_rows=0`` keeps the empty rows at the top; empty columns at the left are dropped, and
    ``absolute_index`` tells how many.
    """
    tables: dict[str, pl.DataFrame] = {}
    for name in names:
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        texts = sheet.to_polars()
        columns: dict[str, pl.Series] = {}
        if texts.width:
            numbers = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="float").to_polars()
            letters = (column_letters(info.absolute_index) for info in sheet.available_columns())
            for letter, text, number in zip(letters, texts.iter_columns(), numbers.iter_columns(), strict=True):
                columns[letter] = _exact(text, number).alias(letter)
        row = pl.int_range(1, texts.height + 1, dtype=pl.Int64, eager=True).alias("row")
        tables[name] = pl.DataFrame([row, *columns.values()])
    return tables


def _exact(text: pl.Series, number: pl.Series) -> pl.Series:
    """Return the texts with each rounded number replaced by the shortest text of the double itself."""
    if number.null_count() == len(number):
        return text
    # One by one: most columns are short, and a frame costs more than their cells.
    return pl.Series(map(_shortest, text, number), dtype=pl.String)


def _shortest(text: str | None, number: float | None) -> str | None:
    if text is None or number is None or not math.isfinite(number) or not _WRITTEN_NUMBER.fullmatch(text):
        return text
    is_same = abs(float(text) - number) <= _ROUNDING if abs(number) < _LARGE else text == f"{number:.0f}"
    return repr(number).removesuffix(".0") if is_same else text


def _with_texts(cells: pl.DataFrame, texts: list[tuple[str, int, str]]) -> pl.DataFrame:
    """Return the cells with these texts put in, by column and row; the frame grows where they lie outside."""
    if not texts:
        return cells
    height = max(cells.height, *(row for _, row, _ in texts))
    rows = pl.DataFrame({"row": pl.int_range(1, height + 1, dtype=pl.Int64, eager=True)})
    frame = rows.join(cells, on="row", how="left", maintain_order="left")
    by_column: dict[str, dict[int, str]] = {}
    for column, row, text in texts:
        by_column.setdefault(column, {})[row - 1] = text
    for column, placed in by_column.items():
        values = frame[column] if column in frame.columns else pl.Series(column, [None] * height, dtype=pl.String)
        frame = frame.with_columns(values.scatter(list(placed), list(placed.values())))
    letters = sorted((name for name in frame.columns if name != "row"), key=lambda name: (len(name), name))
    return frame.select("row", *letters)
