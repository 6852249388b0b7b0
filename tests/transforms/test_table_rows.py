"""Rows of long tables: each is read by the header and the statement of a measure above it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from transforms import Tidied, tidy
from xietong.catalogue import Catalogue, Source
from xietong.frames import CellRange, RawTable, Snapshot
from xietong.sources import read_tables

COLUMNS = {"unit": "区县", "indicator": "指标", "period": "期间", "value": "数值", "measure": "单位"}
HEADER = ["区县", "指标", "期间", "数值", "单位"]
A = ["渝中区", "gdp", "2022", "1500", "亿元"]
B = ["北碚区", "gdp", "2022", "700", "亿元"]


@pytest.fixture
def source(source_of) -> Source:
    return source_of("long_table", columns=COLUMNS)


@pytest.fixture
def read(table, source: Source, snapshot: Snapshot, catalogue: Catalogue) -> Callable[..., Tidied]:
    def tidied(*rows: list[str | None], merged=(), by: Source = source, sheet: str | None = "表") -> Tidied:
        raw: RawTable = replace(table(sheet, rows), merged=merged)
        return tidy([raw], by, snapshot, catalogue, "published")

    return tidied


def _figures(tidied: Tidied) -> list[tuple]:
    return tidied.observations.select("unit_code", "value", "location").rows()


def _found(tidied: Tidied) -> list[tuple]:
    return tidied.findings.select("rule", "severity", "location").rows()


def test_a_header_that_is_printed_again_is_no_row(read):
    tidied = read(HEADER, A, HEADER, B)
    assert _figures(tidied) == [("500103", 1500.0, "表!D2"), ("500109", 700.0, "表!D4")]
    assert _found(tidied) == []


def test_a_table_below_is_read_by_its_own_header(read):
    tidied = read(HEADER, A, [], ["指标", "区县", "单位", "期间", "数值"], ["gdp", "北碚区", "亿元", "2022", "700"])
    assert _figures(tidied) == [("500103", 1500.0, "表!D2"), ("500109", 700.0, "表!E5")]
    assert _found(tidied) == []


@pytest.mark.parametrize("second_header", [[HEADER], []])
def test_a_measure_that_is_stated_below_counts_for_what_follows(read, second_header: list):
    bare_a, bare_b = [*A[:4], None], [*B[:3], "7000000", None]
    tidied = read(["单位：亿元"], HEADER, bare_a, ["续表", None, None, None, "单位：万元"], *second_header, bare_b)
    assert _figures(tidied)[0] == ("500103", 1500.0, "表!D3")
    assert _figures(tidied)[1][:2] == ("500109", 700.0)
    assert _found(tidied) == []


def test_without_a_statement_of_its_own_a_table_has_the_one_above(read):
    tidied = read(["单位：万元"], HEADER, [*A[:3], "15000000", None], HEADER, [*B[:3], "7000000", None])
    assert [value for _, value, _ in _figures(tidied)] == [1500.0, 700.0]


def test_a_measure_in_the_heading_of_the_values_counts_where_no_other_stands(read):
    of_own = [*B[:3], "7000000", "万元"]
    tidied = read(["区县", "指标", "期间", "数值（万元）", "单位"], [*A[:3], "15000000", None], of_own)
    assert [value for _, value, _ in _figures(tidied)] == [1500.0, 700.0]
    assert _found(tidied) == []


def test_a_measure_that_the_heading_of_the_values_contradicts_is_none(read):
    tidied = read(["区县", "指标", "期间", "数值（万元）", "单位"], [*A[:3], "15000000", None], B)
    assert [value for _, value, _ in _figures(tidied)] == [1500.0]
    assert _found(tidied) == [("wrong_measure", "critical", "表!E3")]


def test_brackets_without_a_measure_are_another_heading(read):
    tidied = read(["区县", "指标", "期间", "数值（上年）", "单位"], A)
    assert _found(tidied) == [("wrong_header", "critical", "表!A1")]


def test_a_table_of_another_measure_than_its_source_has_is_refused(read, source_of):
    columns = {name: word for name, word in COLUMNS.items() if name != "measure"} | {"measure_constant": "亿元"}
    by = source_of("long_table", columns=columns)
    header = HEADER[:4]
    assert _figures(read(["单位：亿元"], header, A[:4], by=by)) == [("500103", 1500.0, "表!D3")]
    tidied = read(["单位：万元"], header, A[:4], by=by)
    assert (_figures(tidied), _found(tidied)) == ([], [("wrong_measure", "critical", "表!A1")])
    # A line that names several measures says nothing about this one.
    assert len(_figures(read(["单位：亿元、万人"], header, A[:4], by=by))) == 1


def test_words_of_merged_cells_count_for_all_their_rows(read):
    rows = [HEADER, A, [None, "gdp_primary", None, "20", None], [None, "gdp_secondary", "2022", "600", "亿元"]]
    merged = (CellRange(0, 2, 0, 4), CellRange(2, 2, 2, 3), CellRange(4, 2, 4, 3))
    tidied = read(*rows, merged=merged)
    assert tidied.observations["indicator_code"].to_list() == ["gdp", "gdp_primary", "gdp_secondary"]
    assert set(tidied.observations["unit_code"]) == {"500103"}
    assert _found(tidied) == []


def test_a_figure_in_merged_cells_is_of_none_of_them(read):
    tidied = read(HEADER, A, [*B[:3], None, "亿元"], merged=(CellRange(3, 2, 3, 3),))
    assert (_figures(tidied), _found(tidied)) == ([], [("merged_figure", "critical", "表!D2")])
    assert "D2:D3" in tidied.findings["message_zh"].item()


def test_records_of_a_service_are_found_by_their_path(source: Source, snapshot: Snapshot, catalogue: Catalogue):
    data = (
        '{"code": 0, "data": {"total": 2, "records": ['
        '{"区县": "渝中区", "指标": "gdp", "期间": "2022", "数值": 1500.10, "单位": "亿元"},'
        '{"区县": "北碚区", "指标": "gdp", "期间": 2022, "数值": null, "单位": "亿元"}]}}'
    )
    file = replace(snapshot, file="query.json")
    tidied = tidy(read_tables(data.encode(), file), source, file, catalogue, "published")
    assert _figures(tidied) == [("500103", 1500.1, "$.data.records[0].数值")]
    assert _found(tidied) == []
