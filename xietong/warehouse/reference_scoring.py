"""The rules of the assessment score as tables, with the selected rule set already applied to sections and items."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import polars as pl

from xietong.catalogue import Catalogue, Target
from xietong.catalogue.scoring import Item, RuleSet, Scoring, Section, is_target_of

#: A target is held until the catalogue has its successor.
_LAST_YEAR: Final = 9999
_STEPS: Final = pl.List(pl.Struct({"rate": pl.Float64, "points": pl.Float64}))
_STRETCHES: Final = pl.List(
    pl.Struct({"start": pl.Float64, "start_share": pl.Float64, "finish": pl.Float64, "share": pl.Float64})
)
_RULES: Final = {
    "rule_set": pl.String,
    "availability": pl.Float64,
    "base_year": pl.Int32,
    "unit_deductions": pl.Boolean,
    "rise_zero": pl.String,
    "takes_lowest": pl.Boolean,
    "bonus_step": pl.Float64,
    "bonus_points": pl.Float64,
    "bonus_most": pl.Float64,
    "bonus_scale": pl.Float64,
    "total_cap": pl.Float64,
    "stretches": _STRETCHES,
}
_SECTIONS: Final = {
    "section_code": pl.String,
    "section_order": pl.Int32,
    "points": pl.Float64,
    "annual_share": pl.Float64,
    "is_rewarded": pl.Boolean,
    "is_compared": pl.Boolean,
    "steps": _STEPS,
    "steps_most": pl.Float64,
}
_ITEMS: Final = {
    "item_code": pl.String,
    "item_order": pl.Int32,
    "section_code": pl.String,
    "indicator_code": pl.String,
    "name_zh": pl.String,
    "name_en": pl.String,
    "share": pl.Float64,
    "completion": pl.String,
    "higher_is_better": pl.Boolean,
    "path": pl.String,
    "veto": pl.String,
    "rule_code": pl.String,
    "deduction_step": pl.Float64,
    "deduction_points": pl.Float64,
    "zero_if_worse": pl.Boolean,
}
_TARGETS: Final = {
    "target_order": pl.Int32,
    "unit_code": pl.String,
    "item_code": pl.String,
    "target_code": pl.String,
    "target_origin": pl.String,
    "target_value": pl.Float64,
    "base_year": pl.Int32,
    "final_year": pl.Int32,
    "is_binding": pl.Boolean,
    "is_binding_elsewhere": pl.Boolean,
    "valid_from_year": pl.Int32,
    "valid_to_year": pl.Int32,
}
_GRADES: Final = {
    "grade": pl.String,
    "grade_order": pl.Int32,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "is_last": pl.Boolean,
}
_GATES: Final = {
    "gate_code": pl.String,
    "gate_order": pl.Int32,
    "at_most": pl.String,
    "at_most_order": pl.Int32,
    "reason_zh": pl.String,
    "reason_en": pl.String,
}
_EVENTS: Final = {
    "unit_code": pl.String,
    "event_date": pl.Date,
    "kind": pl.String,
    "points": pl.Float64,
    "item_code": pl.String,
    "description_zh": pl.String,
    "description_en": pl.String,
}


def scoring_tables(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Return the tables of the assessment by name; all are empty when the catalogue has no rules of scoring."""
    scoring = catalogue.scoring
    rows: dict[str, list[Mapping[str, Any]]] = {
        "assessment_rules": [],
        "assessment_sections": [],
        "assessment_items": [],
        "assessment_targets": [],
        "assessment_grades": [],
        "assessment_gates": [],
        "assessment_events": [],
    }
    if scoring is not None:
        rules = scoring.selected
        rows = {
            "assessment_rules": [_rules(scoring, rules)],
            "assessment_sections": [_section(order, each, rules) for order, each in enumerate(scoring.sections)],
            "assessment_items": [_item(catalogue, scoring, order, each) for order, each in enumerate(scoring.items)],
            "assessment_targets": [
                {"target_order": order, **row} for order, row in enumerate(_targets(catalogue, scoring))
            ],
            "assessment_grades": list(_grades(rules)),
            "assessment_gates": list(_gates(scoring, rules)),
            "assessment_events": list(_events(catalogue)),
        }
    schemas: dict[str, Mapping[str, Any]] = {
        "assessment_rules": _RULES,
        "assessment_sections": _SECTIONS,
        "assessment_items": _ITEMS,
        "assessment_targets": _TARGETS,
        "assessment_grades": _GRADES,
        "assessment_gates": _GATES,
        "assessment_events": _EVENTS,
    }
    return {name: pl.DataFrame(rows[name], schema=schema, orient="row") for name, schema in schemas.items()}


def _rules(scoring: Scoring, rules: RuleSet) -> Mapping[str, Any]:
    bonus = rules.bonus
    return {
        "rule_set": rules.code,
        "availability": scoring.availability.numerator / scoring.availability.denominator,
        "base_year": scoring.base_year,
        "unit_deductions": rules.unit_deductions,
        "rise_zero": rules.rise_zero,
        "takes_lowest": bool(rules.lowest_of),
        "bonus_step": bonus.step if bonus else None,
        "bonus_points": bonus.points if bonus else None,
        "bonus_most": bonus.most if bonus else None,
        "bonus_scale": bonus.scaled_to / bonus.most if bonus else 0.0,
        "total_cap": rules.total_cap,
        "stretches": list(_stretches(rules)),
    }


def _stretches(rules: RuleSet) -> Iterator[Mapping[str, float]]:
    marks = [(0.0, 0.0), *((milestone.elapsed, milestone.share) for milestone in rules.milestones)]
    for (start, start_share), (finish, share) in pairwise(marks):
        yield {"start": start, "start_share": start_share, "finish": finish, "share": share}


def _section(order: int, section: Section, rules: RuleSet) -> Mapping[str, Any]:
    has_annual_part = section.annual_share > 0
    steps = rules.steps if section.is_target_completion else ()
    return {
        "section_code": section.code,
        "section_order": order,
        "points": section.points,
        "annual_share": section.annual_share
        if rules.annual_share is None or not has_annual_part
        else rules.annual_share,
        "is_rewarded": section.is_target_completion and rules.bonus is not None,
        "is_compared": section.code in rules.lowest_of,
        "steps": [step.model_dump() for step in steps] or None,
        "steps_most": max((step.points for step in steps), default=None),
    }


def _item(catalogue: Catalogue, scoring: Scoring, order: int, item: Item) -> Mapping[str, Any]:
    indicator = catalogue.indicators_by_code[item.indicator]
    rules = scoring.selected
    deduction = item.deduction if rules.unit_deductions else None
    section = next(section for section in scoring.sections if section.code == item.section)
    veto = rules.veto if rules.veto is not None and item.veto != "none" else item.veto
    return {
        "item_code": item.code,
        "item_order": order,
        "section_code": item.section,
        "indicator_code": item.indicator,
        "name_zh": indicator.name.zh,
        "name_en": indicator.name.en,
        "share": item.share,
        "completion": item.completion,
        "higher_is_better": indicator.direction != "lower" and item.completion != "level_lower_better",
        "path": "milestones" if rules.milestones and item.path != "held" else item.path,
        "veto": veto,
        "rule_code": deduction.rule if deduction else section.rule or rules.completion_rule,
        "deduction_step": deduction.step if deduction else None,
        "deduction_points": deduction.points if deduction else None,
        "zero_if_worse": item.zero_if_worse,
    }


def _targets(catalogue: Catalogue, scoring: Scoring) -> Iterator[Mapping[str, Any]]:
    for item in scoring.items:
        yield from _targets_of(catalogue, scoring, item)


def _targets_of(catalogue: Catalogue, scoring: Scoring, item: Item) -> Iterator[Mapping[str, Any]]:
    """Yield the targets of every unit for one item: its own, else the city's rate, else the item's standard."""
    indicator = catalogue.indicators_by_code[item.indicator]
    known = [target for target in catalogue.targets.targets if is_target_of(target, item, indicator)]
    cities = {unit.code for unit in catalogue.units.units if unit.kind == "city"}
    city_rates = [target for target in known if target.unit_code in cities] if item.city_rate_applies else []
    for unit in catalogue.units.units:
        own = [target for target in known if target.unit_code == unit.code]
        if own:
            rows = _timed(catalogue, scoring, item, own, "unit")
        elif city_rates:
            rows = _timed(catalogue, scoring, item, city_rates, "city_rate")
        else:
            rows = _standard(scoring, item)
        for row in rows:
            yield {"unit_code": unit.code, "item_code": item.code, **row}


def _timed(
    catalogue: Catalogue, scoring: Scoring, item: Item, targets: Sequence[Target], origin: str
) -> Iterator[Mapping[str, Any]]:
    measures = {measure.code: measure.scale for measure in catalogue.measures.measures}
    wanted = measures[catalogue.indicators_by_code[item.indicator].measure]
    dated = sorted((target.year or scoring.final_year, target.code, target) for target in targets)
    binds = origin == "unit" or scoring.selected.borrowed_targets_bind
    years = [0, *(year + 1 for year, _, _ in dated)]
    for position, (year, code, target) in enumerate(dated):
        given = measures[target.measure] if target.measure is not None else wanted
        yield {
            "target_code": code,
            "target_origin": origin,
            "target_value": (target.value or 0.0) * (given / wanted if given != wanted else 1.0),
            "base_year": scoring.base_year if target.base_year is None else target.base_year,
            "final_year": year,
            "is_binding": target.binding and binds,
            "is_binding_elsewhere": target.binding and not binds,
            "valid_from_year": years[position],
            "valid_to_year": _LAST_YEAR if position == len(dated) - 1 else year,
        }


def _standard(scoring: Scoring, item: Item) -> Iterator[Mapping[str, Any]]:
    if item.standard is not None:
        yield {
            "target_code": None,
            "target_origin": item.standard.origin,
            "target_value": item.standard.value,
            "base_year": scoring.base_year,
            "final_year": scoring.final_year,
            "is_binding": item.standard.binding and scoring.selected.borrowed_targets_bind,
            "is_binding_elsewhere": item.standard.binding and not scoring.selected.borrowed_targets_bind,
            "valid_from_year": 0,
            "valid_to_year": _LAST_YEAR,
        }


def _grades(rules: RuleSet) -> Iterator[Mapping[str, Any]]:
    for order, grade in enumerate(rules.grades):
        yield {
            "grade": grade.code,
            "grade_order": order,
            "lower": grade.lower,
            "upper": grade.upper,
            "is_last": grade is rules.grades[-1],
        }


def _gates(scoring: Scoring, rules: RuleSet) -> Iterator[Mapping[str, Any]]:
    orders = {grade.code: order for order, grade in enumerate(rules.grades)}
    for order, gate in enumerate(scoring.gates):
        yield {
            "gate_code": gate.code,
            "gate_order": order,
            "at_most": gate.at_most,
            "at_most_order": orders[gate.at_most],
            "reason_zh": gate.reason.zh,
            "reason_en": gate.reason.en,
        }


def _events(catalogue: Catalogue) -> Iterator[Mapping[str, Any]]:
    for event in catalogue.assessment_events.events:
        yield {
            "unit_code": event.unit_code,
            "event_date": event.date,
            "kind": event.kind,
            "points": event.points,
            "item_code": event.item,
            "description_zh": event.description.zh,
            "description_en": event.description.en,
        }
