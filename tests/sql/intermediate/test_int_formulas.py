"""Sums, ratios and declines: made of figures of one window, empty when a part is missing."""

import polars as pl
import pytest


def observed(rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "unit_code": pl.String,
            "indicator_code": pl.String,
            "period": pl.String,
            "value": pl.Float64,
            "value_period": pl.String,
            "window_end": pl.Int32,
            "age_months": pl.Int32,
        },
        orient="row",
    )


EMPTY = observed([])


def test_sum_multiplies_each_term_and_is_missing_with_one_of_them(run_model) -> None:
    terms = [{"indicator_code": "co2", "term_code": code} for code in ("coal", "gas")]
    multipliers = [
        {"indicator_code": "co2", "term_code": "coal", "period": "2024", "multiplier": 1.9},
        {"indicator_code": "co2", "term_code": "gas", "period": "2024", "multiplier": 21.6},
    ]
    figures = observed(
        [
            ("a", "coal", "2024", 10.0, "2024", 24299, 0),
            ("a", "gas", "2024", 2.0, "2024", 24299, 0),
            ("b", "coal", "2024", 10.0, "2024", 24299, 0),
        ]
    )
    given = {
        "reference.terms": terms,
        "intermediate.int_term_multipliers": multipliers,
        "intermediate.int_observed_values": figures,
    }
    (row,) = run_model("intermediate/int_sums", given)
    assert row["unit_code"] == "a"
    assert row["value"] == pytest.approx(62.2)


def test_sum_refuses_addends_of_different_windows(run_model) -> None:
    given = {
        "reference.terms": [{"indicator_code": "s", "term_code": code} for code in ("x", "y")],
        "intermediate.int_term_multipliers": [
            {"indicator_code": "s", "term_code": code, "period": "2024", "multiplier": 1.0} for code in ("x", "y")
        ],
        "intermediate.int_observed_values": observed(
            [
                ("a", "x", "2024", 1.0, "2024", 24299, 0),
                ("a", "y", "2024", 1.0, "2023", 24287, 12),
            ]
        ),
    }
    assert run_model("intermediate/int_sums", given) == []


def multipliers_given(year: int, constant_year: int | None) -> dict:
    term = {
        "indicator_code": "co2",
        "term_code": "electricity",
        "coefficient": 10.0,
        "factor_code": "grid",
        "divisor_code": None,
        "series": "provincial",
        "constant_year": constant_year,
    }
    factors = [
        {"factor_code": "grid", "series": "provincial", "year": 2022, "value": 0.5227},
        {"factor_code": "grid", "series": "provincial", "year": 2023, "value": 0.5581},
        {"factor_code": "grid", "series": "regional", "year": 2023, "value": 0.2472},
    ]
    return {
        "reference.terms": pl.DataFrame(
            [term], schema_overrides={"divisor_code": pl.String, "constant_year": pl.Int32}
        ),
        "reference.periods": [{"period": str(year), "year": year}],
        "reference.factors": factors,
    }


@pytest.mark.parametrize(
    ("year", "constant_year", "factor"),
    [(2022, None, 0.5227), (2023, None, 0.5581), (2026, None, 0.5581), (2019, None, 0.5227), (2026, 2022, 0.5227)],
)
def test_grid_factor_is_the_years_own_then_the_latest_then_the_first(run_model, year, constant_year, factor) -> None:
    (row,) = run_model("intermediate/int_term_multipliers", multipliers_given(year, constant_year))
    assert row["multiplier"] == pytest.approx(10 * factor)


RATIO = pl.DataFrame(
    [
        {"indicator_code": "r", "numerator_code": "n", "denominator_code": "d", "scale": 100.0, "frequency": "month"},
        {"indicator_code": "n", "numerator_code": None, "denominator_code": None, "scale": None, "frequency": "month"},
        {"indicator_code": "d", "numerator_code": None, "denominator_code": None, "scale": None, "frequency": "month"},
    ]
)


def test_ratio_of_one_window_and_null_for_a_zero_denominator(run_model) -> None:
    figures = observed(
        [
            ("a", "n", "2024", 3.0, "2024", 24299, 0),
            ("a", "d", "2024", 4.0, "2024", 24299, 0),
            ("b", "n", "2024", 3.0, "2024", 24299, 0),
            ("b", "d", "2024", 0.0, "2024", 24299, 0),
            ("c", "n", "2024", 3.0, "2024", 24299, 0),
            ("c", "d", "2024", 4.0, "2023", 24287, 12),
        ]
    )
    given = {
        "reference.indicators": RATIO,
        "intermediate.int_observed_values": figures,
        "intermediate.int_sums": EMPTY,
    }
    assert [(row["unit_code"], row["value"]) for row in run_model("intermediate/int_ratios", given)] == [("a", 75.0)]


def test_decline_compares_with_the_base_years_own_figure(run_model) -> None:
    indicators = [{"indicator_code": "fall", "decline_of": "x", "decline_base_year": 2020}]
    periods = [{"period": str(year), "year": year, "month_number": year * 12 + 11} for year in range(2019, 2022)]
    figures = observed(
        [
            ("a", "x", "2020", 50.0, "2020", 2020 * 12 + 11, 0),
            ("a", "x", "2021", 40.0, "2021", 2021 * 12 + 11, 0),
            ("b", "x", "2020", 50.0, "2019", 2019 * 12 + 11, 12),
            ("b", "x", "2021", 40.0, "2021", 2021 * 12 + 11, 0),
        ]
    )
    given = {
        "reference.indicators": indicators,
        "reference.periods": periods,
        "intermediate.int_observed_values": figures,
        "intermediate.int_sums": EMPTY,
        "intermediate.int_ratios": EMPTY,
    }
    rows = run_model("intermediate/int_declines", given)
    assert [(row["unit_code"], row["period"], row["value"]) for row in rows] == [
        ("a", "2020", 0.0),
        ("a", "2021", pytest.approx(20.0)),
    ]


def test_a_window_that_ends_within_the_base_year_is_not_the_base(run_model) -> None:
    """Without the fourth quarter of 2020 the window of 2019-Q4 to 2020-Q3 stands in 2020-Q4: carried, not the year."""
    figures = observed(
        [
            (unit, "x", period, value, period, window_end, age)
            for unit, end, age in (("carried", 2020 * 12 + 8, 3), ("whole", 2020 * 12 + 11, 0))
            for period, value, window_end, age in (("2020-Q4", 50.0, end, age), ("2021-Q4", 40.0, 2021 * 12 + 11, 0))
        ]
    )
    given = {
        "reference.indicators": [{"indicator_code": "fall", "decline_of": "x", "decline_base_year": 2020}],
        "reference.periods": [
            {"period": f"{year}-Q4", "year": year, "month_number": year * 12 + 11} for year in (2020, 2021)
        ],
        "intermediate.int_observed_values": figures,
        "intermediate.int_sums": EMPTY,
        "intermediate.int_ratios": EMPTY,
    }
    rows = run_model("intermediate/int_declines", given)
    assert {(row["unit_code"], row["period"]): row["value"] for row in rows} == {
        ("whole", "2020-Q4"): 0.0,
        ("whole", "2021-Q4"): pytest.approx(20.0),
    }


def test_a_published_sum_serves_the_ratio_of_a_unit_whatever_other_units_report(run_model) -> None:
    figures = observed(
        [
            ("a", "n", "2024", 9.0, "2024", 24299, 0),
            ("a", "d", "2024", 4.0, "2024", 24299, 0),
            ("b", "n", "2024", 3.0, "2024", 24299, 0),
            ("b", "d", "2024", 4.0, "2024", 24299, 0),
        ]
    )
    given = {
        "reference.indicators": RATIO,
        "intermediate.int_observed_values": figures,
        # Where the addends give a sum, it goes before the published figure.
        "intermediate.int_sums": observed([("a", "n", "2024", 8.0, "2024", 24299, 0)]),
    }
    rows = run_model("intermediate/int_ratios", given)
    assert {row["unit_code"]: row["value"] for row in rows} == {"a": 200.0, "b": 75.0}


def test_a_published_ratio_is_the_base_of_a_decline_whatever_later_years_compute(run_model) -> None:
    figures = observed(
        [
            ("a", "x", "2020", 50.0, "2020", 2020 * 12 + 11, 0),
            ("a", "x", "2021", 45.0, "2021", 2021 * 12 + 11, 0),
        ]
    )
    given = {
        "reference.indicators": [{"indicator_code": "fall", "decline_of": "x", "decline_base_year": 2020}],
        "reference.periods": [
            {"period": str(year), "year": year, "month_number": year * 12 + 11} for year in (2020, 2021)
        ],
        "intermediate.int_observed_values": figures,
        "intermediate.int_sums": EMPTY,
        "intermediate.int_ratios": observed([("a", "x", "2021", 40.0, "2021", 2021 * 12 + 11, 0)]),
    }
    rows = run_model("intermediate/int_declines", given)
    assert {row["period"]: row["value"] for row in rows} == {"2020": 0.0, "2021": pytest.approx(20.0)}
