"""Geometry of the synergy page's drawings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.render.synergy_charts import degree_plot, example_curve, quadrant_plot
from xietong.report.facts import Link, Sentence
from xietong.report.synergy_page import BandMark, DegreeRow, Step, Trajectory
from xietong.report.view import Score

BANDS = [BandMark(n / 10, (n + 1) / 10, f"band-{n + 1}", f"Band {n + 1}") for n in range(10)]
rates = st.floats(-60, 60, allow_nan=False)


def course(code, *steps, is_current=True):
    made = tuple(Step(f"{2020 + number}", carbon, pollution) for number, (carbon, pollution) in enumerate(steps))
    return Trajectory(code, Link(code), code, made, "I", "both fall", is_current, is_named=False)


def row(code, degree, low=None, high=None):
    sentence = Sentence("rank.certain")
    return DegreeRow(Link(code), code, Score(degree), Score(degree), low, high, "", "band-1", "", sentence)


def test_right_and_up_mean_that_both_fall_and_the_origin_is_in_the_middle() -> None:
    plot = quadrant_plot([course("a", (2.0, 3.0)), course("b", (-2.0, -1.0))])
    falls, rises = (found.now for found in plot.courses)
    assert falls is not None
    assert rises is not None
    assert plot.origin == (400.0, 260.0)
    assert falls.x > plot.origin[0] > rises.x
    assert falls.y < plot.origin[1] < rises.y


def test_a_course_ends_where_the_unit_stands_now_and_without_figures_of_now_it_stands_nowhere() -> None:
    now, before = quadrant_plot([course("a", (1, 1), (2, 2)), course("b", (1, 1), (2, 2), is_current=False)]).courses
    assert (len(now.before), now.now is not None) == (1, True)
    assert (len(before.before), before.now) == (2, None)
    assert now.line == before.line


@given(st.lists(st.tuples(rates, rates), min_size=1, max_size=6))
def test_everything_lies_on_the_plot_and_marks_are_round(steps) -> None:
    plot = quadrant_plot([course("a", *steps)])
    (found,) = plot.courses
    dots = [*found.before, *([found.now] if found.now else [])]
    assert all(60 <= dot.x <= 740 and 20 <= dot.y <= 500 for dot in dots)
    for ticks in (plot.ticks_x, plot.ticks_y):
        assert len(ticks) % 2 == 1
        assert ticks[len(ticks) // 2].text == "0"
        assert len(ticks) <= 11


def test_equal_rates_lie_on_the_diagonal() -> None:
    plot = quadrant_plot([course("a", (2.0, 2.0)), course("b", (-3.0, 8.0))])
    x1, y1, x2, y2 = plot.equal
    now = plot.courses[0].now
    assert now is not None
    assert (now.y - y1) / (now.x - x1) == pytest.approx((y2 - y1) / (x2 - x1), rel=0.01)


def test_degrees_stand_above_the_bands_that_they_reach() -> None:
    plot = degree_plot([row("a", 0.75, 0.69, 0.81), row("b", 0.62)], BANDS)
    assert [column.band.lower for column in plot.columns] == [0.6, 0.7, 0.8]
    assert [tick.text for tick in plot.ticks] == ["0.6", "0.7", "0.8", "0.9"]
    first, second = plot.marks
    assert first.low is not None
    assert first.high is not None
    assert plot.columns[0].x < first.low < plot.columns[1].x < first.modified < plot.columns[2].x < first.high
    assert (second.low, second.high) == (None, None)
    assert first.y < second.y < plot.height
    assert plot.columns[0].name_lines == ("Band", "7")


def test_the_curve_rises_upwards() -> None:
    curve = example_curve([(0.0, 0.0, 0.0), (0.5, 0.4, 0.5), (1.0, 0.3, 0.7)], 0.3)
    assert curve.modified.split()[0] == "50,216"
    assert curve.standard_end[1] < curve.modified_end[1]
    assert curve.ticks_x[1].at < curve.standing + 30
