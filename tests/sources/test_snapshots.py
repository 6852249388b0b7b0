"""The store keeps what was received, unchanged, under its sha256."""

import errno
import fcntl
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.sources import SnapshotStore

FIRST, LATER = datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC)


def test_bytes_come_back_with_their_provenance(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    snapshot = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    assert snapshot.sha256 == hashlib.sha256(b"bytes").hexdigest()
    assert (snapshot.file, snapshot.source_id, snapshot.publisher, snapshot.size) == ("a.xlsx", "forms", "各区县", 5)
    assert store.read(snapshot.sha256) == b"bytes"
    assert store.get(snapshot.sha256) == snapshot
    sidecar = json.loads(store.path(snapshot.sha256).with_suffix(".json").read_text(encoding="utf-8"))
    assert sidecar["licence"] == "内部"
    assert sidecar["received_at"] == "2026-01-20T00:00:00+00:00"


def test_the_same_bytes_again_keep_the_first_sidecar(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    first = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    assert store.add(b"bytes", file="b.xlsx", source=forms, received_at=LATER) == first


def test_changed_bytes_are_noticed(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    snapshot = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    store.path(snapshot.sha256).write_bytes(b"tampered")
    with pytest.raises(XietongError, match="was changed after it was received"):
        store.read(snapshot.sha256)


def test_what_an_interruption_left_is_replaced(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    snapshot = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    store.path(snapshot.sha256).write_bytes(b"by")
    store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    assert store.read(snapshot.sha256) == b"bytes"


def test_an_unknown_snapshot_is_told(tmp_path: Path):
    with pytest.raises(XietongError, match="there is no snapshot"):
        SnapshotStore(tmp_path).read("0" * 64)


def test_nothing_temporary_is_left_behind(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    for data in (b"a", b"a", b"b"):
        store.add(data, file="a.xlsx", source=forms, received_at=FIRST)
    assert sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file()) == [".bytes"] * 2 + [".json"] * 2


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_is_not(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    kept = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    (tmp_path / ".tmp-left").write_bytes(b"by")
    other = SnapshotStore(tmp_path)
    with store._aside() as writing:
        writing.write(b"more")
        other.sweep()
        assert [path.name for path in tmp_path.glob(".*")] == [Path(writing.name).name]
        Path(writing.name).replace(tmp_path / "written")
    assert (tmp_path / "written").read_bytes() == b"more"
    assert store.read(kept.sha256) == b"bytes"


def test_a_file_that_was_swept_before_it_was_locked_is_made_again(tmp_path: Path, forms: Source, monkeypatch):
    store, locks = SnapshotStore(tmp_path), []

    def sweep_first(file, operation):
        if not locks:
            Path(file.name).unlink()
        locks.append(file)
        return lock(file, operation)

    lock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", sweep_first)
    snapshot = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    assert store.read(snapshot.sha256) == b"bytes"
    assert len(locks) == 3  # the copy twice, the sidecar once


def test_a_store_without_room_says_so_and_leaves_nothing_half(tmp_path: Path, forms: Source, monkeypatch):
    store = SnapshotStore(tmp_path)

    def no_room(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left on device"):
        store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_sidecar_that_a_power_cut_emptied_is_written_again(tmp_path: Path, forms: Source):
    store = SnapshotStore(tmp_path)
    snapshot = store.add(b"bytes", file="a.xlsx", source=forms, received_at=FIRST)
    store.path(snapshot.sha256).with_suffix(".json").write_bytes(b"")
    assert store.add(b"bytes", file="a.xlsx", source=forms, received_at=LATER).received_at == LATER
