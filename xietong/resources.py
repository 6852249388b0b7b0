"""Where the data directories live: beside the packages in a checkout, inside the package in a wheel.

Hatchling copies ``catalogue``, ``editions``, ``sql``, ``site`` and ``data`` into
``xietong/_resources`` when it builds a wheel; in a checkout they are top-level folders.
"""

from pathlib import Path
from typing import Any, Final

import yaml

_PACKAGE = Path(__file__).resolve().parent
#: Several times as fast where PyYAML was built with it.
SAFE_LOADER: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Return what a YAML file of the installation holds."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506 — a SafeLoader


def resource_directory(name: str) -> Path:
    """Return the directory ``name`` (catalogue, editions, sql, site or data) of this installation.

    Raises:
        FileNotFoundError: neither a checkout nor an installed package has it.
    """
    # Inside first: beside an installed package lie other people's packages, and one of them may be called `data`.
    for candidate in (_PACKAGE / "_resources" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the installation has no directory {name!r} inside or beside {_PACKAGE}")


def program_files() -> list[tuple[Path, str]]:
    """Return (directory, pattern) of every file of the program that can change a figure or a page."""
    packages = [(_PACKAGE.parent / name, "**/*.py") for name in ("xietong", "flows", "transforms", "expectations")]
    data = [(resource_directory(name), "**/*") for name in ("catalogue", "editions", "sql", "site")]
    return packages + data
