"""What is known of a connected source between pulls: its files so far, where to go on, how the last pull ended.

One JSON file a source, replaced by one rename after its contents are on the disk, so that a
process that is killed leaves the state before or the state after.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.frames import FINDINGS

PullStatus = Literal["new", "unchanged", "unavailable", "refused"]
_VERSION: Final = 1


class PulledFile(BaseModel):
    """One file that a source gave at a moment; the same bytes may come again after others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    file: str
    series: str
    size: int
    received_at: datetime
    findings: list[dict[str, str | None]] = Field(default_factory=list)


class StatusNote(BaseModel):
    """What pulls found out about a source from a moment on, until the next note; nothing, when all is well again.

    Its text is kept as a snapshot, so that a release names what it knew, and can be repeated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    file: str
    size: int
    received_at: datetime
    findings: list[dict[str, str | None]]


class ConnectionState(BaseModel):
    """The state of one source; files and notes are only ever added to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    source: str
    # Of the connection in the catalogue: what is remembered holds only for the same one.
    connection: str = ""
    status: PullStatus = "unchanged"
    attempted_at: datetime | None = None
    succeeded_at: datetime | None = None
    files: list[PulledFile] = Field(default_factory=list)
    status_notes: list[StatusNote] = Field(default_factory=list)
    memory: dict[str, Any] = Field(default_factory=dict)

    def for_connection(self, source: Source) -> Self:
        """Return the state with an empty memory if the source is now reached in another way."""
        connection = fingerprint(source)
        return (
            self if self.connection == connection else self.model_copy(update={"connection": connection, "memory": {}})
        )

    def newest(self, series: str) -> str | None:
        """Return the sha256 of the last file of the series."""
        return next((file.sha256 for file in reversed(self.files) if file.series == series), None)

    def known_at(self, moment: datetime | None) -> Self:
        """Return the files and notes that had come by the moment; without one, all."""
        if moment is None:
            return self
        files = [file for file in self.files if file.received_at <= moment]
        notes = [note for note in self.status_notes if note.received_at <= moment]
        return self.model_copy(update={"files": files, "status_notes": notes})

    def standing_findings(self) -> list[dict[str, str | None]]:
        """Return the findings of the newest note."""
        return self.status_notes[-1].findings if self.status_notes else []

    def all_findings(self) -> pl.DataFrame:
        """Return the findings of every file and of the newest note."""
        rows = [row for file in self.files for row in file.findings] + self.standing_findings()
        return pl.DataFrame(rows, schema=FINDINGS)


#: By kind of connection, what its memory is about; of a web address it holds the address itself.
_IDENTITY: Final[dict[str, set[str]]] = {
    "web": {"kind"},
    "database": {"kind", "url_variable", "table", "table_schema", "statement", "watermark"},
    "address": {"kind", "address"},
}


def fingerprint(source: Source) -> str:
    """Return what tells one connection, and the columns read through it, from another; limits do not matter."""
    if source.connection is None:
        raise ValueError(f"source {source.code} has no connection")
    identity = source.connection.model_dump(mode="json", include=_IDENTITY[source.connection.kind])
    columns = source.columns.model_dump(mode="json") if source.columns is not None else None
    return hashlib.sha256(json.dumps([identity, columns], sort_keys=True).encode()).hexdigest()[:16]


class StateDirectory:
    """A directory with the state of each source."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def read(self, source: Source) -> ConnectionState:
        """Return the state; of a source that was never pulled, an empty one.

        Raises:
            XietongError: the file is no state.
        """
        path = self.path(source)
        try:
            return ConnectionState.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return ConnectionState(source=source.code, connection=fingerprint(source))
        except ValidationError as error:
            raise XietongError(
                f"{path} is no state of version {_VERSION} of the source {source.code}; restore it from a backup"
            ) from error

    def write(self, source: Source, state: ConnectionState) -> None:
        """Replace the state in one step, after it has reached the disk."""
        path = self.path(source)
        part = path.with_suffix(".part")
        with part.open("wb") as stream:
            stream.write(state.model_dump_json(indent=1).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)

    def path(self, source: Source) -> Path:
        """Return where the state lies."""
        return self.directory / f"{source.code}.json"

    @contextmanager
    def locked(self, source: Source) -> Iterator[None]:
        """Hold the source for one process at a time; the system lets go when a process ends, however it ends."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / f"{source.code}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
