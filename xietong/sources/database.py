"""Tables, views and select statements of a database, read in batches from a watermark on."""

import hashlib
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import polars as pl
import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from xietong.catalogue import Source
from xietong.catalogue.connections import DatabaseConnection
from xietong.frames import empty_findings
from xietong.sources.arrivals import Arrival, Memory, PullContext, SourceError, source_finding
from xietong.sources.database_sessions import ReadingDatabase
from xietong.sources.extracts import header_line, row_line
from xietong.sources.watermarks import Mark, Position, as_mark, goes_back, is_ahead

_FETCHED_AT_ONCE: Final = 2_000
_LARGEST_BIGINT: Final = 2**63 - 1


@dataclass(frozen=True)
class _Extract:
    """What is read from which database for which source."""

    source: Source
    connection: DatabaseConnection
    database: ReadingDatabase
    relation: sa.FromClause
    columns: tuple[str, ...]
    context: PullContext

    @property
    def watermark(self) -> sa.ColumnElement[Any] | None:
        name = self.connection.watermark
        return None if name is None else self.relation.c[name]


@dataclass
class _Batch:
    """The rows of one transaction as lines, by digest the watermark of each, and what was noticed."""

    lines: list[bytes] = field(default_factory=list)
    marks: dict[str, Mark | None] = field(default_factory=dict)
    has_more: bool = False
    findings: list[pl.DataFrame] = field(default_factory=list)


def fetch_rows(
    source: Source, connection: DatabaseConnection, memory: Memory, context: PullContext
) -> Generator[Arrival, None, None]:
    """Yield the rows not seen before, in batches; without a watermark, the whole table as one batch.

    The memory is the ``Position`` reached. Rows equal in every column that is read count once where
    there is a watermark. Rows deleted from the table stay known from the batches they were in.

    Raises:
        SourceError: the database gives nothing; the batches before were yielded.
    """
    columns = columns_read(source, connection)
    relation = _relation(connection, columns)
    extract = _Extract(source, connection, ReadingDatabase(connection, context.environment), relation, columns, context)
    if connection.watermark is None:
        batch = _read_all(extract)
        yield _arrival(extract, batch, memory, 1)
        return
    position, number = Position.of(memory), 1
    while True:
        batch, position = _read_newer(extract, position)
        if batch.lines:
            yield _arrival(extract, batch, position.memory(), number)
        if not batch.has_more:
            return
        number += 1


def columns_read(source: Source, connection: DatabaseConnection) -> tuple[str, ...]:
    """Return the columns that are read: those of the source's figures, and the watermark."""
    if source.columns is None:
        raise ValueError(f"source {source.code} names no columns")
    named = source.columns.model_dump(exclude={"unit_constant", "indicator_constant", "measure_constant"}).values()
    return tuple(dict.fromkeys(name for name in (*named, connection.watermark) if name is not None))


def _relation(connection: DatabaseConnection, columns: tuple[str, ...]) -> sa.FromClause:
    """Return what stands behind ``from``, every name quoted, so that a name can never become SQL."""
    quoted: list[sa.ColumnClause[Any]] = [sa.column(quoted_name(name, quote=True)) for name in columns]
    if connection.table is not None:
        schema = quoted_name(connection.table_schema, quote=True) if connection.table_schema else None
        return sa.table(quoted_name(connection.table, quote=True), *quoted, schema=schema)
    # As a subquery, a second statement or a change of data is an error of syntax. A colon is no
    # parameter here, and a comment at the end must not swallow the bracket.
    statement = (connection.statement or "").strip().rstrip(";").replace(":", r"\:")
    return sa.text(f"{statement}\n").columns(*quoted).subquery("pulled")


def _arrival(extract: _Extract, batch: _Batch, memory: Memory, number: int) -> Arrival:
    """Return the batch as one file; its lines are sorted, so that no order of the server's shows."""
    data = header_line(extract.columns) + b"".join(sorted(batch.lines))
    suffix = f"-{number}" if number > 1 else ""
    file = f"{extract.source.code}-{extract.context.now:%Y%m%dT%H%M%SZ}{suffix}.csv"
    return Arrival(memory, data, file, "rows", pl.concat([empty_findings(), *batch.findings]))


def _read_all(extract: _Extract) -> _Batch:
    batch = _Batch()
    statement = sa.select(extract.relation).limit(extract.connection.maximum_rows + 1)
    size = 0
    with extract.database.session() as session:
        for row in session.execution_options(yield_per=_FETCHED_AT_ONCE).execute(statement):
            line = row_line(row, extract.columns)
            size += len(line)
            if size > extract.connection.maximum_bytes or len(batch.lines) == extract.connection.maximum_rows:
                raise _oversized(extract.connection)
            batch.lines.append(line)
    return batch


def _read_newer(extract: _Extract, position: Position) -> tuple[_Batch, Position]:
    """Return the next rows from the position on, and the position after them."""
    batch = _Batch()
    with extract.database.session() as session:
        position = _checked(extract, session, position, batch)
        rows = session.execution_options(yield_per=_FETCHED_AT_ONCE).execute(_newer(extract, position))
        _collect(extract, rows, position, batch)
    ahead = sum(is_ahead(mark, extract.context.now) for mark in batch.marks.values())
    if ahead:
        batch.findings.append(_in_future(extract, ahead))
    return batch, position.advanced(batch.marks, extract.connection.overlap, extract.context.now)


def _collect(extract: _Extract, rows: sa.Result[Any], position: Position, batch: _Batch) -> None:
    """Add the rows not seen before, until the batch is full."""
    connection, size = extract.connection, 0
    place = extract.columns.index(connection.watermark or "")
    for row in rows:
        line = row_line(row, extract.columns)
        digest = hashlib.sha256(line).hexdigest()[:32]
        if digest in position.seen or digest in batch.marks:
            continue
        size += len(line)
        if len(batch.lines) == connection.maximum_rows or (size > connection.maximum_bytes and batch.lines):
            batch.has_more = True
            return
        batch.lines.append(line)
        batch.marks[digest] = _mark(extract, row[place])


def _mark(extract: _Extract, value: object) -> Mark | None:
    is_text_ordered = extract.database.is_text_ordered_by_code_point
    return as_mark(value, extract.connection.watermark or "", is_text_ordered=is_text_ordered)


def _newer(extract: _Extract, position: Position) -> sa.Select[Any]:
    """Return the select from the position on; its order is total, so that a full batch ends at a definite row."""
    watermark = extract.watermark
    if watermark is None:
        raise ValueError("there is no watermark")
    statement = sa.select(extract.relation)
    start = position.beginning(extract.connection.overlap)
    if start is not None:
        bound = sa.bindparam("start", start, type_=_type_of(start))
        statement = statement.where(sa.or_(watermark >= bound, watermark.is_(None)))
    limit = extract.connection.maximum_rows + len(position.seen) + 1
    return statement.order_by(watermark.asc().nulls_first(), *extract.relation.c).limit(limit)


def _type_of(mark: Mark) -> sa.types.TypeEngine[Any]:
    """Return the SQL type of a watermark: a moment keeps its time zone, a large number its digits."""
    if isinstance(mark, datetime):
        return sa.DateTime(timezone=mark.tzinfo is not None)
    if isinstance(mark, date):
        return sa.Date()
    if isinstance(mark, str):
        return sa.Text()
    return sa.BigInteger() if isinstance(mark, int) and abs(mark) <= _LARGEST_BIGINT else sa.Numeric()


def _checked(extract: _Extract, session: sa.Connection, position: Position, batch: _Batch) -> Position:
    """Return the position, or the beginning when the table was replaced by an older state of itself.

    Raises:
        SourceError: the table had rows and has none now.
    """
    if position.mark is None:
        return position
    newest = _mark(extract, session.execute(sa.select(sa.func.max(extract.watermark))).scalar())
    if newest is None:
        raise SourceError(
            "source_emptied",
            reason_zh="数据表现在是空的，以前有数据",
            reason_en="the table is empty now and had rows before",
        )
    if not goes_back(newest, position):
        return position
    batch.findings.append(_went_back(extract, newest, position))
    return Position()


def _went_back(extract: _Extract, newest: Mark, position: Position) -> pl.DataFrame:
    return source_finding(
        "watermark_went_back",
        "warning",
        extract.source,
        reason_zh=f"水位列 {extract.connection.watermark} 的最大值从 {position.mark} 退到 {newest}，已重新读取整张表",
        reason_en=f"the highest value of the watermark column {extract.connection.watermark} went back from "
        f"{position.mark} to {newest}, so the whole table was read again",
        value=str(newest),
        allowed=f"≥ {position.mark}",
    )


def _in_future(extract: _Extract, count: int) -> pl.DataFrame:
    return source_finding(
        "watermark_in_future",
        "warning",
        extract.source,
        reason_zh=f"水位列 {extract.connection.watermark} 有 {count} 行的值在未来，这些行已读取，但不推进水位",
        reason_en=f"{count} row{'s' if count > 1 else ''} of the watermark column {extract.connection.watermark} lie in"
        " the future; they are read but do not move the watermark",
        value=str(count),
    )


def _oversized(connection: DatabaseConnection) -> SourceError:
    return SourceError(
        "oversized_answer",
        reason_zh=f"查询结果超过 {connection.maximum_rows:,} 行或 {connection.maximum_bytes:,} 字节，未采用；"
        "请在目录中写明水位列 watermark，以便分批读取",
        reason_en=f"the result is longer than {connection.maximum_rows:,} rows or {connection.maximum_bytes:,} bytes"
        " and is not used; name a watermark in the catalogue, so that it is read in batches",
        allowed=f"{connection.maximum_rows:,}",
    )
