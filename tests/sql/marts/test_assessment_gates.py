"""What lowers a grade and what takes points off: gates of targets and events, over inline figures (method.md §3)."""

import pytest

from tests.sql.assessment_case import (
    CITY,
    EXAMPLE,
    FULING,
    FULL,
    TARGETS,
    assess,
    full,
    one_item_a_section,
    pick,
    target,
    with_rule,
)


@pytest.mark.parametrize(
    ("veto", "declines", "period", "gates"),
    [
        ("strict", {"2021-12": 4.0, "2022-12": 6.2}, "2022-12", "annual_target_missed"),
        ("strict", {"2021-12": 0.0, "2022-12": 4.0}, "2022-12", "cumulative_target_missed"),
        ("strict", {"2021-12": 3.0, "2022-12": 4.0}, "2022-12", "both_targets_missed"),
        ("strict", {"2021-12": 3.0, "2022-12": 6.2}, "2022-12", None),
        ("final_year", {"2021-12": 4.0, "2022-12": 6.2}, "2022-12", "annual_target_missed"),
        ("final_year", {"2021-12": 0.0, "2022-12": 4.0}, "2022-12", None),
        ("final_year", {"2024-12": 9.0, "2025-12": 13.0}, "2025-12", "final_target_missed"),
        ("final_year", {"2024-06": 6.0, "2025-06": 11.0}, "2025-06", None),
        ("strict", {"2024-06": 6.0, "2025-06": 11.0}, "2025-06", "cumulative_target_missed"),
        ("strict", {"2024-06": 10.0, "2025-06": 11.0}, "2025-06", "both_targets_missed"),
        ("strict", {"2025-06": 15.0, "2026-06": 13.0}, "2026-06", "final_target_missed"),
        ("annual", {"2021-12": 0.0, "2022-12": 4.0}, "2022-12", None),
        ("none", {"2021-12": 3.0, "2022-12": 4.0}, "2022-12", None),
        ("none", {"2024-12": 9.0, "2025-12": 13.0}, "2025-12", None),
    ],
)
def test_which_gate_closes(veto, declines, period, gates) -> None:
    """strict: year or plan missed; final_year: the year each year, the plan once the last one is over (rulings 9)."""
    scoring = one_item_a_section(items={"energy_intensity": {"veto": veto}})
    others = {
        "prefabricated_building_share": dict.fromkeys(("2024-06", "2025-06", *FULL["pm25"]), 40.0),
        "data_quality_pass_rate": dict.fromkeys(("2024-06", "2025-06", *FULL["pm25"]), 100.0),
    }
    figures = full(energy_intensity_decline={"2020-12": 0.0, **declines}, **others)
    row = pick(assess(scoring, TARGETS, {FULING: figures})["assessment"], FULING, period)
    assert row["gate_codes"] == gates
    assert row["grade"] == ("fail" if gates else row["grade_before_gates"])


def test_a_target_that_is_not_binding_closes_no_gate() -> None:
    targets = [target(FULING, 14, binding=False), TARGETS[1]]
    found = assess(one_item_a_section(), targets, {FULING: full(energy_intensity_decline=EXAMPLE)})
    assert pick(found["assessment"], FULING, "2022-12")["grade"] == "excellent"


@pytest.mark.parametrize(("binds", "grade", "gate"), [(False, "excellent", "borrowed"), (True, "fail", "annual")])
def test_a_borrowed_binding_rate_is_told_and_fails_a_unit_only_where_the_rules_say_so(binds, grade, gate) -> None:
    scoring = with_rule(one_item_a_section(), borrowed_targets_bind=binds)
    targets = [target(CITY, 14), TARGETS[1]]
    found = assess(scoring, targets, {FULING: full(energy_intensity_decline=EXAMPLE)})
    row = pick(found["assessment"], FULING, "2022-12")
    assert (row["gate_codes"], row["grade"]) == (f"{gate}_target_missed", grade)
    # The year alone was missed: the sentence tells its numbers.
    assert "2.97" in row["gate_reasons_zh"]
    assert "2.40" in row["gate_reasons_en"]
    assert row["grade_before_gates"] == "excellent"
    reached = assess(scoring, targets, {FULING: full(energy_intensity_decline={"2021-12": 4.0, "2022-12": 8.0})})
    assert pick(reached["assessment"], FULING, "2022-12")["gate_codes"] is None


def test_events_keep_the_grade_down_and_take_points_off_for_twelve_months() -> None:
    figures = {FULING: full(energy_intensity_decline={"2020-12": 0.0, "2021-12": 3.0, "2022-12": 6.2})}
    event = {
        "unit_code": FULING,
        "date": "2022-03-01",
        "description": {"zh": "一起事件", "en": "one event"},
        "source": "x",
    }
    kinds = (
        event | {"kind": "major_event"},
        event | {"kind": "deduction", "points": 7, "item": "data_quality"},
        event | {"kind": "deduction", "points": 2.5},
    )
    found = assess(one_item_a_section(), TARGETS, figures, kinds)
    row = pick(found["assessment"], FULING, "2022-12")
    assert (row["grade_before_gates"], row["grade"], row["gate_codes"]) == ("excellent", "good", "major_event")
    assert "一起事件" in row["gate_reasons_zh"]
    assert row["deduction"] == 2.5
    assert pick(found["assessment_items"], FULING, "2022-12", item_code="data_quality")["points"] == pytest.approx(3)
    assert pick(found["assessment"], FULING, "2021-12")["gate_codes"] is None
    floored = assess(one_item_a_section(), TARGETS, figures, (kinds[1] | {"points": 99},))["assessment_items"]
    assert pick(floored, FULING, "2022-12", item_code="data_quality")["points"] == 0
    forged = assess(one_item_a_section(), TARGETS, figures, (event | {"kind": "fraud"}, kinds[0]))["assessment"]
    row = pick(forged, FULING, "2022-12")
    assert (row["grade"], row["gate_codes"]) == ("fail", "fraud major_event")


@pytest.mark.parametrize(("points", "deducted"), [(7, 7), (99, 10)])
def test_what_an_event_takes_off_an_item_without_points_the_total_loses(points, deducted) -> None:
    """Holding a figure back does not cancel it; and no more is lost than the 10 points that the item has."""
    figures = full(energy_intensity_decline={"2020-12": 0.0, "2021-12": 3.0, "2022-12": 6.2})
    withheld = figures | {"data_quality_pass_rate": {"2022-12": None}}
    event = {
        "unit_code": FULING,
        "date": "2022-03-01",
        "description": {"zh": "一起事件", "en": "one event"},
        "source": "x",
        "kind": "deduction",
        "points": points,
        "item": "data_quality",
    }
    rows = [
        pick(assess(one_item_a_section(), TARGETS, {FULING: given}, events)["assessment"], FULING, "2022-12")
        for given, events in ((withheld, ()), (withheld, (event,)), (figures, (event,)))
    ]
    assert [row["deduction"] for row in rows] == pytest.approx([0, deducted, 0])
    assert rows[1]["score"] == pytest.approx(rows[0]["score"] - deducted)
