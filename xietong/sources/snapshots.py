"""The bytes of every file received, kept under their sha256 with a sidecar of where they came from.

Nothing that is kept is ever changed: the same bytes received again leave the first sidecar as it is.

Editions, polls and backfills share the store without a lock of their own. Whoever writes a file aside
holds the lock of that very file until it has its name; one that nobody holds was left by a process
that is no more, and may be swept.
"""

import fcntl
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, Final

from xietong.catalogue import Source
from xietong.errors import XietongError
from xietong.frames import Snapshot

_CHUNK: Final = 2**20


class SnapshotStore:
    """A directory of snapshots: ``ab/ab12….bytes`` beside ``ab/ab12….json``."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def add(self, data: bytes, *, file: str, source: Source, received_at: datetime) -> Snapshot:
        """Keep the bytes and return their snapshot, with the provenance of the first time they came."""
        return self.add_stream(io.BytesIO(data), file=file, source=source, received_at=received_at)

    def add_stream(self, stream: BufferedIOBase, *, file: str, source: Source, received_at: datetime) -> Snapshot:
        """Keep what the stream holds, of any size, without holding it in memory; the stream can seek."""
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
        stream.seek(0)
        if not self._is_kept(sha256, size):
            sha256, size = self._copy(stream)
        self._describe(
            Snapshot(
                sha256=sha256,
                file=file,
                source_id=source.code,
                publisher=source.publisher.zh,
                address=source.address,
                licence=source.licence.zh,
                received_at=received_at,
                size=size,
            ),
            source,
        )
        return self.get(sha256)

    def find(self, sha256: str, size: int) -> Snapshot | None:
        """Return the snapshot if its bytes and its sidecar are here, else None; its bytes are not read."""
        if not self._is_kept(sha256, size):
            return None
        try:
            return self.get(sha256)
        except (XietongError, ValueError, KeyError):
            return None

    def _is_kept(self, sha256: str, size: int) -> bool:
        """True when the bytes are there; a file of another size is what an interrupted machine left of them."""
        path = self.path(sha256)
        return path.exists() and path.stat().st_size == size

    def _copy(self, stream: BufferedIOBase) -> tuple[str, int]:
        """Keep the stream and return the sha256 and the size of what was copied, whatever it was a moment ago."""
        digest, size = hashlib.sha256(), 0
        with self._aside() as copy:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
                size += len(chunk)
            _put(copy, self.path(digest.hexdigest()))
        return digest.hexdigest(), size

    @contextmanager
    def _aside(self) -> Iterator[IO[bytes]]:
        """Yield a hidden file of the store, locked, to be put in its place; it goes where that does not come about."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with _locked_file(self.directory) as file:
            try:
                yield file
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def sweep(self) -> None:
        """Remove the hidden files that a killed process left; those that are being written stay."""
        for path in sorted(self.directory.glob(".*")):
            # Refused where somebody holds the lock; gone where it was just put in place.
            with suppress(OSError), path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()

    def path(self, sha256: str) -> Path:
        """Return where the bytes lie."""
        return self.directory / sha256[:2] / f"{sha256}.bytes"

    def read(self, sha256: str) -> bytes:
        """Return the bytes.

        Raises:
            XietongError: they are not kept here, or no longer those that were received.
        """
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise XietongError(f"there is no snapshot {sha256} in {self.directory}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise XietongError(f"the snapshot {self.path(sha256)} was changed after it was received; restore it")
        return data

    def get(self, sha256: str) -> Snapshot:
        """Return the snapshot as its sidecar tells it.

        Raises:
            XietongError: there is none.
        """
        try:
            content: dict[str, Any] = json.loads(self._sidecar(sha256).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise XietongError(f"there is no snapshot {sha256} in {self.directory}") from error
        fields = {name: content[name] for name in Snapshot.__dataclass_fields__}
        return Snapshot(**fields | {"received_at": datetime.fromisoformat(content["received_at"])})

    def _sidecar(self, sha256: str) -> Path:
        return self.path(sha256).with_suffix(".json")

    def _describe(self, snapshot: Snapshot, source: Source) -> None:
        """Write the sidecar, unless there is one that can be read: first comes, first told."""
        with suppress(XietongError, ValueError, KeyError):
            self.get(snapshot.sha256)
            return
        content = asdict(snapshot) | {
            "received_at": snapshot.received_at.isoformat(),
            "published": source.published.isoformat() if source.published else None,
            "citation": source.citation.zh if source.citation else None,
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        with self._aside() as sidecar:
            sidecar.write(text.encode())
            _put(sidecar, self._sidecar(snapshot.sha256))


def _locked_file(directory: Path) -> IO[bytes]:
    """Return a new hidden file that is locked until it is closed."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=directory, prefix=".", delete=False)  # noqa: SIM115 — closed by who asks
        fcntl.flock(file, fcntl.LOCK_EX)
        # Between the two steps it may have been swept.
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _put(file: IO[bytes], target: Path) -> None:
    """Put a file in its place once its bytes are on the disk: a name never stands for bytes that a power cut took."""
    file.flush()
    os.fsync(file.fileno())
    target.parent.mkdir(exist_ok=True)
    Path(file.name).replace(target)
