"""The rules as the site lists them: complete, in both languages, and known by unique ids."""

import re
import subprocess
import sys

import pytest

from expectations.reading_rules import READING_RULES
from expectations.rule import Rule
from expectations.rules import INTAKE_RULES, MARTS_RULES, RULES


def test_ids_are_unique_and_complete() -> None:
    assert len(RULES) == len(READING_RULES) + len(INTAKE_RULES) + len(MARTS_RULES)
    assert {rule.gate for rule in READING_RULES} == {"reading"}
    assert {rule.gate for rule in INTAKE_RULES} == {"intake"}
    assert {rule.gate for rule in MARTS_RULES} == {"marts"}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_it_asks_on_what_it_stands_and_who_answers(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", rule.id)
    for text in (rule.description, rule.basis, rule.owner):
        assert re.search(r"[一-鿿]", text.zh)
        assert not re.search(r"[一-鿿]", text.en)
        assert not re.search(r"[,;:!?()](?![0-9])", text.zh), "Chinese has full-width punctuation"


def test_only_refused_figures_and_repeats_go() -> None:
    going = {rule.id for rule in INTAKE_RULES if rule.concerns == "figure" and not rule.keeps_row}
    critical = {rule.id for rule in INTAKE_RULES if rule.concerns == "figure" and rule.severity == "critical"}
    assert going == critical | {"duplicate_row"}


def test_the_gates_are_imported_without_great_expectations() -> None:
    """The command line imports them and must not pay the seconds that Great Expectations takes."""
    code = "import sys, expectations.intake, expectations.marts; print({'great_expectations', 'pandas'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == "set()"
