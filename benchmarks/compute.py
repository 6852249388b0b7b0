"""The compute step alone: the SQL models over the demonstration's 82 periods, from loaded figures to the marts."""

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import polars as pl

from xietong.catalogue import load_catalogue, load_edition
from xietong.resources import resource_directory
from xietong.settings import Settings
from xietong.warehouse import Run, Warehouse, reference_tables


def measure(release: Path, repeat: int = 5) -> float:
    """Return the best of ``repeat`` times of the compute step over a release's own figures, seconds."""
    settings = Settings()
    edition = load_edition(settings.editions_directory, "chongqing-demo")
    catalogue = load_catalogue(settings.catalogue_directory, edition.catalogue)
    names = ("observations", "findings", "checks", "snapshots")
    landing = {name: pl.read_parquet(release / "site" / "downloads" / f"{name}.parquet") for name in names}
    as_of = landing["snapshots"]["received_at"].max()
    assert isinstance(as_of, datetime)
    run = Run(edition.last_period or "", as_of)
    best = float("inf")
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "warehouse.duckdb"
            with Warehouse(path, resource_directory("sql"), settings.threads) as warehouse:
                warehouse.load_reference(reference_tables(catalogue, edition, run))
                warehouse.load("landing", landing)
                started = time.perf_counter()
                warehouse.compute()
                best = min(best, time.perf_counter() - started)
    return best


if __name__ == "__main__":
    release = Path(sys.argv[1]) / "chongqing-demo" / "current"
    print(f"{'compute step (all SQL models, 82 periods)':<44} {measure(release):7.2f} s   budget 1 s")
