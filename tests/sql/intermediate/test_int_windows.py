"""Windows: sums need every month, means three quarters of them, and nothing is filled in."""

import polars as pl
import pytest

from xietong.periods import month_number

MODEL = "intermediate/int_windows"


def figures(values: dict[str, float], span: int, unit: str = "500101") -> list[dict]:
    return [
        {
            "unit_code": unit,
            "indicator_code": "x",
            "series_order": int(unit),
            "period": period,
            "value": value,
            "last_month": month_number(period),
            "span_months": span,
        }
        for period, value in values.items()
    ]


def given(rows: list[dict], window: str = "trailing_12m", aggregation: str = "sum", formula: str | None = None) -> dict:
    indicator = {
        "indicator_code": "x",
        "formula_kind": formula,
        "window_kind": window,
        "aggregation": aggregation,
        "carry_months": 6,
    }
    return {
        "staging.stg_observations": pl.DataFrame(rows),
        "reference.indicators": pl.DataFrame([indicator], schema_overrides={"formula_kind": pl.String}),
        "reference.parameters": [{"window_availability": 0.75}],
    }


def by_end(rows: list[dict]) -> dict[str, float]:
    return {row["value_period"]: row["value"] for row in rows}


QUARTERS = {"2023-Q1": 1.0, "2023-Q2": 2.0, "2023-Q3": 3.0, "2023-Q4": 4.0, "2024-Q1": 5.0}


def test_four_quarters_make_a_year_at_every_quarter(run_model) -> None:
    assert by_end(run_model(MODEL, given(figures(QUARTERS, 3)))) == {"2023-Q4": 10.0, "2024-Q1": 14.0}


def test_a_missing_quarter_leaves_every_sum_over_it_empty(run_model) -> None:
    values = QUARTERS | {"2024-Q2": 6.0, "2024-Q3": 7.0, "2024-Q4": 8.0}
    del values["2023-Q4"]
    assert by_end(run_model(MODEL, given(figures(values, 3)))) == {"2024-Q4": 26.0}


def test_a_mean_needs_nine_of_twelve_months(run_model) -> None:
    months = {f"2024-{month:02d}": float(month) for month in range(1, 13)}
    full = by_end(run_model(MODEL, given(figures(months, 1), aggregation="mean")))
    assert full["2024-12"] == pytest.approx(6.5)
    assert "2024-08" not in full
    nine = {period: value for period, value in months.items() if period not in {"2024-02", "2024-03", "2024-04"}}
    assert by_end(run_model(MODEL, given(figures(nine, 1), aggregation="mean")))["2024-12"] == pytest.approx(69 / 9)
    eight = {period: value for period, value in nine.items() if period != "2024-05"}
    assert run_model(MODEL, given(figures(eight, 1), aggregation="mean")) == []


def test_a_yearly_figure_is_a_whole_window_and_months_are_preferred_to_it(run_model) -> None:
    year = figures({"2024": 40.0}, 12)
    assert by_end(run_model(MODEL, given(year, aggregation="mean"))) == {"2024": 40.0}
    months = figures({f"2024-{month:02d}": 30.0 for month in range(1, 13)}, 1)
    rows = run_model(MODEL, given(year + months, aggregation="mean"))
    assert by_end(rows)["2024-12"] == 30.0
    assert "2024" not in by_end(rows)


def test_year_to_date_starts_anew_in_january(run_model) -> None:
    rows = run_model(MODEL, given(figures(QUARTERS, 3), window="ytd"))
    assert by_end(rows) == {"2023-Q1": 1.0, "2023-Q2": 3.0, "2023-Q3": 6.0, "2023-Q4": 10.0, "2024-Q1": 5.0}


def test_a_figure_published_for_a_derived_indicator_stands_for_itself(run_model) -> None:
    rows = run_model(MODEL, given(figures({"2024-Q1": 7.0}, 3), formula="ratio"))
    assert by_end(rows) == {"2024-Q1": 7.0}


def test_units_do_not_mix(run_model) -> None:
    rows = figures({"2024": 1.0}, 12) + figures({"2024": 2.0}, 12, unit="500102")
    assert {row["unit_code"]: row["value"] for row in run_model(MODEL, given(rows))} == {"500101": 1.0, "500102": 2.0}


def test_a_value_serves_until_the_next_or_until_it_is_too_old(run_model) -> None:
    rows = run_model(MODEL, given(figures({"2022": 1.0, "2024": 2.0, "2025": 3.0}, 12), window="point"))
    assert [row["serves_until"] - row["window_end"] for row in rows] == [6, 6, 6]
    quarters = figures({"2024-Q1": 1.0, "2024-Q2": 2.0, "2024-Q4": 3.0}, 3)
    rows = run_model(MODEL, given(quarters, window="point"))
    assert [row["serves_until"] - row["window_end"] for row in rows] == [2, 5, 6]
