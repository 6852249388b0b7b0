"""Monitoring stations: which names mean one station, where it stands, and whether it counts for assessment.

Publishers write a station's history beside its name: 高家花园(停运161118), 上清寺(启用170928),
缙云山（对照点）. What stands in brackets tells of the station; the name before them is the station.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from transforms.findings import Finding, Place, shown
from transforms.texts import key, plain
from transforms.unit_names import UnitIndex
from xietong.frames import RawTable

#: One row: one label of a file, and the station it means.
LABELS: Final = pl.Schema(
    {
        "label": pl.String(),
        "station": pl.String(),  # the name without what stands in brackets, or the table's name of a code
        "unit_code": pl.String(),  # null: the stations' table does not know it
        "exclusion": pl.String(),  # null: it counts; else control_point, second_label, closed_station, unknown_station
    }
)
#: Words of a stations' table for the columns that are read.
_COLUMNS: Final = {
    "station": ("station", "stationname", "positionname", "站点", "站点名称", "点位", "点位名称"),
    "code": ("stationcode", "code", "站点编码", "点位编码", "监测点编码"),
    "unit": ("unit", "unitcode", "adcode", "adcodebypoint", "区县代码", "行政区划代码"),
    "district": ("district", "districtbypoint", "区县", "区县名称", "所属区县"),
    "kind": ("kind", "type", "点位类型", "类型"),
    "former": ("formernames", "aliases", "曾用名", "别名"),
}
_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
_CONTROL: Final = re.compile(r"对照|control")
_CLOSED: Final = re.compile(r"停运(?:([0-9]{2})([0-9]{2})([0-9]{2}))?")
_HEADER_ROWS: Final = 20
_SEPARATORS: Final = re.compile(r"[;,、/|]")


def bare_name(label: str) -> str:
    """Return the name of the station without what stands in brackets behind it."""
    return _BRACKETS.sub("", plain(label)).strip()


def is_control_point(label: str) -> bool:
    """True when the label says that the station is a control point, which HJ 663 leaves out of assessment."""
    return any(_CONTROL.search(note) for note in _BRACKETS.findall(plain(label).casefold()))


def closed_on(label: str) -> date | None:
    """Return the day on which the label says that the station was closed; the first of times when it tells none."""
    for note in _BRACKETS.findall(plain(label)):
        if match := _CLOSED.search(note):
            try:
                return date(2000 + int(match[1]), int(match[2]), int(match[3])) if match[1] else date.min
            except ValueError:
                return date.min
    return None


def find_columns(table: RawTable) -> tuple[int, dict[str, str]] | None:
    """Return the header row and the columns of a stations' table; None when the table is none."""
    for row in table.cells.head(_HEADER_ROWS).iter_rows(named=True):
        words = {key(text).replace("_", ""): column for column, text in row.items() if column != "row" and text}
        found = {
            field: next(words[name] for name in names if name in words)
            for field, names in _COLUMNS.items()
            if words.keys() & set(names)
        }
        if "station" in found and ("unit" in found or "district" in found):
            return int(row["row"]), found
    return None


class StationIndex:
    """The stations of the tables that an edition was given, by name, former name and code."""

    def __init__(self, tables: Sequence[RawTable], units: UnitIndex) -> None:
        self.findings: list[Finding] = []
        self._units: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._controls: set[str] = set()
        for table in tables:
            self._add(table, units)

    def _add(self, table: RawTable, units: UnitIndex) -> None:
        located = find_columns(table)
        if located is None:
            return
        header, found = located
        for row in table.cells.filter(pl.col("row") > header).iter_rows(named=True):
            words = {field: plain(row[column] or "") for field, column in found.items()}
            name = bare_name(words["station"])
            unit = units.find(words.get("unit", "")) or units.find(words.get("district", ""))
            if not name:
                continue
            if unit is None:
                self.findings.append(_unknown_district(table, found["station"], row, words))
                continue
            if self._units.setdefault(name, unit.unit_code) != unit.unit_code:
                self.findings.append(_two_districts(table, found["station"], row, name))
                continue
            if is_control_point(words["station"]) or _CONTROL.search(words.get("kind", "").casefold()):
                self._controls.add(name)
            others = _SEPARATORS.split(words.get("former", ""))
            self._names |= {key(word): name for word in (name, words.get("code", ""), *others) if word.strip()}

    @property
    def is_empty(self) -> bool:
        """True when no table of stations was given."""
        return not self._units

    def station(self, label: str) -> str:
        """Return the station that a label means; its bare name when no table knows it."""
        bare = bare_name(label)
        return self._names.get(key(bare), bare)

    def labels(self, labels: Sequence[str], first_day: date) -> pl.DataFrame:
        """Return what each label of the files means, as ``LABELS``.

        One label stands for a station: the one without brackets where there is one. A station that
        one label calls a control point is one under all its labels.
        """
        ordered = sorted(set(labels), key=lambda label: (plain(label) != bare_name(label), label))
        controls = self._controls | {self.station(label) for label in ordered if is_control_point(label)}
        closings = [(self.station(label), closed_on(label)) for label in ordered]
        closed = {station for station, day in closings if day is not None and day < first_day}
        seen: set[str] = set()
        rows = []
        for label in ordered:
            station = self.station(label)
            unit = self._units.get(station)
            exclusion = (
                "control_point"
                if station in controls
                else "closed_station"
                if station in closed
                else "second_label"
                if station in seen
                else "unknown_station"
                if unit is None
                else None
            )
            seen.add(station)
            rows.append((label, station, unit, exclusion))
        return pl.DataFrame(rows, schema=LABELS, orient="row").sort("station", "label")

    def counting(self, labels: pl.DataFrame) -> pl.DataFrame:
        """Return ``station`` and ``unit_code`` of all stations that should report: a silent one counts too."""
        left_out = set(labels.filter(pl.col("exclusion").is_in(["control_point", "closed_station"]))["station"])
        left_out |= self._controls
        rows = [(name, unit) for name, unit in sorted(self._units.items()) if name not in left_out]
        return pl.DataFrame(rows, schema={"station": pl.String, "unit_code": pl.String}, orient="row")


def _unknown_district(table: RawTable, column: str, row: dict[str, Any], words: dict[str, str]) -> Finding:
    written = shown(f"{words.get('unit', '')} {words.get('district', '')}".strip()) or "—"
    return Finding(
        "unknown_unit",
        "critical",
        Place(table.file, table.snapshot, table.sheet, f"{column}{row['row']}"),
        zh=f"站点“{shown(words['station'])}”的区县“{written}”不在区划表中，该站点未采用；请写区县代码或全称",
        en=f"the district “{written}” of the station “{shown(words['station'])}” is not in the list of units and the "
        "station is not used; write its code or full name",
        value=written,
    )


def _two_districts(table: RawTable, column: str, row: dict[str, Any], name: str) -> Finding:
    return Finding(
        "conflicting_duplicate",
        "critical",
        Place(table.file, table.snapshot, table.sheet, f"{column}{row['row']}"),
        zh=f"站点“{shown(name)}”已列在另一个区县，此行未采用；一个站点只能属于一个区县",
        en=f"the station “{shown(name)}” already stands under another district and this row is not used; a station "
        "belongs to one district only",
        value=shown(name),
    )
