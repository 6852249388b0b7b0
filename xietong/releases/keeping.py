"""Which releases may go: never the one that is served, never one of the newest, never one that is to be kept."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from xietong.releases.history import current_release, publications, releases_of
from xietong.releases.manifest import RELEASES


def superseded(edition_directory: Path, keep: int, pinned: Iterable[str] = ()) -> list[str]:
    """Return the names of the releases that may be removed, oldest first.

    Kept are the release that is served, the ``keep`` that were last put in place, and ``pinned``.
    Snapshots are never among what is removed: what was received stays, and every release can be built again.
    """
    served = current_release(edition_directory)
    served_once = [found.release for found in publications(edition_directory) if found.action != "rejected"]
    order = list(dict.fromkeys(reversed(served_once)))
    kept = {*order[:keep], *pinned} | ({served.name} if served else set())
    names = [release.name for release in releases_of(edition_directory)]
    removable = [name for name in names if name not in kept]
    ages = {name: position for position, name in enumerate(order)}
    return sorted(removable, key=lambda name: (-ages.get(name, len(ages)), name))


def remove(edition_directory: Path, names: Iterable[str]) -> int:
    """Remove releases and every abandoned draft; return the bytes that became free.

    A release loses its name first: one that is half removed is never taken for a whole one.
    """
    folder = edition_directory / RELEASES
    doomed = []
    for name in names:
        aside = folder / f".removed-{name}"
        (folder / name).rename(aside)
        doomed.append(aside)
    doomed += [path for path in folder.glob(".draft-*") if path.is_dir()] if folder.is_dir() else []
    doomed += [path for path in folder.glob(".removed-*") if path not in doomed] if folder.is_dir() else []
    freed = 0
    for path in doomed:
        freed += sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        shutil.rmtree(path)
    return freed
