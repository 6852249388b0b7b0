"""Completeness: shares of figures due, by indicator."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from expectations.batches import described
from expectations.completeness import completeness
from expectations.intake import check_intake
from xietong.catalogue import Catalogue, Edition
from xietong.catalogue.index import ReportingLag

Batch = Callable[..., pl.DataFrame]
UNITS = ("500101", "500102", "500103", "500000-wansheng")


def counts(figures: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> dict[str, tuple[int, int]]:
    shares = completeness(described(figures, catalogue), catalogue, edition)
    return {code: (arrived, due) for code, due, arrived, _ in shares.iter_rows()}


def test_due_is_one_figure_a_unit_and_period_until_the_last_figure(
    batch: Batch, small: Catalogue, edition: Edition
) -> None:
    found = counts(batch(("500101", "pm25", "2025-01", 30.0), ("500101", "pm25", "2025-07", 30.0)), small, edition)
    assert found["pm25"] == (2, 4 * 7)
    # The second quarter ended in June; with a month's grace it is due in July.
    assert found["gdp"] == (0, 4 * 2)
    assert "forest_coverage" not in found


def test_a_figure_is_due_only_when_its_time_for_reporting_has_passed(
    batch: Batch, small: Catalogue, edition: Edition
) -> None:
    patient = replace(small, index=small.index.model_copy(update={"reporting_lag": ReportingLag(quarter=2)}))
    found = counts(batch(("500101", "pm25", "2025-07", 30.0)), patient, edition)
    assert found["gdp"] == (0, 4)


def test_only_units_to_which_an_indicator_applies_owe_it(batch: Batch, small: Catalogue, edition: Edition) -> None:
    found = counts(
        batch(("500101", "pm25", "2026-03", 30.0), ("500103", "forest_coverage", "2025", 30.0)), small, edition
    )
    assert found["forest_coverage"] == (0, 2)


def test_a_unit_owes_only_while_it_exists(batch: Batch, small: Catalogue, edition: Edition) -> None:
    first, *others = small.units.units
    dated = first.model_copy(update={"valid_from": date(2025, 3, 1), "valid_to": date(2025, 4, 30)})
    catalogue = replace(small, units=small.units.model_copy(update={"units": (dated, *others)}))
    found = counts(batch(("500102", "pm25", "2025-06", 30.0)), catalogue, edition)
    assert found["pm25"] == (1, 2 + 3 * 6)


def test_an_early_yearly_figure_does_not_make_its_months_due(batch: Batch, small: Catalogue, edition: Edition) -> None:
    found = counts(
        batch(("500101", "pm25", "2025-02", 30.0), ("500101", "forest_coverage", "2025", 30.0)), small, edition
    )
    assert found["pm25"] == (1, 4 * 2)


def test_the_edition_may_end_earlier(batch: Batch, small: Catalogue, edition: Edition) -> None:
    found = counts(
        batch(("500101", "pm25", "2025-09", 30.0)), small, edition.model_copy(update={"last_period": "2025-02"})
    )
    assert found["pm25"] == (0, 4 * 2)


def test_vintages_arrive_once(batch: Batch, small: Catalogue, edition: Edition) -> None:
    row = ("500101", "pm25", "2025-01", 30.0)
    assert counts(batch(row, (*row, {"snapshot": "b" * 64})), small, edition)["pm25"] == (1, 4)


@pytest.mark.parametrize(("missing", "success"), [(1, True), (2, False)])
def test_95_percent_suffice(missing: int, success: bool, batch: Batch, small: Catalogue, edition: Edition) -> None:
    """Of 20 figures due 19 are enough, 18 are not."""
    due = [(unit, "pm25", f"2025-0{month}", 30.0) for month in range(1, 6) for unit in UNITS]
    result = check_intake(batch(*due[missing:]), small, edition)
    check = result.checks.filter(expectation="incomplete", indicator_code="pm25").row(0, named=True)
    assert (check["evaluated"], check["failed"], check["success"]) == (20, missing, success)
    assert result.findings.is_empty()
