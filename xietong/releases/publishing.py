"""A folder written aside, described by a manifest of hashes, then put in place by one atomic rename.

A release is named by its period and the digest of everything that went into it, so the same
inputs have the same name and must give the same bytes.
"""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xietong.errors import XietongError
from xietong.releases.durability import put, settle, settle_tree, write_settled
from xietong.releases.leftovers import discard, draft_path, part_path, staged_link
from xietong.releases.manifest import (
    CURRENT,
    MANIFEST,
    NOT_HASHED,
    SIGNATURE,
    Release,
    ReleaseInputs,
    canonical,
    output_hashes,
    read_release,
)
from xietong.releases.verification import contradictions


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
    draft = draft_path(releases, release)
    discard(draft)
    draft.mkdir(parents=True)
    return draft


def finish(draft: Path, inputs: ReleaseInputs, facts: Mapping[str, Any]) -> Release:
    """Write the manifest of a draft and move it to its name among the releases; ``current`` stays as it is.

    All of it is on the disk before it gets its name: a release that is named is whole. One that was made
    of the same before and was damaged since gets its bytes back; a manifest that was damaged is written anew.

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
        _mend(target, draft, outputs)
        shutil.rmtree(draft)
    else:
        settle_tree(draft)
        draft.rename(target)
        settle(target.parent)
    return read_release(target)


def add_to_manifest(release: Release, facts: Mapping[str, Any]) -> Release:
    """Write further facts into a manifest, aside first; inputs and outputs stay what they are.

    A signature of the manifest as it was goes before: rather none than one that is not valid.
    """
    manifest = {**release.manifest, **facts}
    path = release.directory / MANIFEST
    aside = write_settled(part_path(path), canonical(manifest, indent=1))
    (release.directory / SIGNATURE).unlink(missing_ok=True)
    put(aside, path)
    return Release(release.name, release.directory, manifest)


def switch_current(target: Path) -> None:
    """Point the link ``current`` beside the releases at ``target``; readers see the old or the new, never neither."""
    link = target.parent.parent / CURRENT
    staged = staged_link(link.parent, target.name)
    staged.unlink(missing_ok=True)
    staged.symlink_to(Path(target.parent.name) / target.name, target_is_directory=True)
    staged.replace(link)
    settle(link.parent)


def _mend(release: Path, draft: Path, outputs: Mapping[str, str]) -> None:
    """Give a release the files of the draft where its own are damaged, missing, or not its own; one by one.

    It may be the one that is served: what is whole in it is not touched. The signature of a damaged manifest goes.
    """
    found = output_hashes(release)
    for name in found.keys() - outputs.keys():
        (release / name).unlink()
    wanted = [name for name, sha256 in outputs.items() if found.get(name) != sha256]
    wanted += [name for name in sorted(NOT_HASHED) if (draft / name).exists() and not (release / name).exists()]
    if not is_sound(release):
        (release / SIGNATURE).unlink(missing_ok=True)
        wanted.append(MANIFEST)
    for name in dict.fromkeys(wanted):
        (release / name).parent.mkdir(parents=True, exist_ok=True)
        settle(draft / name)
        (draft / name).replace(release / name)


def is_sound(release: Path) -> bool:
    """Return whether the manifest can be read and does not contradict itself: what it says was once true."""
    try:
        return next(contradictions(read_release(release)), None) is None
    except XietongError:
        return False


def _refuse_other_bytes(existing: Path, manifest: Mapping[str, Any]) -> None:
    if not is_sound(existing):
        return
    earlier = read_release(existing).manifest
    if earlier["outputs"] != manifest["outputs"]:
        names = sorted(set(earlier["outputs"].items()) ^ set(manifest["outputs"].items()))
        raise XietongError(
            f"release {existing.name} exists and the same inputs now give other bytes, first in {names[0][0]}; "
            "the earlier release was kept"
        )
