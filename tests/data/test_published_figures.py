"""The published figures: readable as the sources say, each with its own source, vintages apart."""

import csv
import math
from collections import Counter
from datetime import date
from fnmatch import fnmatch

import pytest

from xietong.catalogue import Catalogue, load_edition
from xietong.periods import parse_period
from xietong.resources import resource_directory

COLUMNS = ["unit", "indicator", "period", "value", "measure", "status", "received", "source"]
ROWS = {
    "city_figures.csv": 55,
    "district_bulletins.csv": 55,
    "district_environment.csv": 123,
    "district_population.csv": 40,
    "gdp_first_release.csv": 56,
    "gdp_revised_series.csv": 112,
}
FILES = sorted(ROWS)


def rows_of(name: str) -> list[dict[str, str]]:
    with (resource_directory("data") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(name: str, indicator: str, period: str) -> dict[str, float]:
    found = [row for row in rows_of(name) if (row["indicator"], row["period"]) == (indicator, period)]
    return {row["unit"]: float(row["value"]) for row in found}


def city(indicator: str, period: str) -> float:
    return figures("city_figures.csv", indicator, period)["重庆市"]


def test_there_is_nothing_else_than_these_files() -> None:
    names = {path.name for path in resource_directory("data").iterdir()}
    assert names == {*FILES, "README.md"}


@pytest.mark.parametrize("name", FILES)
def test_rows_are_complete_and_each_figure_stands_once(name) -> None:
    rows = rows_of(name)
    assert len(rows) == ROWS[name]
    assert list(rows[0]) == COLUMNS
    assert [row for row in rows if not all(cell and cell.strip() == cell for cell in row.values())] == []
    keys = Counter((row["unit"], row["indicator"], row["period"]) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_values_periods_and_dates_can_be_read(name) -> None:
    for row in rows_of(name):
        assert math.isfinite(float(row["value"]))
        assert row["status"] in {"reported", "revised", "estimated"}
        _, year, month = parse_period(row["period"])
        assert date(year, 1, 1) < date.fromisoformat(row["received"]) <= date(2026, 8, 31)
        assert date.fromisoformat(row["received"]).year > year or month < 12


@pytest.mark.parametrize("name", FILES)
def test_units_indicators_and_measures_are_in_the_catalogue(name, catalogue: Catalogue) -> None:
    units = {word for unit in catalogue.units.units for word in (unit.name.zh, *unit.aliases)}
    measures = {word: m for m in catalogue.measures.measures for word in (m.code, *m.aliases)}
    for row in rows_of(name):
        assert row["unit"] in units
        indicator = catalogue.indicators_by_code[row["indicator"]]
        assert measures[row["measure"]].dimension == measures[indicator.measure].dimension


def test_every_file_is_claimed_by_one_source_of_the_published_edition(catalogue: Catalogue) -> None:
    edition = load_edition(resource_directory("editions"), "chongqing-published")
    assert edition.origin == "published"
    sources = [catalogue.source(code) for code in edition.sources]
    for name in FILES:
        claims = [s.code for s in sources if s.folder == "data" and any(fnmatch(name, glob) for glob in s.files)]
        assert len(claims) == 1


@pytest.mark.parametrize(
    ("indicator", "period", "value"),
    [
        ("forest_coverage", "2023", 55.06),
        ("forest_coverage", "2021", 54.5),
        ("forest_stock", "2023", 2.74),
        ("industrial_solid_waste_utilisation_rate", "2023", 77),
        ("energy_intensity_decline", "2024", 14),
        ("water_sections_good_share", "2025", 100),
        ("good_air_days", "2024", 329),
        ("pm25", "2022", 31.3),
        ("gdp", "2023", 30145.79),
        ("resident_population", "2022", 3213.34),
        ("so2_emission", "2006", 85.95),
    ],
)
def test_figures_of_the_city_are_as_published(indicator, period, value) -> None:
    assert city(indicator, period) == value


def test_sectors_add_up_to_the_gross_product() -> None:
    parts = ("gdp_primary", "gdp_secondary", "gdp_tertiary")
    for period in ("2020", "2022", "2023"):
        assert sum(city(part, period) for part in parts) == pytest.approx(city("gdp", period), rel=1e-5)
    for period in ("2020", "2022", "2023", "2024"):
        for unit, whole in figures("district_bulletins.csv", "gdp", period).items():
            total = sum(figures("district_bulletins.csv", part, period)[unit] for part in parts)
            assert total == pytest.approx(whole, rel=7e-4), unit


def test_the_first_release_of_2018_has_all_districts_and_its_known_sum() -> None:
    first = figures("gdp_first_release.csv", "gdp", "2018")
    assert len(first) == 38
    assert sum(first.values()) == pytest.approx(20210.01)


def test_revisions_stand_apart_from_first_releases_and_are_younger() -> None:
    received = {(row["unit"], row["period"]): row["received"] for row in rows_of("gdp_first_release.csv")}
    revised = {(row["unit"], row["period"]): row for row in rows_of("gdp_revised_series.csv")}
    both = received.keys() & revised.keys()
    assert len(both) == 22 + 18
    for key in both:
        assert revised[key]["status"] == "revised"
        assert revised[key]["received"] > received[key]


def test_figures_worked_out_say_so() -> None:
    for name in FILES:
        for row in rows_of(name):
            is_worked_out = "derived from stated" in row["source"] or "computed here" in row["source"]
            assert (row["status"] == "estimated") == is_worked_out


def test_the_share_of_good_days_of_the_city_follows_from_its_days() -> None:
    for period, days_of_year in (("2020", 366), ("2021", 365), ("2022", 365), ("2023", 365), ("2024", 366)):
        share = 100 * city("good_air_days", period) / days_of_year
        assert city("good_air_days_share", period) == pytest.approx(share, abs=0.05)


def test_short_names_of_sources_are_resolved() -> None:
    sources = {row["source"] for name in FILES for row in rows_of(name)}
    assert sources.isdisjoint({f"P{number}" for number in range(1, 9)})
    assert "ttpaihang.com/news/daynews/2020/20031230803.htm" in sources
    assert "maigoo.com/news/661116.html" in sources


def test_no_row_comes_from_data_files_that_may_not_be_passed_on() -> None:
    for name in FILES:
        for row in rows_of(name):
            assert row["indicator"] != "co2_night_lights"
            assert not any(word in row["source"] for word in ("CEADs", "ACAG", "Chen et al.", "CNEMC"))


@pytest.mark.parametrize("name", FILES)
def test_no_published_figure_is_out_of_the_range_of_its_unit(name, catalogue: Catalogue) -> None:
    units = {word: unit for unit in catalogue.units.units for word in (unit.name.zh, *unit.aliases)}
    measures = {measure.code: measure for measure in catalogue.measures.measures}
    months = {"month": 1, "quarter": 3, "year": 12}
    for row in rows_of(name):
        indicator = catalogue.indicators_by_code[row["indicator"]]
        plausible = indicator.plausible_of(units[row["unit"]].kind)
        assert plausible is not None
        of_own = float(row["value"]) * measures[row["measure"]].scale / measures[indicator.measure].scale
        is_sum = indicator.aggregation == "sum"
        spans = months[parse_period(row["period"])[0]] / months[indicator.frequency] if is_sum else 1
        assert plausible.minimum <= of_own / spans <= plausible.maximum, row
