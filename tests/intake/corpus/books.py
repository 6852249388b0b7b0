"""Workbooks as grids of cells that a mutation can change before they are written."""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xietong.frames import column_letters

_ADDRESS = re.compile(r"(?P<sheet>.*)!(?P<column>[A-Z]+)(?P<row>[0-9]+)")


@dataclass(frozen=True)
class Formula:
    """A formula with the result that the program which wrote it kept beside it; None: none was kept."""

    text: str
    result: float | str | None = 0


@dataclass(frozen=True)
class Percent:
    """A share that is stored as a fraction and shown as a percentage."""

    fraction: float
    pattern: str = "0.00%"


Cell = str | float | bool | date | Formula | Percent | None
Grid = tuple[tuple[Cell, ...], ...]
Parts = dict[str, bytes]


@dataclass(frozen=True)
class Book:
    """The sheets of a workbook, and what is done to them beside their cells."""

    sheets: Mapping[str, Grid]
    merged: tuple[str, ...] = ()  # such as 月度!A1:D1; the first cell keeps its content
    hidden_rows: tuple[str, ...] = ()  # such as 月度!3
    hidden_sheets: tuple[str, ...] = ()
    #: What is done to the parts of the container at the end.
    change_parts: Callable[[Parts], Parts] | None = None

    def at(self, address: str) -> Cell:
        """Return what stands at ``sheet!C5``."""
        sheet, row, column = split(address)
        return self.sheets[sheet][row][column]

    def put(self, address: str, value: Cell) -> "Book":
        """Return the book with another value in one cell; rows and columns are added up to it."""
        sheet, row, column = split(address)
        grid = [list(cells) for cells in self.sheets[sheet]]
        while len(grid) <= row:
            grid.append([])
        while len(grid[row]) <= column:
            grid[row].append(None)
        grid[row][column] = value
        return self.with_sheet(sheet, tuple(map(tuple, grid)))

    def with_sheet(self, sheet: str, grid: Grid) -> "Book":
        """Return the book with other cells on one sheet."""
        return replace(self, sheets={**self.sheets, sheet: grid})

    def without_sheet(self, sheet: str) -> "Book":
        """Return the book without a sheet."""
        return replace(self, sheets={name: grid for name, grid in self.sheets.items() if name != sheet})

    def renamed(self, sheet: str, name: str) -> "Book":
        """Return the book with a sheet under another name, in its place."""
        return replace(self, sheets={name if each == sheet else each: grid for each, grid in self.sheets.items()})

    def insert_row(self, sheet: str, before: int, cells: tuple[Cell, ...] = ()) -> "Book":
        """Return the book with a row put in before the row of this number (from 1)."""
        grid = self.sheets[sheet]
        return self.with_sheet(sheet, (*grid[: before - 1], cells, *grid[before - 1 :]))

    def insert_column(self, sheet: str, before: int, *cells: Cell) -> "Book":
        """Return the book with a column put in before the column of this number (from 1), from the first row on."""
        column = [*cells, *[None] * len(self.sheets[sheet])]
        rows = [
            (*_padded(row, before - 1)[: before - 1], column[number], *row[before - 1 :])
            for number, row in enumerate(self.sheets[sheet])
        ]
        return self.with_sheet(sheet, tuple(rows))

    def in_parts(self, part: str, old: bytes, new: bytes) -> "Book":
        """Return the book with bytes replaced in a part of the container, where they must stand."""

        def change(parts: Parts) -> Parts:
            before = self.change_parts(parts) if self.change_parts else parts
            assert old in before[part], f"{old!r} is not in {part}"
            return {**before, part: before[part].replace(old, new, 1)}

        return replace(self, change_parts=change)

    def with_part(self, name: str, content: bytes) -> "Book":
        """Return the book with one more part in its container."""

        def change(parts: Parts) -> Parts:
            before = self.change_parts(parts) if self.change_parts else parts
            return {**before, name: content}

        return replace(self, change_parts=change)


def split(address: str) -> tuple[str, int, int]:
    """Return the sheet, the row and the column of an address, both from 0."""
    match = _ADDRESS.fullmatch(address)
    assert match is not None, address
    number = 0
    for letter in match["column"]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return match["sheet"], int(match["row"]) - 1, number - 1


def address_of(sheet: str, row: int, column: int) -> str:
    """Return ``sheet!C5`` of a row and a column from 0."""
    return f"{sheet}!{column_letters(column)}{row + 1}"


def _padded(row: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    return (*row, *[None] * max(0, width - len(row)))


def workbook_bytes(book: Book) -> bytes:
    """Return the book as an xlsx workbook."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as workbook:
        formats = {"date": workbook.add_format({"num_format": "yyyy-mm-dd"})}
        merged = {split(f"{each.split(':')[0]}"): each.split(":")[1] for each in book.merged}
        for name, grid in book.sheets.items():
            worksheet = workbook.add_worksheet(name)
            for row, cells in enumerate(grid):
                for column, value in enumerate(cells):
                    end = merged.get((name, row, column))
                    if end is not None:
                        worksheet.merge_range(row, column, *split(f"!{end}")[1:], "")
                    _write(workbook, worksheet, row, column, value, formats)
            if name in book.hidden_sheets:
                worksheet.hide()
            for hidden in book.hidden_rows:
                sheet, _, number = hidden.partition("!")
                if sheet == name:
                    worksheet.set_row(int(number) - 1, None, None, {"hidden": True})
    data = target.getvalue()
    return data if book.change_parts is None else zipped(book.change_parts(unzipped(data)))


def _write(
    workbook: Workbook, worksheet: Worksheet, row: int, column: int, value: Cell, formats: dict[str, object]
) -> None:
    if isinstance(value, bool):
        worksheet.write_boolean(row, column, value)
    elif isinstance(value, str):
        worksheet.write_string(row, column, value)
    elif isinstance(value, date):
        worksheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, Formula):
        worksheet.write_formula(row, column, value.text, None, "" if value.result is None else value.result)
    elif isinstance(value, Percent):
        style = formats.setdefault(value.pattern, workbook.add_format({"num_format": value.pattern}))
        worksheet.write_number(row, column, value.fraction, style)
    elif value is not None:
        worksheet.write_number(row, column, value)


def unzipped(data: bytes) -> Parts:
    """Return the parts of a container by name."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return the parts as a container."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
