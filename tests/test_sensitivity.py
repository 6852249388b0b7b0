"""Ranks of many runs at once, and the design of Saltelli."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xietong.sensitivity import competition_ranks, mean_rank_shift, saltelli_origins, sobol_indices, sobol_points

SCORES = arrays.arrays(
    float,
    st.tuples(st.integers(1, 4), st.integers(1, 7)),
    elements=st.one_of(st.integers(0, 3).map(float), st.just(np.nan)),
)


def expected_ranks(run: np.ndarray) -> list[float]:
    return [np.nan if np.isnan(score) else 1 + float(np.sum(run > score)) for score in run]


@given(scores=SCORES)
def test_rank_is_one_more_than_the_units_above_however_many_units_there_are(scores) -> None:
    wide = np.tile(scores, (1, 70))
    for runs in (scores, wide):
        assert competition_ranks(runs) == pytest.approx(np.array([expected_ranks(run) for run in runs]), nan_ok=True)


def test_scores_alike_to_six_digits_share_a_rank() -> None:
    assert competition_ranks(np.array([[0.3, 0.1 + 0.2, 0.2999991]])).tolist() == [[1, 1, 3]]


def test_shift_is_the_mean_over_ranked_units() -> None:
    shift = mean_rank_shift(np.array([[1.0, 2, np.nan], [2, 1, np.nan]]), np.array([1.0, 2, np.nan]))
    assert shift.tolist() == [0, 1]


def test_design_swaps_one_factor_at_a_time() -> None:
    origins = saltelli_origins(4, 3)
    assert origins.shape == (20, 3)
    assert origins[5:10].tolist() == [[1, 1, 1], [5, 5, 5], [5, 1, 1], [1, 5, 1], [1, 1, 5]]


def test_points_are_the_same_for_the_same_seed_and_fill_the_cube() -> None:
    points = sobol_points(100, 5, seed=3)
    assert points.shape == (100, 5)
    assert np.array_equal(points, sobol_points(100, 5, seed=3))
    assert not np.array_equal(points, sobol_points(100, 5, seed=4))
    assert points.mean(axis=0) == pytest.approx(np.full(5, 0.5), abs=0.03)


def test_a_linear_output_is_split_by_the_squares_of_its_coefficients() -> None:
    pairs = sobol_points(1024, 6, seed=1)
    points = np.concatenate((pairs[:, :3], pairs[:, 3:]))
    outputs = np.take_along_axis(points, saltelli_origins(1024, 3), axis=0) @ np.array([1.0, 2.0, 0.0])
    indices = sobol_indices(outputs, 3)
    assert indices.first == pytest.approx([0.2, 0.8, 0], abs=0.01)
    assert indices.total == pytest.approx([0.2, 0.8, 0], abs=0.01)


def test_an_output_that_never_varies_has_no_indices() -> None:
    assert np.isnan(sobol_indices(np.ones(50), 3).total).all()
