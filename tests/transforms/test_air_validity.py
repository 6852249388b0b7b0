"""What HJ 663-2013 and GB 3095-2012 let count: hours of a day, running means, stations, days of a month."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.air_validity import AirRules, district_days, district_months, percentile, running_means, station_days
from xietong.catalogue import Catalogue

DAY = date(2025, 3, 31)


@pytest.fixture
def rules(catalogue: Catalogue) -> AirRules:
    return AirRules.of(catalogue)


def _hours(values: list[float | None], pollutant: str = "pm25") -> pl.DataFrame:
    rows = [("甲", "甲", DAY, hour, pollutant, value) for hour, value in enumerate(values)]
    schema = ["station", "label", "day", "hour", "pollutant", "value"]
    return pl.DataFrame(rows, schema=schema, orient="row", schema_overrides={"value": pl.Float64})


def _only(frame: pl.DataFrame, *columns: str) -> tuple:
    return frame.select(columns).row(0)


@pytest.mark.parametrize(("valid", "reason"), [(24, None), (20, None), (19, "too_few_hours"), (0, "too_few_hours")])
def test_a_daily_mean_needs_twenty_hours(rules: AirRules, valid: int, reason: str | None):
    days = station_days(_hours([30.0 + hour for hour in range(valid)] + [None] * (24 - valid)), rules)
    value = None if reason else 30 + (valid - 1) / 2
    assert _only(days, "value", "valid_hours", "reason") == (value, valid, reason)


def test_sums_are_exact_and_depend_on_no_order(rules: AirRules):
    values = [0.1, 0.2, 0.3, 0.7] * 6
    expected = 7.8 / 24
    assert _only(station_days(_hours(values, "co"), rules), "value") == (expected,)
    assert _only(station_days(_hours(values[::-1], "co"), rules), "value") == (expected,)


def test_ozone_is_the_greatest_of_the_seventeen_running_means_within_the_day(rules: AirRules):
    values = [10.0] * 12 + [90.0] * 8 + [10.0] * 4
    assert _only(station_days(_hours(values, "o3"), rules), "value", "valid_windows") == (90.0, 17)


@pytest.mark.parametrize(
    ("missing", "windows", "reason"),
    [([], 17, None), ([5, 6], 17, None), ([5, 6, 7], 11, "too_few_windows"), ([0, 1, 2, 3, 4], 14, None)],
)
def test_a_running_mean_needs_six_hours_and_a_day_fourteen_of_them(
    rules: AirRules, missing: list[int], windows: int, reason: str | None
):
    values = [None if hour in missing else 40.0 for hour in range(24)]
    expected = (None if reason else 40.0, windows, reason)
    assert _only(station_days(_hours(values, "o3"), rules), "value", "valid_windows", "reason") == expected


def test_an_ozone_maximum_above_the_limit_counts_with_fewer_windows(rules: AirRules):
    values = [None] * 8 + [161.0] * 16
    assert len(running_means(values, rules.window_hours)) == 11
    assert _only(station_days(_hours(values, "o3"), rules), "value", "reason") == (161.0, None)
    at_limit = [None] * 8 + [160.0] * 16
    assert _only(station_days(_hours(at_limit, "o3"), rules), "value", "reason") == (None, "too_few_windows")


@pytest.mark.parametrize(
    ("stations", "valid", "reason"),
    [(1, 1, None), (2, 1, None), (3, 1, "too_few_stations"), (3, 2, None), (4, 2, "too_few_stations"), (4, 3, None)],
)
def test_a_district_needs_three_quarters_of_its_stations_or_half_of_fewer_than_four(
    rules: AirRules, stations: int, valid: int, reason: str | None
):
    names = [f"站{number}" for number in range(stations)]
    days = pl.DataFrame(
        [(name, DAY, "pm25", 10.0 * number if number < valid else None) for number, name in enumerate(names)],
        schema={"station": pl.String, "day": pl.Date, "pollutant": pl.String, "value": pl.Float64},
        orient="row",
    )
    listed = pl.DataFrame({"station": names, "unit_code": "500103"})
    expected = None if reason else 10 * (valid - 1) / 2
    result = district_days(days, listed, rules)
    assert _only(result, "value", "valid_stations", "stations", "reason") == (expected, valid, stations, reason)


@pytest.mark.parametrize(
    ("first", "days", "reason"),
    [
        (date(2025, 3, 1), 27, None),
        (date(2025, 3, 1), 26, "too_few_days"),
        (date(2025, 2, 1), 25, None),
        (date(2025, 2, 1), 24, "too_few_days"),
    ],
)
def test_a_month_needs_27_days_and_february_25(rules: AirRules, first: date, days: int, reason: str | None):
    rows = [("500103", first + timedelta(number), "pm25", float(number)) for number in range(days)]
    frame = pl.DataFrame(rows, schema=["unit_code", "day", "pollutant", "value"], orient="row")
    assert _only(district_months(frame, rules), "value", "reason") == (None if reason else (days - 1) / 2, reason)


def test_a_month_of_ozone_is_its_90th_percentile_and_of_co_its_95th(rules: AirRules):
    rows = [("500103", date(2025, 3, 1 + n), code, float(n + 1)) for n in range(31) for code in ("o3", "co", "so2")]
    frame = pl.DataFrame(rows, schema=["unit_code", "day", "pollutant", "value"], orient="row")
    # k = 1 + 30 p: place 28 for .9, and 29.5, half-way between the 29th and the 30th, for .95.
    values = dict(district_months(frame, rules).select("pollutant", "value").iter_rows())
    assert values == {"co": pytest.approx(29.5), "o3": pytest.approx(28.0), "so2": 16.0}


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40), st.floats(0, 100))
def test_a_percentile_lies_between_the_least_and_the_greatest(values: list[float], percent: float):
    assert min(values) <= percentile(values, percent) <= max(values)
    assert percentile(values, 0) == min(values)
    assert percentile(values, 100) == max(values)
