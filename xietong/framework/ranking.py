"""Ranks of a study: 1 is the highest, equal scores share the lower number, each Time by itself."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from xietong.framework.tables import time_groups
from xietong.sensitivity import competition_ranks

FloatArray = NDArray[np.float64]

#: Aggregated scores are equal when they agree to so many decimals of the largest: sums differ by rounding.
_DIGITS: Final = 12


def ranks_table(keys: pl.DataFrame, codes: list[str], values: FloatArray, indicators: int) -> pl.DataFrame:
    """Return the rank of every unit by every item (units × items, the first of them ``indicators``).

    Indicators are no sums, so theirs are ranks of the exact scores. A missing score has no rank.
    """
    ranks = np.full(values.shape, np.nan)
    for members in time_groups(keys):
        scores = values[members]
        ranks[members, :indicators] = stats.rankdata(-scores[:, :indicators], "min", axis=0, nan_policy="omit")
        ranks[members, indicators:] = _ranks(scores[:, indicators:].T).T
    columns = {code: pl.Series(ranks[:, position]).fill_nan(None).cast(pl.Int64) for position, code in enumerate(codes)}
    return keys.hstack(pl.DataFrame(columns))


def ranks_of_runs(scores: FloatArray, keys: pl.DataFrame) -> FloatArray:
    """Return the ranks of aggregated scores (runs × units), NaN where a score is missing."""
    ranks = np.full(scores.shape, np.nan)
    for members in time_groups(keys):
        ranks[:, members] = _ranks(scores[:, members])
    return ranks


def _ranks(scores: FloatArray) -> FloatArray:
    largest = np.max(np.abs(scores), axis=1, keepdims=True, where=~np.isnan(scores), initial=0.0)
    return competition_ranks(scores / np.where(largest > 0, largest, 1.0), digits=_DIGITS)
