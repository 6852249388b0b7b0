"""When a figure was received, as far as the data themselves say it."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

from transforms.findings import Finding, Place, shown
from transforms.texts import key, plain

_DATE: Final = re.compile(
    r"([12][0-9]{3})(?:-|/|年|\.)(0?[1-9]|1[0-2])(?:-|/|月|\.)(0?[1-9]|[12][0-9]|3[01])日?(?:00:00:00(?:\.0+)?)?"
)
_DIGITS: Final = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
#: What databases and services write: a date with its time of day, perhaps with parts of a second and an offset.
_MOMENT: Final = re.compile(
    r"([12][0-9]{3}-[01][0-9]-[0-3][0-9])[Tt ]([0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?)"
    r" ?([Zz]|[+-][0-9]{2}:?(?:[0-9]{2})?)?"
)
_CHINA: Final = timezone(timedelta(hours=8))
#: A file may be dated ahead of the day it is sent, not by more than this.
AHEAD: Final = timedelta(days=31)


@lru_cache(maxsize=4096)
def read_date(text: str) -> datetime | None:
    """Return the moment that the text writes, or None.

    Of a date (2026-01-15, 2026/1/15, 2026年1月15日, 20260115) it is midnight UTC. A time of day counts where it
    is written in full (2026-01-15T08:30, 2026-01-15 08:30:00+08:00); without an offset it is that of China.
    """
    word = key(text)
    match = _DATE.fullmatch(word) or _DIGITS.fullmatch(word)
    try:
        if match:
            return midnight(date(*map(int, match.groups())))
        moment = _MOMENT.fullmatch(plain(text))
        return _moment(*moment.groups()) if moment else None
    except ValueError:
        return None


def _moment(day: str, of_day: str, offset: str | None) -> datetime:
    zone = {"Z": "+00:00", "z": "+00:00"}.get(offset or "", offset or "")
    moment = datetime.fromisoformat(f"{day}T{of_day}{zone}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)).astimezone(UTC)


def midnight(day: date) -> datetime:
    """Return midnight UTC of the day."""
    return datetime.combine(day, time(), UTC)


def wrong_receipt(place: Place, text: str, count: int, arrived: datetime | None, unit_code: str) -> Finding:
    """Return what is said of a date of receipt of ``count`` rows that cannot be read, or lies after ``arrived``."""
    word = shown(text)
    came = f"{arrived:%Y-%m-%d}" if arrived else ""
    return Finding(
        "future_date" if arrived else "unreadable_date",
        "warning",
        place,
        zh=f"收到日期“{word}”{f'晚于收到文件的时间 {came}' if arrived else '无法识别'}（共 {count} 行），"
        "改用收到文件的时间；请写作 2026-01-15",
        en=f"the date “{word}” {f'lies after the file came in on {came}' if arrived else 'cannot be read'} "
        f"({count} rows), so the time the file came in is used; write it as 2026-01-15",
        value=word,
        reference=came or "2026-01-15",
        unit_code=unit_code,
    )
