"""What happens to figures before they are scored: denominate, impute, screen, treat outliers."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.errors import UsageError
from xietong.framework.options import Choice
from xietong.framework.tables import Figures, Framework

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: An indicator has outliers when both are exceeded (the usual rule of composite indicators).
SKEWNESS_LIMIT = 2.0
KURTOSIS_LIMIT = 3.5
#: At most so many points of an indicator are winsorised before its logarithm is taken instead.
WINSORISED_AT_MOST = 5


@dataclass(frozen=True)
class Treatment:
    """A treated column: its figures and what was done, ``none``, ``winsorised`` or ``log``."""

    values: FloatArray
    kind: str
    points: int


def denominate(framework: Framework, figures: Figures) -> Figures:
    """Return the figures of indicators with a Denominator divided by it; a denominator of 0 gives a missing figure."""
    values = figures.values.copy()
    for position, item in enumerate(framework.indicators):
        if item.denominator:
            divisor = figures.denominators[item.denominator].fill_null(np.nan).to_numpy()
            values[:, position] = np.divide(
                values[:, position], divisor, out=np.full(len(values), np.nan), where=divisor != 0
            )
    return figures.with_values(values)


def impute(figures: Figures, how: Choice) -> Figures:
    """Return the figures with gaps filled per indicator from the other units, or from other times of the unit.

    Raises:
        UsageError: there is no such group column, or no Time.
    """
    if how.name == "none":
        return figures
    if how.name in ("latest", "linear", "linear-constant"):
        return figures.with_values(_impute_over_time(figures, how.name))
    statistic = np.median if how.name.endswith("median") else np.mean
    groups = [np.ones(len(figures.values), dtype=bool)]
    if how.name.startswith("group-"):
        if how.text not in figures.groups.columns:
            allowed = ", ".join(figures.groups.columns) or "none"
            raise UsageError(f"--impute {how.name}:{how.text}: the Group columns of the framework are: {allowed}")
        labels = figures.groups[how.text]
        groups = [(labels == label).fill_null(value=False).to_numpy() for label in labels.drop_nulls().unique()]
    values = figures.values.copy()
    for members in groups:
        for column in range(values.shape[1]):
            gaps = members & np.isnan(figures.values[:, column])
            known = members & ~np.isnan(figures.values[:, column])
            if gaps.any() and known.any():
                values[gaps, column] = statistic(figures.values[known, column])
    return figures.with_values(values)


def _impute_over_time(figures: Figures, how: str) -> FloatArray:
    """Return the figures with the gaps of each unit filled along Time.

    ``latest`` carries the newest earlier figure forward; ``linear`` interpolates and holds the ends;
    ``linear-constant`` also fills a unit with one figure only.
    """
    if "Time" not in figures.keys.columns or not figures.keys["Time"].dtype.is_numeric():
        raise UsageError(f"--impute {how}: iData needs a column Time with numbers")
    values = figures.values.copy()
    times = figures.keys["Time"].to_numpy().astype(float)
    for unit in figures.keys["uCode"].unique(maintain_order=True):
        rows = np.flatnonzero((figures.keys["uCode"] == unit).to_numpy())
        rows = rows[np.argsort(times[rows], kind="stable")]
        for column in range(values.shape[1]):
            series = figures.values[rows, column]
            known = ~np.isnan(series)
            if how == "latest":
                newest = np.maximum.accumulate(np.where(known, np.arange(len(rows)), -1))
                values[rows, column] = np.where(newest >= 0, series[np.maximum(newest, 0)], np.nan)
            elif known.sum() > (0 if how == "linear-constant" else 1):
                filled = np.interp(times[rows], times[rows][known], series[known])
                values[rows, column] = np.where(known, series, filled)
    return values


def screen(figures: Figures, availability: float) -> Figures:
    """Return the units of which at least this share of the indicators is observed."""
    observed = np.mean(~np.isnan(figures.values), axis=1)
    return figures.keep(np.asarray(observed >= availability - 1e-12, dtype=bool))


def imputation_flags(framework: Framework, before: Figures, after: Figures) -> pl.DataFrame:
    """Return one Boolean column ``CODE.imputed`` per indicator: the figure was not in the data."""
    filled = np.isnan(before.values) & ~np.isnan(after.values)
    return pl.DataFrame(
        {f"{item.code}.imputed": filled[:, position] for position, item in enumerate(framework.indicators)}
    )


def treat(values: FloatArray, at_most: int = WINSORISED_AT_MOST) -> list[Treatment]:
    """Return each column after the standard treatment of outliers.

    While skewness and kurtosis are both beyond their limits, the point farthest out on the side of
    the skew takes the value of the next; when ``at_most`` points do not cure it, the column becomes
    ln(x − min + (max − min) / 100) of what it was.
    """
    moments = skewness_kurtosis(values)
    flawed = _has_outliers(*moments)
    return [
        _treated(values[:, column], at_most) if flawed[column] else Treatment(values[:, column], "none", 0)
        for column in range(values.shape[1])
    ]


def _treated(column: FloatArray, at_most: int) -> Treatment:
    values = column.copy()
    high, low = 0, 0
    skewness, kurtosis = _column_moments(values)
    while _has_outliers(skewness, kurtosis) and high + low < at_most:
        extreme, reduce = (np.nanmax, np.nanmax) if skewness >= 0 else (np.nanmin, np.nanmin)
        # Every point that shares the extreme moves at once, those moved before among them.
        moved = values == extreme(values)
        values[moved] = reduce(values[~moved])
        count = int(moved.sum())
        high, low = (count, low) if skewness >= 0 else (high, count)
        skewness, kurtosis = _column_moments(values)
    if _has_outliers(skewness, kurtosis):
        span = np.nanmax(column) - np.nanmin(column)
        return Treatment(np.log(column - np.nanmin(column) + 0.01 * span), "log", 0)
    return Treatment(values, "winsorised", high + low)


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
