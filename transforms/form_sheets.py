"""The data sheets of a district form: which there are, where their headers stand, what keeps one from being read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import polars as pl

from transforms.findings import Finding, Place, refused_figures, shown
from transforms.form_cover import Cover
from transforms.merged_cells import merged_figures, spread, spread_right
from transforms.period_texts import lacks_year, read_period
from transforms.stated_measures import stated_measure
from transforms.texts import key, plain
from xietong.frames import RawTable
from xietong.periods import Frequency
from xietong.workbook import COVER_SHEET, DATA_SHEETS, HEADER, INSTRUCTIONS_SHEET, REFERENCE_MARK

_HEADER_ROWS: Final = 20
#: Columns for people, beside the figures.
_NOTES: Final = re.compile(r"备注|说明|注|序号")
_FREQUENCIES: Final[dict[str, Frequency]] = {sheet: frequency for frequency, sheet in DATA_SHEETS.items()}


@dataclass(frozen=True)
class Header:
    """The header of a data sheet: its row and the columns of its words and periods."""

    row: int  # the last one, where years stand above their months or quarters
    code: str
    name: str | None
    measure: str | None
    periods: dict[str, str]  # the text of the header by column
    notes: dict[str, str]  # the headers of columns that hold no figures, likewise
    stated: tuple[str, str] | None = None  # the measure that a row above states, with its cell

    def is_reference(self, column: str) -> bool:
        """True for a column that the form itself has beside the figures, for people only."""
        return plain(self.notes.get(column, "")).startswith(REFERENCE_MARK)


@dataclass(frozen=True)
class FormSheet:
    """A data sheet of a form whose cover is in order."""

    table: RawTable
    frequency: Frequency
    unit_code: str
    year: int | None
    received_at: datetime
    header: Header

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Return the place of a cell, or of the sheet."""
        cell = f"{column}{row}" if column else None
        return Place(self.table.file, self.table.snapshot, self.table.sheet, cell)


def data_sheets(tables: Sequence[RawTable], cover: Cover, findings: list[Finding]) -> Iterator[FormSheet]:
    """Yield the data sheets that hold something, telling of those that cannot be read."""
    for table in tables:
        name = plain(table.sheet or "")
        place = Place(table.file, table.snapshot, table.sheet)
        frequency = _FREQUENCIES.get(name)
        if frequency is None:
            if name not in (COVER_SHEET, INSTRUCTIONS_SHEET) and not _is_empty(table):
                findings.append(_other_sheet(place, has_header=_find_header(table) is not None))
        elif _is_empty(table):
            findings.append(_empty_sheet(place, cover.unit_code))
        elif (header := _find_header(table, frequency)) is None:
            findings.append(_missing_header(place, cover.unit_code))
        elif _is_transposed(table, header):
            findings.append(_transposed(place, header, cover.unit_code))
        else:
            unread = [column for column in header.notes if not header.is_reference(column)]
            findings += [_note_column(place, column, header) for column in unread]
            yield FormSheet(
                _unmerged(table, header, findings),
                frequency,
                cover.unit_code,
                cover.year,
                cover.received_at,
                header,
            )


def _unmerged(table: RawTable, header: Header, findings: list[Finding]) -> RawTable:
    """Return the table with the measures of merged cells in each of their rows, and no figure of merged cells."""
    if not table.merged:
        return table
    found = list(merged_figures(table, lambda column, row: column in header.periods and row > header.row))
    findings += [finding for _, _, finding in found]
    cells = spread(table, [header.measure] if header.measure else [])
    for column, row, _ in found:
        cells = cells.with_columns(pl.when(pl.col("row") != row).then(column).alias(column))
    return replace(table, cells=cells)


def rows_of(sheet: FormSheet, findings: list[Finding]) -> pl.DataFrame:
    """Return the cells under the header, without headers that are printed again.

    Under a second header that says something else, nothing is read: the first does not speak for those rows.
    """
    cells = sheet.table.cells.filter(pl.col("row") > sheet.header.row)
    again = [
        row for row, text in cells.select("row", sheet.header.code).iter_rows() if text and key(text) == key(HEADER[0])
    ]
    if not again:
        return cells
    first = _words(sheet.table.cells.row(by_predicate=pl.col("row") == sheet.header.row, named=True))
    for row in again:
        if _words(cells.row(by_predicate=pl.col("row") == row, named=True)) != first:
            below = cells.filter(pl.col("row") > row).select(*sheet.header.periods)
            findings.append(_second_header(sheet, row, sum(column.count() for column in below.iter_columns())))
            cells = cells.filter(pl.col("row") < row)
            break
    return cells.filter(~pl.col("row").is_in(again))


def _words(row: dict[str, object]) -> dict[str, str]:
    return {column: key(text) for column, text in row.items() if isinstance(text, str) and key(text)}


def _is_empty(table: RawTable) -> bool:
    columns = table.cells.get_columns()[1:]
    return all(column.null_count() == len(column) for column in columns)


def _find_header(table: RawTable, frequency: Frequency | None = None) -> Header | None:
    """Return the header: the first row in which the word for the indicator code stands.

    Below a row of years a second one may name the months or quarters.
    """
    wanted = key(HEADER[0])
    for row in table.cells.head(_HEADER_ROWS).iter_rows(named=True):
        words = {column: text for column, text in row.items() if column != "row" and text is not None}
        column_of = {key(text): column for column, text in reversed(words.items())}
        if wanted not in column_of:
            continue
        code, name, measure = (column_of.get(key(title)) for title in HEADER)
        if code is not None:
            others = {column: text for column, text in words.items() if column not in (code, name, measure)}
            notes = {column: text for column, text in others.items() if _is_note(text)}
            periods = {column: text for column, text in others.items() if column not in notes}
            header = Header(int(row["row"]), code, name, measure, periods, notes)
            if header.row > 1:
                header = replace(header, stated=stated_measure(table.cells, header.row))
            return _with_second_row(table, header, frequency) if frequency else header
    return None


def _with_second_row(table: RawTable, header: Header, frequency: Frequency) -> Header:
    """Return the header with the row below it, where that row names nothing but months or quarters without a year."""
    if header.row >= table.cells.height or frequency == "year":
        return header
    # Rows are counted from 1, so that this is the one below.
    below = table.cells.row(header.row, named=True)
    columns = [column for column in below if column not in ("row", *header.notes)]
    filled = {column: text for column in columns if (text := below[column]) is not None}
    if not filled or not all(lacks_year(text, frequency) for text in filled.values()):
        return header
    years = spread_right(table, header.row)
    periods = {
        column: f"{year}年{text}" if (year := read_period(years.get(column) or "", "year")) else text
        for column, text in filled.items()
    }
    alone = {column: text for column, text in header.periods.items() if column not in filled and column not in years}
    return replace(header, row=header.row + 1, periods={**periods, **alone})


def _is_transposed(table: RawTable, header: Header) -> bool:
    """True when the other words of the header stand below the first one and not beside it."""
    if header.name is not None:
        return False
    below = table.cells.filter(pl.col("row") > header.row)[header.code].drop_nulls()
    return key(HEADER[1]) in map(key, below)


def _is_note(text: str) -> bool:
    return plain(text).startswith(REFERENCE_MARK) or _NOTES.fullmatch(key(text)) is not None


def _other_sheet(place: Place, *, has_header: bool) -> Finding:
    """Return what is said of a sheet under another name; with the header of a form, figures are lost with it."""
    names = "、".join(DATA_SHEETS.values())
    return Finding(
        "ignored_sheet",
        "warning" if has_header else "info",
        place,
        zh=f"不是填报表的工作表，未读取；数据只从 {names} 读取",
        en=f"it is no sheet of the form and was not read; figures are read from {names.replace('、', ', ')} only",
        reference=names,
    )


def _note_column(place: Place, column: str, header: Header) -> Finding:
    title = shown(header.notes[column])
    return Finding(
        "ignored_column",
        "info",
        Place(place.file, place.snapshot, place.sheet, f"{column}{header.row}"),
        zh=f"“{title}”列不是数据，未读取",
        en=f"the column “{title}” holds no figures and was not read",
        value=title,
    )


def _second_header(sheet: FormSheet, row: int, count: int) -> Finding:
    lost_zh, lost_en = refused_figures(count)
    return Finding(
        "second_header",
        "critical",
        sheet.place(sheet.header.code, row),
        zh=f"此处又有一个与第 {sheet.header.row} 行不同的表头，一张工作表只能有一个；{lost_zh}",
        en=f"here is another header than that of row {sheet.header.row}, and a sheet may have only one; {lost_en}",
        reference=f"{sheet.header.code}{sheet.header.row}",
        unit_code=sheet.unit_code,
    )


def _empty_sheet(place: Place, unit_code: str) -> Finding:
    return Finding(
        "empty_sheet",
        "warning",
        place,
        zh="工作表是空的，没有任何数据；请填写，或确认确无数据",
        en="the sheet is empty; fill it in, or confirm that there is nothing to report",
        unit_code=unit_code,
    )


def _transposed(place: Place, header: Header, unit_code: str) -> Finding:
    return Finding(
        "missing_header",
        "critical",
        Place(place.file, place.snapshot, place.sheet, f"{header.code}{header.row}"),
        zh="行列颠倒：一行应为一个指标，一列应为一个期间，此表一列为一个指标；请转置后重新填写，整张表未采用",
        en="rows and columns are exchanged: a row must be an indicator and a column a period, and here a column is an "
        "indicator; transpose it; nothing of the sheet is used",
        reference="、".join(HEADER),
        unit_code=unit_code,
    )


def _missing_header(place: Place, unit_code: str) -> Finding:
    titles = "、".join(HEADER)
    return Finding(
        "missing_header",
        "critical",
        place,
        zh=f"前 {_HEADER_ROWS} 行中没有表头（{titles} 和期间），整张表未采用",
        en=f"there is no header ({titles.replace('、', ', ')} and the periods) in its first {_HEADER_ROWS} rows, so "
        "nothing of the sheet is used",
        reference=titles,
        unit_code=unit_code,
    )
