"""Runs one model file over inline rows: given tables in, the model's rows out."""

from collections.abc import Callable, Mapping
from typing import Any

import duckdb
import polars as pl
import pytest

from xietong.resources import resource_directory

Rows = list[dict[str, Any]]
RunModel = Callable[[str, Mapping[str, "pl.DataFrame | Rows"]], Rows]


@pytest.fixture
def run_model() -> RunModel:
    """Return a function that runs ``schema/name`` over the given tables and returns its rows as dictionaries."""

    def run(model: str, given: Mapping[str, pl.DataFrame | Rows]) -> Rows:
        sql = resource_directory("sql")
        with duckdb.connect(config={"threads": 1}) as connection:
            for path in sorted((sql / "macros").glob("*.sql")):
                connection.execute(path.read_text(encoding="utf-8"))
            for table, rows in given.items():
                frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, infer_schema_length=None)
                connection.execute(f"create schema if not exists {table.split('.')[0]}")
                connection.register("incoming", frame.to_arrow())
                connection.execute(f"create table {table} as select * from incoming")
            return connection.sql((sql / f"{model}.sql").read_text(encoding="utf-8")).pl().to_dicts()

    return run
