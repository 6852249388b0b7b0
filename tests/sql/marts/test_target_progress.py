"""Progress against targets: required by now, completion rate, colour, and never a score for another definition."""

import polars as pl
import pytest

MODEL = "marts/target_progress"
DECEMBER = 11


def target(**changes) -> dict:
    row = {
        "target_code": "t",
        "unit_code": "500000",
        "indicator_code": "x",
        "is_other_definition": False,
        "kind": "level",
        "comparator": "at_least",
        "target_value": 57.0,
        "year": 2025,
        "base_year": None,
    }
    return row | changes


def given(targets: list[dict], values: dict[str, float], formula: str | None = None, last: int = 2025) -> dict:
    years = list(range(2020, last + 1))
    return {
        "reference.target_indicators": pl.DataFrame(
            targets, schema_overrides={"base_year": pl.Int32, "target_value": pl.Float64, "indicator_code": pl.String}
        ),
        "reference.periods": [{"period": str(year), "sequence": year - 2020} for year in years],
        "reference.indicators": pl.DataFrame(
            [{"indicator_code": "x", "formula_kind": formula}], schema_overrides={"formula_kind": pl.String}
        ),
        "intermediate.int_indicator_values": pl.DataFrame(
            [
                {
                    "unit_code": "500000",
                    "indicator_code": "x",
                    "period": year,
                    "sequence": int(year) - 2020,
                    "state": "observed",
                    "value": value,
                    "value_period": year,
                    "window_end": int(year) * 12 + DECEMBER,
                }
                for year, value in values.items()
            ],
            schema={
                "unit_code": pl.String,
                "indicator_code": pl.String,
                "period": pl.String,
                "sequence": pl.Int32,
                "state": pl.String,
                "value": pl.Float64,
                "value_period": pl.String,
                "window_end": pl.Int32,
            },
        ),
    }


def last_row(run_model, inputs: dict) -> dict:
    return run_model(MODEL, inputs)[-1]


def test_forest_cover_of_2023_stands_against_the_target_with_its_date(run_model) -> None:
    row = last_row(run_model, given([target()], {"2022": 55.04, "2023": 55.06}))
    assert (row["value"], row["value_period"], row["target_value"]) == (55.06, "2023", 57.0)
    assert row["completion_rate"] == pytest.approx(55.06 / 57)
    assert (row["state"], row["colour"]) == ("not_yet_due", "yellow")


def test_missed_in_the_target_year_is_behind_and_reached_is_met(run_model) -> None:
    assert last_row(run_model, given([target()], {"2025": 56.9}))["state"] == "behind"
    met = last_row(run_model, given([target()], {"2024": 57.0}))
    assert (met["state"], met["colour"]) == ("met", "green")


def test_no_figure_is_said_plainly(run_model) -> None:
    row = last_row(run_model, given([target()], {}))
    assert (row["state"], row["value"], row["colour"]) == ("no_figure", None, None)


def test_a_decline_is_measured_on_the_geometric_path(run_model) -> None:
    """After two of five years of −14 %, 5.855 % are required (method.md §3.2)."""
    decline = target(target_value=14.0, base_year=2020)
    row = last_row(run_model, given([decline], {"2022": 6.2}, formula="decline", last=2022))
    assert row["required_value"] == pytest.approx(5.855, abs=5e-4)
    assert (row["state"], row["colour"]) == ("on_track", "green")
    slow = last_row(run_model, given([decline], {"2022": 5.0}, formula="decline", last=2022))
    assert (slow["state"], slow["colour"]) == ("behind", "orange")


def test_a_rise_instead_of_a_decline_is_a_rate_of_zero_and_red(run_model) -> None:
    decline = target(target_value=14.0, base_year=2020)
    row = last_row(run_model, given([decline], {"2022": -3.0}, formula="decline", last=2022))
    assert (row["completion_rate"], row["colour"]) == (0.0, "red")


def test_after_the_plan_the_final_target_is_held(run_model) -> None:
    decline = target(target_value=14.0, base_year=2020)
    row = last_row(run_model, given([decline], {"2026": 15.0}, formula="decline", last=2026))
    assert (row["required_value"], row["state"]) == (14.0, "met")


def test_a_fall_of_a_tenth_meets_a_target_of_ten_percent(run_model) -> None:
    """100 · (1 − 90/100) is 9.999999999999998 in doubles."""
    decline = target(target_value=10.0, base_year=2020)
    fallen = 100 * (1 - 90 / 100)
    assert fallen < 10
    row = last_row(run_model, given([decline], {"2025": fallen}, formula="decline"))
    assert (row["state"], row["colour"]) == ("met", "green")
    over = target(comparator="at_most", target_value=0.3)
    assert last_row(run_model, given([over], {"2025": 0.1 + 0.2}))["state"] == "met"


@pytest.mark.parametrize(("comparator", "base", "now"), [("at_least", 90.0, 82.0), ("at_most", 70.0, 78.0)])
def test_who_started_beyond_the_target_is_held_to_the_target(run_model, comparator, base, now) -> None:
    kept = target(comparator=comparator, target_value=80.0, base_year=2020)
    row = last_row(run_model, given([kept], {"2020": base, "2023": now}, last=2023))
    assert (row["required_value"], row["completion_rate"] >= 1) == (80.0, True)
    assert (row["state"], row["colour"]) == ("met", "green")


@pytest.mark.parametrize("formula", [None, "decline"])
@pytest.mark.parametrize(("value", "state", "colour"), [(0.0, "met", "green"), (-2.0, "behind", "red")])
def test_a_target_of_zero_is_kept_or_it_is_not(run_model, formula, value, state, colour) -> None:
    none = target(target_value=0.0, base_year=2020)
    row = last_row(run_model, given([none], {"2020": 0.0, "2025": value}, formula=formula))
    assert (row["state"], row["colour"]) == (state, colour)


def test_a_rise_that_is_allowed_has_its_path_too(run_model) -> None:
    """A rise of 10 % in five years is 1.9 % in one: 5 % are too much by now, though less than in the end."""
    rise = target(target_value=-10.0, base_year=2020)
    row = last_row(run_model, given([rise], {"2021": -5.0}, formula="decline", last=2021))
    assert row["required_value"] == pytest.approx(100 * (1 - 1.1**0.2))
    assert (row["state"], row["colour"]) == ("behind", "red")


def test_lower_is_better(run_model) -> None:
    limit = target(comparator="at_most", target_value=35.0)
    assert last_row(run_model, given([limit], {"2025": 31.3}))["state"] == "met"
    over = last_row(run_model, given([limit], {"2025": 40.0}))
    assert over["completion_rate"] == pytest.approx(35 / 40)
    assert (over["state"], over["colour"]) == ("behind", "orange")


def test_a_figure_of_another_definition_is_shown_and_not_rated(run_model) -> None:
    row = last_row(run_model, given([target(is_other_definition=True)], {"2023": 77.0}))
    assert (row["state"], row["value"], row["completion_rate"], row["colour"]) == ("other_definition", 77.0, None, None)


def test_a_directional_target_has_no_rate(run_model) -> None:
    rising = target(kind="directional", comparator="rising", target_value=None, year=None)
    assert last_row(run_model, given([rising], {"2023": 77.0}))["state"] == "directional"
