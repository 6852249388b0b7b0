"""The SQL models: one file is one table; the order comes from the tables each of them reads."""

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import duckdb

from xietong.errors import XietongError

#: The folders of models, from received to published; the folder is the schema.
LAYERS: Final = ("staging", "intermediate", "marts")


@dataclass(frozen=True)
class Model:
    """One file of SQL: a bare select whose first line says what one row is."""

    schema: str
    name: str
    sql: str

    @property
    def table(self) -> str:
        """Return ``schema.name``."""
        return f"{self.schema}.{self.name}"

    @property
    def grain(self) -> str:
        """Return the first line without its comment mark: what one row is."""
        return self.sql.splitlines()[0].removeprefix("--").strip()


def read_models(directory: Path) -> list[Model]:
    """Return every model below ``directory``, sorted by layer and name."""
    return [
        Model(layer, path.stem, path.read_text(encoding="utf-8"))
        for layer in LAYERS
        for path in sorted((directory / layer).glob("*.sql"))
    ]


def macro_sources(directory: Path) -> dict[str, str]:
    """Return the text of every macro by name, as the method page prints it."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((directory / "macros").glob("*.sql"))}


def ordered_models(models: list[Model], connection: duckdb.DuckDBPyConnection) -> list[Model]:
    """Return the models so that each comes after those it reads.

    Raises:
        XietongError: models read each other in a circle; the message names them.
    """
    by_table = {model.table: model for model in models}
    graph = {
        model.table: sorted(set(connection.get_table_names(model.sql, qualified=True)) & by_table.keys())
        for model in models
    }
    try:
        return [by_table[table] for table in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise XietongError(f"these models read each other in a circle: {' → '.join(error.args[1])}") from error
