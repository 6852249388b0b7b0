"""Which factor moves ranks: Sobol indices over all units, and for one unit the factor that moves it most."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.factors import FACTORS
from xietong.robustness.simulation import SET_SIZE, Simulation
from xietong.sensitivity import mean_rank_shift, sobol_indices

FloatArray = NDArray[np.float64]


def factor_indices(simulation: Simulation, output: str, *, resamples: int = 200, seed: int = 0) -> pl.DataFrame:
    """Return one row per factor: Sobol indices, with 5–95 % bootstrap intervals, of the mean absolute rank shift.

    Runs beyond the last whole set of the design (10 runs) are left out. Where no rank ever moves
    the indices are null.
    """
    shifts = mean_rank_shift(simulation.ranks[output], simulation.nominal_ranks[output])
    whole = len(shifts) // SET_SIZE * SET_SIZE
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
    return pl.DataFrame(columns).fill_nan(None)


def rank_movements(ranks: FloatArray) -> FloatArray:
    """Return how many places each factor moves each unit, on average (factors × units).

    In the design of ``saltelli_origins`` a run A and the run that takes one factor from B differ in
    that factor alone: the mean of the absolute rank difference between the two is what the factor
    does to the unit, its interplay with the others included.
    """
    whole = len(ranks) // SET_SIZE * SET_SIZE
    if not whole:
        return np.zeros((len(FACTORS), ranks.shape[1]))
    sets = ranks[:whole].reshape(-1, SET_SIZE, ranks.shape[1])
    return np.asarray(np.abs(sets[:, 2:] - sets[:, :1]).mean(axis=0), dtype=float)


def most_moving(ranks: FloatArray) -> list[str | None]:
    """Return for each unit the factor that moves its rank by the most places; None where none moves it."""
    movements = rank_movements(ranks)
    factors = list(FACTORS)
    return [factors[int(column.argmax())] if column.max() > 0 else None for column in movements.T]
