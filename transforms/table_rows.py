"""The rows of long tables: where their headers stand, what each field is, and which measure is stated for them.

A sheet may hold several tables one below the other, a header may be printed again on every page, and a line
such as 单位：万元 holds for what follows it. Every row is read by the header and the line above it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from transforms.findings import Finding, Place, shown
from transforms.measures import MeasureIndex
from transforms.merged_cells import merged_figures, spread
from transforms.stated_measures import (
    contradiction,
    contradicts,
    may_state,
    measure_in_brackets,
    other_measure,
    stated_in,
    without_brackets,
)
from transforms.texts import key, plain
from xietong.catalogue import LongTableColumns
from xietong.frames import RawTable, Snapshot

_HEADER_ROWS: Final = 20
BLANKS: Final = " \t\r\n\u3000\u00a0"
#: Columns of the mapping whose words are looked up or carried along.
FIELDS: Final = ("unit", "indicator", "period", "value", "measure", "status", "received", "source")
#: The column of answers of services that says where a record stands.
_PATH: Final = "path"
_Row = dict[str, Any]


@dataclass(frozen=True)
class _Header:
    """A header: its row, the column of each field, and the measure that the heading of the values ends in."""

    row: int
    columns: dict[str, str]
    measure: tuple[str, str] | None = None  # the word and its cell


@dataclass(frozen=True)
class _Block:
    """Rows below one header and one statement of a measure; ``until`` is the first row that is of another block."""

    header: _Header
    start: int
    until: int
    measure: tuple[str, str] | None


@dataclass(frozen=True)
class TableReader:
    """What the tables of a source are read with; what is wrong with a table is added to ``findings``."""

    columns: LongTableColumns
    measures: MeasureIndex
    findings: list[Finding] = field(default_factory=list)

    @property
    def wanted(self) -> dict[str, str]:
        """Return the heading of each field that the source has a column for."""
        return {each: name for each in FIELDS if (name := getattr(self.columns, each)) is not None}

    def rows(self, snapshot: Snapshot, table: RawTable) -> pl.DataFrame:
        """Return the rows under headers that hold something: the words of each field and where they stand.

        Columns: ``FIELDS``, each with ``<field>_location``, and ``snapshot``, ``file``, ``arrived_at``.
        """
        place = Place(table.file, table.snapshot, table.sheet)
        if table.cells.width < 2 or table.cells.is_empty():  # noqa: PLR2004 — the row number and one column
            self.findings.append(_empty_table(place))
            return pl.DataFrame()
        first = next((found for row in _beginning(table) if (found := self._header(row)) is not None), None)
        if first is None:
            self.findings.append(_wrong_header(place, table.cells, self.wanted))
            return pl.DataFrame()
        blocks = list(self._blocks(table, first))
        frames = [self._of_block(snapshot, table, block) for block in blocks if self._agrees(table, block)]
        return pl.concat(frames) if frames else pl.DataFrame()

    def _header(self, row: _Row) -> _Header | None:
        """Return the header that a row is: every wanted heading stands in it exactly once."""
        words = {column: text for column, text in row.items() if column != "row" and text is not None}
        columns: dict[str, str] = {}
        measure = None
        for name, heading in self.wanted.items():
            places = [column for column, text in words.items() if key(text) == key(heading)]
            if not places and name == "value":
                places = [column for column, text in words.items() if key(without_brackets(text)) == key(heading)]
                stated = measure_in_brackets(words[places[0]], self.measures) if len(places) == 1 else None
                if stated is None:
                    return None
                measure = (stated, f"{places[0]}{row['row']}")
            if len(places) != 1:
                return None
            columns[name] = places[0]
        return _Header(int(row["row"]), columns, measure)

    def _blocks(self, table: RawTable, first: _Header) -> Iterator[_Block]:
        """Yield the blocks of rows, each below its header and the last statement of a measure above it."""
        header, stated, start = first, None, first.row + 1
        end: int = table.cells["row"][-1] + 1
        for row in self._telling(table).iter_rows(named=True):
            number = int(row["row"])
            again = self._header(row) if number >= first.row else None
            measure = stated_in(row) if again is None and row.get(header.columns["value"]) is None else None
            if number > first.row and (again is not None or measure is not None):
                yield _Block(header, start, number, header.measure or stated)
                start = number + 1
            header = again or header
            # Of several lines above the first header the first one counts.
            stated = measure if measure is not None and (stated is None or number > first.row) else stated
        yield _Block(header, start, end, header.measure or stated)

    def _telling(self, table: RawTable) -> pl.DataFrame:
        """Return the few rows that may be a header or state a measure."""
        heading = key(without_brackets(self.wanted["value"]))
        texts = pl.exclude("row")
        is_header = texts.str.replace_all(r"\s", "").str.to_lowercase().str.starts_with(heading)
        return table.cells.filter(
            may_state() | pl.any_horizontal(is_header) | pl.col("row").is_between(1, _HEADER_ROWS)
        )

    def _agrees(self, table: RawTable, block: _Block) -> bool:
        """Tell of a table that states another measure than its source has; nothing of it is read then."""
        constant = self.columns.measure_constant
        stated = self.measures.find(block.measure[0]) if block.measure else None
        if constant is None or stated is None or block.measure is None or stated is self.measures.find(constant):
            return True
        place = Place(table.file, table.snapshot, table.sheet, block.measure[1])
        self.findings.append(other_measure(place, block.measure[0], constant))
        return False

    def _of_block(self, snapshot: Snapshot, table: RawTable, block: _Block) -> pl.DataFrame:
        found = block.header.columns
        words = [column for name, column in found.items() if name != "value"]
        cells = spread(table, words) if table.merged else table.cells
        below = cells.filter(pl.col("row").is_between(block.start, block.until - 1))
        below = self._without_merged(table, below, found["value"])
        below = self._without_surplus(table, below, block.header)
        empty = pl.lit(None, dtype=pl.String)
        locations = _locations(table, block.header)
        rows = below.select(
            pl.lit(table.snapshot).alias("snapshot"),
            pl.lit(table.file).alias("file"),
            pl.lit(snapshot.received_at).cast(pl.Datetime("us", "UTC")).alias("arrived_at"),
            *((pl.col(found[name]) if name in found else empty).alias(name) for name in FIELDS),
            *((locations(found[name]) if name in found else empty).alias(f"{name}_location") for name in FIELDS),
        )
        if block.measure is None or self.columns.measure_constant is not None:
            return rows
        rows = self._agreeing(rows, table, block.measure)
        measure, cell = block.measure
        prefix = f"{table.sheet}!" if table.sheet else ""
        is_blank = pl.col("measure").fill_null("").str.strip_chars(BLANKS) == ""
        return rows.with_columns(
            measure_location=pl.when(is_blank).then(pl.lit(f"{prefix}{cell}")).otherwise("measure_location"),
            measure=pl.when(is_blank).then(pl.lit(measure)).otherwise("measure"),
        )

    def _agreeing(self, rows: pl.DataFrame, table: RawTable, stated: tuple[str, str]) -> pl.DataFrame:
        """Return the rows whose own measure is not contradicted by what is stated above, telling of the others."""
        words = rows["measure"].unique().drop_nulls().sort()
        wrong = [word for word in words if contradicts(word, stated[0], self.measures)]
        for word in wrong:
            refused = rows.filter(pl.col("measure") == word, pl.col("value").str.strip_chars(BLANKS) != "")
            if not refused.is_empty():
                place = Place.at(table.file, table.snapshot, refused["measure_location"][0])
                self.findings.append(contradiction(place, word, *stated, times(refused.height)))
        return rows.filter(~pl.col("measure").is_in(wrong).fill_null(value=False)) if wrong else rows

    def _without_merged(self, table: RawTable, below: pl.DataFrame, value: str) -> pl.DataFrame:
        """Return the rows without those whose figure stands in merged cells, after telling of them."""
        if not table.merged:
            return below
        rows = set(below["row"])
        found = list(merged_figures(table, lambda column, row: column == value and row in rows))
        self.findings.extend(finding for _, _, finding in found)
        return below.filter(~pl.col("row").is_in([row for _, row, _ in found]))

    def _without_surplus(self, table: RawTable, below: pl.DataFrame, header: _Header) -> pl.DataFrame:
        """Return the rows without those of a delimited file that have more fields than their header.

        There a comma inside a number has split it, and every field behind it is another one's.
        """
        titles = table.cells.row(by_predicate=pl.col("row") == header.row, named=True)
        nameless = [column for column in table.cells.columns[1:] if titles[column] is None]
        if table.sheet is not None or not nameless:
            return below
        is_longer = below.select(pl.any_horizontal(pl.col(nameless).is_not_null())).to_series()
        if is_longer.any():
            longer = below.filter(is_longer)
            first = next(column for column in nameless if longer[column][0] is not None)
            place = Place(table.file, table.snapshot, None, f"{first}{longer['row'][0]}")
            self.findings.append(_surplus_fields(place, str(longer[first][0]), longer.height))
        return below.filter(~is_longer)


def _beginning(table: RawTable) -> Iterator[_Row]:
    return table.cells.head(_HEADER_ROWS).iter_rows(named=True)


def _locations(table: RawTable, header: _Header) -> Callable[[str], pl.Expr]:
    """Return how the place of a cell is written: ``sheet!C5``, ``C5``, or the path in the answer of a service."""
    titles = table.cells.row(by_predicate=pl.col("row") == header.row, named=True)
    if table.sheet is None and header.row == 1 and titles.get("A") == _PATH:
        return lambda column: pl.format("{}.{}", pl.col("A"), pl.lit(str(titles[column])))
    prefix = f"{table.sheet}!" if table.sheet else ""
    return lambda column: pl.format(prefix + column + "{}", "row")


def times(count: int) -> tuple[str, str]:
    """Return how many rows a wrong word costs, as the end of a sentence."""
    return f"共 {count} 行未采用", f"{count} rows are not used" if count != 1 else "1 row is not used"


def _surplus_fields(place: Place, text: str, count: int) -> Finding:
    lost_zh, lost_en = times(count)
    return Finding(
        "surplus_fields",
        "critical",
        place,
        zh=f"此行的字段多于表头，多出“{shown(text)}”；数值中的逗号须去掉，或把整个字段放在引号内；{lost_zh}",
        en=f"this row has more fields than the header, “{shown(text)}” is one too many; leave out commas in numbers or "
        f"put the field in quotes; {lost_en}",
        value=shown(text),
    )


def _empty_table(place: Place) -> Finding:
    return Finding(
        "empty_sheet",
        "warning",
        place,
        zh="表格是空的，没有任何数据",
        en="the table is empty, there is nothing in it",
    )


def _wrong_header(place: Place, cells: pl.DataFrame, wanted: dict[str, str]) -> Finding:
    header = next((row for row in cells.iter_rows() if any(text is not None for text in row[1:])), cells.row(0))
    filled = [(column, text) for column, text in zip(cells.columns[1:], header[1:], strict=True) if text is not None]
    found = "、".join(plain(text) for _, text in filled) or "—"
    needed = "、".join(dict.fromkeys(wanted.values()))
    column = filled[0][0] if filled else "A"
    return Finding(
        "wrong_header",
        "critical",
        Place(place.file, place.snapshot, place.sheet, f"{column}{header[0]}"),
        zh=f"表头为“{shown(found, 200)}”，前 {_HEADER_ROWS} 行中须有一行各含一次 {needed}；整张表未采用",
        en=f"the header is “{shown(found, 200).replace('、', ', ')}”; one of the first {_HEADER_ROWS} rows must hold "
        f"{needed.replace('、', ', ')} once each; nothing of the table is used",
        value=shown(found, 200),
        reference=needed,
    )
