"""The command ``air-days``: tables of days and months, and what was found, as CSV."""

from pathlib import Path

import polars as pl
import pytest

from flows.air_days import write_air_days
from xietong.errors import UsageError

HEADER = "Date,Hour,WatchPoint,PM2.5,PM10,CO,NO2,O3_1h,SO2\n"
ROWS = "".join(f"20250331,{hour:02d},东站,{20 + hour},60,0.5,20,40,6\n" for hour in range(24))
STATIONS = "station,district\n东站,渝中区\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    hours, stations = tmp_path / "hours.csv", tmp_path / "stations.csv"
    hours.write_text(HEADER + ROWS, encoding="utf-8")
    stations.write_text(STATIONS, encoding="utf-8")
    return hours, stations


def test_four_tables_are_written(files: tuple[Path, Path], tmp_path: Path, capsys):
    out = tmp_path / "out"
    assert write_air_days(*files, out) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "district_days.csv",
        "district_months.csv",
        "findings.csv",
        "station_days.csv",
    ]
    stations = pl.read_csv(out / "station_days.csv").filter(pollutant="pm25")
    assert stations.select("station", "day", "value", "valid_hours").rows() == [("东站", "2025-03-31", 31.5, 24)]
    districts = pl.read_csv(out / "district_days.csv").filter(pollutant="pm25")
    assert districts.select("unit_code", "value").rows() == [(500103, 31.5)]
    months = pl.read_csv(out / "district_months.csv").filter(pollutant="pm25")
    assert months.select("period", "value", "valid_days", "reason").rows() == [("2025-03", None, 1, "too_few_days")]
    assert "station_days: 6 / 6" in capsys.readouterr().out


def test_the_same_file_gives_the_same_bytes(files: tuple[Path, Path], tmp_path: Path):
    written = []
    for name in ("a", "b"):
        write_air_days(*files, tmp_path / name)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]


def test_without_a_valid_mean_the_code_says_so(files: tuple[Path, Path], tmp_path: Path):
    files[0].write_text(HEADER + ROWS.splitlines(keepends=True)[0], encoding="utf-8")
    assert write_air_days(*files, tmp_path / "out") == 1


def test_labels_that_a_spreadsheet_would_run_are_neutralised(files: tuple[Path, Path], tmp_path: Path):
    files[0].write_text(HEADER + ROWS.replace("东站", "=1+1"), encoding="utf-8")
    write_air_days(*files, tmp_path / "out")
    assert set(pl.read_csv(tmp_path / "out" / "station_days.csv")["label"]) == {"'=1+1"}


@pytest.mark.parametrize("content", [None, b"%PDF-1.7\n\0"])
def test_a_file_that_cannot_be_read_is_a_mistake_of_use(tmp_path: Path, content: bytes | None):
    path = tmp_path / "hours.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"hours\.csv"):
        write_air_days(path, None, tmp_path / "out")
