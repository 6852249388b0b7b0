"""The course of one score of a unit over the periods: values, their ranges, and what corrections moved."""

from dataclasses import dataclass
from typing import Literal

from xietong.catalogue import Unit
from xietong.report.view import View


@dataclass(frozen=True)
class ScoreCourse:
    """One entry a period: the score, its 5–95 % range where it was computed, and whether a correction changed it."""

    series: tuple[float | None, ...]
    ranges: tuple[tuple[float, float] | None, ...]
    corrected: tuple[bool, ...]


def score_course(view: View, output: Literal["synergy", "index"], unit: Unit) -> ScoreCourse:
    """Return the course of the synergy degree (0–1) or of the composite index (0–100) of a unit."""
    evaluation = view.evaluation
    series = evaluation.degree_series if output == "synergy" else evaluation.index_series
    return ScoreCourse(
        series=series.get(unit.code, ()),
        ranges=evaluation.score_ranges(output, unit.code),
        corrected=evaluation.corrected(output, unit.code),
    )
