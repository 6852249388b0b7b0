"""Which files of a folder belong to which source; what belongs to none is told, never passed over."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import polars as pl

from xietong.catalogue import Source
from xietong.frames import empty_findings
from xietong.sources.unreadable import file_finding

Folder = Literal["inbox", "data"]
#: Tables of other programs, and of versions that nobody reads safely any more.
_OTHER_WORKBOOKS: Final = frozenset({".xls", ".xlsb", ".ods", ".et", ".wps", ".numbers"})
_TEMPORARY: Final = ("~$*", ".*", "*.tmp", "*.part", "*.crdownload", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Claim:
    """A file and the source it belongs to; ``name`` is its path inside the folder."""

    path: Path
    name: str
    source: Source


@dataclass(frozen=True)
class Claims:
    """The files to read in order of their names, and what was found out about the others."""

    claims: tuple[Claim, ...]
    findings: pl.DataFrame


def claim_files(
    folders: Mapping[Folder, Path], sources: Sequence[Source], ignored: frozenset[str] = frozenset()
) -> Claims:
    """Return which file of the folders belongs to which source, the first source that names it.

    A file that a link takes outside its folder is refused. In the inbox, a file that no source
    claims is a finding; the project's own folder serves other editions too. ``ignored`` are names of
    files that the system itself keeps in the inbox.
    """
    claims: list[Claim] = []
    findings = [empty_findings()]
    for folder in sorted(folders):
        own = [source for source in sources if source.folder == folder]
        for path, name in _files(folders[folder]):
            source = next((source for source in own if _claims(source, name)), None)
            problem = _problem(folders[folder], path, name)
            if problem is not None:
                if folder == "inbox" or source is not None:
                    findings.append(problem)
            elif source is not None:
                claims.append(Claim(path, name, source))
            elif folder == "inbox" and name not in ignored:
                findings.append(_unclaimed(name, own))
    return Claims(tuple(claims), pl.concat(findings))


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield every entry that is no directory, links to directories too, in order of their names."""
    found: list[tuple[str, Path]] = []
    for parent, directories, files in os.walk(folder, followlinks=False):
        links = [name for name in directories if (Path(parent) / name).is_symlink()]
        for name in (*files, *links):
            path = Path(parent) / name
            found.append((_printable(path.relative_to(folder).as_posix()), path))
    yield from ((path, name) for name, path in sorted(found))


def _printable(name: str) -> str:
    """Return a name that can be written anywhere: control characters and broken bytes replaced."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _claims(source: Source, name: str) -> bool:
    path = PurePosixPath(name.lower())
    return any(path.match(pattern.lower()) for pattern in source.files)


def _problem(folder: Path, path: Path, name: str) -> pl.DataFrame | None:
    if any(fnmatchcase(part, pattern) for part in PurePosixPath(name).parts for pattern in _TEMPORARY):
        return file_finding(
            "temporary_file",
            "info",
            file=name,
            reason_zh="是隐藏文件或临时文件，未读取",
            reason_en="it is a hidden or temporary file and was not read",
        )
    # Links to directories are not walked into, so only a link itself can lead outside.
    if path.is_symlink() and not _leads_to(path).is_relative_to(folder.resolve()):
        return file_finding(
            "link_outside",
            "critical",
            file=name,
            reason_zh="是指向收件箱以外的链接，不予读取；请放入文件本身",
            reason_en="it is a link that leaves the folder and is not followed; put the file itself there",
            allowed="a file inside the folder",
        )
    if not path.is_file():
        return file_finding(
            "not_a_file",
            "warning",
            file=name,
            reason_zh="不是普通文件，未读取",
            reason_en="it is no regular file and was not read",
            allowed="a regular file",
        )
    return None


def _leads_to(link: Path) -> Path:
    # Unlike Path.resolve, it does not fail where a link leads to itself.
    return Path(os.path.realpath(link))


def _unclaimed(name: str, sources: Sequence[Source]) -> pl.DataFrame:
    patterns = ", ".join(pattern for source in sources for pattern in source.files) or "—"
    is_other_workbook = PurePosixPath(name).suffix.lower() in _OTHER_WORKBOOKS
    hint_zh = "；请用 Excel 或 WPS 打开，另存为 .xlsx 再放入" if is_other_workbook else ""
    hint_en = "; open it in Excel or WPS and save it as .xlsx" if is_other_workbook else ""
    return file_finding(
        "unclaimed_file",
        "warning",
        file=name,
        reason_zh=f"不属于本版本的任何来源，未读取；可读取的文件名为 {patterns}{hint_zh}",
        reason_en=f"it belongs to no source of this edition and was not read; files are read that are named {patterns}"
        f"{hint_en}",
        allowed=patterns,
    )
