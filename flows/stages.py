"""The stages between the files and the pages: gate, computation, gate. Plain functions, called by flow and command."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from flows.planning import Plan, evaluated_period, known_until
from flows.receipt import Received
from flows.side_process import beside
from xietong.errors import NothingValidError
from xietong.frames import FINDINGS, Snapshot
from xietong.periods import parse_period, period_range
from xietong.resources import resource_directory

DECEMBER: Final = 12
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

RANK_INTERVALS: Final = pl.Schema(
    {
        "unit_code": pl.String(),
        "period": pl.String(),
        "output": pl.String(),
        "nominal_rank": pl.Int32(),
        "median_rank": pl.Int32(),
        "rank_p05": pl.Int32(),
        "rank_p95": pl.Int32(),
        "runs": pl.Int32(),
    }
)

RANK_INTERVALS_GRAIN: Final = "One row: the 5–95 % interval of one unit's rank for one output in one period."


@dataclass(frozen=True)
class Accepted:
    """Everything that passed the first gate, with the findings and checks of reading and gate."""

    snapshots: tuple[Snapshot, ...]
    observations: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame


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
    from expectations.intake import check_intake

    checking = beside(check_intake, received.observations, plan.catalogue, plan.edition)
    # Its import of SciPy takes as long as the gate; the next stage needs it here.
    import xietong.robustness  # noqa: F401

    result = checking.result()
    findings = pl.concat([received.findings, result.findings]).select(FINDINGS.names())
    if result.is_empty and received.snapshots:
        refused = int((findings["severity"] == "critical").sum())
        raise NothingValidError(
            f"no figure of {len(received.snapshots)} files is valid ({refused} refusals); nothing was published. "
            f"First: {_first_refusal(findings)}"
        )
    return Accepted(received.snapshots, result.accepted, findings, result.checks)


def _first_refusal(findings: pl.DataFrame) -> str:
    critical = findings.filter(pl.col("severity") == "critical")
    return str(critical["message_en"][0]) if critical.height else "the files hold no figures"


def compute(plan: Plan, accepted: Accepted) -> Computed:
    """Load what was accepted into the warehouse, run the SQL models and return the marts."""
    from xietong.warehouse import Run, Warehouse, reference_tables

    received = [snapshot.received_at for snapshot in accepted.snapshots]
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
    with Warehouse(warehouse_of(plan), resource_directory("sql"), plan.settings.threads) as warehouse:
        warehouse.load_reference(reference_tables(plan.catalogue, plan.edition, run))
        warehouse.load("landing", landing)
        warehouse.compute()
        marts = warehouse.marts()
        marts["rank_intervals"] = rank_intervals(plan, marts, run.last_period)
        warehouse.add_mart("rank_intervals", marts["rank_intervals"], RANK_INTERVALS_GRAIN)
        return Computed(run.last_period, run.as_of, marts)


def rank_intervals(plan: Plan, marts: Mapping[str, pl.DataFrame], last_period: str) -> pl.DataFrame:
    """Return ``marts.rank_intervals`` for the last period and every year-end before it."""
    from xietong.robustness import RobustnessInputs
    from xietong.robustness import rank_intervals as intervals_of

    runs, seed = plan.catalogue.index.robustness.runs, plan.catalogue.index.robustness.seed
    ranked = set(marts["synergy"].filter(pl.col("rank").is_not_null())["period"])
    periods = period_range(plan.edition.first_period, last_period)
    chosen = [
        period
        for period in periods
        if period in ranked and (period == last_period or parse_period(period)[2] == DECEMBER)
    ]
    inputs = {
        period: RobustnessInputs.from_marts(plan.catalogue, marts["indicator_scores"], period) for period in chosen
    }
    # Every other period in the side process: the same figures and seed give the same ranks there.
    theirs = {period: beside(intervals_of, inputs[period], runs, seed) for period in chosen[::2]}
    frames = {period: intervals_of(inputs[period], runs, seed) for period in chosen[1::2]}
    frames |= {period: future.result() for period, future in theirs.items()}
    dated = [frames[period].with_columns(period=pl.lit(period)).select(RANK_INTERVALS.names()) for period in chosen]
    return pl.concat([pl.DataFrame(schema=RANK_INTERVALS), *dated]).sort("unit_code", "period", "output")


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
