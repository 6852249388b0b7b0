"""The measure of a row of a form, wherever it is written."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from transforms import Tidied, tidy
from xietong.catalogue import Catalogue
from xietong.frames import CellRange, Snapshot

HEADER = ["指标代码", "指标名称", "计量单位", "2025-Q1"]
COVER = [["单位代码", "500102"], ["填报年度", "2025"], ["填报日期", "2026-01-15"]]


@pytest.fixture
def read(table, source_of, snapshot: Snapshot, catalogue: Catalogue) -> Callable[..., Tidied]:
    def tidied(*rows: list[str | None], merged: tuple[CellRange, ...] = ()) -> Tidied:
        sheet = replace(table("季度", rows), merged=merged)
        return tidy([table("封面", COVER), sheet], source_of("district_form"), snapshot, catalogue, "reported")

    return tidied


def _values(tidied: Tidied) -> list[float]:
    return tidied.observations["value"].to_list()


@pytest.mark.parametrize(
    ("row", "above", "expected"),
    [
        (["gdp", "地区生产总值（万元）", None, "4000000"], [], 400.0),
        (["gdp", "地区生产总值（万元）", "  ", "4000000"], [], 400.0),
        (["gdp", None, None, "4000000"], [["单位：万元"]], 400.0),
        (["gdp", "地区生产总值（亿元）", None, "400"], [["单位：亿元"]], 400.0),
        (["gdp", "地区生产总值（现价）", "亿元", "400"], [["单位：万吨"]], 400.0),
        (["gdp", "地区生产总值（现价）", "亿元", "400"], [["单位：亿元、万人"]], 400.0),
        (["gdp", "地区生产总值(亿元)", "100 million yuan", "400"], [], 400.0),
    ],
)
def test_the_nearest_one_counts(read, row: list, above: list, expected: float):
    tidied = read(*above, HEADER, row)
    assert _values(tidied) == [expected]
    assert tidied.findings.is_empty()


def test_a_measure_that_is_nowhere_is_assumed_and_told(read):
    tidied = read(HEADER, ["gdp", "地区生产总值（现价）", None, "400"])
    assert _values(tidied) == [400.0]
    assert tidied.findings.select("rule", "severity", "location").rows() == [("assumed_measure", "info", "季度!C2")]


def test_a_percent_sign_is_a_measure(read):
    assert read(HEADER[:2] + HEADER[3:], ["gdp", "地区生产总值", "4%"]).findings["rule"].to_list() == ["wrong_measure"]


def test_a_name_that_contradicts_the_measure_refuses_the_row(read):
    tidied = read(HEADER, ["gdp", "地区生产总值（万元）", "亿元", "400"], ["gdp_primary", None, "亿元", "40"])
    assert _values(tidied) == [40.0]
    assert tidied.findings.select("rule", "severity", "location").rows() == [("wrong_measure", "critical", "季度!C2")]


@pytest.mark.parametrize(
    ("row", "place", "written"),
    [
        (["gdp", "地区生产总值（现价）", "亿元", "400"], "季度!C3", "亿元"),
        (["gdp", "地区生产总值（亿元）", None, "400"], "季度!B3", "亿元"),
    ],
)
def test_a_line_above_that_contradicts_the_row_refuses_it(read, row: list, place: str, written: str):
    tidied = read([None, None, None, "单位：万元"], HEADER, row, ["gdp_primary", None, "万元", "400000"])
    assert _values(tidied) == [40.0]
    (finding,) = tidied.findings.rows(named=True)
    assert (finding["rule"], finding["severity"], finding["location"]) == ("wrong_measure", "critical", place)
    assert (finding["value"], finding["reference"], finding["indicator_code"]) == (written, "万元", "gdp")
    assert "上方 D1 却写明“万元”" in finding["message_zh"]


@pytest.mark.parametrize(
    "line",
    [
        ["单位：万元"],
        [None, None, None, "（单位：万元）"],
        ["三、工业", None, None, "单位：万元"],
        [None, None, "计量单位: 万元"],
        ["二、价值量 单位：万元", None, None, None],
    ],
)
def test_a_line_between_the_rows_is_that_of_the_rows_below_it(read, line: list):
    rows = [
        ["gdp", None, "亿元", "400"],
        line,
        ["gdp_primary", None, None, "400000"],
        ["gdp_secondary", None, "亿元", "9"],
    ]
    tidied = read(["单位：亿元"], HEADER, *rows)
    assert _values(tidied) == [400.0, 40.0]
    assert tidied.findings.select("rule", "location").rows() == [("wrong_measure", "季度!C6")]


def test_a_row_that_names_its_measure_is_no_line(read):
    """A row without figures speaks for itself only, also where the name stands in place of the code."""
    tidied = read(HEADER, ["地区生产总值（现价）", None, "单位：万元", None], ["gdp_primary", None, "亿元", "40"])
    assert _values(tidied) == [40.0]
    assert tidied.findings.is_empty()


def test_merged_measures_count_for_each_row(read):
    rows = [HEADER, ["so2_emission", None, "万吨", "0.01"], ["nox_emission", None, None, "0.02"]]
    tidied = read(*rows, merged=(CellRange(2, 2, 2, 3),))
    assert _values(tidied) == [100.0, 200.0]
    assert tidied.findings.is_empty()
