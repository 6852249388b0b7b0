"""When a figure was received, as far as the data themselves say it."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final

from transforms.texts import key

_DATE: Final = re.compile(
    r"([12][0-9]{3})(?:-|/|年|\.)(0?[1-9]|1[0-2])(?:-|/|月|\.)(0?[1-9]|[12][0-9]|3[01])日?(?:00:00:00(?:\.0+)?)?"
)


@lru_cache(maxsize=4096)
def read_date(text: str) -> datetime | None:
    """Return midnight UTC of the date that the text writes (2026-01-15, 2026/1/15, 2026年1月15日), or None."""
    match = _DATE.fullmatch(key(text))
    try:
        return midnight(date(*map(int, match.groups()))) if match else None
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """Return midnight UTC of the day."""
    return datetime.combine(day, time(), UTC)
