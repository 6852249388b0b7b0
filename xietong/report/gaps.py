"""Why a figure is not there: missing is not zero, and never without a reason."""

from typing import Literal

from xietong.catalogue import Indicator, SystemFormula
from xietong.periods import month_number

#: The keys of the sentences below ``provenance.gap`` in ``site/text``, and the reasons of the data interface.
Gap = Literal[
    "not_applicable",
    "not_received",
    "refused",
    "out_of_date",
    "window_incomplete",
    "inputs_missing",
    "not_computable",
    "not_measured",
]


def gap_of(
    indicator: Indicator, period: str, state: str, newest: str | None, *, lacks_inputs: bool, was_refused: bool
) -> Gap | None:
    """Return why an indicator has no figure in ``period``, or None where it has one.

    ``state`` is the one of ``marts.indicator_scores``; ``newest`` the period of the newest figure ever received,
    which a derived indicator has when one was published for it; ``lacks_inputs`` tells that figures of its formula
    are missing too, ``was_refused`` that a figure of it failed a critical check.
    """
    if state == "observed":
        return None
    if state == "not_applicable":
        return "not_applicable"
    if isinstance(indicator.formula, SystemFormula):
        return "not_measured"
    if newest is not None:
        is_old = month_number(newest) + indicator.carry_months < month_number(period)
        return "out_of_date" if is_old else "window_incomplete"
    if indicator.formula is not None:
        return "inputs_missing" if lacks_inputs else "not_computable"
    return "refused" if was_refused else "not_received"
