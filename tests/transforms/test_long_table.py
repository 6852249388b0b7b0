"""Long tables to observations, judged as all figures are."""

from datetime import UTC, datetime

import polars as pl
import pytest

from transforms import Tidied, tidy
from xietong.catalogue import Catalogue, Source
from xietong.frames import FINDINGS, OBSERVATIONS, Snapshot

COLUMNS = {"unit": "区县", "indicator": "指标", "period": "期间", "value": "数值", "measure": "单位", "source": "出处"}
HEADER = ["区县", "指标", "期间", "数值", "单位", "出处"]


@pytest.fixture
def source(source_of) -> Source:
    return source_of(
        "long_table", columns=COLUMNS, indicator_names={"地区生产总值": "gdp"}, ignored_indicator_names=["备注"]
    )


@pytest.fixture
def read(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    def tidied(*rows: list[str | None], origin="published", header=HEADER, by: Source = source) -> Tidied:
        result = tidy([table(None, [header, *rows])], by, snapshot, catalogue, origin)
        assert result.observations.schema == OBSERVATIONS
        assert result.findings.schema == FINDINGS
        return result

    return tidied


def _figures(tidied: Tidied) -> list[tuple]:
    return tidied.observations.select("unit_code", "indicator_code", "period", "value", "location").rows()


def _found(tidied: Tidied) -> list[tuple]:
    return tidied.findings.select("rule", "severity", "location").rows()


def test_a_row_becomes_an_observation(read):
    tidied = read(["渝中区", "gdp", "2022", "1,563.6", "亿元", "公报"])
    assert _figures(tidied) == [("500103", "gdp", "2022", 1563.6, "D2")]
    row = tidied.observations.row(0, named=True)
    assert (row["origin"], row["status"], row["source_id"], row["source_note"]) == (
        "published",
        "reported",
        "source",
        "公报",
    )
    assert row["received_at"] == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert tidied.findings.is_empty()


def test_words_of_the_source_are_translated_or_passed_over(read):
    tidied = read(
        ["渝中区", "地区生产总值", "2022", "1", "亿元", None], ["渝中区", "备注", "2022", "见附表", None, None]
    )
    assert _figures(tidied) == [("500103", "gdp", "2022", 1.0, "D2")]
    assert tidied.findings.is_empty()


def test_an_empty_value_is_no_figure_and_no_problem(read):
    empty = [["渝中区", "gdp", "2022", None, "亿元", None], ["渝中区", "gdp", "2021", " \u3000", "亿元", None]]
    tidied = read(*empty, ["渝中区", "gdp", "2020", "1", "亿元", None])
    assert (tidied.observations["period"].to_list(), tidied.findings.height) == (["2020"], 0)


def test_a_table_without_a_single_value_is_told_of(read):
    tidied = read(["渝中区", "gdp", "2022", None, "亿元", None])
    assert tidied.findings.select("rule", "severity").rows() == [("no_figures", "warning")]


def test_a_value_that_moved_into_another_column_is_told_of(read):
    tidied = read(["渝中区", "gdp", "1358.5", None, None, None], ["渝中区", "gdp", "2020", "1", "亿元", None])
    assert tidied.findings.select("rule", "severity", "location").rows() == [("wrong_period", "critical", "C2")]


def test_a_note_below_the_table_is_not(read):
    tidied = read(["渝中区", "gdp", "2020", "1", "亿元", None], ["注：2020 年为普查年。", None, None, None, None, None])
    assert tidied.findings.is_empty()


@pytest.mark.parametrize(
    ("row", "rule", "location", "hint"),
    [
        (["渝种区", "gdp", "2022", "1", "亿元", None], "unknown_unit", "A2", "渝中区"),
        (["渝中区", "gpd", "2022", "1", "亿元", None], "unknown_indicator", "B2", "gdp"),
        (["渝中区", "gdp", "2022年1-6月", "1", "亿元", None], "wrong_period", "C2", "2025-Q1"),
        (["渝中区", "gdp", "2022", "约1", "亿元", None], "text_in_number_cell", "D2", "1234.5"),
        (["渝中区", "gdp", "2022", "1", "亿圆", None], "unknown_measure", "E2", "亿元"),
        (["渝中区", "gdp", "2022", "1", "万吨", None], "wrong_measure", "E2", "亿元"),
        (["渝中区", "gdp", "2022", "1%", "亿元", None], "wrong_measure", "D2", "亿元"),
        (["渝中区", "gdp", "2022", "1%", None, None], "wrong_measure", "D2", "亿元"),
        (["渝中区", "forest_coverage", "2022", "0.45", "%", None], "percent_as_fraction", "D2", "45"),
        ([None, "gdp", "2022", "1", "亿元", None], "unknown_unit", "A2", ""),
        (["渝中区", None, "2022", "1", "亿元", None], "unknown_indicator", "B2", ""),
        (["渝中区", "gdp", None, "1", "亿元", None], "wrong_period", "C2", "2025"),
    ],
)
def test_what_is_wrong_is_refused_and_told(read, row, rule: str, location: str, hint: str):
    tidied = read(row, ["北碚区", "gdp", "2022", "700", "亿元", None])
    assert _figures(tidied) == [("500109", "gdp", "2022", 700.0, "D3")]
    assert _found(tidied) == [(rule, "critical", location)]
    finding = tidied.findings.row(0, named=True)
    assert hint in (finding["reference"] or "")
    for sentence in (finding["message_zh"], finding["message_en"]):
        assert "文件.xlsx" in sentence
        assert location in sentence


def test_a_wrong_word_is_told_once_with_the_rows_it_costs(read):
    tidied = read(*[["渝种区", "gdp", str(year), "1", "亿元", None] for year in range(2018, 2023)])
    assert _found(tidied) == [("unknown_unit", "critical", "A2")]
    assert "5 rows are not used" in tidied.findings["message_en"][0]


def test_figures_are_converted_to_the_measure_of_the_indicator(read):
    tidied = read(
        ["渝中区", "resident_population", "2020", "588717", "人", None],
        ["渝中区", "gdp", "2020", "13583000", "万元", None],
    )
    assert tidied.observations["value"].to_list() == [58.8717, 1358.3]


def test_percent_and_number_mean_the_same_share(read):
    tidied = read(
        ["渝中区", "forest_coverage", "2022", "45.3%", "%", None],
        ["北碚区", "forest_coverage", "2022", "45.3", "%", None],
        ["沙坪坝区", "forest_coverage", "2022", "45.3%", None, None],
    )
    assert tidied.observations["value"].to_list() == [45.3, 45.3, 45.3]
    assert tidied.findings.is_empty()


def test_a_measure_that_is_not_written_is_assumed_and_told_of(read):
    tidied = read(["渝中区", "gdp", "2022", "1", None, None], ["北碚区", "gdp", "2022", "2", "\u3000", None])
    assert tidied.observations["value"].to_list() == [1.0, 2.0]
    assert _found(tidied) == [("assumed_measure", "info", "E2")]


@pytest.mark.parametrize(
    ("above", "expected", "rules"),
    [
        ("单位：万元", [0.5], ["wrong_measure"]),
        ("（计量单位: 亿元）", [5000.0, 2.0], []),
        ("表 1 地区生产总值（单位：万元）", [0.5], ["wrong_measure"]),
        ("单位：亿元、%", [2.0], ["unknown_measure"]),
        ("单位：万吨", [2.0], ["wrong_measure"]),
        ("重庆市统计局", [5000.0, 2.0], ["assumed_measure"]),
    ],
)
def test_a_measure_above_the_header_is_that_of_rows_without_one(
    table, source: Source, snapshot: Snapshot, catalogue: Catalogue, above: str, expected: list[float], rules: list[str]
):
    rows = [[above], HEADER, ["渝中区", "gdp", "2022", "5000", None], ["北碚区", "gdp", "2022", "2", "亿元"]]
    tidied = tidy([table(None, rows)], source, snapshot, catalogue, "published")
    assert tidied.observations["value"].to_list() == expected
    assert tidied.findings["rule"].to_list() == rules


def test_a_measure_that_the_line_above_contradicts_is_none(
    table, source: Source, snapshot: Snapshot, catalogue: Catalogue
):
    """Which of 万元 and 亿元 is wrong cannot be known; a measure of another dimension contradicts nothing."""
    rows = [
        ["单位：万元"],
        HEADER,
        ["渝中区", "gdp", "2022", "5000", "亿元"],
        ["北碚区", "gdp", "2022", "20000", "万元"],
        ["北碚区", "resident_population", "2022", "83", "万人"],
        ["单位：亿元"],
        ["沙坪坝区", "gdp", "2022", "1100", "亿元"],
    ]
    tidied = tidy([table(None, rows)], source, snapshot, catalogue, "published")
    assert tidied.observations["value"].to_list() == [2.0, 83.0, 1100.0]
    assert _found(tidied) == [("wrong_measure", "critical", "E3")]
    assert (
        tidied.findings["message_zh"]
        .item()
        .endswith("计量单位写作“亿元”，上方 A1 却写明“万元”；请改正其一，共 1 行未采用。")
    )


def test_indicators_may_be_named_as_the_catalogue_names_them(read, catalogue: Catalogue):
    name = catalogue.indicators_by_code["gdp_primary"].name.zh
    assert _figures(read(["渝中区", f" {name}", "2022", "1", "亿元", None])) == [
        ("500103", "gdp_primary", "2022", 1.0, "D2")
    ]


@pytest.mark.parametrize(
    ("origin", "indicator", "day", "period"),
    [
        ("reported", "gdp", "2024-12-31", "2024-Q4"),
        ("published", "gdp", "2024-12-31", None),
        ("published", "gdp", "2024-06-30", "2024-Q2"),
        ("published", "forest_coverage", "2024-12-31", "2024"),
        ("published", "pm25", "2024-02-29", "2024-02"),
        ("published", "pm25", "2024-03-31", None),
    ],
)
def test_a_date_that_ends_several_periods_is_not_guessed(
    read, origin: str, indicator: str, day: str, period: str | None
):
    tidied = read(["渝中区", indicator, day, "40", None, None], origin=origin)
    assert tidied.observations["period"].to_list() == ([period] if period else [])
    assert ("wrong_period" in tidied.findings["rule"].to_list()) is (period is None)


def test_a_date_of_receipt_after_the_file_came_is_not_believed(
    table, source_of, snapshot: Snapshot, catalogue: Catalogue
):
    dated = source_of("long_table", columns=COLUMNS | {"received": "收到"})
    header = [*HEADER, "收到"]
    rows = [["渝中区", "gdp", "2022-Q1", "1", "亿元", None, day] for day in ("2026-02-20", "2036-01-01")]
    rows[1][0] = "北碚区"
    tidied = tidy([table(None, [header, *rows])], dated, snapshot, catalogue, "reported")
    arrived = datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert tidied.observations["received_at"].to_list() == [datetime(2026, 2, 20, tzinfo=UTC), arrived]
    assert _found(tidied) == [("future_date", "warning", "G3")]


@pytest.mark.parametrize(
    ("word", "period", "is_read"),
    [
        ("500110", "2009", False),
        ("綦江", "2009", False),
        ("500111", "2011-Q2", False),
        ("綦江区", "2009", True),
        ("500110", "2011", True),
        ("500111", "2012", True),
        ("500103", "2009", True),
        ("开县", "2009", True),
    ],
)
def test_a_code_of_today_is_not_taken_for_the_unit_that_had_it_before(read, word: str, period: str, is_read: bool):
    tidied = read([word, "gdp", period, "40", "亿元", None])
    assert tidied.observations.height == is_read
    assert _found(tidied) == ([] if is_read else [("reused_unit_code", "critical", "A2")])


def test_codes_of_a_list_of_then_are_those_of_then(table, source_of, snapshot: Snapshot, catalogue: Catalogue):
    dated = source_of("long_table", columns=COLUMNS, units_as_of=2010)
    rows = [[code, "gdp", "2009", "40", "亿元", None] for code in ("500110", "500222")]
    tidied = tidy([table(None, [HEADER, *rows])], dated, snapshot, catalogue, "published")
    assert tidied.observations.select("unit_code", "value").rows() == [("500110", 80.0)]


@pytest.mark.parametrize(("word", "today"), [("綦江县", "綦江区"), ("500225", "大足区"), ("双桥区", "大足区")])
def test_of_a_unit_that_is_no_more_it_is_said_what_became_of_it(read, word: str, today: str):
    tidied = read([word, "gdp", "2009", "40", "亿元", None])
    assert _found(tidied) == [("unknown_unit", "critical", "A2")]
    assert f"现属{today}" in tidied.findings["message_zh"][0]


def test_marks_of_absence_are_told_and_never_zero(read):
    tidied = read(["渝中区", "gdp", "2022", "—", "亿元", None])
    assert (tidied.observations.height, _found(tidied)) == (0, [("missing_mark", "info", "D2")])


def test_leading_zeros_are_kept_with_a_warning(read):
    tidied = read(["渝中区", "gdp", "2022", "0045", "亿元", None])
    assert tidied.observations["value"].to_list() == [45.0]
    assert _found(tidied) == [("leading_zeros", "warning", "D2")]


def test_a_row_that_stands_twice_is_used_once(read):
    row = ["渝中区", "gdp", "2022", "1563.6", "亿元", None]
    tidied = read(row, ["渝中", "gdp", "2022年", "15636000", "万元", None])
    assert _figures(tidied) == [("500103", "gdp", "2022", 1563.6, "D2")]
    assert _found(tidied) == [("duplicate_row", "warning", "D3")]
    assert tidied.findings["reference"].to_list() == ["D2"]


def test_contradicting_rows_are_both_refused(read):
    tidied = read(["渝中区", "gdp", "2022", "1563.6", "亿元", None], ["渝中区", "gdp", "2022", "1536.6", "亿元", None])
    assert tidied.observations.is_empty()
    assert _found(tidied) == [("conflicting_duplicate", "critical", "D2"), ("conflicting_duplicate", "critical", "D3")]
    assert "1536.6" in tidied.findings["message_zh"][0]


def test_a_derived_indicator_is_taken_from_publications_only(read):
    row = ["渝中区", "co2_emission", "2022", "100", "万吨", None]
    assert _figures(read(row)) == [("500103", "co2_emission", "2022", 100.0, "D2")]
    assert _found(read(row, origin="reported")) == [("derived_indicator", "critical", "B2")]


def test_a_wrong_header_is_one_finding_that_names_both_sides(read):
    tidied = read(["渝中区", "gdp", "2022", "1", "亿元", None], header=["地区", "指标", "期间", "数值", "单位", "出处"])
    assert _found(tidied) == [("wrong_header", "critical", "A1")]
    finding = tidied.findings.row(0, named=True)
    assert "地区" in finding["value"]
    assert "区县" in finding["reference"]


def test_the_header_is_found_below_a_title(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    rows = [["各区县主要指标"], [], HEADER, ["渝中区", "gdp", "2022", "1", "亿元", None]]
    tidied = tidy([table("表1", rows)], source, snapshot, catalogue, "published")
    assert _figures(tidied) == [("500103", "gdp", "2022", 1.0, "表1!D4")]


def test_an_empty_table_is_told(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    tidied = tidy([table(None, [])], source, snapshot, catalogue, "published")
    assert _found(tidied) == [("empty_sheet", "warning", None)]


def test_constants_and_dates_of_receipt(table, source_of, snapshot: Snapshot, catalogue: Catalogue):
    columns = {
        "unit_constant": "500000",
        "indicator_constant": "gdp",
        "period": "年",
        "value": "值",
        "measure_constant": "亿元",
        "received": "收到",
        "status": "状态",
    }
    source = source_of("long_table", columns=columns, published="2024-05-06")
    rows = [
        ["年", "值", "收到", "状态"],
        ["2022", "29129.03", "2023年1月31日", "revised"],
        ["2021", "27894.02", None, None],
    ]
    rows.append(["2020", "25041.43", "去年", None])
    tidied = tidy([table(None, rows)], source, snapshot, catalogue, "published")
    assert tidied.observations.select("unit_code", "value", "status", "received_at").rows() == [
        ("500000", 29129.03, "revised", datetime(2023, 1, 31, tzinfo=UTC)),
        ("500000", 27894.02, "reported", datetime(2024, 5, 6, tzinfo=UTC)),
        ("500000", 25041.43, "reported", datetime(2024, 5, 6, tzinfo=UTC)),
    ]
    assert _found(tidied) == [("unreadable_date", "warning", "C4")]


def _of_2010(source_of, table, snapshot, catalogue, rows) -> Tidied:
    source = source_of("long_table", columns=COLUMNS, units_as_of=2010)
    return tidy([table(None, [HEADER, *rows])], source, snapshot, catalogue, "published")


def test_parts_of_a_merger_are_added_up(source_of, table, snapshot: Snapshot, catalogue: Catalogue):
    rows = [["綦江县", "gdp", "2010", "150.1", "亿元", "公报"], ["万盛区", "gdp", "2010", "55.2", "亿元", "公报"]]
    tidied = _of_2010(source_of, table, snapshot, catalogue, rows)
    assert _figures(tidied) == [("500110", "gdp", "2010", 205.3, "D3+D2")]


def test_a_merger_with_a_part_missing_is_no_figure(source_of, table, snapshot: Snapshot, catalogue: Catalogue):
    rows = [["綦江县", "gdp", "2010", "150.1", "亿元", None], ["璧山县", "gdp", "2010", "120", "亿元", None]]
    tidied = _of_2010(source_of, table, snapshot, catalogue, rows)
    assert _figures(tidied) == [("500120", "gdp", "2010", 120.0, "D3")]
    assert _found(tidied) == [("incomplete_merger", "critical", "D2")]
    assert "万盛区" in tidied.findings["message_zh"][0]


def test_shares_of_parts_do_not_add_up(source_of, table, snapshot: Snapshot, catalogue: Catalogue):
    rows = [
        ["綦江县", "forest_coverage", "2010", "40", "%", None],
        ["万盛区", "forest_coverage", "2010", "45", "%", None],
    ]
    tidied = _of_2010(source_of, table, snapshot, catalogue, rows)
    assert tidied.observations.is_empty()
    assert _found(tidied) == [("merger_not_additive", "critical", "D3")]


def test_tables_of_many_rows_keep_their_order(read):
    rows = [["渝中区", "gdp", str(year), str(year), "亿元", None] for year in range(1997, 2024)]
    tidied = read(*rows)
    assert tidied.observations["period"].to_list() == [str(year) for year in range(1997, 2024)]
    assert tidied.observations["location"].to_list() == [f"D{row}" for row in range(2, 29)]
    assert tidied.observations["value"].dtype == pl.Float64


def test_a_table_needs_its_columns_named(source_of, table, snapshot: Snapshot, catalogue: Catalogue):
    with pytest.raises(ValueError, match="long_table without columns"):
        tidy([table(None, [HEADER])], source_of("long_table"), snapshot, catalogue, "published")
