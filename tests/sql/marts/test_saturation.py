"""Saturation: how many ranked units stand at an end of an indicator's scale."""

import polars as pl
import pytest

MODEL = "marts/saturation"


def given(scores: dict[str, float | None], unranked: tuple[str, ...] = ()) -> dict:
    grid = [{"unit_code": unit, "period": "2025", "sequence": 0, "is_ranked": unit not in unranked} for unit in scores]
    rows = [
        {
            "unit_code": unit,
            "period": "2025",
            "indicator_code": "x",
            "state": "missing" if score is None else "observed",
            "score": score,
        }
        for unit, score in scores.items()
    ]
    return {
        "intermediate.int_grid": grid,
        "intermediate.int_indicator_scores": pl.DataFrame(rows, schema_overrides={"score": pl.Float64}),
        "reference.parameters": pl.DataFrame({"rounding_digits": pl.Series([6], dtype=pl.Int32)}),
    }


def test_both_ends_are_counted_over_the_observed_units(run_model) -> None:
    [row] = run_model(MODEL, given({"a": 0.0, "b": 100.0, "c": 100.0, "d": 50.0, "e": None}))
    assert (row["units_at_0"], row["units_at_100"], row["observed_units"]) == (1, 2, 4)
    assert row["share_at_0"] == pytest.approx(0.25)
    assert row["share_at_100"] == pytest.approx(0.5)


def test_a_score_a_rounding_away_from_an_end_stands_there(run_model) -> None:
    [row] = run_model(MODEL, given({"a": 99.99999999, "b": 1e-9, "c": 99.9999}))
    assert (row["units_at_0"], row["units_at_100"]) == (1, 1)


def test_units_that_are_never_ranked_do_not_count(run_model) -> None:
    [row] = run_model(MODEL, given({"a": 0.0, "b": 100.0}, unranked=("b",)))
    assert (row["units_at_0"], row["units_at_100"], row["observed_units"]) == (1, 0, 1)


def test_an_indicator_that_nobody_has_has_no_row(run_model) -> None:
    assert run_model(MODEL, given({"a": None})) == []
