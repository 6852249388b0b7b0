"""The catalogue's tables as a finished release keeps them in its database."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl
import polars.selectors as cs

from xietong.errors import UsageError


def kept_reference(database: Path, tables: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Return tables of the schema ``reference`` of a release's database by name, codes as text.

    Raises:
        UsageError: there is no such database, or it has no such table.
    """
    if not database.is_file():
        raise UsageError(f"there is no database {database}; a release keeps it beside its manifest")
    coded = cs.categorical() | cs.enum()
    with duckdb.connect(str(database), read_only=True) as connection:
        try:
            return {
                name: connection.table(f"reference.{name}").pl().with_columns(coded.cast(pl.String()))
                for name in tables
            }
        except duckdb.CatalogException as error:
            raise UsageError(f"{database} is not the database of a release: {error}") from error
