"""Workbooks to raw tables: every cell as text, where a person sees it, numbers to the last digit."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import polars as pl

from xietong.frames import RawTable, Snapshot, column_letters
from xietong.sources.containers import open_container, pack
from xietong.sources.sheets import check_parts, misleading_cells, percent_styles, sheet_parts
from xietong.sources.unreadable import UnreadableFileError

if TYPE_CHECKING:
    from fastexcel import ExcelReader

#: How the reader writes a number as text: no needless zero, at most nine decimals.
_WRITTEN_NUMBER: Final = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$"
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
    percents = percent_styles(parts)
    sheets = {name: part for name, part in sheet_parts(parts).items() if part in parts}
    try:
        cells = _read_sheets(fastexcel.read_excel(pack(parts)), sheets)
    except fastexcel.FastExcelError as error:
        raise UnreadableFileError(
            "unreadable_workbook",
            reason_zh="工作簿内部结构有误，无法读取；请重新保存为 .xlsx 后报送",
            reason_en="its inner structure is broken and cannot be read; save it as .xlsx again and resend it",
            allowed=".xlsx",
        ) from error
    return [
        RawTable(
            snapshot.sha256,
            snapshot.file,
            name,
            _with_texts(cells[name], list(misleading_cells(parts[part], percents))),
        )
        for name, part in sheets.items()
    ]


def _read_sheets(reader: "ExcelReader", names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Return the cells of the sheets as ``RawTable.cells``.

    The reader gives texts with rounded numbers, or numbers without the texts, so both are read;
    they are put together for all columns of all sheets at once, since forms are many and small.
    ``skip_rows=0`` keeps the empty rows at the top; empty columns at the left are dropped, and
    ``absolute_index`` tells how many.
    """
    columns: list[tuple[str, str, int]] = []
    texts: list[pl.Series] = [pl.Series(dtype=pl.String)]
    numbers: list[pl.Series] = [pl.Series(dtype=pl.Float64)]
    for name in names:
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        texts += (series := sheet.to_polars().get_columns())
        if series:
            floats = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="float")
            numbers += floats.to_polars().get_columns()
            letters = (column_letters(info.absolute_index) for info in sheet.available_columns())
            columns += ((name, letter, len(values)) for letter, values in zip(letters, series, strict=True))
    exact = _exact(pl.concat(_nameless(texts)), pl.concat(_nameless(numbers)))
    content: dict[str, dict[str, pl.Series]] = {name: {} for name in names}
    start = 0
    for name, letter, height in columns:
        content[name][letter] = exact.slice(start, height)
        start += height
    return {name: _table(series) for name, series in content.items()}


def _nameless(columns: list[pl.Series]) -> list[pl.Series]:
    return [column.alias("") for column in columns]


def _table(columns: Mapping[str, pl.Series]) -> pl.DataFrame:
    height = max(map(len, columns.values()), default=0)
    return pl.DataFrame({"row": pl.int_range(1, height + 1, dtype=pl.Int64, eager=True), **columns})


def _exact(text: pl.Series, number: pl.Series) -> pl.Series:
    """Return the texts with each rounded number replaced by the shortest text of the double itself."""
    pair = pl.DataFrame({"text": text, "number": number})
    is_number = pl.col("text").str.contains(_WRITTEN_NUMBER) & pl.col("number").is_finite()
    is_close = (pl.col("text").cast(pl.Float64, strict=False) - pl.col("number")).abs() <= _ROUNDING
    is_small = pl.col("number").abs() < _LARGE
    shortest = pl.col("number").cast(pl.String).str.strip_suffix(".0")
    pair = pair.with_columns(
        is_large=is_number & is_small.not_(),
        exact=pl.when(is_number & is_close & is_small).then(shortest).otherwise("text"),
    )
    large = pair.with_row_index("place").filter("is_large").select("place", "text", "number")
    written = {
        place: repr(value).removesuffix(".0") for place, seen, value in large.iter_rows() if seen == f"{value:.0f}"
    }
    return pair["exact"].scatter(list(written), list(written.values()))


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
