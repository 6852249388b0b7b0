"""Which period and which moment a run stands for when nobody says so."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from flows.planning import Plan, evaluated_period, known_until, plan
from xietong.errors import UsageError
from xietong.settings import Settings

NEWEST = datetime(2026, 11, 5, tzinfo=UTC)


def planned(edition: str = "chongqing-demo", **changes) -> Plan:
    return replace(plan(Settings(), edition, None, None), **changes)


def received(*rows: tuple[str, datetime]) -> pl.DataFrame:
    schema = {"period": pl.String, "received_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


FIGURES = received(("2023-12", datetime(2024, 1, 15, tzinfo=UTC)), ("2026-10", NEWEST), ("2025", NEWEST))


def test_the_editions_last_period_is_evaluated_unless_another_is_asked_for() -> None:
    assert evaluated_period(planned(), FIGURES) == "2026-10"
    assert evaluated_period(planned(period="2025-03"), FIGURES) == "2025-03"


def test_a_moment_of_knowledge_brings_the_period_that_was_newest_then() -> None:
    asked = planned(as_of=datetime(2024, 6, 30, tzinfo=UTC))
    assert evaluated_period(asked, FIGURES) == "2023-12"
    assert known_until(asked, [NEWEST]) == datetime(2024, 6, 30, tzinfo=UTC)


def test_without_a_last_period_the_newest_with_figures_is_taken() -> None:
    open_ended = planned("chongqing")
    assert evaluated_period(open_ended, FIGURES) == "2026-10"
    assert evaluated_period(open_ended, received()) == "2020-12"


def test_a_year_that_has_not_ended_is_not_evaluated() -> None:
    yearly = planned("chongqing-published", as_of=NEWEST)
    assert evaluated_period(yearly, received(("2024-10", NEWEST))) == "2023"
    assert evaluated_period(yearly, received(("2024-12", NEWEST))) == "2024"


def test_without_anything_received_the_moment_is_the_editions_beginning() -> None:
    assert known_until(planned("chongqing"), []) == datetime(2020, 1, 1, tzinfo=UTC)
    assert known_until(planned("chongqing"), [NEWEST]) == NEWEST


@pytest.mark.parametrize("period", ["2019-12", "2026-11", "2025", "2025-Q1", "October"])
def test_periods_that_the_edition_has_not_are_refused(period) -> None:
    with pytest.raises(UsageError, match=r"chongqing-demo"):
        plan(Settings(), "chongqing-demo", period, None)
