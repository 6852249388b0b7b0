"""How the figures of an indicator spread over the ranked units, period by period."""

from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Indicator
from xietong.report import wording
from xietong.report.spines import quantile
from xietong.report.view import View

#: Fewer units have no distribution to speak of.
FEWEST_UNITS: Final = 5
_SHARES: Final = (0, 0.25, 0.5, 0.75, 1)

#: The lowest figure, the quartiles, and the highest.
Quantiles = tuple[float, ...]


@dataclass(frozen=True)
class SpreadRow:
    """One period as written: how many units have a figure, and their quantiles from the lowest to the highest."""

    period: str
    units: int
    quantiles: tuple[str, ...]


@dataclass(frozen=True)
class Distribution:
    """The spread over all periods to draw, and in numbers that of the same period of every year, newest first."""

    first_period: str
    last_period: str
    quantiles: tuple[Quantiles | None, ...]
    rows: tuple[SpreadRow, ...]
    median: str


def distribution(view: View, indicator: Indicator) -> Distribution | None:
    """Return the distribution of an indicator, or None when fewer than two periods have enough figures."""
    periods = view.evaluation.periods
    series = view.evaluation.value_series
    columns = [series[key] for unit in view.ranked_units if (key := f"{unit.code}/{indicator.code}") in series]
    known = [sorted(value for value in values if value is not None) for values in zip(*columns, strict=True)]
    spreads = [_quantiles(values) for values in known]
    if sum(spread is not None for spread in spreads) < 2:  # noqa: PLR2004 — one point is no line
        return None
    same = [place for place, code in enumerate(periods) if code[4:] == periods[-1][4:]]
    written = [
        SpreadRow(view.period(periods[place]), len(known[place]), _written(spread, indicator))
        for place in reversed(same)
        if (spread := spreads[place]) is not None
    ]
    first = next(place for place, spread in enumerate(spreads) if spread is not None)
    last = max(place for place, spread in enumerate(spreads) if spread is not None)
    shown = tuple(spreads[first : last + 1])
    return Distribution(
        first_period=view.period(periods[first]),
        last_period=view.period(periods[last]),
        quantiles=shown,
        rows=tuple(written),
        median=_written(shown[-1] or (), indicator)[2],
    )


def _quantiles(values: list[float]) -> Quantiles | None:
    return tuple(quantile(values, share) for share in _SHARES) if len(values) >= FEWEST_UNITS else None


def _written(spread: Quantiles, indicator: Indicator) -> tuple[str, ...]:
    return tuple(wording.number(value, indicator.decimals) for value in spread)
