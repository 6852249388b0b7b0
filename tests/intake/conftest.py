"""An inbox of real forms, filled file by file, and the way of a file from there to observations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from transforms import tidy_files
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin
from xietong.sources import SnapshotStore, claim_files, receive_files
from xietong.workbook import Form, FormRow, FormSheet, write_form

GOOD = Form(
    "500109",
    "北碚区",
    2025,
    date(2026, 1, 15),
    (
        FormSheet("month", ("2025-01", "2025-02"), (FormRow("pm25", "PM2.5", "µg/m³", (41.5, 38.0)),)),
        FormSheet("year", ("2025",), (FormRow("forest_coverage", "森林覆盖率", "%", (52.3,)),)),
    ),
)


@dataclass(frozen=True)
class Intake:
    """What came of an inbox."""

    observations: pl.DataFrame
    findings: pl.DataFrame
    store: SnapshotStore

    def of(self, file: str) -> pl.DataFrame:
        """Return the findings about a file."""
        return self.findings.filter(pl.col("file") == file)


@pytest.fixture
def good() -> Form:
    """Return a form without fault: Beibei, three figures."""
    return GOOD


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Return an inbox in which a good form lies already, as ``good.xlsx``."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    write_form(folder / "good.xlsx", GOOD)
    return folder


@pytest.fixture
def with_month() -> Callable[..., Form]:
    """Return the builder of a form of Fuling with these rows on the sheet of months."""

    def build(*rows: FormRow, **changes: object) -> Form:
        form = replace(GOOD, unit_code="500102", unit_name="涪陵区", **changes)
        return replace(form, sheets=(replace(form.sheets[0], rows=rows), form.sheets[1]))

    return build


@pytest.fixture
def take(inbox: Path, tmp_path: Path) -> Callable[..., Intake]:
    """Return the way of an inbox: claimed, kept, read, tidied."""

    def run(catalogue: Catalogue, sources: Sequence[Source], origin: Origin, folder: Path = inbox) -> Intake:
        store = SnapshotStore(tmp_path / "snapshots")
        claims = claim_files({"inbox": folder}, sources)
        receipt = receive_files(claims.claims, store, lambda _: datetime(2026, 2, 1, tzinfo=UTC))
        tidied = [tidy_files(receipt.of(source), source, catalogue, origin) for source in sources]
        findings = [claims.findings, receipt.findings, *(each.findings for each in tidied)]
        return Intake(pl.concat([each.observations for each in tidied]), pl.concat(findings), store)

    return run
