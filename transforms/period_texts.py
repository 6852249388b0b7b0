"""Periods as people write them, to ``2025``, ``2025-Q3`` and ``2025-10``."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from transforms.texts import key
from xietong.periods import Frequency

_QUARTERS: Final = {word: 1 + place for words in ("一二三四", "1234", "ⅰⅱⅲⅳ") for place, word in enumerate(words)}
_MONTHS: Final = {word: month for month, word in enumerate("一二三四五六七八九十", start=1)} | {
    "元": 1,
    "十一": 11,
    "十二": 12,
}
_YEAR: Final = re.compile(r"([12][0-9]{3})(?:年度?|年?[末底]|年全年|\.0)?")
_QUARTER: Final = re.compile(
    r"([12][0-9]{3})(?:年?第?([一二三四1-4ⅰⅱⅲⅳ])季度?|[-/年]?(?:第?q([1-4])|([1-4])q))|(?:q([1-4])|([1-4])q)[-/]?([12][0-9]{3})"
)
_MONTH: Final = re.compile(
    r"([12][0-9]{3})(?:年(?P<a>1[0-2]|0?[1-9])月(?:份)?|[-/](?P<b>1[0-2]|0?[1-9])|\.(?P<c>0[1-9]|1[0-2])|(?P<d>0[1-9]|1[0-2])|"
    r"年(?P<e>十[一二]?|[一二三四五六七八九元])月(?:份)?|-?m(?P<f>1[0-2]|0?[1-9]))"
)
#: A year in Chinese numerals: 二〇二四年.
_NUMERALS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_IN_WORDS: Final = re.compile(r"[一二][〇○零一二三四五六七八九]{3}(?=年|$)")
#: What stands in the header of a table whose year is told elsewhere.
_WITHOUT_YEAR: Final[dict[Frequency, re.Pattern[str]]] = {
    "month": re.compile(r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?"),
    "quarter": re.compile(r"第?[一二三四1-4ⅰⅱⅲⅳ]季度?|q[1-4]|[1-4]q"),
    "year": re.compile(r"全年|本年|年度"),
}
#: What a spreadsheet makes of a date: the first or the last day of the period stands for it.
_DAY: Final = re.compile(
    r"([12][0-9]{3})(?:[-/.](0?[1-9]|1[0-2])[-/.]|年(0?[1-9]|1[0-2])月|(0[1-9]|1[0-2])(?=[0-9]{2}$))"
    r"(0?1|28|29|30|31)日?(?:t?00:00(?::00(?:\.0+)?)?)?"
)
#: The number under which a spreadsheet keeps a date, of the years from 2000 to 2064.
_SERIAL: Final = re.compile(r"(3652[6-9]|365[3-9][0-9]|36[6-9][0-9]{2}|3[7-9][0-9]{3}|[45][0-9]{4})(?:\.0+)?")
_SPREADSHEET_DAY_ZERO: Final = date(1899, 12, 30)
_FIRST_MONTH_OF_QUARTER: Final = {1: 1, 4: 2, 7: 3, 10: 4}
_LAST_MONTH_OF_QUARTER: Final = {3: 1, 6: 2, 9: 3, 12: 4}
_JANUARY, _DECEMBER = 1, 12
_MAX_LENGTH: Final = 40

EXAMPLES: Final[dict[Frequency, tuple[str, ...]]] = {
    "month": ("2025-01", "2025年1月"),
    "quarter": ("2025-Q1", "2025年一季度"),
    "year": ("2025", "2025年"),
}


def read_period(text: str, frequency: Frequency | None = None, year: int | None = None) -> str | None:
    """Return the period that the text names, or None.

    A date names the month, quarter or year that begins or ends on it, so it is read only where the
    frequency is known; ``3月`` and ``一季度`` only where the year is known too. ``2025.1`` may be
    January or a lost zero of October, and is not read.
    """
    if len(text) > _MAX_LENGTH:
        return None
    word = _YEAR_IN_WORDS.sub(lambda match: match[0].translate(_NUMERALS), key(text), count=1)
    return _read(word, frequency, year)


@lru_cache(maxsize=65_536)
def _read(word: str, frequency: Frequency | None, year: int | None) -> str | None:
    if match := _DAY.fullmatch(word):
        return _bounded_by(int(match[1]), int(match[2] or match[3] or match[4]), int(match[5]), frequency)
    if frequency is not None and year is not None and _WITHOUT_YEAR[frequency].fullmatch(word):
        word = f"{year:04d}年{word}" if frequency != "year" else f"{year:04d}"
    if (match := _YEAR.fullmatch(word)) and frequency in (None, "year"):
        return match[1]
    if (match := _QUARTER.fullmatch(word)) and frequency in (None, "quarter"):
        number = next(group for group in match.group(2, 3, 4, 5, 6) if group)
        return f"{match[1] or match[7]}-Q{_QUARTERS[number]}"
    if (match := _MONTH.fullmatch(word)) and frequency in (None, "month"):
        month = next(group for group in match.group("a", "b", "c", "d", "e", "f") if group)
        return f"{match[1]}-{_MONTHS.get(month) or int(month):02d}"
    return None


def lacks_year(text: str, frequency: Frequency) -> bool:
    """True for a text that names a period of this frequency but not its year: 3月, 一季度."""
    return len(text) <= _MAX_LENGTH and _WITHOUT_YEAR[frequency].fullmatch(key(text)) is not None


def _bounded_by(year: int, month: int, day: int, frequency: Frequency | None) -> str | None:
    """Return the period whose first or last day this is."""
    is_first = day == 1
    if not is_first and day != monthrange(year, month)[1]:
        return None
    if frequency == "month":
        return f"{year}-{month:02d}"
    quarters = _FIRST_MONTH_OF_QUARTER if is_first else _LAST_MONTH_OF_QUARTER
    if frequency == "quarter" and month in quarters:
        return f"{year}-Q{quarters[month]}"
    if frequency == "year" and month == (_JANUARY if is_first else _DECEMBER):
        return str(year)
    return None


def serial_number(word: str) -> tuple[str, str]:
    """Return in both languages the date that a spreadsheet keeps under this number; empty for other words."""
    match = _SERIAL.fullmatch(key(word))
    if match is None:
        return "", ""
    day = _SPREADSHEET_DAY_ZERO + timedelta(days=int(match[1]))
    return f"（像是日期 {day} 的序列号）", f" (it looks like the serial number of the date {day})"


def reported_for(frequency: Frequency, *, longer: bool) -> tuple[Frequency, ...]:
    """Return the lengths of period a figure may be of: its indicator's, and ``longer`` ones as publications have."""
    order = tuple(EXAMPLES)
    return order[order.index(frequency) :][: None if longer else 1]


def allowed_periods(frequencies: Sequence[Frequency] = ("month", "quarter", "year")) -> str:
    """Return examples of how periods are written, for a sentence."""
    return ", ".join(example for frequency in frequencies for example in EXAMPLES[frequency])
