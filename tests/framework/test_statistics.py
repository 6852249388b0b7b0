"""Correlations, alphas and components where a part has no spread, too few units or gaps."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xietong.framework.scoring import Scores
from xietong.framework.statistics import correlations, indicator_statistics, principal_components, reliability
from xietong.framework.tables import Framework, Item

NAN = float("nan")


def item(code: str, level: int, parent: str | None) -> Item:
    return Item(code, code, level, parent, 1.0, 1, None, {})


FRAMEWORK = Framework(
    tuple(item(code, 1, "top") for code in ("a", "b", "c")), (item("top", 2, None),), groups=(), denominators=()
)


def scores(matrix: np.ndarray) -> Scores:
    columns = dict(zip(("a", "b", "c"), matrix.T, strict=True))
    return Scores(columns | {"top": np.nanmean(matrix, axis=1)}, {})


def correlation(table: pl.DataFrame, first: str, second: str) -> tuple[float | None, float | None]:
    row = table.filter((pl.col("Var1") == first) & (pl.col("Var2") == second))
    return row["Correlation"][0], row["P.Value"][0]


def test_a_part_without_spread_has_no_correlation_not_that_of_its_rounding() -> None:
    matrix = np.column_stack([np.full(40, 20.4), np.linspace(0, 1, 40), np.sin(np.arange(40.0))])
    table = correlations(scores(matrix))
    assert correlation(table, "a", "b") == correlation(table, "b", "a") == (None, None)
    assert correlation(table, "a", "a") == (None, None)
    assert correlation(table, "b", "b") == (1, 0)


def test_spread_counts_over_the_units_that_have_both() -> None:
    matrix = np.array([[0.1, 1, 5], [0.1, 2, 4], [0.1, 5, 4], [9, NAN, 1], [8, NAN, 2]])
    table = correlations(scores(matrix))
    assert correlation(table, "a", "b") == (None, None)
    assert correlation(table, "a", "c")[0] == pytest.approx(np.corrcoef(matrix[:, 0], matrix[:, 2])[0, 1])


@given(matrix=arrays.arrays(float, st.tuples(st.integers(3, 9), st.just(3)), elements=st.integers(-50, 50).map(float)))
def test_correlations_are_symmetric_and_within_one(matrix) -> None:
    table = correlations(scores(matrix))
    square = table["Correlation"].to_numpy().reshape(4, 4)
    assert np.array_equal(square, square.T, equal_nan=True)
    assert np.all(np.isnan(square) | (np.abs(square) <= 1))


def test_alpha_of_raw_figures_is_of_the_figures_given() -> None:
    matrix = np.array([[1.0, 2, 2], [2, 1, 4], [3, 4, 3], [4, 3, 5]])
    row = reliability(FRAMEWORK, scores(matrix), matrix * [1, 100, 1]).row(0, named=True)
    covariances = np.cov(matrix * [1, 100, 1], rowvar=False)
    assert row["AlphaRaw"] == pytest.approx(3 / 2 * (1 - np.trace(covariances) / covariances.sum()))
    assert row["Alpha"] == row["AlphaIndicators"]


def test_no_more_components_than_complete_units() -> None:
    found = principal_components(FRAMEWORK, scores(np.array([[1.0, 2, 3], [2, 1, 5], [NAN, 4, 1]])))
    assert found["Component"].unique().sort().to_list() == [1, 2]
    assert found.filter(pl.col("Component") == 1)["Variance"][0] == pytest.approx(3)


def test_outliers_cannot_be_told_of_equal_or_too_few_figures() -> None:
    values = np.array([[0.1, 1, 1], [0.1, 2, NAN], [0.1, 4, NAN], [0.1, 9, 3]])
    flags = indicator_statistics(FRAMEWORK, values)["Flag.SkewKurt"].to_list()
    assert flags == [None, "ok", None]
