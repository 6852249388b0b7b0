"""The units of Chongqing: who is assessed, under which names and codes, since when."""

from collections import Counter
from datetime import date, timedelta

import pytest
import yaml

from xietong.catalogue import Unit
from xietong.catalogue.units import Units
from xietong.resources import resource_directory

# GB/T 2260 codes and names of the 38 districts and counties.
DISTRICTS = {
    "500101": "万州区", "500102": "涪陵区", "500103": "渝中区", "500104": "大渡口区", "500105": "江北区",
    "500106": "沙坪坝区", "500107": "九龙坡区", "500108": "南岸区", "500109": "北碚区", "500110": "綦江区",
    "500111": "大足区", "500112": "渝北区", "500113": "巴南区", "500114": "黔江区", "500115": "长寿区",
    "500116": "江津区", "500117": "合川区", "500118": "永川区", "500119": "南川区", "500120": "璧山区",
    "500151": "铜梁区", "500152": "潼南区", "500153": "荣昌区", "500154": "开州区", "500155": "梁平区",
    "500156": "武隆区", "500229": "城口县", "500230": "丰都县", "500231": "垫江县", "500233": "忠县",
    "500235": "云阳县", "500236": "奉节县", "500237": "巫山县", "500238": "巫溪县",
    "500240": "石柱土家族自治县", "500241": "秀山土家族苗族自治县", "500242": "酉阳土家族苗族自治县",
    "500243": "彭水苗族土家族自治县",
}  # fmt: skip
CENTRAL = {"500103", "500104", "500105", "500106", "500107", "500108", "500109", "500112", "500113"}


@pytest.fixture(scope="module")
def units() -> Units:
    path = resource_directory("catalogue") / "chongqing" / "units.yaml"
    return Units.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def districts(units: Units) -> list[Unit]:
    return [unit for unit in units.units if unit.kind == "district"]


def names_of(unit: Unit) -> set[str]:
    return {unit.name.zh, unit.name.en, *unit.aliases}


def test_there_are_one_city_thirty_eight_districts_and_three_special_zones(units) -> None:
    assert Counter(unit.kind for unit in units.units) == {"city": 1, "district": 38, "special_unit": 3}


def test_codes_and_names_are_those_of_the_national_standard(districts) -> None:
    assert {unit.code: unit.name.zh for unit in districts} == DISTRICTS


def test_peer_groups_hold_21_11_and_6_districts(districts) -> None:
    assert Counter(unit.peer_group for unit in districts) == {"main_urban": 21, "northeast": 11, "southeast": 6}


def test_regions_hold_9_8_4_11_and_6_districts(districts) -> None:
    assert Counter(unit.region for unit in districts) == {
        "central": 9,
        "west": 8,
        "east_new": 4,
        "northeast_reservoir": 11,
        "southeast_wuling": 6,
    }
    assert {unit.code for unit in districts if unit.region == "central"} == CENTRAL


def test_no_name_or_alias_belongs_to_two_present_units(units) -> None:
    counts = Counter(name for unit in units.units for name in names_of(unit))
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("石柱土家族自治县", "500240"),
        ("石柱县", "500240"),
        ("石柱", "500240"),
        ("酉阳", "500242"),
        ("开县", "500154"),
        ("江津市", "500116"),
        ("忠县", "500233"),
        ("高新区", "500000-hightech"),
        ("万盛经济技术开发区", "500000-wansheng"),
        ("重庆", "500000"),
    ],
)
def test_names_as_tables_write_them_lead_to_one_unit(units, name, code) -> None:
    assert [unit.code for unit in units.units if name in names_of(unit)] == [code]


def test_a_name_of_a_former_unit_that_is_still_in_use_means_its_successor(units) -> None:
    present = {name: unit.code for unit in units.units for name in names_of(unit)}
    for old in units.former_units:
        assert present.get(old.name.zh, old.successor) == old.successor


def test_names_whose_territory_changed_are_not_names_of_a_present_unit(units) -> None:
    present = {name for unit in units.units for name in names_of(unit)}
    assert present.isdisjoint({"万盛区", "綦江县", "双桥区", "大足县"})


def test_every_district_has_its_own_tile_and_the_central_ones_form_a_block(units, districts) -> None:
    tiles = [unit.tile for unit in districts]
    assert len(set(tiles)) == 38
    assert None not in tiles
    assert {unit.tile for unit in districts if unit.code in CENTRAL} == {
        (row, column) for row in (5, 6, 7) for column in (4, 5, 6)
    }
    assert all(unit.tile is None for unit in units.units if unit.kind != "district")


def test_tiles_keep_the_compass(districts) -> None:
    tile = {unit.name.zh: unit.tile for unit in districts}
    assert tile["城口县"][0] == min(row for row, _ in tile.values())
    assert tile["荣昌区"][1] == min(column for _, column in tile.values())
    assert tile["秀山土家族苗族自治县"][0] == max(row for row, _ in tile.values())
    assert tile["巫山县"][1] == max(column for _, column in tile.values())


def test_special_zones_overlap_districts_and_are_not_ranked(units) -> None:
    zones = {unit.name.zh: set(unit.overlaps) for unit in units.units if unit.kind == "special_unit"}
    assert zones == {
        "两江新区": {"500105", "500109", "500112"},
        "西部科学城重庆高新区": {"500106", "500107"},
        "万盛经开区": {"500110"},
    }
    assert [unit for unit in units.units if unit.overlaps and (unit.is_ranked or unit.note is None)] == []


def test_former_units_lead_to_their_successors(units) -> None:
    assert {(old.code, old.name.zh): old.successor for old in units.former_units} == {
        ("500110", "万盛区"): "500110",
        ("500222", "綦江县"): "500110",
        ("500111", "双桥区"): "500111",
        ("500225", "大足县"): "500111",
        ("500227", "璧山县"): "500120",
        ("500224", "铜梁县"): "500151",
        ("500223", "潼南县"): "500152",
        ("500226", "荣昌县"): "500153",
        ("500234", "开县"): "500154",
        ("500228", "梁平县"): "500155",
        ("500232", "武隆县"): "500156",
    }


def test_former_units_ended_in_the_year_of_the_change_or_just_before_it(units) -> None:
    ends = {old.name.zh: old.valid_to for old in units.former_units}
    assert {ends[name] for name in ("万盛区", "綦江县", "双桥区", "大足县")} == {date(2011, 10, 21)}
    assert {ends[name] for name in ("璧山县", "铜梁县")} == {date(2014, 5, 1)}
    assert {ends[name] for name in ("潼南县", "荣昌县")} == {date(2014, 12, 31)}
    assert {ends[name] for name in ("开县", "梁平县", "武隆县")} == {date(2015, 12, 31)}


def test_a_code_used_again_begins_the_day_after_its_former_owner_ended(units) -> None:
    present = {unit.code: unit for unit in units.units}
    reused = [old for old in units.former_units if old.code in present]
    assert {old.code for old in reused} == {"500110", "500111"}
    for old in reused:
        assert present[old.code].valid_from == old.valid_to + timedelta(days=1)
