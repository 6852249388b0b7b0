"""The robustness series: the published method is one of them, and every other differs in what it names only."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from xietong.catalogue import Series
from xietong.robustness import all_schemes, evaluate_series, simulate
from xietong.robustness.imputation import Panel, imputed
from xietong.robustness.series import Alternatives, normalised, scores_between_goalposts

NAN = np.nan
FIGURES = np.random.default_rng(31).uniform(5, 95, (8, 15))
NORMALISATIONS = [
    "goalposts",
    "minmax",
    "zscore",
    "rank",
    "borda",
    "percentile_rank",
    "fraction_of_maximum",
    "distance_to_maximum",
    "distance_to_target",
]


class NoJudgements:
    """A catalogue without judgements, as far as weighing asks."""

    judgements = ()


def one(**changes) -> Series:
    return Series.model_validate({"code": "one", "name": {"zh": "一", "en": "one"}} | changes)


def evaluated(make_inputs, series: Series, figures=FIGURES, panel=None, treat=lambda values: values) -> pl.DataFrame:
    inputs = make_inputs(figures)
    schemes = all_schemes(NoJudgements(), inputs, scores_between_goalposts(inputs))
    groups = tuple("odd" if place % 2 else "even" for place in range(len(figures)))
    return evaluate_series((series,), Alternatives(inputs, panel or Panel(), groups, schemes, treat))


def by_unit(frame: pl.DataFrame, output: str, column: str) -> list:
    return frame.filter(output=output).sort("unit_code")[column].to_list()


def test_a_series_that_names_nothing_is_the_published_method(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[3, 7] = NAN
    frame = evaluated(make_inputs, one(), figures)
    nominal = simulate(make_inputs(figures), 10, seed=1)
    assert by_unit(frame, "index", "score") == pytest.approx(nominal.nominal_scores["index"])
    assert by_unit(frame, "synergy", "score") == pytest.approx(nominal.nominal_scores["synergy"] / 100)
    assert by_unit(frame, "index", "rank") == nominal.nominal_ranks["index"].tolist()
    assert frame["rank_shift"].abs().sum() == 0


def test_arithmetic_joins_what_geometric_holds_apart(make_inputs) -> None:
    arithmetic = by_unit(evaluated(make_inputs, one(aggregation="arithmetic")), "index", "score")
    geometric = by_unit(evaluated(make_inputs, one()), "index", "score")
    harmonic = by_unit(evaluated(make_inputs, one(aggregation="harmonic")), "index", "score")
    square = by_unit(evaluated(make_inputs, one(aggregation="power", power=2)), "index", "score")
    for low, middle, high, highest in zip(harmonic, geometric, arithmetic, square, strict=True):
        assert low <= middle <= high <= highest


def test_the_power_mean_of_exponent_zero_is_the_geometric_mean(make_inputs) -> None:
    geometric = by_unit(evaluated(make_inputs, one(aggregation="geometric")), "index", "score")
    limit = by_unit(evaluated(make_inputs, one(aggregation="power", power=0)), "index", "score")
    assert limit == pytest.approx(geometric, rel=1e-12)


def test_copeland_counts_wins_less_losses(make_inputs) -> None:
    figures = np.repeat(np.array([[80.0], [50], [20]]), 15, axis=1)
    frame = evaluated(make_inputs, one(aggregation="copeland"), figures)
    assert by_unit(frame, "index", "score") == [2, 0, -2]


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_every_normalisation_keeps_the_order_and_the_scale(make_inputs, how) -> None:
    inputs = make_inputs(FIGURES)
    scores = normalised(one(normalisation=how), inputs, FIGURES)
    assert np.all((scores >= 0) & (scores <= 100))
    for column in range(FIGURES.shape[1]):
        order = np.argsort(FIGURES[:, column])
        assert np.all(np.diff(scores[order, column]) >= -1e-9)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_lower_is_better_where_the_worse_goalpost_is_the_higher(make_inputs, how) -> None:
    inputs = make_inputs(FIGURES)
    inputs.worst[:], inputs.best[:] = 100.0, 0.0
    scores = normalised(one(normalisation=how), inputs, FIGURES)
    assert np.all((scores >= 0) & (scores <= 100))
    order = np.argsort(FIGURES[:, 0])
    assert np.all(np.diff(scores[order, 0]) <= 1e-9)


def test_the_reference_and_all_above_it_score_100(make_inputs) -> None:
    series = one(normalisation="distance_to_reference", reference="500104")
    figures = FIGURES.copy()
    figures[0] = 1.0
    scores = normalised(series, make_inputs(figures), figures)
    assert scores[figures >= figures[3]] == pytest.approx(100)
    assert scores[0] == pytest.approx(0)
    # The worst unit as reference leaves nothing to measure by.
    series = one(normalisation="distance_to_reference", reference="500101")
    assert set(normalised(series, make_inputs(figures), figures).ravel()) == {50.0}


@pytest.mark.parametrize("how", ["minmax", "zscore", "percentile_rank", "distance_to_maximum"])
def test_a_column_without_spread_stands_in_the_middle_or_is_ranked_alike(make_inputs, how) -> None:
    figures = FIGURES.copy()
    figures[:, 2] = 40
    figures[1, 2] = NAN
    scores = normalised(one(normalisation=how), make_inputs(figures), figures)[:, 2]
    assert np.isnan(scores[1])
    assert len(set(scores[~np.isnan(scores)])) == 1


def test_a_share_of_the_maximum_of_negative_figures_is_not_taken(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[0, 2] = -3
    scores = normalised(one(normalisation="fraction_of_maximum"), make_inputs(figures), figures)
    assert set(scores[:, 2]) == {50.0}


def test_imputation_fills_applicable_gaps_only_and_says_how_many(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[0, 1] = figures[2, 1] = NAN
    applicable = np.ones(figures.shape, dtype=bool)
    applicable[2, 1] = False
    groups = tuple("odd" if place % 2 else "even" for place in range(8))
    known = [1, 3, 4, 5, 6, 7]
    expected = {
        "mean": np.mean(FIGURES[known, 1]),
        "median": np.median(FIGURES[known, 1]),
        "group_mean": np.mean(FIGURES[[4, 6], 1]),
        "group_median": np.median(FIGURES[[4, 6], 1]),
    }
    for how, value in expected.items():
        filled = imputed(figures, applicable, how, groups, Panel())
        assert filled[0, 1] == pytest.approx(value)
        assert np.isnan(filled[2, 1])
    frame = evaluated(make_inputs, one(imputation="mean"), figures)
    assert by_unit(frame, "index", "imputed_figures") == [1, 0, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("how", "count", "filled"),
    [("latest", 1, 7.0), ("linear", 1, NAN), ("linear", 2, 7.0), ("linear_constant", 1, 7.0), ("latest", 0, NAN)],
)
def test_along_time_the_newest_earlier_figure_is_held(how, count, filled) -> None:
    figures, applicable = np.array([[NAN], [4.0]]), np.ones((2, 1), dtype=bool)
    panel = Panel(newest={(0, 0): 7.0} if count else {}, counts={(0, 0): count} if count else {})
    found = imputed(figures, applicable, how, (None, None), panel)
    assert found[0, 0] == pytest.approx(filled, nan_ok=True)
    assert found[1, 0] == 4


def test_the_panel_holds_the_newest_figure_before_the_period(make_inputs) -> None:
    cells = [("2024", "observed", 3.0), ("2023", "observed", 1.0), ("2025", "missing", None), ("2026", "observed", 9.0)]
    frame = pl.DataFrame(
        [
            {"unit_code": "500101", "indicator_code": "indicator_00", "period": period, "state": state, "value": value}
            for period, state, value in cells
        ]
    )
    panel = Panel.before(frame, make_inputs(FIGURES), "2025")
    assert panel.newest == {(0, 0): 3.0}
    assert panel.counts == {(0, 0): 2}


def test_a_stricter_availability_ranks_fewer_units_among_themselves(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[4, 0] = NAN
    frame = evaluated(make_inputs, one(availability={"numerator": 1, "denominator": 1}), figures)
    assert "500105" not in set(frame["unit_code"])
    assert sorted(by_unit(frame, "index", "rank")) == [1, 2, 3, 4, 5, 6, 7]


def test_a_unit_that_only_the_series_ranks_has_no_shift(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[4, :2] = NAN
    frame = evaluated(make_inputs, one(imputation="median"), figures).filter(unit_code="500105")
    assert frame["rank"].null_count() == 0
    assert frame["rank_shift"].null_count() == frame.height


def test_outliers_are_treated_before_normalising(make_inputs) -> None:
    series = one(normalisation="minmax", treatment="standard")
    treated = evaluated(make_inputs, series, treat=lambda values: np.minimum(values, 60))
    expected = evaluated(make_inputs, one(normalisation="minmax"), np.minimum(FIGURES, 60))
    assert by_unit(treated, "index", "score") == pytest.approx(by_unit(expected, "index", "score"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"normalisation": "distance_to_reference"}, "reference names a unit"),
        ({"reference": "500112"}, "reference names a unit"),
        ({"aggregation": "power"}, "power gives the exponent"),
        ({"power": 2}, "power gives the exponent"),
        ({"treatment": "standard"}, "sample's own scale"),
    ],
)
def test_choices_that_do_not_go_together_are_refused(changes, told) -> None:
    with pytest.raises(ValidationError, match=told):
        one(**changes)
