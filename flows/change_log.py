"""The pages beside the releases of an edition, written anew whenever what is served or kept has changed.

The change log with every release that is kept, and for each of these a page of what differs from the one
published before it. Such a page follows from its two releases and the program alone: it is made once and
stays until one of them goes or the program is another.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.step_memory import DIFFERENCES, MEMORY, read_note, write_note
from xietong.releases import Publication, Release, current_release, directory_digest, publications, releases_of
from xietong.releases.durability import replace_file
from xietong.releases.leftovers import PART
from xietong.resources import program_files

if TYPE_CHECKING:
    from xietong.render import Archive, KeptRelease

_LOG: Final = logging.getLogger(__name__)
_INTERFACE: Final = Path("site") / "api" / "v1" / "index.json"
_OBSERVATIONS: Final = Path("site") / "downloads" / "observations.parquet"


def write_change_log(edition_directory: Path) -> None:
    """Write the pages and the feed, each replaced at once; call it under the edition's lock."""
    from xietong.render import Archive, LogEntry, change_log

    kept = {release.name: release for release in releases_of(edition_directory)}
    served = current_release(edition_directory)
    history = publications(edition_directory)
    # The served mark stands once, at the decision that put the release in place.
    serving = max(
        (
            place
            for place, told in enumerate(history)
            if served is not None and told.release == served.name and told.action != "rejected"
        ),
        default=-1,
    )
    entries = [
        LogEntry(
            release=told.release,
            moment=told.moment,
            action=told.action,
            reason=told.reason,
            mode=told.mode,
            reviewer=told.reviewer,
            is_kept=told.release in kept,
            is_served=place == serving,
        )
        for place, told in enumerate(history)
    ]
    archive = Archive.of(edition_directory.name, is_demonstration=_is_demonstration(served), titles=_titles(served))
    published = [kept[name] for name in _first_published(history) if name in kept]
    compared = _write_differences(edition_directory, archive, published)
    editions = list(_editions(kept, history, served, compared))
    for path, text in change_log(edition_directory.name, entries[::-1], editions, archive).items():
        _put(edition_directory, path, text)
    _remove_differences(edition_directory, compared)


def _is_demonstration(release: Release | None) -> bool:
    """Return whether the figures of a release are invented; an edition never has both kinds."""
    path = release.directory / _OBSERVATIONS if release is not None else None
    if path is None or not path.is_file():
        return False
    observations = pl.scan_parquet(path)
    has_origin = "origin" in observations.collect_schema()
    return has_origin and "demonstration" in observations.select("origin").unique().collect()["origin"]


def _titles(release: Release | None) -> Mapping[str, str]:
    """Return what a release calls its edition, by language."""
    path = release.directory / _INTERFACE if release is not None else None
    if path is None or not path.is_file():
        return {}
    titles: Mapping[str, str] = json.loads(path.read_bytes()).get("title", {})
    return titles


def _first_published(history: Sequence[Publication]) -> dict[str, str]:
    """Return when each release was first put in place, in this order."""
    moments: dict[str, str] = {}
    for told in history:
        if told.action != "rejected":
            moments.setdefault(told.release, told.moment)
    return moments


def _editions(
    kept: Mapping[str, Release],
    history: Sequence[Publication],
    served: Release | None,
    compared: Mapping[str, str],
) -> "Iterator[KeptRelease]":
    """Yield the releases that readers may open: those published, newest first, then those computed afterwards."""
    from xietong.render import KeptRelease

    moments = _first_published(history)
    published = [name for name in moments if name in kept]
    rejected = {told.release for told in history if told.action == "rejected"}
    beside = [name for name in sorted(kept, reverse=True) if name not in moments and name not in rejected]
    for name in [*reversed(published), *beside]:
        inputs = kept[name].manifest["inputs"]
        is_first = name in published[:1]
        yield KeptRelease(
            name=name,
            period=inputs["period"],
            as_of=inputs["as_of"],
            method_version=inputs["method_version"],
            published=moments.get(name, ""),
            is_served=served is not None and served.name == name,
            before=compared.get(name, ""),
            why_none="difference_beside" if name in beside else f"difference_{'first' if is_first else 'none'}",
        )


def _write_differences(edition_directory: Path, archive: "Archive", published: Sequence[Release]) -> dict[str, str]:
    """Write the page between each release and the one before it, and return which there are: earlier by later name."""
    from flows.release_differences import difference_between
    from xietong.render.release_difference import FOLDER, difference_pages

    note = edition_directory / MEMORY / DIFFERENCES
    program = directory_digest(program_files())
    remembered = read_note(note) or {}
    made = remembered.get("pages") if remembered.get("program") == program else None
    known: Mapping[str, str] = made if isinstance(made, dict) else {}
    compared: dict[str, str] = {}
    for before, after in pairwise(published):
        is_there = (edition_directory / FOLDER / f"{after.name}.html").is_file()
        if not (is_there and known.get(after.name) == before.name):
            try:
                pages = difference_pages(archive, difference_between(before, after))
            except Exception as error:  # noqa: BLE001 — a damaged release keeps no other from being published
                _LOG.warning("%s cannot be compared with %s: %s", after.name, before.name, error)
                continue
            for path, text in pages.items():
                _put(edition_directory, path, text)
        compared[after.name] = before.name
    if compared:
        write_note(note, {"program": program, "pages": compared})
    return compared


def _remove_differences(edition_directory: Path, compared: Mapping[str, str]) -> None:
    """Remove the pages of releases that are kept no longer."""
    from xietong.render.release_difference import FOLDER

    for path in sorted((edition_directory / FOLDER).glob("*")):
        if path.name.removesuffix(path.suffix).removesuffix(".en") not in compared:
            path.unlink()


def _put(edition_directory: Path, path: str, text: str) -> None:
    target = edition_directory / path
    target.parent.mkdir(exist_ok=True)
    replace_file(target, text.encode(errors="replace"), edition_directory / f"{PART}{target.name}")
