"""What a page says about obstacles and about the parts of a change."""

from xietong.report.drivers import drivers


def obstacle(code, rank, degree, share, **given):
    return {
        "unit_code": "500101",
        "period": "2026-10",
        "level": "indicator",
        "node_code": "carbon",
        "indicator_code": code,
        "state": "observed",
        "score": 40.0,
        "weight": 0.05,
        "obstacle_degree": degree,
        "share": share,
        "rank": rank,
        **given,
    }


def part(code, index, degree=None, node="carbon", **given):
    return {
        "unit_code": "500101",
        "period": "2026-10",
        "base_kind": "previous_year",
        "base_period": "2025-10",
        "node_code": node,
        "indicator_code": code,
        "cause": "figures",
        "index_change": index,
        "synergy_change": degree,
        **given,
    }


def test_the_largest_obstacles_come_first_and_a_missing_figure_is_none(make_view) -> None:
    rows = [
        obstacle("energy_intensity", 2, 0.01, 0.25),
        obstacle("co2_intensity", 1, 0.03, 0.75),
        obstacle("co2_per_capita", None, None, None, state="missing", score=None),
        obstacle("co2_decline", 3, 0.0, 0.0, score=100.0),
        obstacle(None, 1, 0.1, 1.0, level="sub_index"),
    ]
    found = drivers(make_view(obstacles=rows), "500101").obstacles
    assert [row.share for row in found] == ["75.0", "25.0"]
    assert found[0].indicator.path == "indicators/co2_intensity.html"
    assert (found[0].score.text, found[0].weight) == ("40.0", "5.0")


def test_both_ways_of_an_indicator_to_the_index_are_one_row(make_view) -> None:
    rows = [
        part("co2_intensity", 0.5),
        part("co2_intensity", 0.3, 0.012, node="coupling"),
        part("forest_coverage", -0.9, node="treatment"),
        part("pm25", 9.0, base_kind="previous_period"),
    ]
    found = drivers(make_view(score_changes=rows), "500101")
    assert [(row.index, row.degree) for row in found.changes] == [("−0.90", "0.000"), ("+0.80", "+0.012")]
    assert found.rest is None
    assert found.sentence is not None
    assert (found.sentence.values["index"], found.sentence.values["degree"]) == ("−0.10", "+0.012")


def test_what_is_not_shown_is_summed_up(make_view, catalogue) -> None:
    codes = [indicator.code for indicator in catalogue.indicators if indicator.node][:10]
    found = drivers(make_view(score_changes=[part(code, 1.0) for code in codes]), "500101")
    assert len(found.changes) == 8
    assert (found.rest_count, found.rest.index) == (2, "+2.00")
    assert found.sentence.values["index"] == "+10.00"


def test_a_node_that_begins_to_apply_is_named(make_view) -> None:
    rows = [part(None, 1.5, node="treatment", cause="coverage")]
    (row,) = drivers(make_view(score_changes=rows), "500101").changes
    assert (row.subject.text, row.subject.path, row.cause) == ("治理路径", None, "coverage")


def test_without_scores_nothing_is_said(make_view) -> None:
    found = drivers(make_view(score_changes=[part("pm25", None)]), "500101")
    assert (found.obstacles, found.changes, found.sentence) == ((), (), None)
