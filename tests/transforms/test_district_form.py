"""District forms to observations."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from transforms import Tidied, tidy, tidy_files
from xietong.catalogue import Catalogue, Source
from xietong.frames import FINDINGS, OBSERVATIONS, Snapshot

HEADER = ["指标代码", "指标名称", "计量单位"]
MONTHS = [*HEADER, "2025-01", "2025-02"]
COVER = {
    "单位代码": "500102",
    "单位名称": "涪陵区",
    "填报年度": "2025",
    "填报日期": "2026-01-15",
    "版式": "1",
}


@pytest.fixture
def source(source_of) -> Source:
    return source_of("district_form")


@pytest.fixture
def read(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    def tidied(sheets: dict[str, list], cover: dict[str, str | None] | None = None, origin="reported") -> Tidied:
        labels = [
            ["减污降碳协同增效评价数据填报表"],
            *([label, value] for label, value in {**COVER, **(cover or {})}.items()),
        ]
        tables = [table("封面", labels), *(table(name, rows) for name, rows in sheets.items())]
        result = tidy(tables, source, snapshot, catalogue, origin)
        assert result.observations.schema == OBSERVATIONS
        assert result.findings.schema == FINDINGS
        return result

    return tidied


def _figures(tidied: Tidied) -> list[tuple]:
    return tidied.observations.select("indicator_code", "period", "value", "location").rows()


def _findings(tidied: Tidied) -> pl.DataFrame:
    """Return what was found, apart from measures that rows leave out: test_form_measures.py has those."""
    return tidied.findings.filter(pl.col("rule") != "assumed_measure")


def _found(tidied: Tidied) -> list[tuple]:
    return _findings(tidied).select("rule", "severity", "location").rows()


def test_a_form_becomes_observations(read):
    sheets = {
        "月度": [MONTHS, ["pm25", "PM2.5", "µg/m³", "41.5", None], ["co", None, "mg/m³", "0.9", "0.8"]],
        "季度": [[*HEADER, "2025-Q1"], ["gdp", None, "亿元", "412.3"]],
        "年度": [[*HEADER, "2025"], ["forest_coverage", None, "%", "45.3"]],
        "说明": [["填报说明"], ["1. …"]],
    }
    tidied = read(sheets)
    assert _figures(tidied) == [
        ("pm25", "2025-01", 41.5, "月度!D2"),
        ("co", "2025-01", 0.9, "月度!D3"),
        ("co", "2025-02", 0.8, "月度!E3"),
        ("gdp", "2025-Q1", 412.3, "季度!D2"),
        ("forest_coverage", "2025", 45.3, "年度!D2"),
    ]
    row = tidied.observations.row(0, named=True)
    assert (row["unit_code"], row["origin"], row["received_at"]) == (
        "500102",
        "reported",
        datetime(2026, 1, 15, tzinfo=UTC),
    )
    assert _findings(tidied).is_empty()


def test_without_a_date_on_the_cover_the_file_tells(read, snapshot: Snapshot):
    sheets = {"月度": [MONTHS, ["pm25", None, None, "41", None]]}
    assert read(sheets, {"填报日期": None}).observations["received_at"].to_list() == [snapshot.received_at]
    wrong = read(sheets, {"填报日期": "下周"})
    assert wrong.observations["received_at"].to_list() == [snapshot.received_at]
    assert _found(wrong) == [("unreadable_date", "warning", "封面!B5")]


@pytest.mark.parametrize(
    ("cover", "rule", "location", "hint"),
    [
        ({"单位名称": "涪凌区"}, "unknown_unit", "封面!B3", "涪陵区"),
        ({"单位代码": "500199"}, "unknown_unit", "封面!B2", None),
        ({"单位名称": "渝中区"}, "unit_code_name_mismatch", "封面!B3", "涪陵区"),
        ({"单位代码": None, "单位名称": None}, "unknown_unit", "封面", "单位代码"),
        ({"版式": "7"}, "unknown_layout", "封面!B6", "1"),
    ],
)
def test_a_doubtful_cover_costs_the_file(read, cover: dict, rule: str, location: str, hint: str | None):
    tidied = read({"月度": [MONTHS, ["pm25", None, None, "41", None]]}, cover)
    assert tidied.observations.is_empty()
    assert _found(tidied) == [(rule, "critical", location)]
    if hint:
        assert hint in _findings(tidied)["reference"][0]


@pytest.mark.parametrize(
    "cover", [{"单位名称": " 涪 陵 区 "}, {"单位代码": "５００１０２"}, {"单位代码": None}, {"单位名称": "涪陵"}]
)
def test_padding_width_and_aliases_do_not_matter(read, cover: dict):
    tidied = read({"月度": [MONTHS, ["pm25", None, None, "41", None]]}, cover)
    assert tidied.observations["unit_code"].to_list() == ["500102"]


def test_a_form_without_a_cover_is_refused(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    tidied = tidy([table("Sheet1", [["x"]])], source, snapshot, catalogue, "reported")
    assert _found(tidied) == [("missing_cover", "critical", None)]


@pytest.mark.parametrize(
    ("row", "rule", "location"),
    [
        (["pm2_5", None, None, "41", "42"], "unknown_indicator", "月度!A2"),
        ([None, None, None, "41", "42"], "unknown_indicator", "月度!A2"),
        (["pm25", "可吸入颗粒物（PM10）平均浓度", None, "41", "42"], "indicator_code_name_mismatch", "月度!A2"),
        (["co2_emission", None, None, "41", "42"], "derived_indicator", "月度!A2"),
        (["pm25", None, "吨", "41", "42"], "wrong_measure", "月度!C2"),
        (["pm25", None, "毫升", "41", "42"], "unknown_measure", "月度!C2"),
    ],
)
def test_a_wrong_word_of_a_row_is_told_once(read, catalogue: Catalogue, row: list, rule: str, location: str):
    if rule == "indicator_code_name_mismatch":
        row = [row[0], catalogue.indicators_by_code["pm10"].name.zh, *row[2:]]
    tidied = read({"月度": [MONTHS, row, ["so2", None, None, "7", None]]})
    assert _figures(tidied) == [("so2", "2025-01", 7.0, "月度!D3")]
    assert _found(tidied) == [(rule, "critical", location)]
    assert "2 figures are not used" in _findings(tidied)["message_en"][0]


@pytest.mark.parametrize(("name", "is_read"), [("细颗粒物", True), ("PM2.5 月均", True), ("可吸入颗粒物", False)])
def test_a_short_name_that_is_of_another_indicator_only_contradicts_its_code(read, name: str, is_read: bool):
    tidied = read({"月度": [MONTHS, ["pm25", name, None, "41", "42"]]})
    assert _found(tidied) == [] if is_read else [("indicator_code_name_mismatch", "critical", "月度!A2")]
    assert tidied.observations.height == 2 * is_read


def test_text_in_a_number_cell_costs_that_cell(read):
    tidied = read({"月度": [MONTHS, ["pm25", None, None, "约85", "42"]]})
    assert _figures(tidied) == [("pm25", "2025-02", 42.0, "月度!E2")]
    finding = _findings(tidied).row(0, named=True)
    assert (finding["rule"], finding["location"], finding["value"]) == ("text_in_number_cell", "月度!D2", "约85")
    assert (finding["unit_code"], finding["indicator_code"], finding["period"]) == ("500102", "pm25", "2025-01")


@pytest.mark.parametrize(
    ("title", "stands"), [("2025-Q1", "2025-Q1"), ("2025", "2025"), ("合计", "合计"), (None, "nothing")]
)
def test_a_column_of_another_frequency_is_refused(read, title: str | None, stands: str):
    tidied = read(
        {"月度": [[*HEADER, "2025-01", title], ["pm25", None, None, "41", "42"], ["so2", None, None, None, "7"]]}
    )
    assert _figures(tidied) == [("pm25", "2025-01", 41.0, "月度!D2")]
    assert _found(tidied) == [("wrong_period", "critical", "月度!E1")]
    assert stands in _findings(tidied)["message_en"][0]
    assert "2 figures" in _findings(tidied)["message_en"][0]


def test_dates_of_a_spreadsheet_are_months_on_the_sheet_of_months(read):
    tidied = read({"月度": [[*HEADER, "2025-01-01 00:00:00", "2025年2月"], ["pm25", None, None, "41", "42"]]})
    assert tidied.observations["period"].to_list() == ["2025-01", "2025-02"]


def test_the_header_may_stand_lower_and_further_right(read):
    rows = [
        ["某表"],
        [],
        [None, *MONTHS],
        [None, "pm25", None, "μg/m3", "41", None],
        [],
        [None, "so2", None, None, None, "7"],
    ]
    assert _figures(read({"月度": rows})) == [("pm25", "2025-01", 41.0, "月度!E4"), ("so2", "2025-02", 7.0, "月度!F6")]


def test_sheets_that_cannot_be_read_are_told(read):
    tidied = read({"月度": [], "季度": [["没有表头"], ["gdp", "1"]], "工作底稿": [["x"]], "草稿": []})
    assert _found(tidied) == [
        ("empty_sheet", "warning", "月度"),
        ("missing_header", "critical", "季度"),
        ("ignored_sheet", "info", "工作底稿"),
    ]


def test_a_sheet_of_empty_cells_reports_nothing(read):
    tidied = read({"月度": [MONTHS, ["pm25", "PM2.5", "µg/m³", None, " "], ["小计", None, None, None, None]]})
    assert (tidied.observations.height, _findings(tidied).height) == (0, 0)


def test_a_repeated_row_is_used_once_and_a_contradiction_not_at_all(read):
    rows = [MONTHS, ["pm25", None, None, "41", "42"], ["so2", None, None, "7", None], ["pm25", None, None, "41", "43"]]
    tidied = read({"月度": rows})
    assert _figures(tidied) == [("pm25", "2025-01", 41.0, "月度!D2"), ("so2", "2025-01", 7.0, "月度!D3")]
    assert _found(tidied) == [
        ("duplicate_row", "warning", "月度!D4"),
        ("conflicting_duplicate", "critical", "月度!E2"),
        ("conflicting_duplicate", "critical", "月度!E4"),
    ]


def test_the_same_figure_in_two_files_is_two_vintages(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    files = []
    for sha256, date in (("a" * 64, "2026-01-15"), ("b" * 64, "2026-03-01")):
        cover = table("封面", [[label, value] for label, value in (COVER | {"填报日期": date}).items()])
        tables = [cover, table("月度", [MONTHS, ["pm25", None, None, "41", None]])]
        files.append((replace(snapshot, sha256=sha256), [replace(each, snapshot=sha256) for each in tables]))
    tidied = tidy_files(files, source, catalogue, "reported")
    assert tidied.observations["snapshot"].to_list() == ["a" * 64, "b" * 64]
    assert tidied.observations["received_at"].dt.month().to_list() == [1, 3]
    assert _findings(tidied).is_empty()


def test_one_file_at_a_time_or_all_at_once_is_the_same(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    cover = table("封面", [[label, value] for label, value in COVER.items()])
    tables = [cover, table("月度", [MONTHS, ["pm25", None, None, "41", "x"]])]
    alone = tidy(tables, source, snapshot, catalogue, "reported")
    both = tidy_files([(snapshot, tables), (snapshot, [])], source, catalogue, "reported")
    assert both.observations.equals(alone.observations)
    assert _findings(both)["rule"].to_list() == ["missing_cover", "text_in_number_cell"]


QUARTERS = [*HEADER, "2025年", None]
BELOW = [None, None, None, "一季度", "二季度"]
GDP = ["gdp", None, "亿元", "100", "110"]


def test_months_and_quarters_may_stand_below_their_year(read):
    tidied = read({"季度": [QUARTERS, BELOW, GDP]})
    assert _figures(tidied) == [("gdp", "2025-Q1", 100.0, "季度!D3"), ("gdp", "2025-Q2", 110.0, "季度!E3")]
    assert _found(tidied) == []


def test_the_year_above_is_held_against_the_cover(read):
    tidied = read({"季度": [[*HEADER, "2024年", None], BELOW, GDP]})
    assert _found(tidied)[0] == ("period_outside_year", "critical", "季度!D2")
    assert [period for _, period, *_ in _figures(tidied)] == ["2025-Q2"]


def test_a_row_of_numbers_is_no_second_header(read):
    tidied = read({"季度": [[*HEADER, "2025-Q1", "2025-Q2"], [None, None, None, "2024", "2025"], GDP]})
    assert _found(tidied) == [("unknown_indicator", "critical", "季度!A2")]
    assert len(_figures(tidied)) == 2


def test_a_period_without_a_year_is_told_of_where_the_cover_has_none(read):
    tidied = read({"季度": [[*HEADER, "一季度"], GDP[:4]]}, cover={"填报年度": None})
    assert _found(tidied) == [("wrong_period", "critical", "季度!D1")]
    assert "没有年份" in _findings(tidied)["message_zh"].item()


def test_the_serial_number_of_a_date_is_told_as_such(read):
    tidied = read({"季度": [[*HEADER, "45658"], GDP[:4]]}, cover={"填报日期": "46037"})
    messages = dict(_findings(tidied).select("rule", "message_zh").iter_rows())
    assert "2025-01-01 的序列号" in messages["wrong_period"]
    assert "2026-01-15 的序列号" in messages["unreadable_date"]


def test_a_table_with_rows_and_columns_exchanged_is_told_of_once(read):
    tidied = read({"季度": [["指标代码", "gdp"], ["指标名称", None], ["计量单位", "亿元"], ["2025-Q1", "100"]]})
    assert _found(tidied) == [("missing_header", "critical", "季度!A1")]
    assert "行列颠倒" in _findings(tidied)["message_zh"].item()


@pytest.mark.parametrize(
    ("file", "told"), [("500101_x.xlsx", True), ("a/500102.xlsx", False), ("20250115.xlsx", False)]
)
def test_a_file_named_after_another_unit_is_told_of(
    table, source: Source, snapshot: Snapshot, catalogue: Catalogue, file: str, told: bool
):
    tables = [table("封面", list(COVER.items())), table("季度", [[*HEADER, "2025-Q1"], GDP[:4]])]
    tidied = tidy(tables, source, replace(snapshot, file=file), catalogue, "reported")
    assert set(tidied.observations["unit_code"]) == {"500102"}
    assert ("file_name_of_other_unit" in _findings(tidied)["rule"].to_list()) is told
