"""Dates of receipt as people, databases and services write them."""

from datetime import UTC, datetime

import pytest

from transforms.receipt_dates import read_date


@pytest.mark.parametrize(
    "text",
    ["2026-01-05", "2026/1/5", "2026年1月5日", "2026.01.05", "20260105", "２０２６-01-05", "2026-01-05 00:00:00"],
)
def test_a_date_is_midnight(text: str):
    assert read_date(text) == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05T08:30:00Z", datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
        ("2026-01-05T08:30:00+08:00", datetime(2026, 1, 5, 0, 30, tzinfo=UTC)),
        ("2026-01-05 08:30:00.250000+0800", datetime(2026, 1, 5, 0, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-01-05 08:30", datetime(2026, 1, 5, 0, 30, tzinfo=UTC)),
        ("2026-01-05T04:00:00", datetime(2026, 1, 4, 20, tzinfo=UTC)),
        ("2026-01-05 08:30:00 -05", datetime(2026, 1, 5, 13, 30, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_counts_and_is_that_of_china_without_an_offset(text: str, expected: datetime):
    assert read_date(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "昨天", "2026-02-30", "20260230", "05/01/2026", "46027", "2026-01", "2026-01-05T25:00", "2026-01-05T08:61Z"],
)
def test_what_is_no_date_is_not_read(text: str):
    assert read_date(text) is None
