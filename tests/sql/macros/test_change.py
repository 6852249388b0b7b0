"""Change between two moments: synergy of orders, elasticity, quadrant, decoupling, logarithmic mean."""

import math

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

NAN = math.nan
CHANGE = st.floats(min_value=-1, max_value=1)
RATE = st.floats(min_value=-3, max_value=3)
AMOUNT = st.floats(min_value=1e-6, max_value=1e12)


def test_order_synergy_is_positive_only_when_every_subsystem_improved(evaluate) -> None:
    rows = [([0.2, 0.05],), ([-0.2, 0.05],), ([-0.2, -0.05],), ([0.1, 0.1, 0.1],)]
    assert evaluate("order_synergy(a)", rows) == pytest.approx([0.1, -0.1, -0.1, 0.1])


def test_order_synergy_is_zero_when_one_subsystem_stands_still(evaluate) -> None:
    rows = [([0, 0.4],), ([1e-17, -0.4],), ([-1e-13, 0.4],), ([0, 0],)]
    assert evaluate("order_synergy(a)", rows) == [0, 0, 0, 0]


def test_order_synergy_of_something_missing_is_null(evaluate) -> None:
    rows = [([None, 0.4],), ([NAN, 0.4],), (None,), ([],)]
    assert evaluate("order_synergy(a)", rows) == [None, None, None, None]


def test_order_synergy_of_points_is_refused(evaluate) -> None:
    with pytest.raises(duckdb.Error, match="order_synergy takes changes"):
        evaluate("order_synergy(a)", [([7.8, 5.5],)])


@given(changes=st.lists(CHANGE, min_size=1, max_size=6))
def test_order_synergy_is_bounded_and_keeps_the_sign_of_the_worst_change(evaluate, changes) -> None:
    (degree,) = evaluate("order_synergy(a)", [(changes,)])
    assert -1 <= degree <= 1
    assert degree == 0 or (degree > 0) == (min(changes) > 0)


def test_cross_elasticity_guards_the_zero_denominator_only(evaluate) -> None:
    rows = [(0.1, 0.06), (0.05, -0.05), (-0.05, -0.025), (0.1, 0), (0, 0), (0, 0.1), (None, 0.1), (NAN, 0.1)]
    expected = [pytest.approx(1.666667, abs=1e-6), -1, 2, None, None, 0, None, None]
    assert evaluate("cross_elasticity(a, b)", rows) == expected


def test_quadrants_take_reductions(evaluate) -> None:
    rows = [(0.1, 0.06), (0.05, -0.05), (-0.05, -0.025), (-0.05, 0.05), (0, 0.0333), (0.2, 0.0009), (None, 0.1)]
    assert evaluate("synergy_quadrant(a, b)", rows) == ["I", "II", "III", "IV", "axis", "axis", None]


def test_a_rate_of_the_tolerance_is_off_the_axis(evaluate) -> None:
    rows = [(0.001, 0.1), (0.00099949, 0.1), (0.0009996, 0.1), (1 - 999 / 1000, 0.1), (NAN, 0.1)]
    assert evaluate("synergy_quadrant(a, b)", rows) == ["I", "axis", "I", "I", None]


@given(first=RATE, second=RATE)
def test_quadrant_mirrors_when_the_axes_change_places(evaluate, first, second) -> None:
    (quadrant,) = evaluate("synergy_quadrant(a, b)", [(first, second)])
    (swapped,) = evaluate("synergy_quadrant(b, a)", [(first, second)])
    assert swapped == {"II": "IV", "IV": "II"}.get(quadrant, quadrant)


def test_two_rises_are_not_called_synergy_though_their_elasticity_is_positive(evaluate) -> None:
    rows = [(-0.05, -0.025)]
    assert evaluate("cross_elasticity(a, b)", rows) == [2]
    assert evaluate("synergy_quadrant(a, b)", rows) == ["III"]


@pytest.mark.parametrize(
    ("emission", "economy", "state"),
    [
        (-0.02, 0.05, "strong_decoupling"),
        (0.02, 0.05, "weak_decoupling"),
        (0.04, 0.05, "weak_decoupling"),
        (0.05, 0.05, "expansive_coupling"),
        (0.06, 0.05, "expansive_coupling"),
        (0.07, 0.05, "expansive_negative_decoupling"),
        (0.02, -0.05, "strong_negative_decoupling"),
        (-0.02, -0.05, "weak_negative_decoupling"),
        (-0.04, -0.05, "weak_negative_decoupling"),
        (-0.05, -0.05, "recessive_coupling"),
        (-0.06, -0.05, "recessive_coupling"),
        (-0.07, -0.05, "recessive_decoupling"),
        (0, 0.05, "weak_decoupling"),
        (0, -0.05, "weak_negative_decoupling"),
        (0.02, 0, None),
        (0, 0, None),
        (None, 0.05, None),
        (0.02, NAN, None),
    ],
)
def test_tapio_state_of_growth_rates(evaluate, emission, economy, state) -> None:
    assert evaluate("tapio_state(a, b)", [(emission, economy)]) == [state]


@pytest.mark.parametrize("call", ["tapio_state(a, b)", "synergy_quadrant(a, b)"])
def test_a_rate_that_is_no_finite_number_has_no_state(evaluate, call) -> None:
    rows = [(0.1, None), (None, 0.1), (0.1, NAN), (NAN, 0.1), (math.inf, 0.1), (0.1, -math.inf), (math.inf, math.inf)]
    assert evaluate(call, rows) == [None] * len(rows)


def test_log_mean_has_its_limits(evaluate) -> None:
    rows = [(5, 5), (5, 0), (0, 5), (0, 0), (None, 5), (NAN, 5), (math.e, 1)]
    assert evaluate("log_mean(a, b)", rows) == [5, 0, 0, 0, None, None, pytest.approx(math.e - 1)]


def test_log_mean_does_not_cancel_between_close_amounts(evaluate) -> None:
    assert evaluate("log_mean(a, b)", [(1, 1 + 1e-12)])[0] == pytest.approx(1 + 5e-13, abs=1e-15)


@pytest.mark.parametrize(("less", "more"), [(1.2e308, 1.7e308), (1e-300, 1.7e-300), (5e-324, 1e-323), (1e-320, 1e308)])
def test_log_mean_of_the_largest_and_smallest_amounts_lies_between_them(evaluate, less, more) -> None:
    assert less <= evaluate("log_mean(a, b)", [(less, more)])[0] <= more


def test_log_mean_of_a_negative_amount_is_refused(evaluate) -> None:
    with pytest.raises(duckdb.Error, match="amounts of at least 0"):
        evaluate("log_mean(a, b)", [(-1, 2)])


@given(first=AMOUNT, second=AMOUNT)
def test_log_mean_lies_between_geometric_and_arithmetic_mean(evaluate, first, second) -> None:
    (value,), (swapped,) = (evaluate("log_mean(a, b)", [row]) for row in ((first, second), (second, first)))
    assert value == pytest.approx(swapped, rel=1e-12)
    assert math.sqrt(first * second) * (1 - 1e-12) <= value <= (first + second) / 2 * (1 + 1e-12)


@given(first=AMOUNT, second=AMOUNT)
def test_log_mean_turns_a_ratio_back_into_the_change(evaluate, first, second) -> None:
    assume(first != second)
    (value,) = evaluate("log_mean(a, b)", [(first, second)])
    near = 0.5 < first / second < 2
    logarithm = math.log1p((first - second) / second) if near else math.log(first / second)
    assert value * logarithm == pytest.approx(first - second, rel=1e-9)
