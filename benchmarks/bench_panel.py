"""A national panel through the project's own macros: 2,844 counties × 60 indicators × 120 months, scored and ranked.

The budget is 2 s and 2 GB on two threads. The same figures are scored in two layouts, as a panel (a
row a county and month, a column an indicator, as iData has it) and as observations (a row a figure, as
the warehouse keeps them), at a tenth, three tenths and the whole of the months. Ranks do not depend on
the order of rows: lists have an order, and sums of decimals need none.
"""

import resource
import subprocess
import sys
import time

import duckdb

from xietong.resources import resource_directory
from xietong.warehouse.models import macro_sources

UNITS, INDICATORS, NODES, THREADS = 2_844, 60, 6, 2
MONTHS = (12, 36, 120)
PER_NODE = INDICATORS // NODES
RANK = "rank() over (partition by month order by round(score, 6) desc) as rank"


def weight(indicator: int) -> int:
    """Return the weight of an indicator within its node."""
    return 1 + indicator % 5


def goalposts(indicator: int) -> tuple[int, int]:
    """Return the worst and the best figure; of every third indicator lower is better."""
    return (90, 5) if indicator % 3 == 0 else (5, 90)


def figure(indicator: str) -> str:
    """Return an invented figure of 0–100 as SQL, the same in every run; every fiftieth is missing."""
    hashed = f"hash(unit, month, {indicator})"
    return f"case when {hashed} % 50 > 0 then ({hashed} % 1000003) / 10000.0 end"


def top_score(nodes: list[str]) -> str:
    """Return the geometric mean of the nodes as SQL."""
    parts = ", ".join(f"{{weight: 1.0::double, score: {node}}}" for node in nodes)
    return f"weighted_geometric_mean([{parts}], 1) as score"


def panel(connection: duckdb.DuckDBPyConnection, months: int) -> str:
    """Make the figures a row a county and month, and return the query that scores and ranks them."""
    columns = ", ".join(f"{figure(str(indicator))} as i{indicator}" for indicator in range(INDICATORS))
    connection.execute(
        f"create table panel as select unit, month, {columns} from range({UNITS}) a(unit), range({months}) b(month)"  # noqa: S608 — our own names
    )
    nodes = []
    for node in range(NODES):
        parts = ", ".join(
            f"{{weight: {weight(indicator)}::double, score: goalpost_score(i{indicator}, {worst}, {best})}}"
            for indicator in range(node * PER_NODE, (node + 1) * PER_NODE)
            for worst, best in (goalposts(indicator),)
        )
        observed = f"list_filter([{parts}], lambda part: part.score is not null)"
        nodes.append(f"weighted_arithmetic_mean({observed}) as n{node}")
    names = [f"n{node}" for node in range(NODES)]
    return f"""
        with nodes as (select unit, month, {", ".join(nodes)} from panel),
        top as (select unit, month, {top_score(names)} from nodes)
        select unit, month, score, {RANK} from top"""  # noqa: S608


def observations(connection: duckdb.DuckDBPyConnection, months: int) -> str:
    """Make the figures a row each, and return the query that scores and ranks them."""
    connection.execute(
        f"""create table observations as select unit::smallint as unit, month::smallint as month,
        indicator::tinyint as indicator, {figure("indicator")} as value
        from range({UNITS}) a(unit), range({months}) b(month), range({INDICATORS}) c(indicator)"""  # noqa: S608
    )
    rows = ", ".join(
        f"({indicator}, {indicator // PER_NODE}, {weight(indicator)}, {worst}, {best})"
        for indicator in range(INDICATORS)
        for worst, best in (goalposts(indicator),)
    )
    connection.execute(
        f"""create table indicators as select indicator::tinyint as indicator, node::tinyint as node,
        weight::decimal(9, 6) as weight, worst::double as worst, best::double as best
        from (values {rows}) v(indicator, node, weight, worst, best)"""  # noqa: S608
    )
    nodes = ", ".join(
        f"(sum(part) filter (where node = {node}))::double / sum(weight) filter (where node = {node}) as n{node}"
        for node in range(NODES)
    )
    names = [f"n{node}" for node in range(NODES)]
    return f"""
        with scored as (
            select unit, month, node,
                (weight * goalpost_score(value, worst, best))::decimal(18, 9) as part,
                case when value is not null then weight end as weight
            from observations inner join indicators using (indicator)
        ),
        nodes as (select unit, month, {nodes} from scored group by unit, month),
        top as (select unit, month, {top_score(names)} from nodes)
        select unit, month, score, {RANK} from top"""  # noqa: S608


LAYOUTS = {"panel": panel, "observations": observations}


def measure(layout: str, months: int) -> None:
    """Print the time and the peak of memory of one layout and number of months."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {THREADS}")
        for sql in macro_sources(resource_directory("sql")).values():
            connection.execute(sql)
        query = LAYOUTS[layout](connection, months)
        started, computed = time.perf_counter(), time.process_time()
        connection.execute(f"create table ranked as {query}")
        elapsed, busy = time.perf_counter() - started, time.process_time() - computed
        (first,) = connection.execute("select count(*) from ranked where rank = 1").fetchall()[0]
    assert first >= months, "every month has a first"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = UNITS * INDICATORS * months
    print(
        f"{layout:<13} {months:>4} months {figures:>11,} figures: {elapsed:6.2f} s ({busy:5.2f} s of processor, "
        f"{elapsed / figures * 1e9:5.0f} ns a figure) {peak:6.0f} MB   budget 2 s, 2048 MB"
    )


def main() -> None:
    """Measure every size in a process of its own, so that the peak of one is not that of another."""
    for layout in LAYOUTS:
        for months in MONTHS:
            subprocess.run([sys.executable, "-m", "benchmarks.bench_panel", layout, str(months)], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        main()
