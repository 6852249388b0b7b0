"""Files that must not be read are refused by name, quickly, and without harm."""

import struct
import time
import tracemalloc

import pytest

from xietong.frames import Snapshot
from xietong.sources import MAX_FILE, UnreadableFileError, read_tables


def _rule(data: bytes, snapshot: Snapshot) -> str:
    with pytest.raises(UnreadableFileError) as refusal:
        read_tables(data, snapshot)
    finding = refusal.value.finding(snapshot)
    for column in ("message_zh", "message_en"):
        assert snapshot.file in finding[column][0]
    assert finding["severity"][0] == "critical"
    assert finding["reference"][0]
    return finding["rule"][0]


def _compound_file(stream: str) -> bytes:
    """Return a compound file with one directory entry of this name."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    name = stream.encode("utf-16-le")
    return header + bytes(512) + name + bytes(64 - len(name)) + struct.pack("<H", len(name) + 2) + bytes(510)


def test_a_password_is_named(snapshot: Snapshot):
    assert _rule(_compound_file("EncryptedPackage"), snapshot) == "password_protected"


def test_an_entry_encrypted_by_zip_is_a_password(workbook_of, snapshot: Snapshot):
    data = bytearray(workbook_of({"S": {}}))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    assert _rule(bytes(data), snapshot) == "password_protected"


def test_excel_97_is_named(snapshot: Snapshot):
    assert _rule(_compound_file("Workbook"), snapshot) == "legacy_workbook"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95, 0.999])
def test_a_truncated_workbook_is_damaged(workbook_of, number, snapshot: Snapshot, share: float):
    data = workbook_of({"S": {f"A{row}": number(row / 7) for row in range(1, 400)}})
    assert _rule(data[: int(len(data) * share)], snapshot) == "unreadable_workbook"


def test_a_flipped_byte_is_damaged(workbook_of, number, snapshot: Snapshot):
    data = bytearray(workbook_of({"S": {f"A{row}": number(row / 7) for row in range(1, 400)}}))
    place = data.index(b"xl/worksheets/sheet1.xml") + 200
    data[place] ^= 0xFF
    assert _rule(bytes(data), snapshot) == "unreadable_workbook"


def test_text_named_as_a_workbook_is_no_workbook(snapshot: Snapshot):
    assert _rule("<html>数据</html>".encode(), snapshot) == "unreadable_workbook"


def test_another_zip_is_no_workbook(zipped, snapshot: Snapshot):
    assert _rule(zipped({"readme.txt": b"hello"}), snapshot) == "unreadable_workbook"


def test_a_bomb_of_two_gigabytes_is_refused_at_once(bomb, snapshot: Snapshot):
    data = bomb(2048, 2**31)
    assert len(data) < 4 * 2**20
    tracemalloc.start()
    started = time.perf_counter()
    rule = _rule(data, snapshot)
    seconds, (_, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rule == "oversized_content"
    assert seconds < 1
    assert peak < 64 * 2**20


def test_a_bomb_that_states_a_small_size_is_never_unpacked(bomb, snapshot: Snapshot):
    data = bomb(2048, 1000)
    tracemalloc.start()
    rule = _rule(data, snapshot)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rule == "unreadable_workbook"
    assert peak < 64 * 2**20


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
    ],
)
def test_macros_and_links_are_refused(parts_of, zipped, snapshot: Snapshot, part: str, rule: str):
    assert _rule(zipped(parts_of({"S": {}}) | {part: b"<x/>"}), snapshot) == rule


def test_a_macro_workbook_is_known_by_its_type(parts_of, zipped, snapshot: Snapshot):
    parts = parts_of({"S": {}})
    types = parts["[Content_Types].xml"].replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    assert _rule(zipped(parts | {"[Content_Types].xml": types}), snapshot) == "macros"


@pytest.mark.parametrize("far", ["BDWGN1", "XFD1", "A999999999", "ALL1048576"])
def test_two_cells_far_apart_do_not_fill_the_memory(workbook_of, number, snapshot: Snapshot, far: str):
    assert _rule(workbook_of({"S": {"A1": number("1"), far: number("1")}}), snapshot) == "too_many_cells"


def test_cells_that_do_not_say_where_they_stand_are_refused(parts_of, zipped, snapshot: Snapshot):
    parts = parts_of({"S": {}})
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"<sheetData>", b"<sheetData><row>" + b"<c><v>1</v></c>" * 5000 + b"</row>"
    )
    assert _rule(zipped(parts | {"xl/worksheets/sheet1.xml": sheet}), snapshot) == "unreadable_workbook"


def test_one_long_text_in_every_cell_does_not_fill_the_memory(parts_of, zipped, snapshot: Snapshot):
    cells = {f"A{row}": 't="s"><v>0</v></c>' for row in range(1, 3001)}
    strings = b"<sst><si><t>" + b"x" * 300_000 + b"</t></si></sst>"
    assert _rule(zipped(parts_of({"S": cells}) | {"xl/sharedStrings.xml": strings}), snapshot) == "oversized_content"


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]>',
        b'<?xml version="1.0" encoding="UTF-16"?>',
        b'<?xml version="1.0" encoding="UTF-7"?>',
    ],
)
def test_entities_and_other_encodings_are_refused(parts_of, zipped, snapshot: Snapshot, start: bytes):
    parts = parts_of({"S": {}})
    sheet = start + parts["xl/worksheets/sheet1.xml"]
    assert _rule(zipped(parts | {"xl/worksheets/sheet1.xml": sheet}), snapshot) == "unreadable_workbook"


def test_a_sheet_in_utf_16_is_refused(parts_of, zipped, snapshot: Snapshot):
    parts = parts_of({"S": {}})
    sheet = parts["xl/worksheets/sheet1.xml"].decode().encode("utf-16")
    assert _rule(zipped(parts | {"xl/worksheets/sheet1.xml": sheet}), snapshot) == "unreadable_workbook"


def test_a_directory_of_many_parts_is_refused(parts_of, zipped, snapshot: Snapshot):
    assert _rule(zipped(parts_of({"S": {}}) | {f"xl/{i}": b"" for i in range(5001)}), snapshot) == "oversized_content"


def test_a_name_that_stands_twice_is_refused(parts_of, zipped, snapshot: Snapshot):
    parts = parts_of({"S": {}})
    assert _rule(zipped(parts | {"XL/worksheets/SHEET1.xml": b"<x/>"}), snapshot) == "unreadable_workbook"


def test_a_file_beyond_the_limit_is_refused(snapshot: Snapshot):
    assert _rule(bytes(MAX_FILE + 1), snapshot) == "oversized_file"
