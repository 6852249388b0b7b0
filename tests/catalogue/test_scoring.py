"""The rules of scoring: the shipped ones hold together, and every contradiction is told with its place."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from xietong.catalogue import Catalogue
from xietong.catalogue.consistency import inconsistencies
from xietong.catalogue.scoring import AssessmentEvents, Scoring, is_target_of

Mistakes = Callable[..., list[str]]


@pytest.fixture
def mistakes(catalogue: Catalogue) -> Mistakes:
    """Return a function that changes the rules of scoring and returns what is told about them."""

    def find(events: tuple[dict[str, Any], ...] = (), **changes: Any) -> list[str]:
        assert catalogue.scoring is not None
        changed = dataclasses.replace(
            catalogue,
            scoring=Scoring.model_validate(catalogue.scoring.model_dump() | changes),
            assessment_events=AssessmentEvents.model_validate({"events": events}),
        )
        return [str(mistake) for mistake in inconsistencies(changed)]

    return find


def listed(catalogue: Catalogue, key: str, code: str, /, **changes: Any) -> dict[str, Any]:
    assert catalogue.scoring is not None
    entries = [each.model_dump() for each in getattr(catalogue.scoring, key)]
    return {key: [entry | changes if entry["code"] == code else entry for entry in entries]}


def test_the_shipped_rules_hold_together_and_give_100_points(catalogue: Catalogue, mistakes: Mistakes) -> None:
    assert mistakes() == []
    assert catalogue.scoring is not None
    assert {section.code: section.points for section in catalogue.scoring.sections} == {
        "target_completion": 50,
        "quality": 25,
        "tasks": 15,
        "management": 10,
    }


@pytest.mark.parametrize(
    ("code", "lower_ends"),
    [("recommended", [0, 60, 80, 90]), ("R1", [0, 60, 80, 90]), ("R4", [0, 60, 80, 95]), ("R5", [0, 60, 70, 90])],
)
def test_the_bands_are_those_of_the_published_rules(catalogue: Catalogue, code: str, lower_ends: list[float]) -> None:
    assert catalogue.scoring is not None
    rule_set = next(each for each in catalogue.scoring.rule_sets if each.code == code)
    assert [grade.lower for grade in rule_set.grades] == lower_ends


def test_only_energy_and_carbon_intensity_have_a_veto(catalogue: Catalogue) -> None:
    """The plan calls none of its targets binding; the state assesses these two as binding."""
    assert catalogue.scoring is not None
    assert {item.code: item.veto for item in catalogue.scoring.items if item.veto != "none"} == {
        "energy_intensity": "strict",
        "carbon_intensity": "strict",
    }


def test_totals_of_the_city_are_no_rates_for_districts(catalogue: Catalogue) -> None:
    """Rulings 5: T1, T5, T6, T9, T11, forest cover and the stock of T13 stay with the city."""
    assert catalogue.scoring is not None
    own_only = {item.indicator for item in catalogue.scoring.items if not item.city_rate_applies and not item.standard}
    assert own_only == {
        "nonfossil_share",
        "charging_points",
        "shore_power_berths",
        "renewable_building_area",
        "fertiliser_decline",
        "forest_coverage",
        "forest_stock",
    }


def test_a_figure_of_another_definition_never_sets_a_target(catalogue: Catalogue) -> None:
    """Rulings 23: 77 % is of all industrial solid waste, the target of the bulk kinds."""
    assert catalogue.scoring is not None
    item = next(each for each in catalogue.scoring.items if each.code == "bulk_solid_waste")
    indicator = catalogue.indicators_by_code[item.indicator]
    targets = [target.code for target in catalogue.targets.targets if is_target_of(target, item, indicator)]
    assert targets == ["t15_bulk_solid_waste"]


@pytest.mark.parametrize(
    ("key", "code", "changes", "told"),
    [
        ("sections", "tasks", {"points": 20}, "their points sum to 105, not to 100"),
        ("items", "pm25", {"share": 0.5}, "the shares of its items sum to 1.1, not to 1"),
        ("items", "pm25", {"indicator": "pm99"}, "there is no indicator 'pm99'"),
        ("items", "pm25", {"section": "air"}, "there is no section 'air'"),
        ("items", "pm25", {"completion": "decline"}, "'pm25' is not a decline"),
        ("items", "pm25", {"path": "geometric"}, "only a decline runs geometrically"),
        ("items", "energy_intensity", {"path": "held"}, "decline grows over the years"),
        ("items", "energy_intensity", {"completion": "level_higher_better"}, "takes declines only"),
        ("items", "charging_points", {"city_rate_applies": True}, "is nobody else's target"),
        (
            "items",
            "energy_intensity",
            {"deduction": {"rule": "R9", "step": 1, "points": 1}},
            "only a level loses points by the unit",
        ),
        ("rule_sets", "R5", {"lowest_of": ["air"]}, "there is no section 'air'"),
        (
            "rule_sets",
            "R5",
            {"milestones": [{"elapsed": 2, "share": 0.5}, {"elapsed": 3, "share": 0.4}]},
            "must rise from one to the next",
        ),
        ("rule_sets", "R1", {"completion_rule": "R8"}, "there is no rule R8"),
        ("gates", "fraud", {"code": "major_event"}, "the code major_event stands twice"),
    ],
)
def test_a_contradiction_is_told(catalogue: Catalogue, mistakes: Mistakes, key, code, changes, told) -> None:
    found = mistakes(**listed(catalogue, key, code, **changes))
    assert any(told in sentence for sentence in found), found


def test_a_rule_set_that_is_not_there_is_refused_with_those_that_are(mistakes: Mistakes) -> None:
    assert any("there are: recommended, R1, R4, R5" in sentence for sentence in mistakes(rule_set="R2"))


def test_bands_without_a_gap(catalogue: Catalogue, mistakes: Mistakes) -> None:
    assert catalogue.scoring is not None
    grades = [grade.model_dump() for grade in catalogue.scoring.selected.grades]
    grades[1]["lower"] = 61
    found = mistakes(**listed(catalogue, "rule_sets", "recommended", grades=grades))
    assert any("fail ends at 60" in sentence for sentence in found)


def test_two_targets_of_one_unit_and_year_for_one_item_are_refused(catalogue: Catalogue) -> None:
    own = next(each for each in catalogue.targets.targets if each.code == "fuling_energy_intensity")
    again = own.model_copy(update={"code": "fuling_energy_intensity_again"})
    targets = catalogue.targets.model_copy(update={"targets": (*catalogue.targets.targets, again)})
    found = [str(mistake) for mistake in inconsistencies(dataclasses.replace(catalogue, targets=targets))]
    assert any("2 targets of unit 500102 set it for 2025" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit_code": "999999"}, "there is no unit 999999"),
        ({"item": "pm99"}, "there is no item 'pm99'"),
        ({"kind": "fraud"}, "a deduction takes points off, and only it does"),
        ({"points": 0}, "a deduction takes points off, and only it does"),
    ],
)
def test_an_event_is_checked(mistakes: Mistakes, changes: dict[str, Any], told: str) -> None:
    event = {"unit_code": "500102", "date": "2025-03-01", "kind": "deduction", "points": 2, "source": "x"}
    described = event | {"description": {"zh": "事件", "en": "event"}} | changes
    assert any(told in sentence for sentence in mistakes(events=(described,)))


def test_a_misspelt_key_is_refused(catalogue: Catalogue) -> None:
    assert catalogue.scoring is not None
    with pytest.raises(ValidationError, match="Extra inputs"):
        Scoring.model_validate(catalogue.scoring.model_dump() | {"ruleset": "R1"})


def test_the_provinces_have_no_rules_of_scoring(provinces: Catalogue) -> None:
    assert provinces.scoring is None
