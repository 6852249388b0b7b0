"""How numbers, periods and names are written in each language; the sentences themselves are in ``site/text``."""

import re
from datetime import UTC, datetime
from typing import Final

from xietong.catalogue import Measure, Text, Unit
from xietong.periods import parse_period
from xietong.report.facts import Language

MINUS: Final = "\N{MINUS SIGN}"
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ZH_SUFFIX: Final = re.compile(
    r"(土家族苗族自治县|苗族土家族自治县|土家族自治县|自治县|维吾尔自治区|回族自治区|壮族自治区|自治区|区|县|省|市)$"
)
_EN_SUFFIX: Final = re.compile(
    r"( Tujia| Miao| and| Autonomous| County| District| New| Area| Municipality| Province)+$"
)
_CJK: Final = re.compile(r"[\u4e00-\u9fff]")
_SHORTEST_NAME: Final = 2


def pick(text: Text, language: Language) -> str:
    """Return the text in the language."""
    return text.zh if language == "zh" else text.en


def number(value: float, decimals: int) -> str:
    """Return the number with thousands separated, a real minus sign, and never a negative zero."""
    written = f"{value:,.{decimals}f}"
    if written.startswith("-"):
        written = written[1:] if not written.strip("-0.,") else MINUS + written[1:]
    return written


def signed(value: float, decimals: int) -> str:
    """Return the number with its sign, as differences are written."""
    written = number(value, decimals)
    return written if written.startswith(MINUS) or not written.strip("0.,") else f"+{written}"


def plain(value: float) -> str:
    """Return a number of the catalogue as it was written there: no digits added, none lost."""
    written = f"{value:,.10f}".rstrip("0").rstrip(".")
    return written.replace("-", MINUS)


def period(code: str, language: Language) -> str:
    """Return 2026年10月 / October 2026, 2026年第3季度 / Q3 2026, 2026年 / 2026."""
    frequency, year, month = parse_period(code)
    if frequency == "year":
        return f"{year}年" if language == "zh" else f"{year}"
    if frequency == "quarter":
        return f"{year}年第{month // 3}季度" if language == "zh" else f"Q{month // 3} {year}"
    return f"{year}年{month}月" if language == "zh" else f"{_MONTHS[month - 1]} {year}"


def day(moment: datetime, language: Language) -> str:
    """Return 2026年11月10日 / 10 November 2026 (UTC)."""
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    if language == "zh":
        return f"{utc.year}年{utc.month}月{utc.day}日"
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}"


def measure(unit_of_measurement: Measure, language: Language) -> str:
    """Return the symbol where it is one in both languages (%, µg/m³), else 万吨 / 10⁴ t."""
    code = unit_of_measurement.code
    return pick(unit_of_measurement.name, language) if language == "en" and _CJK.search(code) else code


def after_number(written: str) -> str:
    """Return a written unit of measurement as it stands after a number: two numbers never stand side by side."""
    return f"× {written}" if written[:1].isdigit() else written


def short_name(unit: Unit, language: Language) -> str:
    """Return the name without its kind, for labels on maps: 石柱土家族自治县 is 石柱, Shizhu."""
    if language == "en":
        return _EN_SUFFIX.sub("", unit.name.en) or unit.name.en
    short = _ZH_SUFFIX.sub("", unit.name.zh)
    return short if len(short) >= _SHORTEST_NAME else unit.name.zh
