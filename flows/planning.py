"""What a run is about: the edition, its catalogue, the period and the moment of knowledge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from flows.side_process import beside
from xietong.catalogue import Catalogue, Edition, Source, load_catalogue, load_edition
from xietong.errors import UsageError
from xietong.periods import month_number, parse_period, period_of
from xietong.settings import Settings


@dataclass(frozen=True)
class Plan:
    """An edition with its catalogue, ready to run on a machine."""

    settings: Settings
    edition: Edition
    catalogue: Catalogue
    period: str | None
    as_of: datetime | None
    #: What a release to be built again was told of files of which no byte is kept; None: what is found.
    noted: tuple[Mapping[str, str], ...] | None = None

    @property
    def sources(self) -> list[Source]:
        """Return the sources of the edition in their order of preference."""
        return [self.catalogue.source(code) for code in self.edition.sources]


def plan(settings: Settings, edition_name: str, period: str | None, as_of: datetime | None) -> Plan:
    """Return the plan of a run.

    Raises:
        UsageError: there is no such edition, or it cannot be evaluated in this period.
        CatalogueErrors: the catalogue has mistakes.
    """
    edition = load_edition(settings.editions_directory, edition_name)
    catalogue = load_catalogue(settings.catalogue_directory, edition.catalogue)
    if period is not None:
        check_period(edition, period)
    return Plan(settings, edition, catalogue, period, as_of)


def check_period(edition: Edition, period: str) -> None:
    """Return if the edition can be evaluated in the period.

    Raises:
        UsageError: it cannot; the message says which periods it has.
    """
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


def warm_up_beside() -> None:
    """Have the side process import what the gates need, while this one does something else."""
    beside(_warm_up)


def _warm_up() -> None:
    import xietong.robustness  # noqa: F401
    from expectations.evaluation import warm_up

    warm_up()


def inbox_of(plan: Plan) -> Path:
    """Return the edition's inbox; that of the demonstration is generated and lies with what is generated."""
    if plan.edition.demonstration is not None:
        return plan.settings.edition_directory(plan.edition.name) / "inbox"
    return plan.settings.inbox_directory / plan.edition.name


def prepare(plan: Plan, *, expects_nothing_new: bool = False) -> None:
    """Write the forms of the demonstration edition, if this is one; they then take the way of every form.

    Meanwhile the side process imports what the gates need, unless they will hardly be asked.
    """
    if not expects_nothing_new:
        warm_up_beside()
    if plan.edition.demonstration is not None:
        from xietong.demonstration import generate

        generate(plan.catalogue, plan.edition, inbox_of(plan))


def evaluated_period(plan: Plan, observations: pl.DataFrame) -> str:
    """Return the period to evaluate: the one asked for, else the edition's last, else the newest with figures.

    With a moment of knowledge and no period, it is the newest period that had figures then.
    """
    if plan.period is not None:
        return plan.period
    edition = plan.edition
    if edition.last_period is not None and plan.as_of is None:
        return edition.last_period
    known = observations if plan.as_of is None else observations.filter(pl.col("received_at") <= plan.as_of)
    first = month_number(edition.first_period)
    newest = max((month_number(period) for period in known["period"].unique()), default=first)
    if edition.last_period is not None:
        newest = min(newest, month_number(edition.last_period))
    period = period_of(newest, edition.frequency)
    # A year or quarter that has not ended is not evaluated.
    if month_number(period) > newest:
        period = period_of(newest - 12 if edition.frequency == "year" else newest - 3, edition.frequency)
    return max(period, edition.first_period)


def known_until(plan: Plan, moments: Iterable[datetime]) -> datetime:
    """Return the moment of knowledge: the one asked for, else the newest of the moments at which anything came."""
    if plan.as_of is not None:
        return plan.as_of
    beginning = datetime(parse_period(plan.edition.first_period)[1], 1, 1, tzinfo=UTC)
    return max(moments, default=beginning)
