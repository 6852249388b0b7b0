"""Which releases may go: never the one that is served, never one of the newest, never one that is to be kept."""

from collections.abc import Iterable
from pathlib import Path

from xietong.releases.history import current_release, publications, releases_of
from xietong.releases.leftovers import discard, leftovers
from xietong.releases.locking import is_in_use
from xietong.releases.manifest import RELEASES


def superseded(edition_directory: Path, keep: int, pinned: Iterable[str] = ()) -> list[str]:
    """Return the names of the releases that may be removed, oldest first.

    Kept are the release that is served, the ``keep`` that were last put in place, drafts that wait for their
    review, and ``pinned``.
    Snapshots are never among what is removed: what was received stays, and every release can be built again.
    """
    served = current_release(edition_directory)
    served_once = [found.release for found in publications(edition_directory) if found.action != "rejected"]
    order = list(dict.fromkeys(reversed(served_once)))
    kept = {*order[:keep], *pinned} | ({served.name} if served else set())
    removable = [
        release.name
        for release in releases_of(edition_directory)
        if release.name not in kept and not is_in_use(release)
    ]
    ages = {name: position for position, name in enumerate(order)}
    return sorted(removable, key=lambda name: (-ages.get(name, len(ages)), name))


def remove(edition_directory: Path, names: Iterable[str]) -> int:
    """Remove releases and everything that killed runs left; return the bytes that became free.

    A release loses its name first: one that is half removed is never taken for a whole one.
    """
    doomed = [edition_directory / RELEASES / name for name in names]
    freed = 0
    for path in [*doomed, *leftovers(edition_directory)]:
        freed += _size(path)
        discard(path)
    return freed


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder, that nothing else holds.

    What a link leads to stays, and so does what a release shares with another one.
    """
    if path.is_symlink():
        return 0
    files = (file.stat() for file in (path, *path.rglob("*")) if file.is_file())
    return sum(file.st_size for file in files if file.st_nlink == 1)
