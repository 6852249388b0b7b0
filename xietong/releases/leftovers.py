"""What a run leaves lying that was killed, and how the next one clears it away.

Everything unfinished has a hidden name beside the releases, never in one. Only who holds the lock of
the edition removes it: nobody else is writing then. A draft that waits for its review is not among it;
that is finished, has its name, and only is not served.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from xietong.releases.manifest import CURRENT, RELEASES

#: A release that is being written; one that is being removed; a file of a release before its rename.
DRAFT: Final = ".draft-"
REMOVED: Final = ".removed-"
PART: Final = ".part-"


def draft_path(releases: Path, release: str) -> Path:
    """Return the folder in which this process writes a release.

    No other process has it: the side process of a run that was killed may go on writing for a moment.
    """
    return releases / f"{DRAFT}{release}-{os.getpid()}"


def part_path(file: Path) -> Path:
    """Return where a file of a release is written before it is put in place: outside of it, lest it stay in there."""
    return file.parent.parent / f"{PART}{file.parent.name}-{file.name}"


def staged_link(edition_directory: Path, release: str) -> Path:
    """Return the link that becomes ``current``."""
    return edition_directory / f".{CURRENT}-{release}"


def leftovers(edition_directory: Path) -> Iterator[Path]:
    """Yield everything unfinished of the edition; while its lock is held, nobody will finish it."""
    yield from sorted(edition_directory.glob(f".{CURRENT}-*"))
    yield from sorted(edition_directory.glob(f"{PART}*"))
    for prefix in (DRAFT, REMOVED, PART):
        yield from sorted((edition_directory / RELEASES).glob(f"{prefix}*"))


def clear_away(edition_directory: Path) -> None:
    """Remove everything unfinished; what cannot be removed now is tried again by the next run."""
    for path in leftovers(edition_directory):
        with suppress(OSError):
            discard(path)


def discard(path: Path) -> None:
    """Remove a file, a link, or a folder, which loses its name first: half of it is never taken for the whole."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    aside = path
    if not path.name.startswith(REMOVED):
        aside = path.with_name(f"{REMOVED}{path.name.removeprefix('.')}")
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)
    shutil.rmtree(aside)
