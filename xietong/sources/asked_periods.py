"""The periods that a source is asked for one by one, and the words that stand for each in its address."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Final

from xietong.catalogue.connections import Periods
from xietong.periods import period_of

#: Periods are those of the calendar in China, which knows no daylight saving.
_CHINA: Final = timezone(timedelta(hours=8))
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def asked_periods(periods: Periods | None, now: datetime) -> Iterator[dict[str, str]]:
    """Yield the words of each period by their placeholders, the oldest first and the running one last.

    ``date``, ``year``, ``quarter``, ``month`` and ``day`` are those of the first day of the period.
    Without periods there is one entry without words.
    """
    if periods is None:
        yield {}
        return
    today = now.astimezone(_CHINA).date()
    for back in reversed(range(periods.last)):
        if periods.every == "day":
            day = today - timedelta(days=back)
            yield _words(day.isoformat(), day)
        else:
            step = _MONTHS[periods.every]
            running = today.year * 12 + today.month - 1
            first = running - running % step - back * step
            year, month = divmod(first, 12)
            yield _words(period_of(first, periods.every), date(year, month + 1, 1))


def _words(period: str, first: date) -> dict[str, str]:
    return {
        "period": period,
        "date": first.isoformat(),
        "year": f"{first:%Y}",
        "quarter": str((first.month + 2) // 3),
        "month": f"{first:%m}",
        "day": f"{first:%d}",
    }
