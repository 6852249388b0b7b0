"""Periods mapped over a Dask cluster of two worker processes: the same bytes as one after the other."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.testing.utilities import prefect_test_harness

from flows.backfill import BackfillParameters, backfill
from flows.backfilling import PeriodTables, finish_tables, tables_of_period
from flows.evaluation import directly, run_evaluation
from flows.task_mapping import mapped, task_runner
from xietong.errors import XietongError
from xietong.periods import period_range
from xietong.releases import output_hashes, read_release
from xietong.resources import resource_directory
from xietong.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def on_dask() -> Iterator[Settings]:
    """Give settings that name a cluster of two worker processes, beside a Prefect server."""
    with (
        prefect_test_harness(server_startup_timeout=300),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
    ):
        yield Settings(task_runner="dask", dask_address=cluster.scheduler_address)


@flow
def map_over_tasks(settings: Settings, work: object, items: list) -> list:
    return mapped(settings, "计算", work, items)


@pytest.fixture(scope="module")
def few_runs(tmp_path_factory) -> Path:
    """Return the catalogues with 64 runs of the Monte Carlo, not 10,240: their number changes time, not the way."""
    catalogues = tmp_path_factory.mktemp("catalogue") / "catalogue"
    shutil.copytree(resource_directory("catalogue"), catalogues)
    index = catalogues / "chongqing" / "index.yaml"
    text = index.read_text(encoding="utf-8")
    assert "runs: 10240" in text
    index.write_text(text.replace("runs: 10240", "runs: 64"), encoding="utf-8")
    return catalogues


def test_the_tables_of_82_periods_are_those_of_the_serial_run(on_dask, few_runs, demonstration, tmp_path) -> None:
    """Every mart's rows of every month and its intervals, all as Parquet: 82 folders byte for byte."""
    settings = on_dask.model_copy(update={"catalogue_directory": few_runs})
    periods = period_range("2020-01", "2026-10")
    assert len(periods) == 82
    folders = {}
    for name in ("serial", "dask"):
        folder = tmp_path / name / ".work"
        folder.mkdir(parents=True)
        wanted = [PeriodTables(settings, "chongqing-demo", demonstration, period, folder) for period in periods]
        is_serial = name == "serial"
        done = list(map(tables_of_period, wanted)) if is_serial else map_over_tasks(settings, tables_of_period, wanted)
        folders[name] = finish_tables(wanted, done)
    serial, dask = (output_hashes(folder) for folder in folders.values())
    assert dask == serial
    assert json.loads((folders["dask"] / "manifest.json").read_text(encoding="utf-8"))["outputs"] == serial
    assert len({name.split("/")[0] for name in serial}) == 82
    assert len([name for name in serial if name.endswith("rank_intervals.parquet")]) > 60


def test_releases_of_several_periods_are_those_of_single_runs(on_dask, small_edition, tmp_path, monkeypatch) -> None:
    given = {"XIETONG_TASK_RUNNER": "dask", "XIETONG_DASK_ADDRESS": on_dask.dask_address}
    for name, value in (small_edition.environment() | given).items():
        monkeypatch.setenv(name, value)
    names = backfill(BackfillParameters(edition=small_edition.name, first_period="2018", last_period="2019"))
    assert [name[:5] for name in names] == ["2018-", "2019-"]
    edition = small_edition.directory
    assert sorted(path.name for path in (edition / "releases").iterdir()) == sorted(names)
    assert not (edition / "current").exists()
    assert not (edition / "backfills" / ".work").exists()
    for name in names:
        single = small_edition.beside(tmp_path / "single" / name)
        run_evaluation(single.settings, single.name, name[:4], None, directly)
        alone = read_release(single.directory / "current")
        assert alone.name == name
        assert read_release(edition / "releases" / name).manifest["outputs"] == alone.manifest["outputs"]


def odd(item: int) -> int:
    if item % 2 == 0:
        raise XietongError(f"{item} is even")
    return item


def test_an_item_that_fails_is_named_and_keeps_no_other_from_ending(on_dask) -> None:
    assert map_over_tasks(on_dask, odd, [1, 3, 5]) == [1, 3, 5]
    with pytest.raises(XietongError, match=r"计算: 2 of 4 failed .2、4.; the first: 2 is even"):
        map_over_tasks(on_dask, odd, [1, 2, 3, 4])


def test_threads_are_the_default_and_as_many_as_the_settings_say() -> None:
    runner = task_runner(Settings(task_workers=3))
    assert isinstance(runner, ThreadPoolTaskRunner)
    assert runner._max_workers == 3


def test_a_cluster_of_this_machine_has_as_many_workers_as_the_settings_say() -> None:
    runner = task_runner(Settings(task_runner="dask", task_workers=3))
    assert runner.cluster_kwargs == {"n_workers": 3, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
