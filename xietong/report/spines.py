"""Where a unit's score lies among its peers: quartiles and the best, for the spine chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Indicator, Unit
from xietong.report.evaluation import Evaluation

#: Quartiles of fewer peers would say nothing.
_FEWEST_PEERS: Final = 4


@dataclass(frozen=True)
class Spine:
    """A score from 0 to 100 beside the quartiles and the best of the peer group."""

    score: float
    lower_quartile: float
    median: float
    upper_quartile: float
    best: float


def spine_of(evaluation: Evaluation, unit: Unit, indicator: Indicator) -> Spine | None:
    """Return the spine of an indicator, or None without a score or without enough peers."""
    row = evaluation.figures.get((unit.code, indicator.code))
    if row is None or row["score"] is None:
        return None
    scores = evaluation.peer_scores.get((unit.peer_group, indicator.code), ())
    if len(scores) < _FEWEST_PEERS:
        return None
    return Spine(row["score"], quantile(scores, 0.25), quantile(scores, 0.5), quantile(scores, 0.75), scores[-1])


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of ascending values, interpolated linearly between neighbours."""
    position = share * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])
