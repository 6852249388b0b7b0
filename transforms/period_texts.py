"""Periods as people write them, to ``2025``, ``2025-Q3`` and ``2025-10``."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from transforms.texts import key
from xietong.periods import Frequency

_QUARTERS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR: Final = re.compile(r"([12][0-9]{3})(?:年度?|\.0)?")
_QUARTER: Final = re.compile(r"([12][0-9]{3})(?:年?第?([一二三四1-4])季度?|[-/年]?q([1-4]))")
_MONTH: Final = re.compile(
    r"([12][0-9]{3})(?:年(?P<a>1[0-2]|0?[1-9])月(?:份)?|[-/](?P<b>1[0-2]|0?[1-9])|\.(?P<c>0[1-9]|1[0-2])|(?P<d>0[1-9]|1[0-2]))"
)
#: What a spreadsheet makes of a date: the first of the month stands for the month.
_FIRST_DAY: Final = re.compile(r"([12][0-9]{3})[-/](0[1-9]|1[0-2])[-/]01(?:00:00:00(?:\.0+)?)?")
_FIRST_MONTH_OF_QUARTER: Final = {"01": 1, "04": 2, "07": 3, "10": 4}

EXAMPLES: Final[dict[Frequency, tuple[str, ...]]] = {
    "month": ("2025-01", "2025年1月"),
    "quarter": ("2025-Q1", "2025年一季度"),
    "year": ("2025", "2025年"),
}


@lru_cache(maxsize=65_536)
def read_period(text: str, frequency: Frequency | None = None) -> str | None:
    """Return the period that the text names, or None.

    A date names the month, quarter or year that begins on it, so it is read only where the
    frequency is known. ``2025.1`` may be January or a lost zero of October, and is not read.
    """
    word = key(text)
    if match := _FIRST_DAY.fullmatch(word):
        return _begun_on(match[1], match[2], frequency)
    if (match := _YEAR.fullmatch(word)) and frequency in (None, "year"):
        return match[1]
    if (match := _QUARTER.fullmatch(word)) and frequency in (None, "quarter"):
        return f"{match[1]}-Q{_QUARTERS[match[2] or match[3]]}"
    if (match := _MONTH.fullmatch(word)) and frequency in (None, "month"):
        month = next(group for group in match.group("a", "b", "c", "d") if group)
        return f"{match[1]}-{int(month):02d}"
    return None


def _begun_on(year: str, month: str, frequency: Frequency | None) -> str | None:
    if frequency == "month":
        return f"{year}-{month}"
    if frequency == "quarter" and month in _FIRST_MONTH_OF_QUARTER:
        return f"{year}-Q{_FIRST_MONTH_OF_QUARTER[month]}"
    if frequency == "year" and month == "01":
        return year
    return None


def allowed_periods(frequencies: Sequence[Frequency] = ("month", "quarter", "year")) -> str:
    """Return examples of how periods are written, for a sentence."""
    return ", ".join(example for frequency in frequencies for example in EXAMPLES[frequency])
