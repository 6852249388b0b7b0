"""Releases: a folder written aside, described by a manifest of hashes, then put in place by one atomic rename.

A release is named by its period and the digest of everything that went into it, so the same
inputs have the same name and must give the same bytes.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from xietong.errors import XietongError

MANIFEST: Final = "manifest.json"
CURRENT: Final = "current"
#: Not the same bytes twice though the content is; their content is verified through the downloads.
NOT_HASHED: Final = frozenset({"warehouse.duckdb", MANIFEST})


@dataclass(frozen=True)
class ReleaseInputs:
    """Everything that decides the bytes of a release."""

    edition: str
    period: str
    as_of: str
    method_version: str
    snapshots: tuple[tuple[str, str], ...]  # (sha256, file name), sorted
    sources_digest: str  # of code, sql, catalogue, templates and edition
    versions: tuple[tuple[str, str], ...]  # (package, version), sorted

    @property
    def digest(self) -> str:
        """Return the sha256 of the inputs, written as canonical JSON."""
        return hashlib.sha256(_canonical(asdict(self))).hexdigest()

    @property
    def release(self) -> str:
        """Return the name of the release: period, a dash and the first digits of the digest."""
        return f"{self.period}-{self.digest[:12]}"


@dataclass(frozen=True)
class Release:
    """A finished release on disk."""

    name: str
    directory: Path
    manifest: Mapping[str, Any]


def directory_digest(directories: Iterable[tuple[Path, str]]) -> str:
    """Return the sha256 over the relative names and bytes of the files that match (directory, pattern)."""
    digest = hashlib.sha256()
    for directory, pattern in directories:
        for path in sorted(directory.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(directory).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def new_draft(releases: Path, release: str) -> Path:
    """Return an empty folder beside the releases in which ``release`` may be written."""
    draft = releases / f".draft-{release}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    return draft


def publish(draft: Path, inputs: ReleaseInputs, facts: Mapping[str, Any]) -> Release:
    """Write the manifest, move the draft into place and point ``current`` at it by one atomic rename.

    Raises:
        XietongError: the same inputs gave other bytes before; the earlier release stays untouched.
    """
    outputs = {
        path.relative_to(draft).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(draft.rglob("*"))
        if path.is_file() and path.name not in NOT_HASHED
    }
    manifest = {
        "release": inputs.release,
        "inputs": asdict(inputs),
        "inputs_sha256": inputs.digest,
        "outputs": outputs,
        "outputs_sha256": hashlib.sha256(_canonical(outputs)).hexdigest(),
        **facts,
    }
    (draft / MANIFEST).write_bytes(_canonical(manifest, indent=1))
    target = draft.parent / inputs.release
    if target.exists():
        _refuse_other_bytes(target, manifest)
        shutil.rmtree(draft)
    else:
        draft.rename(target)
    switch_current(target)
    return Release(inputs.release, target, manifest)


def switch_current(target: Path) -> None:
    """Point the link ``current`` beside the releases at ``target``; readers see the old or the new, never neither."""
    link = target.parent.parent / CURRENT
    staged = link.with_name(f".{CURRENT}-{target.name}")
    staged.unlink(missing_ok=True)
    staged.symlink_to(Path(target.parent.name) / target.name, target_is_directory=True)
    staged.replace(link)


def _refuse_other_bytes(existing: Path, manifest: Mapping[str, Any]) -> None:
    earlier = json.loads((existing / MANIFEST).read_text(encoding="utf-8"))
    if earlier["outputs"] != manifest["outputs"]:
        names = sorted(set(earlier["outputs"].items()) ^ set(manifest["outputs"].items()))
        raise XietongError(
            f"release {existing.name} exists and the same inputs now give other bytes, first in {names[0][0]}; "
            "the earlier release was kept"
        )


def _canonical(content: object, indent: int | None = None) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent).encode() + b"\n"
