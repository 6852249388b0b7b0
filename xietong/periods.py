"""Periods: ``YYYY``, ``YYYY-Qn`` and ``YYYY-MM``, their order, frequency and last month."""

import re
from typing import Literal

Frequency = Literal["month", "quarter", "year"]

_PATTERN = re.compile(r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


def parse_period(period: str) -> tuple[Frequency, int, int]:
    """Return the frequency, the year and the last month (1–12) of a period.

    Raises:
        ValueError: the text is not ``YYYY``, ``YYYY-Qn`` or ``YYYY-MM``.
    """
    match = _PATTERN.fullmatch(period)
    if match is None:
        raise ValueError(f"period {period!r} is not of the form 2025, 2025-Q3 or 2025-10")
    year = int(match["year"])
    if match["quarter"]:
        return "quarter", year, 3 * int(match["quarter"])
    if match["month"]:
        return "month", year, int(match["month"])
    return "year", year, 12


def month_number(period: str) -> int:
    """Return the number of the period's last month, counted from year 0, so that periods can be compared."""
    _, year, month = parse_period(period)
    return year * 12 + month - 1


def period_range(first: str, last: str) -> list[str]:
    """Return every period from first to last, both of one frequency, in order.

    Raises:
        ValueError: the two differ in frequency.
    """
    frequency = parse_period(first)[0]
    if parse_period(last)[0] != frequency:
        raise ValueError(f"periods {first!r} and {last!r} differ in frequency")
    step = {"month": 1, "quarter": 3, "year": 12}[frequency]
    numbers = range(month_number(first), month_number(last) + 1, step)
    return [period_of(number, frequency) for number in numbers]


def period_of(number: int, frequency: Frequency) -> str:
    """Return the period of a frequency whose last month has this number (see ``month_number``)."""
    year, month = divmod(number, 12)
    if frequency == "year":
        return f"{year:04d}"
    if frequency == "quarter":
        return f"{year:04d}-Q{month // 3 + 1}"
    return f"{year:04d}-{month + 1:02d}"
