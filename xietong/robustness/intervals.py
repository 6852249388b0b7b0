"""What is published of the runs: intervals of ranks and scores, probabilities of bands and of the order of units."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.influence import most_moving
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.peers import peer_ranks
from xietong.robustness.simulation import Simulation, simulate
from xietong.robustness.ties import ahead_probabilities, tied_groups

#: What a score on the scale 0–100 of the runs is divided by to stand on the scale of its output.
SCALES: Final = {"synergy": 100.0, "index": 1.0}
#: The ends and the middle of every interval. The quantile is a value that occurred.
_QUANTILES: Final = (0.05, 0.5, 0.95)
INTERVAL_COLUMNS: Final = {
    "unit_code": pl.String(),
    "output": pl.String(),
    "nominal_rank": pl.Int32(),
    "median_rank": pl.Int32(),
    "rank_p05": pl.Int32(),
    "rank_p95": pl.Int32(),
    "runs": pl.Int32(),
    "mean_rank": pl.Float64(),
    "score_p05": pl.Float64(),
    "score_p95": pl.Float64(),
    "moved_most_by": pl.String(),
    "tied_group": pl.Int32(),
    "group_rank_p05": pl.Int32(),
    "group_rank_p95": pl.Int32(),
}


def quantiles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the 5 %, 50 % and 95 % value of each column, each one that occurred; NaN when there are no rows."""
    if not len(values):
        return np.full((len(_QUANTILES), values.shape[1]), np.nan)
    return np.asarray(np.quantile(values, _QUANTILES, axis=0, method="inverted_cdf"), dtype=float)


def rank_intervals(inputs: RobustnessInputs, runs: int, seed: int) -> pl.DataFrame:
    """Return one row per ranked unit and output, as ``intervals_of`` says."""
    return intervals_of(simulate(inputs, runs, seed))


def intervals_of(simulation: Simulation) -> pl.DataFrame:
    """Return one row per ranked unit and output; columns as ``marts.rank_intervals``, but the period.

    Ranks are whole: the quantiles are ranks that occurred. Scores are on the scale of their output
    (the synergy degree 0–1, the index 0–100) and of the runs that score between the goalposts; null
    when there are none. Units that are not assessable have no row. The ends of the rank among the
    unit's peers are of the same runs; null for a unit of no group.
    """
    frames = [pl.DataFrame(schema=INTERVAL_COLUMNS)]
    for output, nominal in simulation.nominal_ranks.items():
        ranked = ~np.isnan(nominal)
        if not ranked.any():
            continue
        ranks = simulation.ranks[output][:, ranked]
        low, median, high = quantiles(ranks)
        score_low, _, score_high = quantiles(_scores(simulation, output, ranked))
        group_low, _, group_high = quantiles(peer_ranks(ranks, np.array(simulation.peer_groups)[ranked].tolist()))
        columns = {
            "unit_code": np.array(simulation.units)[ranked],
            "output": np.full(int(ranked.sum()), output),
            "nominal_rank": nominal[ranked],
            "median_rank": median,
            "rank_p05": low,
            "rank_p95": high,
            "runs": np.full(int(ranked.sum()), simulation.runs),
            "mean_rank": ranks.mean(axis=0),
            "score_p05": score_low,
            "score_p95": score_high,
            "moved_most_by": most_moving(ranks),
            "tied_group": tied_groups(nominal[ranked], ahead_probabilities(ranks)),
            "group_rank_p05": group_low,
            "group_rank_p95": group_high,
        }
        frames.append(pl.DataFrame(columns).fill_nan(None).cast(INTERVAL_COLUMNS))  # type: ignore[arg-type]
    return pl.concat(frames).sort("output", "unit_code")


def band_probabilities(simulation: Simulation, output: str, lower_edges: Sequence[float]) -> pl.DataFrame:
    """Return one row per ranked unit and band: the share of the runs between the goalposts whose score lies in it.

    There are no rows when there are no such runs. ``lower_edges`` of the bands are on the scale of
    the output, ascending from 0; bands count from 1, include their lower edge and, the last, the end
    of the scale. Scores are rounded to 6 digits before.
    """
    ranked = ~np.isnan(simulation.nominal_scores[output])
    scores = np.round(_scores(simulation, output, ranked), 6)
    schema = {"unit_code": pl.String(), "output": pl.String(), "band": pl.Int32(), "probability": pl.Float64()}
    if not scores.size:
        return pl.DataFrame(schema=schema)
    bands = np.searchsorted(np.asarray(lower_edges, dtype=float), scores, side="right")
    units = np.array(simulation.units)[ranked]
    rows = [
        {"unit_code": str(unit), "output": output, "band": band, "probability": float(share)}
        for band in range(1, len(lower_edges) + 1)
        for unit, share in zip(units, np.mean(bands == band, axis=0), strict=True)
    ]
    return pl.DataFrame(rows, schema=schema).sort("unit_code", "band")


def _scores(simulation: Simulation, output: str, ranked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the scores of the ranked units, on the scale of the output, in the runs that score between goalposts."""
    return np.asarray(simulation.scores[output][simulation.on_scale][:, ranked] / SCALES[output])


def order_probabilities(simulation: Simulation, output: str) -> pl.DataFrame:
    """Return, for every ranked unit but the last, how likely it is ahead of the next one.

    The next one is the following row in the order of rank and unit code; a shared rank counts half.
    """
    nominal = simulation.nominal_ranks[output]
    ranked = np.flatnonzero(~np.isnan(nominal))
    ahead = ahead_probabilities(simulation.ranks[output][:, ranked])
    units = [simulation.units[position] for position in ranked]
    order = sorted(range(len(units)), key=lambda place: (nominal[ranked[place]], units[place]))
    rows = [
        {
            "output": output,
            "unit_code": units[first],
            "rank": int(nominal[ranked[first]]),
            "next_unit_code": units[second],
            "next_rank": int(nominal[ranked[second]]),
            "probability_ahead": float(ahead[first, second]),
        }
        for first, second in pairwise(order)
    ]
    schema = {
        "output": pl.String(),
        "unit_code": pl.String(),
        "rank": pl.Int32(),
        "next_unit_code": pl.String(),
        "next_rank": pl.Int32(),
        "probability_ahead": pl.Float64(),
    }
    return pl.DataFrame(rows, schema=schema)
