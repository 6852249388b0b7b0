"""Answers of the statistics bureau in both forms; what is no answer is told of, never a crash."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import Tidied, tidy
from transforms.nbs_answers import read_bureau_period
from xietong.catalogue import Catalogue
from xietong.frames import Snapshot
from xietong.sources import UnreadableFileError, read_tables

NAMES = {"A0101": "gdp", "人口_期末": "resident_population"}


def _old(*nodes: tuple[str, str, object], region: str | None = "500000", unit: str = "亿元") -> dict:
    """Return an answer of the older form: nodes of indicator, period and figure; None for no figure."""
    datanodes = [
        {
            "code": f"zb.{indicator}_sj.{period}",
            "data": {
                "data": figure or 0,
                "dotcount": 1,
                "hasdata": figure is not None,
                "strdata": f"{figure or ''}"[:5],
            },
            "wds": [
                {"wdcode": "zb", "valuecode": indicator},
                {"wdcode": "sj", "valuecode": period},
                *([{"wdcode": "reg", "valuecode": region}] if region else []),
            ],
        }
        for indicator, period, figure in nodes
    ]
    indicators = [
        {"code": "A0101", "cname": "地区生产总值", "unit": unit},
        {"code": "A02", "cname": "人口_期末", "unit": "万人"},
        {"code": "A99", "cname": "其他", "unit": ""},
    ]
    wdnodes = [{"wdcode": "zb", "wdname": "指标", "nodes": indicators}]
    return {"returncode": 200, "returndata": {"datanodes": datanodes, "wdnodes": wdnodes}}


def _new(code: str, *values: dict, **more: object) -> dict:
    data = [{"code": code, "name": "2024年", "values": list(values)}]
    return {"success": True, "state": 20000, "message": "", "data": data} | more


@pytest.fixture
def read(snapshot: Snapshot, source_of, catalogue: Catalogue):
    def run(answer: object, **fields: object) -> Tidied:
        file = replace(snapshot, file="answer.json")
        data = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        source = source_of("nbs_answer", indicator_names=NAMES, **fields)
        return tidy(read_tables(data, file), source, file, catalogue, "published")

    return run


def _figures(tidied: Tidied) -> list[tuple]:
    return tidied.observations.select("unit_code", "indicator_code", "period", "value", "location").rows()


def test_the_older_form_gives_figures_by_code_and_by_name(read):
    tidied = read(_old(("A0101", "2024B", 8123.4567), ("A02", "2024", 3190.5)))
    assert _figures(tidied) == [
        ("500000", "gdp", "2024-Q2", 8123.4567, "$.returndata.datanodes[0].data.data"),
        ("500000", "resident_population", "2024", 3190.5, "$.returndata.datanodes[1].data.data"),
    ]
    assert tidied.findings.is_empty()


def test_a_year_of_what_units_report_by_quarters_is_read_as_published(read):
    tidied = read(_old(("A0101", "2024", 32193.15)))
    assert [row[2:4] for row in _figures(tidied)] == [("2024", 32193.15)]
    assert tidied.findings.is_empty()


def test_the_printed_figure_is_taken_where_the_source_says_so(read):
    tidied = read(_old(("A0101", "2024B", 812.3456)), answers={"figure": "printed"})
    assert tidied.observations["value"].to_list() == [812.3]


def test_no_data_is_no_figure_and_not_zero(read):
    tidied = read(_old(("A0101", "2024A", None), ("A0101", "2024B", 5.0)))
    assert [row[2:4] for row in _figures(tidied)] == [("2024-Q2", 5.0)]
    assert tidied.findings.is_empty()


def test_the_present_form_gives_figures_and_an_empty_value_is_missing(read):
    value = {"_id": "A02", "i_showname": "人口_期末", "value": "3190.47", "du_name": "万人"}
    tidied = read(_new("2024YY", value, value | {"_id": "x", "value": ""}), answers={"unit": "500000"})
    location = "$.data[0].values[0].value"
    assert _figures(tidied) == [("500000", "resident_population", "2024", 3190.47, location)]
    assert tidied.findings.is_empty()


def test_measures_of_the_answer_are_converted(read):
    tidied = read(_old(("A0101", "2024B", 8123.5), unit="万元"))
    assert tidied.observations["value"].to_list() == [0.81235]


@pytest.mark.parametrize(
    ("answer", "rule", "location"),
    [
        (_old(("A99", "2024B", 1), ("A99", "2024C", 2)), "unknown_indicator", "$.returndata.datanodes[0].data.data"),
        (_old(("A0101", "2024B", 1), region=None), "unknown_unit", "$.returndata.datanodes[0].data.data"),
        (_old(("A0101", "2024B", 1), region="110000"), "unknown_unit", "$.returndata.datanodes[0].data.data"),
        (_old(("A0101", "202408", 1)), "wrong_period", "$.returndata.datanodes[0].data.data"),
        (_old(("A0101", "soon", 1)), "wrong_period", "$.returndata.datanodes[0].data.data"),
        (_old(("A0101", "2024B", 1), unit="吨"), "wrong_measure", "$.returndata.datanodes[0].data.data"),
        ([{"StationCode": "1A", "PositionName": "站", "TimePoint": "2025-01-01T00:00:00"}], "wrong_header", None),
    ],
)
def test_what_cannot_be_used_is_told_of_once(read, answer: object, rule: str, location: str | None):
    tidied = read(answer)
    assert tidied.observations.is_empty()
    assert tidied.findings.select("rule", "location").rows() == [(rule, location)]


def test_ignored_indicators_are_passed_over(read):
    assert read(_old(("A99", "2024B", 1)), ignored_indicator_names=["其他"]).findings.is_empty()


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"returncode": 500, "returndata": "参数错误"}, "service_refused"),
        ({"success": False, "state": 50000, "message": "系统繁忙"}, "service_refused"),
        ({"success": True, "state": 40100, "data": None}, "service_refused"),
        ({"returncode": 200, "returndata": None}, "unknown_answer"),
        ({"returncode": 200, "returndata": {"datanodes": "x"}}, "unknown_answer"),
        ({"success": True, "data": [[1]]}, "unknown_answer"),
        ({"hello": 1}, "unknown_answer"),
        ([], "unknown_answer"),
        ([1, 2], "unknown_answer"),
        (b"<html><body>502 Bad Gateway</body></html>", "page_instead_of_data"),
        (b'{"returncode": 200, "returndata"', "broken_json"),
        (b"[" * 200_000, "broken_json"),
        (b'{"success": true, "data": {"a": 1}}', "unknown_answer"),
    ],
)
def test_what_is_no_answer_is_refused_as_a_whole(read, data: object, rule: str):
    with pytest.raises(UnreadableFileError) as told:
        read(data)
    assert told.value.rule == rule


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("2024YY", "2024"),
        ("2024", "2024"),
        ("2019A", "2019-Q1"),
        ("2019D", "2019-Q4"),
        ("202402SS", "2024-Q2"),
        ("201908", "2019-08"),
        ("202408MM", "2024-08"),
        ("2019E", None),
        ("201913", None),
        ("LAST13", None),
        ("", None),
    ],
)
def test_periods_of_the_bureau(code: str, period: str | None):
    assert read_bureau_period(code) == period


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["returncode", "returndata", "datanodes", "wdnodes", "data", "values", "success", "wds", "nodes"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(answer=_JSON | _JSON.map(lambda inner: {"returncode": 200, "returndata": inner}))
def test_any_json_is_read_or_refused(answer: object, snapshot_file: Snapshot):
    try:
        tables = read_tables(json.dumps(answer).encode(), snapshot_file)
    except UnreadableFileError as error:
        assert error.reason_zh  # noqa: PT017 — both outcomes are right, a crash is not
    else:
        assert len(tables) == 1


@pytest.fixture(scope="module")
def snapshot_file() -> Snapshot:
    return Snapshot("a" * 64, "answer.json", "source", "发布者", None, "—", datetime(2026, 2, 1, tzinfo=UTC), 1)
