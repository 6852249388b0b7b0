"""Variance-based sensitivity: Saltelli's design of runs, Sobol indices, and ranks of many runs at once.

A factor may be a group of coordinates that are drawn together (all weights, all errors of the
figures): the design swaps the group as a whole, and the index is that of the group.
Sources: Saltelli et al. 2010, Computer Physics Communications 181:259–270; Jansen 1999, 117:35–43;
Saisana, Saltelli & Tarantola 2005, JRSS-A 168:307–323.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Above so many units, ranks come from sorting rather than from comparing all pairs.
_MOST_UNITS_IN_PAIRS: Final = 64


@dataclass(frozen=True)
class SobolIndices:
    """First-order and total index of every factor with the 5–95 % interval of a bootstrap over base points."""

    first: FloatArray
    first_p05: FloatArray
    first_p95: FloatArray
    total: FloatArray
    total_p05: FloatArray
    total_p95: FloatArray


def sobol_points(count: int, dimensions: int, seed: int) -> FloatArray:
    """Return the first ``count`` scrambled Sobol points in [0, 1)^dimensions."""
    exponent = max(count - 1, 0).bit_length()
    sampler = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random_base2(exponent)[:count], dtype=float)


def saltelli_origins(base: int, factors: int) -> IntArray:
    """Return, for each of base · (factors + 2) runs, from which point every factor takes its value.

    Points 0 … base − 1 are sample A, points base … 2·base − 1 sample B. The runs of one base point
    stand together: A, B, then A with the first factor from B, and so on.
    """
    first = np.arange(base)[:, None, None]
    swapped = np.concatenate(
        (np.zeros((1, factors), dtype=int), np.ones((1, factors), dtype=int), np.eye(factors, dtype=int))
    )
    return np.asarray((first + base * swapped[None]).reshape(-1, factors), dtype=np.int64)


def sobol_indices(outputs: FloatArray, factors: int, *, resamples: int = 200, seed: int = 0) -> SobolIndices:
    """Return the indices of an output computed on the design of ``saltelli_origins``.

    Outputs that never vary give indices of NaN.
    """
    runs = np.asarray(outputs, dtype=float).reshape(-1, factors + 2)
    runs = runs - runs[:, :2].mean()
    sample_a, sample_b, swapped = runs[:, :1], runs[:, 1:2], runs[:, 2:]
    gains = sample_b * (swapped - sample_a)
    losses = (sample_a - swapped) ** 2 / 2
    everything = np.arange(len(runs))[None]
    draws = np.random.default_rng(seed).integers(0, len(runs), size=(resamples, len(runs)))
    first, total = _indices(gains, losses, runs[:, :2], everything)
    firsts, totals = _indices(gains, losses, runs[:, :2], draws)
    (low_first, high_first), (low_total, high_total) = (np.quantile(v, (0.05, 0.95), axis=0) for v in (firsts, totals))
    return SobolIndices(first[0], low_first, high_first, total[0], low_total, high_total)


def _indices(
    gains: FloatArray, losses: FloatArray, samples: FloatArray, draws: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return first-order and total indices for every row of drawn base points."""
    # How often a base point was drawn: sums over draws become one matrix product.
    counts = np.zeros((len(draws), len(gains)))
    np.add.at(counts, (np.arange(len(draws))[:, None], draws), 1.0)
    shares = counts / counts.sum(axis=1, keepdims=True)
    mean = (shares @ samples).mean(axis=1)
    variance = (shares @ samples**2).mean(axis=1) - mean**2
    variance = np.where(variance > 0, variance, np.nan)[:, None]
    return (shares @ gains) / variance, (shares @ losses) / variance


def competition_ranks(scores: FloatArray, digits: int = 6) -> FloatArray:
    """Return the rank of every unit in every run (runs × units); 1 is the highest, ties share the lower number.

    Scores are rounded before, to 6 digits unless told otherwise (rulings 11); a missing score has no
    rank (NaN).
    """
    rounded = np.round(scores, digits)
    observed = ~np.isnan(rounded)
    if rounded.shape[1] <= _MOST_UNITS_IN_PAIRS:
        ranks = np.empty_like(rounded)
        for unit in range(rounded.shape[1]):
            ranks[:, unit] = 1 + np.count_nonzero(rounded > rounded[:, unit : unit + 1], axis=1)
        return np.where(observed, ranks, np.nan)
    descending = np.where(observed, -rounded, np.inf)
    order = np.argsort(descending, axis=1, kind="stable")
    ordered = np.take_along_axis(descending, order, axis=1)
    # A unit that equals the one before it shares the place at which the tie began.
    places = np.zeros_like(rounded)
    places[:, 1:] = np.where(ordered[:, 1:] > ordered[:, :-1], np.arange(1, rounded.shape[1]), 0)
    ranks = np.empty_like(rounded)
    np.put_along_axis(ranks, order, np.maximum.accumulate(places, axis=1) + 1.0, axis=1)
    return np.where(observed, ranks, np.nan)


def mean_rank_shift(ranks: FloatArray, nominal: FloatArray) -> FloatArray:
    """Return by how many places the ranked units of each run stand from their nominal rank, on average."""
    ranked = ~np.isnan(nominal)
    return np.asarray(np.mean(np.abs(ranks[:, ranked] - nominal[ranked]), axis=1), dtype=float)
