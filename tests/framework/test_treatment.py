"""Outliers: detected by skewness and kurtosis together, winsorised, or transformed when that is not enough."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from xietong.framework.options import Choice
from xietong.framework.outliers import skewness_kurtosis, treat, treat_figures, treatment_warnings
from xietong.framework.tables import Figures

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


def test_a_column_that_winsorising_would_level_is_given_back() -> None:
    """COINr 1.1.14: the check of a column of one value has no answer, and Treat returns it untreated."""
    (column,) = treat(np.array([5.0, *[0.0] * 11])[:, None])
    assert (column.kind, column.values[0]) == ("untreatable", 5)


@pytest.mark.parametrize(
    ("how", "kind", "highest"),
    [
        (Choice("winsorise"), "winsorised", 20),
        (Choice("log"), "log", math.log(99 + 0.99)),
        (Choice("box-cox", (0.0,)), "box-cox", math.log(100)),
        (Choice("box-cox", (0.5,)), "box-cox", 18),
    ],
)
def test_other_treatments_change_columns_with_outliers_only(how, kind, highest) -> None:
    regular, outlying = treat(np.column_stack([np.arange(21.0), with_outliers(100.0)]), how=how)
    assert regular.kind == "none"
    assert outlying.kind == kind
    assert outlying.values[-1] == pytest.approx(highest)


def test_winsorising_alone_keeps_what_it_cannot_cure() -> None:
    (column,) = treat(with_outliers(200.0, 2000.0), at_most=1, how=Choice("winsorise"))
    assert (column.kind, column.values[-1]) == ("winsorised", 200)


def panel(*times: np.ndarray) -> Figures:
    """Return one indicator at several times."""
    keys = pl.concat(
        pl.DataFrame({"uCode": [f"U{row}" for row in range(len(values))], "Time": [2020 + position] * len(values)})
        for position, values in enumerate(times)
    )
    return Figures(keys, np.concatenate(times), pl.DataFrame(), pl.DataFrame())


def test_each_time_is_treated_by_itself_unless_asked_otherwise() -> None:
    """COINr 1.1.14 treats each coin of a purse by itself."""
    figures = panel(with_outliers(100.0), with_outliers(21.0))
    apart, done = treat_figures(figures, ["x"], Choice("standard"))
    assert apart.values[[20, 41], 0].tolist() == [20, 21]
    assert done.select("Time", "Treatment", "Points").rows() == [(2020, "winsorised", 1), (2021, "none", 0)]
    together, done = treat_figures(figures, ["x"], Choice("standard-over-times"))
    assert together.values[[20, 41], 0].tolist() == [21, 21]
    assert done.select("iCode", "Treatment", "Points").rows() == [("x", "winsorised", 1)]


def test_times_that_were_transformed_unlike_are_warned_of() -> None:
    figures = panel(with_outliers(100.0), with_outliers(21.0))
    _, done = treat_figures(figures, ["x"], Choice("log"))
    assert any("its times do not compare" in warning for warning in treatment_warnings(done))
    _, done = treat_figures(panel(with_outliers(100.0)), ["x"], Choice("log"))
    assert treatment_warnings(done) == ["x: the logarithm of the range was taken"]


@given(outliers=st.lists(st.integers(30, 10**6).map(float), min_size=1, max_size=8), factor=st.integers(1, 50))
def test_treatment_does_not_depend_on_the_measure_and_keeps_the_order(outliers, factor) -> None:
    column = with_outliers(*outliers)
    (plain,), (scaled,) = treat(column), treat(column * factor)
    assert plain.kind == scaled.kind
    order = np.argsort(column[:, 0], kind="stable")
    assert np.all(np.diff(plain.values[order]) >= 0)
