"""The structure of the composite index, the synergy degree and the labels of their bands."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from xietong.catalogue.decomposition import Decomposition
from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode, Weight


class Node(Definition):
    """A node of the index tree. ``takes`` synergy_degree: its score is 100·D instead of its indicators'."""

    code: Code
    name: Text
    level: Literal["index", "pillar", "sub_index"]
    parent: Code | None = None
    weight: Weight
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    takes: Literal["indicators", "nodes", "synergy_degree"]
    description: Text | None = None


class Fraction(Definition):
    """A share written as a fraction, so that 2 of 3 suffice exactly."""

    numerator: int = Field(ge=0)
    denominator: int = Field(ge=1)


class Synergy(Definition):
    """Which two nodes the synergy degree couples, and which quantities its change is measured on.

    The quantities are indicators without a score: pollution and carbon give the reduction
    rates of the quadrant and the cross-elasticity, economy the growth in Tapio's decoupling.
    """

    pollution: Code
    carbon: Code
    weight_pollution: Weight = 0.5
    weight_carbon: Weight = 0.5
    pollution_quantity: Code | None = None
    carbon_quantity: Code | None = None
    economy_quantity: Code | None = None


class ReportingLag(Definition):
    """How many months after the end of a period its figure is due, by frequency."""

    month: int = 0
    quarter: int = 1
    year: int = 3


class Band(Definition):
    """A band [lower, next lower) of a scheme; the last one includes its upper end."""

    level: int
    lower: float
    upper: float
    name: Text


class Label(Definition):
    """The words for a value that SQL returns as a code."""

    code: NonEmpty
    name: Text


class Series(Definition):
    """One other way to evaluate the edition, held against the published one; what is not named is as published.

    ``aggregation`` joins the nodes below the index; ``power`` is the exponent of the power mean and
    ``reference`` the unit that distance_to_reference measures from.
    """

    code: Code
    name: Text
    weights: Literal["policy", "equal", "entropy", "critic", "ahp", "game", "pca"] = "policy"
    normalisation: Literal[
        "goalposts",
        "minmax",
        "zscore",
        "rank",
        "borda",
        "percentile_rank",
        "fraction_of_maximum",
        "distance_to_maximum",
        "distance_to_reference",
        "distance_to_target",
    ] = "goalposts"
    reference: UnitCode | None = None
    aggregation: Literal["arithmetic", "geometric", "harmonic", "power", "copeland"] | None = None
    power: float | None = None
    imputation: Literal[
        "none", "mean", "median", "group_mean", "group_median", "latest", "linear", "linear_constant"
    ] = "none"
    treatment: Literal["none", "standard"] = "none"
    availability: Fraction | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> "Series":
        if (self.normalisation == "distance_to_reference") != (self.reference is not None):
            raise ValueError("reference names a unit under the normalisation distance_to_reference, and only there")
        if (self.aggregation == "power") != (self.power is not None):
            raise ValueError("power gives the exponent under the aggregation power, and only there")
        if self.treatment == "standard" and self.normalisation in ("goalposts", "distance_to_target"):
            # Its last resort is a logarithm, which lies on no scale of goalposts or targets.
            raise ValueError("the standard treatment of outliers goes with a normalisation on the sample's own scale")
        return self


class Robustness(Definition):
    """How many runs the Monte Carlo makes and from which seed, so that it can be replayed.

    ``systematic_share`` of the variance of a figure's error stays from one period to another.
    ``series`` are evaluated in every run beside the published method.
    """

    runs: int = Field(default=10240, ge=1)
    seed: int = 20230818
    systematic_share: float = Field(default=0.5, ge=0, le=1)
    series: tuple[Series, ...] = ()

    @field_validator("series")
    @classmethod
    def _codes_are_unique(cls, series: tuple[Series, ...]) -> tuple[Series, ...]:
        codes = [one.code for one in series]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"the code {twice[0]!r} stands twice")
        return series


class Index(Definition):
    """The file ``index.yaml``."""

    method_version: NonEmpty
    base_year: int
    # Share of the weight below a node that must be observed for it to be assessed.
    availability: Fraction
    # Share of the months of a window that a mean needs; a sum needs all of them.
    window_availability: Fraction = Fraction(numerator=3, denominator=4)
    reporting_lag: ReportingLag = ReportingLag()
    geometric_floor: float = Field(gt=0)
    rounding_digits: int = 6
    robustness: Robustness = Robustness()
    nodes: tuple[Node, ...]
    synergy: Synergy
    synergy_bands: tuple[Band, ...]
    index_bands: tuple[Band, ...]
    lag_types: tuple[Label, ...]
    quadrants: tuple[Label, ...]
    tapio_states: tuple[Label, ...] = ()
    decomposition: Decomposition = Decomposition()
