"""Fitting invented figures to known totals: scaling, shifting shares, sharing out over quarters, rounding.

Arrays are [unit, year] or [unit, year, part of the year]; ``weights`` hold zero for units that
do not count towards the city, so that special zones are fitted with the districts but never add to them.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]

_BISECTIONS: Final = 50
_PROPORTIONAL_ROUNDS: Final = 30


def scaled_to(values: Array, totals: Array, counts: Array) -> Array:
    """Return the values times one factor a year, so that those of the counted units sum to the totals."""
    sums = np.einsum("u,uy->y", counts, values)
    return np.asarray(values * (totals / sums))


def shares_with_mean(log_odds: Array, means: Array, weights: Array) -> Array:
    """Return shares in (0, 1) whose weighted mean in each year is ``means``.

    The log-odds of all units are shifted by one number a year, found by bisection, so that
    the order of the units stays and no share leaves its bounds.
    """
    weights = weights / weights.sum(axis=0)
    low, high = np.full(means.shape, -20.0), np.full(means.shape, 20.0)
    for _ in range(_BISECTIONS):
        shift = (low + high) / 2
        is_below = (weights * _logistic(log_odds + shift)).sum(axis=0) < means
        low, high = np.where(is_below, shift, low), np.where(is_below, high, shift)
    return _logistic(log_odds + (low + high) / 2)


def proportionally_fitted(table: Array, rows: Array, columns: Array, counts: Array) -> Array:
    """Return the table [unit, sector] fitted in turn to the units' sums and to the city's sectors.

    Iterative proportional fitting (Deming and Stephan, 1940); the last step fits the columns.
    """
    for _ in range(_PROPORTIONAL_ROUNDS):
        table = table * (rows / table.sum(axis=1))[:, None]
        table = table * (columns / (counts @ table))
    return table


def shared_out(annual: Array, parts: Array) -> Array:
    """Return [unit, year, part] that sums to ``annual`` over the parts, in proportion to ``parts``."""
    return np.asarray(annual[:, :, None] * parts / parts.sum(axis=2, keepdims=True))


def running_rounded(counts: Array) -> Array:
    """Return whole numbers along the last axis whose running sum is the rounded running sum of ``counts``."""
    return np.diff(np.floor(np.cumsum(counts, axis=-1) + 0.5), axis=-1, prepend=0.0)


def _logistic(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def log_odds(share: Array) -> Array:
    """Return ln(share / (1 − share))."""
    return np.asarray(np.log(share / (1 - share)))
