"""The data interface as files: JSON in UTF-8, one line each, and the schemas that they keep."""

import shutil
from pathlib import Path

from xietong.report.facts import Resource
from xietong.report.interface import FOLDER, SCHEMAS
from xietong.resources import resource_directory
from xietong.signs import json_text

#: Beside the schema of each type; the others refer to it.
COMMON_SCHEMA = "common.json"


def write_interface(resources: tuple[Resource, ...], directory: Path) -> list[Path]:
    """Write every file of the interface with its schemas below ``directory`` and return the files; none for none."""
    if not resources:
        return []
    root = directory / FOLDER
    for folder in {(root / resource.path).parent for resource in resources} | {root / "schema"}:
        folder.mkdir(parents=True, exist_ok=True)
    written = []
    for resource in resources:
        path = root / resource.path
        path.write_text(json_text(resource.content) + "\n", encoding="utf-8", newline="\n")
        written.append(path)
    return written + _copy_schemas(root / "schema")


def _copy_schemas(directory: Path) -> list[Path]:
    source = resource_directory("site") / "schema" / "v1"
    names = (*(f"{kind}.json" for kind in SCHEMAS), COMMON_SCHEMA)
    return [Path(shutil.copyfile(source / name, directory / name)) for name in names]
