"""Aggregations: one score from several, row by row.

Arrays are units × parts; NaN is missing and is left out together with its weight, so that the
weights of a row's observed parts count relative to each other. A row without any observed part
is NaN.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def arithmetic(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Return Σ w·x / Σ w of each row: full compensation."""
    figures, shares = _observed(scores, weights)
    return _divided(np.sum(shares * np.nan_to_num(figures), axis=1), shares.sum(axis=1))


def geometric(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Return (Π x^w)^(1 / Σ w) of each row: a weak part is compensated in part only.

    Raises:
        ValueError: a score is 0 or negative, where the mean is not defined.
    """
    figures, shares = _observed(scores, weights)
    _require_positive(figures, "geometric")
    logarithms = np.log(np.where(np.isnan(figures), 1.0, figures))
    return np.exp(_divided(np.sum(shares * logarithms, axis=1), shares.sum(axis=1)))


def harmonic(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Return Σ w / Σ (w / x) of each row: the least compensation of the three means.

    Raises:
        ValueError: a score is 0 or negative, where the mean is not defined.
    """
    figures, shares = _observed(scores, weights)
    _require_positive(figures, "harmonic")
    return _divided(shares.sum(axis=1), np.sum(shares / np.where(np.isnan(figures), 1.0, figures), axis=1))


def power(scores: ArrayLike, weights: ArrayLike, exponent: float) -> FloatArray:
    """Return (Σ w·x^p / Σ w)^(1/p) of each row; for p = 0 its limit, the geometric mean.

    Raises:
        ValueError: a score is negative, or 0 under a negative p, or the weights make the sum negative.
    """
    if exponent == 0:
        return geometric(scores, weights)
    figures, shares = _observed(scores, weights)
    if exponent < 0:
        _require_positive(figures, "power")
    elif np.any(figures < 0):
        raise ValueError("the power mean takes scores of at least 0")
    # In parts of the score whose power is the largest, so that none is beyond the doubles.
    leading = np.max if exponent > 0 else np.min
    weighing = shares != 0
    unit = leading(figures, axis=1, keepdims=True, where=weighing, initial=0.0 if exponent > 0 else np.inf)
    unit = np.where((unit > 0) & np.isfinite(unit), unit, 1.0)
    powers = np.where(weighing, figures / unit, 1.0) ** exponent
    means = _divided(np.sum(shares * powers, axis=1), shares.sum(axis=1))
    if np.any(means < 0):
        raise ValueError("the power mean is not defined for these weights, some of them negative")
    return np.asarray(means ** (1.0 / exponent) * unit[:, 0], dtype=float)


def copeland(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Return Copeland scores: units beaten minus units lost to, in comparisons of pairs.

    One unit beats another when the weight of the parts in which it is higher exceeds the weight of
    those in which it is lower, over the parts observed for both; with no such part neither wins.
    Scores that agree to 12 decimals of their part's largest are equal: sums differ by their rounding.
    A unit without any observed part has no score.
    """
    figures, shares = _observed(scores, weights)
    largest = np.max(np.abs(figures), axis=0, where=~np.isnan(figures), initial=0.0)
    figures = np.round(figures / np.where(largest > 0, largest, 1.0), 12)
    # NaN compares as neither higher nor lower, which leaves a part out of the pairs that lack it.
    balance = np.zeros((len(figures), len(figures)))
    for part, weight in enumerate(np.asarray(weights, dtype=float)):
        column = figures[:, part]
        higher = column[:, None] > column[None, :]
        balance += weight * (higher.astype(float) - higher.T.astype(float))
    # Sums of weights that ought to balance may differ by their rounding.
    tolerance = 1e-12 * np.sum(np.abs(np.asarray(weights, dtype=float)))
    wins = (balance > tolerance).astype(float) - (balance < -tolerance).astype(float)
    return np.where(shares.sum(axis=1) > 0, wins.sum(axis=1), np.nan)


def _observed(scores: ArrayLike, weights: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the scores and, of the same shape, the weights with 0 where a score is missing."""
    figures = np.atleast_2d(np.asarray(scores, dtype=float))
    return figures, np.where(np.isnan(figures), 0.0, np.asarray(weights, dtype=float))


def _require_positive(figures: FloatArray, mean: str) -> None:
    if np.any(figures <= 0):
        raise ValueError(f"the {mean} mean takes positive scores only, got {np.nanmin(figures):g}")


def _divided(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    missing = np.full(numerator.shape, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=missing, where=denominator != 0), dtype=float)
