"""Bytes and names that have reached the disk before anything is built on them: a power cut takes back nothing."""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Return once the bytes of the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle_tree(directory: Path) -> None:
    """Return once everything in and below the folder is on the disk."""
    for folder, _, files in os.walk(directory):
        for name in files:
            settle(Path(folder, name))
        settle(Path(folder))


def write_settled(path: Path, content: bytes) -> Path:
    """Write the file, wait until its bytes are on the disk, and return its path."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def put(aside: Path, path: Path) -> Path:
    """Put a settled file in its place by one rename that stays; return the place."""
    aside.replace(path)
    settle(path.parent)
    return path


def replace_file(path: Path, content: bytes, aside: Path) -> Path:
    """Write the file aside, on the same file system, then put it in place; return ``path``."""
    return put(write_settled(aside, content), path)
