"""The chart of a distribution over time stays in its drawing and marks round numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.render.distribution_chart import distribution_chart, nice_step
from xietong.report.distribution import Distribution

SPREADS = st.lists(st.floats(-1e9, 1e9), min_size=5, max_size=5).map(lambda values: tuple(sorted(values)))


def made(*quantiles) -> Distribution:
    return Distribution("a", "b", quantiles, (), "")


@pytest.mark.parametrize(("span", "step"), [(1.0, 0.2), (5.0, 1.0), (12.0, 5.0), (0.03, 0.01), (4999.0, 1000.0)])
def test_steps_are_round_and_few(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


def test_marks_are_written_with_the_digits_of_their_step() -> None:
    chart = distribution_chart(made((0.1, 0.2, 0.3, 0.4, 0.5), (0.12, 0.2, 0.3, 0.4, 0.45)))
    assert [mark.text for mark in chart.marks] == ["0.1", "0.2", "0.3", "0.4", "0.5"]
    assert chart.end == (580.0, 119.0)


def test_a_gap_breaks_bands_and_median() -> None:
    spread = (1.0, 2.0, 3.0, 4.0, 5.0)
    chart = distribution_chart(made(spread, spread, None, spread))
    assert chart.median.count("M") == chart.half.count("M") == chart.range.count("z") == 2


@given(st.lists(st.none() | SPREADS, min_size=2, max_size=12).filter(any))
def test_nothing_leaves_the_drawing(quantiles) -> None:
    chart = distribution_chart(made(*quantiles))
    for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", chart.range + chart.half + chart.median):
        assert 56 <= float(x) <= 580
        assert 11.9 <= float(y) <= 226.1
    assert 1 <= len(chart.marks) <= 8


@pytest.mark.parametrize(
    ("highest", "median", "box"),
    [(50.0, "30.0", "0 0 640 260"), (5e6, "800.64", "-54 0 720 260"), (50.0, "1,234.56", "0 0 692 260")],
)
def test_long_numbers_at_the_sides_widen_the_drawing(highest: float, median: str, box: str) -> None:
    spread = (1.0, 2.0, 3.0, 4.0, highest)
    found = Distribution("a", "b", (spread, spread), (), median)
    assert distribution_chart(found).view_box == box
