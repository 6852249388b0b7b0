"""Ranks among peers: those of the scores inside the group, run by run, and their interval beside the other one."""

import numpy as np
import polars as pl
import pytest

from xietong.robustness import RobustnessInputs, rank_intervals, simulate
from xietong.robustness.peers import peer_ranks
from xietong.robustness.simulation import ranks_of

NAN = np.nan


def test_ranks_count_the_peers_that_stand_before_and_ties_share_theirs() -> None:
    ranks = np.array([[1, 2, 2, 4, 5], [5, 1, 4, 2, 2]], dtype=float)
    found = peer_ranks(ranks, ["east", "west", "east", "west", "east"])
    assert found.tolist() == [[1, 1, 2, 2, 3], [3, 1, 2, 2, 1]]
    assert peer_ranks(ranks, ["all"] * 5).tolist() == ranks.tolist()


def test_peers_that_tie_share_the_better_place_and_the_next_one_is_free() -> None:
    assert peer_ranks(np.array([[2.0, 1, 2, 4]]), ["a", "b", "a", "a"]).tolist() == [[1, 1, 1, 3]]


def test_a_unit_of_no_group_has_no_place_in_one() -> None:
    found = peer_ranks(np.array([[1.0, 2, 3]]), ["a", None, "a"])
    assert found[0, [0, 2]].tolist() == [1, 2]
    assert np.isnan(found[0, 1])


def test_they_are_the_ranks_of_the_scores_of_the_group_by_the_same_rounding(make_inputs) -> None:
    figures = np.random.default_rng(6).uniform(0, 100, (9, 10))
    figures[4] = figures[0]
    groups = tuple("abc"[unit % 3] if unit != 7 else "a" for unit in range(9))
    simulation = simulate(make_inputs(figures, relative=0.05, peer_groups=groups), 320, seed=1)
    for output, ranks in simulation.ranks.items():
        found = peer_ranks(ranks, simulation.peer_groups)
        for group in "abc":
            members = [unit for unit, own in enumerate(groups) if own == group]
            assert np.array_equal(found[:, members], ranks_of(output, simulation.scores[output][:, members]))


@pytest.mark.parametrize("output", ["synergy", "index"])
def test_the_interval_is_of_all_runs_and_lies_inside_the_group(make_inputs, output) -> None:
    figures = np.random.default_rng(6).uniform(30, 70, (12, 10))
    groups = ("a",) * 4 + ("b",) * 7 + (None,)
    inputs: RobustnessInputs = make_inputs(figures, relative=0.05, peer_groups=groups)
    simulation = simulate(inputs, 320, seed=1)
    rows = rank_intervals(inputs, 320, seed=1).filter(pl.col("output") == output).to_dicts()
    of_group = ranks_of(output, simulation.scores[output][:, :4])
    # Of 320 runs in order, the 16th and the 304th.
    ends = np.sort(of_group, axis=0)[[15, 303]]
    assert [row["group_rank_p05"] for row in rows[:4]] == ends[0].tolist()
    assert [row["group_rank_p95"] for row in rows[:4]] == ends[1].tolist()
    assert any(row["group_rank_p05"] < row["group_rank_p95"] for row in rows[:4])
    assert all(1 <= row["group_rank_p05"] <= row["group_rank_p95"] <= 7 for row in rows[4:11])
    assert (rows[11]["group_rank_p05"], rows[11]["group_rank_p95"]) == (None, None)


def test_who_is_not_assessable_takes_no_place_among_the_peers(make_inputs) -> None:
    figures = np.array([[60.0] * 5, [90] * 5, [20] * 5, [10] * 5])
    figures[1, 0] = NAN  # no pollution figure: no rank in either output
    intervals = rank_intervals(make_inputs(figures, peer_groups=("a", "a", "a", "b")), 100, seed=1)
    ends = intervals.select("unit_code", "group_rank_p05", "group_rank_p95").unique().sort("unit_code")
    assert ends.rows() == [("500101", 1, 1), ("500103", 2, 2), ("500104", 1, 1)]
