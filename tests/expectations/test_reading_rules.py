"""Every rule that reading emits is described, so that the page on data quality can say what each finding means."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import transforms
import xietong.sources
from expectations.reading_rules import READING_RULES
from expectations.rules import RULES

_FOLDERS = [Path(package.__file__ or "").parent for package in (xietong.sources, transforms)]
_MAKERS = {"Finding", "file_finding", "source_finding", "UnreadableFileError"}
_SEVERITIES = {"critical", "warning", "info"}


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def emitted() -> Iterator[tuple[str, str | None]]:
    """Yield every rule that reading names, with the severity beside it where it is written there."""
    for path in (path for folder in _FOLDERS for path in sorted(folder.rglob("*.py"))):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            if name not in _MAKERS or not call.args:
                continue
            severities = {text for argument in call.args[1:2] for text in literals(argument)} & _SEVERITIES
            given = {"critical"} if name == "UnreadableFileError" else severities or {None}
            yield from ((rule, severity) for rule in literals(call.args[0]) for severity in given)


EMITTED = sorted(set(emitted()), key=str)


def test_reading_emits_rules() -> None:
    assert len({rule for rule, _ in EMITTED}) > 30


@pytest.mark.parametrize("rule", sorted({rule for rule, _ in EMITTED}))
def test_a_rule_of_reading_is_described(rule: str) -> None:
    """What is described has a severity that reading gives it somewhere; it may be milder in places."""
    assert rule in RULES
    severities = {severity for found, severity in EMITTED if found == rule} - {None}
    if severities and RULES[rule].gate == "reading":
        assert RULES[rule].severity in severities


def test_nothing_is_described_that_reading_does_not_name() -> None:
    """Rules may also be named by a variable; then their id stands as a text in the module."""
    sources = "\n".join(path.read_text("utf-8") for folder in _FOLDERS for path in sorted(folder.rglob("*.py")))
    assert [rule.id for rule in READING_RULES if f'"{rule.id}"' not in sources] == []
