"""Cross-checks as data: which figures are compared with which, and how far apart they may be.

The rules themselves (what they ask, how grave they are) are part of the gates; here stand only
thresholds, tolerances and the indicators concerned. All parts are optional: what is not listed
is not compared. Shares are fractions: 0.05 is 5 %.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, Text

Share = Field(ge=0)


class ChangeLimits(Definition):
    """How far a figure may move from the same period of the year before.

    Above ``review`` an unusual change is flagged, above ``block`` every change is. ``refuses``: a figure
    that also more than doubles against all its other years is refused; only where nothing real can do that.
    """

    indicators: tuple[Code, ...] = ()
    review: float = Field(default=0.3, gt=0)
    block: float = Field(default=1.0, gt=0)
    refuses: bool = False


class Changes(Definition):
    """Sudden changes (X3): fixed thresholds, and beside them the robust score of the change.

    The score is the modified z of Iglewicz and Hoaglin, 0.6745 × (x − median) / MAD, of the logarithmic
    change among the unit's own changes and among those of all units in the period; it needs
    ``least_changes`` of them.
    """

    default: ChangeLimits = ChangeLimits()
    limits: tuple[ChangeLimits, ...] = ()
    score: float = Field(default=3.5, gt=0)
    least_changes: int = Field(default=5, ge=3)
    ignored: tuple[Code, ...] = ()


class Order(Definition):
    """``lesser`` never exceeds ``greater`` by more than a share of it; figures of one unit, period and source."""

    rule: Literal["pm25_above_pm10", "good_days_above_monitored", "part_above_whole"]
    lesser: Code
    greater: Code
    tolerance: float = Field(default=0.0, ge=0)


class Part(Definition):
    """One addend: figure × factor of the catalogue (by its code) × scale between their measures."""

    indicator: Code
    factor: Code | None = None
    scale: float = 1.0


class Total(Definition):
    """The sum of the parts equals ``whole`` up to a share ``tolerance`` of it."""

    whole: Code
    parts: tuple[Part, ...] = Field(min_length=1)
    tolerance: float = Share


class Areas(Definition):
    """Flows of which the districts' sum is compared with what the city reports (X4)."""

    indicators: tuple[Code, ...] = Field(min_length=1)
    tolerance: float = Share


class Ratio(Definition):
    """A ratio that is itself reported, against its formula (X13).

    ``mean_denominator``: the mean of this and last year's denominator is right as well.
    """

    indicator: Code
    tolerance: float = Share
    mean_denominator: bool = False


class Declines(Definition):
    """Declines that are themselves reported, against the figures they are of; tolerance in percentage points (X13)."""

    indicators: tuple[Code, ...] = Field(min_length=1)
    tolerance: float = Field(ge=0)


class Exceedance(Definition):
    """By how many percent a concentration is said to exceed its limit, against C / S − 1 (X14); points."""

    indicator: Code
    of: Code
    limit: Code
    tolerance: float = Field(ge=0)


class CarbonPerEnergy(Definition):
    """CO2 of the fuels over the energy consumed, t per tce (X6).

    Even coke gives no more than ``maximum``; with the electricity bought it is no less than ``minimum``.
    """

    energy: Code
    fuels: tuple[Part, ...] = Field(min_length=1)
    electricity: tuple[Part, ...] = ()
    minimum: float
    maximum: float


class SulphurBalance(Definition):
    """SO2 against the sulphur of the coal burnt (X7): coal × S × released × 2, less what is removed."""

    coal: Part
    emission: Part
    sulphur_lowest: float
    sulphur_highest: float
    released: float
    removal_highest: float


class Repeats(Definition):
    """Figures that vary from period to period when they are measured (X16); ``least_periods`` in a year."""

    indicators: tuple[Code, ...] = Field(min_length=1)
    least_periods: dict[Literal["month", "quarter"], int]


class RunningTotals(Definition):
    """Amounts of a period that look like those since the beginning of the year (X3).

    From the first period of a year on, at least ``least_periods`` of them: each divided by its number is within a
    share ``tolerance`` of the mean of these quotients, as only running totals are. What has such seasons is ignored.
    """

    least_periods: dict[Literal["month", "quarter"], int]
    tolerance: float = Share
    ignored: tuple[Code, ...] = ()


class Companion(Definition):
    """Emissions that move with electricity: both by more than ``threshold``, never in opposite directions (X17)."""

    electricity: Code
    emissions: tuple[Code, ...] = Field(min_length=1)
    threshold: float = Field(gt=0)


class Vintages(Definition):
    """How far two vintages of a figure may be apart: of one source, and of two sources."""

    within_source: float = Field(gt=0)
    between_sources: float = Field(gt=0)


class NotEvaluated(Definition):
    """A cross-check of the method that this catalogue's indicators do not allow, and why."""

    check: NonEmpty
    name: Text
    reason: Text


class CrossChecks(Definition):
    """The file ``cross_checks.yaml``; a catalogue may do without."""

    changes: Changes | None = None
    orders: tuple[Order, ...] = ()
    totals: tuple[Total, ...] = ()
    areas: Areas | None = None
    ratios: tuple[Ratio, ...] = ()
    declines: Declines | None = None
    exceedances: tuple[Exceedance, ...] = ()
    carbon_per_energy: CarbonPerEnergy | None = None
    sulphur_balance: SulphurBalance | None = None
    repeats: Repeats | None = None
    running_totals: RunningTotals | None = None
    companions: tuple[Companion, ...] = ()
    vintages: Vintages | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()

    @property
    def indicators(self) -> set[str]:
        """Return the codes of all indicators that it names."""
        return set(
            _named(self, {"indicator", "indicators", "ignored", "emissions", "whole", "lesser", "greater", "of"})
        )

    @property
    def factors(self) -> set[str]:
        """Return the codes of all factors that it names."""
        return set(_named(self, {"factor", "limit"}))


def _named(definition: Definition, keys: set[str]) -> Iterator[str]:
    """Yield the texts that stand under the keys, wherever they are."""
    for name, value in definition:
        for entry in value if isinstance(value, tuple) else (value,):
            if isinstance(entry, Definition):
                yield from _named(entry, keys)
            elif isinstance(entry, str) and (name in keys or (name in _ALSO_INDICATORS and "indicator" in keys)):
                yield entry


#: Fields that hold the code of an indicator though their name says what it is for.
_ALSO_INDICATORS = frozenset({"energy", "electricity"})
