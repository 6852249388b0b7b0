"""Rules between ``scoring.yaml`` and the rest of a catalogue, and inside it."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from xietong.catalogue.catalogue import Catalogue
from xietong.catalogue.indicators import DeclineFormula
from xietong.catalogue.scoring import Item, RuleSet, Scoring, is_target_of
from xietong.errors import CatalogueError

_TOLERANCE = 1e-9
_TOTAL_POINTS = 100


def scoring_inconsistencies(catalogue: Catalogue) -> Iterator[CatalogueError]:
    """Yield every mistake in the rules of scoring and in the events; nothing where there are no rules."""
    yield from _events(catalogue)
    if catalogue.scoring is None:
        return
    file = f"{catalogue.name}/scoring.yaml"
    scoring = catalogue.scoring
    yield from _codes(file, scoring)
    yield from _sections(file, scoring)
    for item in scoring.items:
        yield from _item(file, catalogue, scoring, item)
    for rule_set in scoring.rule_sets:
        yield from _rule_set(file, scoring, rule_set)


def _events(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/assessment_events.yaml"
    items = {item.code for item in catalogue.scoring.items} if catalogue.scoring else set()
    for event in catalogue.assessment_events.events:
        key = f"events.{event.unit_code}.{event.date:%Y-%m-%d}"
        if event.unit_code not in catalogue.units_by_code:
            yield CatalogueError(file, key, f"there is no unit {event.unit_code}")
        if event.item is not None and event.item not in items:
            yield CatalogueError(file, key, f"there is no item {event.item!r} in scoring.yaml")
        if (event.kind == "deduction") != (event.points > 0):
            yield CatalogueError(file, key, "a deduction takes points off, and only it does")


def _codes(file: str, scoring: Scoring) -> Iterator[CatalogueError]:
    lists: dict[str, list[str]] = {
        "rules": [rule.code for rule in scoring.rules],
        "sections": [section.code for section in scoring.sections],
        "items": [item.code for item in scoring.items],
        "gates": [gate.code for gate in scoring.gates],
        "rule_sets": [rule_set.code for rule_set in scoring.rule_sets],
    }
    for key, codes in lists.items():
        for code, count in Counter(codes).items():
            if count > 1:
                yield CatalogueError(file, key, f"the code {code} stands twice")
    if scoring.rule_set not in lists["rule_sets"]:
        allowed = ", ".join(lists["rule_sets"])
        yield CatalogueError(file, "rule_set", f"there is no rule set {scoring.rule_set!r}; there are: {allowed}")
    named = [gate.rule for gate in scoring.gates]
    named += [section.rule for section in scoring.sections if section.rule]
    named += [item.deduction.rule for item in scoring.items if item.deduction]
    named += [rule_set.completion_rule for rule_set in scoring.rule_sets]
    named += [rule_set.bonus.rule for rule_set in scoring.rule_sets if rule_set.bonus]
    for code in sorted(set(named) - set(lists["rules"])):
        yield CatalogueError(file, "rules", f"there is no rule {code}")
    if scoring.final_year <= scoring.base_year:
        yield CatalogueError(file, "final_year", "must come after base_year")


def _sections(file: str, scoring: Scoring) -> Iterator[CatalogueError]:
    points = sum(section.points for section in scoring.sections)
    if not math.isclose(points, _TOTAL_POINTS, abs_tol=_TOLERANCE):
        yield CatalogueError(file, "sections", f"their points sum to {points:g}, not to {_TOTAL_POINTS}")
    for section in scoring.sections:
        shares = sum(item.share for item in scoring.items if item.section == section.code)
        if not math.isclose(shares, 1, abs_tol=_TOLERANCE):
            yield CatalogueError(
                file, f"sections.{section.code}", f"the shares of its items sum to {shares:g}, not to 1"
            )


def _item(file: str, catalogue: Catalogue, scoring: Scoring, item: Item) -> Iterator[CatalogueError]:
    key = f"items.{item.code}"
    sections = {section.code: section for section in scoring.sections}
    if item.section not in sections:
        yield CatalogueError(file, f"{key}.section", f"there is no section {item.section!r}")
    elif sections[item.section].annual_share > 0 and item.completion != "decline":
        yield CatalogueError(file, f"{key}.completion", "a section with an annual share takes declines only")
    for message in _contradictions(item):
        yield CatalogueError(file, key, message)
    indicator = catalogue.indicators_by_code.get(item.indicator)
    if indicator is None:
        yield CatalogueError(file, f"{key}.indicator", f"there is no indicator {item.indicator!r}")
        return
    if item.completion == "decline" and not isinstance(indicator.formula, DeclineFormula):
        yield CatalogueError(file, f"{key}.completion", f"{item.indicator!r} is not a decline")
    targets = [target for target in catalogue.targets.targets if is_target_of(target, item, indicator)]
    for (unit, year), count in Counter((target.unit_code, target.year) for target in targets).items():
        if count > 1:
            yield CatalogueError(file, key, f"{count} targets of unit {unit} set it for {year}")


def _contradictions(item: Item) -> Iterator[str]:
    if item.path == "geometric" and item.completion != "decline":
        yield "only a decline runs geometrically"
    if item.path == "held" and item.completion in ("decline", "absolute_tonnage"):
        yield f"{item.completion} grows over the years; its path is linear or geometric"
    if item.deduction is not None and item.completion not in ("level_higher_better", "level_lower_better"):
        yield "only a level loses points by the unit"
    if item.completion == "absolute_tonnage" and (item.city_rate_applies or item.standard is not None):
        yield "an amount assigned to the city is nobody else's target"


def _rule_set(file: str, scoring: Scoring, rule_set: RuleSet) -> Iterator[CatalogueError]:
    key = f"rule_sets.{rule_set.code}"
    for lower, higher in pairwise(rule_set.grades):
        if lower.upper != higher.lower:
            yield CatalogueError(
                file, f"{key}.grades", f"{lower.code} ends at {lower.upper:g}, the next begins elsewhere"
            )
    graded = {grade.code for grade in rule_set.grades}
    for gate in scoring.gates:
        if gate.at_most not in graded:
            yield CatalogueError(file, f"{key}.grades", f"the gate {gate.code} allows {gate.at_most}, which is missing")
    for section in rule_set.lowest_of:
        if section not in {section.code for section in scoring.sections}:
            yield CatalogueError(file, f"{key}.lowest_of", f"there is no section {section!r}")
    for before, after in pairwise(rule_set.milestones):
        if after.elapsed <= before.elapsed or after.share < before.share:
            yield CatalogueError(file, f"{key}.milestones", "must rise from one to the next")
