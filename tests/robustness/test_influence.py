"""The factor that moves a unit most."""

import numpy as np
import pytest

from xietong.robustness import FACTORS, factor_indices, intervals_of, rank_movements, simulate


def test_movement_is_the_mean_rank_difference_between_a_run_and_its_twin() -> None:
    # Two sets of runs of one unit: A, B, then A with one factor from B at a time.
    first, second = [3, 9, 4, 3, 3, 3, 3, 3, 3, 3], [5, 9, 5, 9, 5, 5, 5, 5, 5, 5]
    movements = rank_movements(np.array([*first, *second], dtype=float)[:, None])
    assert movements[:, 0].tolist() == [0.5, 2, 0, 0, 0, 0, 0, 0]


def test_runs_that_are_no_whole_set_move_nobody() -> None:
    assert rank_movements(np.ones((9, 2))).tolist() == [[0, 0]] * len(FACTORS)


def test_a_unit_with_a_missing_figure_is_moved_by_what_is_done_about_it(make_inputs) -> None:
    figures = np.full((6, 5), 50.0) + np.arange(6)[:, None]
    figures = np.repeat(figures, 4, axis=1)
    figures[5, :4:2] = np.nan
    inputs = make_inputs(figures)
    intervals = intervals_of(simulate(inputs, 640, seed=1))
    moved = dict(intervals.filter(output="index").select("unit_code", "moved_most_by").iter_rows())
    assert inputs.availability > 0.5
    # Two of four figures are too few to be assessed.
    assert "500106" not in moved
    figures[5, 2] = 55
    moved = dict(
        intervals_of(simulate(make_inputs(figures), 640, seed=1))
        .filter(output="synergy")
        .select("unit_code", "moved_most_by")
        .iter_rows()
    )
    assert moved["500106"] == "missing"


def test_nobody_is_moved_where_all_are_far_apart(make_inputs) -> None:
    figures = np.repeat(np.array([[90.0], [50], [10]]), 10, axis=1)
    intervals = intervals_of(simulate(make_inputs(figures), 160, seed=1))
    assert intervals["moved_most_by"].null_count() == intervals.height
    assert intervals.filter(output="index").sort("nominal_rank")["tied_group"].to_list() == [1, 2, 3]


def test_indices_are_null_where_no_rank_ever_moves(make_inputs) -> None:
    figures = np.repeat(np.array([[90.0], [50], [10]]), 10, axis=1)
    assert factor_indices(simulate(make_inputs(figures), 160, seed=1), "index")["total"].null_count() == len(FACTORS)


def test_a_factor_that_is_the_only_one_explains_everything(make_inputs) -> None:
    generator = np.random.default_rng(11)
    inputs = make_inputs(generator.uniform(45, 55, (10, 10)), relative=0.2)
    indices = {row["factor"]: row for row in factor_indices(simulate(inputs, 5120, seed=4), "index").to_dicts()}
    assert indices["figures"]["total"] == pytest.approx(max(row["total"] for row in indices.values()))
    assert indices["figures"]["first_order"] <= indices["figures"]["total"] + 0.05
