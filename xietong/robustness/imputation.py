"""Figures in place of missing ones, for the robustness series only: nothing imputed is ever published as a figure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.inputs import RobustnessInputs

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_STATISTICS: Final[dict[str, Callable[[FloatArray], float]]] = {
    "mean": lambda known: float(np.mean(known)),
    "median": lambda known: float(np.median(known)),
}
#: Observations that a way along time needs before it carries a figure on (as ``xietong study`` has them).
_NEEDED: Final = {"latest": 1, "linear": 2, "linear_constant": 1}


@dataclass(frozen=True)
class Panel:
    """The newest figure before the period, and how many periods had one, for the cells that lack one now."""

    newest: dict[tuple[int, int], float] = field(default_factory=dict)
    counts: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def before(cls, indicator_scores: pl.DataFrame, inputs: RobustnessInputs, period: str) -> "Panel":
        """Return the panel from ``marts.indicator_scores``."""
        now = indicator_scores.filter(pl.col("period") == period, pl.col("state") == "missing")
        missing = now.select("unit_code", "indicator_code")
        earlier = (
            indicator_scores.filter(pl.col("state") == "observed")
            .join(missing, on=["unit_code", "indicator_code"], how="semi")
            .sort("unit_code", "indicator_code", "period")
        )
        panel = cls()
        for unit, code, then, value in earlier.select("unit_code", "indicator_code", "period", "value").iter_rows():
            # Evaluated periods are of one frequency, so their codes sort as they follow each other.
            if then < period and unit in inputs.units and code in inputs.indicators:
                cell = inputs.units.index(unit), inputs.indicators.index(code)
                panel.newest[cell] = value
                panel.counts[cell] = panel.counts.get(cell, 0) + 1
        return panel


def imputed(
    figures: FloatArray, applicable: BoolArray, how: str, groups: tuple[str | None, ...], panel: Panel
) -> FloatArray:
    """Return the figures (units × indicators) with what can be imputed in applicable cells.

    ``mean`` and ``median`` over the observed units, ``group_…`` over those of the same peer group. The
    ways along time have no figure after the last period to draw a line to: each holds the newest
    earlier one, ``linear`` where there are two at least.
    """
    if how == "none":
        return figures
    filled = figures.copy()
    for row, column in np.argwhere(np.isnan(figures) & applicable):
        if how in _NEEDED:
            if panel.counts.get((row, column), 0) >= _NEEDED[how]:
                filled[row, column] = panel.newest[row, column]
            continue
        statistic = _STATISTICS[how.removeprefix("group_")]
        members = np.array([not how.startswith("group_") or group == groups[row] for group in groups])
        known = figures[members & ~np.isnan(figures[:, column]), column]
        if len(known):
            filled[row, column] = statistic(known)
    return filled
