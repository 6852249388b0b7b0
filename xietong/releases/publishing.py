"""A folder written aside, described by a manifest of hashes, then put in place by one atomic rename.

A release is named by its period and the digest of everything that went into it, so the same
inputs have the same name and must give the same bytes.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xietong.errors import XietongError
from xietong.releases.manifest import CURRENT, MANIFEST, Release, ReleaseInputs, canonical, output_hashes, read_release


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


def finish(draft: Path, inputs: ReleaseInputs, facts: Mapping[str, Any]) -> Release:
    """Write the manifest of a draft and move it to its name among the releases; ``current`` stays as it is.

    Raises:
        XietongError: the same inputs gave other bytes before; the earlier release stays untouched.
    """
    outputs = output_hashes(draft)
    manifest = {
        "release": inputs.release,
        "inputs": asdict(inputs),
        "inputs_sha256": inputs.digest,
        "outputs": outputs,
        "outputs_sha256": hashlib.sha256(canonical(outputs)).hexdigest(),
        **facts,
    }
    (draft / MANIFEST).write_bytes(canonical(manifest, indent=1))
    target = draft.parent / inputs.release
    if target.exists():
        _refuse_other_bytes(target, manifest)
        shutil.rmtree(draft)
    else:
        _flush(draft)
        draft.rename(target)
    return Release(inputs.release, target, manifest)


def publish(draft: Path, inputs: ReleaseInputs, facts: Mapping[str, Any]) -> Release:
    """Finish a draft and point ``current`` at it by one atomic rename.

    Raises:
        XietongError: the same inputs gave other bytes before; the earlier release stays untouched.
    """
    release = finish(draft, inputs, facts)
    switch_current(release.directory)
    return release


def add_to_manifest(release: Release, facts: Mapping[str, Any]) -> Release:
    """Write further facts into a manifest, aside first; inputs and outputs stay what they are."""
    manifest = {**release.manifest, **facts}
    path = release.directory / MANIFEST
    aside = path.with_name(f".{MANIFEST}.part")
    aside.write_bytes(canonical(manifest, indent=1))
    aside.replace(path)
    return Release(release.name, release.directory, manifest)


def switch_current(target: Path) -> None:
    """Point the link ``current`` beside the releases at ``target``; readers see the old or the new, never neither."""
    link = target.parent.parent / CURRENT
    staged = link.with_name(f".{CURRENT}-{target.name}")
    staged.unlink(missing_ok=True)
    staged.symlink_to(Path(target.parent.name) / target.name, target_is_directory=True)
    staged.replace(link)


def _flush(draft: Path) -> None:
    """Have the manifest on disk before the folder gets its name: a release that is named is whole."""
    with (draft / MANIFEST).open("rb") as manifest:
        os.fsync(manifest.fileno())


def _refuse_other_bytes(existing: Path, manifest: Mapping[str, Any]) -> None:
    earlier = read_release(existing).manifest
    if earlier["outputs"] != manifest["outputs"]:
        names = sorted(set(earlier["outputs"].items()) ^ set(manifest["outputs"].items()))
        raise XietongError(
            f"release {existing.name} exists and the same inputs now give other bytes, first in {names[0][0]}; "
            "the earlier release was kept"
        )
