"""Lineage: every received figure behind a value, whatever the formula between them."""

from datetime import UTC, datetime

import polars as pl

PARTS = "intermediate/int_lineage_parts"
LINEAGE = "marts/lineage"
RECEIVED = datetime(2026, 1, 10, tzinfo=UTC)
DECEMBER_2020, DECEMBER_2025 = 2020 * 12 + 11, 2025 * 12 + 11


def value(indicator: str, method: str, state: str = "observed", period: str = "2025-12") -> dict:
    return {"unit_code": "a", "indicator_code": indicator, "period": period, "state": state, "method": method}


def parts_of(run_model, values: list[dict]) -> list[tuple]:
    given = {
        "reference.periods": [
            {"period": "2020-12", "month_number": DECEMBER_2020},
            {"period": "2025-12", "month_number": DECEMBER_2025},
        ],
        "reference.lineage_scope": [{"period": "2025-12"}],
        "reference.dependencies": pl.DataFrame(
            [
                ("sum", "coal", "current", None),
                ("sum", "gas", "current", None),
                ("ratio", "sum", "current", None),
                ("ratio", "people", "current", None),
                ("fall", "ratio", "current", None),
                ("fall", "ratio", "base", 2020),
            ],
            schema={
                "indicator_code": pl.String,
                "component_code": pl.String,
                "part": pl.String,
                "base_year": pl.Int32,
            },
            orient="row",
        ),
        "intermediate.int_indicator_values": values,
    }
    rows = run_model(PARTS, given)
    return sorted((row["indicator_code"], row["part"], row["component_code"], row["component_period"]) for row in rows)


BASE = [value("people", "reported", period="2020-12"), value("ratio", "published", period="2020-12")]


def test_a_value_rests_on_the_figures_that_its_formulas_took_at_both_ends(run_model) -> None:
    values = [
        value("coal", "reported"),
        value("gas", "reported"),
        value("people", "reported"),
        value("sum", "computed"),
        value("ratio", "computed"),
        value("fall", "computed"),
    ]
    parts = parts_of(run_model, [*values, *BASE])
    assert [part[1:] for part in parts if part[0] == "fall"] == [
        # Published for the base year: what its formula would take does not matter.
        ("base", "ratio", "2020-12"),
        ("current", "coal", "2025-12"),
        ("current", "gas", "2025-12"),
        ("current", "people", "2025-12"),
    ]
    assert [part[2] for part in parts if part[0] == "ratio"] == ["coal", "gas", "people"]
    assert [part[2] for part in parts if part[0] == "coal"] == ["coal"]


def test_a_published_figure_rests_on_itself_and_so_does_what_is_made_of_it(run_model) -> None:
    # Gas is missing, so that coal went into nothing.
    values = [
        value("coal", "reported"),
        value("people", "reported"),
        value("sum", "published"),
        value("ratio", "computed"),
    ]
    parts = parts_of(run_model, values)
    assert [part[2] for part in parts if part[0] == "sum"] == ["sum"]
    assert [part[2] for part in parts if part[0] == "ratio"] == ["people", "sum"]


def test_missing_values_and_other_periods_have_no_lineage(run_model) -> None:
    values = [value("coal", "reported", state="missing"), value("coal", "reported", period="2020-12")]
    assert parts_of(run_model, values) == []


def figures_behind(run_model, window: str, aggregation: str, span: int, months: dict[str, int]) -> list[str]:
    """Return the periods of the figures behind one value whose window ends in December 2025."""
    end = DECEMBER_2025
    given = {
        "intermediate.int_lineage_parts": [
            {
                "unit_code": "a",
                "indicator_code": "ratio",
                "period": "2025-12",
                "part": "current",
                "component_code": "coal",
                "component_period": "2025-12",
            }
        ],
        "reference.indicators": pl.DataFrame(
            [("coal", window, aggregation, None)],
            schema={
                "indicator_code": pl.String,
                "window_kind": pl.String,
                "aggregation": pl.String,
                "formula_kind": pl.String,
            },
            orient="row",
        ),
        "intermediate.int_observed_values": [
            {"unit_code": "a", "indicator_code": "coal", "period": "2025-12", "value": 9.0, "window_end": end}
        ],
        "intermediate.int_windows": [
            {"unit_code": "a", "indicator_code": "coal", "window_end": end, "span_months": span}
        ],
        "staging.stg_observations": [
            {
                "unit_code": "a",
                "indicator_code": "coal",
                "period": period,
                "value": 1.0,
                "status": "reported",
                "source_id": "forms",
                "location": "月度!D2",
                "snapshot": "f0",
                "received_at": RECEIVED,
                "last_month": last_month,
                "span_months": 12 if len(period) == 4 else 3 if "Q" in period else 1,
            }
            for period, last_month in months.items()
        ],
        "landing.snapshots": [{"sha256": "f0", "file": "form.xlsx", "publisher": "某区"}],
        "staging.stg_findings": [
            {"unit_code": "a", "indicator_code": "coal", "period": "2025-Q4", "rule": rule}
            for rule in ("sudden_change", "implausible", "sudden_change")
        ],
    }
    rows = run_model(LINEAGE, given)
    assert all(row["file"] == "form.xlsx" and row["component_value"] == 9.0 for row in rows)
    found = {row["figure_period"]: row["findings"] for row in rows}
    assert found.get("2025-Q4") in (None, "implausible sudden_change")
    return [row["figure_period"] for row in rows]


MONTHS = {
    "2024-Q4": DECEMBER_2025 - 12,
    "2025-Q1": DECEMBER_2025 - 9,
    "2025-Q4": DECEMBER_2025,
    "2025-12": DECEMBER_2025,
    "2025": DECEMBER_2025,
    "2026-Q1": DECEMBER_2025 + 3,
}


def test_a_trailing_window_reaches_twelve_months_back_over_figures_of_its_own_length(run_model) -> None:
    assert figures_behind(run_model, "trailing_12m", "sum", 3, MONTHS) == ["2025-Q1", "2025-Q4"]


def test_a_point_and_a_stock_rest_on_one_figure(run_model) -> None:
    assert figures_behind(run_model, "point", "mean", 1, MONTHS) == ["2025-12"]
    assert figures_behind(run_model, "trailing_12m", "last", 12, MONTHS) == ["2025"]


def test_a_window_to_date_begins_in_january(run_model) -> None:
    assert figures_behind(run_model, "ytd", "sum", 3, MONTHS) == ["2025-Q1", "2025-Q4"]
