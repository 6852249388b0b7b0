"""What connected sources gave so far, read as files from an inbox are; nobody is contacted for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.frames import Snapshot, empty_findings
from xietong.sources.arrivals import source_finding
from xietong.sources.connection_state import PulledFile, StateDirectory, StatusNote
from xietong.sources.reading import read_tables
from xietong.sources.receiving import Receipt, ReceivedFile, notices
from xietong.sources.snapshots import SnapshotStore
from xietong.sources.unreadable import UnreadableFileError


@dataclass(frozen=True)
class PulledFiles:
    """What pulls of the connected sources left behind, not read yet, and what they noted.

    ``files`` has the snapshots of each connected source in the order they came; the same bytes may stand twice with
    different moments, when a publisher took a change back. ``snapshots`` has each once, and the newest note on the
    status of every source, so that the moment of a release is that of the newest thing it knew.
    """

    files: tuple[tuple[Source, tuple[Snapshot, ...]], ...]
    snapshots: tuple[Snapshot, ...]
    findings: pl.DataFrame


def find_pulled(sources: Sequence[Source], state_directory: Path, as_of: datetime | None = None) -> PulledFiles:
    """Return what pulls of the connected sources left behind; with a moment, what they had brought and noted by then.

    Every edition of a file is among the files: the newest vintage of a figure is chosen where figures are loaded.
    """
    states = StateDirectory(state_directory)
    files: list[tuple[Source, tuple[Snapshot, ...]]] = []
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
        own = tuple(snapshot_of(file, source) for file in state.files)
        for snapshot in own:
            snapshots.setdefault(snapshot.sha256, snapshot)
        files.append((source, own))
    return PulledFiles(tuple(files), tuple(snapshots.values()), pl.concat(findings))


def read_pulled(source: Source, snapshots: Sequence[Snapshot], store: SnapshotStore) -> Receipt:
    """Return the files of a source that pulls left behind, as files from an inbox are returned."""
    files: list[ReceivedFile] = []
    findings = [empty_findings()]
    for snapshot in snapshots:
        try:
            tables = read_tables(store.read(snapshot.sha256), snapshot)
        except UnreadableFileError as error:
            findings.append(error.finding(snapshot))
        except XietongError:
            findings.append(_lost(source, snapshot))
        else:
            files.append(ReceivedFile(source, snapshot, tuple(tables)))
            findings += notices(tables, snapshot)
    return Receipt(tuple(files), tuple(snapshots), pl.concat(findings))


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


def _lost(source: Source, file: Snapshot) -> pl.DataFrame:
    return source_finding(
        "snapshot_lost",
        "critical",
        source,
        file=file.file,
        reason_zh=f"快照 {file.sha256[:12]} 不存在或已被改动，请从备份恢复",
        reason_en=f"the snapshot {file.sha256[:12]} is missing or was changed; restore it from a backup",
        value=file.sha256,
    )
