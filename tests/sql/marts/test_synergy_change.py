"""How pollution and carbon moved: only where the window of the base is the one that the comparison names."""

from collections.abc import Mapping

import polars as pl
import pytest

from xietong.periods import month_number

QUANTITIES = ("pollution", "co2", "gdp")
#: Kind of base of 2025-Q4: its period.
BASES = {"previous_period": "2025-Q3", "previous_year": "2024-Q4", "base_year": "2020-Q4"}


def given_tables(windows: Mapping[str, tuple[str, tuple[float, float, float]]]) -> dict[str, pl.DataFrame]:
    """Return the inputs of one unit: period → the end of the window that serves in it, with the three quantities."""
    orders = {period: number for number, period in enumerate(sorted({*windows, *BASES.values()}))}
    values = [
        ("a", period, code, "observed", value, month_number(end))
        for period, (end, quantities) in windows.items()
        for code, value in zip(QUANTITIES, quantities, strict=True)
    ]
    names = ("unit_code", "period", "indicator_code", "state", "value", "window_end")
    kinds = (pl.String, pl.String, pl.String, pl.String, pl.Float64, pl.Int32)
    scores = {"unit_code": pl.String, "period": pl.String, "p_score": pl.Float64, "k_score": pl.Float64}
    parameters = dict(zip(("pollution_quantity", "carbon_quantity", "economy_quantity"), QUANTITIES, strict=True))
    return {
        "intermediate.int_grid": pl.DataFrame({"unit_code": "a", "period": list(orders)}),
        "intermediate.int_bases": pl.DataFrame(
            [
                {"unit_code": "a", "period": "2025-Q4", "sequence": orders["2025-Q4"], "base_kind": kind}
                | {"base_period": base, "base_month_number": month_number(base)}
                for kind, base in BASES.items()
            ]
        ),
        "reference.parameters": pl.DataFrame([parameters]),
        "intermediate.int_indicator_values": pl.DataFrame(
            values, schema=dict(zip(names, kinds, strict=True)), orient="row"
        ),
        "intermediate.int_synergy": pl.DataFrame(schema=scores),
    }


def rates(run_model, windows: Mapping[str, tuple[str, tuple[float, float, float]]]) -> dict[str, tuple]:
    rows = run_model("marts/synergy_change", given_tables(windows))
    names = ("r_pollution", "r_carbon", "quadrant", "els_pollutant_over_co2", "tapio_state")
    return {row["base_kind"]: tuple(row[name] for name in names) for row in rows}


NOTHING = (None, None, None, None, None)
NOW = ("2025-Q4", (80.0, 90.0, 110.0))
BEFORE = (100.0, 100.0, 100.0)


def test_the_same_window_a_year_before_and_that_of_the_base_year_are_compared(run_model) -> None:
    found = rates(run_model, {"2025-Q4": NOW, "2024-Q4": ("2024-Q4", BEFORE), "2020-Q4": ("2020-Q4", BEFORE)})
    wanted = (pytest.approx(0.2), pytest.approx(0.1), "I", pytest.approx(2), "strong_decoupling")
    assert found == {"previous_year": wanted, "base_year": wanted, "previous_period": NOTHING}


@pytest.mark.parametrize(("end", "base_end"), [("2025-Q3", "2024-Q4"), ("2025-Q4", "2024-Q3")])
def test_a_carried_window_nine_or_fifteen_months_apart_is_no_year(run_model, end, base_end) -> None:
    found = rates(run_model, {"2025-Q4": (end, NOW[1]), "2024-Q4": (base_end, BEFORE)})
    assert found["previous_year"] == NOTHING


def test_windows_that_were_both_carried_are_a_year_apart_all_the_same(run_model) -> None:
    found = rates(run_model, {"2025-Q4": ("2025-Q3", NOW[1]), "2024-Q4": ("2024-Q3", BEFORE)})
    assert found["previous_year"][0] == pytest.approx(0.2)


def test_a_carried_window_is_compared_with_the_base_year_and_is_never_the_base_year(run_model) -> None:
    late = {"2025-Q4": ("2025-Q3", NOW[1]), "2020-Q4": ("2020-Q4", BEFORE)}
    assert rates(run_model, late)["base_year"][0] == pytest.approx(0.2)
    early = {"2025-Q4": NOW, "2020-Q4": ("2020-Q3", BEFORE)}
    assert rates(run_model, early)["base_year"] == NOTHING


def test_a_figure_does_not_meet_itself(run_model) -> None:
    found = rates(run_model, {"2025-Q4": ("2020-Q4", BEFORE), "2020-Q4": ("2020-Q4", BEFORE)})
    assert found["base_year"] == NOTHING
