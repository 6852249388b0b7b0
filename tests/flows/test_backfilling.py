"""Backfills: what a period's tables hold, and that nothing that is there is ever replaced by something else."""

import hashlib
import json
import logging
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from flows.backfill import BackfillParameters, Made, backfill
from flows.backfilling import PeriodTables, finish_tables, tables_of_period, with_whole_paths, workspace
from flows.review import Draft, keep_beside
from flows.server_flow import validated
from xietong.errors import EditionBusyError, UsageError, XietongError
from xietong.releases import EditionLock, Release, ReleaseInputs, finish, new_draft, superseded, switch_current
from xietong.settings import Settings


@pytest.fixture
def release(tmp_path) -> Path:
    """Return a release of two periods; in the first nobody is ranked, of the second there are intervals already."""
    folder = tmp_path / "2025-05-abc"
    downloads = folder / "site" / "downloads"
    downloads.mkdir(parents=True)
    frames = {
        "synergy": {"unit_code": ["500101", "500101"], "period": ["2025-04", "2025-05"], "rank": [None, 1]},
        "indicator_scores": {"unit_code": ["500101"], "period": ["2025-05"]},
        "rank_intervals": {"unit_code": ["500101"], "period": ["2025-05"], "rank_p05": [1]},
        "draws": {"run": [1, 2]},
    }
    for name, columns in frames.items():
        pl.DataFrame(columns).write_parquet(downloads / f"{name}.parquet")
    return folder


def wanted(release: Path, folder: Path) -> list[PeriodTables]:
    folder.mkdir(parents=True)
    settings = Settings()
    return [PeriodTables(settings, "chongqing-demo", release, period, folder) for period in ("2025-04", "2025-05")]


def test_a_period_has_its_own_rows_of_every_mart_that_has_any(release, tmp_path) -> None:
    first, last = wanted(release, tmp_path / "backfills" / ".work")
    assert list(tables_of_period(first)) == ["2025-04/synergy.parquet"]
    hashes = tables_of_period(last)
    assert list(hashes) == [f"2025-05/{name}.parquet" for name in ("indicator_scores", "rank_intervals", "synergy")]
    for name, sha256 in hashes.items():
        assert hashlib.sha256((last.folder / name).read_bytes()).hexdigest() == sha256
    assert pl.read_parquet(last.folder / "2025-05" / "synergy.parquet")["rank"].to_list() == [1]
    assert str(first) == "2025-04"


def made(release: Path, folder: Path) -> Path:
    periods = wanted(release, folder / ".work")
    return finish_tables(periods, [tables_of_period(period) for period in periods])


def test_the_same_tables_may_be_made_again_and_others_are_refused(release, tmp_path) -> None:
    folder = tmp_path / "backfills"
    target = made(release, folder)
    assert target.name == "2025-05-abc_2025-04_2025-05"
    manifest = (target / "manifest.json").read_bytes()
    assert json.loads(manifest)["inputs"]["last_period"] == "2025-05"
    assert made(release, folder) == target
    pl.DataFrame({"period": ["2025-04"], "rank": [None]}).write_parquet(
        release / "site" / "downloads" / "synergy.parquet"
    )
    with pytest.raises(XietongError, match=r"now give something else: 2025-05/synergy\.parquet is missing"):
        made(release, folder)
    assert (target / "manifest.json").read_bytes() == manifest


def test_a_workspace_is_empty_whatever_a_killed_backfill_left(tmp_path) -> None:
    settings = Settings(build_directory=tmp_path)
    (workspace(settings, "chongqing") / "2025-01").mkdir()
    assert list(workspace(settings, "chongqing").iterdir()) == []


def test_paths_are_whole_for_other_processes(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = with_whole_paths(Settings(build_directory=Path("build"), inbox_directory=Path("inbox")))
    assert (settings.build_directory, settings.inbox_directory) == (tmp_path / "build", tmp_path / "inbox")


def test_both_periods_have_one_frequency_and_an_order() -> None:
    with pytest.raises(ValueError, match="频率不同"):
        BackfillParameters(edition="chongqing", first_period="2025", last_period="2025-12")
    with pytest.raises(ValueError, match="早于起始期"):
        BackfillParameters(edition="chongqing", first_period="2025-02", last_period="2025-01", made=Made.TABLES)


def release_in(directory: Path, period: str) -> Release:
    inputs = ReleaseInputs("chongqing-demo", period, "2026-01-01T00:00:00+00:00", "2025.1", (), "cd" * 32, ())
    draft = new_draft(directory / "releases", inputs.release)
    (draft / "page.html").write_text(period, encoding="utf-8")
    return finish(draft, inputs, {})


def test_what_the_tables_are_made_of_stays_until_they_are_made(tmp_path, monkeypatch) -> None:
    """It is not served, and whoever makes room may have waited for the run that made it."""
    directory = tmp_path / "build" / "chongqing-demo"
    made, served = (release_in(directory, period) for period in ("2025-05", "2026-01"))
    switch_current(served.directory)
    seen: list[list[str]] = []

    def evaluate(settings, edition, period, as_of, run_stage, review) -> SimpleNamespace:
        decision = review(Draft(edition, made, served, 0, 0))
        assert decision == keep_beside(Draft(edition, made, served, 0, 0))
        seen.append(superseded(directory, keep=1))
        return SimpleNamespace(release=made.name)

    def compute(settings, title, function, wanted) -> list[dict[str, str]]:
        seen.append(superseded(directory, keep=1))
        return [{} for _ in wanted]

    monkeypatch.setenv("XIETONG_BUILD_DIRECTORY", str(tmp_path / "build"))
    monkeypatch.setattr("flows.backfill.run_evaluation", evaluate)
    monkeypatch.setattr("flows.backfill.mapped", compute)
    monkeypatch.setattr("flows.backfill.create_table_artifact", lambda **_: None)
    monkeypatch.setattr("flows.backfill.get_run_logger", lambda: logging.getLogger(__name__))
    parameters = BackfillParameters(
        edition="chongqing-demo", first_period="2025-04", last_period="2025-05", made=Made.TABLES
    )
    assert backfill.fn.__wrapped__(parameters) == f"{made.name}_2025-04_2025-05".split()
    assert seen == [[], []]
    assert superseded(directory, keep=1) == [made.name]


def test_a_second_backfill_is_told_of_which_edition_the_first_is(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XIETONG_BUILD_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("XIETONG_LOCK_WAIT_SECONDS", "0")
    parameters = BackfillParameters(edition="chongqing-demo", first_period="2025-04", last_period="2025-05")
    told = r"another backfill of chongqing-demo is under way \(process \d+\); wait until"
    with EditionLock(tmp_path / "chongqing-demo" / "backfills"), pytest.raises(EditionBusyError, match=told):
        backfill.fn.__wrapped__(parameters)


def test_the_form_of_a_backfill_offers_periods_and_never_none() -> None:
    fields = BackfillParameters.model_json_schema()["properties"]
    for name in ("first_period", "last_period"):
        assert {"2025-01", "2018"} <= set(fields[name]["enum"])
        assert not {"", "abc"} & set(fields[name]["enum"])


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("abc", "2025-01", "period 'abc' is not of the form 2025, 2025-Q3 or 2025-10"),
        ("2020-11", "2025-01", "the edition chongqing has the periods 2020-12 to now: 2020-11 is outside"),
        ("2023", "2024", "the edition chongqing is evaluated by month, such as 2020-12: 2023"),
    ],
)
def test_a_range_that_the_edition_has_not_is_refused_with_one_sentence(first, last, sentence) -> None:
    with pytest.raises(UsageError) as told:
        validated(BackfillParameters, {"edition": "chongqing", "first_period": first, "last_period": last})
    assert str(told.value) == sentence
