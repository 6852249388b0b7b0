"""The frames that stages hand to each other: their columns, types and meaning.

Long form everywhere: one row is one figure. ``RawTable`` is what a reader makes of one sheet
or one delimited file before anything in it is interpreted.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import polars as pl

#: One row: one figure, as tidied from one cell of one snapshot.
OBSERVATIONS: Final = pl.Schema(
    {
        "unit_code": pl.String(),
        "indicator_code": pl.String(),
        "period": pl.String(),  # YYYY, YYYY-Qn or YYYY-MM
        "value": pl.Float64(),  # in the indicator's own unit of the catalogue
        "origin": pl.String(),  # published, reported or demonstration
        "status": pl.String(),  # reported, revised or estimated
        "source_id": pl.String(),
        "snapshot": pl.String(),  # sha256 of the bytes received
        "location": pl.String(),  # sheet!cell, or the cell alone in a delimited file
        "received_at": pl.Datetime("us", "UTC"),
        "source_note": pl.String(),  # the source a row names for itself; else null
    }
)

#: One row: one problem, with the rule it broke. Severity critical: the figure was refused.
FINDINGS: Final = pl.Schema(
    {
        "rule": pl.String(),  # id of the expectation or reading rule
        "severity": pl.String(),  # critical, warning or info
        "unit_code": pl.String(),
        "indicator_code": pl.String(),
        "period": pl.String(),
        "value": pl.String(),  # as received
        "reference": pl.String(),  # what it was compared with, or what is allowed
        "file": pl.String(),
        "location": pl.String(),
        "snapshot": pl.String(),
        "source_id": pl.String(),
        "message_zh": pl.String(),
        "message_en": pl.String(),
        "status": pl.String(),  # open, explained or corrected
    }
)

#: One row: one expectation of a gate, evaluated once in this run.
CHECKS: Final = pl.Schema(
    {
        "gate": pl.String(),  # intake or marts
        "expectation": pl.String(),  # its id; findings name it as their rule
        "indicator_code": pl.String(),  # null when it concerns the whole batch
        "severity": pl.String(),
        "description_zh": pl.String(),
        "description_en": pl.String(),
        "evaluated": pl.Int64(),  # rows looked at
        "failed": pl.Int64(),
        "success": pl.Boolean(),
    }
)


@dataclass(frozen=True)
class Snapshot:
    """The bytes of one file as received, known by their sha256, with where they came from."""

    sha256: str
    file: str
    source_id: str
    publisher: str
    address: str | None
    licence: str
    received_at: datetime
    size: int


@dataclass(frozen=True)
class CellRange:
    """A rectangle of cells by the places of its corners: columns from 0, rows from 1."""

    column: int
    row: int
    last_column: int
    last_row: int

    def __str__(self) -> str:
        """Return the range as a spreadsheet writes it: ``D2:E2``."""
        return f"{column_letters(self.column)}{self.row}:{column_letters(self.last_column)}{self.last_row}"


@dataclass(frozen=True)
class RawTable:
    """One sheet or delimited file as text, nothing interpreted.

    ``cells`` has a column ``row`` (Int64, from 1 as a spreadsheet counts) and one String column
    per spreadsheet column, named ``A``, ``B``, …; empty cells are null. Numbers carry the
    shortest text that reads back to the same double. Of ``merged`` cells only the first holds the text.
    """

    snapshot: str
    file: str
    sheet: str | None
    cells: pl.DataFrame
    merged: tuple[CellRange, ...] = ()

    def location(self, column: str, row: int) -> str:
        """Return ``sheet!C5``, or ``C5`` for a delimited file."""
        return f"{self.sheet}!{column}{row}" if self.sheet else f"{column}{row}"


def column_letters(index: int) -> str:
    """Return the spreadsheet name of the column at ``index`` (from 0): A to Z, then AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


@lru_cache(maxsize=4096)
def column_number(letters: str) -> int:
    """Return the number of the column, A being 1."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def empty_findings() -> pl.DataFrame:
    """Return a frame of findings without rows."""
    return pl.DataFrame(schema=FINDINGS)


def empty_observations() -> pl.DataFrame:
    """Return a frame of observations without rows."""
    return pl.DataFrame(schema=OBSERVATIONS)
