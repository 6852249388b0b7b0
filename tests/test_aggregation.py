"""Aggregations leave out what is missing with its weight, and do not depend on the order of rows."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xietong.aggregation import arithmetic, copeland, geometric, harmonic, power

NAN = math.nan
POSITIVE = arrays.arrays(float, st.tuples(st.integers(1, 8), st.just(3)), elements=st.floats(0.01, 100))
WITH_GAPS = arrays.arrays(
    float, st.tuples(st.integers(2, 8), st.just(3)), elements=st.one_of(st.integers(0, 4).map(float), st.just(NAN))
)
WEIGHTS = np.array([1.0, 2.0, 3.0])


def cubic(scores, weights):
    return power(scores, weights, 3)


@pytest.mark.parametrize("mean", [arithmetic, geometric, harmonic, cubic])
def test_a_missing_part_leaves_its_weight_to_the_others(mean) -> None:
    means = mean([[2, NAN, 8], [NAN, NAN, NAN]], WEIGHTS)
    assert means[0] == pytest.approx(mean([[2, 8]], [1, 3])[0])
    assert math.isnan(means[1])


@given(scores=POSITIVE)
def test_means_stand_in_their_order(scores) -> None:
    ordered = [harmonic, geometric, arithmetic, cubic]
    results = [mean(scores, WEIGHTS) for mean in ordered]
    for lower, higher in pairwise(results):
        assert np.all(lower <= higher * (1 + 1e-9))


@pytest.mark.parametrize(("exponent", "mean"), [(1, arithmetic), (0, geometric), (-1, harmonic)])
@given(scores=POSITIVE)
def test_power_mean_contains_the_three_others(exponent, mean, scores) -> None:
    assert power(scores, WEIGHTS, exponent) == pytest.approx(mean(scores, WEIGHTS), rel=1e-9)


@pytest.mark.parametrize("mean", [geometric, harmonic])
def test_means_of_zero_are_refused(mean) -> None:
    with pytest.raises(ValueError, match="positive scores only, got 0"):
        mean([[1, 0, 2]], WEIGHTS)


@pytest.mark.parametrize(("exponent", "mean"), [(1000, 9.0), (-1000, 3.0)])
def test_power_means_of_large_exponents_approach_the_extremes(exponent, mean) -> None:
    assert power([[3.0, 9.0, NAN]], [1, 1, 1], exponent) == pytest.approx([mean], rel=1e-3)
    # A part without a weight is no extreme.
    assert power([[3.0, 9.0, 1e-9, 1e9]], [1, 1, 0, 0], exponent) == pytest.approx([mean], rel=1e-3)


def test_power_means_refuse_what_they_are_not_defined_for() -> None:
    with pytest.raises(ValueError, match="positive"):
        power([[0.0, 1.0]], [1, 1], -2)
    with pytest.raises(ValueError, match="at least 0"):
        power([[-1.0, 1.0]], [1, 1], 0.5)
    with pytest.raises(ValueError, match="not defined for these weights"):
        power([[3.0, 1.0]], [-1, 2], 2)


def test_copeland_counts_wins_less_losses() -> None:
    scores = [[3, 3, 3], [2, 2, 1], [1, 2, 2]]
    # The second and third tie in one part and take one each; the third's has more weight.
    assert copeland(scores, [1, 1, 2]) == pytest.approx([2, -2, 0])
    assert copeland(scores, [1, 1, 1]) == pytest.approx([2, -1, -1])


def test_copeland_compares_only_what_both_have() -> None:
    # Each is higher in the one part that both have or has none in common: a missing part is no loss.
    assert copeland([[5, NAN], [4, 9], [NAN, 1]], [1, 3]) == pytest.approx([1, 0, -1])
    assert np.isnan(copeland([[1, 2], [NAN, NAN]], [1, 1])[1])


@given(scores=WITH_GAPS, data=st.data())
def test_copeland_does_not_depend_on_the_order_of_rows(scores, data) -> None:
    order = data.draw(st.permutations(range(len(scores))))
    assert copeland(scores[order], WEIGHTS) == pytest.approx(copeland(scores, WEIGHTS)[order], nan_ok=True)


@given(scores=WITH_GAPS)
def test_copeland_scores_sum_to_zero(scores) -> None:
    assert np.nansum(copeland(scores, WEIGHTS)) == 0
