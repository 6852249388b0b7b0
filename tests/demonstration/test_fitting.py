"""Fitting to known totals: sums, means and running sums come out as asked, whatever goes in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xietong.demonstration.fitting import (
    log_odds,
    proportionally_fitted,
    running_rounded,
    scaled_to,
    shared_out,
    shares_with_mean,
)

positive = st.floats(0.01, 1e6)


@given(arrays(float, (5, 3), elements=positive), arrays(float, 3, elements=positive))
def test_counted_units_sum_to_the_totals(values, totals):
    counts = np.array([1.0, 1, 1, 0, 0])
    assert (counts @ scaled_to(values, totals, counts)) == pytest.approx(totals)


@given(
    arrays(float, (6, 4), elements=st.floats(-4, 4)),
    arrays(float, 4, elements=st.floats(0.02, 0.98)),
    arrays(float, (6, 4), elements=st.floats(0.1, 10)),
)
def test_shares_have_the_mean_keep_their_order_and_their_bounds(scatter, means, weights):
    shares = shares_with_mean(scatter, means, weights)
    assert (weights * shares).sum(axis=0) / weights.sum(axis=0) == pytest.approx(means, abs=1e-9)
    assert ((shares > 0) & (shares < 1)).all()
    order = np.argsort(scatter[:, 0])
    assert (np.diff(shares[order, 0]) >= 0).all()


def test_units_of_no_weight_do_not_move_the_others():
    scatter, means = np.array([[0.0], [1.0], [3.0]]), np.array([0.4])
    with_zone = shares_with_mean(scatter, means, np.array([[1.0], [2.0], [0.0]]))
    without = shares_with_mean(scatter[:2], means, np.array([[1.0], [2.0]]))
    assert with_zone[:2] == pytest.approx(without)


def test_a_table_is_fitted_to_its_columns_and_nearly_to_its_rows():
    table = np.array([[1.0, 40, 59], [10, 50, 40], [0.1, 20, 79.9]])
    rows, columns = np.array([100.0, 200, 300]), np.array([30.0, 220, 350])
    fitted = proportionally_fitted(table, rows, columns, np.ones(3))
    assert fitted.sum(axis=0) == pytest.approx(columns)
    assert fitted.sum(axis=1) == pytest.approx(rows, rel=1e-4)


@given(arrays(float, (2, 3), elements=positive), arrays(float, (2, 3, 4), elements=positive))
def test_parts_of_a_year_add_up_to_it(annual, parts):
    assert shared_out(annual, parts).sum(axis=2) == pytest.approx(annual)


@given(arrays(float, 12, elements=st.floats(0, 31)))
def test_rounded_counts_are_whole_and_their_sum_is_the_rounded_sum(counts):
    rounded = running_rounded(counts)
    assert (rounded == np.round(rounded)).all()
    assert (rounded >= 0).all()
    assert abs(rounded.sum() - counts.sum()) <= 0.5 + 1e-9


def test_log_odds_of_one_half_are_zero():
    assert log_odds(np.array([0.5])) == pytest.approx([0.0])
