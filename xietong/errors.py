"""The mistakes that a user can make, each told as one sentence: what is wrong, where, and what is allowed.

XietongError
├── UsageError           a parameter of a run that cannot be served          exit code 2
├── CatalogueError       one mistake in one file of the catalogue            exit code 2
├── CatalogueErrors      all the mistakes of a catalogue, raised at once     exit code 2
├── NothingValidError    no figure survived the first gate                   exit code 1
├── UnreadableFileError  a file that cannot be read; it is refused, the others go on (xietong.sources)
├── BrokenCheckError     a check that could not be evaluated, never a finding (expectations)
├── GateFailedError      the marts broke a rule of the second gate           exit code 1
├── AuditFailedError     the draft of a site may not be published            exit code 1
├── TargetError          the site is published here, not everywhere else     exit code 1
├── EditionBusyError     another run of the edition is under way             exit code 1
├── DiskFullError        the disk has no room for what the run writes        exit code 1
├── AccessRefusedError   the run may not read or write where it has to       exit code 1
└── RejectedError        the review rejected the draft                       exit code 1
"""

import errno
import os
from collections.abc import Iterator
from typing import Final

#: What the system says when a disk, a quota or the size that one file may have is used up.
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: What it says when something may not be read or written, or is not what its path says.
_NO_ACCESS: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)


class XietongError(Exception):
    """A mistake that its message explains to the person who can mend it."""

    exit_code = 1


class UsageError(XietongError):
    """A parameter that cannot be served; the message says which values are allowed."""

    exit_code = 2


class CatalogueError(XietongError):
    """One mistake in the catalogue: the file, the key in it, and what is allowed there."""

    exit_code = 2

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key
        self.problem = problem


class CatalogueErrors(ExceptionGroup, XietongError):  # noqa: N818 — it is a group of errors
    """Every mistake of a catalogue at once, so that all can be mended in one go."""

    exit_code = 2

    def derive(self, excs: list[CatalogueError]) -> "CatalogueErrors":  # type: ignore[override]
        """Return a group of the same message with other errors (the protocol of ExceptionGroup)."""
        return CatalogueErrors(self.message, excs)


class NothingValidError(XietongError):
    """No figure of a batch is valid, so nothing can be published."""


class GateFailedError(XietongError):
    """The marts broke a rule of the second gate; the published site stays as it was."""


class AuditFailedError(XietongError):
    """The finished draft broke a rule of the audit before publication; the published site stays as it was."""


class TargetError(XietongError):
    """The release is served here, but did not reach every publishing target; the next run tries again."""

    def __init__(self, release: str, problems: list[str]) -> None:
        super().__init__(release, problems)
        self.release = release
        self.problems = problems

    def __str__(self) -> str:
        """Return which release it is and what went wrong at each target."""
        head = f"{self.release} is published here, but not at every target; run again to mend it:"
        return "\n  ".join([head, *self.problems])


class EditionBusyError(XietongError):
    """Another run writes releases of the edition; nothing was begun."""


class RejectedError(XietongError):
    """A person decided that the draft is not published; what is served stays as it was."""


class DiskFullError(XietongError):
    """There is no room for what is to be written; what is served is as whole as it was."""


class AccessRefusedError(XietongError):
    """A file or folder may not be read or written, such as on a disk that is mounted read-only."""


def lack_of_room(error: BaseException) -> str | None:
    """Return the system's words where an error comes of a full disk, a quota or a limit of file size, else None.

    Libraries that write files themselves tell it in words only, some within errors of their own.
    """
    for each in _chain(error):
        for number in _NO_ROOM:
            words = os.strerror(number)
            if getattr(each, "errno", None) == number or words in str(each):
                return words
    return None


def lack_of_access(error: BaseException) -> str | None:
    """Return the path and the system's words where an error comes of a file that may not be used, else None."""
    for each in _chain(error):
        if isinstance(each, OSError) and each.errno in _NO_ACCESS and each.filename is not None:
            return f"{each.filename}: {os.strerror(each.errno)}"
    return None


def told_by_the_system(error: BaseException) -> str | None:
    """Return what a person is told of an error that the machine has made and not the program, else None."""
    words = lack_of_room(error)
    if words is not None:
        return f"there is no room on the disk ({words}); make room and run the command again"
    place = lack_of_access(error)
    return f"the command may not use {place}; see who may read and write there" if place is not None else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and those that it came of."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
