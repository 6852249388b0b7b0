"""Files at addresses of fsspec: new and changed ones are copied, and nothing outside the folder."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import fsspec
import pytest

from xietong.sources import SnapshotStore
from xietong.sources.pulling import Pulled, pull

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def ask(connected, tmp_path) -> Callable[..., Pulled]:
    """Return a function that pulls from an address, a day later each time."""
    moments = (NOW + timedelta(days=day) for day in range(100))

    def run(address: str, environment: dict[str, str] | None = None, **changes: object) -> Pulled:
        source = connected({"kind": "address", "address": address} | changes, files=["*.csv", "年报/*.xlsx"])
        store = SnapshotStore(tmp_path / "snapshots")
        return pull(source, store, tmp_path / "state", now=next(moments), environment=environment or {})

    return run


@pytest.fixture
def share(tmp_path):
    """Return an empty folder."""
    folder = tmp_path / "share #1"
    folder.mkdir()
    return folder


@pytest.fixture
def memory() -> Iterator[str]:
    """Return an address in memory of its own."""
    name = uuid4().hex
    yield f"memory://{name}"
    files = fsspec.filesystem("memory")
    if files.exists(f"/{name}"):
        files.rm(f"/{name}", recursive=True)


def names(pulled: Pulled) -> list[str]:
    return [snapshot.file for snapshot in pulled.snapshots]


def test_new_and_changed_files_of_a_folder_are_copied_once(ask, share):
    (share / "a.csv").write_bytes(b"1")
    (share / "notes.txt").write_bytes(b"no figure")
    (share / "~$a.csv").write_bytes(b"open elsewhere")
    (share / ".b.csv").write_bytes(b"hidden")
    address = f"file://{share}"
    first = ask(address)
    assert (first.status, names(first), first.snapshots[0].size) == ("new", ["a.csv"], 1)
    assert (ask(address).status, ask(address).message_zh) == ("unchanged", "没有新数据")
    (share / "年报").mkdir()
    (share / "年报" / "b.XLSX").write_bytes(b"2")
    (share / "a.csv").write_bytes(b"3")
    second = ask(address)
    assert (second.added, names(second)) == (2, ["a.csv", "a.csv", "年报/b.XLSX"])


def test_a_change_of_equal_length_is_seen_and_a_touch_is_nothing_new(ask, share):
    path = share / "a.csv"
    path.write_bytes(b"1")
    os.utime(path, (1, 1))
    ask(f"file://{share}")
    path.write_bytes(b"2")
    os.utime(path, (2, 2))
    assert ask(f"file://{share}").added == 1
    os.utime(path, (3, 3))
    assert ask(f"file://{share}").status == "unchanged"


def test_files_in_memory_are_read_the_same_way(ask, memory, tmp_path):
    with fsspec.open(f"{memory}/sub/a.csv", "wb") as stream:
        stream.write(b"unit,value\n")
    pulled = ask(memory)
    assert names(pulled) == ["sub/a.csv"]
    assert SnapshotStore(tmp_path / "snapshots").read(pulled.snapshots[0].sha256) == b"unit,value\n"
    assert ask(memory).status == "unchanged"


def test_a_share_that_is_not_mounted_keeps_what_it_gave(ask, share):
    (share / "a.csv").write_bytes(b"1")
    ask(f"file://{share}")
    share.rename(share.with_name("away"))
    pulled = ask(f"file://{share}")
    assert (pulled.status, names(pulled), pulled.last_success) == ("unavailable", ["a.csv"], NOW)
    assert "不存在或没有挂载" in pulled.message_zh


def test_a_file_that_is_gone_stays_known(ask, share):
    (share / "a.csv").write_bytes(b"1")
    ask(f"file://{share}")
    (share / "a.csv").unlink()
    assert (ask(f"file://{share}").status, names(ask(f"file://{share}"))) == ("unchanged", ["a.csv"])


def test_links_out_of_the_folder_are_not_followed(ask, share, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.csv").write_bytes(b"secret")
    (share / "a.csv").write_bytes(b"1")
    (share / "b.csv").symlink_to(secret / "s.csv")
    (share / "c").symlink_to(secret)
    (share / "own.csv").symlink_to(share / "a.csv")
    assert names(ask(f"file://{share}")) == ["a.csv", "own.csv"]


def test_a_file_too_large_costs_only_itself(ask, share):
    (share / "a.csv").write_bytes(b"x" * 11)
    (share / "b.csv").write_bytes(b"x" * 10)
    pulled = ask(f"file://{share}", maximum_bytes=10)
    assert (pulled.status, names(pulled)) == ("new", ["b.csv"])
    assert pulled.findings.select("rule", "file", "severity").row(0) == ("oversized_answer", "a.csv", "critical")
    assert "a.csv" in pulled.findings["message_zh"].item()
    assert ask(f"file://{share}", maximum_bytes=10).findings.height == 1


def test_too_many_files_are_refused(ask, share):
    for number in range(3):
        (share / f"{number}.csv").write_bytes(b"1")
    pulled = ask(f"file://{share}", maximum_files=2)
    assert (pulled.status, names(pulled)) == ("refused", [])
    assert "3 files, more than 2" in pulled.message_en


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_pull(ask, memory, monkeypatch):
    files = fsspec.filesystem("memory")
    path = f"{memory.partition('://')[2]}/a.csv"
    files.pipe(f"/{path}", b"half")
    real = type(files).open

    def written_meanwhile(self, path, *arguments, **named):
        stream = real(self, path, *arguments, **named)
        monkeypatch.undo()
        files.pipe(path, b"half and half")
        return stream

    monkeypatch.setattr(type(files), "open", written_meanwhile)
    assert ask(memory).status == "unchanged"
    settled = ask(memory)
    assert (settled.status, settled.snapshots[0].size) == ("new", 13)


def test_options_come_from_the_environment_and_are_not_told(ask, share, monkeypatch):
    (share / "a.csv").write_bytes(b"1")
    changes = {"options_variable": "SHARE_OPTIONS"}
    good = {"SHARE_OPTIONS": json.dumps({"auto_mkdir": False})}
    assert ask(f"file://{share}", good, **changes).status == "new"
    wrong = ask(f"file://{share}", {"SHARE_OPTIONS": "s3cret"}, **changes)
    assert (wrong.status, "no JSON object" in wrong.message_en) == ("refused", True)

    def denied(*_: object, **__: object) -> None:
        raise OSError("login of app with s3cret failed")

    monkeypatch.setattr("fsspec.core.url_to_fs", denied)
    down = ask(f"file://{share}", {"SHARE_OPTIONS": json.dumps({"key": "app", "secret": "s3cret"})}, **changes)
    assert (down.status, down.detail) == ("unavailable", "OSError: login of *** with *** failed")


def test_a_kind_without_its_package_is_told(ask):
    pulled = ask("smb://server/share")
    assert pulled.status == "refused"
    assert "smb://" in pulled.message_zh
