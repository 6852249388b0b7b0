"""The marts of a database that an earlier run left: read back as they were, without computing anything."""

from pathlib import Path

import duckdb
import polars as pl
import polars.selectors as cs

from xietong.errors import XietongError


def kept_marts(path: Path) -> dict[str, pl.DataFrame]:
    """Return every table of the schema marts by its bare name, rows in the order they were written, codes as text.

    Raises:
        XietongError: the file is no database, or has no marts.
    """
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            names = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts' order by table_name"
            ).fetchall()
            coded = cs.categorical() | cs.enum()
            marts = {
                name: connection.table(f"marts.{name}").pl().with_columns(coded.cast(pl.String())) for (name,) in names
            }
    except duckdb.Error as error:
        raise XietongError(f"{path} cannot be read as the database of a run") from error
    if not marts:
        raise XietongError(f"{path} has no marts")
    return marts
