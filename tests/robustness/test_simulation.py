"""The Monte Carlo: the nominal run is what was published, and what must not matter does not."""

import numpy as np
import polars as pl
import pytest

from xietong.catalogue import Catalogue
from xietong.robustness import (
    FACTORS,
    RobustnessInputs,
    band_probabilities,
    factor_indices,
    intervals_of,
    order_probabilities,
    rank_intervals,
    replay,
    simulate,
)

NAN = np.nan
#: Five figures a unit: pollution, carbon, structure, treatment, capacity, between goalposts 0 and 100.
PLAIN = np.array([[60, 60, 50, 40, 80], [90, 30, 70, 60, 40], [20, 25, 30, 20, 10], [0, 0, 10, 10, 10]], dtype=float)


def test_nominal_scores_follow_the_method(make_inputs) -> None:
    nominal = simulate(make_inputs(PLAIN), 20, seed=1).nominal_scores
    assert nominal["synergy"][0] == pytest.approx(100 * 0.6**0.5)
    c_modified = ((1 - 0.6) * 30 / 90) ** 0.5
    assert nominal["synergy"][1] == pytest.approx(100 * (c_modified * 0.6) ** 0.5)
    assert nominal["synergy"][3] == 0
    effect = (20 * 60 + 20 * 60 + 10 * 100 * 0.6**0.5) / 50
    path = (18 * 50 + 12 * 40) / 30
    assert nominal["index"][0] == pytest.approx(effect**0.5 * path**0.3 * 80**0.2)


def test_a_score_below_the_floor_counts_as_the_floor(make_inputs) -> None:
    figures = np.array([[0.0, 0, 0, 0, 0], [50, 50, 50, 50, 50]])
    assert simulate(make_inputs(figures), 10, seed=1).nominal_scores["index"][0] == pytest.approx(1)


def test_both_forms_of_the_coupling_match_the_published_table(make_inputs) -> None:
    # The figures of G1 (tests/golden): 2011, 2015 and 2019.
    u = np.array([[0.101, 0.280], [0.424, 0.421], [0.892, 0.662]])
    figures = np.column_stack([100 * u, np.full((3, 3), 50.0)])
    simulation = simulate(make_inputs(figures), 200, seed=1)
    assert simulation.nominal_scores["synergy"] / 100 == pytest.approx([0.3220, 0.6484, 0.7664], abs=5e-4)
    drawn = simulation.draws
    own_scale = ((drawn["normalisation"] == "goalposts") & (drawn["coupling"] == "standard")).to_numpy()
    standard = simulation.scores["synergy"][own_scale] / 100
    # Weights of the two sides vary by a quarter, so the degree varies a little about its value.
    assert np.median(standard, axis=0) == pytest.approx([0.410, 0.650, 0.877], abs=0.02)


def test_same_seed_same_runs_and_another_seed_others(make_inputs) -> None:
    inputs = make_inputs(np.random.default_rng(3).uniform(0, 100, (8, 10)), relative=0.1)
    first, second, third = (simulate(inputs, 160, seed) for seed in (7, 7, 8))
    assert first.draws.equals(second.draws)
    assert np.array_equal(first.scores["index"], second.scores["index"])
    assert not np.array_equal(first.scores["index"], third.scores["index"])


def test_the_unit_that_is_best_in_everything_is_first_in_every_run(make_inputs) -> None:
    figures = np.random.default_rng(5).uniform(10, 80, (6, 10))
    figures[2] = 95
    intervals = rank_intervals(make_inputs(figures), 320, seed=1)
    best = intervals.filter(pl.col("unit_code") == "500103")
    assert best.select("nominal_rank", "median_rank", "rank_p05", "rank_p95").unique().rows() == [(1, 1, 1, 1)]


def test_intervals_hold_the_median_and_say_how_many_runs(make_inputs) -> None:
    inputs = make_inputs(np.random.default_rng(6).uniform(0, 100, (12, 10)), relative=0.05)
    intervals = rank_intervals(inputs, 320, seed=1)
    assert intervals.columns == [
        "unit_code",
        "output",
        "nominal_rank",
        "median_rank",
        "rank_p05",
        "rank_p95",
        "runs",
        "mean_rank",
        "score_p05",
        "score_p95",
        "moved_most_by",
        "tied_group",
        "group_rank_p05",
        "group_rank_p95",
    ]
    assert intervals.height == 24
    assert intervals["runs"].unique().to_list() == [320]
    ordered = (pl.col("rank_p05") <= pl.col("median_rank")) & (pl.col("median_rank") <= pl.col("rank_p95"))
    assert intervals.select(ordered.all()).item()
    for output in ("index", "synergy"):
        nominal = intervals.filter(pl.col("output") == output)["nominal_rank"].to_list()
        assert sorted(nominal) == list(range(1, 13))


@pytest.mark.parametrize("runs", [1, 7, 25])
def test_any_number_of_runs_is_served(make_inputs, runs) -> None:
    assert simulate(make_inputs(PLAIN), runs, seed=1).runs == runs


def test_no_run_at_all_is_refused(make_inputs) -> None:
    with pytest.raises(ValueError, match="at least one run"):
        rank_intervals(make_inputs(PLAIN), 0, seed=1)


def test_a_unit_that_is_not_assessable_has_no_rank_in_any_run(make_inputs) -> None:
    figures = PLAIN.copy()
    figures[1, 0] = NAN  # no pollution figure: neither output
    figures[2, 3] = NAN  # no treatment figure: the synergy degree only
    intervals = rank_intervals(make_inputs(figures), 100, seed=1)
    ranked = {output: set(rows["unit_code"]) for (output,), rows in intervals.group_by("output")}
    assert ranked == {"synergy": {"500101", "500103", "500104"}, "index": {"500101", "500104"}}


def test_what_does_not_apply_leaves_its_weight_to_the_others(make_inputs) -> None:
    figures, applicable = PLAIN.copy(), np.ones(PLAIN.shape, dtype=bool)
    figures[0, 3], applicable[0, 3] = NAN, False
    simulation = simulate(make_inputs(figures, applicable=applicable), 100, seed=1)
    effect = (20 * 60 + 20 * 60 + 10 * 100 * 0.6**0.5) / 50
    assert simulation.nominal_scores["index"][0] == pytest.approx(effect**0.5 * 50**0.3 * 80**0.2)
    assert not np.isnan(simulation.scores["index"]).any()


def test_missing_figures_score_nothing_under_the_strict_rule_and_are_completed_under_imputation(make_inputs) -> None:
    figures = np.random.default_rng(8).uniform(40, 60, (7, 15))
    figures[0, 0] = NAN
    inputs = make_inputs(figures)
    simulation = simulate(inputs, 640, seed=2)
    rows = simulation.draws
    plain = (rows["normalisation"] == "goalposts") & (rows["imputation"] == "none")
    strict = (plain & (rows["missing"] == "strict")).to_numpy()
    lenient = (plain & (rows["missing"] == "lenient")).to_numpy()
    synergy = simulation.scores["synergy"][:, 0]
    assert np.max(synergy[strict]) < np.min(synergy[lenient])
    imputed = ((rows["normalisation"] == "goalposts") & (rows["imputation"] == "median")).to_numpy()
    assert np.min(synergy[imputed]) > np.max(synergy[strict])


def test_factors_that_change_nothing_have_no_influence(make_inputs) -> None:
    inputs = make_inputs(np.random.default_rng(9).uniform(0, 100, (10, 10)))
    indices = factor_indices(simulate(inputs, 1280, seed=4), "index")
    assert indices["factor"].to_list() == list(FACTORS)
    by_factor = {row["factor"]: row for row in indices.to_dicts()}
    # Nothing is missing, one grid factor serves for all, and no figure has an error.
    for factor in ("missing", "grid_factor", "figures", "imputation"):
        assert by_factor[factor]["total"] == 0
    assert by_factor["weights"]["total"] > 0.05
    assert by_factor["weights"]["total_p05"] <= by_factor["weights"]["total"] <= by_factor["weights"]["total_p95"]


def test_band_probabilities_add_up_to_one(make_inputs) -> None:
    simulation = simulate(make_inputs(PLAIN, relative=0.1), 320, seed=1)
    bands = band_probabilities(simulation, "synergy", [level / 10 for level in range(10)])
    sums = bands.group_by("unit_code").agg(pl.col("probability").sum())
    assert sums["probability"].to_numpy() == pytest.approx(np.ones(4))
    assert bands.filter(pl.col("unit_code") == "500101").sort("probability")["band"][-1] == 8


def test_every_draw_is_kept_and_lies_in_its_factor(make_inputs) -> None:
    draws = simulate(make_inputs(PLAIN), 1280, seed=1).draws
    assert draws.columns == ["run", "seed", *FACTORS]
    for factor, levels in FACTORS.items():
        if levels:
            shares = [(draws[factor] == level).sum() / draws.height for level in levels]
            assert shares == pytest.approx([1 / len(levels)] * len(levels), abs=0.02)


def long_rows(catalogue: Catalogue, period: str, co2: dict[str, float]) -> list[dict[str, object]]:
    """Return rows of ``marts.indicator_scores`` in which every figure lies halfway between its goalposts."""
    rows: list[dict[str, object]] = []
    for unit in ("500101", "500102"):
        for indicator in catalogue.indicators:
            posts = indicator.goalposts
            value = (posts.worst.value + posts.best.value) / 2 if posts else None
            value = co2.get(indicator.code, value)
            state = "missing" if value is None else "observed"
            if indicator.code == "linked_supervision_pass_rate":
                value, state = None, "not_applicable"
            key = {"unit_code": unit, "period": period, "indicator_code": indicator.code}
            rows.append(key | {"state": state, "value": value})
    return rows


CO2 = {"co2_emission": 100.0, "co2_emission_regional": 60.0, "co2_emission_constant": 90.0}
CO2_BASE = {"co2_emission": 110.0, "co2_emission_regional": 88.0, "co2_emission_constant": 110.0}


@pytest.fixture
def from_marts(catalogue: Catalogue) -> RobustnessInputs:
    """Return inputs made from two units' rows; the other units have none."""
    rows = long_rows(catalogue, "2025-06", CO2) + long_rows(catalogue, "2020-12", CO2_BASE)
    return RobustnessInputs.from_marts(catalogue, pl.DataFrame(rows, infer_schema_length=None), "2025-06")


def test_inputs_take_the_ranked_units_and_scored_indicators(catalogue, from_marts) -> None:
    assert "500000" not in from_marts.units
    assert set(from_marts.indicators) == {i.code for i in catalogue.indicators if i.node is not None}
    row = from_marts.units.index("500101")
    assert not from_marts.applicable[row, from_marts.indicators.index("linked_supervision_pass_rate")]
    intervals = rank_intervals(from_marts, 20, seed=1)
    assert set(intervals["unit_code"]) == {"500101", "500102"}
    assert intervals["nominal_rank"].to_list() == [1, 1, 1, 1]


def test_another_grid_factor_moves_what_is_in_proportion_to_emissions(catalogue, from_marts) -> None:
    row, column = from_marts.units.index("500101"), from_marts.indicators.index("co2_intensity")
    own = from_marts.figures["provincial"][row, column]
    assert from_marts.figures["regional"][row, column] == pytest.approx(own * 0.6)
    assert from_marts.figures["constant"][row, column] == pytest.approx(own * 0.9)
    untouched = from_marts.indicators.index("pm25")
    assert from_marts.figures["regional"][row, untouched] == from_marts.figures["provincial"][row, untouched]


def test_a_long_frame_in_another_order_gives_the_same_inputs(catalogue, from_marts) -> None:
    rows = long_rows(catalogue, "2025-06", CO2) + long_rows(catalogue, "2020-12", CO2_BASE)
    shuffled = pl.DataFrame(rows, infer_schema_length=None).sample(fraction=1, shuffle=True, seed=3)
    again = RobustnessInputs.from_marts(catalogue, shuffled, "2025-06")
    assert intervals_of(simulate(again, 40, 1)).equals(intervals_of(simulate(from_marts, 40, 1)))


def test_any_run_can_be_replayed_from_its_row_alone(make_inputs) -> None:
    figures = np.random.default_rng(15).uniform(0, 100, (9, 10))
    figures[4, 3] = NAN
    inputs = make_inputs(figures, relative=0.1)
    simulation = simulate(inputs, 320, seed=9)
    stored = simulation.draws.clone()
    for run in (0, 1, 7, 155, 319):
        again = replay(inputs, stored, run)
        for output, ranks in simulation.ranks.items():
            assert np.array_equal(again[output], ranks[run], equal_nan=True)


def test_a_run_that_was_not_made_cannot_be_replayed(make_inputs) -> None:
    with pytest.raises(ValueError, match="run 20 is not among the 20 runs"):
        replay(make_inputs(PLAIN), simulate(make_inputs(PLAIN), 20, 1).draws, 20)


def test_scores_and_bands_are_of_the_runs_between_the_goalposts(make_inputs) -> None:
    figures = np.random.default_rng(16).uniform(40, 60, (8, 10))
    simulation = simulate(make_inputs(figures), 320, seed=3)
    rows = intervals_of(simulation).filter(output="index", unit_code="500101").row(0, named=True)
    scores = simulation.scores["index"][(simulation.draws["normalisation"] == "goalposts").to_numpy(), 0]
    assert rows["score_p05"] == pytest.approx(np.quantile(scores, 0.05, method="inverted_cdf"))
    # Figures between 40 and 60 cannot score 70 between goalposts, though they do on the sample's own scale.
    assert np.max(simulation.scores["index"]) > 70
    bands = band_probabilities(simulation, "index", [0, 70, 80, 90])
    assert bands.filter(pl.col("band") > 1)["probability"].sum() == 0


def test_a_single_run_off_the_scale_has_ranks_but_no_score(make_inputs) -> None:
    seed = next(
        seed for seed in range(20) if simulate(make_inputs(PLAIN), 1, seed).draws["normalisation"][0] != "goalposts"
    )
    simulation = simulate(make_inputs(PLAIN), 1, seed)
    intervals = intervals_of(simulation)
    assert intervals["median_rank"].null_count() == 0
    assert intervals["score_p05"].null_count() == intervals.height
    assert band_probabilities(simulation, "index", [0, 60]).height == 0


def test_neighbours_in_the_ranking_are_compared_in_pairs(make_inputs) -> None:
    frame = order_probabilities(simulate(make_inputs(PLAIN), 320, seed=1), "index")
    assert frame["rank"].to_list() == [1, 2, 3]
    assert frame["next_unit_code"].to_list()[:-1] == frame["unit_code"].to_list()[1:]
    assert frame["probability_ahead"].is_between(0, 1).all()


def test_a_column_without_spread_says_nothing_whatever_its_mean_rounds_to(make_inputs) -> None:
    figures = np.linspace(20, 80, 7)[:, None] + np.arange(15.0)
    exact, rounded = figures.copy(), figures.copy()
    exact[:, 2], rounded[:, 2] = 8.0, 7.1
    one, other = (simulate(make_inputs(values), 320, seed=3) for values in (exact, rounded))
    by_z_score = (one.draws["normalisation"] == "zscore").to_numpy()
    assert by_z_score.any()
    assert other.scores["index"][by_z_score] == pytest.approx(one.scores["index"][by_z_score], abs=1e-9)
