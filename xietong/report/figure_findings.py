"""What checks found about figures that another figure could have rested on, and does not."""

from collections.abc import Callable, Collection, Iterable

from xietong.catalogue import Catalogue, Indicator
from xietong.periods import month_number
from xietong.report.evaluation import Row
from xietong.report.provenance import reported_components, window_start


def findings_beside(
    catalogue: Catalogue,
    indicator: Indicator,
    period: str,
    value_period: str | None,
    rests_on: Collection[tuple[str, str]],
    of_indicator: Callable[[str | None], Iterable[Row]],
) -> tuple[Row, ...]:
    """Return what was found about a unit's figures that would have entered an indicator's figure in ``period``.

    They are of the indicator or of those it is computed from, lie from the start of the window to ``period``,
    and are not among those the figure rests on, which are named by indicator and period: refused, or missing.
    Where there is no figure (``value_period`` is None), the window is as much longer as a figure may be carried,
    and what could not be tied to an indicator or a period stands there too, unless it is information only: it
    may be the reason. ``of_indicator`` returns the findings of an indicator; of None those that name none.
    """
    end = month_number(period)
    last = end if value_period is None else month_number(value_period)
    found: list[Row] = []
    for code in dict.fromkeys((indicator.code, *reported_components(catalogue, indicator))):
        part = catalogue.indicators_by_code[code]
        first = window_start(part, last) - (part.carry_months if value_period is None else 0)
        for row in of_indicator(code):
            month = _month(row["period"])
            if month is None:
                if value_period is None and row["severity"] != "info":
                    found.append(row)
            elif first <= month <= end and (code, row["period"]) not in rests_on:
                found.append(row)
    if value_period is None:
        found += [row for row in of_indicator(None) if row["severity"] != "info"]
    return tuple(found)


def _month(period: str | None) -> int | None:
    """Return the number of a period's last month; None for one that a file gave and that is none."""
    try:
        return None if period is None else month_number(period)
    except ValueError:
        return None
