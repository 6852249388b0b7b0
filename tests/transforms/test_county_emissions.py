"""The national table of counties: our rows, by the list of 2010, with mergers added up."""

import pytest

from transforms import Tidied, tidy
from xietong.catalogue import Catalogue, Source
from xietong.frames import Snapshot

HEADER = ["DISTCODE地区代码", "County Name", "County Name", "Province Name", "C1997", "C2017"]
WANSHENG = ["500110", "万盛区", "Wansheng District", "重庆市", "0.25", "0.5"]
QIJIANG = ["500222", "綦江县", "Qijiang County", "重庆市", "1.125", "2"]
YUZHONG = ["500103", "渝中区", "Yuzhong District", "重庆市", "1.4", "1.5"]
ELSEWHERE = ["340102", "瑶海区", "Yaohai District", "安徽省", "4", "3"]


@pytest.fixture
def source(source_of) -> Source:
    return source_of("county_emissions", units_as_of=2010)


@pytest.fixture
def read(table, source: Source, snapshot: Snapshot, catalogue: Catalogue):
    def tidied(*rows: list, header: list = HEADER) -> Tidied:
        note = ["Note: County name is based on the division of 2010"]
        return tidy([table("Unit", [header, *rows, [], note])], source, snapshot, catalogue, "published")

    return tidied


def _figures(tidied: Tidied) -> list[tuple]:
    return tidied.observations.select("unit_code", "period", "value", "location").rows()


def test_codes_mean_what_they_meant_in_2010_whatever_the_year(read):
    tidied = read(ELSEWHERE, YUZHONG, WANSHENG, QIJIANG)
    assert _figures(tidied) == [
        ("500103", "1997", 1.4, "Unit!E3"),
        ("500110", "1997", 1.375, "Unit!E4+Unit!E5"),
        ("500103", "2017", 1.5, "Unit!F3"),
        ("500110", "2017", 2.5, "Unit!F4+Unit!F5"),
    ]
    assert set(tidied.observations["indicator_code"]) == {"co2_night_lights"}
    assert set(tidied.observations["status"]) == {"estimated"}
    assert tidied.findings.is_empty()


def test_a_sum_with_a_part_missing_is_missing_not_less(read):
    tidied = read(WANSHENG, [*QIJIANG[:4], "1.125", None])
    assert _figures(tidied) == [("500110", "1997", 1.375, "Unit!E2+Unit!E3")]
    assert tidied.findings.select("rule", "period", "location").rows() == [("incomplete_merger", "2017", "Unit!F2")]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (["500103", "江北区", "", "重庆市", "1", "1"], "unit_code_name_mismatch"),
        (["500110", "綦江区", "", "重庆市", "1", "1"], "unit_code_name_mismatch"),
        (["500110", "綦江县", "", "重庆市", "1", "1"], "unit_code_name_mismatch"),
        (["500103", None, "", "重庆市", "1", "1"], "unit_code_name_mismatch"),
        (["500198", "渝中区", "", "重庆市", "1", "1"], "unknown_unit"),
    ],
)
def test_a_name_that_disagrees_with_its_code_is_refused(read, row: list, rule: str):
    tidied = read(row)
    assert tidied.observations.is_empty()
    assert tidied.findings.select("rule", "severity", "location").rows() == [(rule, "critical", "Unit!A2")]


def test_another_table_is_refused(read):
    tidied = read(YUZHONG, header=["a", "b", "c", "d", "e", "f"])
    assert tidied.findings["rule"].to_list() == ["wrong_header"]
