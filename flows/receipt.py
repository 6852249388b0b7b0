"""The first stages of a run: keep the bytes of every file as received, read them, tidy what is in them."""

import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path

import polars as pl

from flows.noted_files import NotedFiles, noted_files
from flows.planning import Plan, inbox_of
from flows.polling import pulled_directory
from flows.reading import Said, SourceReader
from flows.reading_catalogue import reading_catalogue, reading_key
from flows.sent_again import with_corrections
from transforms.tidying import tidy_files
from xietong.catalogue import Source
from xietong.frames import Snapshot, empty_findings, empty_observations
from xietong.resources import program_files
from xietong.sources import (
    Claim,
    FileRegister,
    IntakeCache,
    Kept,
    PulledFiles,
    SnapshotStore,
    claim_files,
    digest_of_files,
    find_pulled,
    keep_files,
    key_of,
    read_pulled,
)

#: What the demonstration's generator writes beside the forms.
OWN_FILES = frozenset({"manifest.json"})


@dataclass(frozen=True)
class Read:
    """What the files of every source say, and which files there are; ``key`` stands for all they were made from.

    ``noted`` are the findings about files of which nothing is kept; they are among ``findings`` too.
    """

    snapshots: tuple[Snapshot, ...]
    findings: pl.DataFrame
    said: tuple[Said, ...]
    key: str
    noted: NotedFiles


@dataclass(frozen=True)
class Received:
    """Everything that was read and tidied, before the first gate; the same ``key`` means the same frames."""

    snapshots: tuple[Snapshot, ...]
    observations: pl.DataFrame
    findings: pl.DataFrame
    key: str
    noted: NotedFiles


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
    known = reading_catalogue(plan.catalogue)
    base = key_of([_program(), reading_key(plan.catalogue), plan.edition.model_dump_json()])
    said: list[Said] = []
    keys = [base]
    for source in plan.sources:
        reader = SourceReader(source, known, plan.edition.origin, store.directory)
        own = kept.of(source)
        key = key_of([base, source.model_dump_json(), plan.edition.origin])
        keys += [key, *_words(own)]
        if own:
            said.append(reader.read_or_recall(own, cache_of(plan), key))
    pulled = find_pulled(plan.sources, pulled_directory(plan), plan.as_of)
    for source, snapshots in pulled.files:
        key = key_of([base, source.model_dump_json(), plan.edition.origin, "pulled", *_words(snapshots)])
        keys.append(key)
        if snapshots:
            said.append(_read_or_recalled(source, snapshots, plan, store, key))
    noted = noted_files(plan, folders.values(), pl.concat([claims.findings, kept.findings]))
    return _put_together(noted, kept, pulled, said, keys)


def _put_together(noted: NotedFiles, kept: Kept, pulled: PulledFiles, said: list[Said], keys: list[str]) -> Read:
    """Return what the sources said; the same bytes that came by hand and by a poll count as one file."""
    by_hand = [file.snapshot for file in kept.files]
    known = {snapshot.sha256 for snapshot in by_hand}
    by_poll = [snapshot for snapshot in pulled.snapshots if snapshot.sha256 not in known]
    # That a source is down changes what is told, though no file.
    told = pulled.findings["message_en"].fill_null("")
    return Read(
        (*by_hand, *by_poll),
        pl.concat([noted.findings, pulled.findings]),
        tuple(said),
        key_of([*keys, *_words(pulled.snapshots), *told, *(moment.isoformat() for moment in noted.moments)]),
        noted,
    )


def _read_or_recalled(
    source: Source, snapshots: Sequence[Snapshot], plan: Plan, store: SnapshotStore, key: str
) -> Said:
    """Return what the pulled files of a source say; while the same are there, they are not read again."""
    name = f"pulled_{source.code}"
    frames = cache_of(plan).load(name, key)
    is_whole = all(store.find(snapshot.sha256, snapshot.size) is not None for snapshot in snapshots)
    if frames is not None and is_whole:
        return Said(frames["observations"], frames["findings"])
    receipt = read_pulled(source, snapshots, store)
    tidied = tidy_files(receipt.of(source), source, reading_catalogue(plan.catalogue), plan.edition.origin)
    said = Said(tidied.observations, pl.concat([receipt.findings, tidied.findings]))
    if is_whole:
        cache_of(plan).save(name, key, {"observations": said.observations, "findings": said.findings})
    return said


def _words(snapshots: Iterable[Snapshot]) -> list[str]:
    return [
        word for each in snapshots for word in (each.sha256, each.file, each.source_id, each.received_at.isoformat())
    ]


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
    demonstration, whose dates are part of the invention, a file without figures came with the last. Which of
    two files came again is told from when they were put there.
    """
    observations = pl.concat([empty_observations(), *(each.observations for each in read.said)])
    findings = pl.concat([empty_findings(), read.findings, *(each.findings for each in read.said)])
    newest = dict(observations.group_by("snapshot").agg(pl.col("received_at").max()).iter_rows())
    last = max(newest.values(), default=None) if plan.edition.demonstration else None
    snapshots = tuple(
        replace(snapshot, received_at=newest.get(snapshot.sha256, last or snapshot.received_at))
        for snapshot in read.snapshots
    )
    received = Received(snapshots, observations, findings, read.key, read.noted)
    known = received if plan.as_of is None else _known_at(received, plan.as_of)
    return replace(known, findings=with_corrections(known.findings, _sent(plan, read, known), _used(known)))


def _used(received: Received) -> frozenset[str]:
    return frozenset(received.observations["snapshot"])


def _sent(plan: Plan, read: Read, known: Received) -> list[Snapshot]:
    """Return the files that people sent, with when they did; what a connection gives again is no correction.

    In the demonstration the invented dates count: its files are all written within seconds.
    """
    if plan.edition.demonstration:
        return list(known.snapshots)
    hashes = {snapshot.sha256 for snapshot in known.snapshots}
    pulled = {source.code for source in plan.sources if source.connection is not None}
    return [each for each in read.snapshots if each.sha256 in hashes and each.source_id not in pulled]


def _known_at(received: Received, moment: datetime) -> Received:
    """Return what had come by the moment; a table whose rows came at different times counts from its first row."""
    observations = received.observations.filter(pl.col("received_at") <= moment)
    used = set(observations["snapshot"])
    snapshots = tuple(
        snapshot for snapshot in received.snapshots if snapshot.sha256 in used or snapshot.received_at <= moment
    )
    known = [snapshot.sha256 for snapshot in snapshots]
    findings = received.findings.filter(pl.col("snapshot").is_null() | pl.col("snapshot").is_in(known))
    return replace(
        received,
        snapshots=snapshots,
        observations=observations,
        findings=findings,
        key=key_of([received.key, moment.isoformat()]),
    )
