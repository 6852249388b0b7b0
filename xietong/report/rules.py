"""The rules of reading and of both gates as a page lists them, with the proof that each can fail."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from xietong.report.facts import RuleFact
from xietong.report.view import View

_GATES: Final = ("reading", "intake", "marts")


@dataclass(frozen=True)
class RuleRow:
    """One rule. ``proof`` is the defect that the tests plant to see it fail; ``findings`` counts those of this run."""

    id: str
    severity: str
    description: str
    basis: str
    owner: str
    articles: tuple[int, ...]
    proof: str
    findings: int


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one gate."""

    gate: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True)
class AbsentRule:
    """A cross-check of the method that the indicators of this catalogue do not allow."""

    check: str
    name: str
    reason: str


@dataclass(frozen=True)
class RulesPage:
    """Every rule by gate, and what is not checked."""

    groups: tuple[RuleGroup, ...]
    absent: tuple[AbsentRule, ...]
    total: int


def rules_page(view: View) -> RulesPage:
    """Return the content of the page of rules."""
    counts = Counter(row["rule"] for row in view.evaluation.rows("findings"))
    rules = view.run.rules
    groups = (
        RuleGroup(gate, tuple(_row(view, rule, counts[rule.id]) for rule in rules if rule.gate == gate))
        for gate in _GATES
    )
    return RulesPage(
        groups=tuple(group for group in groups if group.rules),
        absent=tuple(
            AbsentRule(absent.check, view.pick(absent.name), view.pick(absent.reason))
            for absent in view.catalogue.cross_checks.not_evaluated
        ),
        total=len(rules),
    )


def _row(view: View, rule: RuleFact, findings: int) -> RuleRow:
    return RuleRow(
        id=rule.id,
        severity=rule.severity,
        description=view.pick(rule.description),
        basis=view.pick(rule.basis),
        owner=view.pick(rule.owner),
        articles=rule.articles,
        proof=view.optional(rule.proof),
        findings=findings,
    )
