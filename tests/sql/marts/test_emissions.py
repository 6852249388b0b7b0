"""Emissions and equivalents by source: the addends of the derived sums, with factor and year; they add up."""

import polars as pl
import pytest

SUM = {
    "unit_code": pl.String,
    "indicator_code": pl.String,
    "period": pl.String,
    "value": pl.Float64,
    "value_period": pl.String,
    "window_end": pl.Int32,
    "age_months": pl.Int32,
}


def frame(rows: list[tuple], **schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def given_emissions(year: int) -> dict:
    """Return the inputs of one unit: coal and electricity in two sums, one of them at the factor of 2022."""
    terms = [
        (total, code, coefficient, factor, None, "provincial", constant)
        for total, constant in (("co2", None), ("co2_constant", 2022))
        for code, coefficient, factor in (("coal", 1.0, "coal_co2"), ("electricity", 10.0, "grid"))
    ]
    return {
        "reference.inventories": [
            {"indicator_code": "co2", "kind": "emissions"},
            {"indicator_code": "co2_constant", "kind": "emissions"},
            {"indicator_code": "air", "kind": "pollution_equivalents"},
        ],
        "reference.indirect_sources": [{"source_code": "electricity"}],
        "reference.terms": frame(
            terms,
            indicator_code=pl.String,
            term_code=pl.String,
            coefficient=pl.Float64,
            factor_code=pl.String,
            divisor_code=pl.String,
            series=pl.String,
            constant_year=pl.Int32,
        ),
        "reference.periods": [{"period": str(year), "year": year}],
        "reference.explained_periods": [{"period": str(year)}],
        "reference.factors": frame(
            [
                ("coal_co2", None, 0, 1.9003),
                ("grid", "provincial", 2022, 0.5227),
                ("grid", "provincial", 2023, 0.5581),
                ("grid", "regional", 2023, 0.2472),
            ],
            factor_code=pl.String,
            series=pl.String,
            year=pl.Int32,
            value=pl.Float64,
        ),
        "intermediate.int_observed_values": frame(
            [
                ("a", code, str(year), value, str(year), year * 12 + 11, 0)
                for code, value in (("coal", 90.0), ("electricity", 18.6))
            ],
            **SUM,
        ),
    }


def emissions(run_model, year: int) -> list[dict]:
    tables = given_emissions(year)
    for model in ("int_term_multipliers", "int_sums"):
        rows = run_model(f"intermediate/{model}", tables)
        tables[f"intermediate.{model}"] = pl.DataFrame(
            rows, schema_overrides={"factor_year": pl.Int32}, infer_schema_length=None
        )
    return run_model("marts/emissions", tables)


def test_sources_add_up_to_the_total_which_is_the_derived_indicator(run_model) -> None:
    rows = emissions(run_model, 2023)
    for code, factor in (("co2", 0.5581), ("co2_constant", 0.5227)):
        of_sum = {row["source_code"]: row for row in rows if row["indicator_code"] == code}
        assert of_sum["total"]["value"] == of_sum["coal"]["value"] + of_sum["electricity"]["value"]
        assert of_sum["electricity"]["value"] == pytest.approx(18.6 * 10 * factor)
        assert of_sum["electricity"]["factor"] == factor


def test_scope_series_and_the_year_of_the_factor_stand_beside_every_source(run_model) -> None:
    rows = {(row["indicator_code"], row["source_code"]): row for row in emissions(run_model, 2024)}
    coal, current, constant = rows["co2", "coal"], rows["co2", "electricity"], rows["co2_constant", "electricity"]
    assert (coal["scope"], coal["factor"], coal["factor_year"]) == ("direct", 1.9003, None)
    assert (current["scope"], current["series"], current["factor_year"]) == ("indirect", "provincial", 2023)
    assert (constant["scope"], constant["series"], constant["factor_year"]) == ("indirect", "constant", 2022)
    assert rows["co2", "total"]["scope"] == "total"


def test_before_the_first_announced_factor_the_first_one_is_used_and_named(run_model) -> None:
    rows = {row["source_code"]: row for row in emissions(run_model, 2020) if row["indicator_code"] == "co2"}
    assert (rows["electricity"]["factor"], rows["electricity"]["factor_year"]) == (0.5227, 2022)


def test_a_sum_that_is_not_known_has_no_sources(run_model) -> None:
    tables = given_emissions(2023)
    tables["intermediate.int_observed_values"] = tables["intermediate.int_observed_values"].head(1)
    tables["intermediate.int_term_multipliers"] = run_model("intermediate/int_term_multipliers", tables)
    tables["intermediate.int_sums"] = pl.DataFrame(schema=SUM)
    assert run_model("marts/emissions", tables) == []


def test_equivalents_of_the_law_for_three_air_pollutants(run_model) -> None:
    # SO2 120 t, NOx 380 t, dust 80 t: 546 315.79 equivalents (method.md §2.5).
    tonnes = {"so2": (120.0, 0.95), "nox": (380.0, 0.95), "dust": (80.0, 4.0)}
    tables = {
        "reference.inventories": [{"indicator_code": "air", "kind": "pollution_equivalents"}],
        "reference.terms": frame(
            [("air", code, 1000.0, None, f"{code}_equivalent", "provincial", None) for code in tonnes],
            indicator_code=pl.String,
            term_code=pl.String,
            coefficient=pl.Float64,
            factor_code=pl.String,
            divisor_code=pl.String,
            series=pl.String,
            constant_year=pl.Int32,
        ),
        "reference.periods": [{"period": "2023", "year": 2023}],
        "reference.explained_periods": [{"period": "2023"}],
        "reference.factors": frame(
            [(f"{code}_equivalent", None, 0, kg) for code, (_, kg) in tonnes.items()],
            factor_code=pl.String,
            series=pl.String,
            year=pl.Int32,
            value=pl.Float64,
        ),
        "intermediate.int_observed_values": frame(
            [("a", code, "2023", value, "2023", 24287, 0) for code, (value, _) in tonnes.items()], **SUM
        ),
    }
    for model in ("int_term_multipliers", "int_sums"):
        rows = run_model(f"intermediate/{model}", tables)
        tables[f"intermediate.{model}"] = pl.DataFrame(
            rows, schema_overrides={"factor_year": pl.Int32}, infer_schema_length=None
        )
    rows = {row["pollutant_code"]: row for row in run_model("marts/pollution_equivalents", tables)}
    assert rows["so2"]["equivalents"] == pytest.approx(126_315.79, abs=0.005)
    assert rows["nox"]["equivalents"] == pytest.approx(400_000)
    assert rows["dust"]["equivalents"] == pytest.approx(20_000)
    assert (rows["dust"]["emission_kg"], rows["dust"]["equivalent_kg"]) == (80_000, 4.0)
    assert sum(row["share"] for row in rows.values()) == pytest.approx(1)
    assert tables["intermediate.int_sums"]["value"].item() == pytest.approx(546_315.79, abs=0.005)
