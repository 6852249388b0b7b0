"""Completeness: how many of the figures due have arrived, indicator by indicator (X1, rulings 12).

Due is one figure a unit to which the indicator applies, for each period of the indicator's own
frequency from the edition's first period to the last month that has a figure, less the time
the catalogue grants for reporting; units owe only while they exist.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from xietong.catalogue import Catalogue, Edition, Indicator
from xietong.periods import Frequency, month_number, parse_period

_STEP: dict[Frequency, int] = {"month": 1, "quarter": 3, "year": 12}


def completeness(figures: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    """Return one row an indicator with figures due: ``due``, ``arrived`` and their quotient ``share``."""
    due = figures_due(figures, catalogue, edition)
    arrived = arrived_of(figures, due).group_by("indicator_code").agg(arrived=pl.len().cast(pl.Int64))
    return (
        due.group_by("indicator_code")
        .agg(pl.col("due").sum())
        .join(arrived, on="indicator_code", how="left")
        .with_columns(pl.col("arrived").fill_null(0))
        .with_columns(share=pl.col("arrived") / pl.col("due"))
        .sort("indicator_code")
    )


def figures_due(figures: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    """Return one row a unit and indicator: the last months ``from`` and ``to`` of the first and last figure ``due``."""
    months = figures.select("months", last=pl.col("first_month") + pl.col("months") - 1)
    last = _last_month(months, edition)
    return pl.DataFrame(schema=_DUE) if last is None else _due(catalogue, edition, last)


def arrived_of(figures: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """Return the figures due that are there, each once: ``unit_code``, ``indicator_code``, ``step``, ``last`` month."""
    return (
        figures.filter(pl.col("cell").is_first_distinct(), pl.col("first_month").is_not_null())
        .select("unit_code", "indicator_code", "months", last=pl.col("first_month") + pl.col("months") - 1)
        .join(due, on=("unit_code", "indicator_code"), how="inner")
        .filter(pl.col("months") == pl.col("step"), pl.col("last").is_between(pl.col("from"), pl.col("to")))
        .select("unit_code", "indicator_code", "step", "last")
    )


def _last_month(months: pl.DataFrame, edition: Edition) -> int | None:
    """Return the last month with a figure of the edition's frequency or a finer one; else with any.

    A yearly figure that comes early does not make the rest of its year due.
    """
    regular = months.filter(pl.col("months") <= _STEP[edition.frequency])
    last = (months if regular.is_empty() else regular)["last"].max()
    return last if isinstance(last, int) else None


_DUE = {
    "unit_code": pl.String(),
    "indicator_code": pl.String(),
    "step": pl.Int64(),
    "from": pl.Int64(),
    "to": pl.Int64(),
    "due": pl.Int64(),
}


def _due(catalogue: Catalogue, edition: Edition, last: int) -> pl.DataFrame:
    rows = [row for indicator in catalogue.indicators for row in _due_of(indicator, catalogue, edition, last)]
    return pl.DataFrame(rows, schema=_DUE, orient="row")


def _due_of(
    indicator: Indicator, catalogue: Catalogue, edition: Edition, last: int
) -> Iterator[tuple[str, str, int, int, int, int]]:
    """Yield for every unit the last months of the first and the last figure due, and how many are due."""
    if indicator.role != "reported" or not indicator.is_collected:
        return
    step = _STEP[indicator.frequency]
    lag = getattr(catalogue.index.reporting_lag, indicator.frequency)
    begin = month_number(edition.first_period) - _STEP[parse_period(edition.first_period)[0]] + 1
    end = last if edition.last_period is None else min(last, month_number(edition.last_period))
    for unit in catalogue.units.units:
        if indicator.applies_to is not None and unit.code not in indicator.applies_to:
            continue
        first_whole = max(begin, _month(unit.valid_from, begin))
        first = -(-first_whole // step) * step + step - 1
        final = (min(end - lag, _month(unit.valid_to, end)) + 1) // step * step - 1
        if final >= first:
            yield unit.code, indicator.code, step, first, final, (final - first) // step + 1


def _month(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.year * 12 + day.month - 1
