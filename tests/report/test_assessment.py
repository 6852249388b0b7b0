"""The assessment on the pages: the grade with what lowered it, the items with what they are held against."""

import dataclasses
from typing import Any

from xietong.report.assessment import assessment_facts, assessment_table
from xietong.report.conclusions import output_cards
from xietong.report.evaluation import Evaluation
from xietong.report.view import Interval

PERIOD = "2026-10"


def score_row(unit: str, **changes: Any) -> dict[str, Any]:
    known = {
        "unit_code": unit,
        "period": PERIOD,
        "rule_set": "recommended",
        "state": "assessed",
        "reason": None,
        "score": 95.19,
        "score_of_sections": 95.19,
        "bonus": 0.0,
        "deduction": 0.0,
        "grade": "excellent",
        "grade_before_gates": "excellent",
        "gate_codes": None,
        "gate_reasons_zh": None,
        "gate_reasons_en": None,
        "coverage": 0.94,
        "rank": 1,
        "group_rank": 1,
        "ranked_units": 2,
        "group_units": 2,
    }
    return known | changes


def item_row(unit: str, item: str, **changes: Any) -> dict[str, Any]:
    known = {
        "unit_code": unit,
        "period": PERIOD,
        "item_code": item,
        "rule_code": "R1",
        "state": "assessed",
        "reason": None,
        "phase": "running",
        "target_origin": "unit",
        "target_value": 14.5,
        "is_binding": True,
        "value_period": "2026-Q3",
        "actual": 6.2,
        "required_now": 5.855,
        "actual_annual": 2.4,
        "required_annual": 2.9714,
        "annual_rate": 0.8077,
        "cumulative_rate": 1.0589,
        "points_available": 50.0,
        "points": 45.1924,
        "colour": "green",
    }
    return known | changes


def section_row(unit: str, section: str, points: float | None) -> dict[str, Any]:
    row = {"unit_code": unit, "period": PERIOD, "section_code": section, "state": "assessed"}
    return row | {"points": points, "points_nominal": 50.0, "coverage": 1.0}


GATED = {
    "grade": "fail",
    "gate_codes": "annual_target_missed fraud",
    "gate_reasons_zh": "甲。\n乙。",
    "gate_reasons_en": "A.\nB.",
}


def test_score_and_lowered_grade_stand_side_by_side_with_every_reason(make_view, catalogue) -> None:
    unit = catalogue.units_by_code["500102"]
    marts = {
        "assessment": [score_row(unit.code, **GATED)],
        "assessment_sections": [section_row(unit.code, "target_completion", 45.1924)],
        "assessment_items": [item_row(unit.code, "energy_intensity")],
    }
    found = assessment_facts(make_view(**marts), unit)
    assert (found.score.text, found.grade, found.grade_before) == ("95.2", "不合格", "优秀")
    assert found.gates == ("甲。", "乙。")
    assert assessment_facts(make_view(language="en", **marts), unit).gates == ("A.", "B.")
    (section,) = found.sections
    (item,) = section.items
    assert (section.points, section.available) == ("45.19", "50")
    assert (item.target, item.origin, item.is_binding, item.required) == ("14.5", "unit", True, "5.86")
    assert (item.actual_annual, item.required_annual, item.annual_rate) == ("2.40", "2.97", "80.8 %")
    assert (item.points, item.available, item.cumulative_rate) == ("45.19", "50.00", "105.9 %")


def test_a_unit_that_cannot_be_assessed_has_a_reason_and_no_grade(make_view, catalogue) -> None:
    unit = catalogue.units_by_code["500102"]
    nothing = {"state": "not_assessable", "reason": "no_binding_figure", "grade": None, "grade_before_gates": None}
    row = score_row(unit.code, **nothing, score=None, score_of_sections=None, rank=None, group_rank=None)
    found = assessment_facts(make_view(assessment=[row]), unit)
    assert (found.is_assessed, found.reason, found.grade, found.score.text) == (False, "no_binding_figure", "", "")
    assert found.colour == "hatched"


def test_a_rank_among_peers_stands_with_its_own_interval(make_view, catalogue) -> None:
    interval = {"unit_code": "500102", "period": PERIOD, "output": "assessment", "rank_p05": 1, "rank_p95": 2}
    interval |= {"nominal_rank": 1, "tied_group": 1, "group_rank_p05": 1, "group_rank_p95": 4}
    view = make_view(assessment=[score_row("500102")], rank_intervals=[interval])
    sentence = assessment_facts(view, catalogue.units_by_code["500102"]).group_rank
    assert sentence is not None
    assert (sentence.key, sentence.values["low"], sentence.values["high"]) == ("rank.group.with_interval", "1", "4")
    assert assessment_table(view).rows[0].group_interval == Interval(1, 4)


def test_the_ranking_lists_the_assessed_and_names_the_others(make_view) -> None:
    rows = [score_row("500103", rank=2, score=80.0, grade="good"), score_row("500102", **GATED)]
    table = assessment_table(make_view(assessment=rows))
    assert [(row.unit.text, row.rank, row.grade, row.grade_before) for row in table.rows] == [
        ("涪陵区", 1, "不合格", "优秀"),
        ("渝中区", 2, "良好", "优秀"),
    ]
    assert len(table.without) == 36


def test_the_conclusion_counts_grades_and_how_many_a_gate_lowered(make_view) -> None:
    rows = [score_row("500102", **GATED), score_row("500103"), score_row("500101", score=70.0, grade="pass")]
    rows[2]["grade_before_gates"] = "pass"
    card = output_cards(make_view(assessment=rows))[2]
    assert card.is_computed
    assert [sentence.key for sentence in card.sentences] == [
        "conclusion.assessment.state",
        "conclusion.assessment.gates",
    ]
    assert card.sentences[1].values == {"units": "1"}
    assert [(band.name, band.count) for band in card.bands] == [("不合格", 1), ("合格", 1), ("优秀", 1)]


def test_an_edition_without_rules_says_so(make_view, catalogue) -> None:
    view = make_view()
    bare = dataclasses.replace(catalogue, scoring=None)
    without = dataclasses.replace(view, evaluation=Evaluation({}, bare, PERIOD))
    assert [sentence.key for sentence in output_cards(without)[2].sentences] == ["conclusion.assessment.no_rules"]
    assert not assessment_table(without).has_rules
    assert not assessment_facts(without, catalogue.units_by_code["500102"]).has_rules
