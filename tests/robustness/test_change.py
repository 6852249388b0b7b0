"""Whether a change is sure: paired draws, and errors that partly persist."""

import numpy as np
import polars as pl
import pytest

from xietong.catalogue import Catalogue
from xietong.robustness import RobustnessInputs, change_intervals, error_correlations
from xietong.robustness.change import base_periods, comparisons

FIGURES = np.random.default_rng(12).uniform(30, 70, (6, 10))


def changes(make_inputs, now, then, correlation, relative=0.1, runs=640) -> pl.DataFrame:
    earlier = make_inputs(then, relative=relative), np.full(now.shape, correlation)
    return change_intervals(make_inputs(now, relative=relative), {"2024": earlier}, runs, seed=1)


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2025-01", ["2024-01", "2024-12"]), ("2025-Q2", ["2024-Q2", "2025-Q1"]), ("2025", ["2024"])],
)
def test_a_period_is_compared_with_the_one_before_and_the_same_of_last_year(period, expected) -> None:
    assert base_periods(period) == expected


def test_nothing_changed_and_errors_that_persist_give_an_interval_of_nothing(make_inputs) -> None:
    frame = changes(make_inputs, FIGURES, FIGURES, correlation=1.0)
    assert frame.height == 12
    for column in ("change", "change_p05", "change_p95", "rank_change", "rank_change_p05", "rank_change_p95"):
        assert frame[column].abs().max() == pytest.approx(0)
    assert not frame["is_clear"].any()
    assert not frame["rank_is_clear"].any()


def test_independent_errors_make_a_small_gain_unclear_and_persisting_ones_do_not(make_inputs) -> None:
    now = FIGURES + 2
    for correlation, clear in ((1.0, True), (0.0, False)):
        frame = changes(make_inputs, now, FIGURES, correlation).filter(output="index")
        assert (frame["change"] > 0).all()
        assert frame["is_clear"].all() == clear


def test_a_large_fall_is_clear_and_negative_and_costs_places(make_inputs) -> None:
    now = FIGURES.copy()
    now[0] -= 30
    frame = changes(make_inputs, now, FIGURES, 0.5, relative=0.02).filter(unit_code="500101", output="index")
    row = frame.row(0, named=True)
    assert row["change_p05"] < row["change"] < 0
    assert row["change_p95"] < 0
    assert row["is_clear"]
    assert row["rank_change"] > 0


def test_only_units_ranked_in_both_periods_have_a_change(make_inputs) -> None:
    then = FIGURES.copy()
    then[2, :2] = np.nan
    frame = changes(make_inputs, FIGURES, then, 0.5)
    assert "500103" not in set(frame["unit_code"])
    assert frame.height == 10


def rows(catalogue: Catalogue, period: str, value_periods: dict[str, str | None]) -> list[dict[str, object]]:
    return [
        {
            "unit_code": "500101",
            "period": period,
            "indicator_code": indicator.code,
            "state": "missing" if value_periods.get(indicator.code, period) is None else "observed",
            "value": 1.0,
            "value_period": value_periods.get(indicator.code, period),
        }
        for indicator in catalogue.indicators
    ]


def test_errors_persist_with_the_figure_its_source_and_its_window(catalogue: Catalogue) -> None:
    earlier = {"co2_intensity": "2025-03", "disclosure_rate": "2024", "energy_intensity": None}
    later = {"co2_intensity": "2025-06", "disclosure_rate": "2024"}
    frame = pl.DataFrame(rows(catalogue, "2025-06", later) + rows(catalogue, "2025-05", earlier))
    inputs = RobustnessInputs.from_marts(catalogue, frame, "2025-06")
    found = error_correlations(catalogue, frame, inputs, "2025-06", "2025-05")[inputs.units.index("500101")]
    of = dict(zip(inputs.indicators, found, strict=True))
    share = catalogue.index.robustness.systematic_share
    assert of["pm25"] == pytest.approx(share + (1 - share) * 11 / 12)
    assert of["co2_intensity"] == pytest.approx(share + (1 - share) * 9 / 12)
    assert of["disclosure_rate"] == 1
    assert of["energy_intensity"] == 0


def test_no_period_before_the_first_is_compared(catalogue: Catalogue) -> None:
    frame = pl.DataFrame(rows(catalogue, "2025-06", {}))
    inputs = RobustnessInputs.from_marts(catalogue, frame, "2025-06")
    assert set(comparisons(catalogue, frame, inputs, "2025-01", "2025-06")) == {"2025-05"}
