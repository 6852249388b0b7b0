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
from transforms.period_texts import allowed_periods, read_period
from transforms.receipt_dates import midnight
from transforms.texts import key, plain
from transforms.unit_histories import is_total
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.formats import PageColumn, PageTables
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot

_HEADING_ROWS: Final = 20
#: A number, and behind it nothing but letters and signs: its measure.
_MEASURED: Final = re.compile(r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*([^0-9\s.,+%-][^0-9]*)")
_IN_BRACKETS: Final = re.compile(r"[(（]([^()（）]+)[)）]\s*$")
_Row = dict[str, Any]


@dataclass(frozen=True)
class _Layout:
    """Where a table has its units and figures: the last header row, and columns by letter."""

    last_header: int
    unit: str
    figures: dict[str, tuple[PageColumn, str | None]]  # with the measure that the heading ends in


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
    for snapshot, tables in files:
        published = source.published if origin == "published" else None
        received_at = midnight(published) if published else snapshot.received_at
        layouts = [(table, layout) for table in tables if (layout := _layout(table, options)) is not None]
        if not layouts:
            findings.append(_no_fitting_table(snapshot, options))
        for table, layout in layouts:
            cells = _figures(table, layout, (options, units, catalogue), findings)
            rows.extend(cell | {"received_at": received_at} for cell in cells)
    return pl.DataFrame(rows, schema=FIGURES), findings


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
            return _Layout(int(block[-1]["row"]), unit, figures)
    return None


def _figures(
    table: RawTable, layout: _Layout, means: tuple[PageTables, UnitIndex, Catalogue], findings: list[Finding]
) -> list[_Row]:
    options, units, catalogue = means
    ignored = {key(word) for word in options.ignored_rows}
    rows = []
    for row in table.cells.filter(pl.col("row") > layout.last_header).iter_rows(named=True):
        name = row[layout.unit]
        filled = {column: row[column] for column in layout.figures if row[column] is not None}
        if name is None or not filled or key(name) in ignored:
            continue
        unit = units.find(name)
        if unit is None:
            findings.append(_unknown_unit(_place(table, layout.unit, row), name, units, len(filled)))
            continue
        for column, text in filled.items():
            spec, measure = layout.figures[column]
            frequency = catalogue.indicators_by_code[spec.indicator].frequency
            period = read_period(spec.period or options.period or "", frequency)
            if period is None:
                findings.append(_wrong_period(_place(table, column, row), spec.period or options.period, frequency))
                continue
            number, own = _split(text)
            rows.append(
                {
                    "snapshot": table.snapshot,
                    "file": table.file,
                    "location": table.location(column, row["row"]),
                    "unit_code": unit.unit_code,
                    "indicator_code": spec.indicator,
                    "period": period,
                    "text": number,
                    "measure": own or spec.measure or measure,
                    "measure_location": None,
                    "status": "reported",
                }
            )
    return rows


def _split(text: str) -> tuple[str, str | None]:
    """Return the number and the measure that is written behind it; the text itself where there is none."""
    match = _MEASURED.fullmatch(plain(text))
    return (match[1], match[2].strip()) if match else (text, None)


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


def _unknown_unit(place: Place, name: str, units: UnitIndex, count: int) -> Finding:
    near = [] if is_total(name) else units.closest(name)
    return Finding(
        "unknown_unit",
        "critical",
        place,
        zh=f"“{shown(name)}”不在区划表中{'，可能是 ' + '、'.join(near) if near else ''}，该行 {count} 个数据未采用；"
        "合计等行请列入该来源的 tables.ignored_rows",
        en=f"“{shown(name)}” is not in the list of units{' (close: ' + ', '.join(near) + ')' if near else ''} and the "
        f"{count} figures of its row are not used; list sums and the like in tables.ignored_rows of the source",
        value=shown(name),
        reference=", ".join(near) or None,
    )


def _wrong_period(place: Place, word: str | None, frequency: Any) -> Finding:
    allowed = allowed_periods([frequency])
    return Finding(
        "wrong_period",
        "critical",
        place,
        zh=f"来源写明的时期“{word or '—'}”与指标的频率不符，该数据未采用；可写 {allowed}",
        en=f"the period “{word or '—'}” that the source states is not of the indicator's frequency and the figure "
        f"is not used; allowed are {allowed}",
        value=word,
        reference=allowed,
    )
