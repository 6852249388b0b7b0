"""Which units have not sent what was due: the forms of a finished database of which no figure came."""

from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

_NEVER_SENT = """
    with closed as (
        select calendar.period, calendar.frequency, calendar.last_month
        from reference.calendar
        where calendar.deadline <= $moment
    ),

    newest as (
        select frequency, max(last_month) as last_month
        from closed
        group by frequency
    )

    select due.unit_code::varchar as unit_code, closed.period
    from closed
    inner join newest
        on closed.frequency = newest.frequency and closed.last_month = newest.last_month
    inner join intermediate.int_figures_due as due on closed.period = due.period
    group by due.unit_code, closed.period, closed.last_month
    having not bool_or(due.has_arrived)
    order by closed.last_month, closed.period, unit_code
"""


def late_units(database: Path, moment: datetime) -> pl.DataFrame:
    """Return the units that by a moment after the deadline have sent none of the figures due for a period.

    Looked at is, of each frequency, the newest period whose deadline was over at the moment. Columns: unit_code,
    period. An edition without a deadline has no row.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        late: pl.DataFrame = connection.sql(_NEVER_SENT, params={"moment": moment}).pl()
    return late
