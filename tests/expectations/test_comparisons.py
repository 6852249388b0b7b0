"""Figures of several periods beside each other."""

from collections.abc import Callable

import polars as pl
import pytest

from expectations.batches import described
from expectations.comparisons import pairs_of_running_totals
from xietong.catalogue import Catalogue
from xietong.catalogue.cross_checks import RunningTotals

Batch = Callable[..., pl.DataFrame]
TOTALS = RunningTotals(least_periods={"quarter": 3, "month": 6}, tolerance=0.2, ignored=("gdp_primary",))


def _told(batch: Batch, catalogue: Catalogue, code: str, values: dict[str, float]) -> list[float]:
    """Return the figures that look like totals since the beginning of their year."""
    figures = described(batch(*(("500101", code, period, value) for period, value in values.items())), catalogue)
    frame = pairs_of_running_totals(figures, TOTALS).frame
    failing = frame.filter(pl.col("lesser") > pl.col("greater"))
    return figures.filter(pl.col("row").is_in(failing["row"].implode()))["value"].sort().to_list()


def _quarters(*values: float, year: int = 2024, first: int = 1) -> dict[str, float]:
    return {f"{year}-Q{number}": value for number, value in enumerate(values, start=first)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((250.0, 510.0, 790.0, 1080.0), [510.0, 790.0, 1080.0]),
        ((250.0, 510.0, 790.0), [510.0, 790.0]),
        ((250.0, 260.0, 280.0, 290.0), []),
        ((250.0, 510.0), []),
        ((1080.0, 790.0, 510.0, 250.0), []),
        ((100.0, 130.0, 170.0, 220.0), []),
        ((0.0, 0.0, 0.0, 0.0), []),
    ],
)
def test_totals_since_the_beginning_of_a_year_are_told_apart(
    batch: Batch, small: Catalogue, values: tuple[float, ...], expected: list[float]
) -> None:
    assert _told(batch, small, "gdp", _quarters(*values)) == expected


def test_years_are_judged_by_themselves_and_from_their_first_period(batch: Batch, small: Catalogue) -> None:
    assert _told(batch, small, "gdp", _quarters(20.0, 30.0, 40.0, first=2)) == []
    both = {**_quarters(10.0, 20.0, 30.0, 40.0), **_quarters(11.0, 12.0, 13.0, 14.0, year=2025)}
    assert _told(batch, small, "gdp", both) == [20.0, 30.0, 40.0]


def test_what_grows_with_the_harvest_is_left_alone(batch: Batch, small: Catalogue) -> None:
    assert _told(batch, small, "gdp_primary", _quarters(10.0, 20.0, 30.0, 40.0)) == []


def test_shares_are_no_amounts(batch: Batch, small: Catalogue) -> None:
    months = {f"2024-{month:02d}": 10.0 * month for month in range(1, 10)}
    assert _told(batch, small, "water_sections_good_share", months) == []
