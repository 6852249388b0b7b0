"""Ask the connected sources of an edition for what is new; a run then uses what polls have brought.

Only a poll contacts anybody: a run that is repeated reads the same snapshots, whatever the network does.
"""

from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from flows.planning import Plan, plan
from xietong.catalogue import Source
from xietong.settings import Settings
from xietong.sources import Pulled, SnapshotStore, pull_sources

_CHINA = timezone(timedelta(hours=8))


def pulled_directory(plan: Plan) -> Path:
    """Return where the state of the catalogue's connected sources lies; editions of one catalogue share it."""
    return plan.settings.build_directory / "pulled" / plan.catalogue.name


@dataclass(frozen=True)
class SourcePoll:
    """A connected source that is to be asked."""

    planned: Plan
    source: Source

    def __str__(self) -> str:
        """Return the code of the source, by which a task is named."""
        return self.source.code


def polls_of(settings: Settings, edition_name: str) -> list[SourcePoll]:
    """Return every connected source of the edition.

    Raises:
        UsageError: there is no such edition.
        CatalogueErrors: the catalogue has mistakes.
    """
    planned = plan(settings, edition_name, None, None)
    return [SourcePoll(planned, source) for source in planned.sources if source.connection is not None]


def poll_source(wanted: SourcePoll) -> Pulled:
    """Ask one source and return what came of it; that it is down is a result and no failure."""
    store = SnapshotStore(wanted.planned.settings.build_directory / "snapshots")
    (pulled,) = pull_sources([wanted.source], store, pulled_directory(wanted.planned))
    return pulled


def poll(settings: Settings, edition_name: str) -> tuple[Pulled, ...]:
    """Pull every connected source of the edition and return what came of each; none stops the others.

    Raises:
        UsageError: there is no such edition.
        CatalogueErrors: the catalogue has mistakes.
    """
    planned = plan(settings, edition_name, None, None)
    store = SnapshotStore(settings.build_directory / "snapshots")
    return pull_sources(planned.sources, store, pulled_directory(planned))


def poll_and_tell(settings: Settings, edition_name: str) -> int:
    """Poll, print one line a source and return 0: a source that is down is told of, and no failure of the poll."""
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False, markup=False)
    pulled = poll(settings, edition_name)
    if not pulled:
        console.print(f"版本 {edition_name} 没有需要取数的来源 no source of {edition_name} has a connection")
    for one in pulled:
        console.print(line(one))
    return 0


def line(pulled: Pulled) -> str:
    """Return what came of one source: code, status, when it last succeeded, the message, and the operator's detail."""
    last = pulled.last_success
    when = f"{last.astimezone(_CHINA):%Y-%m-%d %H:%M}" if last else "—"
    detail = f" [{pulled.detail}]" if pulled.detail else ""
    return f"{pulled.source.code}  {pulled.status}  {when}  {pulled.message_zh} {pulled.message_en}{detail}"
