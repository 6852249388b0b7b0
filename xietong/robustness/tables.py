"""The tables of one period by the bare names of their marts, without the column of the period."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.catalogue import Catalogue
from xietong.robustness.change import change_intervals
from xietong.robustness.influence import factor_indices
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.intervals import band_probabilities, intervals_of, order_probabilities
from xietong.robustness.leaving_out import leave_one_out, rank_reversals
from xietong.robustness.simulation import Simulation, simulate

FloatArray = NDArray[np.float64]
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class MonteCarlo:
    """How many runs from which seed, and the lower edges of the bands by output, on the output's scale."""

    runs: int
    seed: int
    band_edges: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "MonteCarlo":
        """Return what the catalogue asks for."""
        index = catalogue.index
        return cls(
            runs=index.robustness.runs,
            seed=index.robustness.seed,
            band_edges={
                "synergy": tuple(band.lower for band in index.synergy_bands),
                "index": tuple(band.lower for band in index.index_bands),
            },
        )


def period_tables(inputs: RobustnessInputs, monte_carlo: MonteCarlo) -> Tables:
    """Return the rank intervals and the probabilities of the bands."""
    return _interval_tables(simulate(inputs, monte_carlo.runs, monte_carlo.seed), monte_carlo)


def last_period_tables(inputs: RobustnessInputs, monte_carlo: MonteCarlo) -> Tables:
    """Return the tables of every period, and those that are made for the last one only."""
    simulation = simulate(inputs, monte_carlo.runs, monte_carlo.seed)
    outputs = list(simulation.ranks)
    return _interval_tables(simulation, monte_carlo) | {
        "factor_sensitivity": pl.concat([factor_indices(simulation, output) for output in outputs]),
        "rank_probabilities": pl.concat([order_probabilities(simulation, output) for output in outputs]),
        "leave_one_out": leave_one_out(inputs),
        "rank_reversals": rank_reversals(inputs),
        "draws": simulation.draws,
    }


def change_tables(
    inputs: RobustnessInputs, bases: Mapping[str, tuple[RobustnessInputs, FloatArray]], monte_carlo: MonteCarlo
) -> Tables:
    """Return the intervals of the changes since the base periods."""
    return {"change_intervals": change_intervals(inputs, bases, monte_carlo.runs, monte_carlo.seed)}


def _interval_tables(simulation: Simulation, monte_carlo: MonteCarlo) -> Tables:
    bands = [band_probabilities(simulation, output, edges) for output, edges in monte_carlo.band_edges.items()]
    return {"rank_intervals": intervals_of(simulation), "band_probabilities": pl.concat(bands)}
