"""Files to raw tables: each is kept as a snapshot first, then read; one that cannot be read costs only itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from xietong.catalogue import Source
from xietong.frames import RawTable, Snapshot, empty_findings
from xietong.sources.inbox import Claim
from xietong.sources.reading import check_size, read_tables
from xietong.sources.snapshots import SnapshotStore
from xietong.sources.unreadable import UnreadableFileError, file_finding


@dataclass(frozen=True)
class ReceivedFile:
    """One file that was read."""

    source: Source
    snapshot: Snapshot
    tables: tuple[RawTable, ...]


@dataclass(frozen=True)
class Receipt:
    """What came of receiving: every snapshot, also of files that could not be read, and why."""

    files: tuple[ReceivedFile, ...]
    snapshots: tuple[Snapshot, ...]
    findings: pl.DataFrame

    def of(self, source: Source) -> list[tuple[Snapshot, tuple[RawTable, ...]]]:
        """Return the files of one source, as ``transforms.tidy_files`` takes them."""
        return [(file.snapshot, file.tables) for file in self.files if file.source.code == source.code]


def receive_files(claims: Sequence[Claim], store: SnapshotStore, received_at: Callable[[Claim], datetime]) -> Receipt:
    """Keep and read the files in the order given.

    ``received_at`` tells when a file arrived if its bytes are new. A file with the bytes of one
    before it is not read twice.
    """
    files: list[ReceivedFile] = []
    snapshots: dict[str, Snapshot] = {}
    findings = [empty_findings()]
    for claim in claims:
        with claim.path.open("rb") as stream:
            kept = store.add_stream(stream, file=claim.name, source=claim.source, received_at=received_at(claim))
        if kept.sha256 in snapshots:
            findings.append(_same_bytes(claim, snapshots[kept.sha256]))
            continue
        snapshot = snapshots[kept.sha256] = _as_claimed(kept, claim)
        try:
            check_size(snapshot.size)
            tables = read_tables(store.read(snapshot.sha256), snapshot)
        except UnreadableFileError as error:
            findings.append(error.finding(snapshot))
        else:
            files.append(ReceivedFile(claim.source, snapshot, tuple(tables)))
    return Receipt(tuple(files), tuple(snapshots.values()), pl.concat(findings))


def _as_claimed(kept: Snapshot, claim: Claim) -> Snapshot:
    """Return the snapshot under the name and source of this time; when it first came stays."""
    source = claim.source
    return replace(
        kept,
        file=claim.name,
        source_id=source.code,
        publisher=source.publisher.zh,
        address=source.address,
        licence=source.licence.zh,
    )


def _same_bytes(claim: Claim, first: Snapshot) -> pl.DataFrame:
    return file_finding(
        "same_bytes",
        "info",
        file=claim.name,
        reason_zh=f"与 {first.file} 内容完全相同，只读取一次",
        reason_en=f"its bytes are those of {first.file}, which is read once",
        allowed=first.file,
        snapshot=replace(first, file=claim.name, source_id=claim.source.code),
    )
