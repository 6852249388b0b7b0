"""Rows of a database as canonical delimited bytes: the same rows give the same bytes, whatever driver read them.

UTF-8, comma, every field in quotes, line feed. NULL is an empty field. Numbers keep every digit they
were given with and are never written with an exponent where they are exact.
"""

import csv
import io
import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from xietong.sources.arrivals import SourceError

#: Characters of a field; spreadsheets and the reader of delimited files take no longer one.
_LONGEST: Final = 32_767
#: Doubles below it hold every whole number.
_LARGEST_EXACT: Final = 2**53


def field_text(value: Any, column: str) -> str:
    """Return the canonical text of a value.

    A moment with a time zone is written in UTC. Not-a-number and infinity stay words, which no figure
    is read from.

    Raises:
        SourceError: the value is of a kind that has no text, or too long.
    """
    if value is None:
        return ""
    write = next((write for kind, write in _WRITERS if isinstance(value, kind)), None)
    if write is None:
        raise _unexpected(column, type(value).__name__)
    text = write(value)
    if len(text) > _LONGEST:
        raise _unexpected(column, f"{len(text):,} characters")
    return text


def _decimal_text(value: Decimal) -> str:
    return f"{value:f}" if value.is_finite() else str(value)


def _float_text(value: float) -> str:
    """Return the shortest text that reads back to the same double; a whole number without its ``.0``."""
    is_whole = math.isfinite(value) and value.is_integer() and abs(value) < _LARGEST_EXACT
    return str(int(value)) if is_whole else repr(value)


def _moment_text(value: datetime) -> str:
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat(" ")


#: The first kind that a value is of decides: a truth value is a number to Python, a moment a date.
_WRITERS: Final[tuple[tuple[type, Callable[[Any], str]], ...]] = (
    (bool, lambda value: "true" if value else "false"),
    (Decimal, _decimal_text),
    (float, _float_text),
    (datetime, _moment_text),
    (date, date.isoformat),
    (time, time.isoformat),
    (str, str),
    (int, str),
    (UUID, str),
)


def header_line(columns: Sequence[str]) -> bytes:
    """Return the first line of an extract."""
    return _line(columns)


def row_line(values: Sequence[Any], columns: Sequence[str]) -> bytes:
    """Return one row as a line.

    Raises:
        SourceError: a value has no canonical text; the message names its column.
    """
    return _line([field_text(value, column) for value, column in zip(values, columns, strict=True)])


def _line(fields: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(fields)
    return line.getvalue().encode("utf-8", "replace")


def _unexpected(column: str, found: str) -> SourceError:
    return SourceError(
        "unexpected_content",
        reason_zh=f"列 {column} 中有无法写成文本的值（{found}），本批未采用",
        reason_en=f"the column {column} holds a value that cannot be written as text ({found}); the batch is not used",
        allowed=f"numbers, texts up to {_LONGEST:,} characters, dates, moments",
    )
