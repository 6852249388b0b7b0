"""Answers and files of the national services, as they were issued, go the same way; they are no part of the project."""

import csv
import json
from collections import defaultdict
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from transforms import tidy
from transforms.station_days import AirDays, air_days
from xietong.catalogue import Catalogue, Source, load_catalogue
from xietong.frames import Snapshot
from xietong.resources import resource_directory
from xietong.sources import read_tables

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "real"
HOURLY = REAL / "chongqing_station_hourly_2020-03-26_04-02.csv"
STATIONS = REAL / "cnemc_stations_chongqing.csv"
POLLUTANTS = {"PM2.5": "pm25", "PM10": "pm10", "CO": "co", "NO2": "no2", "SO2": "so2"}

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the publishers' files are not on this machine")


def _snapshot(path: Path) -> Snapshot:
    return Snapshot("0" * 64, path.name, "source", "—", None, "—", datetime(2026, 1, 1, tzinfo=UTC), 1)


def _tables(*paths: Path) -> list:
    return [table for path in paths for table in read_tables(path.read_bytes(), _snapshot(path))]


@pytest.fixture(scope="module")
def hourly() -> AirDays:
    return air_days(_tables(HOURLY, STATIONS), load_catalogue(resource_directory("catalogue"), "chongqing"))


def test_daily_means_are_those_of_twenty_valid_hours_to_the_last_digit(hourly: AirDays):
    """Counted again from the bytes, in fractions, by another way: 900 station-days."""
    hours: dict[tuple, dict[str, str]] = defaultdict(dict)
    with HOURLY.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for column, pollutant in POLLUTANTS.items():
                if row[column] != "NaN":
                    day = f"{row['Date'][:4]}-{row['Date'][4:6]}-{row['Date'][6:]}"
                    hours[row["WatchPoint"], day, pollutant][row["Hour"]] = row[column]
    days = hourly.station_days.filter(pl.col("pollutant") != "o3")
    assert days.height == 30 * 6 * 5
    for label, day, pollutant, value, valid in days.select(
        "label", pl.col("day").cast(pl.String), "pollutant", "value", "valid_hours"
    ).iter_rows():
        values = hours[label, day, pollutant]
        mean = sum(map(Fraction, values.values())) / len(values) if len(values) >= 20 else None
        assert valid == len(values), (label, day, pollutant)
        assert value == (mean if mean is None else pytest.approx(float(mean), rel=1e-15)), (label, day, pollutant)
    with_means = days.filter(pl.col("value").is_not_null())["day"].cast(pl.String).unique().sort().to_list()
    assert with_means == ["2020-03-31", "2020-04-01"]


def test_duplicates_are_resolved_and_reported(hourly: AirDays):
    rules = [finding.rule for finding in hourly.findings]
    assert rules.count("duplicate_row") == 120
    assert "conflicting_duplicate" not in rules
    total = next(finding for finding in hourly.findings if finding.rule == "duplicate_hours")
    assert (total.value, total.reference) == ("120", "150")
    assert sum(int(f.value or 0) - 1 for f in hourly.findings if f.rule == "duplicate_row") == 150


def test_control_points_closed_stations_and_left_over_labels_do_not_count(hourly: AirDays):
    excluded = dict(hourly.labels.select("label", "exclusion").iter_rows())
    counted = [label for label, exclusion in excluded.items() if exclusion is None]
    assert len(counted) == 16
    assert excluded["缙云山（对照点）"] == excluded["缙云山"] == "control_point"
    assert {label for label in excluded if excluded[label] == "closed_station"} == {
        *("南泉", "杨家坪", "解放碑", "高家花园"),
        *("南泉(停运161119)", "杨家坪(停运161118)", "解放碑(停运170928)", "高家花园(停运161118)"),
    }
    left_over = {label for label in excluded if "启用" in label}
    assert {excluded[label] for label in left_over} == {"second_label"}
    still = {
        finding.zh.split("“")[1].split("”")[0] for finding in hourly.findings if finding.rule == "unchanging_series"
    }
    assert still == {*left_over, "缙云山"}


def test_districts_have_days_and_no_month(hourly: AirDays):
    valid = hourly.district_days.filter(pl.col("value").is_not_null())
    assert dict(valid.group_by(pl.col("day").cast(pl.String)).len().iter_rows()) == {"2020-03-31": 54, "2020-04-01": 35}
    # 渝北: the three stations of the day, 礼嘉, 空港 and 两路.
    yubei = hourly.station_days.filter(
        pl.col("exclusion").is_null(), unit_code="500112", pollutant="pm25", day=date(2020, 3, 31)
    )
    district = valid.filter(unit_code="500112", pollutant="pm25", day=date(2020, 3, 31))
    assert district["value"].to_list() == [pytest.approx(sum(yubei["value"]) / 3, rel=1e-15)]
    months = hourly.district_months
    assert months["value"].null_count() == months.height == 9 * 2 * 6
    assert set(months["reason"]) == {"too_few_days"}


@pytest.mark.parametrize(
    "name",
    ["cnemc_airnow_20210828.json", "api_samples/cnemc_GetAQIDataPublishLives_chongqing_2018-02-20T07.geojson.json"],
)
def test_answers_of_the_air_service_are_read(catalogue: Catalogue, name: str):
    result = air_days(_tables(REAL / name, STATIONS), catalogue)
    assert result.station_days.height >= 17 * 6
    assert set(result.station_days["reason"]) <= {"too_few_hours", "too_few_windows"}
    rules = {finding.rule for finding in result.findings}
    assert rules <= {
        *("unknown_station", "pm25_above_pm10", "duplicate_row", "duplicate_hours", "conflicting_duplicate"),
        *("control_point", "second_label", "closed_station"),
    }


@pytest.mark.parametrize("path", sorted((REAL / "api_samples").glob("nbs_*.json")), ids=lambda path: path.stem[16:])
def test_answers_of_the_statistics_bureau_are_read(catalogue: Catalogue, source_of_bureau, path: Path):
    """Every figure of the answer becomes an observation or is of an indicator that the source does not map."""
    nodes = json.loads(path.read_text(encoding="utf-8"))["returndata"]["datanodes"]
    code = nodes[0]["wds"][0]["valuecode"]
    expected = {
        node["wds"][1]["valuecode"]: node["data"]["data"]
        for node in nodes
        if node["wds"][0]["valuecode"] == code and node["data"]["hasdata"]
    }
    is_quarterly = not next(iter(expected)).isdecimal()
    ours = "gdp" if is_quarterly else "pm25"
    measureless = catalogue.indicators_by_code[ours].measure
    source = source_of_bureau({code: ours})
    (table,) = _tables(path)
    cells = table.cells.with_columns(pl.when(pl.col("row") > 1).then(pl.lit(measureless)).otherwise("H").alias("H"))
    table = type(table)(table.snapshot, table.file, table.sheet, cells)
    tidied = tidy([table], source, _snapshot(path), catalogue, "published")
    assert sorted(tidied.observations["value"]) == sorted(expected.values())
    assert set(tidied.findings["rule"]) <= {"unknown_indicator"}
    others = {node["wds"][0]["valuecode"] for node in nodes if node["data"]["hasdata"]} - {code}
    assert tidied.findings.height == len(others)


@pytest.fixture
def source_of_bureau():
    """Return the maker of a source that maps the bureau's indicators and takes its answers for the city's."""

    def build(names: dict[str, str]) -> Source:
        texts = {"zh": "—", "en": "—"}
        shared = {
            "code": "bureau",
            "name": texts,
            "publisher": texts,
            "licence": texts,
            "folder": "inbox",
            "files": ["*"],
        }
        answers = {"unit": "500000"}
        return Source.model_validate({**shared, "reader": "nbs_answer", "indicator_names": names, "answers": answers})

    return build
