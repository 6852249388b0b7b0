"""Whether a release is what its manifest says: every file there, no other, every byte the same."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from xietong.errors import XietongError
from xietong.releases.manifest import Release, canonical, output_hashes, release_name


def broken_promises(release: Release) -> Iterator[str]:
    """Yield one sentence for everything that is not as the manifest says; nothing when the release is whole."""
    yield from contradictions(release)
    promised = release.manifest.get("outputs")
    yield from differences(promised if isinstance(promised, dict) else {}, output_hashes(release.directory))


def contradictions(release: Release) -> Iterator[str]:
    """Yield one sentence for everything in which a manifest contradicts itself or the name of its release.

    The inputs are taken as they stand there: programs before and after this one may record others.
    """
    manifest = release.manifest
    digest = hashlib.sha256(canonical(manifest["inputs"])).hexdigest()
    if digest != manifest.get("inputs_sha256"):
        yield "the recorded inputs do not give the recorded digest of the inputs"
    name = release_name(str(manifest["inputs"].get("period")), digest)
    if name != release.name or manifest.get("release") != release.name:
        yield f"the inputs make the release {name}, but it is named {release.name}"
    if hashlib.sha256(canonical(manifest.get("outputs"))).hexdigest() != manifest.get("outputs_sha256"):
        yield "the recorded hashes of the files do not give the recorded digest of the outputs"


def require_whole(release: Release) -> None:
    """Refuse a release that is not what its manifest says: a review may take days, and disks fail meanwhile.

    Raises:
        XietongError: it is not whole; the message says what is wrong first.
    """
    problem = next(broken_promises(release), None)
    if problem is not None:
        raise XietongError(f"the release {release.name} is not whole and was not put in place: {problem}")


def differences(promised: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for every file that is missing, that was changed, or that no manifest knows."""
    for name in sorted(promised.keys() - found.keys()):
        yield f"{name} is missing"
    for name in sorted(found.keys() - promised.keys()):
        yield f"{name} is not in the manifest"
    for name in sorted(promised.keys() & found.keys()):
        if promised[name] != found[name]:
            yield f"{name} has other bytes than the manifest says"
