"""Contributions: what every indicator gives each node above it; they add up to the scores."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FULL = {"pm25": 38.0, "days": 88.0, "co2": 0.95, "energy": 9.0, "waste": 65.0, "permits": 80.0}
VALUE = st.one_of(st.none(), st.just("-"), st.floats(min_value=-20, max_value=120))


def by_node(tables: dict[str, pl.DataFrame], level: str, column: str) -> list[tuple[float, float]]:
    """Return the score of each assessed node of a level beside the sum of what is given to it."""
    scores = tables["int_node_shares"].filter(level=level, state="assessed")
    key = {"index": ["unit_code", "period"], "pillar": ["unit_code", "period", "pillar_code"]}.get(
        level, ["unit_code", "period", "node_code"]
    )
    sums = tables["contributions"].group_by(key).agg(pl.col(column).sum().alias("given"))
    if level == "pillar":
        sums = sums.rename({"pillar_code": "node_code"})
    on = ["unit_code", "period"] + ([] if level == "index" else ["node_code"])
    joined = scores.join(sums, on=on, how="left").sort("unit_code", "period", "node_code")
    return list(joined["score", "given"].iter_rows())


def assert_adds_up(tables: dict[str, pl.DataFrame]) -> None:
    for level, column in (("sub_index", "to_node"), ("pillar", "to_pillar"), ("index", "to_index")):
        for score, given_to in by_node(tables, level, column):
            assert given_to == pytest.approx(score, abs=1e-9)


def test_contributions_add_up_to_every_node_and_the_index(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL, ("b", 2024): FULL | {"pm25": 20.0, "waste": 40.0}})
    assert_adds_up(tables)
    assert [row[0] for row in by_node(tables, "index", "to_index")] == pytest.approx(
        tables["int_index_scores"].sort("unit_code")["score"].to_list()
    )


def test_the_geometric_mean_is_allocated_by_logarithmic_means(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL})
    pillars = {row["node_code"]: row for row in tables["int_node_shares"].filter(level="pillar").iter_rows(named=True)}
    effect, management = pillars["effect"]["score"], pillars["management"]["score"]
    index = math.exp(0.7 * math.log(effect) + 0.3 * math.log(management))

    def log_mean(a: float, b: float) -> float:
        return (a - b) / math.log(a / b)

    leaning = {"effect": 0.7 / log_mean(effect, index), "management": 0.3 / log_mean(management, index)}
    total = sum(leaning.values())
    for node, row in pillars.items():
        assert row["counted_share"] == pytest.approx(leaning[node] / total, rel=1e-12)
    # The weaker pillar carries more than its weight.
    weaker = min(pillars, key=lambda node: pillars[node]["score"])
    assert pillars[weaker]["counted_share"] > pillars[weaker]["share"]


def test_the_coupling_node_gives_its_own_points(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL})
    row = tables["contributions"].filter(node_code="coupling").row(0, named=True)
    degree = tables["int_synergy"]["d_modified"].item()
    assert row["indicator_code"] is None
    assert row["to_node"] == pytest.approx(100 * degree)
    assert row["to_pillar"] == pytest.approx(100 * degree * 10 / 70)


def test_a_missing_indicator_gives_nothing_and_the_others_more(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL | {"permits": None}})
    rows = tables["contributions"].filter(node_code="capacity")
    assert rows["indicator_code"].to_list() == ["waste"]
    assert rows["to_node"].to_list() == [pytest.approx(87.5)]
    assert_adds_up(tables)


def test_a_node_that_is_not_assessable_gives_nothing(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL | {"waste": None}})
    assert tables["contributions"].filter(node_code="capacity").is_empty()
    assert tables["contributions"]["to_index"].null_count() == tables["contributions"].height


def test_what_the_floor_lends_a_pillar_is_lent_to_its_indicators(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL | {"waste": 10.0, "permits": 0.5}})
    rows = {row["indicator_code"]: row for row in tables["contributions"].iter_rows(named=True)}
    assert rows["waste"]["to_pillar"] == 0
    assert rows["waste"]["to_index"] > 0
    index = tables["int_index_scores"]["score"].item()
    assert tables["contributions"]["to_index"].sum() == pytest.approx(index, abs=1e-9)


MANY = st.lists(st.fixed_dictionaries(dict.fromkeys(FULL, VALUE)), min_size=10, max_size=10)


@settings(max_examples=30)
@given(many=MANY)
def test_contributions_add_up_whatever_is_observed(evaluate_scores, many) -> None:
    assert_adds_up(evaluate_scores({(f"u{n}", 2024): values for n, values in enumerate(many)}, availability=0.3))


@settings(max_examples=30)
@given(many=MANY)
def test_contributions_add_up_when_pillars_are_geometric_too(evaluate_scores, nodes, many) -> None:
    tree = nodes | {"effect": ("index", "pillar", 70, "geometric", "nodes")}
    given_values = {(f"u{n}", 2024): values for n, values in enumerate(many)}
    tables = evaluate_scores(given_values, availability=0.3, nodes=tree)
    for score, given_to in by_node(tables, "index", "to_index"):
        assert given_to == pytest.approx(score, abs=1e-9)
