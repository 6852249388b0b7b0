"""The published figures, and the SQL macros that have to reproduce them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from xietong.resources import resource_directory

#: Evaluates one SQL expression with parameters.
Sql = Callable[..., Any]


@pytest.fixture(scope="session")
def golden() -> dict[str, Any]:
    """Return the figures of ``golden.json`` by test."""
    return json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sql() -> Iterator[Sql]:
    """Return a function that evaluates an expression with the macros loaded."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for path in sorted((resource_directory("sql") / "macros").glob("*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))

        def evaluate(expression: str, *parameters: object) -> Any:
            row = connection.execute(f"select {expression}", parameters).fetchone()
            assert row is not None
            return row[0] if len(row) == 1 else row

        yield evaluate
