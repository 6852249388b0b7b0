"""Normalisations: their ends, their mirror images, and what becomes of missing or constant columns."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.normalisation import (
    NormalisationWarning,
    borda,
    centred,
    distance_to_maximum,
    distance_to_reference,
    distance_to_target,
    fraction_of_maximum,
    goalposts,
    interval,
    minmax,
    oriented,
    percentile_rank,
    rank,
    scaled,
    topsis,
    zscore,
)

NAN = math.nan
COLUMN = np.array([4.0, 1.0, NAN, 5.0, 8.0, 1.0])
COLUMNS = st.lists(st.integers(-1000, 1000).map(float), min_size=3, max_size=20, unique=True)
ALL = {
    "minmax": minmax,
    "zscore": zscore,
    "rank": rank,
    "borda": borda,
    "percentile_rank": percentile_rank,
    "distance_to_maximum": distance_to_maximum,
    "scaled": lambda column: scaled(column, 0, 10),
    "goalposts": lambda column: goalposts(column, -2000, 2000),
}


@pytest.mark.parametrize("name", ALL)
@given(column=COLUMNS)
def test_higher_figures_score_higher(name, column) -> None:
    scores = ALL[name](np.array(column))
    assert np.all(np.argsort(scores, kind="stable") == np.argsort(column, kind="stable"))


@pytest.mark.parametrize("name", ALL)
def test_missing_stays_missing_and_columns_are_their_own(name) -> None:
    matrix = np.column_stack([COLUMN, COLUMN[::-1]])
    scores = ALL[name](matrix)
    assert np.array_equal(np.isnan(scores), np.isnan(matrix))
    assert scores[:, 0] == pytest.approx(ALL[name](COLUMN), nan_ok=True)


def test_ranks_of_ties_are_the_lowest_and_count_observed_units_only() -> None:
    assert rank(COLUMN) == pytest.approx([3, 1, NAN, 4, 5, 1], nan_ok=True)
    assert borda(COLUMN) == pytest.approx([2, 0, NAN, 3, 4, 0], nan_ok=True)
    assert percentile_rank(COLUMN) == pytest.approx([0.5, 0, NAN, 0.75, 1, 0], nan_ok=True)


def test_zscore_has_the_mean_and_sample_deviation_asked_for() -> None:
    scores = zscore(COLUMN, 10, 2)
    assert np.nanmean(scores) == pytest.approx(10)
    assert np.nanstd(scores, ddof=1) == pytest.approx(2)


def test_distances() -> None:
    assert distance_to_maximum(COLUMN) == pytest.approx([3 / 7, 0, NAN, 4 / 7, 1, 0], nan_ok=True)
    assert distance_to_reference(COLUMN, 3) == pytest.approx([0.75, 0, NAN, 1, 1.75, 0], nan_ok=True)
    assert distance_to_reference(COLUMN, 3, cap=True)[4] == 1
    assert distance_to_target(COLUMN, 11) == pytest.approx([0.3, 0, NAN, 0.4, 0.7, 0], nan_ok=True)
    assert distance_to_target(COLUMN, -2, -1) == pytest.approx([0.4, 0.7, NAN, 0.3, 0, 0.7], nan_ok=True)


def test_fraction_of_maximum_is_of_the_best_in_either_direction() -> None:
    assert fraction_of_maximum([1.0, 2, 4]) == pytest.approx([0.25, 0.5, 1])
    assert fraction_of_maximum([1.0, 2, 4], -1) == pytest.approx([1, 0.5, 0.25])


@given(column=COLUMNS)
def test_lower_is_better_mirrors(column) -> None:
    figures = np.array(column)
    assert minmax(oriented(figures, -1), 0, 1) == pytest.approx(1 - minmax(figures, 0, 1), abs=1e-9)
    up, down = goalposts(figures, -500, 500, 1, 100), goalposts(figures, -500, 500, -1, 100)
    assert up + down == pytest.approx(np.full(len(column), 100), abs=1e-9)


def test_scaled_does_not_hold_at_the_ends() -> None:
    assert scaled([0.0, 5, 20], 0, 10) == pytest.approx([0, 50, 200])


@pytest.mark.parametrize("normalise", [minmax, zscore, distance_to_maximum])
def test_a_constant_column_becomes_missing_with_a_warning(normalise) -> None:
    with pytest.warns(NormalisationWarning, match="no spread"):
        scores = normalise(np.column_stack([[2.0, 2.0], [1.0, 3.0]]))
    assert np.isnan(scores[:, 0]).all()
    assert not np.isnan(scores[:, 1]).any()


def test_equal_figures_have_no_deviation_though_their_mean_is_rounded() -> None:
    with pytest.warns(NormalisationWarning, match="no spread"):
        assert np.isnan(zscore(np.full(39, 0.1), 10, 2)).all()


def test_a_direction_is_plus_or_minus_one() -> None:
    with pytest.raises(ValueError, match="must be 1"):
        oriented([1, 2], 0)


def test_best_value_or_range_scores_one() -> None:
    assert centred([7.0, 5.0, 8.0], 7) == pytest.approx([1, 0, 0.5])
    assert interval([12.0, 8.0, 26.0], 10, 18) == pytest.approx([1, 0.75, 0])


def test_topsis_ideal_is_one_and_anti_ideal_zero() -> None:
    closeness = topsis([[1, 9], [9, 1], [5, 5]], [0.5, 0.5], [True, False])
    assert closeness[:2] == pytest.approx([0, 1])
    assert 0 < closeness[2] < 1
    with pytest.raises(ValueError, match="every figure"):
        topsis([[1, NAN], [2, 3]], [0.5, 0.5])
