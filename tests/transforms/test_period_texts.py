"""Periods as people write them."""

import pytest

from transforms.period_texts import read_period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", "2025"),
        ("2025年", "2025"),
        ("２０２５年度", "2025"),
        ("2025-01", "2025-01"),
        ("2025年1月", "2025-01"),
        ("2025年01月份", "2025-01"),
        ("2025/1", "2025-01"),
        ("2025.01", "2025-01"),
        ("202501", "2025-01"),
        ("2025 年 10 月", "2025-10"),
        ("2025-Q1", "2025-Q1"),
        ("2025Q1", "2025-Q1"),
        ("2025q4", "2025-Q4"),
        ("2025年一季度", "2025-Q1"),
        ("2025年第3季度", "2025-Q3"),
        ("二〇二五年", "2025"),
        ("二○二五", "2025"),
        ("二零二五年 3 月", "2025-03"),
        ("一九九八年三季度", "1998-Q3"),
        ("2025年Ⅲ季度", "2025-Q3"),
        ("2025年末", "2025"),
        ("2025年底", "2025"),
        ("2025年全年", "2025"),
        ("2025年元月", "2025-01"),
    ],
)
def test_usual_ways_are_read(text: str, expected: str):
    assert read_period(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2025.1",
        "2025-13",
        "2025-00",
        "2025-Q5",
        "25-01",
        "2025年1-10月",
        "2025-01-15",
        "合计",
        "",
        "2025-1-1",
        "20251",
        "二五年",
        "二〇二五一",
    ],
)
def test_doubtful_ways_are_not(text: str):
    assert read_period(text) is None


@pytest.mark.parametrize(
    ("frequency", "expected"), [("month", "2025-04"), ("quarter", "2025-Q2"), ("year", None), (None, None)]
)
def test_a_date_names_the_period_that_begins_on_it(frequency, expected: str | None):
    assert read_period("2025-04-01 00:00:00", frequency) == expected


def test_a_period_of_another_frequency_is_not_taken():
    assert read_period("2025", "month") is None
    assert read_period("2025-01", "year") is None
    assert read_period("2025-01", "quarter") is None
