"""One run of an edition at a time, and no release taken away from who needs it: locks that end with their process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from xietong.errors import AccessRefusedError, EditionBusyError, lack_of_access
from xietong.releases.manifest import Release

LOCK: Final = "run.lock"
_PAUSE_SECONDS: Final = 0.1


class EditionLock:
    """A context in which this process alone writes releases of an edition; others wait, then are refused.

    The lock is the kernel's and not the file's: a process that is killed holds nothing, and a file
    that is left behind means nothing. ``work`` is what is done in the context, as those who are refused are told.
    """

    def __init__(self, edition_directory: Path, wait_seconds: float = 0.0, work: str = "") -> None:
        self.path = edition_directory / LOCK
        self.wait_seconds = wait_seconds
        self.work = work or f"run of {edition_directory.name}"
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            EditionBusyError: another run holds it longer than the time to wait.
            AccessRefusedError: nothing may be written where the edition lies.
        """
        descriptor = self._opened()
        until = time.monotonic() + self.wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < until:
                    time.sleep(_PAUSE_SECONDS)
                    continue
                holder = os.pread(descriptor, 100, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise EditionBusyError(
                    f"another {self.work} is under way (process {holder or 'unknown'}); "
                    "wait until it has ended, or end it"
                ) from None
            break
        self._descriptor = descriptor
        # Who holds it is told to those who wait; the lock holds without, as on a full disk.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return self

    def _opened(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            place = lack_of_access(error)
            if place is None:
                raise
            raise AccessRefusedError(
                f"nothing may be written where a {self.work} writes ({place}); what is served "
                "stays. Give the user that runs this the right to write there and run it again"
            ) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def in_use(release: Release) -> Iterator[None]:
    """Keep a release from being removed for as long as the context lasts, such as a draft that waits for its review."""
    with _folder(release) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


def is_in_use(release: Release) -> bool:
    """Return whether a process, this one or another, is in the context of ``in_use`` with the release."""
    with _folder(release) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _folder(release: Release) -> Iterator[int]:
    """Open the folder of a release, to which locks belong; each of its files may be put in place anew meanwhile."""
    descriptor = os.open(release.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
