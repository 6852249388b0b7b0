"""Outliers: detected by skewness and kurtosis together, winsorised, or transformed when that is not enough."""

import math

import numpy as np
import pytest
from scipy import stats

from xietong.framework.outliers import skewness_kurtosis, treat

REGULAR = np.arange(1.0, 21.0)


def with_outliers(*outliers: float) -> np.ndarray:
    """Return twenty regular figures and some others as one column."""
    return np.concatenate([REGULAR, outliers])[:, None]


def test_moments_are_the_sample_definitions() -> None:
    column = with_outliers(70.0, 90.0)
    skewness, kurtosis = skewness_kurtosis(column)
    assert skewness[0] == pytest.approx(stats.skew(column[:, 0], bias=False))
    assert kurtosis[0] == pytest.approx(stats.kurtosis(column[:, 0], bias=False))


def test_moments_leave_out_what_is_missing_and_need_enough_figures() -> None:
    column = with_outliers(70.0)
    gappy = np.concatenate([column, [[math.nan]]])
    assert skewness_kurtosis(gappy)[0] == pytest.approx(skewness_kurtosis(column)[0])
    few = np.array([[1.0, 0.1], [2.0, 0.1], [4.0, 0.1]])
    skewness, kurtosis = skewness_kurtosis(few)
    assert not np.isnan(skewness[0])
    assert np.isnan(kurtosis).all()
    assert np.isnan(skewness[1])


def test_a_regular_column_is_left_alone() -> None:
    (column,) = treat(with_outliers())
    assert (column.kind, column.points) == ("none", 0)
    assert column.values == pytest.approx(REGULAR)


def test_outliers_take_the_value_of_the_next_point() -> None:
    (high,) = treat(with_outliers(100.0))
    assert (high.kind, high.points) == ("winsorised", 1)
    assert high.values[-1] == 20
    (low,) = treat(with_outliers(-80.0))
    assert (low.kind, low.points, low.values[-1]) == ("winsorised", 1, 1)


def test_two_outliers_move_one_after_the_other() -> None:
    (column,) = treat(with_outliers(200.0, 2000.0))
    assert (column.kind, column.points) == ("winsorised", 2)
    assert column.values[-2:] == pytest.approx([20, 20])


def test_the_logarithm_of_the_range_replaces_a_column_that_winsorising_cannot_cure() -> None:
    figures = np.concatenate([np.ones(60), np.linspace(1, 2, 40), 10.0 ** np.arange(1, 9)])[:, None]
    (column,) = treat(figures)
    assert column.kind == "log"
    span = 1e8 - 1
    assert column.values[-1] == pytest.approx(math.log(span + 0.01 * span))
    assert column.values[0] == pytest.approx(math.log(0.01 * span))


def test_fewer_points_may_be_winsorised() -> None:
    (column,) = treat(with_outliers(200.0, 2000.0), at_most=1)
    assert column.kind == "log"


def test_a_column_of_one_value_has_no_outliers() -> None:
    (column,) = treat(np.full((8, 1), 0.1))
    assert column.kind == "none"


def test_missing_figures_stay_missing() -> None:
    (column,) = treat(np.concatenate([with_outliers(100.0), [[math.nan]]]))
    assert math.isnan(column.values[-1])
    assert column.kind == "winsorised"
