"""The SQL models: one file is one table; the order comes from the tables each of them reads."""

import re
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import duckdb

from xietong.errors import XietongError

#: The folders of models, from received to published; the folder is the schema.
LAYERS: Final = ("staging", "intermediate", "marts")

#: Comments and literals: what they name is not read.
_UNSPOKEN: Final = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_QUALIFIED: Final = re.compile(rf"\b(?:{'|'.join(LAYERS)})\.\w+")


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


def ordered_models(models: list[Model]) -> list[Model]:
    """Return the models so that each comes after those it reads.

    Raises:
        XietongError: models read each other in a circle; the message names them.
    """
    by_table = {model.table: model for model in models}
    order = _order_of(_readings(models))
    ordered = []
    while order.is_active():
        ready = order.get_ready()
        ordered += [by_table[table] for table in ready]
        order.done(*ready)
    return ordered


def build_models(
    models: list[Model],
    connection: duckdb.DuckDBPyConnection,
    build: Callable[[Model, duckdb.DuckDBPyConnection], None],
    at_once: int,
) -> None:
    """Call ``build`` for every model after those it reads, each with a cursor of its own, ``at_once`` side by side.

    Most models are too small for one query to keep two cores busy. Of those that may be built, the one with the
    longest chain of models waiting for it goes first. The first error ends it, after what runs.

    Raises:
        XietongError: models read each other in a circle; the message names them.
    """
    by_table = {model.table: model for model in models}
    graph = _readings(models)
    order, waiting = _order_of(graph), _longest_waits(graph)
    ready: list[str] = []

    def build_one(table: str) -> str:
        with connection.cursor() as cursor:
            build(by_table[table], cursor)
        return table

    with ThreadPoolExecutor(at_once) as pool:
        running: set[Future[str]] = set()
        while order.is_active():
            ready = sorted([*ready, *order.get_ready()], key=lambda table: (waiting[table], table))
            while ready and len(running) < at_once:
                running.add(pool.submit(build_one, ready.pop()))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            order.done(*(future.result() for future in done))


def _readings(models: list[Model]) -> dict[str, list[str]]:
    """Return which other models each model reads: it must name them with their schemas, none is searched.

    DuckDB's ``get_table_names`` says the same, but binds every model for it: a tenth of the compute step.
    """
    tables = {model.table for model in models}

    def read_by(model: Model) -> set[str]:
        return set(_QUALIFIED.findall(_UNSPOKEN.sub(" ", model.sql).lower())) & tables

    return {model.table: sorted(read_by(model)) for model in models}


def _order_of(graph: dict[str, list[str]]) -> TopologicalSorter[str]:
    """Return the order in which the models can be built, known to have no circle."""
    order = TopologicalSorter(graph)
    try:
        order.prepare()
    except CycleError as error:
        raise XietongError(f"these models read each other in a circle: {' → '.join(error.args[1])}") from error
    return order


def _longest_waits(graph: dict[str, list[str]]) -> dict[str, int]:
    """Return of every model how many others wait for it one after the other."""
    waits = dict.fromkeys(graph, 0)
    for table in reversed(tuple(TopologicalSorter(graph).static_order())):
        for read in graph[table]:
            waits[read] = max(waits[read], waits[table] + 1)
    return waits
