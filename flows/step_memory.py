"""What earlier runs of an edition made, and of what, so that a step whose inputs are the same is not run again.

Reading and the first gate keep frames of their own (``xietong.sources.IntakeCache``). Here are the others: the
database that the last run left, with a note of what it was computed from, and for each release a note of
everything that it was made of, and one of what each of its pages was made of. A note is written aside and
renamed once what it speaks of is there, and it holds the hash of that; one that is damaged, or that speaks of
other bytes than there are, is as good as none, and the step is run.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.planning import Plan
from flows.receipt import Read, Received
from flows.stages import Computed, warehouse_of
from xietong.errors import XietongError
from xietong.releases import RELEASES, Release, ReleaseInputs, broken_promises, directory_digest, read_release
from xietong.resources import program_files
from xietong.settings import Settings
from xietong.sources import key_of

if TYPE_CHECKING:
    from xietong.render import EarlierSite, MadePage

#: Packages whose version can change a figure or a page.
VERSIONED: Final = (
    "altair",
    "duckdb",
    "fastexcel",
    "great-expectations",
    "jinja2",
    "numpy",
    "polars",
    "scipy",
    "vl-convert-python",
    "xietong",
    "xlsxwriter",
)
MEMORY: Final = "memory"
_COMPUTED: Final = "computed.json"
#: What the pages between releases were made of; flows/change_log.py.
DIFFERENCES: Final = "differences.json"
_DIGITS: Final = 24


def source_files(settings: Settings) -> list[tuple[Path, str]]:
    """Return (directory, pattern) of every file that can change a figure or a page, as these settings place them."""
    moved = {"catalogue": settings.catalogue_directory, "editions": settings.editions_directory}
    return [(moved.get(directory.name, directory), pattern) for directory, pattern in program_files()]


@lru_cache(maxsize=1)
def package_versions() -> tuple[tuple[str, str], ...]:
    """Return (package, version) of every package that can change a figure or a page."""
    return tuple((name, importlib.metadata.version(name)) for name in VERSIONED)


def program_digest(inputs: ReleaseInputs) -> str:
    """Return the hash of everything that decides a page besides its content: program, templates, words, packages."""
    versions = (f"{name} {version}" for name, version in inputs.versions)
    return key_of([inputs.sources_digest, platform.python_version(), *versions])


@dataclass(frozen=True)
class StepMemory:
    """What is remembered of the edition of a plan."""

    plan: Plan

    @property
    def directory(self) -> Path:
        """Return where the notes lie."""
        return self.plan.settings.edition_directory(self.plan.edition.name) / MEMORY

    def expects_nothing_new(self) -> bool:
        """True when a release was made by this program, catalogue and edition with these parameters.

        It says nothing of the files, which have not been read yet; it is there to decide what to prepare.
        """
        return any(self.directory.glob(f"{self._asked[:_DIGITS]}-*.json"))

    def release_made_of(self, read: Read) -> Release | None:
        """Return the release that was made of exactly this; None unless every byte of it is as it was."""
        key = self._made_of(read)
        note = read_note(self._note_of(key))
        if note is None or note.get("key") != key:
            return None
        try:
            release = read_release(self._edition_directory / RELEASES / str(note["release"]))
            is_whole = next(broken_promises(release), None) is None
        except (XietongError, KeyError, OSError):
            return None
        return release if is_whole else None

    def remember_release(self, read: Read, release: Release) -> None:
        """Note what a finished release was made of."""
        key = self._made_of(read)
        write_note(self._note_of(key), {"key": key, "release": release.name})

    def computed_of(self, received: Received) -> Computed | None:
        """Return the checked marts if the database that the last run left was computed from exactly this."""
        from xietong.warehouse.kept_marts import kept_marts

        note, database = read_note(self.directory / _COMPUTED), warehouse_of(self.plan)
        try:
            if note is None or note["key"] != self._computing(received) or note["database"] != _sha256(database):
                return None
            return Computed(note["period"], datetime.fromisoformat(note["as_of"]), kept_marts(database))
        except (XietongError, KeyError, TypeError, ValueError, OSError):
            return None

    def remember_computed(self, received: Received, checked: Computed) -> None:
        """Note what the database, which has passed the second gate, was computed from."""
        content = {
            "key": self._computing(received),
            "database": _sha256(warehouse_of(self.plan)),
            "period": checked.period,
            "as_of": checked.as_of.isoformat(),
        }
        write_note(self.directory / _COMPUTED, content)

    def pages_of(self, release: Release | None) -> "EarlierSite | None":
        """Return the pages of a release with what each was made of, if that is remembered."""
        from xietong.render import EarlierSite, MadePage

        note = read_note(self._pages_note_of(release.name)) if release is not None else None
        try:
            if release is None or note is None or note["release"] != release.name:
                return None
            pages = {path: MadePage(key, sha256) for path, (key, sha256) in note["pages"].items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        return EarlierSite(release.directory / "site", pages)

    def remember_pages(self, release: Release, pages: "Mapping[str, MadePage]") -> None:
        """Note what each page of a finished release was made of."""
        if pages:
            told = {path: list(made) for path, made in sorted(pages.items())}
            write_note(self._pages_note_of(release.name), {"release": release.name, "pages": told})

    @property
    def _edition_directory(self) -> Path:
        return self.plan.settings.edition_directory(self.plan.edition.name)

    def _note_of(self, key: str) -> Path:
        return self.directory / f"{self._asked[:_DIGITS]}-{key[:_DIGITS]}.json"

    def _pages_note_of(self, release: str) -> Path:
        return self.directory / f"pages-{release}.json"

    def _made_of(self, read: Read) -> str:
        """Return the hash of everything that decides a release, with what reading found out about the files."""
        return key_of([self._asked, read.key, _told([read.findings, *(each.findings for each in read.said)])])

    @cached_property
    def _asked(self) -> str:
        """Return the hash of everything that decides a release but the files."""
        return key_of([*self._parameters, directory_digest(source_files(self.plan.settings))])

    def _computing(self, received: Received) -> str:
        """Return the hash of everything that decides the marts; how the site looks is no part of it."""
        deciding = [entry for entry in source_files(self.plan.settings) if entry[0].name != "site"]
        return key_of([*self._parameters, directory_digest(deciding), received.key, _told([received.findings])])

    @property
    def _parameters(self) -> Iterable[str]:
        plan = self.plan
        yield plan.edition.name
        yield plan.period or ""
        yield plan.as_of.isoformat() if plan.as_of is not None else ""
        yield platform.python_version()
        for name, version in package_versions():
            yield f"{name} {version}"


def forget_releases(edition_directory: Path, kept: Iterable[str]) -> int:
    """Remove the notes of releases that are not among ``kept``, and damaged ones; return how many went."""
    names = set(kept)
    folder = edition_directory / MEMORY
    doomed = [
        path
        for path in sorted(folder.glob("*.json"))
        if path.name not in {_COMPUTED, DIFFERENCES} and (read_note(path) or {}).get("release") not in names
    ]
    doomed += sorted(folder.glob(".*.part"))
    for path in doomed:
        path.unlink(missing_ok=True)
    return len(doomed)


def _told(findings: Iterable[pl.DataFrame]) -> str:
    """Return the hash of findings: bytes that were lost or damaged since are told there, and change nothing else."""
    return key_of(repr(row) for frame in findings for row in frame.iter_rows())


def read_note(path: Path) -> dict[str, Any] | None:
    """Return a note, or None where there is none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_note(path: Path, content: Mapping[str, object]) -> None:
    """Write a note; one that cannot be written fails no run, which only is not remembered then."""
    if read_note(path) == content:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as note:
                json.dump(content, note, ensure_ascii=True, indent=1)
                note.flush()
                os.fsync(note.fileno())
            Path(aside).replace(path)
        except OSError:
            Path(aside).unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
