"""Obstacle degrees: what holds a unit back, by the weight that applies to it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FULL = {"pm25": 38.0, "days": 88.0, "co2": 0.95, "energy": 9.0, "waste": 65.0, "permits": 80.0}
VALUE = st.one_of(st.none(), st.just("-"), st.floats(min_value=-20, max_value=120))


def row(tables: dict[str, pl.DataFrame], **where: str) -> dict:
    return tables["obstacles"].row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in where.items()), named=True)


def test_degree_is_the_gap_times_the_weight_in_the_whole_index(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL})
    found = row(tables, indicator_code="waste")
    assert found["weight"] == pytest.approx(0.7 * 30 / 100)
    assert found["obstacle_degree"] == pytest.approx((1 - 0.875) * 0.21)
    coupling = row(tables, level="sub_index", node_code="coupling")
    degree = tables["int_synergy"]["d_modified"].item()
    assert coupling["obstacle_degree"] == pytest.approx((1 - degree) * 0.1)


def test_shares_of_a_level_add_up_and_the_largest_is_first(evaluate_scores) -> None:
    frame = evaluate_scores({("a", 2024): FULL})["obstacles"]
    for level in ("indicator", "sub_index", "pillar"):
        of_level = frame.filter(level=level).sort("rank")
        assert of_level["share"].sum() == pytest.approx(1)
        assert of_level["obstacle_degree"].to_list() == sorted(of_level["obstacle_degree"], reverse=True)


def test_weight_of_what_does_not_apply_goes_to_the_others(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL | {"permits": "-"}})
    assert row(tables, indicator_code="waste")["weight"] == pytest.approx(0.3)
    assert tables["obstacles"].filter(indicator_code="permits").is_empty()


def test_a_missing_figure_keeps_its_weight_and_has_no_degree(evaluate_scores) -> None:
    tables = evaluate_scores({("a", 2024): FULL | {"permits": None}})
    found = row(tables, indicator_code="permits")
    assert found["weight"] == pytest.approx(0.3 * 0.3)
    assert (found["state"], found["obstacle_degree"], found["share"], found["rank"]) == ("missing", None, None, None)


def test_equal_obstacles_share_the_better_rank(evaluate_scores) -> None:
    frame = evaluate_scores({("a", 2024): FULL | {"co2": 1.6, "energy": 0.0}})["obstacles"]
    ranks = dict(frame.filter(level="indicator")["indicator_code", "rank"].iter_rows())
    assert ranks["co2"] == ranks["energy"] == 1
    assert min(rank for code, rank in ranks.items() if code not in ("co2", "energy")) == 3


def test_a_unit_that_nothing_holds_back_has_no_shares(evaluate_scores) -> None:
    best = {"pm25": 15.0, "days": 100.0, "co2": 0.3, "energy": 14.0, "waste": 70.0, "permits": 100.0}
    frame = evaluate_scores({("a", 2024): best})["obstacles"].filter(level="indicator")
    assert set(frame["obstacle_degree"]) == {0.0}
    assert set(frame["share"]) == {None}


@settings(max_examples=12)
@given(many=st.lists(st.fixed_dictionaries(dict.fromkeys(FULL, VALUE)), min_size=10, max_size=10))
def test_weights_of_all_that_applies_add_up_to_one(evaluate_scores, many) -> None:
    frame = evaluate_scores({(f"u{n}", 2024): values for n, values in enumerate(many)})["obstacles"]
    assert frame["obstacle_degree"].drop_nulls().is_between(0, 1).all()
    for (unit, level), rows in frame.group_by("unit_code", "level"):
        # The coupling node has a weight and no indicators of its own.
        coupled = frame.filter(unit_code=unit, node_code="coupling")["weight"].sum() if level == "indicator" else 0
        assert rows["weight"].sum() + coupled == pytest.approx(1)
