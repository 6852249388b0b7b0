"""What happens to figures before outliers are looked for: denominate, impute, screen."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.errors import UsageError
from xietong.framework.options import Choice
from xietong.framework.tables import Figures, Framework, time_groups

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


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
    """Return the figures with gaps filled, per indicator, from the other units or from other times of the unit.

    A mean or median is that of one Time and, if asked for, one group; units without a group keep their gaps.

    Raises:
        UsageError: there is no such group column, or no Time.
    """
    if how.name == "none":
        return figures
    if how.name in ("latest", "constant", "linear", "linear-constant"):
        return figures.with_values(_impute_over_time(figures, how.name))
    statistic = np.median if how.name.endswith("median") else _mean
    groups = _groups(figures, how) if how.name.startswith("group-") else [np.ones(len(figures.values), dtype=bool)]
    values = figures.values.copy()
    for members in (time & group for time in time_groups(figures.keys) for group in groups):
        for column in range(values.shape[1]):
            gaps = members & np.isnan(figures.values[:, column])
            known = members & ~np.isnan(figures.values[:, column])
            if gaps.any() and known.any():
                values[gaps, column] = statistic(figures.values[known, column])
    return figures.with_values(values)


def _mean(known: FloatArray) -> float:
    """Return the mean, exactly the figure itself where all are equal: a rounding beside it would be a spread."""
    first = known.mean()
    return float(first + (known - first).mean())


def _groups(figures: Figures, how: Choice) -> list[BoolArray]:
    if how.text not in figures.groups.columns:
        allowed = ", ".join(figures.groups.columns) or "none"
        raise UsageError(f"--impute {how.name}:{how.text}: iData has no such column; its other columns are: {allowed}")
    labels = figures.groups[how.text]
    return [(labels == label).fill_null(value=False).to_numpy() for label in labels.drop_nulls().unique()]


def _impute_over_time(figures: Figures, how: str) -> FloatArray:
    """Return the figures with the gaps of each unit filled along Time.

    ``latest`` carries the newest earlier figure forward; ``constant`` does so too and takes the first
    figure before it; ``linear`` interpolates and holds the ends; ``linear-constant`` also fills a unit
    with one figure only.
    """
    if "Time" not in figures.keys.columns or not figures.keys["Time"].dtype.is_numeric():
        raise UsageError(f"--impute {how}: iData needs a column Time with numbers")
    values = figures.values.copy()
    times = figures.keys["Time"].to_numpy().astype(float)
    for unit in figures.keys["uCode"].unique(maintain_order=True):
        rows = np.flatnonzero((figures.keys["uCode"] == unit).to_numpy())
        rows = rows[np.argsort(times[rows], kind="stable")]
        for column in range(values.shape[1]):
            values[rows, column] = _along(times[rows], figures.values[rows, column], how)
    return values


def _along(times: FloatArray, series: FloatArray, how: str) -> FloatArray:
    """Return one unit's figures in the order of time with the gaps filled."""
    known = ~np.isnan(series)
    if how in ("latest", "constant"):
        newest = np.maximum.accumulate(np.where(known, np.arange(len(series)), -1))
        earliest = int(known.argmax()) if how == "constant" else -1
        source = np.where(newest >= 0, newest, earliest)
        return np.where(source >= 0, series[source], np.nan)
    if known.sum() <= (0 if how == "linear-constant" else 1):
        return series
    return np.where(known, series, np.interp(times, times[known], series[known]))


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
