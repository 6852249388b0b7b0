"""The state between pulls survives everything, and no source keeps another from ending."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.sources import Receipt, SnapshotStore, find_pulled, pull_sources, pulled_hashes, read_pulled
from xietong.sources.connection_state import StateDirectory
from xietong.sources.deadlines import until
from xietong.sources.pulling import pull
from xietong.sources.secrets import masked

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


@pytest.fixture
def share(tmp_path, connected) -> Source:
    """Return a source that reads a folder with one file."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "a.csv").write_text("unit,indicator,period,value\n500101,so2,2026-09,1\n")
    return connected({"kind": "address", "address": f"file://{folder}"}, code="share")


def receive(sources: list[Source], store: SnapshotStore, state: Path, as_of: datetime | None = None) -> Receipt:
    """Return what polls brought and noted, read as a run does."""
    pulled = find_pulled(sources, state, as_of)
    read = [read_pulled(source, snapshots, store) for source, snapshots in pulled.files]
    files = tuple(file for each in read for file in each.files)
    return Receipt(files, pulled.snapshots, pl.concat([pulled.findings, *(each.findings for each in read)]))


def test_one_source_that_is_down_or_wrong_stops_no_other(connected, share, store, tmp_path, forms):
    down = connected({"kind": "address", "address": f"file://{tmp_path}/nothing"}, code="down")
    unset = connected({"kind": "database", "url_variable": "UNSET", "table": "t"}, code="unset")
    damaged = connected({"kind": "address", "address": f"file://{tmp_path}/share"}, code="damaged")
    state = tmp_path / "state"
    state.mkdir()
    (state / "damaged.json").write_text("{")
    sources = [down, unset, forms, damaged, share]
    pulled = pull_sources(sources, store, state, now=NOW, environment={})
    assert [(one.source.code, one.status) for one in pulled] == [
        ("down", "unavailable"),
        ("unset", "refused"),
        ("damaged", "refused"),
        ("share", "new"),
    ]
    assert (state / "damaged.json").read_text() == "{"
    assert pull_sources([forms], store, state) == ()


def test_an_unforeseen_error_is_a_refusal_of_its_source(share, store, tmp_path, monkeypatch):
    monkeypatch.setattr("xietong.sources.addresses._listed", lambda *_: 1 / 0)
    assert pull(share, store, tmp_path / "state", now=NOW).status == "unavailable"
    monkeypatch.setattr("xietong.sources.addresses.fetch_files", lambda *_: ({}[name] for name in ["s3cret"]))
    pulled = pull(share, store, tmp_path / "state", now=NOW)
    assert (pulled.status, pulled.detail) == ("refused", "KeyError")
    assert "s3cret" not in pulled.message_zh + pulled.message_en


def test_a_full_disk_is_told_and_the_next_pull_asks_again(share, store, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(SnapshotStore, "add", full)
        pulled = pull(share, store, tmp_path / "state", now=NOW)
    assert (pulled.status, pulled.findings["rule"].item()) == ("refused", "source_not_kept")
    assert pull(share, store, tmp_path / "state", now=NOW).status == "new"


def test_what_polls_brought_is_read_without_asking_anybody(share, store, tmp_path, forms):
    state = tmp_path / "state"
    pull(share, store, state, now=NOW)
    (tmp_path / "share" / "b.csv").write_bytes(b"\0")
    pull(share, store, state, now=NOW + timedelta(days=1))
    (tmp_path / "share").rename(tmp_path / "away")
    pull(share, store, state, now=NOW + timedelta(days=2))
    receipt = receive([forms, share], store, state)
    (file,) = receipt.files
    assert (file.source, file.snapshot.received_at, file.tables[0].cells["A"].to_list()) == (
        share,
        NOW,
        ["unit", "500101"],
    )
    note, *others = receipt.snapshots
    assert ([snapshot.file for snapshot in others], note.received_at) == (["a.csv", "b.csv"], NOW + timedelta(days=2))
    assert receipt.findings["snapshot"][0] == note.sha256
    assert receipt.findings["rule"].to_list() == ["source_unavailable", "unreadable_text"]
    assert receipt.of(share) == [(file.snapshot, file.tables)]


def test_what_was_known_at_a_moment_can_be_read_again(share, store, tmp_path):
    state, folder, away = tmp_path / "state", tmp_path / "share", tmp_path / "away"
    days = [NOW + timedelta(days=day) for day in range(5)]
    pull(share, store, state, now=days[0])
    folder.rename(away)
    pull(share, store, state, now=days[1])
    pull(share, store, state, now=days[2])
    away.rename(folder)
    pull(share, store, state, now=days[3])
    (folder / "b.csv").write_text("value\n2\n")
    pull(share, store, state, now=days[4])

    def known(moment: datetime | None) -> tuple[list[str], list[str], datetime]:
        receipt = receive([share], store, state, moment)
        files = [file.snapshot.file for file in receipt.files]
        return files, receipt.findings["rule"].to_list(), max(entry.received_at for entry in receipt.snapshots)

    assert known(days[0]) == (["a.csv"], [], days[0])
    # The second failure is no news.
    assert known(days[2]) == (["a.csv"], ["source_unavailable"], days[1])
    assert known(days[3]) == (["a.csv"], [], days[3])
    assert known(None) == known(days[4]) == (["a.csv", "b.csv"], [], days[4])
    receipt = receive([share], store, state)
    assert {snapshot.sha256 for snapshot in receipt.snapshots} <= pulled_hashes([share], state)
    assert all(store.read(sha256) for sha256 in pulled_hashes([share], state))


def test_the_same_bytes_again_after_others_are_read_with_their_own_moment(share, store, tmp_path):
    path = tmp_path / "share" / "a.csv"
    for day, value in enumerate((1, 2, 1)):
        path.write_text(f"value\n{value}\n")
        os.utime(path, (day, day))
        pull(share, store, tmp_path / "state", now=NOW + timedelta(days=day))
    receipt = receive([share], store, tmp_path / "state")
    assert [(file.tables[0].cells["A"][1], file.snapshot.received_at.day) for file in receipt.files] == [
        ("1", 23),
        ("2", 24),
        ("1", 25),
    ]
    assert len(receipt.snapshots) == 2


def test_a_lost_snapshot_and_a_damaged_state_are_findings(share, store, tmp_path):
    state = tmp_path / "state"
    (snapshot,) = pull(share, store, state, now=NOW).snapshots
    store.path(snapshot.sha256).unlink()
    lost = receive([share], store, state)
    assert (lost.files, lost.findings["rule"].to_list()) == ((), ["snapshot_lost"])
    (state / "share.json").write_bytes(b'{"version": 2}')
    assert receive([share], store, state).findings["rule"].to_list() == ["source_state_unreadable"]


def test_a_state_of_another_version_is_not_guessed_at(share, tmp_path):
    (tmp_path / "share.json").write_text('{"version": 2, "source": "share"}')
    with pytest.raises(XietongError, match="restore it from a backup"):
        StateDirectory(tmp_path).read(share)


def test_killed_at_any_moment_the_state_is_whole_and_no_row_is_lost(tmp_path, connected, store):
    database = tmp_path / "exchange.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table figures (unit text, indicator text, period text, value int, n int)")
        rows = [("500101", "so2", "2026-09", number, number) for number in range(1200)]
        connection.executemany("insert into figures values (?, ?, ?, ?, ?)", rows)
    source = connected(
        {"kind": "database", "url_variable": "URL", "table": "figures", "watermark": "n", "maximum_rows": 10}
    )
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from xietong.catalogue import Source
        from xietong.sources import SnapshotStore
        from xietong.sources.pulling import pull
        source = Source.model_validate_json(sys.argv[1])
        pull(source, SnapshotStore(Path(sys.argv[2])), Path(sys.argv[3]))
        """
    )
    state, reached = tmp_path / "state", []
    for milliseconds in (0, 1, 2, 4, 8):
        arguments = [sys.executable, "-c", script, source.model_dump_json(), str(store.directory), str(state)]
        environment = os.environ | {"URL": f"sqlite:///{database}"}
        before, end = _kept(store), time.monotonic() + 30
        process = subprocess.Popen(arguments, env=environment)
        while _kept(store) < before + 3 and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = StateDirectory(state).read(source).files
        assert all(store.read(file.sha256) for file in kept)
        reached.append(len(kept))
    assert reached == sorted(reached)
    assert 0 < reached[-1] < 120
    finished = pull(source, store, state, now=NOW, environment={"URL": f"sqlite:///{database}"})
    assert finished.status == "new"
    values = [
        int(line.split('"')[7])
        for snapshot in finished.snapshots
        for line in store.read(snapshot.sha256).decode().splitlines()[1:]
    ]
    assert sorted(values) == list(range(1200))


def _kept(store: SnapshotStore) -> int:
    return len(list(store.directory.glob("*/*.bytes")))


def test_two_pulls_of_one_source_take_turns(share, store, tmp_path):
    state = tmp_path / "state"
    states = StateDirectory(state)
    with states.locked(share):
        script = (
            "import fcntl, sys; lock = open(sys.argv[1], 'w');\n"
            "try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
            "except BlockingIOError: print('waits')"
        )
        command = [sys.executable, "-c", script, str(state / "share.lock")]
        assert subprocess.run(command, capture_output=True, text=True, timeout=20).stdout == "waits\n"
    assert sorted(one.status for one in pull_sources([share, share], store, state, now=NOW)) == ["new", "unchanged"]


def test_items_come_until_the_time_is_over():
    def items():
        yield 1
        yield 2
        time.sleep(30)

    taken = []
    with pytest.raises(TimeoutError):
        taken.extend(until(items(), 0.3))
    assert taken == [1, 2]


def test_what_is_abandoned_lets_go_of_what_it_holds():
    is_closed = threading.Event()

    def items():
        try:
            while True:
                yield 1
        finally:
            is_closed.set()

    source = items()
    drawn = until(source, 30)
    assert next(drawn) == 1
    drawn.close()
    assert is_closed.wait(5)


def test_an_error_while_drawing_is_raised_where_items_are_taken():
    def items():
        yield 1
        raise LookupError("gone")

    drawn = until(items(), 5)
    assert next(drawn) == 1
    with pytest.raises(LookupError, match="gone"):
        next(drawn)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://reader:p@ss@host/db", "postgresql://***@host/db"),
        ("https://host/a?token=abc&period=2026", "https://host/a?token=***&period=2026"),
        ("https://host/a?x=1&API_KEY=abc", "https://host/a?x=1&API_KEY=***"),
        ("two\nlines of pa55", "two lines of ***"),
        ("quoted pa%2F55", "quoted pa%2F55"),
        ("nothing secret: key figures", "nothing secret: key figures"),
    ],
)
def test_secrets_are_masked_wherever_they_stand(text, expected):
    assert masked(text, ["pa55", ""]) == expected
