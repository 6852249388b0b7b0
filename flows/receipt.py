"""The first stages of a run: keep the bytes of every file as received, read them, tidy what is in them."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path

import polars as pl

from flows.planning import Plan, inbox_of
from flows.polling import pulled_directory
from flows.reading import Said, SourceReader
from transforms.tidying import tidy_files
from xietong.frames import Snapshot, empty_findings, empty_observations
from xietong.resources import program_files
from xietong.sources import (
    Claim,
    FileRegister,
    IntakeCache,
    Receipt,
    SnapshotStore,
    claim_files,
    digest_of_files,
    keep_files,
    key_of,
    receive_pulled,
)

#: What the demonstration's generator writes beside the forms.
OWN_FILES = frozenset({"manifest.json"})


@dataclass(frozen=True)
class Read:
    """What the files of every source say, and which files there are; ``key`` stands for all they were made from."""

    snapshots: tuple[Snapshot, ...]
    findings: pl.DataFrame
    said: tuple[Said, ...]
    key: str


@dataclass(frozen=True)
class Received:
    """Everything that was read and tidied, before the first gate; the same ``key`` means the same frames."""

    snapshots: tuple[Snapshot, ...]
    observations: pl.DataFrame
    findings: pl.DataFrame
    key: str


def cache_of(plan: Plan) -> IntakeCache:
    """Return what earlier runs of the edition read and checked."""
    return IntakeCache(_memory_directory(plan))


def _memory_directory(plan: Plan) -> Path:
    return plan.settings.build_directory / "intake" / plan.edition.name


def receive(plan: Plan) -> Read:
    """Keep and read every file that a source of the edition claims, in the order of the names, then what was pulled.

    A file that cannot be read costs only itself and is a finding. Files that nobody touched since the last
    run are neither hashed nor read again.
    """
    folders = {"inbox": inbox_of(plan), "data": plan.settings.data_directory}
    claims = claim_files(
        {folder: path for folder, path in folders.items() if path.is_dir()},  # type: ignore[misc]
        plan.sources,
        OWN_FILES if plan.edition.demonstration else frozenset(),
    )
    store = SnapshotStore(plan.settings.build_directory / "snapshots")
    register = FileRegister(_memory_directory(plan) / "files.json")
    kept = keep_files(claims.claims, store, _arrival, register)
    register.save()
    base = _base_key(plan)
    said: list[Said] = []
    keys = [base]
    for source in plan.sources:
        reader = SourceReader(source, plan.catalogue, plan.edition.origin, store.directory)
        own = kept.of(source)
        key = key_of([base, source.model_dump_json(), plan.edition.origin])
        keys += [key, *_words(own)]
        if own:
            said.append(reader.read_or_recall(own, cache_of(plan), key))
    pulled = receive_pulled(plan.sources, store, pulled_directory(plan), plan.as_of)
    said += _said_by(pulled, plan)
    by_hand = [file.snapshot for file in kept.files]
    # The same bytes may have come by hand and by a poll.
    known = {snapshot.sha256 for snapshot in by_hand}
    by_poll = [snapshot for snapshot in pulled.snapshots if snapshot.sha256 not in known]
    # That a source is down changes what is told, though no file.
    told = pulled.findings["message_en"].fill_null("")
    return Read(
        (*by_hand, *by_poll),
        pl.concat([claims.findings, kept.findings, pulled.findings]),
        tuple(said),
        key_of([*keys, *_words(file.snapshot for file in pulled.files), *_words(pulled.snapshots), *told]),
    )


def _said_by(pulled: Receipt, plan: Plan) -> list[Said]:
    tidied = [
        tidy_files(pulled.of(source), source, plan.catalogue, plan.edition.origin)
        for source in plan.sources
        if pulled.of(source)
    ]
    return [Said(each.observations, each.findings) for each in tidied]


def _words(snapshots: Iterable[Snapshot]) -> list[str]:
    return [
        word for each in snapshots for word in (each.sha256, each.file, each.source_id, each.received_at.isoformat())
    ]


def _base_key(plan: Plan) -> str:
    """Return the hash of what every figure is made with besides its file: program, libraries, catalogue, edition."""
    return key_of(
        [
            _program(),
            digest_of_files([(plan.settings.catalogue_directory, "**/*.yaml")]),
            plan.edition.model_dump_json(),
        ]
    )


@lru_cache(maxsize=1)
def _program() -> str:
    """Return the hash of the program as it is when it is first asked for, and of what it runs on."""
    from importlib.metadata import version

    libraries = [f"{name} {version(name)}" for name in ("polars", "fastexcel", "great-expectations")]
    code = digest_of_files([(directory, pattern) for directory, pattern in program_files() if pattern == "**/*.py"])
    return key_of([code, platform.python_version(), *libraries])


def _arrival(claim: Claim) -> datetime:
    """Return when a file came: its publisher's date where the source tells it, else when it was put there."""
    if claim.source.published is not None:
        return datetime.combine(claim.source.published, time(), UTC)
    return datetime.fromtimestamp(int(claim.path.stat().st_mtime), UTC)


def tidy(plan: Plan, read: Read) -> Received:
    """Put together what the sources say, in the edition's order.

    A file arrived when its newest figure says it did, where the figures say it themselves. In the
    demonstration, whose dates are part of the invention, a file without figures came with the last.
    """
    observations = pl.concat([empty_observations(), *(each.observations for each in read.said)])
    findings = pl.concat([empty_findings(), read.findings, *(each.findings for each in read.said)])
    newest = dict(observations.group_by("snapshot").agg(pl.col("received_at").max()).iter_rows())
    last = max(newest.values(), default=None) if plan.edition.demonstration else None
    snapshots = tuple(
        replace(snapshot, received_at=newest.get(snapshot.sha256, last or snapshot.received_at))
        for snapshot in read.snapshots
    )
    received = Received(snapshots, observations, findings, read.key)
    return received if plan.as_of is None else _known_at(received, plan.as_of)


def _known_at(received: Received, moment: datetime) -> Received:
    """Return what had come by the moment; a table whose rows came at different times counts from its first row."""
    observations = received.observations.filter(pl.col("received_at") <= moment)
    used = set(observations["snapshot"])
    snapshots = tuple(
        snapshot for snapshot in received.snapshots if snapshot.sha256 in used or snapshot.received_at <= moment
    )
    known = [snapshot.sha256 for snapshot in snapshots]
    findings = received.findings.filter(pl.col("snapshot").is_null() | pl.col("snapshot").is_in(known))
    return Received(snapshots, observations, findings, key_of([received.key, moment.isoformat()]))
