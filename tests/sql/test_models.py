"""Every model is plain SQL that says what one row is, and names no unit, indicator or weight."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from xietong.catalogue import Catalogue
from xietong.errors import XietongError
from xietong.resources import resource_directory
from xietong.warehouse import Model, macro_sources, ordered_models, read_models

MODELS = read_models(resource_directory("sql"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_first_line_states_the_grain(model: Model) -> None:
    assert model.sql.startswith("-- One row: ")
    assert len(model.grain) > len("One row: ")


@pytest.mark.parametrize("path", sorted(resource_directory("sql").glob("macros/*.sql")), ids=lambda path: path.stem)
def test_macro_file_defines_the_macro_it_is_named_after(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- ")
    assert re.findall(r"create or replace macro (\w+)", text) == [path.stem]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_no_unit_indicator_or_node_is_named(model: Model, catalogue: Catalogue) -> None:
    words = set(re.findall(r"'([^']*)'", model.sql))
    codes = {unit.code for unit in catalogue.units.units}
    codes |= {indicator.code for indicator in catalogue.indicators}
    codes |= {node.code for node in catalogue.index.nodes if node.level != "index"}
    assert not words & codes


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection with the macros, which the models call."""
    with duckdb.connect() as connection:
        for text in macro_sources(resource_directory("sql")).values():
            connection.execute(text)
        yield connection


def test_models_that_read_each_other_in_a_circle_are_refused() -> None:
    models = [Model("marts", "a", "-- One row: a\nselect 1 from marts.b"), Model("marts", "b", "select 1 from marts.a")]
    with pytest.raises(XietongError, match="circle"):
        ordered_models(models)


def test_order_puts_every_model_after_what_duckdb_says_it_reads(connection) -> None:
    ordered = [model.table for model in ordered_models(MODELS)]
    assert sorted(ordered) == sorted(model.table for model in MODELS)
    for model in MODELS:
        named = connection.get_table_names(model.sql, qualified=True)
        # DuckDB names a table that stands under an alias together with it.
        read = {name.partition(" AS ")[0] for name in named} & set(ordered)
        assert all(ordered.index(table) < ordered.index(model.table) for table in read)


def test_a_model_that_is_read_under_an_alias_comes_first() -> None:
    reading = Model("marts", "a", "-- One row.\nselect first.x from intermediate.b as first")
    read = Model("intermediate", "b", "-- One row.\nselect 1 as x")
    assert ordered_models([reading, read]) == [read, reading]


def test_what_a_comment_or_a_literal_names_is_not_read() -> None:
    sql = "-- One row: what marts.b has not.\nselect 'it''s -- marts.b' as x, 1 as y /* from\nmarts.b */ from staging.c"
    models = [Model("marts", "a", sql), Model("marts", "b", "select 1 from marts.a"), Model("staging", "c", "select 1")]
    assert [model.name for model in ordered_models(models)] == ["c", "a", "b"]
