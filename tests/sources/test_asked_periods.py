"""Which periods a pull asks for at a moment."""

from datetime import UTC, datetime

import pytest

from xietong.catalogue.connections import Periods
from xietong.sources.asked_periods import asked_periods


@pytest.mark.parametrize(
    ("every", "last", "periods"),
    [
        ("day", 2, ["2026-12-31", "2027-01-01"]),
        ("month", 2, ["2026-12", "2027-01"]),
        ("quarter", 2, ["2026-Q4", "2027-Q1"]),
        ("year", 2, ["2026", "2027"]),
    ],
)
def test_periods_turn_at_midnight_in_china(every, last, periods):
    evening = datetime(2026, 12, 31, 16, tzinfo=UTC)
    words = list(asked_periods(Periods(every=every, last=last), evening))
    assert [entry["period"] for entry in words] == periods
    assert words[-1] == words[-1] | {"date": "2027-01-01", "year": "2027", "quarter": "1", "month": "01", "day": "01"}
