"""Delimited files to raw tables: encoding and delimiter are found, rows counted as a spreadsheet counts them."""

import codecs
import csv
import io
import re
from contextlib import suppress
from itertools import islice, zip_longest
from typing import Final

import polars as pl

from xietong.frames import RawTable, Snapshot, column_letters
from xietong.sources.sheets import check_extent
from xietong.sources.unreadable import UnreadableFileError

DELIMITERS: Final = ",;\t"
_SAMPLED_ROWS: Final = 50
#: A spreadsheet's own note of the delimiter in the first line.
_DELIMITER_NOTE: Final = re.compile(r"^sep=([,;\t])\r?\n", re.IGNORECASE)
#: How programs keep a spreadsheet from taking a code for a number: ="500101".
_KEPT_AS_TEXT: Final = '^="([^"=]*)"$'
#: Longer fields are refused by the module that splits rows; a cell of a spreadsheet holds a quarter of it.
_MAX_FIELD: Final = 131_072
#: The longest first: the mark of UTF-32 begins as that of UTF-16 does.
_MARKS: Final = {
    b"\xff\xfe\0\0": "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(data: bytes, snapshot: Snapshot) -> list[RawTable]:
    """Return the one table of a delimited file; a blank line counts as a row, as in a spreadsheet.

    Raises:
        UnreadableFileError: no text in UTF-8 or GB18030, a quote that is never closed, or a table too large.
    """
    text = decode(data)
    rows = _split(text, _delimiter(text))
    width = max(map(len, rows), default=0)
    check_extent(width, len(rows))
    columns = zip_longest(*rows, fillvalue="") if width else ()
    frame = pl.DataFrame(
        {
            "row": pl.int_range(1, len(rows) + 1, dtype=pl.Int64, eager=True),
            # A row without fields fills no column: pad by the longest row, which every column is cut from.
            **{column_letters(index): pl.Series(values, dtype=pl.String) for index, values in enumerate(columns)},
        }
    )
    if '="' in text:
        frame = frame.with_columns(pl.exclude("row").str.replace(_KEPT_AS_TEXT, "$1"))
    cells = frame.with_columns(pl.when(pl.exclude("row") != "").then(pl.exclude("row")))
    return [RawTable(snapshot.sha256, snapshot.file, None, cells)]


def decode(data: bytes) -> str:
    """Return the bytes as text: in the encoding that its mark names, else UTF-8, else GB18030.

    Raises:
        UnreadableFileError: they are none of these.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), None)
    encodings = (_MARKS[mark],) if mark is not None else ("utf-8", "gb18030")
    if mark in _UTF_16 or b"\0" not in data:
        for encoding in encodings:
            try:
                text = codecs.decode(data, encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
    raise UnreadableFileError(
        "unreadable_text",
        reason_zh="不是 UTF-8、GB18030 或带标记的 UTF-16 编码的文本，也不是 Excel 工作簿，无法读取",
        reason_en="it is neither text in UTF-8, GB18030 or marked UTF-16 nor an Excel workbook and cannot be read",
        allowed="UTF-8, GB18030, UTF-16, .xlsx",
    )


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most rows of the beginning into the same number of fields."""
    noted = _DELIMITER_NOTE.match(text)
    if noted is not None:
        return noted[1]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths: list[int] = []
        # A quote that is never closed is told of where it stands, by the delimiter of the rows before it.
        with suppress(csv.Error):
            widths += (len(row) for row in islice(_reader(text, delimiter), _SAMPLED_ROWS) if len(row) > 1)
        most = max(set(widths), key=widths.count, default=1)
        return widths.count(most), most

    # The first of equals: a comma.
    return max(DELIMITERS, key=agreement)


def _reader(text: str, delimiter: str) -> "csv._reader":  # type: ignore[name-defined]
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _split(text: str, delimiter: str) -> list[list[str]]:
    reader = _reader(text, delimiter)
    rows: list[list[str]] = []
    width = 0
    try:
        for row in reader:
            rows.append(row)
            width = max(width, len(row))
            check_extent(width, len(rows))
    except csv.Error as error:
        raise UnreadableFileError(
            "unreadable_text",
            reason_zh=f"第 {reader.line_num} 行附近的引号不配对或字段过长，无法分列",
            reason_en=f"near line {reader.line_num} a quote is never closed or a field is too long to be split",
            allowed=f"fields of at most {_MAX_FIELD:,} characters, quotes in pairs",
            location=f"A{len(rows) + 1}",
        ) from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows
