"""Tables of yearbooks and bulletins to figure cells: a row a unit, a column a figure, headings as the source says.

Raised notes are gone already; a measure may stand behind a figure (``62μg/m³``) or in brackets at the end
of a heading.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from transforms.figures import FIGURES
from transforms.findings import Finding, Place, shown
from transforms.measures import MeasureIndex
from transforms.merged_cells import merged_figures, spread
from transforms.period_texts import allowed_periods, read_period, reported_for
from transforms.receipt_dates import midnight
from transforms.stated_measures import other_measure, stated_measure
from transforms.texts import key, plain
from transforms.unit_histories import is_total, no_more, without_earlier_units
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Indicator, Source
from xietong.catalogue.formats import PageColumn, PageTables
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot, column_letters
from xietong.periods import Frequency

_HEADING_ROWS: Final = 20
#: A number with something behind it, which is its measure if it is one at all.
_MEASURED: Final = re.compile(r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*([^0-9\s.,+%-].*)", re.DOTALL)
_IN_BRACKETS: Final = re.compile(r"[(（]([^()（）]+)[)）]\s*$")
_Row = dict[str, Any]
#: ``FIGURES`` with the words that name the unit, and where they stand.
_ROWS: Final = pl.Schema({**FIGURES, **dict.fromkeys(("unit", "unit_location", "value_location"), pl.String())})


@dataclass(frozen=True)
class _Layout:
    """Where a table has its units and figures: the last header row, and columns by letter."""

    last_header: int
    unit: str
    figures: dict[str, tuple[PageColumn, str | None]]  # with the measure that the heading ends in
    stated: str | None  # the measure that a line above the header states


@dataclass(frozen=True)
class _Means:
    """What the tables of a source are read with."""

    options: PageTables
    units: UnitIndex
    measures: MeasureIndex
    catalogue: Catalogue
    origin: Origin


def read_html_tables(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the figures of the tables whose headings are those of the source, as ``FIGURES``.

    Pages hold other tables too, for layout and notes; only a file without any fitting table is told of.
    """
    options = source.tables
    if options is None:
        raise ValueError(f"source {source.code} is an html_table without tables")
    findings: list[Finding] = []
    rows: list[_Row] = []
    units = UnitIndex(catalogue.units, source.units_as_of)
    means = _Means(options, units, MeasureIndex(catalogue.measures), catalogue, origin)
    for snapshot, tables in files:
        published = source.published if origin == "published" else None
        received_at = midnight(published) if published else snapshot.received_at
        layouts = [(table, layout) for table in tables if (layout := _layout(table, options)) is not None]
        if not layouts:
            findings.append(_no_fitting_table(snapshot, options))
        for table, layout in layouts:
            cells = _figures(table, layout, means, findings)
            rows.extend(cell | {"received_at": received_at} for cell in cells)
    frame = pl.DataFrame(rows, schema=_ROWS)
    if source.units_as_of is None:
        frame = without_earlier_units(frame, catalogue.units, findings)
    return frame.select(FIGURES.names()), findings


def _heading(text: str) -> str:
    """Return a heading for comparison: without the measure in brackets at its end."""
    return _IN_BRACKETS.sub("", key(text)) or key(text)


def _layout(table: RawTable, options: PageTables) -> _Layout | None:
    """Return the layout of a table that has the unit's column and at least one column of figures."""
    wanted = {key(name): column for name, column in options.columns.items()}
    cells = table.cells.head(_HEADING_ROWS + options.header_rows)
    rows = list(cells.iter_rows(named=True))
    for first in range(len(rows) - options.header_rows + 1):
        block = rows[first : first + options.header_rows]
        headings: dict[str, str] = {}
        measures: dict[str, str | None] = {}
        for column in cells.columns[1:]:
            words = list(dict.fromkeys(text for row in block if (text := row[column]) is not None))
            headings[column] = "/".join(dict.fromkeys(_heading(word) for word in words))
            found = _IN_BRACKETS.search(plain(words[-1])) if words else None
            measures[column] = found[1].strip() if found else None
        unit = next((column for column, heading in headings.items() if heading == key(options.unit)), None)
        figures = {
            column: (wanted[heading], measures[column]) for column, heading in headings.items() if heading in wanted
        }
        if unit is not None and figures:
            stated = stated_measure(table.cells, int(block[0]["row"]))
            return _Layout(int(block[-1]["row"]), unit, figures, stated[0] if stated else None)
    return None


def _figures(table: RawTable, layout: _Layout, means: _Means, findings: list[Finding]) -> list[_Row]:
    ignored = {key(word) for word in means.options.ignored_rows}
    columns = _readable(table, layout, means, findings)
    merged = _merged(table, layout, findings)
    rows: list[_Row] = []
    cells = spread(table, [layout.unit]) if table.merged else table.cells
    for row in cells.filter(pl.col("row") > layout.last_header).iter_rows(named=True):
        name = row[layout.unit]
        filled = {column: row[column] for column in layout.figures if row[column] is not None}
        if name is None or not filled or key(name) in ignored:
            continue
        unit = means.units.find(name)
        if unit is None:
            findings.append(_unknown_unit(_place(table, layout.unit, row), name, means, len(filled)))
            continue
        for column, text in filled.items():
            if column not in columns or (column, row["row"]) in merged:
                continue
            indicator, period, measure = columns[column]
            number, own = _split(text, means.measures)
            rows.append(
                {
                    "snapshot": table.snapshot,
                    "file": table.file,
                    "location": table.location(column, row["row"]),
                    "unit_code": unit.unit_code,
                    "indicator_code": indicator,
                    "period": period,
                    "text": number,
                    "measure": own or measure,
                    "measure_location": None,
                    "status": "reported",
                    "unit": name,
                    "unit_location": table.location(layout.unit, row["row"]),
                    "value_location": table.location(column, row["row"]),
                }
            )
    return rows


def _readable(
    table: RawTable, layout: _Layout, means: _Means, findings: list[Finding]
) -> dict[str, tuple[str, str, str | None]]:
    """Return indicator, period and measure of the columns that can be read; the others are told of, once each."""
    columns: dict[str, tuple[str, str, str | None]] = {}
    for column, (spec, in_heading) in layout.figures.items():
        indicator = means.catalogue.indicators_by_code[spec.indicator]
        allowed = reported_for(indicator.frequency, longer=means.origin == "published")
        word = spec.period or means.options.period or ""
        period = next((found for each in allowed if (found := read_period(word, each)) is not None), None)
        place = Place(table.file, table.snapshot, table.sheet, f"{column}{layout.last_header}")
        written = in_heading if means.measures.find(in_heading or "") else None
        stated = layout.stated if written is None and _is_of(indicator, layout.stated, means.measures) else None
        in_table = written or stated
        is_other = means.measures.find(spec.measure or "") is not means.measures.find(in_table or "")
        if period is None:
            findings.append(_wrong_period(place, word or None, allowed))
        elif spec.measure and in_table and is_other:
            findings.append(other_measure(place, in_table, spec.measure, spec.indicator))
        else:
            columns[column] = (spec.indicator, period, spec.measure or in_heading or stated)
    return columns


def _is_of(indicator: Indicator, word: str | None, measures: MeasureIndex) -> bool:
    """True for the word of a measure that figures of the indicator may be in; a line may concern other columns."""
    measure, own = measures.find(word or ""), measures.find(indicator.measure)
    return measure is not None and own is not None and measure.dimension == own.dimension


def _merged(table: RawTable, layout: _Layout, findings: list[Finding]) -> set[tuple[str, int]]:
    """Return the places that merged cells cover, of which no figure is read, after telling of each."""

    def is_figure(column: str, row: int) -> bool:
        return column in layout.figures and row > layout.last_header

    found = list(merged_figures(table, is_figure))
    findings.extend(finding for _, _, finding in found)
    first = {(column, row) for column, row, _ in found}
    return {
        (column_letters(column), row)
        for each in table.merged
        if (column_letters(each.column), each.row) in first
        for column in range(each.column, each.last_column + 1)
        for row in range(each.row, each.last_row + 1)
    }


def _split(text: str, measures: MeasureIndex) -> tuple[str, str | None]:
    """Return the number and the measure that is written behind it; the text itself where there is none."""
    match = _MEASURED.fullmatch(plain(text))
    is_measured = match is not None and measures.find(match[2]) is not None
    return (match[1], match[2].strip()) if match is not None and is_measured else (text, None)


def _place(table: RawTable, column: str, row: _Row) -> Place:
    return Place(table.file, table.snapshot, table.sheet, f"{column}{row['row']}")


def _no_fitting_table(snapshot: Snapshot, options: PageTables) -> Finding:
    needed = "、".join((options.unit, *options.columns))
    return Finding(
        "wrong_header",
        "critical",
        Place(snapshot.file, snapshot.sha256),
        zh=f"没有一张表的表头含“{options.unit}”和以下任一列：{shown(needed, 200)}；整个文件未采用",
        en=f"none of its tables has the heading “{options.unit}” with any of these columns: "
        f"{shown(needed.replace('、', ', '), 200)}; nothing of the file is used",
        reference=needed,
    )


def _unknown_unit(place: Place, name: str, means: _Means, count: int) -> Finding:
    near = [] if is_total(name) else means.units.closest(name)
    became_zh, became_en = no_more(name, means.catalogue.units) or (
        f"，可能是 {'、'.join(near)}" if near else "",
        f" (close: {', '.join(near)})" if near else "",
    )
    return Finding(
        "unknown_unit",
        "critical",
        place,
        zh=f"“{shown(name)}”不在区划表中{became_zh}，该行 {count} 个数据未采用；"
        "合计等行请列入该来源的 tables.ignored_rows",
        en=f"“{shown(name)}” is not in the list of units{became_en} and the "
        f"{count} figures of its row are not used; list sums and the like in tables.ignored_rows of the source",
        value=shown(name),
        reference=", ".join(near) or None,
    )


def _wrong_period(place: Place, word: str | None, frequencies: Sequence[Frequency]) -> Finding:
    allowed = allowed_periods(frequencies)
    return Finding(
        "wrong_period",
        "critical",
        place,
        zh=f"来源写明的时期“{word or '—'}”与指标的频率不符，该列数据未采用；可写 {allowed}",
        en=f"the period “{word or '—'}” that the source states is not of the indicator's frequency and the figures of "
        f"the column are not used; allowed are {allowed}",
        value=word,
        reference=allowed,
    )
