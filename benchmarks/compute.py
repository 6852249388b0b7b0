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


def measure(release: Path, repeat: int = 5) -> tuple[float, float]:
    """Return the best time of ``repeat`` compute steps over a release's own figures and the least of the processor.

    Both in seconds; the second says what the step costs also where neighbours hold the cores.
    """
    settings = Settings()
    edition = load_edition(settings.editions_directory, "chongqing-demo")
    catalogue = load_catalogue(settings.catalogue_directory, edition.catalogue)
    names = ("observations", "findings", "checks", "snapshots")
    landing = {name: pl.read_parquet(release / "site" / "downloads" / f"{name}.parquet") for name in names}
    as_of = landing["snapshots"]["received_at"].max()
    assert isinstance(as_of, datetime)
    run = Run(edition.last_period or "", as_of)
    best, of_processor = float("inf"), float("inf")
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "warehouse.duckdb"
            with Warehouse(path, resource_directory("sql"), settings.threads) as warehouse:
                warehouse.load_reference(reference_tables(catalogue, edition, run))
                warehouse.load("landing", landing)
                started, processor_started = time.perf_counter(), time.process_time()
                warehouse.compute()
                best = min(best, time.perf_counter() - started)
                of_processor = min(of_processor, time.process_time() - processor_started)
    return best, of_processor


if __name__ == "__main__":
    release = Path(sys.argv[1]) / "chongqing-demo" / "current"
    seconds, of_processor = measure(release)
    name = "compute step (all SQL models, 82 periods)"
    print(f"{name:<44} {seconds:7.2f} s ({of_processor:5.2f} s of processor)   budget 1 s")
