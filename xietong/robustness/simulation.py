"""The runs: draws of the eight factors, and the two scores of every unit under each of them.

Ranks of a run are taken among the units that are assessable as published: which units take part
does not change from run to run, otherwise ranks of different runs would not be of one field.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.evaluation import Choices, assessable, evaluate
from xietong.robustness.factors import FACTORS
from xietong.robustness.inputs import RobustnessInputs
from xietong.sensitivity import competition_ranks, saltelli_origins, sobol_points

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

#: Half-width of the uniform error of every weight.
WEIGHT_ERROR: Final = 0.25
#: Runs of one base point of the design: A, B, and A with one factor from B, for every factor.
SET_SIZE: Final = len(FACTORS) + 2
#: Scores are ranked as published: D to 6 digits, which are 4 of 100 · D, and the index to 6.
_DIGITS: Final = {"synergy": 4, "index": 6}
_CHOSEN: Final = tuple(factor for factor, levels in FACTORS.items() if levels)


@dataclass(frozen=True)
class Simulation:
    """All runs: scores and ranks (runs × units) by output, the published ones, and what each run took."""

    units: tuple[str, ...]
    peer_groups: tuple[str | None, ...]
    scores: dict[str, FloatArray]
    ranks: dict[str, FloatArray]
    nominal_scores: dict[str, FloatArray]
    nominal_ranks: dict[str, FloatArray]
    draws: pl.DataFrame

    @property
    def runs(self) -> int:
        """Return how many runs there are."""
        return self.draws.height

    @property
    def on_scale(self) -> BoolArray:
        """Return which runs score between the goalposts.

        Scores of the other normalisations lie on a scale of the sample's own, on which neither the
        bands nor the published score mean anything: such runs tell about ranks only.
        """
        return (self.draws["normalisation"] == FACTORS["normalisation"][0]).to_numpy()


def simulate(inputs: RobustnessInputs, runs: int, seed: int) -> Simulation:
    """Return ``runs`` runs over the eight factors; the same inputs, runs and seed give the same result.

    The design is Saltelli's, so that ``runs`` of 10 · 2^k serve the sensitivity indices as well.

    Raises:
        ValueError: fewer than one run.
    """
    draws = draw(inputs, runs, seed)
    return simulation_of(inputs, draws, choices_of(inputs, draws))


def simulation_of(inputs: RobustnessInputs, draws: pl.DataFrame, choices: Choices) -> Simulation:
    """Return the simulation of given choices, one run for every row of the draws."""
    nominal = field_scores(inputs, published(inputs))
    scores = field_scores(inputs, choices)
    return Simulation(
        units=inputs.units,
        peer_groups=inputs.peer_groups,
        scores=scores,
        ranks={output: ranks_of(output, values) for output, values in scores.items()},
        nominal_scores={output: values[0] for output, values in nominal.items()},
        nominal_ranks={output: ranks_of(output, values)[0] for output, values in nominal.items()},
        draws=draws,
    )


def ranks_of(output: str, scores: FloatArray) -> FloatArray:
    """Return the ranks (runs × units) by scores on the scale 0–100, rounded as the published ones are."""
    return competition_ranks(scores, _DIGITS[output])


def replay(inputs: RobustnessInputs, draws: pl.DataFrame, run: int) -> dict[str, FloatArray]:
    """Return the ranks of all units in one run, by output, made again from the stored draws.

    ``draws`` are all rows of ``marts.draws``: the number of runs and the seed are part of them.

    Raises:
        ValueError: there is no such run.
    """
    row = draws.filter(pl.col("run") == run)
    if row.height != 1:
        raise ValueError(f"run {run} is not among the {draws.height} runs")
    scores = field_scores(inputs, choices_of(inputs, row, runs=draws.height))
    return {output: ranks_of(output, values)[0] for output, values in scores.items()}


def published(inputs: RobustnessInputs, runs: int = 1) -> Choices:
    """Return runs as the published one: the catalogue's weights and rules, and the figures as they are."""
    aggregation = FACTORS["aggregation"].index(inputs.index.aggregation)
    levels = {factor: np.zeros(runs, dtype=np.int64) for factor in _CHOSEN}
    return Choices(
        levels=levels | {"aggregation": np.full(runs, aggregation)},
        multipliers=np.ones((runs, weight_count(inputs))),
        errors=np.zeros((1, *inputs.applicable.shape)),
        error_of=np.zeros(runs, dtype=np.int64),
    )


def weight_count(inputs: RobustnessInputs) -> int:
    """Return the number of weights: of indicators, of nodes, and the two of the synergy degree."""
    return len(inputs.indicators) + len(inputs.nodes) + 2


def draw(inputs: RobustnessInputs, runs: int, seed: int) -> pl.DataFrame:
    """Return what every run takes: of each choice its level, of weights and figures the number of the draw.

    Raises:
        ValueError: fewer than one run.
    """
    if runs < 1:
        raise ValueError(f"at least one run is needed, got {runs}")
    factors = list(FACTORS)
    base = _base(runs)
    origins = saltelli_origins(base, len(factors))[:runs]
    points = _points(inputs, base, seed)
    columns: dict[str, NDArray[np.generic]] = {"run": np.arange(runs), "seed": np.full(runs, seed)}
    for column, factor in enumerate(factors):
        columns[factor] = origins[:, column]
        if factor in _CHOSEN:
            place = points[origins[:, column], _CHOSEN.index(factor)]
            levels = np.array(FACTORS[factor])
            columns[factor] = levels[(place * len(levels)).astype(np.int64)]
    return pl.DataFrame(columns)


def choices_of(inputs: RobustnessInputs, draws: pl.DataFrame, runs: int | None = None) -> Choices:
    """Return the choices behind rows of draws; ``runs``: of how many runs they are, when not all are given."""
    base, seed = _base(runs or draws.height), int(draws["seed"][0])
    levels = {}
    for factor in _CHOSEN:
        order = {level: position for position, level in enumerate(FACTORS[factor])}
        levels[factor] = draws[factor].replace_strict(order, return_dtype=pl.Int64).to_numpy()
    multipliers = 1.0 + WEIGHT_ERROR * (2.0 * _points(inputs, base, seed)[:, len(_CHOSEN) :] - 1.0)
    # More dimensions than Sobol points serve well; the errors of figures are plain normal draws.
    return Choices(
        levels=levels,
        multipliers=multipliers[draws["weights"].to_numpy()],
        errors=standard_errors(inputs, 2 * base, (seed, 1)),
        error_of=draws["figures"].to_numpy(),
    )


def standard_errors(inputs: RobustnessInputs, count: int, seed: tuple[int, ...]) -> FloatArray:
    """Return ``count`` realisations of errors (× units × indicators) in standard errors; 0 for figures without one."""
    return _standard_errors(count, len(inputs.units), tuple(inputs.uncertain.tolist()), seed)


# The periods of a run take the same draws: made once, never written to.
@lru_cache(maxsize=1)
def _standard_errors(count: int, units: int, uncertain: tuple[bool, ...], seed: tuple[int, ...]) -> FloatArray:
    errors = np.zeros((count, units, len(uncertain)))
    drawn = np.random.default_rng(list(seed)).standard_normal((count, units, sum(uncertain)))
    errors[:, :, np.array(uncertain, dtype=bool)] = drawn
    errors.setflags(write=False)
    return errors


def _base(runs: int) -> int:
    return -(-runs // SET_SIZE)


def _points(inputs: RobustnessInputs, base: int, seed: int) -> FloatArray:
    """Return the Sobol points of the design: sample A, then sample B."""
    return _sobol_samples(base, len(_CHOSEN) + weight_count(inputs), seed)


@lru_cache(maxsize=1)
def _sobol_samples(base: int, dimensions: int, seed: int) -> FloatArray:
    pairs = sobol_points(base, 2 * dimensions, seed)
    samples = np.concatenate((pairs[:, :dimensions], pairs[:, dimensions:]))
    samples.setflags(write=False)
    return samples


def field_scores(inputs: RobustnessInputs, choices: Choices) -> dict[str, FloatArray]:
    """Return the scores 0–100 (runs × units) by output; NaN for units that are not assessable as published."""
    scores, takes_part = evaluate(inputs, choices), assessable(inputs)
    return {
        output: np.where(takes_part[output], values, np.nan)
        for output, values in (("synergy", scores.synergy), ("index", scores.index))
    }
