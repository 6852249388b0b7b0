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


def ishigami_errors(seed: int) -> np.ndarray:
    """Return how far first-order and total indices of the Ishigami function lie from their analytic values, n = 8192."""
    pairs = 2 * np.pi * sobol_points(8192, 6, seed) - np.pi
    x = np.take_along_axis(np.concatenate((pairs[:, :3], pairs[:, 3:])), saltelli_origins(8192, 3), axis=0)
    outputs = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    indices = sobol_indices(outputs, 3, resamples=2)
    # Ishigami & Homma 1990 with a = 7, b = 0.1.
    first, total = [0.3139051911, 0.4424111447, 0], [0.5575888553, 0.4424111447, 0.2436836642]
    return np.concatenate((indices.first - first, indices.total - total))


def test_the_error_of_the_indices_is_that_of_the_points_and_stays_small_whatever_the_seed() -> None:
    errors = np.array([ishigami_errors(seed) for seed in range(20)])
    assert np.sqrt(np.mean(errors**2)) < 0.0025
    # Scrambled points have seeds with an error far above the usual one; 0.005 holds for nine in ten.
    assert np.mean(np.abs(errors).max(axis=1) < 0.005) >= 0.85
    assert np.abs(errors).max() < 0.013
