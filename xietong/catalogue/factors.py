"""Factors that all editions share: measures, fuels, standard coal, grid electricity, pollution equivalents."""

from typing import Literal

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, Text


class Measure(Definition):
    """A unit of measurement; ``scale`` turns one of it into the reference measure of its dimension."""

    code: NonEmpty
    name: Text
    dimension: Code
    scale: float = Field(gt=0)
    aliases: tuple[NonEmpty, ...] = ()


class Measures(Definition):
    """The file ``factors/measures.yaml``."""

    measures: tuple[Measure, ...]


class Factor(Definition):
    """A factor with the year it is for and the document it comes from.

    ``series`` tells variants of one factor apart (grid electricity: provincial, regional, national).
    ``is_verified`` false: taken from memory or from a secondary source; the site says so.
    """

    code: Code
    name: Text
    value: float
    measure: NonEmpty
    year: int | None = None
    series: Literal["provincial", "regional", "national"] | None = None
    source: Text
    is_verified: bool = True
    # What the value was computed from, for readers (net calorific value, carbon content, oxidised fraction).
    inputs: dict[str, float] = Field(default_factory=dict)
    note: Text | None = None


class Factors(Definition):
    """One of the other files in ``factors/``."""

    factors: tuple[Factor, ...]
