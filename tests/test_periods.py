"""Periods: one order for months, quarters and years."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.periods import month_number, parse_period, period_of, period_range


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2025", ("year", 2025, 12)), ("2025-Q3", ("quarter", 2025, 9)), ("2025-10", ("month", 2025, 10))],
)
def test_parse(period, expected) -> None:
    assert parse_period(period) == expected


@pytest.mark.parametrize(
    "text",
    ["", "25", "2025-13", "2025-00", "2025-Q5", "2025-1", "2025/10", " 2025", "2025-10-01", "２０２５", "2025\n"],
)
def test_other_forms_are_refused_with_the_allowed_ones(text) -> None:
    with pytest.raises(ValueError, match="2025, 2025-Q3 or 2025-10"):
        parse_period(text)


@given(st.integers(min_value=1900 * 12, max_value=2100 * 12))
def test_a_month_reads_back(number) -> None:
    assert month_number(period_of(number, "month")) == number


def test_range_counts_the_months_of_the_demonstration() -> None:
    periods = period_range("2020-01", "2026-10")
    assert len(periods) == 82
    assert periods == sorted(periods)
    assert period_range("2023-Q4", "2024-Q2") == ["2023-Q4", "2024-Q1", "2024-Q2"]


def test_range_of_two_frequencies_is_refused() -> None:
    with pytest.raises(ValueError, match="differ in frequency"):
        period_range("2020", "2021-03")
