"""Files to raw tables: each is kept as a snapshot first, then read; one that cannot be read costs only itself."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from xietong.catalogue import Source
from xietong.errors import lack_of_room
from xietong.frames import RawTable, Snapshot, empty_findings
from xietong.sources.file_register import FileRegister, FileState
from xietong.sources.inbox import Claim
from xietong.sources.notices import NotedTable
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


@dataclass(frozen=True)
class KeptFile:
    """One file whose bytes are kept, not read yet."""

    source: Source
    snapshot: Snapshot


@dataclass(frozen=True)
class Kept:
    """The files to read, and what was found out while they were kept."""

    files: tuple[KeptFile, ...]
    findings: pl.DataFrame

    def of(self, source: Source) -> list[Snapshot]:
        """Return the snapshots of one source."""
        return [file.snapshot for file in self.files if file.source.code == source.code]


def keep_files(
    claims: Sequence[Claim],
    store: SnapshotStore,
    received_at: Callable[[Claim], datetime],
    register: FileRegister | None = None,
) -> Kept:
    """Keep the bytes of the files in the order given, but of none that is too large to be read.

    ``received_at`` tells when a file arrived if its bytes are new. Of files with the same bytes the one that
    arrived first is read, the first in order where that does not tell them apart. What the register knows and
    the store has is not hashed again.
    """
    found: list[tuple[Claim, Snapshot]] = []
    findings = [empty_findings()]
    for claim in claims:
        try:
            kept = _keep(claim, store, received_at, register)
        except OSError as error:
            # The store's trouble and not the file's: no file is refused for it.
            if lack_of_room(error) is not None or _is_of_the_store(error, store):
                raise
            findings.append(_vanished(claim, error))
            continue
        except UnreadableFileError as error:
            findings.append(_not_kept(claim, error))
            continue
        found.append((claim, kept))
    first = _first_to_arrive(found, received_at)
    files = [KeptFile(claim.source, _as_claimed(kept, claim)) for claim, kept in found if first[kept.sha256] is claim]
    read = {file.snapshot.sha256: file.snapshot for file in files}
    findings += [_same_bytes(claim, read[kept.sha256]) for claim, kept in found if first[kept.sha256] is not claim]
    return Kept(tuple(files), pl.concat(findings))


def _first_to_arrive(
    found: Iterable[tuple[Claim, Snapshot]], received_at: Callable[[Claim], datetime]
) -> dict[str, Claim]:
    """Return by sha256 the file that stands for its bytes: a copy that is put beside it later takes nothing from it."""
    first: dict[str, Claim] = {}
    for claim, kept in found:
        before = first.setdefault(kept.sha256, claim)
        if before is not claim:
            # A file may go while its copy is looked at.
            with suppress(OSError):
                if received_at(claim) < received_at(before):
                    first[kept.sha256] = claim
    return first


def _keep(
    claim: Claim, store: SnapshotStore, received_at: Callable[[Claim], datetime], register: FileRegister | None
) -> Snapshot:
    state = FileState.of(claim.path)
    # Nothing of it would be read: it is not copied either, or one file could fill the disk.
    check_size(state.size)
    if register is not None and (sha256 := register.sha256(claim.path, state)) is not None:
        kept = store.find(sha256, state.size)
        if kept is not None:
            return kept
    with claim.path.open("rb") as stream:
        kept = store.add_stream(stream, file=claim.name, source=claim.source, received_at=received_at(claim))
    if register is not None:
        register.remember(claim.path, state, kept.sha256)
    return kept


def read_file(snapshot: Snapshot, store: SnapshotStore) -> tuple[list[RawTable], list[pl.DataFrame]]:
    """Return the tables of a kept file and what should be told of them; of one that cannot be read, only why."""
    try:
        check_size(snapshot.size)
        tables = read_tables(store.read(snapshot.sha256), snapshot)
    except UnreadableFileError as error:
        return [], [error.finding(snapshot)]
    return tables, notices(tables, snapshot)


def receive_files(claims: Sequence[Claim], store: SnapshotStore, received_at: Callable[[Claim], datetime]) -> Receipt:
    """Keep and read the files in the order given, all of them at once in memory."""
    kept = keep_files(claims, store, received_at)
    files: list[ReceivedFile] = []
    findings = [kept.findings]
    for file in kept.files:
        tables, found = read_file(file.snapshot, store)
        findings += found
        if tables or not found:
            files.append(ReceivedFile(file.source, file.snapshot, tuple(tables)))
    return Receipt(tuple(files), tuple(file.snapshot for file in kept.files), pl.concat(findings))


def notices(tables: Iterable[RawTable], snapshot: Snapshot) -> list[pl.DataFrame]:
    """Return what should be told of tables that could be read, one row of ``FINDINGS`` each."""
    return [row for table in tables if isinstance(table, NotedTable) for row in table.findings(snapshot)]


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


def _is_of_the_store(error: OSError, store: SnapshotStore) -> bool:
    """Return whether it is the store that could not be read or written, such as on a disk mounted read-only."""
    named = [Path(str(path)) for path in (error.filename, error.filename2) if path is not None]
    return any(path.is_relative_to(store.directory) for path in named)


def _vanished(claim: Claim, error: OSError) -> pl.DataFrame:
    return file_finding(
        "unreadable_file",
        "critical",
        file=claim.name,
        reason_zh=f"无法打开（{error.strerror}），未读取；请检查权限，或重新放入文件",
        reason_en=f"it cannot be opened ({error.strerror}) and was not read; check its permissions, or send it again",
        allowed="a file that can be opened",
    )


def _not_kept(claim: Claim, error: UnreadableFileError) -> pl.DataFrame:
    return file_finding(
        error.rule,
        "critical",
        file=claim.name,
        reason_zh=f"{error.reason_zh}，未读取也未保存",
        reason_en=f"{error.reason_en}; it was neither read nor kept",
        allowed=error.allowed,
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
