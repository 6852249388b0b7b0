"""What was found out about files that lie still, so that they need not be hashed again.

A file is known by its size, inode and times of change. Times have grains: a file that was changed
only just before it was hashed may have been changed again in the same grain, so its hash is
remembered only when it had lain still for two seconds.
"""

import json
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STILL: Final = 2_000_000_000
_LAYOUT: Final = 1


@dataclass(frozen=True)
class FileState:
    """What the file system says of a file, and when it was asked (nanoseconds)."""

    size: int
    modified: int
    changed: int
    inode: int
    device: int
    asked: int

    @classmethod
    def of(cls, path: Path) -> "FileState":
        """Return the state of the file as it is now."""
        asked = time.time_ns()
        stat = path.stat()
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev, asked)

    @property
    def identity(self) -> tuple[int, ...]:
        """Return what is the same for as long as nobody touches the file."""
        return (self.size, self.modified, self.changed, self.inode, self.device)

    @property
    def lay_still(self) -> bool:
        """True when the file had not been changed for two seconds when it was asked for."""
        return self.asked - max(self.modified, self.changed) > _STILL


class FileRegister:
    """The hashes of files that lay still when they were hashed, by their paths."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}
        self._kept: dict[str, tuple[tuple[int, ...], str]] = {}
        # A damaged register knows nothing: every file is hashed again.
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["layout"] == _LAYOUT:
                self._known = {
                    name: (tuple(map(int, state)), str(sha256)) for name, (*state, sha256) in content["files"].items()
                }

    def sha256(self, path: Path, state: FileState) -> str | None:
        """Return the hash of the file if nobody has touched it since it was remembered."""
        known = self._known.get(str(path))
        if known is None or known[0] != state.identity:
            return None
        self._kept[str(path)] = known
        return known[1]

    def remember(self, path: Path, before: FileState, sha256: str) -> None:
        """Remember the hash of a file that was in this state before it was read, if it lay still all the while."""
        with suppress(OSError):
            if before.lay_still and FileState.of(path).identity == before.identity:
                self._kept[str(path)] = (before.identity, sha256)

    def save(self) -> None:
        """Write the register anew with the files that were asked for; others are forgotten."""
        if self._kept == self._known:
            return
        files = {name: [*state, sha256] for name, (state, sha256) in sorted(self._kept.items())}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=self._path.parent, prefix=".", delete=False
        ) as target:
            json.dump({"layout": _LAYOUT, "files": files}, target, ensure_ascii=True)
        Path(target.name).replace(self._path)
