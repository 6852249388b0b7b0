"""What the Monte Carlo starts from: the figures of one period as an array, with the catalogue beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.catalogue import Catalogue, Indicator, Node
from xietong.catalogue.index import Synergy
from xietong.robustness.grid_factors import alternative_figures

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class RobustnessInputs:
    """The figures of the ranked units in one period (units × scored indicators) and how they are scored.

    ``figures`` holds, per series of the grid's emission factor, the figures in their own measures;
    the catalogue's own is ``provincial``. NaN is missing where ``applicable``. Standard errors are
    shares of the figure (``relative_errors``) or in its measure (``absolute_errors``).
    """

    units: tuple[str, ...]
    peer_groups: tuple[str | None, ...]
    indicators: tuple[str, ...]
    figures: Mapping[str, FloatArray]
    applicable: BoolArray
    worst: FloatArray
    best: FloatArray
    weights: FloatArray
    relative_errors: FloatArray
    absolute_errors: FloatArray
    leaf_of: tuple[str, ...]
    nodes: tuple[Node, ...]
    synergy: Synergy
    availability: float
    geometric_floor: float

    @classmethod
    def from_marts(cls, catalogue: Catalogue, indicator_scores: pl.DataFrame, period: str) -> "RobustnessInputs":
        """Return the inputs of one period from ``marts.indicator_scores``, for the units that are ranked.

        Rows of the base year are read as well where they exist: a decline depends on the grid
        factor of both ends.
        """
        scored = sorted((i for i in catalogue.indicators if i.node is not None and i.goalposts is not None), key=_code)
        units = sorted(unit.code for unit in catalogue.units.units if unit.is_ranked)
        codes = [indicator.code for indicator in scored]
        now = indicator_scores.filter(pl.col("period") == period)
        states = matrix(now, "state", units, codes)
        observed = states == "observed"
        figures = np.where(observed, matrix(now, "value", units, codes).astype(float), np.nan)
        return cls(
            units=tuple(units),
            peer_groups=tuple(catalogue.units_by_code[unit].peer_group for unit in units),
            indicators=tuple(codes),
            figures=alternative_figures(catalogue, indicator_scores, period, units, codes, figures),
            applicable=np.asarray((states == "observed") | (states == "missing"), dtype=bool),
            worst=np.array([_goalposts(indicator)[0] for indicator in scored]),
            best=np.array([_goalposts(indicator)[1] for indicator in scored]),
            weights=np.array([indicator.weight or 0.0 for indicator in scored]),
            relative_errors=np.array([_error(indicator, "relative") for indicator in scored]),
            absolute_errors=np.array([_error(indicator, "absolute") for indicator in scored]),
            leaf_of=tuple(indicator.node or "" for indicator in scored),
            nodes=catalogue.index.nodes,
            synergy=catalogue.index.synergy,
            availability=catalogue.index.availability.numerator / catalogue.index.availability.denominator,
            geometric_floor=catalogue.index.geometric_floor,
        )

    @property
    def uncertain(self) -> BoolArray:
        """Return which indicators have a standard error."""
        return np.asarray((self.relative_errors > 0) | (self.absolute_errors > 0), dtype=bool)

    @property
    def index(self) -> Node:
        """Return the node at the top."""
        return next(node for node in self.nodes if node.parent is None)

    def columns(self, leaf: str) -> list[int]:
        """Return the positions of a node's indicators."""
        return [position for position, code in enumerate(self.leaf_of) if code == leaf]

    def children(self, parent: str) -> list[Node]:
        """Return the nodes directly below a node."""
        return [node for node in self.nodes if node.parent == parent]


def _code(indicator: Indicator) -> str:
    return indicator.code


def _goalposts(indicator: Indicator) -> tuple[float, float]:
    if indicator.goalposts is None:
        raise ValueError(f"{indicator.code} has no goalposts")
    return indicator.goalposts.worst.value, indicator.goalposts.best.value


def _error(indicator: Indicator, kind: str) -> float:
    error = indicator.standard_error
    if error is None or error.kind != kind:
        return 0.0
    return error.value


def matrix(frame: pl.DataFrame, column: str, units: list[str], codes: list[str]) -> NDArray[np.object_]:
    """Return a column of a long frame as units × indicators; None where a row is missing."""
    wide = np.full((len(units), len(codes)), None, dtype=object)
    rows = {unit: position for position, unit in enumerate(units)}
    places = {code: position for position, code in enumerate(codes)}
    known = frame.filter(pl.col("unit_code").is_in(units) & pl.col("indicator_code").is_in(codes))
    for unit, code, value in known.select("unit_code", "indicator_code", column).iter_rows():
        wide[rows[unit], places[code]] = value
    return wide
