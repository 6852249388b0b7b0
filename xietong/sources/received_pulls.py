"""What connected sources gave so far, read as files from an inbox are; nobody is contacted for it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.frames import Snapshot, empty_findings
from xietong.sources.arrivals import source_finding
from xietong.sources.connection_state import ConnectionState, PulledFile, StateDirectory, StatusNote
from xietong.sources.reading import read_tables
from xietong.sources.receiving import Receipt, ReceivedFile, notices
from xietong.sources.snapshots import SnapshotStore
from xietong.sources.unreadable import UnreadableFileError


def receive_pulled(
    sources: Sequence[Source], store: SnapshotStore, state_directory: Path, as_of: datetime | None = None
) -> Receipt:
    """Return the files that pulls of the connected sources left behind, in the order they came, and every finding.

    With a moment, what pulls had brought and noted by then. The newest note on the status of a source
    stands among the snapshots too, so that the moment of a release is that of the newest thing it knew.
    Every edition of a file is among the files: the newest vintage of a figure is chosen where figures
    are loaded. The same bytes may stand twice with different moments, when a publisher took a change back.
    """
    states = StateDirectory(state_directory)
    files: list[ReceivedFile] = []
    snapshots: dict[str, Snapshot] = {}
    findings = [empty_findings()]
    for source in sources:
        if source.connection is None:
            continue
        try:
            state = states.read(source).known_at(as_of)
        except XietongError:
            findings.append(unreadable_state(source))
            continue
        findings.append(state.all_findings())
        snapshots |= {note.sha256: snapshot_of(note, source) for note in state.status_notes[-1:]}
        for snapshot, outcome in _read(state, source, store):
            snapshots.setdefault(snapshot.sha256, snapshot)
            if isinstance(outcome, ReceivedFile):
                files.append(outcome)
                findings += notices(outcome.tables, snapshot)
            else:
                findings.append(outcome)
    return Receipt(tuple(files), tuple(snapshots.values()), pl.concat(findings))


def _read(
    state: ConnectionState, source: Source, store: SnapshotStore
) -> Iterator[tuple[Snapshot, ReceivedFile | pl.DataFrame]]:
    """Yield each file of a source with its tables, or with the finding why there are none."""
    for file in state.files:
        snapshot = snapshot_of(file, source)
        try:
            tables = read_tables(store.read(snapshot.sha256), snapshot)
        except UnreadableFileError as error:
            yield snapshot, error.finding(snapshot)
        except XietongError:
            yield snapshot, _lost(source, file)
        else:
            yield snapshot, ReceivedFile(source, snapshot, tuple(tables))


def pulled_hashes(sources: Sequence[Source], state_directory: Path) -> frozenset[str]:
    """Return the sha256 of everything that pulls of the connected sources left among the snapshots.

    Raises:
        XietongError: the state of a source is damaged.
    """
    states = StateDirectory(state_directory)
    known = [states.read(source) for source in sources if source.connection is not None]
    files = {file.sha256 for state in known for file in state.files}
    return frozenset(files | {note.sha256 for state in known for note in state.status_notes})


def snapshot_of(file: PulledFile | StatusNote, source: Source) -> Snapshot:
    """Return the snapshot of what was pulled or noticed, received when it was."""
    return Snapshot(
        sha256=file.sha256,
        file=file.file,
        source_id=source.code,
        publisher=source.publisher.zh,
        address=source.address,
        licence=source.licence.zh,
        received_at=file.received_at,
        size=file.size,
    )


def unreadable_state(source: Source) -> pl.DataFrame:
    """Return the finding that the state of a source is damaged."""
    return source_finding(
        "source_state_unreadable",
        "critical",
        source,
        reason_zh="其状态文件已损坏，无法得知已取得哪些数据，请从备份恢复",
        reason_en="its state file is damaged, so what it gave before is not known; restore it from a backup",
    )


def _lost(source: Source, file: PulledFile) -> pl.DataFrame:
    return source_finding(
        "snapshot_lost",
        "critical",
        source,
        file=file.file,
        reason_zh=f"快照 {file.sha256[:12]} 不存在或已被改动，请从备份恢复",
        reason_en=f"the snapshot {file.sha256[:12]} is missing or was changed; restore it from a backup",
        value=file.sha256,
    )
