"""How far the ranks of a study depend on its choices: Monte Carlo over weights and methods.

Factors: the weights of all levels (uniform, ± noise), the normalisation (min–max to 1–100 or z-scores
of mean 10 and deviation 2, on which every aggregation is defined), the aggregation of all levels
(arithmetic or geometric), and, where outliers are treated, how many points may be winsorised (1–5).
This is the setting of Saisana, Saltelli & Tarantola 2005 and of COINr's documentation.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong import normalisation
from xietong.errors import UsageError
from xietong.framework.options import StudyMethod
from xietong.framework.outliers import WINSORISED_AT_MOST, treat_figures
from xietong.framework.ranking import ranks_of_runs
from xietong.framework.tables import Figures, Framework
from xietong.sensitivity import mean_rank_shift, saltelli_origins, sobol_indices, sobol_points

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_NORMALISATIONS = ("minmax:1,100", "zscore:10,2")
_AGGREGATIONS = ("arithmetic", "geometric")
#: z-scores of 10 ± 2 fall to 0 five deviations below the mean; there they are held just above it.
_LOWEST_SCORE = 0.01
#: Negative weights of principal components may take a geometric mean beyond all numbers; it is held before.
_LARGEST_LOGARITHM = 300.0
_RESAMPLES = 200
#: Ranks of all runs are held at once, at some 40 bytes each with what they are made of.
_MOST_RANKS = 200_000_000


@dataclass(frozen=True)
class Uncertainty:
    """Rank statistics of every unit, what each run took, and the influence of the factors if it was asked for."""

    ranks: pl.DataFrame
    draws: pl.DataFrame
    sobol: pl.DataFrame | None


def analyse(
    framework: Framework,
    method: StudyMethod,
    untreated: Figures,
    nominal: FloatArray,
    shares: dict[str, float],
) -> Uncertainty:
    """Return the uncertainty of the ranks by the top score; with a Time in the keys, of those within a time.

    ``untreated`` are the figures before outliers are treated, ``nominal`` the top scores of the study,
    and ``shares`` the weight of every item within its parent, as the study used it. Where Sobol indices
    are asked for, ranks are those of the two independent samples of the design only.

    Raises:
        UsageError: no unit has a top score, or there are more runs than can be kept.
    """
    if method.runs * untreated.keys.height > _MOST_RANKS:
        most = _MOST_RANKS // untreated.keys.height
        raise UsageError(f"--runs {method.runs}: at most {most} for so many units, since every rank is kept")
    if np.isnan(nominal).all():
        raise UsageError("--runs: no unit has a score at the top, so there is nothing to rank")
    factors = ["Weights", "Normalisation", "Aggregation", *(["Winsorised"] if _winsorises(method) else [])]
    keys = untreated.keys
    origins, levels, multipliers, items = _draw(framework, method, factors)
    # Factor by factor the level of every run; a single level where outliers are not treated.
    winsorised = levels.get("Winsorised", np.zeros(len(origins), dtype=np.int64))
    choices = np.stack([levels["Normalisation"], levels["Aggregation"], winsorised])
    weights = {code: share * multipliers[:, items.index(code)] for code, share in shares.items()}
    scores = _top_scores(framework, method, untreated, choices, weights)
    ranks, nominal_ranks = ranks_of_runs(scores, keys), ranks_of_runs(nominal[None], keys)[0]
    sobol = _sobol(mean_rank_shift(ranks, nominal_ranks), factors, method.seed) if method.sobol else None
    named = {
        "Normalisation": np.array(_NORMALISATIONS)[choices[0]],
        "Aggregation": np.array(_AGGREGATIONS)[choices[1]],
        "Winsorised": choices[2] + 1,
    }
    draws = {"Run": np.arange(len(origins))} | {name: values for name, values in named.items() if name in factors}
    weighed = {f"Weight.{code}": weights[code] for code in items if code in weights}
    sampled = ranks[np.arange(len(ranks)) % (len(factors) + 2) < 2] if method.sobol else ranks  # noqa: PLR2004 — A, B
    return Uncertainty(_statistics(sampled, nominal_ranks, keys), pl.DataFrame(draws | weighed), sobol)


def _top_scores(
    framework: Framework, method: StudyMethod, untreated: Figures, choices: IntArray, weights: dict[str, FloatArray]
) -> FloatArray:
    """Return the top score of every run and unit; ``choices``: normalisation, aggregation, winsorised by run."""
    scores = np.empty((choices.shape[1], untreated.keys.height))
    treated = {level: _treated(framework, untreated, method, level + 1) for level in np.unique(choices[2])}
    for how, combine, level in product(range(2), range(2), treated):
        members = np.flatnonzero((choices == np.array([[how], [combine], [level]])).all(axis=0))
        if len(members):
            tree = _Tree(framework, {code: weight[members] for code, weight in weights.items()}, method.availability)
            scores[members] = tree.top(_scored(framework, treated[level], how), geometric=bool(combine))
    return scores


def _winsorises(method: StudyMethod) -> bool:
    return method.treatment.name in ("standard", "standard-over-times", "winsorise")


def _draw(
    framework: Framework, method: StudyMethod, factors: list[str]
) -> tuple[IntArray, dict[str, IntArray], FloatArray, list[str]]:
    """Return the design, the levels of the chosen factors by run, and the weights' multipliers by run and item.

    The design is Saltelli's when Sobol indices are asked for; otherwise every run has a point of its own.
    """
    items = sorted(item.code for item in (*framework.indicators, *framework.nodes) if item.parent is not None)
    counts = {"Normalisation": 2, "Aggregation": 2, "Winsorised": WINSORISED_AT_MOST}
    chosen = factors[1:]
    dimensions = len(chosen) + len(items)
    if method.sobol:
        base = -(-method.runs // (len(factors) + 2))
        origins = saltelli_origins(base, len(factors))[: method.runs]
        pairs = sobol_points(base, 2 * dimensions, method.seed)
        points = np.concatenate((pairs[:, :dimensions], pairs[:, dimensions:]))
    else:
        origins = np.repeat(np.arange(method.runs)[:, None], len(factors), axis=1)
        points = sobol_points(method.runs, dimensions, method.seed)
    levels = {
        factor: (points[origins[:, factors.index(factor)], position] * counts[factor]).astype(np.int64)
        for position, factor in enumerate(chosen)
    }
    multipliers = 1.0 + method.noise * (2.0 * points[:, len(chosen) :] - 1.0)
    return origins, levels, multipliers[origins[:, 0]], items


def _treated(framework: Framework, untreated: Figures, method: StudyMethod, at_most: int) -> FloatArray:
    if method.treatment.name == "none":
        return untreated.values
    codes = [item.code for item in framework.indicators]
    return treat_figures(untreated, codes, method.treatment, at_most)[0].values


def _scored(framework: Framework, values: FloatArray, how: int) -> FloatArray:
    raised = normalisation.oriented(values, framework.directions)
    varied = np.fmax.reduce(raised, axis=0) > np.fmin.reduce(raised, axis=0)
    scores = np.full_like(raised, np.nan)
    columns = raised[:, varied]
    normalised = normalisation.zscore(columns, 10, 2) if how else normalisation.minmax(columns, 1, 100)
    scores[:, varied] = np.maximum(normalised, _LOWEST_SCORE)
    return scores


class _Tree:
    """Carries scores that many runs share up a framework whose weights differ from run to run."""

    def __init__(self, framework: Framework, weights: dict[str, FloatArray], availability: float) -> None:
        self.framework = framework
        self.weights = weights
        self.availability = availability
        self.columns = {item.code: position for position, item in enumerate(framework.indicators)}

    def top(self, scores: FloatArray, *, geometric: bool) -> FloatArray:
        """Return the top score of every run and unit."""
        values: dict[str, FloatArray] = {}
        observed: dict[str, NDArray[np.bool_]] = {}
        for node in self.framework.nodes:
            children = [child.code for child in self.framework.children(node.code)]
            if node.level == 2:  # noqa: PLR2004 — the level above the indicators
                own = scores[:, [self.columns[code] for code in children]]
                known = ~np.isnan(own)
                transformed = np.log(np.where(known, own, 1.0)) if geometric else np.where(known, own, 0.0)
                weights = np.column_stack([self.weights[code] for code in children])
                sums, totals = weights @ transformed.T, weights @ known.T.astype(float)
            else:
                known = np.column_stack([observed[code] for code in children])
                sums, totals = np.zeros(()), np.zeros(())
                for code in children:
                    share = self.weights[code][:, None] * observed[code]
                    # A product with the weights of runs, child by child: no array of all children at once.
                    part = np.log(values[code]) if geometric else values[code]
                    sums = sums + share * np.where(observed[code], part, 0.0)
                    totals = totals + share
            enough = known.mean(axis=1) >= self.availability - 1e-12
            # As in the study, what is observed without a weight says nothing.
            weighing = np.array([bool(np.any(self.weights[code])) for code in children])
            observed[node.code] = enough & (known & weighing).any(axis=1)
            means = np.divide(sums, totals, out=np.ones_like(sums), where=totals > 0)
            values[node.code] = np.exp(np.clip(means, -_LARGEST_LOGARITHM, _LARGEST_LOGARITHM)) if geometric else means
        top = self.framework.nodes[-1].code
        return np.where(observed[top], values[top], np.nan)


def _statistics(ranks: FloatArray, nominal: FloatArray, keys: pl.DataFrame) -> pl.DataFrame:
    """Return nominal, mean, median, 5 % and 95 % rank by unit (quantiles between ranks are interpolated).

    The latter are null for a unit that some run could not rank: its only figures have no spread.
    """
    ranked = ~np.isnan(nominal)
    runs = ranks[:, ranked]
    always = ~np.isnan(runs).any(axis=0)
    found = np.full((4, runs.shape[1]), np.nan)
    found[0, always] = runs[:, always].mean(axis=0)
    found[1:, always] = np.quantile(runs[:, always], (0.5, 0.05, 0.95), axis=0)
    columns = {name: pl.Series(found[row]).fill_nan(None) for row, name in enumerate(("Mean", "Median", "Q5", "Q95"))}
    return keys.filter(pl.Series(ranked)).hstack(pl.DataFrame({"Nominal": nominal[ranked].astype(np.int64)} | columns))


def _sobol(shifts: FloatArray, factors: list[str], seed: int) -> pl.DataFrame:
    """Return the Sobol indices of the mean absolute rank shift by factor."""
    whole = len(shifts) // (len(factors) + 2) * (len(factors) + 2)
    indices = sobol_indices(shifts[:whole], len(factors), resamples=_RESAMPLES, seed=seed)
    columns = {
        "Variable": factors,
        "Si": indices.first,
        "STi": indices.total,
        "Si_q5": indices.first_p05,
        "Si_q95": indices.first_p95,
        "STi_q5": indices.total_p05,
        "STi_q95": indices.total_p95,
    }
    return pl.DataFrame(columns).with_columns(pl.exclude("Variable").fill_nan(None))
