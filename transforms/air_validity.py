"""Hourly values of stations to means of days, districts and months, as far as HJ 663 lets them count.

A mean that has too few valid values is null and says why; nothing is filled in. All means are
unrounded: GB/T 8170 applies to what is printed, not to what is computed with. Sums are exact, so
they depend on no order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, fsum
from typing import Final

import polars as pl

from xietong.catalogue import Catalogue

#: One row: one pollutant in one hour under one label of a file; ``value`` null: no valid value.
HOURS: Final = pl.Schema(
    {
        "snapshot": pl.String(),
        "file": pl.String(),
        "location": pl.String(),  # the cell of the value, or its path in an answer
        "row": pl.Int64(),  # its place in the order of the file
        "label": pl.String(),  # the station as the file names it
        "day": pl.Date(),
        "hour": pl.Int64(),  # 0 to 23, as the file has it
        "pollutant": pl.String(),  # pm25 pm10 so2 no2 co o3; CO in mg/m³, the others in µg/m³
        "text": pl.String(),
        "value": pl.Float64(),
    }
)
POLLUTANTS: Final = ("pm25", "pm10", "so2", "no2", "co", "o3")
MEASURES: Final = dict.fromkeys(POLLUTANTS, "µg/m³") | {"co": "mg/m³"}
_WINDOW: Final = 8
_DAY: Final = 24
_FEBRUARY: Final = 2
_KEY: Final = ("station", "label", "day", "pollutant")


@dataclass(frozen=True)
class AirRules:
    """The numbers of HJ 663-2013 and GB 3095-2012, from ``factors/air_validity.yaml``."""

    day_hours: int
    window_hours: int
    day_windows: int
    month_days: int
    february_days: int
    station_share: float
    few_stations: int
    station_share_of_few: float
    o3_limit: float
    percentiles: dict[str, float]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "AirRules":
        """Return the rules of the catalogue's factors."""
        value = {factor.code: factor.value for factor in catalogue.factors}
        return cls(
            day_hours=int(value["air_day_valid_hours"]),
            window_hours=int(value["air_window_valid_hours"]),
            day_windows=int(value["air_day_valid_windows"]),
            month_days=int(value["air_month_valid_days"]),
            february_days=int(value["air_february_valid_days"]),
            station_share=value["air_valid_station_share"] / 100,
            few_stations=int(value["air_few_stations"]),
            station_share_of_few=value["air_valid_station_share_of_few"] / 100,
            o3_limit=value["o3_standard"],
            percentiles={"co": value["air_co_percentile"], "o3": value["air_o3_percentile"]},
        )

    def stations_needed(self, stations: int) -> float:
        """Return how many of a district's stations need a valid value on a day."""
        share = self.station_share_of_few if stations < self.few_stations else self.station_share
        return share * stations


def station_days(hours: pl.DataFrame, rules: AirRules) -> pl.DataFrame:
    """Return a row for each station, label, day and pollutant that the hours speak of.

    ``hours`` has the columns of ``HOURS`` and ``station``, each hour at most once. ``value`` is the
    24-hour mean, for ``o3`` the greatest 8-hour running mean that lies within the day;
    ``valid_hours`` the hours it could use, ``valid_windows`` the running means (ozone only); where it
    is null, ``reason`` is ``too_few_hours`` or ``too_few_windows``.
    """
    means = (
        hours.filter(pl.col("pollutant") != "o3")
        .group_by(_KEY)
        .agg(_exact_mean(), valid_hours=pl.col("value").count())
        .with_columns(
            valid_windows=pl.lit(None, dtype=pl.Int64),
            reason=pl.when(pl.col("valid_hours") < rules.day_hours).then(pl.lit("too_few_hours")),
        )
    )
    days = pl.concat([means, _ozone_days(hours, rules)], how="diagonal_relaxed")
    return (
        days.with_columns(value=pl.when(pl.col("reason").is_null()).then("value"))
        .select(*_KEY, "value", "valid_hours", "valid_windows", "reason")
        .sort(_KEY)
    )


def _exact_mean() -> pl.Expr:
    """Return the mean of hourly values, which have few decimals: summed as decimals and divided once."""
    total = pl.col("value").cast(pl.Decimal(38, 9)).sum().cast(pl.Float64)
    return pl.when(pl.col("value").count() > 0).then(total / pl.col("value").count()).alias("value")


def _ozone_days(hours: pl.DataFrame, rules: AirRules) -> pl.DataFrame:
    rows = []
    ozone = hours.filter(pl.col("pollutant") == "o3").sort(*_KEY, "hour")
    for key, group in ozone.group_by(_KEY, maintain_order=True):
        by_hour = dict(group.select("hour", "value").iter_rows())
        values = [by_hour.get(hour) for hour in range(_DAY)]
        windows = running_means(values, rules.window_hours)
        maximum = max(windows, default=None)
        enough = len(windows) >= rules.day_windows or (maximum is not None and maximum > rules.o3_limit)
        hours_valid = sum(value is not None for value in values)
        rows.append((*key, maximum, hours_valid, len(windows), None if enough else "too_few_windows"))
    schema = {
        **{column: hours.schema.get(column, pl.String()) for column in _KEY},
        "value": pl.Float64(),
        "valid_hours": pl.Int64(),
        "valid_windows": pl.Int64(),
        "reason": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def running_means(values: Sequence[float | None], needed: int) -> list[float]:
    """Return the 8-hour running means that lie within the day and have enough valid hours, in their order.

    HJ 663 takes those that end at 8 to 24 o'clock: the 17 windows of the 24 hourly values of a day.
    """
    windows = ([v for v in values[i : i + _WINDOW] if v is not None] for i in range(len(values) - _WINDOW + 1))
    return [fsum(window) / len(window) for window in windows if len(window) >= needed]


def district_days(days: pl.DataFrame, stations: pl.DataFrame, rules: AirRules) -> pl.DataFrame:
    """Return a row for each district, day and pollutant: the mean of the stations' daily values.

    ``days`` is what ``station_days`` returns, of stations that count only; ``stations`` has
    ``station`` and ``unit_code`` of every station that should report. A district with too few
    valid stations has null and the reason ``too_few_stations``.
    """
    totals = stations.group_by("unit_code").agg(stations=pl.col("station").n_unique().cast(pl.Int64))
    counted = days.join(stations.select("station", "unit_code"), on="station", how="inner")
    grouped = counted.group_by("unit_code", "day", "pollutant").agg(
        values=pl.col("value").drop_nulls(), valid_stations=pl.col("value").count().cast(pl.Int64)
    )
    means = [fsum(values) / len(values) if values else None for values in grouped["values"].to_list()]
    grouped = grouped.with_columns(value=pl.Series(means, dtype=pl.Float64))
    needed = {count: rules.stations_needed(count) for count in totals["stations"].unique()}
    judged = grouped.join(totals, on="unit_code", how="left").with_columns(
        needed=pl.col("stations").replace_strict(needed, default=None, return_dtype=pl.Float64)
    )
    too_few = (pl.col("valid_stations") < pl.col("needed")) | (pl.col("valid_stations") == 0)
    return (
        judged.with_columns(reason=pl.when(too_few).then(pl.lit("too_few_stations")))
        .with_columns(value=pl.when(pl.col("reason").is_null()).then("value"))
        .select("unit_code", "day", "pollutant", "value", "valid_stations", "stations", "reason")
        .sort("unit_code", "day", "pollutant")
    )


def district_months(days: pl.DataFrame, rules: AirRules) -> pl.DataFrame:
    """Return a row for each district, month and pollutant, from what ``district_days`` returns.

    ``value`` is the mean of the valid days; for CO and O3 the percentile of HJ 663. With fewer valid
    days than the month needs it is null with the reason ``too_few_days``.
    """
    rows = []
    months = days.with_columns(period=pl.col("day").dt.strftime("%Y-%m")).sort("unit_code", "day", "pollutant")
    for (unit, period, pollutant), group in months.group_by("unit_code", "period", "pollutant", maintain_order=True):
        values = group["value"].drop_nulls().to_list()
        needed = rules.february_days if str(period).endswith(f"-{_FEBRUARY:02d}") else rules.month_days
        enough = len(values) >= needed
        value = _monthly(str(pollutant), values, rules) if enough else None
        rows.append((unit, period, pollutant, value, len(values), needed, None if enough else "too_few_days"))
    schema = {
        "unit_code": pl.String(),
        "period": pl.String(),
        "pollutant": pl.String(),
        "value": pl.Float64(),
        "valid_days": pl.Int64(),
        "needed_days": pl.Int64(),
        "reason": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("unit_code", "period", "pollutant")


def _monthly(pollutant: str, values: list[float], rules: AirRules) -> float:
    percent = rules.percentiles.get(pollutant)
    if percent is not None:
        return percentile(values, percent)
    return fsum(values) / len(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the percentile by the formula of HJ 663-2013, appendix A.

    Of n ascending values it is the one at place k = 1 + (n - 1)·p, between two places in proportion.
    """
    ascending = sorted(values)
    place = (len(ascending) - 1) * percent / 100
    steps = [*pairwise(ascending), (ascending[-1], ascending[-1])]
    below, above = steps[floor(place)]
    return below + (above - below) * (place - floor(place))
