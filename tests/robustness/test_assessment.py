"""The runs of the assessment: what a factor moves, what it leaves, and that every run can be made again."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from xietong.robustness import (
    AssessmentInputs,
    MonteCarlo,
    assessment_tables,
    error_steps,
    replay_assessment,
    simulate_assessment,
)
from xietong.robustness.assessment import FACTORS, evaluate_assessment, published_assessment
from xietong.robustness.assessment_inputs import ERRORS

UNITS = ("500101", "500102", "500103", "500104")
#: Of 60 points by two items and 40 by one; the shares earned as published, units × items.
EARNED = np.array([[0.9, 0.7, 1.0], [0.6, 0.9, 1.0], [0.5, 0.5, 0.5], [0.2, 0.4, 0.1]])


def inputs(earned: np.ndarray = EARNED, *, slope: float = 0.0, missing: np.ndarray | None = None) -> AssessmentInputs:
    """Return inputs with one rule set, in which a standard error adds ``slope`` to the share earned."""
    shape = (1, 2, ERRORS, *earned.shape)
    table = np.broadcast_to(earned + slope * np.array(error_steps())[:, None, None], shape).clip(0, 1)
    absent = np.zeros(earned.shape, dtype=bool) if missing is None else missing
    return AssessmentInputs(
        units=UNITS,
        peer_groups=("east", "west", "east", None),
        section_points=np.array([60.0, 40.0]),
        section_of=np.array([0, 0, 1]),
        shares=np.array([0.5, 0.5, 1.0]),
        uncertain=np.full(3, slope != 0),
        rule_sets=("recommended",),
        paths=("geometric", "linear"),
        earned=np.where(absent, 0.0, table),
        bonus=np.zeros(shape),
        best_grade=np.full(shape[1:], 2),
        observed=~absent[None],
        counted=~absent[None],
        missing=absent[None],
        best_grade_by_events=np.full(len(UNITS), 2),
        item_deductions=np.zeros(earned.shape),
        deductions=np.zeros(len(UNITS)),
        compared=np.zeros(2, dtype=bool),
        total_caps=np.array([100.0]),
        grade_edges=(0.0, 60.0, 80.0),
        published_path=np.zeros(3, dtype=np.int64),
    )


def published_scores(given: AssessmentInputs) -> np.ndarray:
    return evaluate_assessment(given, published_assessment(given))[0][0]


def test_errors_are_equally_likely_centred_and_of_standard_deviation_one() -> None:
    steps = np.array(error_steps())
    assert len(steps) == ERRORS
    assert steps[ERRORS // 2] == 0
    assert (np.diff(steps) > 0).all()
    assert (steps == -steps[::-1]).all()
    assert steps.std() == pytest.approx(1, abs=1e-12)
    assert steps.max() < 2.2


def test_the_published_score_is_the_sum_of_what_items_earn() -> None:
    """60 · (.5 · .9 + .5 · .7) + 40 · 1 = 88 for the first unit."""
    assert published_scores(inputs()) == pytest.approx([88, 85, 50, 22])


def test_points_off_by_events_hit_their_item_or_the_total_and_stop_at_nothing() -> None:
    by_item = np.zeros(EARNED.shape)
    by_item[0, 0], by_item[3, 2] = 5.0, 9.0
    given = replace(inputs(), item_deductions=by_item, deductions=np.array([0.0, 3.0, 0.0, 50.0]))
    assert published_scores(given) == pytest.approx([83, 82, 50, 0])


def test_a_missing_item_leaves_its_points_to_the_others_or_earns_nothing() -> None:
    missing = np.zeros(EARNED.shape, dtype=bool)
    missing[0, 1] = missing[1, 2] = True
    given = inputs(missing=missing)
    # Leniently: 60 · .9 + 40 for the first; 60 · .75 of 60 points for the second.
    assert published_scores(given)[:2] == pytest.approx([94, 75])
    strict = replace(published_assessment(given), missing=np.ones(1, dtype=np.int64))
    assert evaluate_assessment(given, strict)[0][0][:2] == pytest.approx([67, 45])


def test_the_lowest_section_counts_where_the_rules_say_so() -> None:
    given = replace(inputs(), compared=np.array([True, True]))
    assert published_scores(given) == pytest.approx([80, 75, 50, 10])


def test_gates_lower_the_grade_and_leave_the_score() -> None:
    best = np.full((2, ERRORS, *EARNED.shape), 2)
    best[:, :, 0, 0] = 0
    given = replace(inputs(), best_grade=best, best_grade_by_events=np.array([2, 1, 2, 2]))
    scores, grades = evaluate_assessment(given, published_assessment(given))
    assert scores[0] == pytest.approx([88, 85, 50, 22])
    assert grades[0].tolist() == [0, 1, 0, 0]


def test_weights_alone_move_only_units_whose_items_differ() -> None:
    simulation = simulate_assessment(inputs(), 700, seed=1)
    spread = simulation.scores.max(axis=0) - simulation.scores.min(axis=0)
    assert spread[2] == pytest.approx(0, abs=1e-9)
    assert (spread[[0, 1, 3]] > 1).all()
    # Items change by ±25 % against each other: at most 60 · .2 · (.625 − .5) from the published score.
    assert np.abs(simulation.scores[:, 0] - 88).max() <= 60 * 0.2 * 0.125 + 1e-9


def test_errors_of_figures_widen_the_intervals_and_nothing_moves_without_a_reason() -> None:
    narrow = assessment_tables(inputs(), MonteCarlo(700, 1, {}))["rank_intervals"]
    wide = assessment_tables(inputs(slope=0.2), MonteCarlo(700, 1, {}))["rank_intervals"]
    assert ((wide["score_p95"] - wide["score_p05"]) > (narrow["score_p95"] - narrow["score_p05"])).all()
    assert narrow["moved_most_by"].to_list()[2:] == [None, None]
    assert set(wide["moved_most_by"]) == {"figures"}
    assert narrow["tied_group"].to_list() == [1, 2, 3, 4]
    assert wide["tied_group"].to_list()[:2] == [1, 1]
    for row in wide.to_dicts():
        assert 1 <= row["rank_p05"] <= row["median_rank"] <= row["rank_p95"] <= 4


def test_ranks_among_peers_have_the_interval_of_the_same_runs() -> None:
    """The first and the third unit are peers and never change places; the second is alone, the last in no group."""
    frame = assessment_tables(inputs(), MonteCarlo(700, 1, {}))["rank_intervals"]
    assert frame["group_rank_p05"].to_list() == frame["group_rank_p95"].to_list() == [1, 1, 2, None]
    loose = assessment_tables(inputs(EARNED[[1, 1, 0, 0]], slope=0.2), MonteCarlo(700, 1, {}))["rank_intervals"]
    assert (loose["group_rank_p05"].to_list(), loose["group_rank_p95"].to_list()) == ([1, 1, 1, None], [2, 1, 2, None])


def test_probabilities_of_grades_are_after_gates_and_of_the_selected_rules() -> None:
    best = np.full((2, ERRORS, *EARNED.shape), 2)
    # The gate of the first unit closes wherever its figure is worse than published.
    best[:, : ERRORS // 2, 0, 0] = 0
    given = replace(inputs(slope=0.001), best_grade=best)
    frame = assessment_tables(given, MonteCarlo(3500, 1, {}))["band_probabilities"].filter(unit_code="500101")
    assert frame["band"].to_list() == [1, 2, 3]
    assert frame["probability"].to_list() == pytest.approx([15 / 31, 0, 16 / 31], abs=0.03)


def test_the_same_seed_gives_the_same_runs_another_one_others_and_each_can_be_made_again() -> None:
    given = inputs(slope=0.1)
    first, again = simulate_assessment(given, 150, seed=1), simulate_assessment(given, 150, seed=1)
    assert (first.scores == again.scores).all()
    assert not (first.scores == simulate_assessment(given, 150, seed=2).scores).all()
    assert first.draws.columns == ["run", "seed", *FACTORS]
    for run in (0, 73, 149):
        scores, ranks = replay_assessment(given, first.draws, run)
        assert scores == pytest.approx(first.scores[run], abs=1e-12)
        assert (ranks == first.ranks[run]).all()
    with pytest.raises(ValueError, match="not among the 150 runs"):
        replay_assessment(given, first.draws, 150)


def test_runs_under_other_rules_tell_about_ranks_only() -> None:
    """Under the other rules everybody earns everything: a rank, but no score under the selected ones."""
    two = inputs()
    double = replace(
        two,
        rule_sets=("recommended", "R1"),
        earned=np.concatenate([two.earned, np.ones_like(two.earned)]),
        bonus=np.concatenate([two.bonus] * 2),
        observed=np.concatenate([two.observed] * 2),
        counted=np.concatenate([two.counted] * 2),
        missing=np.concatenate([two.missing] * 2),
        total_caps=np.array([100.0, 100.0]),
    )
    simulation = simulate_assessment(double, 700, seed=1)
    assert (simulation.ranks[~simulation.on_rules] == 1).all()
    tables = assessment_tables(double, MonteCarlo(700, 1, {}))
    intervals = tables["rank_intervals"]
    assert intervals["score_p95"].max() < 95
    assert intervals["moved_most_by"].to_list()[3] == "rules"
    indices = tables["factor_sensitivity"].sort("total", descending=True)
    assert indices["factor"][0] == "rules"


def test_fewer_than_one_run_is_refused_and_fewer_than_a_set_tell_of_no_factor() -> None:
    with pytest.raises(ValueError, match="at least one run"):
        simulate_assessment(inputs(), 0, seed=1)
    tables = assessment_tables(inputs(slope=0.1), MonteCarlo(3, 1, {}))
    assert tables["rank_intervals"]["moved_most_by"].null_count() == 4
    assert tables["factor_sensitivity"].select(pl.col("total").null_count()).item() == len(FACTORS)


def test_nobody_ranked_gives_no_tables() -> None:
    assert assessment_tables(replace(inputs(), units=()), MonteCarlo(10, 1, {})) == {}
