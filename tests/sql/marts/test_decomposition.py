"""What drove a change of emissions: effects of a chain of factors, which add up to the change."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

#: Amounts in the order of the chain population, GDP per person, energy per GDP, CO2 per energy.
AMOUNTS = ("population", "gdp", "energy", "co2")
FREQUENCIES = {"population": "year", "gdp": "quarter", "energy": "quarter", "co2": "quarter"}


def given_tables(
    states: Mapping[str, tuple[float | None, ...]], window_ends: Mapping[str, int] | None = None
) -> dict[str, pl.DataFrame | list[dict]]:
    """Return the inputs for one unit: year → the four amounts; ``window_ends`` of 2024 by amount where another."""
    orders = {year: number for number, year in enumerate(sorted(states))}
    values = [
        ("a", year, orders[year], code, "observed", value, end)
        for year, amounts in states.items()
        for code, value in zip(AMOUNTS, amounts, strict=True)
        if value is not None
        for end in ((window_ends or {}).get(code, 24299) if year == "2024" else int(year) * 12 + 11,)
    ]
    names = ("unit_code", "period", "grid_order", "indicator_code", "state", "value", "window_end")
    kinds = (pl.String, pl.String, pl.Int64, pl.String, pl.String, pl.Float64, pl.Int32)
    codes = ("population", "affluence", "energy_intensity", "carbon_per_energy")
    factors = [
        {
            "quantity_code": "co2",
            "position": position,
            "factor_code": code,
            "amount_code": amount,
            "previous_code": AMOUNTS[position - 2] if position > 1 else None,
        }
        for position, (code, amount) in enumerate(zip(codes, AMOUNTS, strict=True), start=1)
    ]
    return {
        "intermediate.int_bases": [
            {
                "unit_code": "a",
                "period": "2024",
                "sequence": 1,
                "grid_order": 1,
                "base_kind": "previous_year",
                "base_period": "2023",
                "base_grid_order": 0,
                "base_month_number": 2023 * 12 + 11,
            }
        ],
        "reference.chain_factors": factors,
        "reference.indicators": [{"indicator_code": c, "frequency": f} for c, f in FREQUENCIES.items()],
        "intermediate.int_indicator_values": pl.DataFrame(
            values, schema=dict(zip(names, kinds, strict=True)), orient="row"
        ),
    }


def effects(run_model, *args, **kwargs) -> dict[str, float]:
    rows = run_model("marts/decomposition", given_tables(*args, **kwargs))
    return {row["factor_code"]: row["effect"] for row in rows}


def test_population_growth_alone_takes_the_whole_change(run_model) -> None:
    found = effects(run_model, {"2023": (100.0, 200.0, 50.0, 80.0), "2024": (110.0, 220.0, 55.0, 88.0)})
    assert found["population"] == pytest.approx(8)
    assert [found[code] for code in ("affluence", "energy_intensity", "carbon_per_energy")] == pytest.approx([0, 0, 0])


def test_rows_name_the_factors_and_the_change(run_model) -> None:
    states = {"2023": (100.0, 200.0, 50.0, 80.0), "2024": (100.0, 250.0, 50.0, 80.0)}
    rows = run_model("marts/decomposition", given_tables(states))
    assert [row["position"] for row in rows] == [1, 2, 3, 4]
    affluence = rows[1]
    assert (affluence["base_factor"], affluence["factor"]) == (2.0, 2.5)
    assert affluence["change"] == 0
    # Richer and thriftier: two effects that cancel.
    assert affluence["effect"] == pytest.approx(-rows[2]["effect"])


def test_emissions_that_begin_are_the_factors_that_was_zero(run_model) -> None:
    found = effects(run_model, {"2023": (100.0, 200.0, 0.0, 0.0), "2024": (100.0, 200.0, 50.0, 80.0)})
    assert found == {"population": 0, "affluence": 0, "energy_intensity": 80, "carbon_per_energy": 0}


def test_emissions_that_end_without_energy_ending_are_the_last_factors(run_model) -> None:
    found = effects(run_model, {"2023": (100.0, 200.0, 50.0, 80.0), "2024": (100.0, 200.0, 60.0, 0.0)})
    assert found == {"population": 0, "affluence": 0, "energy_intensity": 0, "carbon_per_energy": -80}


def test_emissions_without_energy_have_no_chain(run_model) -> None:
    assert effects(run_model, {"2023": (100.0, 200.0, 0.0, 5.0), "2024": (100.0, 200.0, 50.0, 80.0)}) == {}


def test_a_missing_amount_leaves_the_chain_out(run_model) -> None:
    assert effects(run_model, {"2023": (100.0, None, 50.0, 80.0), "2024": (100.0, 200.0, 50.0, 80.0)}) == {}


def test_flows_of_different_windows_make_no_factor_but_a_yearly_stock_serves(run_model) -> None:
    states = {"2023": (100.0, 200.0, 50.0, 80.0), "2024": (100.0, 200.0, 50.0, 90.0)}
    assert effects(run_model, states, {"gdp": 24296}) == {}
    assert len(effects(run_model, states, {"population": 24287})) == 4


def test_a_carried_window_nine_months_after_that_of_the_base_is_no_year(run_model) -> None:
    states = {"2023": (100.0, 200.0, 50.0, 80.0), "2024": (100.0, 200.0, 50.0, 90.0)}
    assert effects(run_model, states, dict.fromkeys(("gdp", "energy", "co2"), 24296)) == {}


AMOUNT = st.one_of(st.just(0.0), st.floats(min_value=1e-3, max_value=1e6))


# run_model keeps nothing from one call to the next.
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.tuples(*[AMOUNT] * 4), after=st.tuples(*[AMOUNT] * 4))
def test_effects_add_up_to_the_change_wherever_the_chain_exists(run_model, before, after) -> None:
    rows = run_model("marts/decomposition", given_tables({"2023": before, "2024": after}))
    if rows:
        size = max(before[-1], after[-1])
        assert sum(row["effect"] for row in rows) == pytest.approx(after[-1] - before[-1], abs=1e-9 * size)
