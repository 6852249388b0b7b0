"""Hourly tables in their three shapes: one frame of hours, each hour once, districts by the table of stations."""

import json
from dataclasses import replace

import polars as pl
import pytest

from transforms import tidy
from transforms.station_days import AirDays, air_days
from xietong.catalogue import Catalogue
from xietong.frames import Snapshot
from xietong.sources import read_tables

HEADER = [
    "Date",
    "Hour",
    "WatchPoint",
    "AQI",
    "PrimaryPollution",
    "PM2.5",
    "PM10",
    "CO",
    "NO2",
    "O3_1h",
    "O3_8h",
    "SO2",
]
STATIONS = [
    ["station_code", "station", "adcode_by_point", "district_by_point"],
    ["0001A", "东站", "500103", "渝中区"],
    ["0002A", "西站", "500103", "渝中区"],
    ["0003A", "山站", "500109", "北碚区"],
]


def _row(hour: int, station: str, pm25: str = "30", pm10: str = "50", day: str = "20250331") -> list[str]:
    padded = "\n          颗粒物(PM10)\n      "
    return [day, f"{hour:02d}", station, "50", padded, pm25, pm10, "0.5", "20", "40", "60", "6"]


def _day(station: str, hours: int = 24, pm25: str | None = None) -> list[list[str]]:
    return [_row(hour, station, pm25 or str(20 + hour), str(60 + hour)) for hour in range(hours)]


@pytest.fixture
def read(table, catalogue: Catalogue):
    def run(rows: list[list[str]], stations: list[list[str]] | None = STATIONS) -> AirDays:
        tables = [table(None, [HEADER, *rows])] + ([table("站点", stations)] if stations else [])
        return air_days(tables, catalogue)

    return run


def _rules(result: AirDays) -> list[str]:
    return [finding.rule for finding in result.findings]


def _station(result: AirDays, label: str, pollutant: str = "pm25") -> tuple:
    row = result.station_days.filter(label=label, pollutant=pollutant)
    return row.select("value", "valid_hours", "reason", "exclusion").row(0)


def test_a_whole_day_gives_station_and_district_means(read):
    result = read([*_day("东站"), *_day("西站", pm25="10")])
    assert _station(result, "东站") == (31.5, 24, None, None)
    district = result.district_days.filter(pollutant="pm25").select("unit_code", "value", "valid_stations", "reason")
    assert district.rows() == [("500103", (31.5 + 10) / 2, 2, None)]
    assert result.district_months.filter(pollutant="pm25").select("value", "valid_days", "reason").rows() == [
        (None, 1, "too_few_days")
    ]
    assert _rules(result) == []


@pytest.mark.parametrize("mark", ["NaN", "—", "-;", "", "-", "_"])
def test_marks_are_missing_and_never_zero(read, mark: str):
    rows = _day("东站", pm25="10")
    for row in rows[:5]:
        row[5] = mark
    assert _station(read(rows), "东站") == (None, 19, "too_few_hours", None)


def test_rows_that_stand_twice_are_used_once_and_counted(read):
    rows = _day("东站")
    result = read([*rows, rows[3], rows[3], rows[7]])
    assert _station(result, "东站") == (31.5, 24, None, None)
    told = {finding.rule: finding for finding in result.findings}
    assert (told["duplicate_hours"].value, told["duplicate_hours"].reference) == ("2", "3")
    repeated = [(finding.place.cell, finding.value) for finding in result.findings if finding.rule == "duplicate_row"]
    assert repeated == [("F5", "3"), ("F9", "2")]


def test_values_that_contradict_each_other_are_both_refused(read):
    result = read([*_day("东站", 20, pm25="10"), _row(3, "东站", "99", "63")])
    assert _station(result, "东站") == (None, 19, "too_few_hours", None)
    assert _station(result, "东站", "pm10")[1] == 20
    conflict = next(finding for finding in result.findings if finding.rule == "conflicting_duplicate")
    assert (conflict.place.cell, conflict.value, conflict.indicator_code) == ("F5", "10, 99", "pm25")


def test_a_row_without_a_value_contradicts_nothing(read):
    result = read([*_day("东站", 20, pm25="10"), _row(3, "东站", "NaN", "63")])
    assert _station(result, "东站") == (10.0, 20, None, None)
    assert "conflicting_duplicate" not in _rules(result)


def test_a_control_point_is_left_out_under_all_its_labels(read):
    result = read([*_day("山站"), *_day("山站（对照点）")])
    assert [_station(result, label)[3] for label in ("山站", "山站（对照点）")] == ["control_point"] * 2
    assert result.district_days.is_empty()
    assert _rules(result) == ["control_point", "control_point"]


def test_a_closed_station_is_left_out_of_the_number_of_stations(read):
    result = read([*_day("东站"), *_day("西站", 0), *[_row(h, "西站(停运161118)", "NaN", "NaN") for h in range(24)]])
    assert _station(result, "西站(停运161118)")[3] == "closed_station"
    assert result.district_days.filter(pollutant="pm25").select("value", "valid_stations", "stations").rows() == [
        (31.5, 1, 1)
    ]


def test_a_second_label_with_left_over_values_is_not_used(read):
    result = read([*_day("东站"), *_day("东站(启用170928)", pm25="32")])
    assert _station(result, "东站(启用170928)")[3] == "second_label"
    assert result.district_days.filter(pollutant="pm25")["value"].to_list() == [31.5]


def test_a_series_that_stands_still_is_told_of(read):
    rows = [_row(hour, "东站") for hour in range(24)]
    assert _rules(read(rows)) == ["unchanging_series"]


def test_a_silent_station_counts_among_the_stations(read):
    stations = [*STATIONS, ["0004A", "南站", "500103", "渝中区"], ["0005A", "北站", "500103", "渝中区"]]
    result = read([*_day("东站"), *_day("西站")], stations)
    days = result.district_days.filter(pollutant="pm25").select("value", "valid_stations", "stations", "reason")
    assert days.rows() == [(None, 2, 4, "too_few_stations")]


@pytest.mark.parametrize("text", ["-3", "99999"])
def test_impossible_values_are_refused(read, text: str):
    rows = _day("东站")
    rows[4][5] = text
    result = read(rows)
    assert _station(result, "东站")[1] == 23
    assert [(f.rule, f.place.cell, f.value) for f in result.findings] == [("impossible_concentration", "F6", text)]


def test_what_is_wrong_beside_the_numbers_is_told_of(read):
    rows = _day("东站")
    rows[0][5] = "约30"
    rows[1][5] = "99"
    rows[2], rows[3] = rows[3], rows[2]
    unread = [["2025-13-40", "99", "东站", *rows[0][3:]], [*rows[0][:2], "无名站", *rows[0][3:]]]
    result = read([*rows, *unread])
    assert set(_rules(result)) == {
        "text_in_number_cell",
        "pm25_above_pm10",
        "hours_out_of_order",
        "wrong_time",
        "unknown_station",
    }


def test_without_a_table_of_stations_only_stations_have_means(read):
    result = read([*_day("东站"), *_day("西站")], None)
    assert _station(result, "东站")[0] == 31.5
    assert result.district_days.is_empty()
    assert [(finding.rule, finding.value) for finding in result.findings] == [("unknown_station", "2")]


@pytest.mark.parametrize(("others", "told"), [(10, 10), (11, 1)])
def test_many_stations_elsewhere_are_told_of_together(read, others: int, told: int):
    result = read([*_day("东站"), *[_row(0, f"外站{number}") for number in range(others)]])
    assert _rules(result).count("unknown_station") == told


def test_a_table_that_is_neither_is_refused(table, catalogue: Catalogue):
    result = air_days([table(None, [["unit", "value"], ["500103", "1"]])], catalogue)
    assert _rules(result) == ["wrong_header"]
    assert result.station_days.is_empty()


def _json(records: object, snapshot: Snapshot) -> list:
    return read_tables(json.dumps(records, ensure_ascii=False).encode(), replace(snapshot, file="hours.json"))


def _record(hour: int) -> dict:
    names = {"StationCode": "0001A", "PositionName": "东站", "PM2_5_24h": "1", "O3_8h": "1", "CO_24h": "1"}
    values = {"PM2_5": "30", "PM10": 50, "SO2": "6", "NO2": "—", "O3": "40", "CO": "0.5"}
    return {"TimePoint": f"2025-03-31T{hour:02d}:00:00", **names, **values}


def test_a_list_of_stations_is_read_with_the_path_of_each_value(snapshot: Snapshot, catalogue: Catalogue):
    result = air_days(_json([_record(hour) for hour in range(24)], snapshot), catalogue)
    assert _station(result, "0001A")[:3] == (30.0, 24, None)
    assert _station(result, "0001A", "no2")[:3] == (None, 0, "too_few_hours")
    bad = [_record(0) | {"PM2_5": "三十"}, _record(1)]
    told = next(f for f in air_days(_json(bad, snapshot), catalogue).findings if f.rule == "text_in_number_cell")
    assert told.place.location == "$[0].PM2_5"


@pytest.mark.parametrize(("offset", "hours"), [("", 24), ("+08:00", 24), ("+0800", 24), ("Z", 0), ("+00:00", 0)])
def test_an_hour_of_another_zone_is_another_hour(snapshot: Snapshot, catalogue: Catalogue, offset: str, hours: int):
    records = [_record(hour) for hour in range(24)]
    result = air_days(
        _json([each | {"TimePoint": each["TimePoint"] + offset} for each in records], snapshot), catalogue
    )
    assert sum(_station(result, "0001A")[1:2]) == hours if hours else result.station_days.is_empty()
    assert ("wrong_time" in _rules(result)) is (hours == 0)


def test_stations_of_one_name_in_two_cities_are_told_apart_by_code(snapshot: Snapshot, catalogue: Catalogue):
    other = {"StationCode": "0009A", "PM2_5": "90"}
    records = [_record(hour) | more for hour in range(20) for more in ({}, other)]
    result = air_days(_json(records, snapshot), catalogue)
    assert [_station(result, label)[0] for label in ("0001A", "0009A")] == [30.0, 90.0]
    assert "conflicting_duplicate" not in _rules(result)


def test_features_are_read_by_their_properties(snapshot: Snapshot, catalogue: Catalogue):
    features = [
        {"type": "Feature", "properties": {name.lower(): value for name, value in _record(hour).items()}}
        for hour in range(20)
    ]
    for answer in (features, {"type": "FeatureCollection", "features": features}):
        assert _station(air_days(_json(answer, snapshot), catalogue), "0001A")[:3] == (30.0, 20, None)


def test_a_daily_file_of_all_stations_is_read_by_station_codes(table, catalogue: Catalogue):
    kinds = ["AQI", "PM2.5", "PM2.5_24h", "PM10", "SO2", "NO2", "O3", "O3_8h", "CO"]
    rows = [["20250331", str(hour), kind, "30", "", "40"] for hour in range(24) for kind in kinds]
    wide = table(None, [["date", "hour", "type", "0001A", "0002A", "9999A"], *rows])
    result = air_days([wide, table("站点", STATIONS)], catalogue)
    assert _station(result, "0001A")[:3] == (30.0, 24, None)
    assert _station(result, "0002A")[:3] == (None, 0, "too_few_hours")
    assert _station(result, "9999A")[3] == "unknown_station"
    days = result.district_days.filter(pollutant="o3").select("unit_code", "value", "valid_stations", "stations")
    assert days.rows() == [("500103", 30.0, 1, 2)]
    assert not {"duplicate_row", "conflicting_duplicate"} & set(_rules(result))


def test_a_valid_month_becomes_figures_of_the_district(table, snapshot: Snapshot, source_of, catalogue: Catalogue):
    rows = [_row(h, "东站", str(20 + h), "90", f"202503{d:02d}") for d in range(1, 28) for h in range(24)]
    stations = [*STATIONS[:2], STATIONS[3]]
    tidied = tidy(
        [table(None, [HEADER, *rows]), table("站点", stations)],
        source_of("station_hours"),
        snapshot,
        catalogue,
        "reported",
    )
    figures = tidied.observations.filter(indicator_code="pm25")
    assert figures.select("unit_code", "period", "value").rows() == [("500103", "2025-03", 31.5)]
    assert set(tidied.observations["indicator_code"]) == {"pm25", "pm10", "so2", "no2", "co", "o3"}
    short = tidy(
        [table(None, [HEADER, *rows[:-24]]), table("站点", stations)],
        source_of("station_hours"),
        snapshot,
        catalogue,
        "reported",
    )
    assert short.observations.is_empty()
    told = short.findings.filter(pl.col("rule") == "too_few_valid_days", indicator_code="pm25")
    assert told.select("value", "reference", "period").rows() == [("26", "≥ 27", "2025-03")]
