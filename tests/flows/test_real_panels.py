"""Real data files as their publishers issued them, placed in an inbox; they are never part of the project."""

import shutil
from pathlib import Path

import polars as pl
import pytest

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not REAL.is_dir(), reason="the publishers' files are not distributed with the project"),
]


def mart(build: Path, edition: str, name: str) -> pl.DataFrame:
    return pl.read_parquet(build / edition / "current" / "site" / "downloads" / f"{name}.parquet")


def test_provinces_have_a_synergy_degree_in_every_year(tmp_path, evaluate_edition) -> None:
    inbox = tmp_path / "inbox" / "provinces"
    inbox.mkdir(parents=True)
    for path in (*(REAL / "ceads_provinces").glob("*.xlsx"), REAL / "province_pm25_popwt_1998_2024.csv"):
        shutil.copy(path, inbox)
    summary = evaluate_edition(tmp_path, "provinces", tmp_path / "inbox")
    assert (summary.units_assessed, summary.units_not_assessable) == (30, 1)
    synergy = mart(tmp_path, "provinces", "synergy").filter(pl.col("state") == "assessed")
    assert synergy["unit_code"].n_unique() == 30
    assert synergy["period"].unique().sort().to_list() == [str(year) for year in range(1998, 2020)]
    assert synergy.height == 30 * 22
    assert "540000" not in synergy["unit_code"].to_list()
    totals = mart(tmp_path, "provinces", "observations").filter(pl.col("indicator_code") == "co2_total")
    assert totals.height == 690


def test_counties_are_added_up_to_present_districts(tmp_path, evaluate_edition) -> None:
    inbox = tmp_path / "inbox" / "chongqing-published"
    inbox.mkdir(parents=True)
    shutil.copy(REAL / "county_co2_1997_2017_chen2020.xlsx", inbox)
    evaluate_edition(tmp_path, "chongqing-published", tmp_path / "inbox")
    figures = mart(tmp_path, "chongqing-published", "observations").filter(
        pl.col("indicator_code") == "co2_night_lights"
    )
    assert figures.group_by("unit_code").len()["len"].to_list() == [21] * 35
    assert not {"500241", "500242", "500243"} & set(figures["unit_code"])
    scores = mart(tmp_path, "chongqing-published", "indicator_scores").filter(
        pl.col("indicator_code") == "co2_night_lights"
    )
    absent = scores.filter(pl.col("unit_code") == "500241", pl.col("period") == "2018").row(0, named=True)
    assert (absent["state"], absent["value"]) == ("missing", None)
