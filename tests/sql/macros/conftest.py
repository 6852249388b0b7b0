"""Opens DuckDB with the macros and evaluates an expression over inline rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb
import polars as pl
import pytest

from xietong.resources import resource_directory

#: Evaluates an expression over the columns ``a``, ``b``, ``c`` … of the given rows.
Evaluate = Callable[[str, Sequence[Sequence[Any]]], list[Any]]


@pytest.fixture(scope="session")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection into which every macro was loaded in alphabetical order."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for path in sorted((resource_directory("sql") / "macros").glob("*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))
        yield connection


@pytest.fixture(scope="session")
def evaluate(macros: duckdb.DuckDBPyConnection) -> Evaluate:
    """Return a function that evaluates an expression for each row; a value may be None or a list."""

    def evaluate_rows(expression: str, rows: Sequence[Sequence[Any]]) -> list[Any]:
        columns = {
            "abcdef"[position]: pl.Series(
                [row[position] for row in rows],
                dtype=pl.List(pl.Float64) if any(isinstance(row[position], list) for row in rows) else pl.Float64,
            )
            for position in range(len(rows[0]))
        }
        frame = pl.DataFrame(columns).with_row_index("row")
        macros.register("given", frame.to_arrow())
        try:
            return [value for (value,) in macros.execute(f"select {expression} from given order by row").fetchall()]
        finally:
            macros.unregister("given")

    return evaluate_rows
