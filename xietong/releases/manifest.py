"""What a release says of itself: its inputs, and the hash of every file in it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from xietong.errors import XietongError

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.json.sig"
CURRENT: Final = "current"
RELEASES: Final = "releases"
#: Not the same bytes twice though the content is; their content is verified through the downloads.
NOT_HASHED: Final = frozenset({"warehouse.duckdb", MANIFEST, SIGNATURE})


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
    noted: tuple[Mapping[str, str], ...] = ()  # findings about files of which nothing is kept

    @property
    def digest(self) -> str:
        """Return the sha256 of the inputs, written as canonical JSON."""
        return hashlib.sha256(canonical(asdict(self))).hexdigest()

    @property
    def release(self) -> str:
        """Return the name of the release: period, a dash and the first digits of the digest."""
        return release_name(self.period, self.digest)

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "ReleaseInputs":
        """Return the inputs that a manifest records.

        Raises:
            XietongError: it records others than this version of the program does.
        """
        inputs = dict(manifest["inputs"])
        try:
            for name in ("snapshots", "versions"):
                inputs[name] = tuple((first, second) for first, second in inputs[name])
            inputs["noted"] = tuple(dict(finding) for finding in inputs["noted"])
            return cls(**inputs)
        except (KeyError, TypeError, ValueError) as error:
            raise XietongError("its manifest records other inputs than this version of the program does") from error


def release_name(period: str, digest: str) -> str:
    """Return how a release is named: its period, a dash and the first digits of the digest of its inputs."""
    return f"{period}-{digest[:12]}"


@dataclass(frozen=True)
class Release:
    """A finished release on disk."""

    name: str
    directory: Path
    manifest: Mapping[str, Any]


def read_release(directory: Path) -> Release:
    """Return the release in ``directory`` (or behind a link).

    Raises:
        XietongError: there is none, or its manifest cannot be read or is none.
    """
    resolved = directory.resolve()
    try:
        manifest = json.loads((resolved / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise XietongError(f"there is no release in {directory}") from error
    except (OSError, ValueError) as error:
        raise XietongError(f"the manifest of {resolved.name} cannot be read; restore the release") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("inputs"), dict):
        raise XietongError(f"the manifest of {resolved.name} is not that of a release; restore the release")
    return Release(resolved.name, resolved, manifest)


def output_hashes(directory: Path) -> dict[str, str]:
    """Return the sha256 of every file of a release by its path, but for those that are never the same bytes."""
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name not in NOT_HASHED
    }


def canonical(content: object, indent: int | None = None) -> bytes:
    """Return JSON with sorted keys, so that the same content has the same bytes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent).encode() + b"\n"
