"""Targets: what is required, how far it is, in colour and in words."""

import pytest

from xietong.report.targets import BULLET_WIDTH, target_row


def progress(target, **given):
    return {
        "target_code": target.code,
        "unit_code": target.unit_code,
        "indicator_code": target.indicator,
        "period": "2026-10",
        "state": "behind",
        "value": None,
        "value_period": None,
        "base_value": None,
        "required_value": None,
        "target_value": target.value,
        "completion_rate": None,
        "colour": None,
        **given,
    }


@pytest.fixture
def forest(catalogue):
    """Return the target for forest cover, which is at least 57 %."""
    return next(t for t in catalogue.targets.targets if t.indicator == "forest_coverage" and t.unit_code == "500000")


def test_a_dated_figure_stands_beside_what_is_required_and_the_target(make_view, forest) -> None:
    given = {
        "value": 55.06,
        "value_period": "2023",
        "required_value": 57.0,
        "completion_rate": 0.966,
        "colour": "yellow",
    }
    row = target_row(make_view(target_progress=[progress(forest, **given)]), forest)
    assert (row.value, row.value_period, row.required, row.target) == ("55.06", "2023年", "57.00", "57")
    assert (row.state, row.colour, row.completion) == ("behind", "yellow", "97 %")
    assert row.bullet is not None
    assert row.bullet.value is not None
    assert 0 < row.bullet.value < row.bullet.target < BULLET_WIDTH


def test_without_a_figure_the_row_says_so(make_view, forest) -> None:
    row = target_row(make_view(), forest)
    assert (row.state, row.value, row.colour) == ("no_figure", "", "none")
    assert row.bullet is not None
    assert row.bullet.value is None


def test_a_figure_of_another_definition_is_shown_beside_and_never_as_the_value(make_view, catalogue) -> None:
    target = next(target for target in catalogue.targets.targets if target.other_definitions)
    other = target.other_definitions[0].indicator
    rows = [progress(target, state="no_figure")]
    rows.append(progress(target, indicator_code=other, state="other_definition", value=77.0, value_period="2023"))
    row = target_row(make_view(target_progress=rows), target)
    assert row.value == ""
    assert [(near.indicator.path, near.period) for near in row.near] == [(f"indicators/{other}.html", "2023年")]
    assert row.near[0].text.startswith("77")


def test_a_directional_target_is_not_judged(make_view, catalogue) -> None:
    target = next(target for target in catalogue.targets.targets if target.kind == "directional")
    row = target_row(make_view(), target)
    assert row.state == "directional"
    assert row.bullet is None
    assert row.demand.key == f"target.direction.{target.comparator}"


def test_an_inferred_base_is_marked(make_view, catalogue) -> None:
    inferred = [target for target in catalogue.targets.targets if target.base_is_inferred]
    assert inferred
    assert all(target_row(make_view(), target).base_is_inferred for target in inferred)


def test_a_target_in_another_measure_is_drawn_in_that_of_its_indicator(make_view, catalogue) -> None:
    """The plan writes 2.8 亿立方米; figures and the converted target are in 万立方米."""
    target = next(target for target in catalogue.targets.targets if target.indicator == "forest_stock")
    given = {"value": 27400.0, "value_period": "2023", "target_value": 28000.0, "state": "not_yet_due"}
    row = target_row(make_view(target_progress=[progress(target, **given)]), target)
    assert (row.value, row.measure, row.target) == ("27,400", "万立方米", "28,000")
    assert row.bullet is not None
    assert row.bullet.value is not None
    assert row.bullet.value < row.bullet.target


def test_what_is_not_judged_has_no_colour(make_view, forest) -> None:
    given = {
        "value": 55.06,
        "value_period": "2023",
        "state": "not_yet_due",
        "completion_rate": 0.97,
        "colour": "yellow",
    }
    assert target_row(make_view(target_progress=[progress(forest, **given)]), forest).colour == "none"
