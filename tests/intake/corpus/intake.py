"""The way of a corpus: every input lies in one inbox, is claimed, kept, read, tidied, and passes the first gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from expectations.intake import check_intake
from tests.intake.corpus.cases import Case
from tests.intake.corpus.originals import chongqing
from transforms import tidy_files
from xietong.catalogue import Source, load_edition
from xietong.resources import resource_directory
from xietong.sources import SnapshotStore, claim_files, receive_files

ARRIVAL = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What came of one input."""

    figures: dict[tuple[str, str], float]
    places: dict[tuple[str, str], str]
    units: frozenset[str]
    findings: list[dict]


def sources() -> list[Source]:
    """Return the sources of the corpus: long tables by their names, every other workbook a form."""
    catalogue = chongqing()
    tables = catalogue.source("district_bulletins").model_copy(
        update={"folder": "inbox", "files": ("*.csv", "*.txt", "*.tsv", "*.json", "table_*.xlsx"), "code": "tables"}
    )
    return [tables, catalogue.source("district_forms")]


def take(cases: Sequence[Case], folder: Path) -> dict[str, Outcome]:
    """Return what came of each input, by the name of its case."""
    inbox, files = folder / "inbox", {}
    for number, case in enumerate(cases):
        file = f"{number:03d}/{case.file}"
        (inbox / file).parent.mkdir(parents=True)
        (inbox / file).write_bytes(case.data())
        files[file] = case.name
    claims = claim_files({"inbox": inbox}, sources())
    receipt = receive_files(claims.claims, SnapshotStore(folder / "snapshots"), lambda _: ARRIVAL)
    tidied = [tidy_files(receipt.of(source), source, chongqing(), "reported") for source in sources()]
    edition = load_edition(resource_directory("editions"), "chongqing")
    gate = check_intake(pl.concat([each.observations for each in tidied]), chongqing(), edition)
    names = {snapshot.sha256: snapshot.file for snapshot in receipt.snapshots}
    findings = pl.concat([claims.findings, receipt.findings, *(each.findings for each in tidied), gate.findings])
    # The first gate leaves the name of the file to its caller, who knows it by the snapshot.
    findings = findings.with_columns(
        at_gate=pl.col("file").is_null(),
        file=pl.coalesce("file", pl.col("snapshot").replace_strict(names, default=None)),
    )
    outcomes = {}
    rows = gate.accepted.with_columns(file=pl.col("snapshot").replace_strict(names))
    by_file = rows.partition_by("file", as_dict=True)
    found = findings.partition_by("file", as_dict=True)
    for file, name in files.items():
        own = by_file.get((file,), rows.clear())
        keys = list(zip(own["indicator_code"], own["period"], strict=True))
        outcomes[name] = Outcome(
            dict(zip(keys, own["value"], strict=True)),
            dict(zip(keys, own["location"], strict=True)),
            frozenset(own["unit_code"]),
            found.get((file,), findings.clear()).to_dicts(),
        )
    return outcomes
