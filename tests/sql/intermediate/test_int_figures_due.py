"""Figures due: nobody is late before the deadline, and a unit owes whole periods of its existence."""

from datetime import UTC, date, datetime

import polars as pl

from xietong.periods import month_number

MODEL = "intermediate/int_figures_due"
PERIODS = ("2025-11", "2025-12", "2026-01")
#: A form of a year is due on 31 January of the next one.
DEADLINES = {"2025": datetime(2026, 2, 1, tzinfo=UTC), "2026": datetime(2027, 2, 1, tzinfo=UTC)}


def given(
    as_of: datetime, received: dict[str, datetime], dates: tuple[date | None, date | None] = (None, None)
) -> dict:
    months = [month_number(period) for period in PERIODS]
    observations = [
        {
            "unit_code": "500101",
            "indicator_code": "x",
            "period": period,
            "value": 1.0,
            "first_received_at": at,
        }
        for period, at in received.items()
    ] or [{"unit_code": "-", "indicator_code": "-", "period": "-", "value": 1.0, "first_received_at": as_of}]
    findings = {"unit_code": "-", "indicator_code": "-", "period": "-", "severity": "info", "status": "open"}
    return {
        "reference.indicators": [
            {"indicator_code": "x", "frequency": "month", "role": "reported", "is_collected": True}
        ],
        "reference.applicability": [{"unit_code": "500101", "indicator_code": "x"}],
        "reference.units": pl.DataFrame(
            [("500101", *dates)],
            schema={"unit_code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date},
            orient="row",
        ),
        "reference.calendar": [
            {
                "period": period,
                "frequency": "month",
                "first_month": month,
                "last_month": month,
                "due_month": month,
                "deadline": DEADLINES[period[:4]],
            }
            for period, month in zip(PERIODS, months, strict=True)
        ],
        "reference.run": [{"as_of": as_of, "has_deadline": True}],
        "staging.stg_observations": observations,
        "staging.stg_findings": [findings],
    }


def shown(rows: list[dict], *columns: str) -> dict[str, tuple]:
    return {row["period"]: tuple(row[column] for column in columns) for row in rows}


def test_a_form_that_may_still_come_is_not_due(run_model) -> None:
    """On 15 January the form of 2025 may come for another two weeks; November was sent ahead of it."""
    rows = run_model(MODEL, given(datetime(2026, 1, 15, tzinfo=UTC), {"2025-11": datetime(2025, 12, 5, tzinfo=UTC)}))
    assert shown(rows, "is_due", "is_timely", "has_passed") == {
        "2025-11": (True, True, True),
        "2025-12": (False, False, False),
        "2026-01": (False, False, False),
    }


def test_after_the_deadline_what_did_not_come_counts(run_model) -> None:
    """The whole last day is in time: the form of 2025 is due from 1 February on."""
    rows = run_model(MODEL, given(datetime(2026, 2, 1, tzinfo=UTC), {"2025-12": datetime(2026, 2, 1, tzinfo=UTC)}))
    assert shown(rows, "is_due", "has_arrived", "is_timely") == {
        "2025-11": (True, False, False),
        "2025-12": (True, True, False),
        "2026-01": (False, False, False),
    }


def test_a_unit_owes_from_its_first_month_to_its_last(run_model) -> None:
    as_of = datetime(2027, 3, 1, tzinfo=UTC)
    began = run_model(MODEL, given(as_of, {}, (date(2025, 12, 15), None)))
    assert sorted(shown(began)) == ["2025-12", "2026-01"]
    ended = run_model(MODEL, given(as_of, {}, (None, date(2025, 12, 15))))
    assert sorted(shown(ended)) == ["2025-11", "2025-12"]
