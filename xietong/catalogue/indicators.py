"""Indicators: what is measured, how it is made from other figures, and how it is scored."""

from typing import Annotated, Literal

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode, Weight
from xietong.catalogue.units import UnitKind
from xietong.periods import Frequency


class Bound(Definition):
    """One end of the goalposts and why it stands there."""

    value: float
    reason: Text


class Goalposts(Definition):
    """Fixed bounds of the score: ``worst`` scores 0, ``best`` scores 100."""

    worst: Bound
    best: Bound


class Range(Definition):
    """Values outside are refused as implausible; ``reason`` says why the ends stand where they do."""

    minimum: float
    maximum: float
    reason: Text | None = None


class Term(Definition):
    """One addend of a sum: figure × coefficient × factor ÷ divisor (factor and divisor by their codes)."""

    indicator: Code
    coefficient: float = 1.0
    factor: Code | None = None
    divisor: Code | None = None


class SumFormula(Definition):
    """Σ term; null when any term is missing.

    ``series`` picks the variant of factors that have several (grid electricity);
    ``constant_year`` keeps the factors of one year, so that a trend shows the district, not the grid.
    """

    kind: Literal["sum"]
    terms: tuple[Term, ...] = Field(min_length=1)
    series: Literal["provincial", "regional", "national"] = "provincial"
    constant_year: int | None = None


class RatioFormula(Definition):
    """scale × numerator / denominator, both over the indicator's window."""

    kind: Literal["ratio"]
    numerator: Code
    denominator: Code
    scale: float = 1.0


class DeclineFormula(Definition):
    """100 × (1 − value / value of the same window in the base year), in percent."""

    kind: Literal["decline"]
    of: Code
    base_year: int


class SystemFormula(Definition):
    """A figure that the system measures of itself."""

    kind: Literal["system"]
    measure: Literal["pass_rate", "timeliness"]


Formula = Annotated[SumFormula | RatioFormula | DeclineFormula | SystemFormula, Field(discriminator="kind")]


class StandardError(Definition):
    """The uncertainty of the figure itself, for the robustness analysis."""

    kind: Literal["relative", "absolute"]
    value: float = Field(ge=0)
    reason: Text


class Indicator(Definition):
    """One file ``indicators/<code>.yaml``.

    ``role`` reported: figures arrive from sources; derived: made by ``formula`` in SQL.
    An indicator with a ``node`` takes part in the index with ``weight`` inside that node;
    one without is a component of others or shown only.
    """

    code: Code
    name: Text
    definition: Text
    role: Literal["reported", "derived"]
    measure: NonEmpty
    direction: Literal["higher", "lower"] | None = None
    frequency: Frequency
    window: Literal["point", "trailing_12m", "ytd"]
    # How figures of several periods become one figure of the window.
    aggregation: Literal["mean", "sum", "last"] = "mean"
    # For how many months after its period a figure may serve.
    carry_months: int = Field(default=0, ge=0)
    plausible: Range | None = None
    # Of a total, the city has many times what one of its units has: then its figures have a range of their own.
    plausible_city: Range | None = None
    decimals: int = Field(default=2, ge=0, le=6)
    node: Code | None = None
    weight: Weight | None = None
    goalposts: Goalposts | None = None
    formula: Formula | None = None
    articles: tuple[int, ...] = ()
    source: Text | None = None
    applies_to: tuple[UnitCode, ...] | None = None
    # Asked of the units by form and therefore due from them; false: another publisher's figure.
    is_collected: bool = True
    standard_error: StandardError | None = None
    note: Text | None = None

    def plausible_of(self, kind: UnitKind | None) -> Range | None:
        """Return the range of the figures of a unit of this kind, per reporting period of the indicator."""
        return self.plausible_city if kind == "city" and self.plausible_city is not None else self.plausible
