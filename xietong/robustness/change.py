"""How sure a change is: the same draws for both periods, figures' errors that partly persist.

A choice (weights, normalisation, grid factor, …) is the same in both periods: a change that comes
from choosing otherwise in one of them is no change. The error of a figure persists in part. Its
correlation ρ between the two periods is

- 1 where one figure serves both periods (carried forward);
- otherwise s + (1 − s) · o: the systematic share s of the error's variance (the same instruments,
  the same way of estimating) stays, and of the rest the share o of the window that both figures
  have in common: (12 − k) / 12 for windows of twelve months that end k months apart.

The error of the earlier period is ρ · e + √(1 − ρ²) · e′, where e is that of the later one and e′ is
drawn anew. s is ``systematic_share`` of the catalogue, a proposal of this method.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.catalogue import Catalogue
from xietong.periods import month_number, parse_period, period_of
from xietong.robustness.inputs import RobustnessInputs, matrix
from xietong.robustness.intervals import SCALES, quantiles
from xietong.robustness.simulation import Simulation, choices_of, draw, simulation_of, standard_errors

FloatArray = NDArray[np.float64]

_YEAR: Final = 12
_STEPS: Final = {"month": 1, "quarter": 3, "year": 12}
_COLUMNS: Final = {
    "unit_code": pl.String(),
    "base_period": pl.String(),
    "output": pl.String(),
    "change": pl.Float64(),
    "change_p05": pl.Float64(),
    "change_p95": pl.Float64(),
    "is_clear": pl.Boolean(),
    "rank_change": pl.Int32(),
    "rank_change_p05": pl.Int32(),
    "rank_change_p95": pl.Int32(),
    "rank_is_clear": pl.Boolean(),
    "runs": pl.Int32(),
}


def base_periods(period: str) -> list[str]:
    """Return the periods that a period is compared with: the one before, and the same one of last year."""
    frequency, number = parse_period(period)[0], month_number(period)
    return sorted({period_of(number - back, frequency) for back in (_STEPS[frequency], _YEAR)})


def error_correlations(
    catalogue: Catalogue, indicator_scores: pl.DataFrame, inputs: RobustnessInputs, period: str, base_period: str
) -> FloatArray:
    """Return ρ of every figure's error between two periods (units × indicators); see the head of this module."""
    share = catalogue.index.robustness.systematic_share
    ends = [_ends(indicator_scores, inputs, one) for one in (period, base_period)]
    apart = np.abs(ends[0] - ends[1])
    windows = [catalogue.indicators_by_code[code].window for code in inputs.indicators]
    common = np.where(np.array(windows) == "point", 0.0, np.clip((_YEAR - apart) / _YEAR, 0.0, 1.0))
    # A figure that one of the periods lacks has no partner; what its error would be does not matter.
    return np.where(np.isnan(apart), 0.0, np.where(apart == 0, 1.0, share + (1.0 - share) * common))


def _ends(indicator_scores: pl.DataFrame, inputs: RobustnessInputs, period: str) -> FloatArray:
    """Return the number of the last month of every figure's own period; NaN where there is no figure."""
    now = indicator_scores.filter(pl.col("period") == period)
    found = matrix(now, "value_period", list(inputs.units), list(inputs.indicators))
    months = {text: float(month_number(text)) for text in {*found.ravel()} - {None}}
    return np.array([[months.get(text, np.nan) for text in row] for row in found], dtype=float)


def comparisons(
    catalogue: Catalogue, indicator_scores: pl.DataFrame, inputs: RobustnessInputs, first_period: str, period: str
) -> dict[str, tuple[RobustnessInputs, FloatArray]]:
    """Return, by base period not before the first one, its inputs and the correlation of errors with ``period``."""
    return {
        base_period: (
            RobustnessInputs.from_marts(catalogue, indicator_scores, base_period),
            error_correlations(catalogue, indicator_scores, inputs, period, base_period),
        )
        for base_period in base_periods(period)
        if month_number(base_period) >= month_number(first_period)
    }


def change_intervals(
    inputs: RobustnessInputs,
    bases: Mapping[str, tuple[RobustnessInputs, FloatArray]],
    runs: int,
    seed: int,
) -> pl.DataFrame:
    """Return one row per unit that is ranked in both periods, base period and output.

    ``bases`` gives by base period its inputs and the correlation of errors with the later period.
    Changes are later minus earlier, so a positive change of the score is a gain and a positive
    change of the rank a fall. The score's interval is that of the runs between the goalposts; a
    change ``is_clear`` when its interval leaves 0 out.
    """
    draws = draw(inputs, runs, seed)
    choices = choices_of(inputs, draws)
    now = simulation_of(inputs, draws, choices)
    frames = [pl.DataFrame(schema=_COLUMNS)]
    for base_period, (earlier, correlation) in sorted(bases.items()):
        anew = standard_errors(earlier, len(choices.errors), (seed, 2))
        errors = correlation * choices.errors + np.sqrt(1.0 - correlation**2) * anew
        then = simulation_of(earlier, draws, replace(choices, errors=errors))
        frames.extend(_changes(now, then, base_period, output) for output in now.ranks)
    return pl.concat(frames).sort("unit_code", "base_period", "output")


def _changes(now: Simulation, then: Simulation, base_period: str, output: str) -> pl.DataFrame:
    both = ~np.isnan(now.nominal_ranks[output]) & ~np.isnan(then.nominal_ranks[output])
    moved = (now.scores[output] - then.scores[output])[now.on_scale][:, both] / SCALES[output]
    places = (now.ranks[output] - then.ranks[output])[:, both]
    (low, _, high), (rank_low, _, rank_high) = quantiles(moved), quantiles(places)
    count = int(both.sum())
    columns = {
        "unit_code": np.array(now.units)[both],
        "base_period": np.full(count, base_period),
        "output": np.full(count, output),
        "change": (now.nominal_scores[output] - then.nominal_scores[output])[both] / SCALES[output],
        "change_p05": low,
        "change_p95": high,
        "is_clear": (low > 0) | (high < 0),
        "rank_change": (now.nominal_ranks[output] - then.nominal_ranks[output])[both],
        "rank_change_p05": rank_low,
        "rank_change_p95": rank_high,
        "rank_is_clear": (rank_low > 0) | (rank_high < 0),
        "runs": np.full(count, now.runs),
    }
    return pl.DataFrame(columns).fill_nan(None).cast(_COLUMNS)  # type: ignore[arg-type]
