"""What the synergy page says about change and level."""

import pytest

from xietong.report.departures import modified_degree, standard_degree
from xietong.report.synergy_page import synergy_page


def change(unit, pollution, carbon, quadrant, period="2026-10", **given):
    return {
        "unit_code": unit,
        "period": period,
        "base_kind": "previous_year",
        "base_period": f"{int(period[:4]) - 1}{period[4:]}",
        "r_pollution": pollution,
        "r_carbon": carbon,
        "quadrant": quadrant,
        "els_pollutant_over_co2": None,
        "els_co2_over_pollutant": None,
        "tapio_state": "strong_decoupling" if carbon and carbon > 0 else "weak_decoupling",
        "p_change": 0.0,
        "k_change": 0.0,
        "system_synergy": 0.0,
        **given,
    }


def test_a_course_holds_reductions_in_percent_from_the_oldest_period_on(make_view, synergy_row) -> None:
    rows = [change("500101", 0.05, -0.01, "II"), change("500101", 0.03, 0.02, "I", period="2025-12")]
    synergy = [synergy_row("500101"), synergy_row("500101", "2025-12")]
    (course,) = synergy_page(make_view(synergy_change=rows, synergy=synergy)).trajectories
    assert [(step.period, step.carbon, step.pollution) for step in course.steps] == [
        ("2025年12月", pytest.approx(2.0), pytest.approx(3.0)),
        ("2026年10月", pytest.approx(-1.0), pytest.approx(5.0)),
    ]
    assert (course.quadrant_code, course.quadrant, course.is_current) == ("II", "减污增碳", True)


def test_only_ranked_units_are_counted_and_a_gap_is_in_no_quadrant(make_view, synergy_row) -> None:
    rows = [
        change("500101", 0.05, 0.01, "I"),
        change("500102", 0.05, -0.01, "II"),
        change("500103", None, None, None, tapio_state=None),
        change("500000-liangjiang", -0.05, -0.01, "III"),
    ]
    page = synergy_page(make_view(synergy_change=rows, synergy=[synergy_row("500101")]))
    assert {row.code: [link.text for link in row.units] for row in page.quadrants if row.units} == {
        "I": ["万州区"],
        "II": ["涪陵区"],
    }
    assert page.sentence is not None
    assert page.sentence.values == {"I": "1", "II": "1", "III": "0", "IV": "0", "axis": "0", "units": "2"}
    drawn = {course.code for course in page.trajectories}
    assert drawn == {"500101", "500102", "500000-liangjiang"}
    assert {row.code for row in page.rows if row.is_drawn} == drawn
    lacking = [link.text for link in page.lacking]
    assert "渝中区" in lacking
    assert len(lacking) == len(page.degrees) + len(page.without) - 2
    assert next(row.change for row in page.rows if row.code == "500104") is None


def test_the_ends_of_both_axes_are_named(make_view, synergy_row) -> None:
    rows = [
        change("500101", 0.05, 0.00, "axis"),
        change("500102", 0.03, 0.02, "I"),
        change("500103", 0.03, 0.01, "I"),
        change("500104", 0.01, 0.01, "I"),
    ]
    page = synergy_page(make_view(synergy_change=rows, synergy=[synergy_row("500101")]))
    assert {course.code for course in page.trajectories if course.is_named} == {"500101", "500102", "500104"}


def test_degrees_come_in_the_order_of_rank_with_their_range(make_view, synergy_row) -> None:
    rows = [synergy_row("500101", rank=2), synergy_row("500102", rank=1), synergy_row("500103", rank=None)]
    interval = {"unit_code": "500101", "period": "2026-10", "output": "synergy", "rank_p05": 1.0, "rank_p95": 2.0}
    page = synergy_page(make_view(synergy=rows, rank_intervals=[interval | {"score_p05": 0.66, "score_p95": 0.71}]))
    assert [(row.unit.text, row.low, row.high) for row in page.degrees] == [
        ("涪陵区", None, None),
        ("万州区", 0.66, 0.71),
    ]
    assert "渝中区" in [link.text for link in page.without]


def test_a_degree_that_falls_though_neither_side_got_worse_is_listed(make_view, synergy_row) -> None:
    rows = [
        change("500101", 0.05, 0.01, "I", p_change=0.15, k_change=0.0),
        change("500102", 0.05, 0.01, "I", p_change=0.15, k_change=-0.01),
    ]
    synergy = [
        synergy_row(code, period, d_modified=degree)
        for code in ("500101", "500102")
        for period, degree in (("2026-10", 0.50), ("2025-10", 0.52))
    ]
    found = synergy_page(make_view(synergy_change=rows, synergy=synergy)).departures.units
    assert [(row.unit.text, row.degree_change) for row in found] == [("万州区", "\N{MINUS SIGN}0.02")]


def test_the_example_is_the_one_of_the_method(make_view) -> None:
    found = {row.pollution: (row.modified, row.standard) for row in synergy_page(make_view()).departures.example}
    assert [found[score][0] for score in ("0.60", "0.75", "0.90")] == ["0.516", "0.496", "0.468"]
    standards = [float(standard) for _, standard in found.values()]
    assert standards == sorted(standards)


def test_without_changes_nothing_is_judged(make_view) -> None:
    page = synergy_page(make_view())
    assert page.sentence is None
    assert page.trajectories == ()
    assert page.degrees == ()


def test_degrees_of_the_example_are_those_of_the_golden_worked_example() -> None:
    # Method, section 7.6: district 甲.
    assert modified_degree(0.593142857, 0.571428571, 0.5, 0.5) == pytest.approx(0.751857, abs=1e-6)
    assert standard_degree(0.593142857, 0.571428571, 0.5, 0.5) == pytest.approx(0.763010, abs=1e-6)
    assert modified_degree(0.0, 0.0, 0.5, 0.5) == standard_degree(0.0, 0.0, 0.5, 0.5) == 0.0
