"""Results of reading that are used again while nothing they were made from has changed.

An entry is a few frames under a key, which is a hash of everything that went into them. It is a
directory of Parquet files with a manifest of their hashes, written aside and put in its place in one
step. An entry that is damaged, half written or of another key is as good as none.
"""

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl

_MANIFEST: Final = "manifest.json"


class IntakeCache:
    """Entries by name; each name has one entry at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def load(self, name: str, key: str) -> dict[str, pl.DataFrame] | None:
        """Return the frames that were kept under the name with this key; None unless all of them are there, whole."""
        folder = self._directory / f"{name}-{key[:32]}"
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            if manifest["key"] != key:
                return None
            frames = {}
            for frame, sha256 in manifest["frames"].items():
                data = (folder / f"{frame}.parquet").read_bytes()
                if hashlib.sha256(data).hexdigest() != sha256:
                    return None
                frames[frame] = pl.read_parquet(io.BytesIO(data))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, pl.exceptions.PolarsError):
            return None
        return frames

    def save(self, name: str, key: str, frames: Mapping[str, pl.DataFrame]) -> None:
        """Keep the frames under the name, in the place of what was kept there."""
        self._directory.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=self._directory, prefix="."))
        hashes = {}
        for frame, content in frames.items():
            target = io.BytesIO()
            content.write_parquet(target, compression="zstd", compression_level=1)
            (aside / f"{frame}.parquet").write_bytes(target.getvalue())
            hashes[frame] = hashlib.sha256(target.getvalue()).hexdigest()
        (aside / _MANIFEST).write_text(json.dumps({"key": key, "frames": hashes}), encoding="utf-8")
        folder = self._directory / f"{name}-{key[:32]}"
        for old in self._directory.glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        # Another run may have put its own there meanwhile: it is as good.
        with suppress(OSError):
            aside.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)


def key_of(words: Iterable[str]) -> str:
    """Return the hash of words, each told apart from the next."""
    digest = hashlib.sha256()
    for word in words:
        data = word.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def digest_of_files(places: Iterable[tuple[Path, str]]) -> str:
    """Return the hash of the names and contents of all files that (directory, pattern) name."""
    digest = hashlib.sha256()
    for directory, pattern in places:
        for path in sorted(directory.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(directory)).encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
