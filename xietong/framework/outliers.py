"""Outliers of indicators: told by skewness and kurtosis together, winsorised or transformed.

Definitions are those of COINr 1.1 (qTreat, check_SkewKurt, winsorise, log_CT, boxcox).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.framework.options import Choice
from xietong.framework.tables import Figures, time_groups

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: An indicator has outliers when both are reached (the usual rule of composite indicators).
SKEWNESS_LIMIT: Final = 2.0
KURTOSIS_LIMIT: Final = 3.5
#: At most so many points of an indicator are winsorised before its logarithm is taken instead.
WINSORISED_AT_MOST: Final = 5
STANDARD: Final = Choice("standard")


@dataclass(frozen=True)
class Treatment:
    """A treated column: its figures, what was done and to how many points.

    ``kind`` is none, winsorised, log or box-cox; ``untreatable`` when winsorising left no two
    different figures, so that the column was given back as it was.
    """

    values: FloatArray
    kind: str
    points: int


def treat_figures(
    figures: Figures, codes: Sequence[str], how: Choice, at_most: int = WINSORISED_AT_MOST
) -> tuple[Figures, pl.DataFrame]:
    """Return the treated figures, and what was done to each indicator.

    Each Time is treated by itself, as COINr does with each coin of a purse; all together under
    ``standard-over-times``.
    """
    values = figures.values.copy()
    over_times = how.name == "standard-over-times" or "Time" not in figures.keys.columns
    rows = []
    for members in [np.ones(len(values), dtype=bool)] if over_times else time_groups(figures.keys):
        treated = treat(figures.values[members], at_most, how)
        values[members] = np.column_stack([column.values for column in treated])
        before, after = skewness_kurtosis(figures.values[members]), skewness_kurtosis(values[members])
        rows += [
            ({} if over_times else {"Time": figures.keys["Time"].to_numpy()[members][0].item()})
            | {"iCode": code, "Treatment": column.kind, "Points": column.points}
            | {f"{moment}.Before": float(was[position]) for moment, was in zip(("Skew", "Kurt"), before, strict=True)}
            | {f"{moment}.After": float(now[position]) for moment, now in zip(("Skew", "Kurt"), after, strict=True)}
            for position, (code, column) in enumerate(zip(codes, treated, strict=True))
        ]
    done = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Float64).fill_nan(None))
    return figures.with_values(values), done


def treatment_warnings(done: pl.DataFrame) -> list[str]:
    """Return what a user has to know of the treatment: transformations, and columns that could not be treated."""
    told = []
    for code, kinds in done.group_by("iCode", maintain_order=True).agg(pl.col("Treatment").unique().sort()).iter_rows():
        where = f"{code}: " if done["iCode"].n_unique() == done.height else f"{code}, in some Time: "
        if "log" in kinds:
            told.append(f"{where}the logarithm of the range was taken")
        if "box-cox" in kinds:
            told.append(f"{where}the Box-Cox transformation was taken")
        if "untreatable" in kinds:
            told.append(f"{where}too few different figures to winsorise, left as it was")
        if {"log", "box-cox"} & set(kinds) and len(kinds) > 1:
            told.append(f"{code}: transformed in some Time only, so its times do not compare; standard-over-times does")
    return told


def treat(values: FloatArray, at_most: int = WINSORISED_AT_MOST, how: Choice = STANDARD) -> list[Treatment]:
    """Return each column after the treatment of outliers; a column without any is left alone.

    ``standard``: while skewness and kurtosis are both at their limits or beyond, the point farthest
    out on the side of the skew takes the value of the next; when ``at_most`` points do not cure it,
    the column becomes ln(x − min + (max − min) / 100) of what it was. ``winsorise`` stops before the
    logarithm, ``log`` takes it at once, ``box-cox`` takes ((x − min + 1)^λ − 1) / λ at once.
    """
    flawed = _has_outliers(*skewness_kurtosis(values))
    return [
        _treated(values[:, column], at_most, how) if flawed[column] else Treatment(values[:, column], "none", 0)
        for column in range(values.shape[1])
    ]


def _treated(column: FloatArray, at_most: int, how: Choice) -> Treatment:
    if how.name == "log":
        return Treatment(_range_logarithm(column), "log", 0)
    if how.name == "box-cox":
        return Treatment(_box_cox(column, how.numbers[0]), "box-cox", 0)
    values, points = _winsorised(column, at_most)
    # COINr's check of a column of one value has no answer, and the column is then given back untreated.
    if np.nanmax(values) == np.nanmin(values):
        return Treatment(column, "untreatable", 0)
    if how.name != "winsorise" and _has_outliers(*_column_moments(values)):
        return Treatment(_range_logarithm(column), "log", 0)
    return Treatment(values, "winsorised", points)


def _winsorised(column: FloatArray, at_most: int) -> tuple[FloatArray, int]:
    """Return the winsorised column and how many of its points were moved."""
    values = column.copy()
    high, low = 0, 0
    skewness, kurtosis = _column_moments(values)
    while _has_outliers(skewness, kurtosis) and high + low < at_most:
        extreme = np.nanmax if skewness >= 0 else np.nanmin
        # Every point that shares the extreme moves at once, those moved before among them.
        moved = values == extreme(values)
        values[moved] = extreme(values[~moved])
        count = int(moved.sum())
        high, low = (count, low) if skewness >= 0 else (high, count)
        skewness, kurtosis = _column_moments(values)
    return values, high + low


def _range_logarithm(column: FloatArray) -> FloatArray:
    lowest = np.nanmin(column)
    return np.asarray(np.log(column - lowest + 0.01 * (np.nanmax(column) - lowest)), dtype=float)


def _box_cox(column: FloatArray, exponent: float) -> FloatArray:
    positive = column - np.nanmin(column) + 1.0
    return np.asarray(np.log(positive) if exponent == 0 else (positive**exponent - 1.0) / exponent, dtype=float)


def _has_outliers(skewness: FloatArray, kurtosis: FloatArray) -> BoolArray:
    # Moments that are not defined (fewer than four figures, or all alike) are no sign of outliers.
    return np.asarray((np.abs(skewness) >= SKEWNESS_LIMIT) & (kurtosis >= KURTOSIS_LIMIT), dtype=bool)


def _column_moments(column: FloatArray) -> tuple[FloatArray, FloatArray]:
    skewness, kurtosis = skewness_kurtosis(column[:, None])
    return skewness[0], kurtosis[0]


def skewness_kurtosis(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sample skewness G1 and excess kurtosis G2 of each column (the definitions of Excel and SAS).

    NaN where a column has too few figures (3 and 4 are needed) or no spread.
    """
    observed = ~np.isnan(values)
    count = observed.sum(axis=0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(observed, values - np.sum(np.where(observed, values, 0.0), axis=0) / count, 0.0)
        squares = centred**2
        second = squares.sum(axis=0) / count
        third = (squares * centred).sum(axis=0) / count
        fourth = (squares * squares).sum(axis=0) / count
        skewness = third / second**1.5 * np.sqrt(count * (count - 1)) / (count - 2)
        excess = fourth / second**2 - 3
        kurtosis = ((count + 1) * excess + 6) * (count - 1) / ((count - 2) * (count - 3))
    # Not second > 0: equal figures differ from their mean by its rounding.
    filled = np.where(observed, values, _first(values, observed))
    varied = np.ptp(filled, axis=0) > 0
    skewness = np.where(varied & (count > 2), skewness, np.nan)  # noqa: PLR2004 — n − 2 divides
    return skewness, np.where(varied & (count > 3), kurtosis, np.nan)  # noqa: PLR2004 — n − 3 divides


def _first(values: FloatArray, observed: BoolArray) -> FloatArray:
    """Return the first observed figure of each column."""
    return np.asarray(np.take_along_axis(values, observed.argmax(axis=0)[None], axis=0)[0], dtype=float)
