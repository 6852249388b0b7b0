"""Monte Carlo of the monthly run: 41 units × 40 indicators × 10,240 runs over eight factors (budget 3 s)."""

import resource
import time

import numpy as np

from xietong.catalogue import Node, Text
from xietong.catalogue.index import Synergy
from xietong.robustness import RobustnessInputs, factor_indices, intervals_of, simulate

UNITS, INDICATORS, RUNS = 41, 40, 10_240
MISSING_SHARE = 0.03
LEAVES = ("pollution", "carbon", "structure", "treatment", "capacity")


def nodes() -> tuple[Node, ...]:
    """Return an index of the shape of Chongqing's."""
    name = Text(zh="节点", en="node")
    rows: tuple[tuple[str, str, str | None, float, str], ...] = (
        ("index", "index", None, 100, "nodes"),
        ("effect", "pillar", "index", 50, "nodes"),
        ("pollution", "sub_index", "effect", 20, "indicators"),
        ("carbon", "sub_index", "effect", 20, "indicators"),
        ("coupling", "sub_index", "effect", 10, "synergy_degree"),
        ("path", "pillar", "index", 30, "nodes"),
        ("structure", "sub_index", "path", 18, "indicators"),
        ("treatment", "sub_index", "path", 12, "indicators"),
        ("management", "pillar", "index", 20, "nodes"),
        ("capacity", "sub_index", "management", 20, "indicators"),
    )
    return tuple(
        Node.model_validate(
            {"code": code, "name": name, "level": level, "parent": parent, "weight": weight, "takes": takes}
            | ({"aggregation": "geometric"} if parent is None else {})
        )
        for code, level, parent, weight, takes in rows
    )


def inputs(units: int = UNITS, indicators: int = INDICATORS) -> RobustnessInputs:
    """Return invented figures between goalposts 0 and 100, 3 % of them missing, each with an error of 5 %."""
    generator = np.random.default_rng(2025)
    figures = generator.uniform(0, 100, (units, indicators))
    figures[generator.uniform(size=figures.shape) < MISSING_SHARE] = np.nan
    leaf_of = tuple(LEAVES[position * len(LEAVES) // indicators] for position in range(indicators))
    return RobustnessInputs(
        units=tuple(f"unit_{position:04d}" for position in range(units)),
        indicators=tuple(f"indicator_{position:02d}" for position in range(indicators)),
        figures={"provincial": figures, "regional": figures * 0.9, "constant": figures * 0.95},
        applicable=np.ones(figures.shape, dtype=bool),
        worst=np.zeros(indicators),
        best=np.full(indicators, 100.0),
        weights=np.array([1 / leaf_of.count(leaf) for leaf in leaf_of]),
        relative_errors=np.full(indicators, 0.05),
        absolute_errors=np.zeros(indicators),
        leaf_of=leaf_of,
        nodes=nodes(),
        synergy=Synergy(pollution="pollution", carbon="carbon"),
        availability=2 / 3,
        geometric_floor=1.0,
    )


def main() -> None:
    """Print the time of the runs, the intervals and the Sobol indices, then of three and ten times the units."""
    for factor in (1, 3, 10):
        given = inputs(units=UNITS * factor)
        started = time.perf_counter()
        simulation = simulate(given, RUNS // factor, seed=2025)
        simulated = time.perf_counter()
        intervals_of(simulation)
        factor_indices(simulation, "index")
        finished = time.perf_counter()
        print(
            f"{UNITS * factor:5d} units × {INDICATORS} indicators × {RUNS // factor:6d} runs: "
            f"runs {simulated - started:5.2f} s, intervals and indices {finished - simulated:5.2f} s"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
