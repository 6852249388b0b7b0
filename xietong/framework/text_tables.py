"""A table of a study as it stands in its file: every cell text, and numbers made of it by name of row and column."""

import csv
import io
from pathlib import Path
from typing import Final

import polars as pl

from xietong.errors import UsageError

#: Cells that mean "no figure", as R, Excel and pandas write them.
MISSING: Final = ("", "NA", "NaN", "N/A", "#N/A")
#: In these columns NA is a code like any other (it is Namibia's); only a blank cell is missing.
_CODES: Final = ("uCode", "uName", "iCode", "iName")
#: So many mistakes of one kind are shown; the others are counted.
_SHOWN: Final = 3


def read_texts(path: Path) -> pl.DataFrame:
    """Return the table with every cell as text without blanks around it, null where nothing was given.

    Blank rows at the end are left out; lines may end as on any system.

    Raises:
        UsageError: there is no such file, it is not a table in UTF-8, a column stands twice, or a row has fewer
            cells than the header: nobody knows which of them are missing.
    """
    text = _text(path)
    try:
        header = [name.strip() for name in next(csv.reader(io.StringIO(text)), [])]
        table = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    except (pl.exceptions.PolarsError, csv.Error) as error:
        raise UsageError(f"{path}: not readable as a table: {_unreadable(text, error)}") from None
    if len(header) == 1 and set(";\t") & set(header[0]):
        complain(path, ["its columns are not separated by commas; save the table as CSV with commas"])
    twice = sorted({name for name in header if name and header.count(name) > 1})
    complain(path, [f"the column {name} stands twice" for name in twice])
    complain(path, _short_rows(text))
    table.columns = [name.strip() for name in table.columns]
    stripped = table.with_columns(pl.all().str.strip_chars())
    texts = stripped.with_columns(
        pl.when(pl.col(name).is_in(("",) if name in _CODES else MISSING)).then(None).otherwise(pl.col(name)).alias(name)
        for name in stripped.columns
    )
    # Spreadsheets leave blank rows at the end; one in between is named where its code is missing.
    filled = texts.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return texts.head(int(filled[-1]) + 1 if len(filled) else 0)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a text in UTF-8; save the table as CSV UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _short_rows(text: str) -> list[str]:
    """Return one sentence for every row that has fewer cells than the header; blank lines are no rows."""
    rows = csv.reader(io.StringIO(text))
    width = len(next(rows, []))
    short = [
        (number, len(row))
        for number, row in enumerate(rows, start=2)
        if len(row) < width and any(cell.strip() for cell in row)
    ]
    told = [f"row {number} has {cells} cells, the header {width}" for number, cells in short[:_SHOWN]]
    more = len(short) - _SHOWN
    return [*told, f"and {more} more rows have fewer cells than the header"] if more > 0 else told


def _unreadable(text: str, error: Exception) -> str:
    """Return why a text is no table, in terms of its rows where they show it."""
    try:
        rows = csv.reader(io.StringIO(text), strict=True)
        width = len(next(rows, []))
        for number, row in enumerate(rows, start=2):
            if len(row) > width:
                return (
                    f"row {number} has {len(row)} cells, the header {width}; "
                    "a cell with a comma in it must stand in quotation marks, and decimals need a point"
                )
    except csv.Error:
        return "a quotation mark is opened and not closed"
    return str(error).splitlines()[0]


def numbers(table: pl.DataFrame, column: str) -> pl.Series:
    """Return the column as numbers, null where nothing was given or it is no finite number."""
    parsed = table[column].cast(pl.Float64, strict=False)
    return parsed.set(~parsed.is_finite().fill_null(value=True), None)


def number_problems(table: pl.DataFrame, column: str, key: str) -> list[str]:
    """Return one sentence for every cell of the column that is no finite number, with its row and ``key``.

    Rows are counted as a spreadsheet shows them: the header is row 1.
    """
    is_wrong = numbers(table, column).is_null() & table[column].is_not_null()
    if not is_wrong.any():
        return []
    wrong = table.with_row_index("row", offset=2).filter(is_wrong)
    told = [
        f"row {row} ({name}), column {column}: {text!r} is not a number"
        for row, name, text in wrong.select("row", key, pl.col(column).alias("text")).head(_SHOWN).iter_rows()
    ]
    more = wrong.height - _SHOWN
    return [*told, f"and {more} more cells of the column {column} are not numbers"] if more > 0 else told


def narrowest(series: pl.Series) -> pl.Series:
    """Return the column as whole numbers, else as numbers, else as the text it is."""
    parsed = series.cast(pl.Float64, strict=False)
    if parsed.null_count() > series.null_count() or not parsed.is_finite().fill_null(value=True).all():
        return series
    whole = parsed.cast(pl.Int64, strict=False)
    return whole if (whole == parsed).fill_null(value=True).all() else parsed


def complain(path: Path, problems: list[str]) -> None:
    """Raise one UsageError that names the file and every problem; nothing when there is none."""
    if problems:
        raise UsageError(f"{path.name}: {'; '.join(problems)}")
