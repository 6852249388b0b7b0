"""What happens to ranks when an indicator, a node or another unit is left out."""

from dataclasses import replace

import numpy as np
import polars as pl

from xietong.robustness import leave_one_out, rank_reversals

#: Pollution, carbon, structure, treatment, capacity: the first is ahead by treatment alone.
FIGURES = np.array([[50, 50, 50, 90, 50], [52, 52, 52, 50, 52], [40, 40, 40, 40, 40]], dtype=float)


def test_leaving_out_what_a_unit_is_good_at_costs_it_its_place(make_inputs) -> None:
    frame = leave_one_out(make_inputs(FIGURES))
    treatment = frame.filter(output="index", left_out="indicator_03").sort("unit_code")
    assert treatment.select("rank", "rank_shift").rows() == [(2, 1), (1, -1), (3, 0)]
    untouched = frame.filter(output="index", left_out="indicator_02")
    assert untouched["rank_shift"].to_list() == [0, 0, 0]


def test_a_node_left_out_is_as_its_only_indicator_left_out(make_inputs) -> None:
    frame = leave_one_out(make_inputs(FIGURES)).filter(output="index")
    by_node, by_indicator = (
        frame.filter(left_out=code).sort("unit_code")["rank"].to_list() for code in ("treatment", "indicator_03")
    )
    assert by_node == by_indicator


def test_the_synergy_degree_depends_on_its_two_sides_only(make_inputs) -> None:
    figures = np.repeat(FIGURES, 2, axis=1)
    frame = leave_one_out(make_inputs(figures)).filter(output="synergy")
    assert frame["left_out_kind"].unique().to_list() == ["indicator"]
    assert set(frame["left_out"]) == {"indicator_00", "indicator_01", "indicator_02", "indicator_03"}


def test_a_side_without_its_only_indicator_leaves_nothing_to_rank_by(make_inputs) -> None:
    assert leave_one_out(make_inputs(FIGURES)).filter(output="synergy").height == 0


def test_between_goalposts_nobody_moves_when_somebody_leaves(make_inputs) -> None:
    figures = np.random.default_rng(4).uniform(0, 100, (8, 15))
    figures[3, 7] = np.nan
    frame = rank_reversals(make_inputs(figures)).filter(normalisation="goalposts")
    assert frame.height == 16
    assert frame.select(pl.col("reversed_pairs", "moved_units").sum()).row(0) == (0, 0)
    assert frame.filter(output="index")["compared_pairs"].unique().to_list() == [21]


def test_on_the_scale_of_the_sample_the_order_of_others_depends_on_who_is_there(make_inputs) -> None:
    # An outlier in the first figure of each node stretches its scale, so that the second decides; without it the first.
    figures = np.tile(np.array([[60.0, 40], [50, 55], [0, 50], [100, 45]]), 5)
    figures[:2, ::2] = [[51], [50]]
    figures[2, ::2] = 49
    frame = rank_reversals(make_inputs(figures)).filter(output="index", normalisation="minmax")
    moved = dict(frame.select("left_out_unit_code", "reversed_pairs").iter_rows())
    assert moved["500104"] > 0


def test_units_that_are_not_ranked_are_neither_left_out_nor_compared(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[2, 0] = np.nan
    inputs = make_inputs(figures)
    assert set(rank_reversals(inputs)["left_out_unit_code"]) == set()
    assert set(leave_one_out(replace(inputs))["unit_code"]) == {"500101", "500102"}
