"""Which releases there are, when each was put in place, and the way back."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from xietong.errors import UsageError, XietongError
from xietong.releases.durability import replace_file, settle
from xietong.releases.leftovers import PART
from xietong.releases.manifest import CURRENT, RELEASES, Release, read_release
from xietong.releases.publishing import switch_current
from xietong.releases.verification import broken_promises

#: Beside the releases, never in one: a release holds no clock.
HISTORY: Final = "publications.jsonl"
#: What is about to be put in place, there from before the switch until it stands in the history.
INTENTION: Final = ".publication-intended.json"


@dataclass(frozen=True)
class Publication:
    """One decision about a release: put in place, gone back to, or rejected; by whom and why."""

    release: str
    moment: str  # ISO 8601, UTC
    action: Literal["published", "rolled_back", "rejected"]
    reason: str = ""
    mode: Literal["auto", "manual"] = "auto"
    reviewer: str = ""


def current_release(edition_directory: Path) -> Release | None:
    """Return the release that is served, or None before the first and where its manifest cannot be read.

    Raises:
        XietongError: in the place of the link is something else, which a run would have to remove.
    """
    link = edition_directory / CURRENT
    if link.exists() and not link.is_symlink():
        raise XietongError(
            f"{link} is not the link to a release that it has to be, as after a copy that does not know links; "
            "move it away, then run again or roll back to the release that was served"
        )
    return _readable(link)


def releases_of(edition_directory: Path) -> list[Release]:
    """Return every finished release of an edition whose manifest can be read, by name; drafts are none."""
    found = (_readable(path) for path in _release_folders(edition_directory))
    return [release for release in found if release is not None]


def unreadable_releases(edition_directory: Path) -> list[str]:
    """Return the name of every folder among the releases that has no manifest which can be read."""
    return [path.name for path in _release_folders(edition_directory) if _readable(path) is None]


def _release_folders(edition_directory: Path) -> list[Path]:
    folder = edition_directory / RELEASES
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]


def _readable(directory: Path) -> Release | None:
    """Return a release, or None: one that is damaged must keep nobody from serving another."""
    try:
        return read_release(directory)
    except XietongError:
        return None


def publications(edition_directory: Path) -> list[Publication]:
    """Return what was put in place, oldest first; a line that was cut off or damaged is left out."""
    path = edition_directory / HISTORY
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(Publication(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def record(edition_directory: Path, publication: Publication) -> None:
    """Add a line to the history, unless it would only repeat that this release is in place."""
    earlier = publications(edition_directory)
    unattended = publication.action == "published" and publication.mode == "auto"
    if unattended and earlier and earlier[-1].release == publication.release and earlier[-1].action != "rejected":
        return
    path = edition_directory / HISTORY
    # A machine that went down may have left half a line; begin on a line of its own.
    begin = "\n" if path.exists() and not path.read_bytes().endswith(b"\n") else ""
    with path.open("a", encoding="utf-8") as history:
        history.write(begin + json.dumps(asdict(publication), ensure_ascii=False) + "\n")
        history.flush()
        os.fsync(history.fileno())
    settle(edition_directory)


def put_in_place(release: Release, publication: Publication) -> None:
    """Serve the release and record it; a run that is killed in between has it recorded by the next one."""
    directory = release.directory.parent.parent
    complete_publication(directory)
    intention = directory / INTENTION
    replace_file(intention, json.dumps(asdict(publication)).encode(), directory / f"{PART}{INTENTION}")
    switch_current(release.directory)
    complete_publication(directory)


def complete_publication(edition_directory: Path) -> None:
    """Record what was put in place without being recorded yet, and forget what was only intended."""
    intention = edition_directory / INTENTION
    try:
        intended = Publication(**json.loads(intention.read_bytes()))
    except FileNotFoundError:
        return
    except (ValueError, TypeError):
        # A disk that lost it: what is served is in its place, whoever put it there.
        intention.unlink()
        return
    served = current_release(edition_directory)
    if served is not None and served.name == intended.release and publications(edition_directory)[-1:] != [intended]:
        record(edition_directory, intended)
    intention.unlink()


def roll_back(edition_directory: Path, name: str | None, moment: datetime, reason: str) -> Release:
    """Point ``current`` at an earlier release and return it: the one named, else the one that was served before.

    Raises:
        UsageError: there is no such release, none before, or it is not whole.
    """
    complete_publication(edition_directory)
    known = {release.name: release for release in releases_of(edition_directory)}
    served = current_release(edition_directory)
    if name is None:
        name = _served_before(edition_directory, served.name if served else None, set(known))
    if name not in known:
        if name in unreadable_releases(edition_directory):
            raise UsageError(f"the release {name} is not whole and was not put in place: its manifest cannot be read")
        raise UsageError(f"there is no release {name!r}; there are: {', '.join(known) or 'none'}")
    target = known[name]
    broken = next(broken_promises(target), None)
    if broken is not None:
        raise UsageError(f"the release {name} is not whole and was not put in place: {broken}")
    put_in_place(target, Publication(name, moment.isoformat(), "rolled_back", reason))
    return target


def _served_before(edition_directory: Path, served: str | None, known: set[str]) -> str:
    """Return what was served before: of what was not gone back from since, the newest that is kept."""
    behind = _not_withdrawn(publications(edition_directory))
    if served in behind:
        behind = _down_to(served, behind)
    for name in reversed(behind):
        if name != served and name in known:
            return name
    raise UsageError(
        f"no other release was served before {served or 'this'} and is kept; name the release to go back to "
        "(xietong releases lists them)"
    )


def _not_withdrawn(history: list[Publication]) -> list[str]:
    """Return what was served, oldest first, without what was gone back from: it was found to be wrong."""
    served: list[str] = []
    for publication in history:
        if publication.action == "rolled_back" and publication.release in served:
            served = _down_to(publication.release, served)
        elif publication.action != "rejected":
            served.append(publication.release)
    return served


def _down_to(name: str, served: list[str]) -> list[str]:
    return served[: len(served) - served[::-1].index(name)]
