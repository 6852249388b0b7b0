"""The first stages of a run: keep the bytes of every file as received, read them, tidy what is in them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

import polars as pl

from flows.planning import Plan, inbox_of
from transforms.tidying import tidy_files
from xietong.frames import Snapshot, empty_findings, empty_observations
from xietong.sources import Claim, Receipt, SnapshotStore, claim_files, receive_files

#: What the demonstration's generator writes beside the forms.
OWN_FILES = frozenset({"manifest.json"})


@dataclass(frozen=True)
class Received:
    """Everything that was read and tidied, before the first gate."""

    snapshots: tuple[Snapshot, ...]
    observations: pl.DataFrame
    findings: pl.DataFrame


def receive(plan: Plan) -> Receipt:
    """Keep and read every file that a source of the edition claims, in the order of the names.

    A file that cannot be read costs only itself and is a finding.
    """
    folders = {"inbox": inbox_of(plan), "data": plan.settings.data_directory}
    claims = claim_files(
        {folder: path for folder, path in folders.items() if path.is_dir()},  # type: ignore[misc]
        plan.sources,
        OWN_FILES if plan.edition.demonstration else frozenset(),
    )
    store = SnapshotStore(plan.settings.build_directory / "snapshots")
    receipt = receive_files(claims.claims, store, _arrival)
    return replace(receipt, findings=pl.concat([claims.findings, receipt.findings]))


def _arrival(claim: Claim) -> datetime:
    """Return when a file came: its publisher's date where the source tells it, else when it was put there."""
    if claim.source.published is not None:
        return datetime.combine(claim.source.published, time(), UTC)
    return datetime.fromtimestamp(int(claim.path.stat().st_mtime), UTC)


def tidy(plan: Plan, receipt: Receipt) -> Received:
    """Turn what was read into observations and findings, source by source in the edition's order.

    A file arrived when its newest figure says it did, where the figures say it themselves. In the
    demonstration, whose dates are part of the invention, a file without figures came with the last.
    """
    tidied = [
        tidy_files(receipt.of(source), source, plan.catalogue, plan.edition.origin)
        for source in plan.sources
        if receipt.of(source)
    ]
    observations = pl.concat([empty_observations(), *(part.observations for part in tidied)])
    findings = pl.concat([empty_findings(), receipt.findings, *(part.findings for part in tidied)])
    newest = dict(observations.group_by("snapshot").agg(pl.col("received_at").max()).iter_rows())
    last = max(newest.values(), default=None) if plan.edition.demonstration else None
    snapshots = tuple(
        replace(snapshot, received_at=newest.get(snapshot.sha256, last or snapshot.received_at))
        for snapshot in receipt.snapshots
    )
    received = Received(snapshots, observations, findings)
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
    return Received(snapshots, observations, findings)
