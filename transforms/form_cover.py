"""The cover of a district form: who reports, for which year, and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from transforms.findings import Finding, Place, shown
from transforms.period_texts import read_period, serial_number
from transforms.receipt_dates import AHEAD, read_date
from transforms.texts import key, plain
from transforms.unit_names import UnitIndex
from xietong.catalogue.sources import Origin
from xietong.frames import RawTable, Snapshot
from xietong.workbook import COVER_LABELS, COVER_SHEET, LAYOUT_VERSION

_ROWS: Final = 50
_CODE_IN_NAME: Final = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?![0-9])")


@dataclass(frozen=True)
class Cover:
    """A cover that is in order."""

    unit_code: str
    year: int | None
    received_at: datetime


@dataclass(frozen=True)
class _Entry:
    """What stands beside a label, and where."""

    text: str
    place: Place


def read_cover(
    snapshot: Snapshot, tables: Sequence[RawTable], units: UnitIndex, origin: Origin, findings: list[Finding]
) -> Cover | None:
    """Return the cover, or None after telling why nothing of the file can be used."""
    table = next((table for table in tables if plain(table.sheet or "") == COVER_SHEET), None)
    if table is None:
        findings.append(_missing_cover(snapshot, tables))
        return None
    entries = _entries(table)
    layout = entries.get("layout")
    if layout is not None and plain(layout.text) != LAYOUT_VERSION:
        findings.append(_unknown_layout(layout))
        return None
    unit_code = _unit_code(entries, table, units, findings)
    if unit_code is None:
        return None
    findings += _other_unit_in_name(snapshot, unit_code, units)
    # The dates of the demonstration are part of the invention; no clock has to have reached them.
    latest = None if origin == "demonstration" else snapshot.received_at + AHEAD
    return Cover(
        unit_code, _year(entries, unit_code, findings), _received_at(entries, snapshot, latest, unit_code, findings)
    )


def _other_unit_in_name(snapshot: Snapshot, unit_code: str, units: UnitIndex) -> list[Finding]:
    """Return what is said of a file that is named after another unit than its cover: one of them was not changed."""
    name = PurePosixPath(snapshot.file).name
    named = [listed for word in _CODE_IN_NAME.findall(name) if (listed := units.find(word)) is not None]
    # The code of a special zone begins with that of its city.
    if not named or unit_code in name or unit_code in {listed.unit_code for listed in named}:
        return []
    word = f"{named[0].code} {named[0].name}"
    return [
        Finding(
            "file_name_of_other_unit",
            "warning",
            Place(snapshot.file, snapshot.sha256),
            zh=f"文件名写的是 {word}，封面却是 {unit_code}；数据按封面采用，请核对是哪个单位的数据",
            en=f"the file is named after {word}, but its cover says {unit_code}; the cover counts, please check whose "
            "figures these are",
            value=word,
            reference=unit_code,
            unit_code=unit_code,
        )
    ]


def _entries(table: RawTable) -> dict[str, _Entry]:
    """Return what stands in the first filled cell to the right of each label."""
    labels = {key(label): name for name, label in COVER_LABELS.items()}
    entries: dict[str, _Entry] = {}
    for row in table.cells.head(_ROWS).iter_rows(named=True):
        filled = [(column, text) for column, text in row.items() if column != "row" and text and plain(text)]
        for (_, label), (column, text) in pairwise(filled):
            name = labels.get(key(label).rstrip(":"))
            if name is not None:
                place = Place(table.file, table.snapshot, table.sheet, f"{column}{row['row']}")
                entries.setdefault(name, _Entry(text, place))
    return entries


def _unit_code(entries: dict[str, _Entry], table: RawTable, units: UnitIndex, findings: list[Finding]) -> str | None:
    """Return the unit on whose code and name the cover agrees; one of the two may be absent."""
    code, name = entries.get("unit_code"), entries.get("unit_name")
    found = []
    for entry in (code, name):
        if entry is None:
            continue
        listed = units.find(entry.text)
        if listed is None:
            findings.append(_unknown_unit(entry, code, units))
            return None
        found.append(listed.unit_code)
    if not found:
        place = Place(table.file, table.snapshot, table.sheet)
        label = COVER_LABELS["unit_code"]
        findings.append(
            Finding(
                "unknown_unit",
                "critical",
                place,
                zh=f"没有填写{label}，不知道是哪个单位的数据，整份文件未采用",
                en=f"{label} (the unit code) is not filled in, so nothing of the file can be used",
                reference=label,
            )
        )
        return None
    if len(set(found)) > 1 and code and name:
        findings.append(_mismatch(code, name, units))
        return None
    return found[0]


def _unknown_unit(entry: _Entry, code: _Entry | None, units: UnitIndex) -> Finding:
    by_code = units.find(code.text) if code is not None and code is not entry else None
    likely = [by_code.name] if by_code else units.closest(entry.text)
    names = "、".join(likely)
    hint_zh = f"，是否为 {names}" if likely else ""
    hint_en = f", perhaps {', '.join(likely)} is meant" if likely else ""
    count = len(units.names())
    return Finding(
        "unknown_unit",
        "critical",
        entry.place,
        zh=f"“{shown(entry.text)}”不是目录所列 {count} 个单位之一{hint_zh}；整份文件未采用",
        en=f"“{shown(entry.text)}” is none of the {count} units of the catalogue{hint_en}; nothing of the file is used",
        value=shown(entry.text),
        reference=names or None,
        unit_code=by_code.unit_code if by_code else None,
    )


def _mismatch(code: _Entry, name: _Entry, units: UnitIndex) -> Finding:
    listed = units.find(code.text)
    meant = listed.name if listed else ""
    return Finding(
        "unit_code_name_mismatch",
        "critical",
        name.place,
        zh=f"单位名称为“{shown(name.text)}”，而单位代码 {shown(code.text)} 是{meant}；请改正其一，整份文件未采用",
        en=f"the name is “{shown(name.text)}”, but the code {shown(code.text)} is {meant}; correct one of them; "
        "nothing of the file is used",
        value=shown(name.text),
        reference=meant,
    )


def _year(entries: dict[str, _Entry], unit_code: str, findings: list[Finding]) -> int | None:
    """Return the year of the cover; None when it is not given or cannot be read."""
    entry = entries.get("year")
    if entry is None:
        return None
    year = read_period(entry.text, "year")
    if year is not None:
        return int(year)
    findings.append(
        Finding(
            "unreadable_year",
            "warning",
            entry.place,
            zh=f"填报年度“{shown(entry.text)}”无法识别，无法与各期间核对；请写作 2025",
            en=f"the year “{shown(entry.text)}” cannot be read and is not held against the periods; write it as 2025",
            value=shown(entry.text),
            reference="2025",
            unit_code=unit_code,
        )
    )
    return None


def _received_at(
    entries: dict[str, _Entry],
    snapshot: Snapshot,
    latest: datetime | None,
    unit_code: str,
    findings: list[Finding],
) -> datetime:
    """Return the date on the cover, if it can be read and is not later than ``latest``, else when the file came in."""
    entry = entries.get("received")
    if entry is None:
        return snapshot.received_at
    received = read_date(entry.text)
    if received is not None and (latest is None or received <= latest):
        return received
    arrived = f"{snapshot.received_at:%Y-%m-%d}"
    hint_zh, hint_en = serial_number(entry.text)
    is_unreadable = received is None
    findings.append(
        Finding(
            "unreadable_date" if is_unreadable else "future_date",
            "warning",
            entry.place,
            zh=f"填报日期“{shown(entry.text)}”{hint_zh}"
            f"{'无法识别' if is_unreadable else f'晚于收到文件的时间 {arrived}'}，改用收到文件的时间；"
            "请写作 2026-01-15",
            en=f"the date “{shown(entry.text)}”{hint_en} "
            f"{'cannot be read' if is_unreadable else f'lies after the file came in on {arrived}'}, so the time the "
            "file came in is used; write it as 2026-01-15",
            value=shown(entry.text),
            reference="2026-01-15" if is_unreadable else arrived,
            unit_code=unit_code,
        )
    )
    return snapshot.received_at


def _missing_cover(snapshot: Snapshot, tables: Sequence[RawTable]) -> Finding:
    names = "、".join(table.sheet or "—" for table in tables) or "—"
    return Finding(
        "missing_cover",
        "critical",
        Place(snapshot.file, snapshot.sha256),
        zh=f"没有工作表“{COVER_SHEET}”（现有 {shown(names)}），不知道是哪个单位的数据，整份文件未采用；"
        "请把数据填入下发的填报表后报送",
        en=f"there is no sheet {COVER_SHEET} (found: {shown(names)}) to tell whose figures these are; "
        "nothing of the file is used; fill in the form that was handed out",
        value=shown(names),
        reference=COVER_SHEET,
    )


def _unknown_layout(layout: _Entry) -> Finding:
    return Finding(
        "unknown_layout",
        "critical",
        layout.place,
        zh=f"版式“{shown(layout.text)}”无法识别，只接受版式 {LAYOUT_VERSION}；整份文件未采用",
        en=f"the layout “{shown(layout.text)}” is not known, only {LAYOUT_VERSION} is; nothing of the file is used",
        value=shown(layout.text),
        reference=LAYOUT_VERSION,
    )
