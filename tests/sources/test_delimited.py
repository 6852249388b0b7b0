"""Delimited files to raw tables."""

from dataclasses import replace

import pytest

from xietong.frames import RawTable, Snapshot
from xietong.sources import UnreadableFileError, read_tables


def _read(data: bytes, snapshot: Snapshot) -> RawTable:
    (table,) = read_tables(data, replace(snapshot, file="数据.csv"))
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_officers_are_read(snapshot: Snapshot, encoding: str):
    table = _read("单位,数值\n綦江区,1.5\n".encode(encoding), snapshot)
    assert table.cells.rows() == [(1, "单位", "数值"), (2, "綦江区", "1.5")]
    assert table.location("B", 2) == "B2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_found(snapshot: Snapshot, delimiter: str):
    lines = [["单位", "数值"], ["渝中区", "1，234.5"], ["北碚区", "2"]]
    table = _read("\n".join(delimiter.join(line) for line in lines).encode(), snapshot)
    assert table.cells.rows() == [(row, *line) for row, line in enumerate(lines, start=1)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_read(snapshot: Snapshot, end: str):
    assert _read(end.join(["a,b", "1,2"]).encode(), snapshot).cells.rows() == [(1, "a", "b"), (2, "1", "2")]


def test_quoted_fields_hold_delimiters_and_lines(snapshot: Snapshot):
    table = _read(b'a,b\n"1,234","two\nlines"\n"say ""x""",3\n', snapshot)
    assert table.cells.rows() == [(1, "a", "b"), (2, "1,234", "two\nlines"), (3, 'say "x"', "3")]


def test_a_blank_line_counts_as_a_row(snapshot: Snapshot):
    assert _read(b"a,b\n\n1,2\n\n\n", snapshot).cells.rows() == [(1, "a", "b"), (2, None, None), (3, "1", "2")]


def test_ragged_rows_are_padded(snapshot: Snapshot):
    assert _read(b"a,b\n1\n1,2,3\n", snapshot).cells.rows() == [
        (1, "a", "b", None),
        (2, "1", None, None),
        (3, "1", "2", "3"),
    ]


def test_a_note_of_the_delimiter_is_obeyed(snapshot: Snapshot):
    assert _read(b"sep=;\na;b\n1,5;2\n", snapshot).cells.rows()[1:] == [(2, "a", "b"), (3, "1,5", "2")]


def test_an_empty_file_is_a_table_without_cells(snapshot: Snapshot):
    assert _read(b"", snapshot).cells.shape == (0, 1)


@pytest.mark.parametrize("data", [b"a,b\n1,\0", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xff\xff\xff"])
def test_what_is_no_text_is_refused(snapshot: Snapshot, data: bytes):
    with pytest.raises(UnreadableFileError) as refusal:
        _read(data, snapshot)
    assert refusal.value.rule == "unreadable_text"


def test_a_quote_that_is_never_closed_is_told_with_its_row(snapshot: Snapshot):
    with pytest.raises(UnreadableFileError) as refusal:
        _read(b'a,b\n1,2\n"3,4\n5,6\n', snapshot)
    assert refusal.value.location == "A3"


def test_a_million_columns_are_refused(snapshot: Snapshot):
    with pytest.raises(UnreadableFileError) as refusal:
        _read(b"1," * 1_000_000, snapshot)
    assert refusal.value.rule == "too_many_cells"
