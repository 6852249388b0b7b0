"""The stages between the files and the pages: gate, computation, gate. Plain functions, called by flow and command."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from flows.gate_memory import GateResult, recall_gate, remember_gate
from flows.noted_files import NotedFiles
from flows.planning import Plan, evaluated_period, known_until
from flows.receipt import Received
from flows.side_process import beside
from flows.uncertainty import MARTS as UNCERTAINTY_MARTS
from flows.uncertainty import uncertainty_marts
from xietong.errors import NothingValidError
from xietong.frames import FINDINGS, Snapshot
from xietong.resources import resource_directory

SNAPSHOTS: Final = pl.Schema(
    {
        "sha256": pl.String(),
        "file": pl.String(),
        "source_id": pl.String(),
        "publisher": pl.String(),
        "address": pl.String(),
        "licence": pl.String(),
        "received_at": pl.Datetime("us", "UTC"),
        "size": pl.Int64(),
    }
)


@dataclass(frozen=True)
class Accepted:
    """Everything that passed the first gate, with the findings and checks of reading and gate."""

    snapshots: tuple[Snapshot, ...]
    observations: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame
    noted: NotedFiles


@dataclass(frozen=True)
class Computed:
    """The marts of a run with what was evaluated and known."""

    period: str
    as_of: datetime
    marts: Mapping[str, pl.DataFrame]


def check_received(plan: Plan, received: Received) -> Accepted:
    """Return what passes the first gate.

    Raises:
        NothingValidError: figures or files came in and none of them is valid.
    """
    result: GateResult | None = recall_gate(plan, received)
    if result is None:
        result = _asked_gate(plan, received)
        remember_gate(plan, received, result)
    findings = pl.concat([received.findings, result.findings]).select(FINDINGS.names())
    if result.is_empty and received.snapshots:
        refused = int((findings["severity"] == "critical").sum())
        raise NothingValidError(
            f"no figure of {len(received.snapshots)} files is valid ({refused} refusals); nothing was published. "
            f"First: {_first_refusal(findings)}"
        )
    return Accepted(received.snapshots, result.accepted, findings, result.checks, received.noted)


def _asked_gate(plan: Plan, received: Received) -> GateResult:
    from expectations.intake import check_intake

    checking = beside(check_intake, received.observations, plan.catalogue, plan.edition, received.findings)
    # Its import of SciPy takes as long as the gate; the next stage needs it here.
    import xietong.robustness  # noqa: F401

    return checking.result()


def _first_refusal(findings: pl.DataFrame) -> str:
    critical = findings.filter(pl.col("severity") == "critical")
    return str(critical["message_en"][0]) if critical.height else "the files hold no figures"


def compute(plan: Plan, accepted: Accepted) -> Computed:
    """Load what was accepted into the warehouse, run the SQL models and return the marts."""
    from xietong.warehouse import (
        EFFECTS_GRAIN,
        Run,
        Warehouse,
        assessment_basis,
        correction_effects,
        reference_tables,
    )

    received = [*accepted.noted.moments, *(snapshot.received_at for snapshot in accepted.snapshots)]
    run = Run(
        evaluated_period(plan, accepted.observations),
        known_until(plan, [*received, *accepted.observations["received_at"].unique()]),
    )
    landing = {
        "observations": accepted.observations,
        "findings": accepted.findings,
        "checks": accepted.checks,
        "snapshots": pl.DataFrame(list(accepted.snapshots), schema=SNAPSHOTS),
    }
    sql, reference = resource_directory("sql"), reference_tables(plan.catalogue, plan.edition, run)
    with Warehouse(warehouse_of(plan), sql, plan.settings.threads) as warehouse:
        warehouse.load_reference(reference)
        warehouse.load("landing", landing)
        warehouse.compute()
        marts = warehouse.marts()
        effects = beside(correction_effects, sql, reference, landing, marts["revisions"])
        assessed = assessment_basis(warehouse, run.last_period)
        uncertain = uncertainty_marts(plan.catalogue, marts, plan.edition.first_period, run.last_period, assessed)
        for name, frame in uncertain.items():
            warehouse.add_mart(name, frame, UNCERTAINTY_MARTS[name].grain)
        marts |= uncertain | {"correction_effects": effects.result()}
        warehouse.add_mart("correction_effects", marts["correction_effects"], EFFECTS_GRAIN)
        return Computed(run.last_period, run.as_of, marts)


def warehouse_of(plan: Plan) -> Path:
    """Return where the run's database lies until it becomes part of a release."""
    return plan.settings.edition_directory(plan.edition.name) / "warehouse.duckdb"


def check_computed(plan: Plan, computed: Computed) -> Computed:
    """Return the marts with the checks of the second gate added.

    Raises:
        GateFailedError: a rule of the second gate is broken.
    """
    from expectations.marts import check_marts
    from xietong.warehouse import append_rows

    checks = beside(check_marts, computed.marts, plan.catalogue).result()
    append_rows(warehouse_of(plan), "checks", checks)
    marts = dict(computed.marts)
    marts["checks"] = pl.concat([marts["checks"], checks])
    return Computed(computed.period, computed.as_of, marts)


def index_states(plan: Plan, computed: Computed) -> dict[str, int]:
    """Return how many ranked units are in each state of the index in the evaluated period."""
    ranked = [unit.code for unit in plan.catalogue.units.units if unit.is_ranked]
    index = computed.marts["index_scores"].filter(
        pl.col("level") == "index", pl.col("period") == computed.period, pl.col("unit_code").is_in(ranked)
    )
    return dict(index.group_by("state").len().iter_rows())
