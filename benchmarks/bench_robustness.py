"""Monte Carlo of the monthly run: 41 units × 40 indicators × 10,240 runs over eight factors.

The budget of a run is 3 s for everything about uncertainty: seven periods, the changes since two
base periods, and what is made for the last one, in two processes.
"""

import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from flows.side_process import beside
from xietong.catalogue import Node, Text
from xietong.catalogue.index import Synergy
from xietong.robustness import MonteCarlo, RobustnessInputs, change_tables, last_period_tables, period_tables

UNITS, INDICATORS, RUNS = 41, 40, 10_240
GROUPS = 3
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
        peer_groups=tuple(f"group_{position % GROUPS}" for position in range(units)),
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


def monte_carlo(runs: int) -> MonteCarlo:
    """Return so many runs with bands of ten points."""
    edges = tuple(10.0 * level for level in range(10))
    return MonteCarlo(runs, 2025, {"synergy": tuple(edge / 100 for edge in edges), "index": edges})


def timed(task: Callable[[], object]) -> float:
    """Return how many seconds the task took."""
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def monthly_run(given: RobustnessInputs) -> None:
    """Compute what a monthly run has: six year-ends, the last period, and the changes since two others."""
    asked = monte_carlo(RUNS)
    bases = {"2024-12": (given, np.full(given.applicable.shape, 0.9)), "2025-11": (given, np.ones_like(given.weights))}
    tasks: list[Callable[[], object]] = [partial(period_tables, given, asked)] * 6
    tasks += [partial(last_period_tables, given, asked), partial(change_tables, given, bases, asked)]
    elsewhere = [beside(task) for task in tasks[::2]]
    for task in tasks[1::2]:
        task()
    for future in elsewhere:
        future.result()


def main() -> None:
    """Print the time of one period, of the last one and of the changes by size, then of a whole run."""
    for factor in (1, 3, 10):
        given, asked = inputs(units=UNITS * factor), monte_carlo(RUNS // factor)
        bases = {"2025-11": (given, np.full(given.applicable.shape, 0.9))}
        seconds = [
            timed(partial(period_tables, given, asked)),
            timed(partial(last_period_tables, given, asked)),
            timed(partial(change_tables, given, bases, asked)),
        ]
        print(
            f"{UNITS * factor:5d} units × {INDICATORS} indicators × {RUNS // factor:6d} runs: "
            f"a period {seconds[0]:5.2f} s, the last period {seconds[1]:5.2f} s, changes since one {seconds[2]:5.2f} s"
        )
    beside(len, "").result()
    given = inputs()
    monthly_run(given)
    print(f"everything of a monthly run, two processes: {timed(partial(monthly_run, given)):5.2f} s   budget 3 s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
