"""The files of the publishers, as they were issued, go the same way; they are not part of the project."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from transforms.ceads_inventory import inventory_total
from xietong.catalogue import Catalogue
from xietong.frames import Snapshot
from xietong.sources import read_tables

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "real"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the publishers' files are not on this machine")


def test_cells_sum_to_the_total_in_all_690_inventories(snapshot_of):
    sheets = 0
    for path in sorted((REAL / "ceads_provinces").glob("*.xlsx")):
        for table in read_tables(path.read_bytes(), snapshot_of(path)):
            if table.sheet != "NOTE":
                total = inventory_total(table)
                assert total.added == pytest.approx(total.total, rel=1e-6), f"{path.name} {table.sheet}"
                assert total.measure == "Mt"
                sheets += 1
    assert sheets == 690


def test_inventories_give_thirty_provinces_a_year(take, provinces: Catalogue):
    source = provinces.source("ceads_inventory").model_copy(update={"files": ("*_2003.xlsx", "*_2019.xlsx")})
    intake = take(provinces, [source], "published", REAL / "ceads_provinces")
    assert intake.observations.group_by("period").len().sort("period").rows() == [("2003", 30), ("2019", 30)]
    chongqing = intake.observations.filter(unit_code="500000").sort("period")
    assert chongqing["location"].to_list() == ["Chongqing2003!W4", "Chongqing2019!W4"]
    assert chongqing["value"].is_between(10, 1000).all()
    assert set(intake.findings["rule"]) <= {"unclaimed_file"}


def test_counties_give_35_districts_and_21_years(take, catalogue: Catalogue):
    intake = take(catalogue, [catalogue.source("county_co2")], "published", REAL)
    figures = intake.observations
    assert figures.height == 35 * 21
    assert figures["unit_code"].n_unique() == 35
    assert figures["period"].n_unique() == 21
    assert figures["value"].min() > 0
    districts = {unit.code: unit.name.zh for unit in catalogue.units.units if unit.kind == "district"}
    missing = {name for code, name in districts.items() if code not in set(figures["unit_code"])}
    assert {name[:2] for name in missing} == {"秀山", "酉阳", "彭水"}
    merged = figures.filter(unit_code="500110", period="2017").row(0, named=True)
    assert merged["location"].count("+") == 1
    assert set(intake.findings["rule"]) <= {"unclaimed_file"}


def test_concentrations_of_provinces_are_read(take, provinces: Catalogue):
    intake = take(provinces, [provinces.source("pm25_population_weighted")], "published", REAL)
    assert intake.observations.height == 31 * 27
    assert set(intake.findings["rule"]) <= {"unclaimed_file"}


@pytest.fixture
def snapshot_of():
    """Return the maker of a snapshot that names a file."""
    return lambda path: Snapshot("0" * 64, path.name, "ceads", "CEADs", None, "—", datetime(2026, 1, 1, tzinfo=UTC), 1)
