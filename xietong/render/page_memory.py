"""What pages were made of, so that a page of which nothing has changed is neither made nor written again.

A page is decided by its content, by what stands around it, and by the program: its templates, words and
drawings, and the packages they use. Where the hash of all that is the one noted when the earlier page was
made, and that page still has the bytes that came of it, the new page is that very file (docs/adr/0011).
"""

import hashlib
import os
import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from xietong.report import Chrome, Page


class MadePage(NamedTuple):
    """What decided a page, and the bytes that came of it; both as sha256."""

    key: str
    sha256: str


@dataclass(frozen=True)
class EarlierSite:
    """A site that was made before, and what each of its pages was made of, by path."""

    directory: Path
    pages: Mapping[str, MadePage]


@dataclass
class PageMemory:
    """Takes pages from an earlier site where it can, and notes what each page was made of.

    ``program`` is the digest of everything that decides pages besides their contents. ``made`` holds every page of
    the new site by its path, ``reused`` the paths of those that were not made again.
    """

    program: str = ""
    earlier: EarlierSite | None = None
    made: dict[str, MadePage] = field(default_factory=dict)
    reused: set[str] = field(default_factory=set)

    def key(self, chrome: Chrome, page: Page) -> str:
        """Return the hash of everything that decides the page."""
        digest = hashlib.sha256(self.program.encode())
        # Pickled, because nothing of the content may be left out. The same content in another order of making may
        # have another key: that costs making the page once more, and changes none.
        digest.update(pickle.dumps((chrome, page), pickle.HIGHEST_PROTOCOL))
        return digest.hexdigest()

    def reuse(self, path: str, key: str, target: Path) -> bool:
        """Make ``target`` the page of the earlier site and return True, if that was made of the same and is whole."""
        known = self.earlier.pages.get(path) if self.earlier is not None else None
        if self.earlier is None or known is None or known.key != key:
            return False
        source = self.earlier.directory / path
        try:
            if hashlib.sha256(source.read_bytes()).hexdigest() != known.sha256:
                return False
            _make_same(source, target)
        except OSError:
            return False
        self.made[path] = known
        self.reused.add(path)
        return True

    def write(self, path: str, key: str, target: Path, html: str) -> None:
        """Write a page that was made, and note what it was made of."""
        content = html.encode()
        # Never through a link into an earlier release.
        target.unlink(missing_ok=True)
        target.write_bytes(content)
        self.made[path] = MadePage(key, hashlib.sha256(content).hexdigest())

    def add(self, other: "PageMemory") -> None:
        """Note what the memory of other pages of the same site has noted."""
        self.made.update(other.made)
        self.reused.update(other.reused)


def _make_same(source: Path, target: Path) -> None:
    """Make ``target`` the same file as ``source``; a copy with its time where the file system has no second names."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
