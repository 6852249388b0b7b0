"""Connected sources: each is pulled into snapshots; one that gives nothing keeps what it gave before, and says so.

Pulling is the only part that contacts anybody. What a run reads is the state that pulls left behind,
so that a run repeats whatever the network does.
"""

import json
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.frames import FINDINGS, Snapshot, empty_findings
from xietong.sources.arrivals import REFUSED, UNAVAILABLE, Arrival, Memory, PullContext, SourceError, source_finding
from xietong.sources.connection_state import ConnectionState, PulledFile, PullStatus, StateDirectory, StatusNote
from xietong.sources.deadlines import until
from xietong.sources.received_pulls import snapshot_of, unreadable_state
from xietong.sources.snapshots import SnapshotStore

_AT_ONCE: Final = 8


@dataclass(frozen=True)
class Pulled:
    """How a pull ended, with every file that the source has given so far, in the order they came.

    ``detail`` is for the operator's eyes: it may name hosts and users, never a secret.
    """

    source: Source
    status: PullStatus
    snapshots: tuple[Snapshot, ...]
    added: int
    findings: pl.DataFrame
    message_zh: str
    message_en: str
    last_success: datetime | None
    detail: str = ""


def pull_sources(
    sources: Sequence[Source],
    store: SnapshotStore,
    state_directory: Path,
    *,
    now: datetime | None = None,
    wait: Callable[[float], None] = time.sleep,
    environment: Mapping[str, str] = os.environ,
) -> tuple[Pulled, ...]:
    """Pull every source that has a connection, several at once; none of them keeps another from ending."""
    connected = [source for source in sources if source.connection is not None]
    if not connected:
        return ()
    one = partial(pull, store=store, state_directory=state_directory, now=now, wait=wait, environment=environment)
    with ThreadPoolExecutor(min(_AT_ONCE, len(connected))) as pool:
        return tuple(pool.map(one, connected))


def pull(
    source: Source,
    store: SnapshotStore,
    state_directory: Path,
    *,
    now: datetime | None = None,
    wait: Callable[[float], None] = time.sleep,
    environment: Mapping[str, str] = os.environ,
) -> Pulled:
    """Return what came of asking the source once; what it gave is kept, what went wrong is a finding.

    Raises:
        ValueError: the source has no connection.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    context = PullContext(moment, partial(_is_kept, store), wait, environment)
    states = StateDirectory(state_directory)
    try:
        with states.locked(source):
            state = states.read(source).for_connection(source)
            return _Pull(source, store, states, context).run(state)
    except XietongError as error:
        # Nothing may be written over a state that cannot be read.
        return _without_state(source, unreadable_state(source), error)
    except OSError as error:
        return _without_state(source, _unwritable(source), error)


def _without_state(source: Source, finding: pl.DataFrame, error: Exception) -> Pulled:
    zh, en = finding["message_zh"].item(), finding["message_en"].item()
    return Pulled(source, "refused", (), 0, finding, zh, en, None, str(error))


def _unwritable(source: Source) -> pl.DataFrame:
    return source_finding(
        "source_not_kept",
        "critical",
        source,
        reason_zh="取得的数据无法写入磁盘，请检查空间和权限；下次将重新取数",
        reason_en="what it gave cannot be written to the disk, check space and permission; the next pull asks again",
    )


def _is_kept(store: SnapshotStore, sha256: str) -> bool:
    try:
        store.read(sha256)
    except XietongError:
        return False
    return True


def _settle(path: Path) -> None:
    """Wait until a file and its name are on the disk: a state must never know bytes that a power cut takes away."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class _Pull:
    """One pull of one source, which holds the lock of its state."""

    source: Source
    store: SnapshotStore
    states: StateDirectory
    context: PullContext

    def run(self, state: ConnectionState) -> Pulled:
        before = len(state.files)
        problem: SourceError | None = None
        noticed = [empty_findings()]
        connection = self.source.connection
        if connection is None:
            raise ValueError(f"source {self.source.code} has no connection")
        for arrival in _ended(_arrivals(self.source, state.memory, self.context), connection.seconds):
            if isinstance(arrival, SourceError):
                problem = arrival
                continue
            state = self._keep(state, arrival)
            if arrival.data is None:
                noticed.append(arrival.findings)
        added = len(state.files) - before
        state = self._concluded(state, added, pl.concat(noticed), problem)
        self.states.write(self.source, state)
        return self._pulled(state, added, problem)

    def _keep(self, state: ConnectionState, arrival: Arrival) -> ConnectionState:
        """Keep the bytes, then the state that knows them; bytes that are those of last time are nothing new."""
        files = state.files
        if arrival.data is not None:
            snapshot = self.store.add(arrival.data, file=arrival.file, source=self.source, received_at=self.context.now)
            _settle(self.store.path(snapshot.sha256))
            if snapshot.sha256 != state.newest(arrival.series):
                notes = arrival.findings.with_columns(snapshot=pl.lit(snapshot.sha256)).to_dicts()
                files = [
                    *files,
                    PulledFile(
                        sha256=snapshot.sha256,
                        file=arrival.file,
                        series=arrival.series,
                        size=snapshot.size,
                        received_at=self.context.now,
                        findings=notes,
                    ),
                ]
        state = state.model_copy(update={"files": files, "memory": arrival.memory})
        self.states.write(self.source, state)
        return state

    def _concluded(
        self, state: ConnectionState, added: int, findings: pl.DataFrame, problem: SourceError | None
    ) -> ConnectionState:
        status: PullStatus = "new" if added else "unchanged"
        if problem is not None:
            status = "unavailable" if problem.is_temporary else "refused"
            findings = pl.concat([self._finding(state, problem), findings])
        succeeded = self.context.now if problem is None else state.succeeded_at
        return state.model_copy(
            update={
                "status": status,
                "attempted_at": self.context.now,
                "succeeded_at": succeeded,
                "status_notes": [*state.status_notes, *self._news(state, findings)],
            }
        )

    def _news(self, state: ConnectionState, findings: pl.DataFrame) -> list[StatusNote]:
        """Return a note, kept as a snapshot, when the findings are others than those of the last one."""
        rows = findings.drop("snapshot").to_dicts()
        if rows == [{key: row[key] for key in row if key != "snapshot"} for row in state.standing_findings()]:
            return []
        now = self.context.now
        content = {"source": self.source.code, "from": now.isoformat(), "findings": rows}
        data = json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
        file = f"{self.source.code}-{now:%Y%m%dT%H%M%SZ}-status.json"
        snapshot = self.store.add(data, file=file, source=self.source, received_at=now)
        _settle(self.store.path(snapshot.sha256))
        findings = findings.with_columns(snapshot=pl.lit(snapshot.sha256, dtype=pl.String))
        return [
            StatusNote(
                sha256=snapshot.sha256,
                file=file,
                size=snapshot.size,
                received_at=now,
                findings=findings.select(FINDINGS.names()).to_dicts(),
            )
        ]

    def _finding(self, state: ConnectionState, problem: SourceError) -> pl.DataFrame:
        last = state.files[-1].received_at if state.files else None
        still_zh = f"；沿用 {last:%Y-%m-%d} 及以前取得的数据" if last else "；还没有取得过它的数据"
        still_en = f"; what it gave until {last:%Y-%m-%d} is used" if last else "; it has given nothing so far"
        return source_finding(
            problem.rule,
            "warning" if problem.is_temporary else "critical",
            self.source,
            reason_zh=problem.reason_zh + still_zh,
            reason_en=problem.reason_en + still_en,
            allowed=problem.allowed,
        )

    def _pulled(self, state: ConnectionState, added: int, problem: SourceError | None) -> Pulled:
        if problem is not None:
            first = state.standing_findings()[0]
            zh, en = first["message_zh"] or "", first["message_en"] or ""
        elif added:
            zh, en = f"取得 {added} 个新文件", f"{added} new file{'s' if added > 1 else ''}"
        else:
            zh, en = "没有新数据", "nothing new"
        return Pulled(
            self.source,
            state.status,
            tuple(snapshot_of(file, self.source) for file in state.files),
            added,
            state.all_findings(),
            zh,
            en,
            state.succeeded_at,
            problem.detail if problem else "",
        )


def _ended(arrivals: Generator[Arrival, None, None], seconds: float) -> Iterator[Arrival | SourceError]:
    """Yield the arrivals; what ends them early comes as the last item instead of being raised."""
    try:
        yield from until(arrivals, seconds)
    except SourceError as error:
        yield error
    except TimeoutError:
        yield SourceError(
            UNAVAILABLE,
            reason_zh=f"{seconds:g} 秒内没有取完数据，已停止等待",
            reason_en=f"it was not done within {seconds:g} seconds and was given up",
        )
    except Exception as error:  # noqa: BLE001 — whatever a driver raises must not stop the other sources
        yield SourceError(
            REFUSED,
            reason_zh=f"取数时出现意外错误（{type(error).__name__}）",
            reason_en=f"pulling it failed unexpectedly ({type(error).__name__})",
            detail=type(error).__name__,
        )


def _arrivals(source: Source, memory: Memory, context: PullContext) -> Generator[Arrival, None, None]:
    """Ask the source by the kind of its connection; the libraries for one kind are loaded for it alone."""
    connection = source.connection
    if connection is None:
        raise ValueError(f"source {source.code} has no connection")
    if connection.kind == "web":
        from xietong.sources.web import fetch_web

        return fetch_web(connection, memory, context)
    if connection.kind == "database":
        from xietong.sources.database import fetch_rows

        return fetch_rows(source, connection, memory, context)
    from xietong.sources.addresses import fetch_files

    return fetch_files(source, connection, memory, context)
