"""The tree of the composite index, its bands and the words for what SQL returns."""

from itertools import pairwise

import pytest

from xietong.catalogue import Band, Catalogue, Node


def nodes(catalogue: Catalogue) -> dict[str, Node]:
    return {node.code: node for node in catalogue.index.nodes}


def test_tree_of_chongqing_has_the_three_aspects_and_six_parts_of_the_official_prototype(catalogue: Catalogue) -> None:
    assert {code: (node.parent, node.weight) for code, node in nodes(catalogue).items()} == {
        "index": (None, 100),
        "effect": ("index", 50),
        "pollution": ("effect", 20),
        "carbon": ("effect", 20),
        "coupling": ("effect", 10),
        "path": ("index", 30),
        "structure": ("path", 18),
        "treatment": ("path", 12),
        "management": ("index", 20),
        "management_capacity": ("management", 20),
    }


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_leaves_weigh_as_much_as_the_whole(name: str, request: pytest.FixtureRequest) -> None:
    tree = nodes(request.getfixturevalue(name))
    leaves = [node.weight for node in tree.values() if node.takes != "nodes"]
    assert sum(leaves) == pytest.approx(tree["index"].weight) == 100


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_only_the_index_itself_is_geometric(name: str, request: pytest.FixtureRequest) -> None:
    tree = nodes(request.getfixturevalue(name))
    assert [code for code, node in tree.items() if node.aggregation == "geometric"] == ["index"]


def test_levels_descend_from_index_to_pillar_to_sub_index(catalogue: Catalogue) -> None:
    tree = nodes(catalogue)
    above = {"pillar": "index", "sub_index": "pillar"}
    for node in tree.values():
        if node.parent is not None:
            assert tree[node.parent].level == above[node.level]


def test_two_thirds_are_written_as_a_fraction(catalogue: Catalogue) -> None:
    availability = catalogue.index.availability
    assert (availability.numerator, availability.denominator) == (2, 3)


def test_change_is_measured_on_quantities_that_take_no_part_in_the_scores(catalogue: Catalogue) -> None:
    synergy = catalogue.index.synergy
    quantities = (synergy.pollution_quantity, synergy.carbon_quantity, synergy.economy_quantity)
    assert quantities == ("air_pollutant_equivalents", "co2_emission_constant", "gdp_constant_price")
    assert [catalogue.indicators_by_code[code].node for code in quantities if code] == [None, None, None]


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
@pytest.mark.parametrize(("scheme", "top", "count"), [("synergy_bands", 1, 10), ("index_bands", 100, 4)])
def test_bands_cover_the_scale_without_gap_or_overlap(
    name: str, scheme: str, top: float, count: int, request: pytest.FixtureRequest
) -> None:
    bands: tuple[Band, ...] = getattr(request.getfixturevalue(name).index, scheme)
    assert [band.level for band in bands] == list(range(1, count + 1))
    assert (bands[0].lower, bands[-1].upper) == (0, top)
    assert all(lower.upper == higher.lower for lower, higher in pairwise(bands))


@pytest.mark.parametrize(
    ("degree", "name"), [(0, "极度失调"), (0.4999, "濒临失调"), (0.5, "勉强协调"), (0.7, "中级协调"), (1, "优质协调")]
)
def test_a_degree_on_an_edge_belongs_to_the_higher_band(catalogue: Catalogue, degree: float, name: str) -> None:
    bands = catalogue.index.synergy_bands
    assert max((band for band in bands if band.lower <= degree), key=lambda band: band.lower).name.zh == name


@pytest.mark.parametrize(
    ("score", "name"), [(59.99, "待提升"), (60, "合格"), (80, "良好"), (89.99, "良好"), (90, "优秀"), (100, "优秀")]
)
def test_bands_of_the_index(catalogue: Catalogue, score: float, name: str) -> None:
    bands = catalogue.index.index_bands
    assert max((band for band in bands if band.lower <= score), key=lambda band: band.lower).name.zh == name


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_every_code_that_sql_returns_has_its_words(name: str, request: pytest.FixtureRequest) -> None:
    index = request.getfixturevalue(name).index
    assert {label.code for label in index.lag_types} == {"synchronous", "carbon_lagging", "pollution_lagging"}
    assert {label.code for label in index.quadrants} == {"I", "II", "III", "IV", "axis"}
    assert {label.code for label in index.tapio_states} == {
        "strong_decoupling",
        "weak_decoupling",
        "expansive_coupling",
        "expansive_negative_decoupling",
        "strong_negative_decoupling",
        "weak_negative_decoupling",
        "recessive_coupling",
        "recessive_decoupling",
    }


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_names_of_bands_differ_in_both_languages(name: str, request: pytest.FixtureRequest) -> None:
    index = request.getfixturevalue(name).index
    for bands in (index.synergy_bands, index.index_bands):
        assert len({band.name.zh for band in bands}) == len({band.name.en for band in bands}) == len(bands)
