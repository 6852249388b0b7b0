"""Properties of the scored index: bounds, monotony, weights, and independence of the order of units."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FULL = {"pm25": 38.0, "days": 88.0, "co2": 0.95, "energy": 9.0, "waste": 65.0, "permits": 80.0}
#: Goalposts as in ``evaluate_scores``: (worst, best).
POSTS = {
    "pm25": (50, 15),
    "days": (75, 100),
    "co2": (1.6, 0.3),
    "energy": (0, 14),
    "waste": (30, 70),
    "permits": (0, 100),
}
VALUE = st.one_of(st.none(), st.just("-"), st.floats(min_value=-20, max_value=120))
MANY = st.lists(st.fixed_dictionaries(dict.fromkeys(FULL, VALUE)), min_size=8, max_size=8)
#: Scores from 1 to 100; under 1 see the last test.
SCORES = st.fixed_dictionaries(dict.fromkeys(FULL, st.floats(min_value=1, max_value=100)))


def with_scores(scores: dict[str, float]) -> dict[str, float]:
    """Return the figures that have these scores."""
    return {code: POSTS[code][0] + (POSTS[code][1] - POSTS[code][0]) * score / 100 for code, score in scores.items()}


def numbered(many: list[dict]) -> dict[tuple[str, int], dict]:
    return {(f"u{number}", 2024): values for number, values in enumerate(many)}


@settings(max_examples=15)
@given(many=MANY)
def test_every_score_lies_within_its_bounds(evaluate_scores, many) -> None:
    tables = evaluate_scores(numbered(many), availability=0.3)
    for table in ("int_indicator_scores", "int_leaf_scores", "int_pillar_scores", "int_index_scores"):
        assert tables[table]["score"].drop_nulls().is_between(-1e-9, 100 + 1e-9).all()
    for column in ("p_score", "k_score", "c_standard", "c_modified", "t", "d_standard", "d_modified"):
        assert tables["int_synergy"][column].drop_nulls().is_between(-1e-12, 1 + 1e-9).all()


@settings(max_examples=15)
@given(many=MANY)
def test_effective_weights_of_a_node_sum_to_one(evaluate_scores, many) -> None:
    scores = evaluate_scores(numbered(many))["int_indicator_scores"].filter(state="observed")
    sums = scores.group_by("unit_code", "node_code").agg(pl.col("effective_weight").sum())["effective_weight"]
    assert sums.to_list() == pytest.approx([1.0] * len(sums), abs=1e-9)


@settings(max_examples=10)
@given(many=MANY, data=st.data())
def test_scores_do_not_depend_on_the_order_of_units(evaluate_scores, many, data) -> None:
    places = data.draw(st.permutations(range(len(many))))
    first = evaluate_scores(numbered(many), availability=0.3)["int_index_scores"]
    moved = {(f"u{place}", 2024): values for place, values in zip(places, many, strict=True)}
    second = evaluate_scores(moved, availability=0.3)["int_index_scores"]
    found = dict(second["unit_code", "score"].iter_rows())
    assert [found[f"u{place}"] for place in places] == [
        score for _, score in sorted(first["unit_code", "score"].iter_rows())
    ]


@settings(max_examples=15)
@given(pairs=st.lists(st.tuples(SCORES, st.sampled_from(sorted(FULL)), st.floats(0, 99)), min_size=8, max_size=8))
def test_a_better_indicator_never_lowers_index_or_standard_degree(evaluate_scores, pairs) -> None:
    values = {}
    for number, (scores, code, gain) in enumerate(pairs):
        values[f"u{number}", 2023] = with_scores(scores)
        values[f"u{number}", 2024] = with_scores(scores | {code: min(100, scores[code] + gain)})
    tables = evaluate_scores(values)
    for table, column in (("int_index_scores", "score"), ("int_synergy", "d_standard")):
        years = [tables[table].filter(period=year).sort("unit_code")[column] for year in ("2023", "2024")]
        assert (years[1] - years[0]).min() >= -1e-9


@settings(max_examples=15)
@given(many=MANY)
def test_modified_degree_never_exceeds_the_standard(evaluate_scores, many) -> None:
    synergy = evaluate_scores(numbered(many), availability=0.3)["int_synergy"].drop_nulls("d_modified")
    assert all(low <= high + 1e-12 for low, high in synergy["d_modified", "d_standard"].iter_rows())


def test_modified_degree_may_fall_while_a_side_rises_and_the_index_still_rises(evaluate_scores) -> None:
    carbon = {"co2": 30.0, "energy": 30.0}
    sides = [{"pm25": p, "days": p} | carbon | {"waste": 50.0, "permits": 50.0} for p in (60.0, 75.0, 90.0)]
    tables = evaluate_scores(numbered([with_scores(scores) for scores in sides]))
    assert tables["int_synergy"].sort("unit_code")["d_modified"].to_list() == pytest.approx(
        [0.516, 0.496, 0.468], abs=5e-4
    )
    index = tables["int_index_scores"].sort("unit_code")["score"].to_list()
    assert index == sorted(index)


def test_under_one_point_the_coupling_can_outweigh_the_side_that_rises(evaluate_scores) -> None:
    # Carbon at a thousandth of a point and pollution from 99.9 to 100: D loses more than pollution gains.
    rest = {"co2": 0.001, "energy": 0.001, "waste": 50.0, "permits": 50.0}
    tables = evaluate_scores(numbered([with_scores({"pm25": p, "days": p} | rest) for p in (99.9, 100.0)]))
    low, high = tables["int_index_scores"].sort("unit_code")["score"].to_list()
    assert high < low
