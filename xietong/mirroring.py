"""Copies of the published site elsewhere: in a folder, or at any address that fsspec can write to.

A record at the target names the release it holds and the hash of every file, so that only what has
changed is written, and nothing is touched that was not put there by us. A folder is exchanged as a
whole. At other addresses files are written one after the other, pages last and the first page last of
all; the record says before which files are in question, and after which there are, so that a copy which
broke off is finished by the next.
"""

import ctypes
import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from xietong.errors import XietongError
from xietong.releases import Release
from xietong.sources.secrets import masked

RECORD: Final = ".xietong-release.json"
_SITE: Final = "site/"
#: What renaming says where a folder is a mount point, or may not be moved.
_CANNOT_MOVE: Final = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})
_EXCHANGE: Final = 2
_CURRENT_FOLDER: Final = -100


@dataclass(frozen=True)
class _Record:
    """What a target holds: the release, or none while it is being written, and the sha256 of its files."""

    edition: str = ""
    release: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, content: bytes) -> "_Record":
        """Return the record; of one that is damaged, that of a target about whose files nothing is known."""
        try:
            known = json.loads(content)
            return cls(str(known["edition"]), str(known["release"]), dict(known["files"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    def bytes(self) -> bytes:
        """Return the record as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def mirror_site(release: Release, edition: str, target: str, seconds: float) -> int:
    """Bring the copy of the site at a target up to date and return how many files were written or removed.

    ``target`` is a path, or an address with a protocol that fsspec knows; ``{edition}`` in it stands for the edition.

    Raises:
        XietongError: the target cannot be written, holds something else, or took longer; what is wrong in one
            sentence, without the secrets of the address.
    """
    place = target.replace("{edition}", edition)
    try:
        return _within(seconds, lambda: _mirror(release, edition, place))
    except XietongError:
        raise
    except TimeoutError:
        raise XietongError(f"{masked(place)}: it was not done within {seconds:g} s") from None
    except Exception as error:
        # File systems of fsspec raise whatever their library raises.
        reason = masked(str(error).splitlines()[0] if str(error) else "", [place])
        raise XietongError(f"{masked(place)}: {type(error).__name__} {reason}".rstrip()) from error


def _mirror(release: Release, edition: str, place: str) -> int:
    import fsspec  # type: ignore[import-untyped]  # it has no type information

    folder = _folder(place)
    if folder is None:
        return _mirror_files(release, edition, place, *fsspec.core.url_to_fs(place))
    with suppress(_FolderStaysError):
        return _mirror_folder(release, edition, folder)
    return _mirror_files(release, edition, place, fsspec.filesystem("file"), str(folder))


def _folder(place: str) -> Path | None:
    """Return the folder that a path or a file address means, behind a link the folder it leads to."""
    parts = urlsplit(place)
    if "://" not in place:
        return Path(place).absolute().resolve()
    return Path(unquote(parts.path)).resolve() if parts.scheme in {"file", "local"} else None


def _files(release: Release) -> dict[str, str]:
    """Return the sha256 of every file of the site by its path in it."""
    outputs: Mapping[str, str] = release.manifest["outputs"]
    return {path.removeprefix(_SITE): digest for path, digest in outputs.items() if path.startswith(_SITE)}


def _source(release: Release, path: str) -> Path:
    return release.directory / _SITE / path


def _is_same(release: Release, path: str, digest: str, record: _Record, size: int | None) -> bool:
    """Return whether a file of the site lies at the target already, by its recorded hash and its size."""
    return record.files.get(path) == digest and size == _source(release, path).stat().st_size


def _require_ours(record: _Record | None, edition: str, place: str, *, is_empty: bool) -> _Record:
    if record is None and not is_empty:
        raise XietongError(f"{masked(place)} holds something else than a site of ours; name an empty folder")
    if record is not None and record.edition not in {"", edition}:
        raise XietongError(
            f"{masked(place)} holds the site of {record.edition}; write {{edition}} into the address of the target"
        )
    return record or _Record(edition)


class _FolderStaysError(Exception):
    """The folder cannot be exchanged as a whole; its files have to be."""


def _mirror_folder(release: Release, edition: str, folder: Path) -> int:
    """Write the site beside the folder, what is the same as links to what lies there, and exchange the two."""
    content = (folder / RECORD).read_bytes() if (folder / RECORD).is_file() else None
    is_empty = not folder.is_dir() or not any(folder.iterdir())
    record = _require_ours(
        _Record.parse(content) if content is not None else None, edition, str(folder), is_empty=is_empty
    )
    files = _files(release)
    there = {path: _size(folder / path) for path in {*files, *record.files}}
    same = {path for path, digest in files.items() if _is_same(release, path, digest, record, there[path])}
    gone = record.files.keys() - files.keys()
    if len(same) == len(files) and not gone and record.release == release.name:
        return 0
    try:
        aside = _beside(folder, "part")
    except OSError as error:
        raise _stays_or(error) from error
    for path in sorted(files):
        (aside / path).parent.mkdir(parents=True, exist_ok=True)
        if path not in same or not _linked(folder / path, aside / path):
            shutil.copyfile(_source(release, path), aside / path)
    (aside / RECORD).write_bytes(_Record(edition, release.name, files).bytes())
    try:
        _put_in_place(aside, folder)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise _stays_or(error) from error
    return len(files) - len(same) + len(gone)


def _stays_or(error: OSError) -> Exception:
    return _FolderStaysError() if error.errno in _CANNOT_MOVE else error


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _beside(folder: Path, role: str) -> Path:
    """Return a new empty folder beside another, in the place of one that an earlier copy left."""
    aside = folder.parent / f".{folder.name}.{role}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    return aside


def _linked(source: Path, target: Path) -> bool:
    """Return whether the second path is now another name of the first; not every file system can."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def _put_in_place(aside: Path, folder: Path) -> None:
    """Give a folder the name of another in one step; where the system cannot exchange names, in two."""
    if not folder.exists():
        aside.rename(folder)
        return
    if _exchanged(aside, folder):
        shutil.rmtree(aside, ignore_errors=True)
        return
    old = folder.parent / f".{folder.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(first: Path, second: Path) -> bool:
    """Return whether the system has exchanged two names (Linux's renameat2)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    paths = (_CURRENT_FOLDER, os.fsencode(first), _CURRENT_FOLDER, os.fsencode(second))
    return bool(rename(*paths, _EXCHANGE) == 0)


def _mirror_files(release: Release, edition: str, place: str, system: Any, root: str) -> int:
    """Write what has changed file by file, pages last, and return how many files were written or removed."""
    root = root.rstrip("/")
    sizes = _listed(system, root)
    known = _Record.parse(system.cat_file(f"{root}/{RECORD}")) if RECORD in sizes else None
    record = _require_ours(known, edition, place, is_empty=not sizes)
    files = _files(release)
    same = {path: digest for path, digest in files.items() if _is_same(release, path, digest, record, sizes.get(path))}
    changed = sorted(files.keys() - same.keys(), key=_pages_last)
    gone = sorted((record.files.keys() - files.keys()) & sizes.keys())
    if not changed and not gone and record.release == release.name:
        return 0
    # No hash means that the file is ours and may be anything.
    _write(system, f"{root}/{RECORD}", _Record(edition, "", same | dict.fromkeys([*changed, *gone], "")).bytes())
    for path in changed:
        _write(system, f"{root}/{path}", _source(release, path).read_bytes())
    for path in gone:
        system.rm_file(f"{root}/{path}")
    _write(system, f"{root}/{RECORD}", _Record(edition, release.name, files).bytes())
    return len(changed) + len(gone)


def _pages_last(path: str) -> tuple[bool, bool, str]:
    return path == "index.html", path.endswith(".html"), path


def _listed(system: Any, root: str) -> dict[str, int]:
    """Return the size of every file below the root by its path; nothing where there is no root yet."""
    system.invalidate_cache()
    try:
        found: Mapping[str, Mapping[str, Any]] = system.find(root, detail=True)
    except FileNotFoundError:
        return {}
    start = root.lstrip("/") + "/"
    return {
        path.lstrip("/").removeprefix(start): int(entry["size"])
        for path, entry in found.items()
        if path.lstrip("/").startswith(start)
    }


def _write(system: Any, path: str, content: bytes) -> None:
    system.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    system.pipe_file(path, content)


def _within(seconds: float, work: Callable[[], int]) -> int:
    """Return what the work returns, unless it takes longer; then it is given up where it stands.

    Raises:
        TimeoutError: it takes longer.
    """
    outcome: list[int] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001 — it is raised again in the thread that waits
            errors.append(error)

    # A daemon: a file system that hangs for ever must not keep the process from ending.
    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(seconds)
    _raise(errors)
    if not outcome:
        raise TimeoutError
    return outcome[0]


def _raise(errors: Iterable[BaseException]) -> None:
    for error in errors:
        raise error
