"""One database of one run: load, compute, hand out."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl
import polars.selectors as cs

from xietong.warehouse.models import LAYERS, Model, build_models, macro_sources, read_models
from xietong.warehouse.reference import ENUMERATIONS


class Warehouse:
    """A DuckDB database with the schemas landing, reference, staging, intermediate and marts.

    Use as a context manager: it computes in memory and writes the file, if it has a path, when it is
    left without an error. The number of threads changes nothing but the time: every sum of doubles in the models
    names its order, and the marts are sorted.
    """

    def __init__(self, path: Path | None, sql_directory: Path, threads: int = 2) -> None:
        self.path = path
        self.sql_directory = sql_directory
        self.threads = threads
        self._connection = duckdb.connect()

    def __enter__(self) -> Self:
        """Prepare the connection and create the schemas."""
        self._connection.execute(f"set threads = {self.threads}")
        self._connection.execute("set timezone = 'UTC'; set enable_progress_bar = false")
        for schema in ("landing", "reference", *LAYERS):
            self._connection.execute(f"create schema {schema}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write the file, unless there was an error, and close the database, so that others may open it."""
        if error is None and self.path is not None:
            self._write(self.path)
        self._connection.close()

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        quoted = str(path).replace("'", "''")
        self._connection.execute(f"attach '{quoted}' as kept")
        self._connection.execute("copy from database memory to kept")
        self._connection.execute("detach kept")

    def load(self, schema: str, tables: Mapping[str, pl.DataFrame]) -> None:
        """Write frames as tables of ``schema``, replacing those of the same name."""
        for name, frame in tables.items():
            self._connection.register("incoming", frame.to_arrow())
            self._connection.execute(f"create or replace table {schema}.{name} as select * from incoming")  # noqa: S608 — our own names
            self._connection.unregister("incoming")

    def load_reference(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Write the catalogue's tables into the schema ``reference``, their codes as enumerations."""
        self.load("reference", tables)
        for column, others in ENUMERATIONS.items():
            table, name = column.split(".")
            if tables[table].is_empty():
                # An enumeration of nothing is no type; nothing is compared with these codes.
                continue
            self._connection.execute(
                f"create type {name} as enum (select {name} from reference.{table} order by {name})"  # noqa: S608
            )
            for place in (column, *others):
                of_table, of_column = place.split(".")
                self._connection.execute(f"alter table reference.{of_table} alter {of_column} type {name}")

    def compute(self) -> None:
        """Load the macros and run every model after those it reads."""
        for sql in macro_sources(self.sql_directory).values():
            self._connection.execute(sql)
        build_models(read_models(self.sql_directory), self._connection, _build, self.threads)

    def add_mart(self, name: str, frame: pl.DataFrame, grain: str) -> None:
        """Add a mart that is not made by SQL, with what one row of it is."""
        self.load("marts", {name: frame})
        _comment(self._connection, f"marts.{name}", grain)

    def marts(self) -> dict[str, pl.DataFrame]:
        """Return every table of the schema marts by its bare name, rows in the order the model wrote, codes as text."""
        names = self._connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
        ).fetchall()
        coded = cs.categorical() | cs.enum()
        return {
            name: self._connection.table(f"marts.{name}").pl().with_columns(coded.cast(pl.String()))
            for (name,) in names
        }


def _build(model: Model, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create table {model.table} as {model.sql}")
    _comment(connection, model.table, model.grain)


def _comment(connection: duckdb.DuckDBPyConnection, table: str, grain: str) -> None:
    text = grain.replace("'", "''")
    connection.execute(f"comment on table {table} is '{text}'")


def append_rows(path: Path, mart: str, frame: pl.DataFrame) -> None:
    """Append rows to a mart of a finished database: what the second gate found out about it."""
    with duckdb.connect(str(path)) as connection:
        connection.register("incoming", frame.to_arrow())
        connection.execute(f"insert into marts.{mart} by name select * from incoming")  # noqa: S608 — our own names
