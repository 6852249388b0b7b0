"""The data sheets of a district form: which there are, where their headers stand, what keeps one from being read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from transforms.findings import Finding, Place
from transforms.form_cover import Cover
from transforms.texts import key, plain
from xietong.frames import RawTable
from xietong.periods import Frequency
from xietong.workbook import COVER_SHEET, DATA_SHEETS, HEADER, INSTRUCTIONS_SHEET, REFERENCE_MARK

_HEADER_ROWS: Final = 20
_FREQUENCIES: Final[dict[str, Frequency]] = {sheet: frequency for frequency, sheet in DATA_SHEETS.items()}


@dataclass(frozen=True)
class Header:
    """The header of a data sheet: its row and the columns of its words and periods."""

    row: int
    code: str
    name: str | None
    measure: str | None
    periods: dict[str, str]  # the text of the header by column


@dataclass(frozen=True)
class FormSheet:
    """A data sheet of a form whose cover is in order."""

    table: RawTable
    frequency: Frequency
    unit_code: str
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
                findings.append(_other_sheet(place))
        elif _is_empty(table):
            findings.append(_empty_sheet(place, cover.unit_code))
        elif (header := _find_header(table)) is None:
            findings.append(_missing_header(place, cover.unit_code))
        else:
            yield FormSheet(_without_references(table, header), frequency, cover.unit_code, cover.received_at, header)


def _without_references(table: RawTable, header: Header) -> RawTable:
    """Return the table without the columns that stand in the form for people only."""
    references = [column for column, text in header.periods.items() if plain(text).startswith(REFERENCE_MARK)]
    return replace(table, cells=table.cells.drop(references)) if references else table


def _is_empty(table: RawTable) -> bool:
    columns = table.cells.get_columns()[1:]
    return all(column.null_count() == len(column) for column in columns)


def _find_header(table: RawTable) -> Header | None:
    """Return the header: the first row in which the word for the indicator code stands."""
    wanted = key(HEADER[0])
    for row in table.cells.head(_HEADER_ROWS).iter_rows(named=True):
        words = {column: text for column, text in row.items() if column != "row" and text is not None}
        column_of = {key(text): column for column, text in reversed(words.items())}
        if wanted not in column_of:
            continue
        code, name, measure = (column_of.get(key(title)) for title in HEADER)
        if code is not None:
            periods = {column: text for column, text in words.items() if column not in (code, name, measure)}
            return Header(int(row["row"]), code, name, measure, periods)
    return None


def _other_sheet(place: Place) -> Finding:
    names = "、".join(DATA_SHEETS.values())
    return Finding(
        "ignored_sheet",
        "info",
        place,
        zh=f"不是填报表的工作表，未读取；数据只从 {names} 读取",
        en=f"it is no sheet of the form and was not read; figures are read from {names.replace('、', ', ')} only",
        reference=names,
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
