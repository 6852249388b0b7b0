"""Rules of the house that nobody should have to remember."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "expectations", "xietong")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_module_is_short_and_says_why_it_exists(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text))
    assert path.stem not in {"utils", "helpers", "common", "manager", "constants", "base", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_functions_are_at_most_forty_lines(path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [
        f"{node.name}: {length}" for node in functions if (length := node.end_lineno - node.body[0].lineno + 1) > 40
    ]
    assert not long


def test_site_holds_no_python() -> None:
    assert not list((ROOT / "site").rglob("*.py"))


def test_every_command_is_in_the_readme() -> None:
    source = (ROOT / "flows" / "command_line.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    commands = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(item) == "app.command" for item in node.decorator_list)
    ]
    assert commands
    assert [name for name in commands if f"xietong {name}" not in README] == []


def test_every_edition_and_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(
        re.search(rf"^{target}:", makefile, re.MULTILINE)
        for target in re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE)
    )
    editions = {path.stem for path in (ROOT / "editions").glob("*.yaml")}
    assert editions == set(re.findall(r"^\| `([\w-]+)` \|", README, re.MULTILINE))


def test_changelog_has_its_section_method() -> None:
    assert "### Method" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_lock_has_hashes_and_no_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        requirements = re.findall(r"^[a-zA-Z0-9][^\s]*==", text, re.MULTILINE)
        assert len(requirements) <= text.count("--hash=sha256:")


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, flows.command_line; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"great_expectations", "prefect", "pandas", "polars", "duckdb", "altair", "scipy", "numpy", "pydantic"}
    assert not heavy & set(loaded)


@pytest.mark.long
def test_the_wheel_carries_the_packages_and_their_data_and_nothing_else(tmp_path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert tops == set(PACKAGES)
    resources = {name.split("/")[2] for name in names if name.startswith("xietong/_resources/")}
    assert resources == {"catalogue", "editions", "sql", "site", "data"}
    assert "xietong/py.typed" in names
