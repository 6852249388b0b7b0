"""Provincial CO2 inventories of CEADs to figure cells: one sheet a province and year.

The total row and column are spelt in several ways, so the cells sector × (fuel and process) are
added up and held against the total cell. Scope 2 is other provinces' emission and is not in it.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from transforms.figures import FIGURES
from transforms.findings import Finding, Place, shown
from transforms.numerals import read_numerals
from transforms.receipt_dates import midnight
from transforms.texts import key, plain
from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot

#: The sum and the total cell may differ by rounding of the publisher only.
TOLERANCE: Final = 1e-6
#: What the source is taken to report where the catalogue gives it no other code.
_INDICATOR: Final = "co2_total"
_SHEET_NAME: Final = re.compile(r"\s*(?P<unit>.*?\D)\s*(?P<year>[12][0-9]{3})\s*")
_NOTE_SHEETS: Final = ("note", "notes", "readme")
_TOTAL_COLUMNS: Final = ("scope1total", "totalemissions")
_TOTAL_ROWS: Final = ("totalconsumption", "totalemissions")
_SUBSTANCE: Final = re.compile(r"\s*CO(?:2|₂)\s*$", re.IGNORECASE)


class InventoryError(ValueError):
    """A sheet that is no inventory; the message says what is missing or wrong, ``cell`` where."""

    def __init__(self, zh: str, en: str, cell: str | None = None, value: str | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.cell, self.value = zh, en, cell, value


@dataclass(frozen=True)
class InventoryTotal:
    """The sum of the sector × (fuel and process) cells of a sheet and its own total, in ``measure``."""

    added: float
    total: float
    cell: str
    measure: str

    @property
    def agrees(self) -> bool:
        """True when the two differ by no more than ``TOLERANCE``, relatively."""
        return math.isclose(self.added, self.total, rel_tol=TOLERANCE)


def inventory_total(table: RawTable) -> InventoryTotal:
    """Return the sum of the cells and the total cell of one sheet.

    Raises:
        InventoryError: the sheet is not laid out as an inventory, or a cell holds no number.
    """
    cells = table.cells
    labels = _label_column(cells)
    header = _header_row(cells)
    words = {column: _word(cells.item(header, column)) for column in cells.columns[1:] if column != labels}
    names = [_word(text) for text in cells[labels]]
    total_columns = [column for column, word in words.items() if word in _TOTAL_COLUMNS]
    total_rows = [row for row, name in enumerate(names) if name in _TOTAL_ROWS]
    _check_single("Scope 1 Total", total_columns)
    _check_single("Total Consumption", total_rows)
    fuels = [column for column, word in words.items() if word and column != total_columns[0] and "scope2" not in word]
    sectors = [row for row, name in enumerate(names) if row > header + 1 and name and row != total_rows[0]]
    parts = _numbers(cells[sectors].select("row", *fuels))
    total = _numbers(cells[total_rows].select("row", *total_columns))
    cell = f"{total_columns[0]}{cells.item(total_rows[0], 'row')}"
    return InventoryTotal(math.fsum(parts), math.fsum(total), cell, _measure(cells, header, list(words)))


def _word(text: str | None) -> str:
    return key(text or "").replace("_", "")


def _label_column(cells: pl.DataFrame) -> str:
    if cells.width < 3 or cells.height < 3:  # noqa: PLR2004 — labels beside figures below a header
        raise InventoryError("不是排放清单", "it is no inventory")
    return cells.columns[1]


def _header_row(cells: pl.DataFrame) -> int:
    for row, words in enumerate(cells.head(10).iter_rows()):
        if any(isinstance(word, str) and _word(word) in _TOTAL_COLUMNS for word in words[2:]):
            return row
    raise InventoryError("没有表头 Scope 1 Total", "there is no header Scope 1 Total")


def _check_single(name: str, places: Sequence[str | int]) -> None:
    if len(places) != 1:
        count = len(places)
        raise InventoryError(f"“{name}”应有且只有一处，现有 {count} 处", f"{name} must stand once, not {count} times")


def _measure(cells: pl.DataFrame, header: int, columns: list[str]) -> str:
    written = {plain(text) for column in columns if (text := cells.item(header + 1, column)) is not None}
    if len(written) != 1:
        listed = ", ".join(sorted(written)) or "—"
        raise InventoryError(
            f"各列的计量单位应相同，现有 {listed}", f"all columns must have one measure, found {listed}"
        )
    return _SUBSTANCE.sub("", written.pop())


def _numbers(cells: pl.DataFrame) -> pl.Series:
    """Return the numbers in the cells. An empty cell adds nothing; the total cell tells whether it should have."""
    long = cells.unpivot(index="row", variable_name="column", value_name="text").drop_nulls("text")
    numbers = long["text"].cast(pl.Float64, strict=False)
    if numbers.is_finite().fill_null(value=False).all():
        return numbers
    read = pl.concat([long, read_numerals(long["text"])], how="horizontal")
    wrong = read.filter((pl.col("kind") == "refused") | pl.col("is_percent"))
    for row, column, text in wrong.select("row", "column", "text").head(1).iter_rows():
        zh, en = f"此处为“{shown(text)}”，应为数字", f"“{shown(text)}” stands where a number must"
        raise InventoryError(zh, en, f"{column}{row}", text)
    return read["number"].drop_nulls()


def read_inventories(
    files: Sequence[tuple[Snapshot, Sequence[RawTable]]], source: Source, catalogue: Catalogue, origin: Origin
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the total of every province and year as ``FIGURES``, and what was found wrong."""
    units = UnitIndex(catalogue.units, source.units_as_of)
    indicator = next(iter(source.indicator_names.values()), _INDICATOR)
    findings: list[Finding] = []
    rows = []
    for snapshot, tables in files:
        published = source.published if origin == "published" else None
        received_at = midnight(published) if published else snapshot.received_at
        for table in tables:
            if key(table.sheet or "") not in _NOTE_SHEETS:
                rows += _read_sheet(table, units, indicator, received_at, findings)
    return pl.DataFrame(rows, schema=FIGURES), findings


def _read_sheet(
    table: RawTable, units: UnitIndex, indicator: str, received_at: datetime, findings: list[Finding]
) -> list[dict[str, object]]:
    place = Place(table.file, table.snapshot, table.sheet)
    match = _SHEET_NAME.fullmatch(table.sheet or "")
    unit = units.find(match["unit"]) if match else None
    if match is None or unit is None:
        findings.append(_wrong_sheet(place, match["unit"] if match else None, units))
        return []
    try:
        total = inventory_total(table)
    except InventoryError as error:
        findings.append(_not_an_inventory(place, error, unit.unit_code, indicator, match["year"]))
        return []
    if not total.agrees:
        findings.append(_disagreement(place, total, unit.unit_code, indicator, match["year"]))
        return []
    return [
        {
            "snapshot": table.snapshot,
            "file": table.file,
            "location": f"{table.sheet}!{total.cell}",
            "unit_code": unit.unit_code,
            "indicator_code": indicator,
            "period": match["year"],
            "text": repr(total.added),
            "measure": total.measure,
            "status": "reported",
            "received_at": received_at,
        }
    ]


def _wrong_sheet(place: Place, name: str | None, units: UnitIndex) -> Finding:
    likely = "、".join(units.closest(name)) if name else ""
    return Finding(
        "unknown_unit",
        "critical",
        place,
        zh="工作表名应为省级单位名称加年份（如 Chongqing2019）"
        f"{f'，“{name}”不在目录之中' if name else ''}{f'，是否为 {likely}' if likely else ''}；整张表未采用",
        en=f"the name of the sheet must be a province and a year, such as Chongqing2019"
        f"{f'; “{name}” is not in the catalogue' if name else ''}"
        f"{', perhaps ' + likely.replace('、', ', ') + ' is meant' if likely else ''}; nothing of it is used",
        value=place.sheet,
        reference=likely or None,
    )


def _not_an_inventory(place: Place, error: InventoryError, unit_code: str, indicator: str, year: str) -> Finding:
    return Finding(
        "text_in_number_cell" if error.cell else "wrong_header",
        "critical",
        Place(place.file, place.snapshot, place.sheet, error.cell),
        zh=f"{error.zh}；整张表未采用",
        en=f"{error.en}; nothing of the sheet is used",
        value=shown(error.value) if error.value else None,
        unit_code=unit_code,
        indicator_code=indicator,
        period=year,
    )


def _disagreement(place: Place, total: InventoryTotal, unit_code: str, indicator: str, year: str) -> Finding:
    return Finding(
        "parts_do_not_add_up",
        "critical",
        Place(place.file, place.snapshot, place.sheet, total.cell),
        zh=f"合计为 {total.total:.9g} {total.measure}，而部门 ×（燃料与过程）之和为 {total.added:.9g}，"
        f"相差超过 {TOLERANCE:g}；未采用",
        en=f"the total is {total.total:.9g} {total.measure}, but sector × (fuel and process) sum to "
        f"{total.added:.9g}; they may differ by {TOLERANCE:g} at most, and the figure is not used",
        value=f"{total.total:.9g}",
        reference=f"{total.added:.9g}",
        unit_code=unit_code,
        indicator_code=indicator,
        period=year,
    )
