"""Charts by Altair: labelled, without styles of their own, in the colours of the page."""

import re

from xietong.render.charts import plane_chart
from xietong.render.words import read_words
from xietong.report.overview import PlanePoint
from xietong.resources import resource_directory

POINTS = [
    PlanePoint("甲<b>", 0.6, 0.5, 0.7, "东"),
    PlanePoint("乙", 0.3, 0.8, 0.45, "西"),
    PlanePoint("丙", 0.9, 0.9, 0.95, "东"),
]


def test_the_plane_names_its_points_and_carries_no_style() -> None:
    svg = plane_chart(POINTS, read_words(resource_directory("site") / "text", "zh"))
    assert svg.startswith('<svg class="chart" role="img" aria-label="减污得分与降碳得分"')
    assert "乙: P 0.30, K 0.80, D 0.45" in svg
    assert "style=" not in svg
    assert "<b>" not in svg
    assert not re.search(r'(fill|stroke)="#(?!000)', svg)


def test_the_same_points_give_the_same_bytes() -> None:
    words = read_words(resource_directory("site") / "text", "en")
    assert plane_chart(POINTS, words) == plane_chart(list(POINTS), words)
