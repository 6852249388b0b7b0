"""Where the newest vintage of a figure is refused, the one before it has to stand the same rules."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from expectations.intake import IntakeResult, check_intake
from xietong.catalogue import Catalogue, load_edition
from xietong.resources import resource_directory

#: What is received in a month, in a file of its own, as columns of a row.
JUNE, JULY, AUGUST = (
    {"snapshot": letter * 64, "received_at": datetime(2026, month, 1, tzinfo=UTC)}
    for letter, month in (("b", 6), ("c", 7), ("d", 8))
)
POPULATION = [("500101", "resident_population", str(year), 150.0 + year - 2018) for year in range(2018, 2024)]
IDENTITY = ("rule", "indicator_code", "period", "value")


@pytest.fixture
def check(batch: Callable[..., pl.DataFrame], catalogue: Catalogue) -> Callable[..., IntakeResult]:
    """Return what the gate makes of published figures."""
    edition = load_edition(resource_directory("editions"), "chongqing-published")

    def checked(*rows: tuple[Any, ...]) -> IntakeResult:
        figures = batch(*rows).with_columns(origin=pl.lit("published"))
        return check_intake(figures, catalogue, edition)

    return checked


def counts(result: IntakeResult, rule: str) -> list[tuple[Any, ...]]:
    return result.checks.filter(expectation=rule).select("indicator_code", "evaluated", "failed").rows()


def population(value: float, received: dict[str, Any]) -> tuple[Any, ...]:
    return ("500101", "resident_population", "2024", value, received)


def test_an_older_vintage_does_not_go_on_unjudged(check: Callable[..., IntakeResult]) -> None:
    """Six years of 150 to 155 and five changes up; 340 and 380 are both more than twice as many."""
    result = check(*POPULATION, population(340.0, JUNE), population(380.0, JULY))
    refused = result.findings.filter(rule="impossible_change").select("period", "value").rows()
    assert refused == [("2024", "340"), ("2024", "380")]
    assert result.accepted.filter(period="2024").is_empty()
    assert counts(result, "impossible_change") == [("resident_population", 7, 2)]


def test_an_older_vintage_that_stands_the_rules_goes_on(check: Callable[..., IntakeResult]) -> None:
    result = check(*POPULATION, population(156.0, JUNE), population(380.0, JULY))
    assert result.accepted.filter(period="2024")["value"].to_list() == [156.0]
    assert counts(result, "impossible_change") == [("resident_population", 7, 1)]


def test_as_many_rounds_as_there_are_vintages(check: Callable[..., IntakeResult]) -> None:
    result = check(*POPULATION, population(340.0, JUNE), population(360.0, JULY), population(380.0, AUGUST))
    assert sorted(result.findings.filter(rule="impossible_change")["value"]) == ["340", "360", "380"]
    assert result.accepted.height == len(POPULATION)
    assert counts(result, "impossible_change") == [("resident_population", 8, 3)]


def test_what_is_judged_again_counts_once(check: Callable[..., IntakeResult]) -> None:
    """2025 fell from the refused 380 and does not fall from 156; the rise of it is a change like any other."""
    result = check(
        *POPULATION, population(156.0, JUNE), population(380.0, JULY), ("500101", "resident_population", "2025", 157.0)
    )
    assert "sudden_change" not in set(result.findings["rule"])
    # Seven years of eight have one before; the fall from 380 is not among them.
    assert counts(result, "sudden_change") == [("resident_population", 7, 0)]


def test_both_of_two_figures_fall_back(check: Callable[..., IntakeResult]) -> None:
    """21 good days of 20 monitored refuse both; so do 22 of 19 before them."""
    rows = [
        ("500101", "good_air_days", "2025-03", 22.0, JUNE),
        ("500101", "monitored_air_days", "2025-03", 19.0, JUNE),
        ("500101", "good_air_days", "2025-03", 21.0, JULY),
        ("500101", "monitored_air_days", "2025-03", 20.0, JULY),
    ]
    result = check(*rows)
    refused = result.findings.filter(rule="good_days_above_monitored")
    assert sorted(refused["value"]) == ["19", "20", "21", "22"]
    assert result.is_empty
    assert counts(result, "good_days_above_monitored") == [("good_air_days", 2, 2)]


def test_the_order_of_rows_changes_no_round(check: Callable[..., IntakeResult]) -> None:
    rows = [*POPULATION, population(340.0, JUNE), population(360.0, JULY), population(150.0, AUGUST)]
    one, other = check(*rows), check(*reversed(rows))
    assert one.findings.select(IDENTITY).rows() == other.findings.select(IDENTITY).rows()
    assert one.checks.rows() == other.checks.rows()
