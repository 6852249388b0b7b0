"""The effect of one factor on a product (LMDI-I, additive) and its limits at zero."""

import math

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

NAN = math.nan
AMOUNT = st.floats(min_value=1e-6, max_value=1e6)
FACTORS = st.lists(st.tuples(AMOUNT, AMOUNT), min_size=2, max_size=5)


def test_effect_is_the_logarithmic_mean_times_the_logarithm_of_the_ratio(evaluate) -> None:
    expected = 10 / math.log(2) * math.log(3)
    assert evaluate("lmdi_effect(a, b, c, d)", [(10, 20, 1, 3), (20, 10, 3, 1)]) == pytest.approx([expected, -expected])


def test_where_the_product_is_zero_once_its_zero_factor_takes_everything(evaluate) -> None:
    rows = [(0, 7, 0, 2), (0, 7, 3, 2), (7, 0, 2, 0), (7, 0, 2, 3)]
    assert evaluate("lmdi_effect(a, b, c, d)", rows) == [7, 0, -7, 0]


def test_a_product_that_is_zero_twice_has_no_effect(evaluate) -> None:
    assert evaluate("lmdi_effect(a, b, c, d)", [(0, 0, 0, 0), (0, 0, 1, 2), (0, 0, 0, 2)]) == [0, 0, 0]


def test_a_product_that_did_not_move_still_has_effects(evaluate) -> None:
    effects = evaluate("lmdi_effect(a, b, c, d)", [(10, 10, 2, 5), (10, 10, 5, 2)])
    assert effects == pytest.approx([10 * math.log(2.5), -10 * math.log(2.5)])


def test_effect_of_something_missing_is_null(evaluate) -> None:
    rows = [(None, 1.0, 1.0, 1.0), (1.0, NAN, 1.0, 1.0), (1.0, 1.0, None, 1.0), (1.0, 1.0, 1.0, NAN)]
    assert evaluate("lmdi_effect(a, b, c, d)", rows) == [None] * 4


@pytest.mark.parametrize(
    "row", [(-1.0, 1.0, 1.0, 1.0), (1.0, 1.0, -1.0, 1.0), (1.0, 1.0, 0.0, 1.0), (1.0, 1.0, 1.0, 0.0)]
)
def test_negative_amounts_and_impossible_factors_are_refused(evaluate, row) -> None:
    with pytest.raises(duckdb.Error, match="lmdi_effect takes amounts of at least 0"):
        evaluate("lmdi_effect(a, b, c, d)", [row])


def test_chinas_commercial_buildings_of_2018(evaluate) -> None:
    # PyLMDI's example (method.md §2.9, G14): population, floor, services, energy, mix, emission factor.
    before = (1390.08, 59.04367375, 0.51892765, 0.002876626, 3.004500526, 2.07)
    now = (1395.38, 64.52073987, 0.521570193, 0.002743568, 3.053397862, 2.02)
    products = (761.984276581356, 794.6119504871361)
    effects = evaluate("lmdi_effect(a, b, c, d)", [(*products, x0, x1) for x0, x1 in zip(before, now, strict=True)])
    assert effects == pytest.approx([2.9614, 69.0322, 3.9527, -36.8539, 12.5628, -19.0275], abs=1e-3)
    assert sum(effects) == pytest.approx(32.6277, abs=1e-3)


def test_two_sectors_of_the_textbook(evaluate) -> None:
    # Energy 30, 20 → 40, 16; output 10, 40 → 40, 40: activity, structure and intensity (method.md §2.9, G14).
    sectors = ((30, 40, 10, 40), (20, 16, 40, 40))
    effects = [0.0, 0.0, 0.0]
    for e0, e1, y0, y1 in sectors:
        factors = ((50, 80), (y0 / 50, y1 / 80), (e0 / y0, e1 / y1))
        found = evaluate("lmdi_effect(a, b, c, d)", [(e0, e1, *factor) for factor in factors])
        effects = [effect + part for effect, part in zip(effects, found, strict=True)]
    assert effects == pytest.approx([24.7627, 23.4257, -42.1884], abs=1e-4)


@given(factors=FACTORS)
def test_effects_of_all_factors_add_up_to_the_change(evaluate, factors) -> None:
    before, now = (math.prod(state) for state in zip(*factors, strict=True))
    effects = evaluate("lmdi_effect(a, b, c, d)", [(before, now, x0, x1) for x0, x1 in factors])
    assert math.fsum(effects) == pytest.approx(now - before, abs=1e-9 * max(before, now))


@given(factors=FACTORS)
def test_the_limit_at_zero_is_approached(evaluate, factors) -> None:
    (_, first), *others = factors
    small = 1e-280
    before = small * math.prod(x0 for x0, _ in others)
    now = first * math.prod(x1 for _, x1 in others)
    (zero, *rest) = evaluate(
        "lmdi_effect(a, b, c, d)", [(before, now, small, first), *((before, now, *o) for o in others)]
    )
    assert zero == pytest.approx(now, rel=0.3)
    assert all(abs(effect) <= 0.1 * now for effect in rest)
