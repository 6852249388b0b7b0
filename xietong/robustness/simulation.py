"""The runs: draws of the eight factors, and the two scores of every unit under each of them.

Ranks of a run are taken among the units that are assessable as published: which units take part
does not change from run to run, otherwise ranks of different runs would not be of one field.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.evaluation import Choices, Scores, assessable, evaluate
from xietong.robustness.factors import FACTORS
from xietong.robustness.inputs import RobustnessInputs
from xietong.sensitivity import competition_ranks, saltelli_origins, sobol_points

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Half-width of the uniform error of every weight.
WEIGHT_ERROR: Final = 0.25
#: Scores are ranked as published: D to 6 digits, which are 4 of 100 · D, and the index to 6.
_DIGITS: Final = {"synergy": 4, "index": 6}
_CHOSEN: Final = tuple(factor for factor, levels in FACTORS.items() if levels)


@dataclass(frozen=True)
class Simulation:
    """All runs: scores and ranks (runs × units) by output, the published ones, and what each run took."""

    units: tuple[str, ...]
    scores: dict[str, FloatArray]
    ranks: dict[str, FloatArray]
    nominal_scores: dict[str, FloatArray]
    nominal_ranks: dict[str, FloatArray]
    draws: pl.DataFrame

    @property
    def runs(self) -> int:
        """Return how many runs there are."""
        return self.draws.height


def simulate(inputs: RobustnessInputs, runs: int, seed: int) -> Simulation:
    """Return ``runs`` runs over the eight factors; the same inputs, runs and seed give the same result.

    The design is Saltelli's, so that ``runs`` of 10 · 2^k serve the sensitivity indices as well.

    Raises:
        ValueError: fewer than one run.
    """
    if runs < 1:
        raise ValueError(f"at least one run is needed, got {runs}")
    nominal = _masked(inputs, evaluate(inputs, published(inputs)))
    choices, draws = _draw(inputs, runs, seed)
    scores = _masked(inputs, evaluate(inputs, choices))
    return Simulation(
        units=inputs.units,
        scores=scores,
        ranks={output: competition_ranks(values, _DIGITS[output]) for output, values in scores.items()},
        nominal_scores={output: values[0] for output, values in nominal.items()},
        nominal_ranks={output: competition_ranks(values, _DIGITS[output])[0] for output, values in nominal.items()},
        draws=draws,
    )


def published(inputs: RobustnessInputs) -> Choices:
    """Return the one run that was published: the catalogue's weights and rules, and the figures as they are."""
    aggregation = FACTORS["aggregation"].index(inputs.index.aggregation)
    levels = {factor: np.zeros(1, dtype=np.int64) for factor in _CHOSEN}
    return Choices(
        levels=levels | {"aggregation": np.array([aggregation])},
        multipliers=np.ones((1, _weight_count(inputs))),
        errors=np.zeros((1, len(inputs.units), int(inputs.uncertain.sum()))),
        error_of=np.zeros(1, dtype=np.int64),
    )


def _weight_count(inputs: RobustnessInputs) -> int:
    """Return the number of weights: of indicators, of nodes, and the two of the synergy degree."""
    return len(inputs.indicators) + len(inputs.nodes) + 2


def _draw(inputs: RobustnessInputs, runs: int, seed: int) -> tuple[Choices, pl.DataFrame]:
    factors = list(FACTORS)
    base = -(-runs // (len(factors) + 2))
    origins = saltelli_origins(base, len(factors))[:runs]
    dimensions = len(_CHOSEN) + _weight_count(inputs)
    pairs = sobol_points(base, 2 * dimensions, seed)
    points = np.concatenate((pairs[:, :dimensions], pairs[:, dimensions:]))
    levels = {
        factor: (points[origins[:, factors.index(factor)], position] * len(FACTORS[factor])).astype(np.int64)
        for position, factor in enumerate(_CHOSEN)
    }
    multipliers = 1.0 + WEIGHT_ERROR * (2.0 * points[:, len(_CHOSEN) :] - 1.0)
    # More dimensions than Sobol points serve well; the errors of figures are plain normal draws.
    shape = (2 * base, len(inputs.units), int(inputs.uncertain.sum()))
    errors = np.random.default_rng([seed, 1]).standard_normal(shape)
    weights_from, figures_from = (origins[:, factors.index(factor)] for factor in ("weights", "figures"))
    choices = Choices(levels, multipliers[weights_from], errors, figures_from)
    named = {factor: np.array(FACTORS[factor])[level] for factor, level in levels.items()}
    draws = {"run": np.arange(len(origins)), "weights": weights_from, "figures": figures_from, **named}
    return choices, pl.DataFrame(draws).select("run", *factors)


def _masked(inputs: RobustnessInputs, scores: Scores) -> dict[str, FloatArray]:
    """Return the scores of the units that are assessable as published; NaN for the others."""
    takes_part = assessable(inputs)
    return {
        output: np.where(takes_part[output], values, np.nan)
        for output, values in (("synergy", scores.synergy), ("index", scores.index))
    }
