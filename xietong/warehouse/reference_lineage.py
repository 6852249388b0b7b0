"""Which received indicators each derived one rests on, and in which periods figures are traced and explained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from xietong.catalogue import Catalogue, DeclineFormula, RatioFormula, SumFormula
from xietong.periods import parse_period

_DECEMBER: Final = 12

DEPENDENCIES: Mapping[str, pl.DataType] = {
    "indicator_code": pl.String(),
    "component_code": pl.String(),
    "part": pl.String(),
    "base_year": pl.Int32(),
}


def dependencies(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row per derived indicator and received indicator that its formula reaches.

    ``part`` current: as of the evaluated period; base: as of the end of ``base_year``. A decline
    rests on both.
    """
    rows = {
        (indicator.code, *component)
        for indicator in catalogue.indicators
        if indicator.formula is not None
        for component in _components(catalogue, indicator.code, "current", None)
    }
    return pl.DataFrame(sorted(rows, key=str), schema=DEPENDENCIES, orient="row")


def _components(
    catalogue: Catalogue, code: str, part: str, base_year: int | None
) -> Iterator[tuple[str, str, int | None]]:
    indicator = catalogue.indicators_by_code[code]
    match indicator.formula:
        case SumFormula() as total:
            for term in total.terms:
                yield from _components(catalogue, term.indicator, part, base_year)
        case RatioFormula() as ratio:
            yield from _components(catalogue, ratio.numerator, part, base_year)
            yield from _components(catalogue, ratio.denominator, part, base_year)
        case DeclineFormula() as decline:
            yield from _components(catalogue, decline.of, part, base_year)
            yield from _components(catalogue, decline.of, "base", decline.base_year)
        case None:
            yield code, part, base_year


def lineage_scope(period: str) -> pl.DataFrame:
    """Return the one period for which lineage is laid out whole."""
    return pl.DataFrame({"period": [period]})


def explained_periods(periods: Sequence[str]) -> pl.DataFrame:
    """Return the periods whose scores are taken apart (contributions, obstacles, changes): year-ends and the last.

    All periods would make the explanations many times as long as the scores that they explain.
    """
    chosen = [period for period in periods if period == periods[-1] or parse_period(period)[2] == _DECEMBER]
    return pl.DataFrame({"period": chosen}, schema={"period": pl.String()})
