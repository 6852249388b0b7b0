"""What is published of the runs: rank intervals, probabilities of bands, and which factor moves ranks most."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from xietong.robustness.factors import FACTORS
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.simulation import Simulation, simulate
from xietong.sensitivity import mean_rank_shift, sobol_indices


def rank_intervals(inputs: RobustnessInputs, runs: int, seed: int) -> pl.DataFrame:
    """Return one row per ranked unit and output: nominal and median rank, 5 % and 95 % rank, number of runs.

    Ranks are whole: the quantiles are ranks that occurred. Units that are not assessable have no row.
    """
    return intervals_of(simulate(inputs, runs, seed))


def intervals_of(simulation: Simulation) -> pl.DataFrame:
    """Return the rank intervals of runs that were already made; columns as ``marts.rank_intervals``, but the period."""
    frames = []
    for output, ranks in simulation.ranks.items():
        nominal = simulation.nominal_ranks[output]
        ranked = ~np.isnan(nominal)
        if not ranked.any():
            continue
        low, median, high = np.quantile(ranks[:, ranked], (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
        columns = {
            "unit_code": np.array(simulation.units)[ranked],
            "output": np.full(int(ranked.sum()), output),
            "nominal_rank": nominal[ranked].astype(np.int32),
            "median_rank": median.astype(np.int32),
            "rank_p05": low.astype(np.int32),
            "rank_p95": high.astype(np.int32),
            "runs": np.full(int(ranked.sum()), simulation.runs, dtype=np.int32),
        }
        frames.append(pl.DataFrame(columns))
    schema = {"unit_code": pl.String(), "output": pl.String()} | dict.fromkeys(
        ("nominal_rank", "median_rank", "rank_p05", "rank_p95", "runs"), pl.Int32()
    )
    return pl.concat([pl.DataFrame(schema=schema), *frames]).sort("output", "unit_code")


def band_probabilities(simulation: Simulation, output: str, lower_edges: Sequence[float]) -> pl.DataFrame:
    """Return one row per ranked unit and band: the share of runs whose score lies in it.

    ``lower_edges`` of the bands on the scale 0–100, ascending from 0; bands count from 1, include
    their lower edge and, the last, 100. Scores are rounded to 6 digits before.
    """
    ranked = ~np.isnan(simulation.nominal_scores[output])
    scores = np.round(simulation.scores[output][:, ranked], 6)
    bands = np.searchsorted(np.asarray(lower_edges, dtype=float), scores, side="right")
    units = np.array(simulation.units)[ranked]
    rows = [
        {"unit_code": str(unit), "output": output, "band": band, "probability": float(share)}
        for band in range(1, len(lower_edges) + 1)
        for unit, share in zip(units, np.mean(bands == band, axis=0), strict=True)
    ]
    schema = {"unit_code": pl.String(), "output": pl.String(), "band": pl.Int32(), "probability": pl.Float64()}
    return pl.DataFrame(rows, schema=schema).sort("unit_code", "band")


def factor_indices(simulation: Simulation, output: str, *, resamples: int = 200, seed: int = 0) -> pl.DataFrame:
    """Return one row per factor: Sobol indices, with 5–95 % bootstrap intervals, of the mean absolute rank shift.

    Runs beyond the last whole set of the design (10 runs) are left out.
    """
    shifts = mean_rank_shift(simulation.ranks[output], simulation.nominal_ranks[output])
    whole = len(shifts) // (len(FACTORS) + 2) * (len(FACTORS) + 2)
    indices = sobol_indices(shifts[:whole], len(FACTORS), resamples=resamples, seed=seed)
    columns = {
        "output": [output] * len(FACTORS),
        "factor": list(FACTORS),
        "first_order": indices.first,
        "first_order_p05": indices.first_p05,
        "first_order_p95": indices.first_p95,
        "total": indices.total,
        "total_p05": indices.total_p05,
        "total_p95": indices.total_p95,
    }
    return pl.DataFrame(columns)
