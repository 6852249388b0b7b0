"""Workbooks to raw tables: every cell where a person sees it, as a person sees it, to the last digit."""

import math
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xietong.frames import RawTable, Snapshot, column_letters
from xietong.sources import read_tables

Cells = dict[str, dict[str, str]]
SHARED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def _texts(table: RawTable) -> dict[str, str]:
    """Return what stands in each filled cell by its address."""
    long = table.cells.unpivot(index="row", variable_name="column", value_name="text").drop_nulls("text")
    return {f"{column}{row}": text for row, column, text in long.iter_rows()}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("0.33333333333333331", 1 / 3),
        ("0.30000000000000004", 0.1 + 0.2),
        ("9.9999999999999998E-13", 1e-12),
        ("1E+22", 1e22),
        ("5", 5.0),
        ("-0.00000000014", -1.4e-10),
        ("123456789012345680", 123456789012345680.0),
        ("1234567.1234567891", 1234567.1234567891),
        ("5.0000000000000001E-324", 5e-324),
    ],
)
def test_numbers_keep_every_digit(workbook_of, number, snapshot: Snapshot, stored: str, expected: float):
    (table,) = read_tables(workbook_of({"月度": {"A1": number(stored)}}), snapshot)
    assert float(_texts(table)["A1"]) == expected


@SHARED
@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_any_double_reads_back_as_itself(workbook_of, number, snapshot: Snapshot, values: list[float]):
    sheet = {f"B{row}": number(repr(value)) for row, value in enumerate(values, start=1)}
    (table,) = read_tables(workbook_of({"S": sheet}), snapshot)
    read = [float(text) for text in table.cells["B"]]
    assert read == values
    assert all(math.copysign(1, a) == math.copysign(1, b) for a, b in zip(read, values, strict=True) if b != 0)


@SHARED
@given(
    places=st.dictionaries(
        st.tuples(st.integers(0, 60), st.integers(1, 80)), st.integers(-(10**6), 10**6), min_size=1, max_size=12
    )
)
def test_a_cell_is_found_where_it_was_put(workbook_of, number, snapshot: Snapshot, places: dict):
    sheet = {
        f"{column_letters(column)}{row}": number(value)
        for (column, row), value in sorted(places.items(), key=lambda p: (p[0][1], p[0][0]))
    }
    (table,) = read_tables(workbook_of({"表": sheet}), snapshot)
    expected = {f"{column_letters(column)}{row}": str(value) for (column, row), value in places.items()}
    assert _texts(table) == expected
    assert table.location("C", 5) == "表!C5"


def test_data_that_start_at_c4_keep_their_address(workbook_of, number, text, snapshot: Snapshot):
    (table,) = read_tables(
        workbook_of({"S": {"C4": text("头"), "D4": text("值"), "C5": number("1"), "D5": number("2.5")}}), snapshot
    )
    assert table.cells.columns == ["row", "C", "D"]
    assert table.cells["row"].to_list() == [1, 2, 3, 4, 5]
    assert _texts(table) == {"C4": "头", "D4": "值", "C5": "1", "D5": "2.5"}


def test_digits_typed_as_text_stay_as_typed(workbook_of, text, snapshot: Snapshot):
    typed = ["0045", "1.50", "123456789012345678", " 7.5 ", "1e5", "500101"]
    sheet = {f"A{row}": text(each) for row, each in enumerate(typed, start=1)}
    (table,) = read_tables(workbook_of({"S": sheet}), snapshot)
    assert table.cells["A"].to_list() == typed


def test_percentages_are_read_as_they_are_shown(workbook_of, number, snapshot: Snapshot):
    formats = {170: '0.0"%"', 171: "0.0%;[Red]-0.0%", 172: r"0\%"}
    sheet = {
        "A1": number("0.07000000000000001", 1),
        "A2": number("0.852", 4),
        "A3": number("85.2", 3),
        "A4": number("85.2", 5),
        "A5": number("0.5"),
    }
    (table,) = read_tables(workbook_of({"S": sheet}, formats), snapshot)
    assert table.cells["A"].to_list() == ["7%", "85.2%", "85.2", "85.2", "0.5"]


def test_what_a_reader_of_values_would_lose_is_told(workbook_of, snapshot: Snapshot):
    sheet = {
        "A1": 't="e"><v>#DIV/0!</v></c>',
        "A2": "><f>B1+B2</f></c>",
        "A3": "><f>1/3</f><v>0.33333333333333331</v></c>",
        "C7": "><f>SUM(A1:A3)</f></c>",
    }
    (table,) = read_tables(workbook_of({"S": sheet}), snapshot)
    assert _texts(table) == {"A1": "#DIV/0!", "A2": "=B1+B2", "A3": repr(1 / 3), "C7": "=SUM(A1:A3)"}


def test_dates_and_truth_values_are_text(workbook_of, number, snapshot: Snapshot):
    (table,) = read_tables(workbook_of({"S": {"A1": number("45658", 2), "A2": 't="b"><v>1</v></c>'}}), snapshot)
    assert table.cells["A"].to_list() == ["2025-01-01 00:00:00", "true"]


def test_an_empty_sheet_is_a_table_without_cells(workbook_of, number, snapshot: Snapshot):
    empty, filled = read_tables(workbook_of({"空": {}, "满": {"A1": number("1")}}), snapshot)
    assert (empty.sheet, empty.cells.shape) == ("空", (0, 1))
    assert filled.cells.schema == pl.Schema({"row": pl.Int64, "A": pl.String})


def test_a_style_without_a_value_does_not_widen_a_table(workbook_of, number, snapshot: Snapshot):
    sheet = {"A1": number("1"), "XFD1048576": 's="1"/>'}
    (table,) = read_tables(workbook_of({"S": sheet}), snapshot)
    assert _texts(table) == {"A1": "1"}


def test_sheets_keep_the_order_of_the_workbook(workbook_of: Callable[..., bytes], number, snapshot: Snapshot):
    tables = read_tables(workbook_of({name: {"A1": number("1")} for name in ("丙", "甲", "a&b<c>")}), snapshot)
    assert [table.sheet for table in tables] == ["丙", "甲", "a&b<c>"]
