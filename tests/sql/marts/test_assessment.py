"""The assessment from its rules to its grades, over inline figures: method.md §3 with rulings 3, 4, 5, 9 and 11."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.assessment_case import (
    CATALOGUE,
    CITY,
    EXAMPLE,
    FULING,
    NEEDED,
    TARGETS,
    WANZHOU,
    YUZHONG,
    assess,
    full,
    one_item_a_section,
    pick,
    target,
    with_rule,
)


def test_the_worked_example_of_the_method() -> None:
    """Required −2.97 %, reached −2.40 %: 20.1924; 25 for the plan so far: 45.1924 of 50, and yet not a pass."""
    found = assess(one_item_a_section(), TARGETS, {FULING: full(energy_intensity_decline=EXAMPLE)})
    item = pick(found["assessment_items"], FULING, "2022-12", item_code="energy_intensity")
    assert item["required_annual"] == pytest.approx(2.9714, abs=5e-5)
    assert item["actual_annual"] == pytest.approx(2.4, abs=1e-9)
    assert 25 * item["annual_rate"] == pytest.approx(20.1924, abs=5e-5)
    assert item["required_now"] == pytest.approx(5.855, abs=5e-4)
    assert item["points"] == pytest.approx(45.1924, abs=5e-5)
    assert (item["points_available"], item["colour"], item["phase"]) == (50.0, "green", "running")
    total = pick(found["assessment"], FULING, "2022-12")
    assert total["score_of_sections"] == pytest.approx(95.1924, abs=5e-5)
    assert (total["grade_before_gates"], total["grade"]) == ("excellent", "fail")
    assert total["gate_codes"] == "annual_target_missed"
    assert "2.97" in total["gate_reasons_zh"]
    assert "2.40" in total["gate_reasons_zh"]
    assert "80.8" in total["gate_reasons_en"]


def test_the_city_s_rate_serves_where_a_unit_has_none_and_a_total_never_does() -> None:
    scoring = with_rule(one_item_a_section(), borrowed_targets_bind=False)
    targets = [target(CITY, 14), target(FULING, 15.5), TARGETS[1]]
    figures = full(energy_intensity_decline=EXAMPLE)
    found = assess(scoring, targets, {CITY: figures, FULING: figures, WANZHOU: figures})["assessment_items"]
    rows = {unit: pick(found, unit, "2022-12", item_code="energy_intensity") for unit in (CITY, FULING, WANZHOU)}
    assert [(row["target_origin"], row["target_value"], row["is_binding"]) for row in rows.values()] == [
        ("unit", 14.0, True),
        ("unit", 15.5, True),
        ("city_rate", 14.0, False),
    ]
    alone = one_item_a_section(items={"prefabricated_buildings": {"city_rate_applies": False}})
    item = assess(alone, targets, {FULING: figures})["assessment_items"]
    left = pick(item, FULING, "2022-12", item_code="prefabricated_buildings")
    assert (left["state"], left["reason"], left["points"]) == ("left_out", "no_district_target", None)


def test_points_of_an_item_without_target_go_to_the_others_and_coverage_says_so() -> None:
    scoring = with_rule(CATALOGUE.scoring, borrowed_targets_bind=True)
    figures = full(energy_intensity_decline={"2020-12": 0, "2021-12": 3.0, "2022-12": 6.2})
    found = assess(scoring, TARGETS, {FULING: figures | {"carbon_intensity_decline": {"2022-12": None}}})
    rows = [row for row in found["assessment_items"] if row["period"] == "2022-12"]
    by_state = {row["item_code"]: row["state"] for row in rows if row["section_code"] == "target_completion"}
    assert by_state["energy_intensity"] == "assessed"
    assert by_state["carbon_intensity"] == "missing"
    assert by_state["key_industry_pollutants"] == "left_out"
    section = pick(found["assessment_sections"], FULING, "2022-12", section_code="target_completion")
    assert (section["state"], section["points"]) == ("not_assessable", None)
    assert section["coverage"] == pytest.approx(0.3)
    # A binding target whose figure is held back is not a target met.
    total = pick(found["assessment"], FULING, "2022-12")
    assert (total["state"], total["reason"], total["score"]) == ("not_assessable", "no_binding_figure", None)


def test_less_than_two_thirds_of_the_points_is_not_assessable_and_two_thirds_suffice() -> None:
    scoring = one_item_a_section()
    declines = {"2020-12": 0.0, "2021-12": 3.0, "2022-12": 6.2}
    without_quality = full(energy_intensity_decline=declines, pm25=dict.fromkeys(declines))
    kept = assess(scoring, TARGETS, {FULING: without_quality})["assessment"]
    assert pick(kept, FULING, "2022-12")["state"] == "assessed"
    assert pick(kept, FULING, "2022-12")["coverage"] == pytest.approx(0.75)
    bare = without_quality | {"data_quality_pass_rate": {"2022-12": None}}
    row = pick(assess(scoring, TARGETS, {FULING: bare})["assessment"], FULING, "2022-12")
    assert (row["state"], row["reason"], row["grade"], row["rank"]) == (
        "not_assessable",
        "too_little_observed",
        None,
        None,
    )


def test_before_the_plan_nothing_is_assessed_and_after_it_the_final_target_is_held() -> None:
    """Rulings 4: t ≤ 0 is not assessed; t is a fraction within a year; t > 5 holds the final target."""
    declines = {"2020-12": 0.0, "2021-06": 1.6, "2025-06": 13.0, "2025-12": 14.0, "2026-06": 13.9}
    scoring = one_item_a_section(items={"energy_intensity": {"veto": "none"}})
    figures = {"pm25": dict.fromkeys(declines, 30.0), "data_quality_pass_rate": dict.fromkeys(declines, 100.0)}
    share = {"prefabricated_building_share": dict.fromkeys(declines, 40.0)}
    found = assess(scoring, TARGETS, {FULING: {"energy_intensity_decline": declines, **figures, **share}})
    before = pick(found["assessment"], FULING, "2020-12")
    assert (before["state"], before["reason"]) == ("not_assessable", "plan_not_started")
    items = {
        period: pick(found["assessment_items"], FULING, period, item_code="energy_intensity") for period in declines
    }
    half = items["2021-06"]
    assert half["required_now"] == pytest.approx(100 * (1 - 0.86**0.1))
    assert (half["annual_part"], half["annual_rate"]) == (0, None)
    # Half a year short of the end the year before is wanting, and the year counts: missing, not zero.
    assert (items["2025-06"]["state"], items["2025-06"]["reason"]) == ("missing", "no_previous_figure")
    held = items["2026-06"]
    assert (held["phase"], held["required_now"], held["annual_part"]) == ("held", 14.0, 0)
    assert held["cumulative_rate"] == pytest.approx(13.9 / 14)


def test_a_new_target_takes_over_once_the_old_one_has_run_out() -> None:
    """Rulings 4: the final target is held until the catalogue has a new target set."""
    scoring = one_item_a_section(items={"energy_intensity": {"veto": "none"}})
    later = target(FULING, 25, code="t_next", year=2030, base_year=2025)
    declines = {"2025-12": 14.5, "2026-06": 15.5}
    figures = {indicator: dict.fromkeys(declines, 100.0) for indicator in NEEDED}
    found = assess(
        scoring, [target(FULING, 14), later, TARGETS[1]], {FULING: figures | {"energy_intensity_decline": declines}}
    )["assessment_items"]
    old, new = (pick(found, FULING, period, item_code="energy_intensity") for period in declines)
    assert (old["target_value"], old["phase"]) == (14.0, "final_year")
    assert (new["target_code"], new["target_value"], new["phase"]) == ("t_next", 25.0, "running")
    assert new["required_now"] == pytest.approx(100 * (1 - 0.75**0.1))


def test_a_level_approaches_its_target_from_the_unit_s_own_base() -> None:
    """From 30 in the base year to 40 in five: 34 after two; who started beyond the target is held to it."""
    scoring = one_item_a_section(items={"energy_intensity": {"veto": "none"}})
    targets = [target(FULING, 14), target(CITY, 40, "prefabricated_building_share", base_year=None, binding=False)]
    for base, now, required in ((30.0, 33.0, 34.0), (45.0, 44.0, 40.0), (None, 33.0, 40.0)):
        shares = {"2020-12": base, "2022-12": now}
        figures = full(energy_intensity_decline=EXAMPLE, prefabricated_building_share=shares)
        found = assess(scoring, targets, {FULING: figures})["assessment_items"]
        item = pick(found, FULING, "2022-12", item_code="prefabricated_buildings")
        assert item["required_now"] == pytest.approx(required)
        assert item["cumulative_rate"] == pytest.approx(now / required)
        assert item["points"] == pytest.approx(15 * min(1, now / required))


def test_an_improvement_is_held_against_the_way_from_its_base() -> None:
    scoring = one_item_a_section(items={"prefabricated_buildings": {"completion": "improvement_from_base"}})
    targets = [target(FULING, 14), target(CITY, 40, "prefabricated_building_share", base_year=None, binding=False)]
    for base, rate, reason in ((30.0, 0.75, None), (None, None, "no_base_figure")):
        shares = {"2020-12": base, "2022-12": 33.0}
        figures = full(energy_intensity_decline=EXAMPLE, prefabricated_building_share=shares)
        found = assess(scoring, targets, {FULING: figures})["assessment_items"]
        item = pick(found, FULING, "2022-12", item_code="prefabricated_buildings")
        assert item["cumulative_rate"] == (None if rate is None else pytest.approx(rate))
        assert item["reason"] == reason


@pytest.mark.parametrize(
    ("rise_zero", "previous", "now", "points"),
    [
        # Half a point for every full µg/m³ over the limit of 35 (R9), of 25.
        ("above_target", 38.0, 37.4, 24.0),
        ("above_target", 36.0, 37.4, 0.0),
        ("above_target", 30.0, 34.0, 25.0),
        ("strict", 30.0, 34.0, 0.0),
        ("strict", 34.0, 34.0, 25.0),
        ("off", 36.0, 37.4, 24.0),
    ],
)
def test_quality_loses_points_by_the_unit_and_all_of_them_for_a_rise(rise_zero, previous, now, points) -> None:
    scoring = with_rule(one_item_a_section(), rise_zero=rise_zero)
    series = {"2021-12": previous, "2022-12": now}
    figures = full(energy_intensity_decline={"2020-12": 0, "2021-12": 3, "2022-12": 6.2}, pm25=series)
    item = pick(assess(scoring, TARGETS, {FULING: figures})["assessment_items"], FULING, "2022-12", item_code="pm25")
    assert item["points"] == pytest.approx(points)
    assert item["reason"] == ("worse_than_previous_year" if points == 0 else None)


@pytest.mark.parametrize(
    ("goal", "rise", "points"), [(0.0, 0.0, 50.0), (0.0, 0.4, 30.0), (-5.0, 1.9, 50.0), (-5.0, 30.0, 0.0)]
)
def test_a_target_of_no_decline_or_of_allowed_growth(goal, rise, points) -> None:
    """§3.3: within what is allowed all points, beyond it less by the excess, over twice it none."""
    scoring = one_item_a_section(items={"energy_intensity": {"veto": "none"}})
    declines = {"2020-12": 0.0, "2021-12": 0.0 if rise < 1 else -rise / 2, "2022-12": -rise}
    found = assess(scoring, [target(FULING, goal), TARGETS[1]], {FULING: full(energy_intensity_decline=declines)})
    item = pick(found["assessment_items"], FULING, "2022-12", item_code="energy_intensity")
    assert item["points"] == pytest.approx(points, abs=0.01)


def test_an_amount_runs_up_to_its_target_and_nothing_assigned_does_not_apply() -> None:
    scoring = one_item_a_section(
        items={"prefabricated_buildings": {"completion": "absolute_tonnage", "city_rate_applies": False}}
    )
    figures = full(energy_intensity_decline={"2020-12": 0.0, "2021-12": 3.0, "2022-12": 6.2})
    for assigned, state, rate in ((200.0, "assessed", 0.5), (0.0, "not_applicable", None)):
        own = target(FULING, assigned, "prefabricated_building_share", kind="total", binding=False)
        found = assess(scoring, [target(FULING, 14), own], {FULING: figures})["assessment_items"]
        item = pick(found, FULING, "2022-12", item_code="prefabricated_buildings")
        # 40 done of the 80 that two of five years ask for.
        assert (item["state"], item["cumulative_rate"]) == (state, None if rate is None else pytest.approx(rate))


def test_the_bonus_counts_full_steps_scaled_and_the_total_is_capped() -> None:
    """20 % over: two steps of three points, of nine at most, scaled to five: 3⅓; never more than 100."""
    scoring = one_item_a_section(items={"energy_intensity": {"veto": "none"}})
    path = 100 * (1 - 0.86**0.4)
    declines = {"2020-12": 0.0, "2021-12": 0.0, "2022-12": 1.2 * path}
    weak = full(energy_intensity_decline=declines, data_quality_pass_rate={"2022-12": 20.0})
    row = pick(assess(scoring, TARGETS, {FULING: weak})["assessment"], FULING, "2022-12")
    assert row["bonus"] == pytest.approx(10 / 3)
    assert row["score"] == pytest.approx(row["score_of_sections"] + 10 / 3)
    strong = pick(
        assess(scoring, TARGETS, {FULING: full(energy_intensity_decline=declines)})["assessment"], FULING, "2022-12"
    )
    assert (strong["score_of_sections"], strong["score"]) == (pytest.approx(100), 100)


def test_r1_r4_and_r5_score_the_same_figures_by_their_own_rules() -> None:
    figures = {FULING: full(energy_intensity_decline=EXAMPLE, pm25={"2021-12": 31, "2022-12": 32})}
    by_rule = {
        code: (
            pick(found["assessment"], FULING, "2022-12"),
            pick(found["assessment_items"], FULING, "2022-12", item_code="energy_intensity"),
        )
        for code in ("R1", "R4", "R5")
        for found in [assess(one_item_a_section(code), TARGETS, figures)]
    }
    total, item = by_rule["R1"]
    assert item["points"] == pytest.approx(45.1924, abs=5e-5)
    assert (total["bonus"], total["grade_before_gates"], total["grade"]) == (0, "excellent", "fail")
    total, item = by_rule["R4"]
    # The year alone: 80.8 % reaches the step of 80 % with 32 of 40 points; 90 of 100 are below 95.
    assert item["points"] == pytest.approx(50 * 32 / 40)
    assert (total["grade_before_gates"], total["gate_codes"]) == ("good", "annual_target_missed")
    total, item = by_rule["R5"]
    # A tenth of 14 % is due in the second year; a concentration that rose earns nothing; the lower part counts.
    assert item["required_now"] == pytest.approx(1.4)
    assert (total["score"], total["grade"], total["gate_codes"]) == (0, "fail", None)


def test_ranks_are_among_units_of_a_kind_and_the_city_has_none() -> None:
    zone = "500000-liangjiang"
    declines = {CITY: 6.2, FULING: 5.5, WANZHOU: 3.0, YUZHONG: 6.0, zone: 7.0}
    figures = {
        unit: full(energy_intensity_decline={"2020-12": 0.0, "2021-12": 2.98, "2022-12": value})
        for unit, value in declines.items()
    }
    rows = assess(one_item_a_section(), [target(CITY, 14), TARGETS[1]], figures)["assessment"]
    found = {unit: pick(rows, unit, "2022-12") for unit in declines}
    assert {unit: row["state"] for unit, row in found.items()} == dict.fromkeys(declines, "assessed")
    assert [found[unit]["rank"] for unit in (FULING, YUZHONG, WANZHOU, CITY, zone)] == [2, 1, 3, None, None]
    assert found[FULING]["ranked_units"] == 3


@settings(max_examples=15)
@given(
    declines=st.lists(st.floats(-30, 40), min_size=3, max_size=3),
    years=st.lists(st.floats(-5, 12), min_size=3, max_size=3),
    shuffled=st.permutations([FULING, WANZHOU, YUZHONG]),
)
def test_points_stay_within_bounds_rise_with_the_figure_and_follow_the_unit(declines, years, shuffled) -> None:
    scoring = one_item_a_section(items={"energy_intensity": {"veto": "none"}})
    units = [FULING, WANZHOU, YUZHONG]
    targets = [target(CITY, 14), TARGETS[1]]

    def run(names: list[str]) -> list[dict[str, Any]]:
        series = {
            name: full(energy_intensity_decline={"2020-12": 0.0, "2021-12": before, "2022-12": now})
            for name, before, now in zip(names, years, declines, strict=True)
        }
        items = assess(scoring, targets, series)["assessment_items"]
        return [pick(items, name, "2022-12", item_code="energy_intensity") for name in names]

    rows = run(units)
    assert [row["points"] for row in run(shuffled)] == [row["points"] for row in rows]
    for row in rows:
        assert 0 <= row["points"] <= row["points_available"] + 1e-9
    for a in rows:
        for b in rows:
            if a["annual_rate"] <= b["annual_rate"] and a["cumulative_rate"] <= b["cumulative_rate"]:
                assert a["points"] <= b["points"] + 1e-9


def test_an_edition_without_rules_has_empty_marts() -> None:
    found = assess(None, [], {FULING: full(energy_intensity_decline=EXAMPLE)})
    assert found == {"assessment": [], "assessment_items": [], "assessment_sections": []}
