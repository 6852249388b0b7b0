"""Vintages: revisions never overwrite, and as_of repeats what was known."""

from datetime import UTC, datetime

import polars as pl
import pytest


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def observation(value: float, received: str, **changes) -> dict:
    row = {
        "unit_code": "500101",
        "indicator_code": "gdp",
        "period": "2024-Q3",
        "value": value,
        "origin": "reported",
        "status": "reported",
        "source_id": "forms",
        "snapshot": "aa",
        "location": "季度!D2",
        "received_at": moment(received),
        "source_note": None,
    }
    return row | changes


def given(rows: list[dict], as_of: str = "2025-12-31") -> dict:
    sources = [{"source_id": "forms", "priority": 0}, {"source_id": "bulletin", "priority": 1}]
    run = [{"last_period": "2024-12", "as_of": moment(as_of), "has_deadline": True}]
    schema = {"source_note": pl.String}
    return {
        "landing.observations": pl.DataFrame(rows, schema_overrides=schema),
        "reference.run": run,
        "reference.units": [{"unit_code": "500101", "unit_order": 0}],
        "reference.indicators": [{"indicator_code": "gdp", "indicator_order": 0}],
        "reference.sources": sources,
    }


MODEL = "staging/stg_observations"


def test_newest_vintage_wins_and_first_receipt_is_kept(run_model) -> None:
    rows = [observation(1.0, "2024-11-01"), observation(2.0, "2025-03-01", snapshot="bb", status="revised")]
    (row,) = run_model(MODEL, given(rows))
    assert (row["value"], row["status"]) == (2.0, "revised")
    assert row["first_received_at"] == moment("2024-11-01")


def test_as_of_sees_only_what_had_been_received(run_model) -> None:
    rows = [observation(1.0, "2024-11-01"), observation(2.0, "2025-03-01", snapshot="bb")]
    (row,) = run_model(MODEL, given(rows, as_of="2025-01-01"))
    assert row["value"] == 1.0
    assert run_model(MODEL, given(rows, as_of="2024-10-31")) == []


def test_received_at_the_same_moment_the_preferred_source_wins(run_model) -> None:
    rows = [observation(1.0, "2024-11-01", source_id="bulletin"), observation(2.0, "2024-11-01")]
    for order in (rows, rows[::-1]):
        (row,) = run_model(MODEL, given(order))
        assert row["source_id"] == "forms"


@pytest.mark.parametrize(
    ("period", "last_month", "span"),
    [("2024", 2024 * 12 + 11, 12), ("2024-Q3", 2024 * 12 + 8, 3), ("2024-09", 2024 * 12 + 8, 1)],
)
def test_period_becomes_last_month_and_span(run_model, period, last_month, span) -> None:
    (row,) = run_model(MODEL, given([observation(1.0, "2025-02-01", period=period)]))
    assert (row["last_month"], row["span_months"]) == (last_month, span)
