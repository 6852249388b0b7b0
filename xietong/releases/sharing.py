"""Files that two releases have in common lie on the disk once, and keep the time at which they were first written.

Whoever copies or caches the site sees by the time and size of a file whether it has changed; one that
was written anew with the same bytes would be fetched again by every reader (docs/adr/0011).
"""

import filecmp
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from xietong.releases.leftovers import PART


def share_unchanged(draft: Path, earlier: Path, names: Iterable[str]) -> int:
    """Make every named file of a draft that has the bytes of the earlier one that very file; return how many are.

    The bytes are those of the draft, whatever has happened to the earlier release. Where the file system has no
    second names for a file, the file of the draft only takes over the time of the earlier one.
    """
    aside = draft.parent / f"{PART}{draft.name}"
    shared = 0
    for name in names:
        own, other = draft / name, earlier / name
        with suppress(OSError):
            if not own.samefile(other):
                if not filecmp.cmp(own, other, shallow=False):
                    continue
                _share(own, other, aside)
            shared += 1
    return shared


def _share(own: Path, other: Path, aside: Path) -> None:
    aside.unlink(missing_ok=True)
    try:
        os.link(other, aside)
    except OSError:
        status = other.stat()
        os.utime(own, ns=(status.st_atime_ns, status.st_mtime_ns))
    else:
        aside.replace(own)
