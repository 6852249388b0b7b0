"""Files of public services that a user places in the inbox of the published edition become its figures."""

import json
from pathlib import Path

import polars as pl
import pytest

from flows import receipt
from flows.planning import plan
from xietong.settings import Settings

HOURS = "Date,Hour,WatchPoint,PM2.5,PM10,SO2,NO2,CO,O3_1h\n"
STATIONS = (
    "station_code,station,area,lon,lat,adcode_by_point,district_by_point\n"
    "1428A,解放碑,重庆市,106.57,29.55,500103,渝中区\n"
)


def hours_of_march(valid_days: int) -> str:
    """Return hourly values of a station in March 2024: PM2.5 is the day of the month, PM10 twice as much."""
    rows = [
        f"202403{day:02d},{hour},解放碑,{day},{2 * day},5,20,0.5,60"
        for day in range(1, valid_days + 1)
        for hour in range(24)
    ]
    return HOURS + "\n".join(rows) + "\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    inbox = tmp_path / "inbox" / "chongqing-published"
    inbox.mkdir(parents=True)
    (inbox / "cq_stations.csv").write_text(STATIONS, encoding="utf-8")
    answer = {
        "success": True,
        "state": 20000,
        "data": [
            {
                "code": "2024YY",
                "name": "2024年",
                "values": [{"_id": "a", "i_showname": "年末常住人口", "value": "3190.47", "du_name": "万人"}],
            }
        ],
    }
    (inbox / "nbs_province_population.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return Settings(build_directory=tmp_path / "build", inbox_directory=tmp_path / "inbox")


@pytest.mark.parametrize(("valid_days", "mean"), [(31, 16.0), (27, 14.0), (26, None)])
def test_hours_of_stations_and_answers_of_the_bureau_are_read(settings: Settings, valid_days: int, mean: float | None):
    inbox = settings.inbox_directory / "chongqing-published"
    (inbox / "cq_station_hourly_2024-03.csv").write_text(hours_of_march(valid_days), encoding="utf-8")
    planned = plan(settings, "chongqing-published", None, None)
    received = receipt.tidy(planned, receipt.receive(planned))
    figures = received.observations.filter(
        pl.col("source_id").is_in(["station_hours", "statistics_bureau_province"])
    ).select("unit_code", "indicator_code", "period", "value")
    values = {(unit, code, period): value for unit, code, period, value in figures.iter_rows()}
    assert values.get(("500103", "pm25", "2024-03")) == mean
    assert values["500000", "resident_population", "2024"] == 3190.47
    assert ("too_few_valid_days" in received.findings["rule"].to_list()) is (mean is None)
