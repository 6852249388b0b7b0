"""What each stage of a run does, without Prefect: plain functions that the flow and the command line both call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from xietong.catalogue import Catalogue, Edition, Source, load_catalogue, load_edition
from xietong.errors import NothingValidError, UsageError
from xietong.frames import FINDINGS, Snapshot
from xietong.periods import month_number, parse_period, period_of, period_range
from xietong.resources import resource_directory
from xietong.settings import Settings


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


@dataclass(frozen=True)
class Plan:
    """An edition with its catalogue, ready to run on a machine."""

    settings: Settings
    edition: Edition
    catalogue: Catalogue
    period: str | None
    as_of: datetime | None

    @property
    def sources(self) -> list[Source]:
        """Return the sources of the edition in their order of preference."""
        return [self.catalogue.source(code) for code in self.edition.sources]


@dataclass(frozen=True)
class Received:
    """Everything that was read, before the gate."""

    snapshots: tuple[Snapshot, ...]
    observations: pl.DataFrame
    findings: pl.DataFrame


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


def plan(settings: Settings, edition_name: str, period: str | None, as_of: datetime | None) -> Plan:
    """Return the plan of a run.

    Raises:
        UsageError: there is no such edition, or it cannot be evaluated in this period.
        CatalogueErrors: the catalogue has mistakes.
    """
    edition = load_edition(settings.editions_directory, edition_name)
    catalogue = load_catalogue(settings.catalogue_directory, edition.catalogue)
    if period is not None:
        _check_period(edition, period)
    return Plan(settings, edition, catalogue, period, as_of)


def _check_period(edition: Edition, period: str) -> None:
    example = period_of(month_number(edition.first_period), edition.frequency)
    try:
        frequency, _, _ = parse_period(period)
    except ValueError as error:
        raise UsageError(f"{error}; the edition {edition.name} takes periods such as {example}") from error
    if frequency != edition.frequency:
        raise UsageError(f"the edition {edition.name} is evaluated by {edition.frequency}, such as {example}: {period}")
    last = edition.last_period
    too_early = month_number(period) < month_number(edition.first_period)
    if too_early or (last is not None and month_number(period) > month_number(last)):
        raise UsageError(
            f"the edition {edition.name} has the periods {edition.first_period} to {last or 'now'}: {period} is outside"
        )


def prepare(plan: Plan) -> None:
    """Write the forms of the demonstration edition, if this is one; they then take the way of every form."""
    if plan.edition.demonstration is not None:
        from xietong.demonstration import generate

        generate(plan.catalogue, plan.edition, inbox_of(plan))


def inbox_of(plan: Plan) -> Path:
    """Return the edition's inbox; that of the demonstration is generated and lies with what is generated."""
    if plan.edition.demonstration is not None:
        return plan.settings.edition_directory(plan.edition.name) / "inbox"
    return plan.settings.inbox_directory / plan.edition.name


def evaluated_period(plan: Plan, observations: pl.DataFrame) -> str:
    """Return the period to evaluate: the one asked for, else the edition's last, else the newest with figures."""
    if plan.period is not None:
        return plan.period
    if plan.edition.last_period is not None:
        return plan.edition.last_period
    numbers = [month_number(period) for period in observations["period"].unique().to_list()]
    newest = max(numbers, default=month_number(plan.edition.first_period))
    period = period_of(newest, plan.edition.frequency)
    return period if month_number(period) <= newest else period_of(newest - 11, plan.edition.frequency)


def known_until(plan: Plan, observations: pl.DataFrame) -> datetime:
    """Return the moment of knowledge: the one asked for, else when the newest figure was received."""
    if plan.as_of is not None:
        return plan.as_of
    newest = observations["received_at"].max()
    if isinstance(newest, datetime):
        return newest
    year = parse_period(plan.edition.first_period)[1]
    return datetime(year, 1, 1, tzinfo=UTC)


def check_received(plan: Plan, received: Received) -> Accepted:
    """Return what passes the first gate.

    Raises:
        NothingValidError: figures or files came in and none of them is valid.
    """
    from expectations.intake import check_intake

    result = check_intake(received.observations, plan.catalogue, plan.edition)
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

    run = Run(evaluated_period(plan, accepted.observations), known_until(plan, accepted.observations))
    landing = {
        "observations": accepted.observations,
        "findings": accepted.findings,
        "checks": accepted.checks,
        "snapshots": pl.DataFrame(list(accepted.snapshots), schema=SNAPSHOTS),
    }
    with Warehouse(warehouse_of(plan), resource_directory("sql"), plan.settings.threads) as warehouse:
        warehouse.load("reference", reference_tables(plan.catalogue, plan.edition, run))
        warehouse.load("landing", landing)
        warehouse.compute()
        warehouse.load("marts", {"rank_intervals": rank_intervals(plan, warehouse.marts(), run.last_period)})
        return Computed(run.last_period, run.as_of, warehouse.marts())


def rank_intervals(plan: Plan, marts: Mapping[str, pl.DataFrame], last_period: str) -> pl.DataFrame:
    """Return ``marts.rank_intervals`` for the last period and every year-end before it."""
    from xietong.robustness import RobustnessInputs
    from xietong.robustness import rank_intervals as intervals_of_period

    robustness = plan.catalogue.index.robustness
    periods = period_range(plan.edition.first_period, last_period)
    chosen = [period for period in periods if period == last_period or parse_period(period)[2] == DECEMBER]
    frames = []
    for period in chosen:
        inputs = RobustnessInputs.from_marts(plan.catalogue, marts["indicator_scores"], period)
        intervals = intervals_of_period(inputs, robustness.runs, robustness.seed)
        frames.append(intervals.select("unit_code", pl.lit(period).alias("period"), pl.exclude("unit_code")))
    return pl.concat(frames).sort("unit_code", "period", "output")


def warehouse_of(plan: Plan) -> Path:
    """Return where the run's database lies until it becomes part of a release."""
    return plan.settings.edition_directory(plan.edition.name) / "warehouse.duckdb"


def check_computed(plan: Plan, computed: Computed) -> Computed:
    """Return the marts with the checks of the second gate added.

    Raises:
        GateFailedError: a rule of the second gate is broken.
    """
    from expectations.marts import check_marts

    checks = check_marts(computed.marts, plan.catalogue)
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
