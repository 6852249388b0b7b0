"""Who is ahead of whom, and groups of units that cannot be told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xietong.robustness import ahead_probabilities, tied_groups
from xietong.sensitivity import competition_ranks

SCORES = arrays.arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 4).map(float))


@given(scores=SCORES)
def test_the_shares_of_a_pair_add_up_to_one(scores) -> None:
    ahead = ahead_probabilities(competition_ranks(scores))
    assert ahead + ahead.T == pytest.approx(np.ones_like(ahead))
    assert np.diag(ahead) == pytest.approx(0.5)


def test_a_shared_rank_is_half_a_win() -> None:
    ahead = ahead_probabilities(np.array([[1.0, 2], [1, 1], [2, 1], [1, 2]]))
    assert ahead[0, 1] == pytest.approx((1 + 0.5 + 0 + 1) / 4)


def test_a_group_ends_at_the_first_unit_that_its_leader_beats() -> None:
    # The first beats the third in 96 % of the runs, the second does in 60 %: the third opens a group of its own.
    ahead = np.array([[0.5, 0.7, 0.96, 1], [0.3, 0.5, 0.6, 1], [0.04, 0.4, 0.5, 0.8], [0, 0, 0.2, 0.5]])
    assert tied_groups(np.array([1.0, 2, 3, 4]), ahead).tolist() == [1, 1, 2, 2]


def test_exactly_95_percent_is_told_apart() -> None:
    ahead = np.array([[0.5, 0.95], [0.05, 0.5]])
    assert tied_groups(np.array([1.0, 2]), ahead).tolist() == [1, 2]


def test_units_of_one_rank_are_never_parted() -> None:
    ahead = np.array([[0.5, 1.0], [0.0, 0.5]])
    assert tied_groups(np.array([1.0, 1.0]), ahead).tolist() == [1, 1]


@given(scores=arrays.arrays(float, st.tuples(st.integers(1, 30), st.integers(1, 8)), elements=st.floats(0, 100)))
def test_groups_are_unbroken_stretches_of_the_ranking_whatever_the_order_of_rows(scores) -> None:
    ranks = competition_ranks(scores)
    nominal = ranks[0]
    groups = tied_groups(nominal, ahead_probabilities(ranks))
    in_order = groups[np.argsort(nominal, kind="stable")]
    assert in_order[0] == 1
    assert set(np.diff(in_order)) <= {0, 1}
    turned = tied_groups(nominal[::-1], ahead_probabilities(ranks[:, ::-1]))
    assert turned[::-1].tolist() == groups.tolist()
