"""Figures under another emission factor of the grid: what provincial, regional and constant factors make of them.

The catalogue has one CO2 sum per series (the same terms, another factor). An indicator that is a
ratio with such a sum on top, or the decline of one, changes in proportion to it, so its figure under
another series follows without computing the chain again.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.catalogue import Catalogue, DeclineFormula, Indicator, RatioFormula, SumFormula
from xietong.robustness.factors import FACTORS

FloatArray = NDArray[np.float64]

#: The series a run may take; the first is the catalogue's own.
GRID_SERIES: Final = FACTORS["grid_factor"]


def alternative_figures(
    catalogue: Catalogue,
    indicator_scores: pl.DataFrame,
    period: str,
    units: list[str],
    codes: list[str],
    figures: FloatArray,
) -> Mapping[str, FloatArray]:
    """Return the figures (units × indicators) by series; where a sum of another series is missing, the own figure."""
    totals = _Totals(indicator_scores, units)
    alternatives = {GRID_SERIES[0]: figures}
    for series in GRID_SERIES[1:]:
        changed = figures.copy()
        for position, code in enumerate(codes):
            changed[:, position] = _under(catalogue, totals, period, series, code, figures[:, position])
        alternatives[series] = changed
    return alternatives


class _Totals:
    """Figures of single indicators by period, as arrays over the units."""

    def __init__(self, indicator_scores: pl.DataFrame, units: list[str]) -> None:
        self._frame = indicator_scores.filter(pl.col("state") == "observed")
        self._units = units

    def of(self, code: str, period: str) -> FloatArray:
        """Return the figures of an indicator in a period; NaN where there is none."""
        rows = self._frame.filter((pl.col("indicator_code") == code) & (pl.col("period") == period))
        values = dict(rows.select("unit_code", "value").iter_rows())
        return np.array([values.get(unit, np.nan) for unit in self._units], dtype=float)


def _under(
    catalogue: Catalogue, totals: _Totals, period: str, series: str, code: str, figures: FloatArray
) -> FloatArray:
    """Return one indicator's figures under another series."""
    formula = catalogue.indicators_by_code[code].formula
    total = _total_below(catalogue, code)
    other = _sibling(catalogue, total, series) if total else None
    if total is None or other is None:
        return figures
    now = totals.of(other.code, period) / totals.of(total.code, period)
    if isinstance(formula, DeclineFormula):
        base = _base_period(period, formula.base_year)
        then = totals.of(other.code, base) / totals.of(total.code, base)
        changed = 100.0 * (1.0 - (1.0 - figures / 100.0) * now / then)
    else:
        changed = figures * now
    return np.asarray(np.where(np.isfinite(changed), changed, figures), dtype=float)


def _base_period(period: str, year: int) -> str:
    """Return the last period of a year in the notation of ``period``."""
    if "-Q" in period:
        return f"{year}-Q4"
    return f"{year}-12" if "-" in period else f"{year}"


def _total_below(catalogue: Catalogue, code: str) -> Indicator | None:
    """Return the CO2 sum (at the provincial factor of its year) that an indicator is in proportion to, if any."""
    indicator = catalogue.indicators_by_code[code]
    match indicator.formula:
        case SumFormula() as total if total.series == GRID_SERIES[0] and total.constant_year is None:
            return indicator
        case RatioFormula() as ratio:
            return _total_below(catalogue, ratio.numerator)
        case DeclineFormula() as decline:
            return _total_below(catalogue, decline.of)
    return None


def _sibling(catalogue: Catalogue, total: Indicator, series: str) -> Indicator | None:
    """Return the sum of the same terms under another series, if the catalogue has one."""
    if not isinstance(total.formula, SumFormula):
        return None
    for indicator in sorted(catalogue.indicators, key=lambda candidate: candidate.code):
        formula = indicator.formula
        if not isinstance(formula, SumFormula) or indicator.code == total.code or formula.terms != total.formula.terms:
            continue
        if ("constant" if formula.constant_year is not None else formula.series) == series:
            return indicator
    return None
