"""Two releases on disk: why their scores differ, from what each of them keeps."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.changes import CAUSES, changes_between
from xietong.changes.comparison import release_state
from xietong.errors import UsageError
from xietong.frames import CHECKS, FINDINGS, OBSERVATIONS
from xietong.resources import resource_directory
from xietong.warehouse import Run, Warehouse, reference_tables

AS_OF = datetime(2021, 1, 1, tzinfo=UTC)
#: Unit: CO2 of 2005, CO2 of 2019 and PM2.5 of 2019.
FIGURES = {"110000": (80.0, 90.0, 40.0), "500000": (80.0, 160.0, 35.0)}


@pytest.fixture
def edition() -> Edition:
    return load_edition(resource_directory("editions"), "provinces")


def observations(figures: dict[str, tuple[float, float, float | None]]) -> pl.DataFrame:
    cells = (("co2_total", "2005"), ("co2_total", "2019"), ("pm25_population_weighted", "2019"))
    rows = [
        (unit, code, period, value, "published", "reported", "ceads_inventory", "aa", "A1", AS_OF, None)
        for unit, values in figures.items()
        for (code, period), value in zip(cells, values, strict=True)
        if value is not None
    ]
    return pl.DataFrame(rows, schema=OBSERVATIONS, orient="row")


def release(directory: Path, catalogue: Catalogue, edition: Edition, figures: dict) -> Path:
    """Evaluate the figures and keep of the release what a comparison reads."""
    downloads = directory / "site" / "downloads"
    downloads.mkdir(parents=True)
    snapshots = {"sha256": "aa", "file": "f", "source_id": "ceads_inventory", "publisher": "p", "address": None}
    with Warehouse(directory / "warehouse.duckdb", resource_directory("sql"), 1) as warehouse:
        warehouse.load_reference(reference_tables(catalogue, edition, Run("2019", AS_OF)))
        warehouse.load(
            "landing",
            {
                "observations": observations(figures),
                "findings": pl.DataFrame(schema=FINDINGS),
                "checks": pl.DataFrame(schema=CHECKS),
                "snapshots": pl.DataFrame([snapshots | {"licence": "l", "received_at": AS_OF, "size": 1}]),
            },
        )
        warehouse.compute()
        warehouse.marts()["indicator_scores"].write_parquet(downloads / "indicator_scores.parquet")
        warehouse.marts()["index_scores"].write_parquet(downloads / "index_scores.parquet")
    (directory / "manifest.json").write_text(json.dumps({"inputs": {"period": "2019"}}), encoding="utf-8")
    return directory


def reweighted(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with ten points moved from carbon to pollution."""
    weights = {"pollution": 50.0, "carbon": 30.0}
    nodes = tuple(
        node.model_copy(update={"weight": weights.get(node.code, node.weight)}) for node in catalogue.index.nodes
    )
    changed = object.__new__(type(catalogue))
    changed.__dict__.update(catalogue.__dict__)
    object.__setattr__(changed, "index", catalogue.index.model_copy(update={"nodes": nodes}))
    return changed


REVISED = FIGURES | {"500000": (80.0, 150.0, 35.0)}
ONE_MISSING = FIGURES | {"110000": (80.0, 90.0, None)}


def parts(frame: pl.DataFrame, unit: str, output: str = "index") -> dict[str, float]:
    row = frame.row(by_predicate=(pl.col("unit_code") == unit) & (pl.col("output") == output), named=True)
    assert sum(row[cause] for cause in CAUSES) == pytest.approx(row["change"], abs=1e-9)
    return {cause: row[cause] for cause in CAUSES if row[cause] != 0}


def test_a_revised_figure_alone(tmp_path, provinces, edition) -> None:
    before = release(tmp_path / "before", provinces, edition, FIGURES)
    after = release(tmp_path / "after", provinces, edition, REVISED)
    frame = changes_between(before, after)
    assert set(parts(frame, "500000")) == {"revised_figures"}
    assert parts(frame, "500000")["revised_figures"] > 0
    assert parts(frame, "110000") == {}


def test_a_changed_weight_alone(tmp_path, provinces, edition) -> None:
    before = release(tmp_path / "before", provinces, edition, FIGURES)
    after = release(tmp_path / "after", reweighted(provinces), edition, FIGURES)
    frame = changes_between(before, after)
    assert set(parts(frame, "500000")) == {"method"}
    assert parts(frame, "500000", "synergy") == {}


def test_a_figure_that_arrives_makes_a_unit_assessable_and_has_nothing_to_be_compared_with(
    tmp_path, provinces, edition
) -> None:
    before = release(tmp_path / "before", provinces, edition, ONE_MISSING)
    after = release(tmp_path / "after", provinces, edition, FIGURES)
    frame = changes_between(before, after)
    assert frame.filter(unit_code="110000", output="index").is_empty()
    assert parts(frame, "110000", "carbon") == {}


def test_a_revised_figure_and_a_changed_weight_together(tmp_path, provinces, edition) -> None:
    before = release(tmp_path / "before", provinces, edition, FIGURES)
    after = release(tmp_path / "after", reweighted(provinces), edition, REVISED)
    frame = changes_between(before, after)
    assert set(parts(frame, "500000")) == {"revised_figures", "method"}
    assert set(parts(frame, "110000")) == {"method"}


def test_scores_are_those_that_the_warehouse_computed(tmp_path, provinces, edition) -> None:
    directory = release(tmp_path / "release", provinces, edition, FIGURES)
    computed = pl.read_parquet(directory / "site" / "downloads" / "index_scores.parquet").filter(period="2019")
    frame = changes_between(directory, directory)
    joined = frame.join(computed, left_on=["unit_code", "output"], right_on=["unit_code", "node_code"])
    assert joined["after"].to_list() == pytest.approx(joined["score"].to_list(), abs=1e-12)
    assert joined.height == computed["score"].count() > 0
    assert set(frame["change"]) == {0.0}


def test_a_folder_that_is_no_release_is_told(tmp_path) -> None:
    with pytest.raises(UsageError, match="is not a release"):
        release_state(tmp_path)


@pytest.mark.long
def test_scores_of_the_whole_demonstration_are_those_of_the_warehouse(demonstration) -> None:
    computed = pl.read_parquet(demonstration / "site" / "downloads" / "index_scores.parquet")
    synergy = pl.read_parquet(demonstration / "site" / "downloads" / "synergy.parquet")
    frame = changes_between(demonstration, demonstration)
    period = json.loads((demonstration / "manifest.json").read_text(encoding="utf-8"))["inputs"]["period"]
    of_nodes = frame.join(
        computed.filter(period=period), left_on=["unit_code", "output"], right_on=["unit_code", "node_code"]
    )
    degrees = frame.filter(output="synergy").join(synergy.filter(period=period), on="unit_code")
    assert of_nodes.height > 300
    assert (of_nodes["after"] - of_nodes["score"]).abs().max() < 1e-9
    assert (degrees["after"] - degrees["d_modified"]).abs().max() < 1e-9
