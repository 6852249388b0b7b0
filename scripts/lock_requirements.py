"""Writes the hash-pinned requirements again from pyproject.toml: run (users), test (developers), build (the installer).

Needs uv on the path. The files hold no address, so any index can serve them; check
pyproject.toml's comments on versions that do not go together before you raise one.
"""

import subprocess
import sys
from pathlib import Path

OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
ROOT = Path(__file__).resolve().parent.parent


def compile_requirements(name: str, *source: str, given: str | None = None) -> None:
    """Write requirements/<name>.txt from the sources that uv understands."""
    command = ["uv", "pip", "compile", "--quiet", *OPTIONS, "--no-emit-index-url"]
    command += ["--output-file", f"requirements/{name}.txt", *source]
    subprocess.run(command, cwd=ROOT, input=given, text=True, check=True)  # noqa: S603 — fixed words


def main() -> int:
    """Write all three files."""
    compile_requirements("run", "pyproject.toml")
    compile_requirements("test", "--group", "dev", "pyproject.toml")
    # pip itself too: before 23.3 it does not see that `name[extra]` of a dependency is pinned by `name==`.
    compile_requirements("build", "-", given="pip>=25\nhatchling>=1.27\neditables>=0.5\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
