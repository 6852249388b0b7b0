"""How far a rank depends on choices that could have been made otherwise: Monte Carlo over eight factors."""

from xietong.robustness.factors import FACTORS
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.intervals import band_probabilities, factor_indices, intervals_of, rank_intervals
from xietong.robustness.simulation import Simulation, simulate

__all__ = [
    "FACTORS",
    "RobustnessInputs",
    "Simulation",
    "band_probabilities",
    "factor_indices",
    "intervals_of",
    "rank_intervals",
    "simulate",
]
