"""A small framework with one node of each kind, and a large one for speed."""

from collections.abc import Callable

import numpy as np
import pytest

from xietong.catalogue import Node, Text
from xietong.catalogue.index import Synergy
from xietong.robustness import RobustnessInputs

NAME = Text(zh="节点", en="node")


def node(code: str, level: str, parent: str | None, weight: float, takes: str, aggregation: str = "arithmetic") -> Node:
    """Return a node of an index."""
    return Node(code=code, name=NAME, level=level, parent=parent, weight=weight, takes=takes, aggregation=aggregation)


NODES = (
    node("index", "index", None, 100, "nodes", "geometric"),
    node("effect", "pillar", "index", 50, "nodes"),
    node("pollution", "sub_index", "effect", 20, "indicators"),
    node("carbon", "sub_index", "effect", 20, "indicators"),
    node("coupling", "sub_index", "effect", 10, "synergy_degree"),
    node("path", "pillar", "index", 30, "nodes"),
    node("structure", "sub_index", "path", 18, "indicators"),
    node("treatment", "sub_index", "path", 12, "indicators"),
    node("management", "pillar", "index", 20, "nodes"),
    node("capacity", "sub_index", "management", 20, "indicators"),
)
LEAVES = ("pollution", "carbon", "structure", "treatment", "capacity")


@pytest.fixture(scope="session")
def make_inputs() -> Callable[..., RobustnessInputs]:
    """Return a function that makes inputs from figures between goalposts 0 and 100, spread over five nodes."""

    def make(
        figures: np.ndarray,
        *,
        relative: float = 0.0,
        applicable: np.ndarray | None = None,
        peer_groups: tuple[str | None, ...] | None = None,
    ) -> RobustnessInputs:
        units, indicators = figures.shape
        leaf_of = tuple(LEAVES[position * len(LEAVES) // indicators] for position in range(indicators))
        counts = {leaf: leaf_of.count(leaf) for leaf in LEAVES}
        return RobustnessInputs(
            units=tuple(f"{500101 + unit}" for unit in range(units)),
            peer_groups=(None,) * units if peer_groups is None else peer_groups,
            indicators=tuple(f"indicator_{position:02d}" for position in range(indicators)),
            figures={"provincial": figures, "regional": figures, "constant": figures},
            applicable=np.ones(figures.shape, dtype=bool) if applicable is None else applicable,
            worst=np.zeros(indicators),
            best=np.full(indicators, 100.0),
            weights=np.array([1 / counts[leaf] for leaf in leaf_of]),
            relative_errors=np.full(indicators, relative),
            absolute_errors=np.zeros(indicators),
            leaf_of=leaf_of,
            nodes=NODES,
            synergy=Synergy(pollution="pollution", carbon="carbon"),
            availability=2 / 3,
            geometric_floor=1.0,
        )

    return make
