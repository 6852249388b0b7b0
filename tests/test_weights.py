"""Weights sum to 1, ignore what is constant, and refuse what cannot be weighed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xietong.weights import (
    WeightsWarning,
    ahp_weights,
    analytic_hierarchy,
    critic_weights,
    entropy_weights,
    equal_weights,
    first_component,
    game_theory_combination,
    linear_combination,
    pca_weights,
    rescaled,
)

MATRICES = arrays.arrays(
    float, st.tuples(st.integers(3, 12), st.integers(2, 6)), elements=st.floats(0, 1, width=32).map(float)
)


@pytest.mark.filterwarnings("ignore::xietong.weights.WeightsWarning")
@pytest.mark.parametrize("weigh", [entropy_weights, critic_weights])
@given(matrix=MATRICES)
def test_weights_are_shares_of_one(weigh, matrix) -> None:
    weights = weigh(matrix)
    assert weights.sum() == pytest.approx(1, abs=1e-9)
    assert np.all(weights >= 0)


@pytest.mark.filterwarnings("ignore::xietong.weights.WeightsWarning")
@pytest.mark.parametrize("weigh", [entropy_weights, critic_weights])
@given(matrix=MATRICES, data=st.data())
def test_order_of_units_does_not_matter(weigh, matrix, data) -> None:
    order = data.draw(st.permutations(range(len(matrix))))
    assert weigh(matrix[order]) == pytest.approx(weigh(matrix), abs=1e-9)


@pytest.mark.parametrize("weigh", [entropy_weights, critic_weights, pca_weights])
def test_a_constant_column_weighs_nothing(weigh) -> None:
    matrix = np.column_stack([[0.1, 0.5, 0.9, 0.3], [0.5, 0.5, 0.5, 0.5], [0.2, 0.4, 0.8, 0.3]])
    weights = weigh(matrix)
    assert weights[1] == 0
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("weigh", [entropy_weights, critic_weights])
def test_constant_columns_only_give_equal_weights_with_a_warning(weigh) -> None:
    with pytest.warns(WeightsWarning, match="equal weights"):
        assert weigh(np.full((4, 2), 0.5)) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("weigh", [entropy_weights, critic_weights, pca_weights])
@pytest.mark.parametrize("matrix", [[[0.1, np.nan], [0.2, 0.3], [0.3, 0.1]], [[0.1, 0.2]]], ids=["missing", "one"])
def test_data_weights_need_every_figure_of_two_units(weigh, matrix) -> None:
    with pytest.raises(ValueError, match="weights from data need"):
        weigh(matrix)


def test_entropy_of_a_negative_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        entropy_weights([[1, -1], [2, 3]])


def test_contradicting_judgements_are_refused() -> None:
    circle = [[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]]
    assert analytic_hierarchy(circle).consistency_ratio > 0.1
    with pytest.raises(ValueError, match="contradict each other: consistency ratio"):
        ahp_weights(circle)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2], [1, 1]], "reciprocal"),
        ([[1, -2], [-0.5, 1]], "positive"),
        ([[1, 2, 3]], "square"),
        (np.ones((14, 14)), "at most 13"),
    ],
)
def test_what_is_no_pairwise_comparison_is_refused(matrix, message) -> None:
    with pytest.raises(ValueError, match=message):
        ahp_weights(matrix)


@given(weights=st.lists(st.floats(1, 9), min_size=1, max_size=8))
def test_consistent_judgements_give_back_the_weights_they_were_made_of(weights) -> None:
    matrix = np.divide.outer(np.array(weights), np.array(weights))
    hierarchy = analytic_hierarchy(matrix)
    assert hierarchy.weights == pytest.approx(np.array(weights) / sum(weights), abs=1e-9)
    assert hierarchy.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_first_component_has_length_one_and_a_positive_sum() -> None:
    rising = np.arange(6.0)
    loadings = first_component(np.column_stack([-rising, -rising + [0, 0.1, 0, -0.1, 0, 0.1]]))
    assert np.linalg.norm(loadings) == pytest.approx(1)
    assert np.all(loadings > 0)


def test_an_opposed_indicator_gets_a_negative_pca_weight_with_a_warning() -> None:
    rising = np.arange(6.0)
    matrix = np.column_stack([rising, rising + np.tile([0.1, 0], 3), 6 - rising])
    with pytest.warns(WeightsWarning, match="negative weights"):
        weights = pca_weights(matrix)
    assert weights[2] < 0
    assert weights.sum() == pytest.approx(1)


def test_game_theory_of_equal_sets_is_that_set() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    assert game_theory_combination(weights, weights).weights == pytest.approx(weights)


@given(share=st.floats(0, 1))
def test_linear_combination_lies_between_its_sets(share) -> None:
    combined = linear_combination([0.7, 0.3], [0.2, 0.8], share)
    assert 0.2 - 1e-12 <= combined[0] <= 0.7 + 1e-12
    assert combined.sum() == pytest.approx(1)


def test_negative_weights_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="not negative"):
        linear_combination([1.5, -0.5], [0.5, 0.5], 0.5)


@pytest.mark.parametrize("weights", [[0, 0], [np.nan, 1], [1, -1]])
def test_weights_without_a_sum_cannot_be_rescaled(weights) -> None:
    with pytest.raises(ValueError, match="a sum other than 0"):
        rescaled(weights)


def test_equal_weights() -> None:
    assert equal_weights(4) == pytest.approx([0.25] * 4)
