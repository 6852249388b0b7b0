"""Some of the models over given tables, in a database in memory that is used again from one set of tables to the next."""

from collections.abc import Collection, Mapping

import duckdb
import polars as pl

from xietong.resources import resource_directory
from xietong.warehouse.models import macro_sources, ordered_models, read_models


class ChosenModels:
    """The models of the given names, built in their order whenever :meth:`build` is called."""

    def __init__(self, names: Collection[str], threads: int = 1) -> None:
        """Load the macros; every name must be that of a model."""
        sql = resource_directory("sql")
        self._connection = duckdb.connect(config={"threads": threads})
        for text in macro_sources(sql).values():
            self._connection.execute(text)
        for schema in ("reference", "staging", "intermediate", "marts"):
            self._connection.execute(f"create schema {schema}")
        self._models = ordered_models([model for model in read_models(sql) if model.name in names])
        assert {model.name for model in self._models} == set(names)

    def build(self, given: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Return the rows of every model by its bare name; ``given`` are tables by ``schema.name``."""
        for table, frame in given.items():
            self._connection.register("incoming", frame.to_arrow())
            self._connection.execute(f"create or replace table {table} as select * from incoming")
        for model in self._models:
            self._connection.execute(f"create or replace table {model.table} as {model.sql}")
        return {model.name: self._connection.table(model.table).pl() for model in self._models}
