"""Raw tables and a snapshot, built inline."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import polars as pl
import pytest

from xietong.catalogue import Source
from xietong.frames import RawTable, Snapshot, column_letters

TEXTS = {"name": {"zh": "来源", "en": "Source"}, "publisher": {"zh": "发布者", "en": "Publisher"}}


@pytest.fixture
def snapshot() -> Snapshot:
    """Return the snapshot of the file that the tables are in."""
    return Snapshot("a" * 64, "文件.xlsx", "source", "发布者", None, "—", datetime(2026, 2, 1, 9, tzinfo=UTC), 1)


@pytest.fixture
def table(snapshot: Snapshot) -> Callable[..., RawTable]:
    """Return the builder of a raw table from rows of texts; the first row stands in row 1, the first text in A."""

    def build(sheet: str | None, rows: Sequence[Sequence[str | None]]) -> RawTable:
        width = max((len(row) for row in rows), default=0)
        columns = {column_letters(i): [row[i] if i < len(row) else None for row in rows] for i in range(width)}
        cells = pl.DataFrame(
            {"row": range(1, len(rows) + 1), **columns},
            schema={"row": pl.Int64(), **dict.fromkeys(columns, pl.String())},
        )
        return RawTable(snapshot.sha256, snapshot.file, sheet, cells)

    return build


@pytest.fixture
def source_of() -> Callable[..., Source]:
    """Return the builder of a source of a kind, with other fields as given."""

    def build(reader: str, **fields: object) -> Source:
        shared = {"code": "source", "licence": {"zh": "—", "en": "—"}, "folder": "inbox", "files": ["*"]}
        return Source.model_validate({**TEXTS, **shared, "reader": reader, **fields})

    return build
