"""The course of a unit: both rates of every year, the others as they stand now."""

from xietong.report.onward import onward
from xietong.report.unit_course import unit_course


def change(unit: str, period: str, pollution: float | None, carbon: float | None) -> dict[str, object]:
    row = {"unit_code": unit, "period": period, "base_kind": "previous_year", "base_period": "2025-10"}
    return row | {"r_pollution": pollution, "r_carbon": carbon, "quadrant": "I"}


def periods(*codes: str) -> list[dict[str, object]]:
    return [{"unit_code": "500101", "period": code, "d_modified": 0.5} for code in codes]


CHANGES = [
    change("500101", "2026-10", 0.05, 0.02),
    change("500101", "2025-12", 0.10, None),
    change("500101", "2024-12", 0.01, -0.03),
    change("500102", "2026-10", 0.04, 0.01),
    change("500103", "2024-12", 0.04, 0.01),
]


def test_the_own_course_is_last_and_a_year_without_both_rates_is_left_out(make_view, catalogue) -> None:
    view = make_view(synergy=periods("2024-12", "2025-12", "2026-10"), synergy_change=CHANGES)
    course = unit_course(view, catalogue.units_by_code["500101"])
    assert course is not None
    assert [one.code for one in course.trajectories] == ["500102", "500101"]
    assert [step.carbon for step in course.trajectories[-1].steps] == [-3.0, 2.0]
    assert [(row.period, row.pollution, row.carbon) for row in course.rows] == [
        ("2026年10月", "+5.0", "+2.0"),
        ("2024年12月", "+1.0", "−3.0"),
    ]


def test_a_course_that_ends_earlier_is_not_drawn_as_now(make_view, catalogue) -> None:
    view = make_view(synergy=periods("2024-12", "2026-10"), synergy_change=CHANGES)
    course = unit_course(view, catalogue.units_by_code["500103"])
    assert course is not None
    assert not course.trajectories[-1].is_current
    assert unit_course(view, catalogue.units_by_code["500104"]) is None


def test_a_unit_leads_only_to_pages_that_show_it(make_view, catalogue) -> None:
    view = make_view(synergy=periods("2026-10"), synergy_change=CHANGES[:1])
    drawn, silent, zone, city = (
        onward(view, catalogue.units_by_code[code]) for code in ("500101", "500104", "500000-liangjiang", "500000")
    )
    assert (drawn.synergy, silent.synergy) == ("synergy.html#t-500101", "")
    assert (drawn.compare, drawn.region) == ("", "ranking.html#region=northeast_reservoir")
    assert zone.compare.startswith("compare.html#units=500000-liangjiang,5001")
    assert zone.compare_words.key == "onward.compare_around"
    assert (zone.what_if, zone.region, city.heatmap, city.compare) == ("", "", "", "")
