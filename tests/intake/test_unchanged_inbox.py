"""An inbox is read once: what was kept of it equals what a fresh reading gives, and nothing stale is ever used."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from flows import planning, reading, receipt
from flows.gate_memory import RecalledResult, recall_gate, remember_gate
from flows.planning import Plan
from flows.receipt import Received
from tests.intake.corpus.books import workbook_bytes
from tests.intake.corpus.originals import original
from xietong.settings import Settings
from xietong.sources import SnapshotStore

COUNT = 6


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of a machine with an inbox of six good forms and a bad one, all put there a minute ago."""
    inbox = tmp_path / "inbox" / "chongqing"
    inbox.mkdir(parents=True)
    for number in range(COUNT):
        (inbox / f"{number}.xlsx").write_bytes(workbook_bytes(original(number).form().put("月度!D2", "约41")))
    (inbox / "bad.xlsx").write_bytes(b"PK\x03\x04 broken")
    return Settings(build_directory=tmp_path / "build", inbox_directory=tmp_path / "inbox")


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute pass: files cannot be given an earlier time of change, so the clock is put forward."""
    later = time.time_ns() + 60_000_000_000
    monkeypatch.setattr("xietong.sources.file_register.time.time_ns", lambda: later)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of files that are hashed, as they are."""
    return _listening(monkeypatch, SnapshotStore, "add_stream", lambda _, __, *, file, **___: file)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of files that are opened for reading, as they are."""
    return _listening(monkeypatch, reading, "read_file", lambda snapshot, _: snapshot.file)


def _listening(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, told: Callable[..., str]) -> list[str]:
    heard: list[str] = []
    original_function = getattr(owner, name)

    def listen(*args: object, **kwargs: object) -> object:
        heard.append(told(*args, **kwargs))
        return original_function(*args, **kwargs)

    monkeypatch.setattr(owner, name, listen)
    return heard


def _plan(settings: Settings, as_of: datetime | None = None) -> Plan:
    return planning.plan(settings, "chongqing", None, as_of)


def _take(settings: Settings, as_of: datetime | None = None) -> Received:
    plan = _plan(settings, as_of)
    return receipt.tidy(plan, receipt.receive(plan))


def _assert_equal(one: Received, other: Received) -> None:
    assert_frame_equal(one.observations, other.observations)
    assert_frame_equal(one.findings, other.findings)
    assert one.snapshots == other.snapshots
    assert one.key == other.key


def _fresh(settings: Settings, tmp_path: Path) -> Received:
    """Return what a machine says that has the snapshots and remembers nothing else."""
    shutil.copytree(settings.build_directory / "snapshots", tmp_path / "other" / "snapshots")
    return _take(settings.model_copy(update={"build_directory": tmp_path / "other"}))


@pytest.mark.usefixtures("still")
def test_an_unchanged_inbox_is_neither_hashed_nor_opened(settings: Settings, hashed: list[str], opened: list[str]):
    first = _take(settings)
    assert len(hashed) == len(opened) == COUNT + 1
    second = _take(settings)
    assert len(hashed) == len(opened) == COUNT + 1
    _assert_equal(first, second)
    assert set(second.findings["rule"]) == {"text_in_number_cell", "unreadable_workbook"}


@pytest.mark.usefixtures("still")
def test_what_was_kept_equals_a_fresh_reading(settings: Settings, tmp_path: Path):
    _take(settings)
    kept = _take(settings)
    _assert_equal(kept, _fresh(settings, tmp_path))


@pytest.mark.usefixtures("still")
def test_a_revised_file_is_read_and_no_other(settings: Settings, tmp_path: Path, hashed: list[str], opened: list[str]):
    _take(settings)
    hashed.clear()
    opened.clear()
    path = settings.inbox_directory / "chongqing" / "3.xlsx"
    path.write_bytes(workbook_bytes(original(3).form().put("月度!D2", 41.5)))
    revised = _take(settings)
    assert (hashed, opened) == (["3.xlsx"], ["3.xlsx"])
    assert revised.observations.filter(indicator_code="pm25", period="2005-01")["value"].to_list() == [41.5]
    _assert_equal(revised, _fresh(settings, tmp_path))


@pytest.mark.usefixtures("still")
def test_files_that_are_taken_away_or_renamed_are_noticed(settings: Settings, tmp_path: Path):
    _take(settings)
    inbox = settings.inbox_directory / "chongqing"
    (inbox / "1.xlsx").unlink()
    (inbox / "2.xlsx").rename(inbox / "another.xlsx")
    changed = _take(settings)
    assert changed.observations["unit_code"].n_unique() == COUNT - 1
    assert "another.xlsx" in set(changed.findings["file"])
    assert not {"1.xlsx", "2.xlsx"} & set(changed.findings["file"])
    _assert_equal(changed, _fresh(settings, tmp_path))


@pytest.mark.usefixtures("still")
def test_the_same_size_and_time_do_not_hide_a_change(settings: Settings):
    """Somebody who sets the time of change back does not deceive: the file system's own time tells."""
    path = settings.inbox_directory / "chongqing" / "0.xlsx"
    _take(settings)
    stat, data = path.stat(), path.read_bytes()
    with path.open("r+b") as file:
        file.seek(len(data) // 2)
        file.write(bytes([data[len(data) // 2] ^ 1]))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_mtime_ns == stat.st_mtime_ns
    assert path.stat().st_size == stat.st_size
    rules = _take(settings).findings.filter(file="0.xlsx")["rule"].to_list()
    assert rules == ["unreadable_workbook"]


def test_a_file_that_was_just_written_is_hashed_again(settings: Settings, hashed: list[str], opened: list[str]):
    _take(settings)
    _take(settings)
    assert len(hashed) == 2 * (COUNT + 1)
    assert len(opened) == COUNT + 1


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    "damage", ["cut", "emptied", "other bytes", "no manifest", "no frame", "a manifest of nothing"]
)
def test_a_damaged_memory_is_read_over(settings: Settings, tmp_path: Path, damage: str):
    first = _take(settings)
    (folder,) = (settings.build_directory / "intake" / "chongqing").glob("district_forms-*")
    frame, manifest = folder / "observations.parquet", folder / "manifest.json"
    data = frame.read_bytes()
    {
        "cut": lambda: frame.write_bytes(data[: len(data) // 2]),
        "emptied": lambda: frame.write_bytes(b""),
        "other bytes": lambda: frame.write_bytes(data[:-20] + b"x" + data[-19:]),
        "no manifest": manifest.unlink,
        "no frame": frame.unlink,
        "a manifest of nothing": lambda: manifest.write_text("null"),
    }[damage]()
    _assert_equal(_take(settings), first)
    assert (folder / "manifest.json").read_text() != "null"


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("content", ["", "{", "[]", '{"layout": 1, "files": {"a": []}}', '{"layout": 9, "files": {}}'])
def test_a_damaged_register_knows_nothing(settings: Settings, hashed: list[str], content: str):
    first = _take(settings)
    (settings.build_directory / "intake" / "chongqing" / "files.json").write_text(content)
    hashed.clear()
    _assert_equal(_take(settings), first)
    assert len(hashed) == COUNT + 1


@pytest.mark.usefixtures("still")
def test_bytes_that_are_gone_from_the_store_are_kept_again(settings: Settings, hashed: list[str]):
    first = _take(settings)
    store = SnapshotStore(settings.build_directory / "snapshots")
    store.path(first.snapshots[0].sha256).unlink()
    hashed.clear()
    _take(settings)
    assert hashed == [first.snapshots[0].file]
    assert store.read(first.snapshots[0].sha256)


@pytest.mark.usefixtures("still")
def test_another_catalogue_reads_everything_anew(settings: Settings, tmp_path: Path, opened: list[str]):
    first = _take(settings)
    catalogue = tmp_path / "catalogue"
    shutil.copytree(settings.catalogue_directory, catalogue)
    units = catalogue / "chongqing" / "units.yaml"
    text = units.read_text(encoding="utf-8")
    # A name that reading knows; a comment, or the text of a target, would leave every file read.
    assert text.count("zh: 涪陵区") >= 1
    units.write_text(text.replace("zh: 涪陵区", "zh: 涪陵新区"), encoding="utf-8")
    opened.clear()
    second = _take(settings.model_copy(update={"catalogue_directory": catalogue}))
    assert len(opened) == COUNT + 1
    assert second.key != first.key


@pytest.mark.usefixtures("still")
def test_a_look_at_the_past_neither_uses_nor_spoils_the_present(settings: Settings):
    present = _take(settings)
    past = datetime(2005, 6, 1, tzinfo=UTC)
    assert _take(settings, past).observations.is_empty()
    _assert_equal(_take(settings), present)
    plan = _plan(settings)
    remember_gate(plan, present, RecalledResult(present.observations, present.findings, present.findings))
    assert recall_gate(replace(plan, as_of=past), _take(settings, past)) is None


@pytest.mark.usefixtures("still")
def test_the_gate_is_recalled_for_the_same_figures_only(settings: Settings):
    plan, received = _plan(settings), _take(settings)
    assert recall_gate(plan, received) is None
    remember_gate(plan, received, RecalledResult(received.observations, received.findings, received.findings))
    recalled = recall_gate(plan, _take(settings))
    assert recalled is not None
    assert_frame_equal(recalled.accepted, received.observations)
    (settings.inbox_directory / "chongqing" / "5.xlsx").unlink()
    assert recall_gate(plan, _take(settings)) is None


@pytest.mark.usefixtures("still")
def test_two_processes_read_what_one_does(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    alone = _take(settings)
    monkeypatch.setattr(reading, "_BATCH", 1)
    monkeypatch.setattr(reading, "_SHARED", 2)
    _assert_equal(_fresh(settings, tmp_path), alone)
