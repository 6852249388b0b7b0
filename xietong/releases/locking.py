"""One run of an edition at a time: a lock that ends with the process that holds it, however it ends."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from xietong.errors import EditionBusyError

LOCK: Final = "run.lock"
_PAUSE_SECONDS: Final = 0.1


class EditionLock:
    """A context in which this process alone writes releases of an edition; others wait, then are refused.

    The lock is the kernel's and not the file's: a process that is killed holds nothing, and a file
    that is left behind means nothing.
    """

    def __init__(self, edition_directory: Path, wait_seconds: float = 0.0) -> None:
        self.path = edition_directory / LOCK
        self.wait_seconds = wait_seconds
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            EditionBusyError: another run holds it longer than the time to wait.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
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
                    f"another run of {self.path.parent.name} is under way (process {holder or 'unknown'}); "
                    "wait until it has ended, or end it"
                ) from None
            break
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
