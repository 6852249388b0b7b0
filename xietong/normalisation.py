"""Normalisations: bring indicators of different measures to one scale, column by column.

Arrays are units × indicators (a single column may be one-dimensional); NaN is missing and stays
missing. Unless a function takes ``direction``, higher is better: turn a column of which lower is
better round first (``oriented``). Definitions are those of the composite-indicator literature
(OECD/JRC 2008, step 5) as the R package COINr documents them; docs/method/departures.md lists
where we differ.
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


class NormalisationWarning(UserWarning):
    """A column cannot be normalised as asked; it becomes missing."""


def oriented(values: ArrayLike, direction: ArrayLike) -> FloatArray:
    """Return the values times their column's direction (1 or −1), so that higher is better.

    Raises:
        ValueError: a direction is neither 1 nor −1.
    """
    signs = np.asarray(direction, dtype=float)
    if not np.isin(signs, (-1.0, 1.0)).all():
        raise ValueError("a direction must be 1 (higher is better) or -1 (lower is better)")
    return np.asarray(np.asarray(values, dtype=float) * signs, dtype=float)


def minmax(values: ArrayLike, lower: float = 0.0, upper: float = 100.0) -> FloatArray:
    """Return values moved linearly so that the smallest is ``lower`` and the largest ``upper``."""
    figures = np.asarray(values, dtype=float)
    smallest, largest = _over_units(np.nanmin, figures), _over_units(np.nanmax, figures)
    return _divided(figures - smallest, largest - smallest) * (upper - lower) + lower


def zscore(values: ArrayLike, mean: float = 0.0, deviation: float = 1.0) -> FloatArray:
    """Return values moved linearly to this mean and sample standard deviation (ddof 1)."""
    figures = np.asarray(values, dtype=float)
    centre, spread = _over_units(np.nanmean, figures), _over_units(_sample_deviation, figures)
    # Equal figures differ from their mean by its rounding, which is no spread.
    spread = np.where(_over_units(np.nanmax, figures) == _over_units(np.nanmin, figures), 0.0, spread)
    return _divided(figures - centre, spread) * deviation + mean


def rank(values: ArrayLike) -> FloatArray:
    """Return ranks from 1 for the lowest value; equal values share the lowest of their ranks."""
    figures = np.asarray(values, dtype=float)
    return np.asarray(stats.rankdata(figures, method="min", axis=0, nan_policy="omit"), dtype=float)


def borda(values: ArrayLike) -> FloatArray:
    """Return Borda points: how many units have a lower value."""
    return rank(values) - 1.0


def percentile_rank(values: ArrayLike) -> FloatArray:
    """Return the share of the other units that have a lower value, 0–1."""
    figures = np.asarray(values, dtype=float)
    return _divided(borda(figures), np.sum(~np.isnan(figures), axis=0) - 1.0)


def fraction_of_maximum(values: ArrayLike, direction: ArrayLike = 1.0) -> FloatArray:
    """Return x / max x, or min x / x where lower is better: the share of the best unit's value."""
    figures = np.asarray(values, dtype=float)
    highest = _divided(figures, _over_units(np.nanmax, figures))
    lowest = _divided(np.broadcast_to(_over_units(np.nanmin, figures), figures.shape), figures)
    return np.where(np.asarray(direction, dtype=float) > 0, highest, lowest)


def distance_to_maximum(values: ArrayLike) -> FloatArray:
    """Return 1 − (max x − x) / (max x − min x): 0 at the lowest value, 1 at the highest."""
    figures = np.asarray(values, dtype=float)
    smallest, largest = _over_units(np.nanmin, figures), _over_units(np.nanmax, figures)
    return 1.0 - _divided(largest - figures, largest - smallest)


def distance_to_reference(values: ArrayLike, unit: int, *, cap: bool = False) -> FloatArray:
    """Return 1 − (x_ref − x) / (x_ref − min x), where ``unit`` is the reference's row; ``cap`` holds it at 1."""
    figures = np.asarray(values, dtype=float)
    reference = figures[unit]
    scores = 1.0 - _divided(reference - figures, reference - _over_units(np.nanmin, figures))
    return np.minimum(scores, 1.0) if cap else scores


def distance_to_target(
    values: ArrayLike, target: ArrayLike, direction: ArrayLike = 1.0, *, cap: bool = False
) -> FloatArray:
    """Return (x − min x) / (target − min x), or (max x − x) / (max x − target) where lower is better."""
    figures, targets = np.asarray(values, dtype=float), np.asarray(target, dtype=float)
    smallest, largest = _over_units(np.nanmin, figures), _over_units(np.nanmax, figures)
    upward = np.asarray(direction, dtype=float) > 0
    with warnings.catch_warnings():
        # Only one of the two is used; the other may well have no distance to divide by.
        warnings.simplefilter("ignore", NormalisationWarning)
        rising = _divided(figures - smallest, targets - smallest)
        falling = _divided(largest - figures, largest - targets)
    scores = np.where(upward, rising, falling)
    return np.minimum(scores, 1.0) if cap else scores


def scaled(values: ArrayLike, lower: float, upper: float, factor: float = 100.0) -> FloatArray:
    """Return (x − lower) / (upper − lower) · factor, not held at the ends."""
    return _divided(np.asarray(values, dtype=float) - lower, np.asarray(upper - lower)) * factor


def goalposts(
    values: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    direction: ArrayLike = 1.0,
    scale: ArrayLike = 100.0,
    *,
    hold: bool = True,
) -> FloatArray:
    """Return the share of the way from the worse goalpost to the better one, times ``scale``.

    ``lower`` and ``upper`` are in the indicator's measure whatever the direction; ``hold`` keeps
    the share in [0, 1].
    """
    figures = np.asarray(values, dtype=float)
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    upward = np.asarray(direction, dtype=float) > 0
    shares = np.where(upward, figures - low, high - figures)
    shares = _divided(shares, high - low)
    held = np.clip(shares, 0.0, 1.0) if hold else shares
    return np.asarray(held * np.asarray(scale, dtype=float), dtype=float)


def centred(values: ArrayLike, best: float) -> FloatArray:
    """Return 1 − |x − best| / max |x − best|: 1 at the best value, 0 at the farthest."""
    distances = np.abs(np.asarray(values, dtype=float) - best)
    return 1.0 - _divided(distances, _over_units(np.nanmax, distances))


def interval(values: ArrayLike, lower: float, upper: float) -> FloatArray:
    """Return 1 inside [lower, upper] and less outside, 0 at the farthest value."""
    figures = np.asarray(values, dtype=float)
    distances = np.maximum(np.maximum(lower - figures, figures - upper), 0.0)
    return 1.0 - _divided(distances, _over_units(np.nanmax, distances))


def topsis(matrix: ArrayLike, weights: ArrayLike, benefit: ArrayLike | None = None) -> FloatArray:
    """Return the closeness of each row to the ideal, 0–1: TOPSIS with vector (L2) normalisation.

    ``benefit`` says per column whether higher is better (default: all). Source: Hwang & Yoon 1981,
    as computed by Tzeng & Huang 2011.

    Raises:
        ValueError: a figure is missing.
    """
    figures = np.asarray(matrix, dtype=float)
    if np.isnan(figures).any():
        raise ValueError("TOPSIS needs every figure; impute or screen first")
    shares = np.asarray(weights, dtype=float)
    upward = np.ones(figures.shape[1], dtype=bool) if benefit is None else np.asarray(benefit, dtype=bool)
    lengths = np.sqrt(np.sum(figures**2, axis=0))
    weighted = shares * np.divide(figures, lengths, out=np.zeros_like(figures), where=lengths > 0)
    highest, lowest = weighted.max(axis=0), weighted.min(axis=0)
    ideal, worst = np.where(upward, highest, lowest), np.where(upward, lowest, highest)
    to_ideal = np.sqrt(np.sum((weighted - ideal) ** 2, axis=1))
    to_worst = np.sqrt(np.sum((weighted - worst) ** 2, axis=1))
    return _divided(to_worst, to_ideal + to_worst)


def _over_units(reduce: Callable[..., FloatArray], figures: FloatArray) -> FloatArray:
    """Return a statistic of each column; NaN, without a warning of NumPy's, where nothing was observed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(reduce(figures, axis=0), dtype=float)


def _sample_deviation(figures: FloatArray, axis: int) -> FloatArray:
    return np.asarray(np.nanstd(figures, axis=axis, ddof=1), dtype=float)


def _divided(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return the quotient; a denominator of 0 gives NaN and a warning, because every value is then alike."""
    if np.any(denominator == 0):
        warnings.warn("a column has no spread to divide by and becomes missing", NormalisationWarning, stacklevel=3)
    shape = np.broadcast_shapes(numerator.shape, np.shape(denominator))
    usable = np.asarray(denominator != 0)
    return np.asarray(np.divide(numerator, denominator, out=np.full(shape, np.nan), where=usable), dtype=float)
