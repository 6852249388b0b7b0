"""The manifest of the demonstration: which files were made from what, and which defects were planted where."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, Literal, Self

MANIFEST: Final = "manifest.json"


@dataclass(frozen=True)
class PlantedDefect:
    """One defect: where it is, and what a check is expected to say of it.

    ``rule`` and ``severity`` are null where the figures are to be accepted; ``found_by`` later
    means a cross-check over several periods or forms. ``cells`` stand on ``sheet``; both are
    empty where the whole file is concerned.
    """

    kind: str
    file: str
    sheet: str | None
    cells: tuple[str, ...]
    unit_code: str
    indicator_code: str | None
    periods: tuple[str, ...]
    rule: str | None
    severity: Literal["critical", "warning", "info"] | None
    found_by: Literal["now", "later"]


@dataclass(frozen=True)
class DemonstrationManifest:
    """What ``generate`` wrote. ``inputs`` is the digest of everything that decided the bytes."""

    edition: str
    seed: int
    inputs: str
    files: dict[str, str]  # sha256 by file name
    defects: tuple[PlantedDefect, ...]

    def write(self, directory: Path) -> None:
        """Write the manifest beside the forms."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (directory / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> Self | None:
        """Return the manifest in the directory; None when there is none that this version can read."""
        try:
            content = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        if set(content) != {field.name for field in fields(cls)}:
            return None
        defects = tuple(
            PlantedDefect(**{**defect, "cells": tuple(defect["cells"]), "periods": tuple(defect["periods"])})
            for defect in content["defects"]
        )
        return cls(**{**content, "defects": defects})
