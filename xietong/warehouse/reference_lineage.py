"""Which indicators each derived one is made of, and in which periods figures are traced and explained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from xietong.catalogue import Catalogue, DeclineFormula, Formula, RatioFormula, SumFormula
from xietong.periods import parse_period

_DECEMBER: Final = 12

DEPENDENCIES: Mapping[str, pl.DataType] = {
    "indicator_code": pl.String(),
    "component_code": pl.String(),
    "part": pl.String(),
    "base_year": pl.Int32(),
}


def dependencies(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row per derived indicator and indicator that its formula names.

    ``part`` current: as of the evaluated period; base: as of the end of ``base_year``. A decline
    rests on both.
    """
    rows = [
        (indicator.code, *component)
        for indicator in catalogue.indicators
        for component in sorted(set(_components(indicator.formula)), key=str)
    ]
    return pl.DataFrame(rows, schema=DEPENDENCIES, orient="row")


def _components(formula: Formula | None) -> Iterator[tuple[str, str, int | None]]:
    match formula:
        case SumFormula() as total:
            yield from ((term.indicator, "current", None) for term in total.terms)
        case RatioFormula() as ratio:
            yield from ((code, "current", None) for code in (ratio.numerator, ratio.denominator))
        case DeclineFormula() as decline:
            yield from ((decline.of, "current", None), (decline.of, "base", decline.base_year))


def lineage_scope(period: str) -> pl.DataFrame:
    """Return the one period for which lineage is laid out whole."""
    return pl.DataFrame({"period": [period]})


def explained_periods(periods: Sequence[str]) -> pl.DataFrame:
    """Return the periods whose scores are taken apart (contributions, obstacles, changes): year-ends and the last.

    All periods would make the explanations many times as long as the scores that they explain.
    """
    chosen = [period for period in periods if period == periods[-1] or parse_period(period)[2] == _DECEMBER]
    return pl.DataFrame({"period": chosen}, schema={"period": pl.String()})
