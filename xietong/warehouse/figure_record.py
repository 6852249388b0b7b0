"""What a finished database knows about one figure: its score, the figures it rests on, their vintages and checks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
import polars.selectors as cs

from xietong.errors import UsageError
from xietong.warehouse.models import read_models

#: The models that lay out lineage, in their order; they read everything else from the finished database.
_LINEAGE_MODELS: Final = ("intermediate.int_lineage_parts", "marts.lineage")


@dataclass(frozen=True)
class FigureRecord:
    """One indicator of one unit in one evaluated period.

    ``score`` is its row of ``marts.indicator_scores``; ``lineage`` the rows of ``marts.lineage``;
    ``vintages`` every received vintage of those figures, the newest first, with its file and the reason of a
    correction; ``checks`` the rows of ``marts.checks`` that looked at their indicators; ``findings`` those about
    the unit, of any indicator; ``received`` the periods that were received of each indicator of the unit.
    """

    score: dict[str, Any]
    lineage: pl.DataFrame
    vintages: pl.DataFrame
    checks: pl.DataFrame
    findings: pl.DataFrame
    received: pl.DataFrame


def figure_record(
    database: Path, sql_directory: Path, unit_code: str, indicator_code: str, period: str
) -> FigureRecord:
    """Return what ``database`` knows about a figure, in any of its evaluated periods.

    Raises:
        UsageError: the database has no such unit, indicator or evaluated period; the message says what it has.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        quoted = str(database).replace("'", "''")
        connection.execute(f"attach '{quoted}' as kept (read_only)")
        scores = _rows(
            connection,
            "select * from kept.marts.indicator_scores where unit_code = ? and indicator_code = ? and period = ?",
            [unit_code, indicator_code, period],
        )
        if not scores.height:
            raise UsageError(_what_there_is(connection, unit_code, indicator_code, period))
        _lay_out_lineage(connection, sql_directory, period)
        asked = [unit_code, indicator_code]
        lineage = _rows(connection, "select * from marts.lineage where unit_code = ? and indicator_code = ?", asked)
        vintages = _rows(connection, _VINTAGES, asked)
        checks = _rows(connection, _CHECKS, asked)
        findings = _rows(connection, _FINDINGS, [unit_code])
        received = _rows(connection, _RECEIVED, [unit_code])
    return FigureRecord(scores.to_dicts()[0], lineage, vintages, checks, findings, received)


_VINTAGES: Final = """
    select distinct
        received.indicator_code, received.period, received.value, received.status, received.source_id,
        received.snapshot, received.location, received.received_at,
        received.snapshot = lineage.snapshot and received.location = lineage.location as is_used,
        files.file, revisions.reason_zh
    from kept.landing.observations as received
    inner join marts.lineage as lineage
        on received.unit_code = lineage.unit_code::varchar
        and received.indicator_code = lineage.component_code::varchar
        and received.period = lineage.figure_period
    left join (select sha256, min(file) as file from kept.landing.snapshots group by sha256) as files
        on received.snapshot = files.sha256
    left join kept.marts.revisions as revisions
        on received.unit_code = revisions.unit_code::varchar
        and received.indicator_code = revisions.indicator_code::varchar
        and received.period = revisions.period
        and received.snapshot = revisions.snapshot_after
    where lineage.unit_code = ? and lineage.indicator_code = ?
    order by received.indicator_code, received.period, received.received_at desc, received.location
"""

_CHECKS: Final = """
    select * from kept.marts.checks
    where indicator_code is null and gate = 'intake'
        or indicator_code in (
            select component_code::varchar from marts.lineage where unit_code = ? and indicator_code = ?
        )
    order by all
"""


_FINDINGS: Final = """
    select rule, severity, indicator_code, period, location, file, message_zh, status, explanation_zh
    from kept.marts.findings
    where unit_code = ?
    order by all
"""

_RECEIVED: Final = """
    select distinct indicator_code, period
    from kept.landing.observations
    where unit_code = ?
    order by all
"""


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[str]) -> pl.DataFrame:
    coded = cs.categorical() | cs.enum()
    frame: pl.DataFrame = connection.sql(sql, params=values).pl()
    return frame.with_columns(coded.cast(pl.String()))


def _lay_out_lineage(connection: duckdb.DuckDBPyConnection, sql_directory: Path, period: str) -> None:
    """Run the lineage models for ``period`` over views of the finished tables."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'kept' order by all"
    ).fetchall()
    own = {*_LINEAGE_MODELS, "reference.lineage_scope"}
    for schema in sorted({schema for schema, _ in tables}):
        connection.execute(f"create schema {schema}")
    for schema, table in tables:
        if f"{schema}.{table}" not in own:
            connection.execute(f"create view {schema}.{table} as from kept.{schema}.{table}")
    connection.execute("create table reference.lineage_scope as select ?::varchar as period", [period])
    models = {model.table: model for model in read_models(sql_directory)}
    for name in _LINEAGE_MODELS:
        connection.execute(f"create table {name} as {models[name].sql}")


def _what_there_is(connection: duckdb.DuckDBPyConnection, unit_code: str, indicator_code: str, period: str) -> str:
    def known(table: str, column: str, order: str) -> list[str]:
        rows = connection.execute(f"select {column}::varchar from kept.reference.{table} order by {order}").fetchall()  # noqa: S608 — our own names
        return [code for (code,) in rows]

    units, periods = known("units", "unit_code", "unit_order"), known("periods", "period", "sequence")
    indicators = known("indicators", "indicator_code", "indicator_order")
    if unit_code not in units:
        return f"there is no unit {unit_code!r}; units are named by their code, such as {units[0]} or {units[-1]}"
    if indicator_code not in indicators:
        return f"there is no indicator {indicator_code!r}; there are: {', '.join(indicators)}"
    if period not in periods:
        return f"the period {period!r} was not evaluated; the release holds {periods[0]} to {periods[-1]}"
    return f"the unit {unit_code} did not exist in {period}"
