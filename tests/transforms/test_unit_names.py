"""What names and codes of units mean, by the list of a year."""

import pytest

from transforms.unit_names import UnitIndex
from xietong.catalogue import Catalogue


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("渝中区", "500103"),
        ("渝 中 区", "500103"),
        ("\N{IDEOGRAPHIC SPACE}渝中区\t", "500103"),
        ("500103", "500103"),
        ("５００１０３", "500103"),
        ("石柱县", "500240"),
        ("石柱土家族自治县", "500240"),
        ("Nan'an District", "500108"),
        ("重庆市", "500000"),
        ("开县", "500154"),
        ("500234", "500154"),
        ("綦江区", "500110"),
        ("500110", "500110"),
        ("两江新区", "500000-liangjiang"),
        ("500103000", "500103"),
        ("500103000000.0", "500103"),
        ("5.00103E+11", "500103"),
        ("500103 渝中区", "500103"),
        ("500103-渝中区", "500103"),
        ("重庆市渝中区（500103）", "500103"),
    ],
)
def test_words_of_today(catalogue: Catalogue, word: str, expected: str):
    found = UnitIndex(catalogue.units).find(word)
    assert found is not None
    assert found.unit_code == expected


#: A town, a village, a number, and codes beside the name of another unit.
_DOUBTFUL = ["500103001", "500103001002", "500103.5", "5.00103E+10", "500102 渝中区", "渝中区(500102)"]


@pytest.mark.parametrize("word", ["潼楠区", "綦江县", "万盛区", "500222", "双桥区", "", "合计", "涪陵"[:1], *_DOUBTFUL])
def test_words_that_are_no_unit_today(catalogue: Catalogue, word: str):
    assert UnitIndex(catalogue.units).find(word) is None


@pytest.mark.parametrize(
    ("word", "name", "counts_for"),
    [
        ("500110", "万盛区", "500110"),
        ("万盛区", "万盛区", "500110"),
        ("500222", "綦江县", "500110"),
        ("500111", "双桥区", "500111"),
        ("500225", "大足县", "500111"),
        ("500227", "璧山县", "500120"),
        ("500103", "渝中区", "500103"),
    ],
)
def test_words_of_2010(catalogue: Catalogue, word: str, name: str, counts_for: str):
    found = UnitIndex(catalogue.units, 2010).find(word)
    assert found is not None
    assert (found.name, found.unit_code) == (name, counts_for)


def test_a_unit_that_did_not_exist_is_not_in_the_list_of_its_time(catalogue: Catalogue):
    assert UnitIndex(catalogue.units, 2010).find("綦江区") is None
    assert UnitIndex(catalogue.units, 2011).find("綦江区") is not None


def test_the_parts_of_a_merger(catalogue: Catalogue):
    index = UnitIndex(catalogue.units, 2010)
    assert [part.name for part in index.parts("500110")] == ["万盛区", "綦江县"]
    assert [part.name for part in index.parts("500111")] == ["双桥区", "大足县"]
    assert UnitIndex(catalogue.units).parts("500110") == ()


def test_the_closest_names_are_suggested(catalogue: Catalogue):
    assert UnitIndex(catalogue.units).closest("潼楠区")[0] == "潼南区"
    assert UnitIndex(catalogue.units).closest("xyz") == []


def test_provinces_are_found_as_their_publisher_writes_them(provinces: Catalogue):
    index = UnitIndex(provinces.units)
    assert [index.find(word).unit_code for word in ("InnerMongolia", "Inner Mongolia", "Chongqing")] == [
        "150000",
        "150000",
        "500000",
    ]
