"""The method of a release as arrays: weights, goalposts, the tree of nodes, and the rules of scoring."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Goalposts are fixed; the others lie on the sample, so that a unit's score moves with its peers.
Normalisation = Literal["goalposts", "minmax", "zscore"]
#: The words for what a method is made of, and the fields that belong to each.
_ASPECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "goalposts": ("goalposts",),
    "weights": ("weights", "node_weights", "synergy_weights"),
    "structure": ("node_of", "parents", "takes", "synergy_nodes"),
    "rules": ("aggregations", "availability", "floor", "normalisation"),
}


@dataclass(frozen=True)
class Method:
    """How figures become scores.

    Mappings of indicators are by indicator code, of nodes by node code; a node comes after the one
    above it in ``parents``. ``goalposts``: (worst, best). ``takes``: indicators, nodes or
    synergy_degree. ``synergy_nodes`` and ``synergy_weights``: pollution, carbon.
    """

    node_of: Mapping[str, str]
    weights: Mapping[str, float]
    goalposts: Mapping[str, tuple[float, float]]
    parents: Mapping[str, str | None]
    node_weights: Mapping[str, float]
    aggregations: Mapping[str, str]
    takes: Mapping[str, str]
    synergy_nodes: tuple[str, str]
    synergy_weights: tuple[float, float]
    availability: float
    floor: float
    normalisation: Normalisation = "goalposts"

    @classmethod
    def from_reference(cls, reference: Mapping[str, pl.DataFrame]) -> "Method":
        """Return the method kept in the tables indicators, nodes and parameters of a release's schema reference."""
        scored = reference["indicators"].filter(pl.col("node_code").is_not_null()).to_dicts()
        nodes = _from_the_top(reference["nodes"].to_dicts())
        parameters: dict[str, Any] = reference["parameters"].row(0, named=True)
        return cls(
            node_of={row["indicator_code"]: row["node_code"] for row in scored},
            weights={row["indicator_code"]: row["weight"] for row in scored},
            goalposts={row["indicator_code"]: (row["worst"], row["best"]) for row in scored},
            parents={row["node_code"]: row["parent_code"] for row in nodes},
            node_weights={row["node_code"]: row["weight"] for row in nodes},
            aggregations={row["node_code"]: row["aggregation"] for row in nodes},
            takes={row["node_code"]: row["takes"] for row in nodes},
            synergy_nodes=(parameters["pollution_node"], parameters["carbon_node"]),
            synergy_weights=(parameters["weight_pollution"], parameters["weight_carbon"]),
            availability=parameters["availability"],
            floor=parameters["geometric_floor"],
        )

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the codes of the scored indicators, sorted."""
        return tuple(sorted(self.node_of))

    def children(self, node: str) -> tuple[str, ...]:
        """Return the nodes directly below ``node``."""
        return tuple(code for code, parent in self.parents.items() if parent == node)


def _from_the_top(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ordered: list[dict[str, Any]] = []
    level: set[str | None] = {None}
    while found := sorted((row for row in nodes if row["parent_code"] in level), key=lambda row: str(row["node_code"])):
        ordered.extend(found)
        level = {row["node_code"] for row in found}
    return ordered


def method_differences(before: Method, after: Method) -> tuple[str, ...]:
    """Return which of goalposts, weights, structure and rules differ, in this order."""
    differing = {field.name for field in fields(Method) if getattr(before, field.name) != getattr(after, field.name)}
    return tuple(aspect for aspect, names in _ASPECTS.items() if differing & set(names))
