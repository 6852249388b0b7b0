"""Goalpost scores, air index, pollution equivalents and obstacle degrees."""

import math

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

NAN = math.nan
FIGURE = st.floats(min_value=-1e6, max_value=1e6)


def test_goalposts_work_in_either_direction_and_hold_at_the_ends(evaluate) -> None:
    rows = [(38, 50, 15), (50, 50, 15), (15, 50, 15), (60, 50, 15), (5, 50, 15), (88, 75, 100), (math.inf, 75, 100)]
    expected = [pytest.approx(1200 / 35), 0, 100, 0, 100, 52, 100]
    assert evaluate("goalpost_score(a, b, c)", rows) == expected


def test_score_of_something_missing_or_of_one_goalpost_is_null(evaluate) -> None:
    rows = [(None, 0, 1), (NAN, 0, 1), (0.5, None, 1), (0.5, 0, None), (0.5, 1, 1), (0.5, NAN, 1)]
    assert evaluate("goalpost_score(a, b, c)", rows) == [None] * 6


@given(figure=FIGURE, worst=FIGURE, best=FIGURE)
def test_exchanged_goalposts_mirror_the_score(evaluate, figure, worst, best) -> None:
    assume(abs(best - worst) > 1e-3)
    (score,) = evaluate("goalpost_score(a, b, c)", [(figure, worst, best)])
    (mirror,) = evaluate("goalpost_score(a, c, b)", [(figure, worst, best)])
    assert 0 <= score <= 100
    assert score + mirror == pytest.approx(100, abs=1e-9)


@given(figure=FIGURE, step=st.floats(min_value=0, max_value=1e6), worst=FIGURE, best=FIGURE)
def test_a_better_figure_never_scores_less(evaluate, figure, step, worst, best) -> None:
    assume(abs(best - worst) > 1e-3)
    better = figure + math.copysign(step, best - worst)
    before, after = evaluate("goalpost_score(a, b, c)", [(figure, worst, best), (better, worst, best)])
    assert after >= before


@given(figure=FIGURE, worst=FIGURE, best=FIGURE, scale=st.sampled_from([0.5, 2, 1024]))
def test_score_does_not_depend_on_the_unit_of_measure(evaluate, figure, worst, best, scale) -> None:
    assume(abs(best - worst) > 1e-3)
    rows = [(figure, worst, best), (figure * scale, worst * scale, best * scale)]
    first, second = evaluate("goalpost_score(a, b, c)", rows)
    assert first == pytest.approx(second, rel=1e-12, abs=1e-12)


def test_air_index_is_six_at_the_six_standards(evaluate) -> None:
    rows = [(35, 70, 60, 40, 4, 160), (0, 0, 0, 0, 0, 0), (35, 70, 60, 40, 4, None), (NAN, 70, 60, 40, 4, 160)]
    assert evaluate("air_composite_index(a, b, c, d, e, f)", rows) == [6, 0, None, None]


def test_a_negative_concentration_is_refused(evaluate) -> None:
    with pytest.raises(duckdb.Error, match="concentrations of at least 0"):
        evaluate("air_composite_index(a, b, c, d, e, f)", [(35, 70, -1, 40, 4, 160)])


def test_air_index_and_equivalents_of_what_is_no_finite_number_are_null(evaluate) -> None:
    rows = [(None, 1.0), (math.nan, 1.0), (math.inf, 1.0), (1.0, None)]
    assert evaluate("air_composite_index(a, b, 1, 1, 1, 1)", rows) == [None] * len(rows)
    assert evaluate("pollution_equivalents(a, b)", rows) == [None] * len(rows)


def test_equivalents_divide_by_the_value_of_the_law(evaluate) -> None:
    rows = [(120_000, 0.95), (380_000, 0.95), (80_000, 4), (0, 4), (None, 4), (10, 0), (NAN, 4)]
    expected = [pytest.approx(126315.79, abs=0.005), pytest.approx(4e5), 2e4, 0, None, None, None]
    assert evaluate("pollution_equivalents(a, b)", rows) == expected


def test_a_negative_emission_is_refused(evaluate) -> None:
    with pytest.raises(duckdb.Error, match="amounts of at least 0"):
        evaluate("pollution_equivalents(a, b)", [(-1, 4)])


def test_obstacle_degree_grows_with_weight_and_distance_from_full(evaluate) -> None:
    rows = [(1, 0.3), (0, 0.3), (0.5, 0.3), (None, 0.3), (0.5, None), (NAN, 0.3)]
    assert evaluate("obstacle_degree(a, b)", rows) == [0, 0.3, 0.15, None, None, None]


@pytest.mark.parametrize("row", [(59.3, 0.3), (-0.1, 0.3), (0.5, -0.3)])
def test_obstacle_degree_outside_is_refused(evaluate, row) -> None:
    with pytest.raises(duckdb.Error, match="obstacle_degree takes"):
        evaluate("obstacle_degree(a, b)", [row])
