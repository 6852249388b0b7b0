"""Kept files to tidy figures: what came of the same bytes before is used again, the rest is read by two processes."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Final

import polars as pl

from flows.side_process import beside
from transforms.tidying import tidy_files
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin
from xietong.frames import Snapshot, empty_findings, empty_observations
from xietong.sources import IntakeCache, SnapshotStore, read_file

#: Files that a process reads and tidies at once: enough that a frame is worth its making.
_BATCH: Final = 96
#: Below so many batches, asking the side process costs more than it saves.
_SHARED: Final = 4
_FILES: Final = pl.Schema({"snapshot": pl.String(), "file": pl.String(), "received_at": pl.Datetime("us", "UTC")})


@dataclass(frozen=True)
class Said:
    """What files of one source say: their figures, and everything that was found in reading and tidying them."""

    observations: pl.DataFrame
    findings: pl.DataFrame

    def of(self, files: pl.DataFrame) -> "Said":
        """Return what these files (``snapshot`` and others) say, in their order."""
        order = files.select("snapshot").with_row_index("place")
        return Said(
            *(
                frame.join(order, on="snapshot", how="inner", maintain_order="left")
                .sort("place", maintain_order=True)
                .drop("place")
                for frame in (self.observations, self.findings)
            )
        )

    def __add__(self, other: "Said") -> "Said":
        """Return what both say."""
        return Said(pl.concat([self.observations, other.observations]), pl.concat([self.findings, other.findings]))


@dataclass(frozen=True)
class SourceReader:
    """Reads the files of one source, each with bytes of its own, from the store."""

    source: Source
    catalogue: Catalogue
    origin: Origin
    store_directory: Path

    def read(self, snapshots: Sequence[Snapshot]) -> Said:
        """Return what the files say, in the order of the files, whatever batches and processes read them."""
        batches = [snapshots[start : start + _BATCH] for start in range(0, len(snapshots), _BATCH)]
        outcomes = self._shared(batches) if len(batches) >= _SHARED else list(map(self.read_batch, batches))
        said = reduce(Said.__add__, outcomes, Said(empty_observations(), empty_findings()))
        return said.of(_listed(snapshots))

    def read_or_recall(self, snapshots: Sequence[Snapshot], cache: IntakeCache, key: str) -> Said:
        """Return what the files say; only files that the cache does not know under this key are read."""
        wanted = _listed(snapshots)
        frames = cache.load(self.source.code, key)
        known = _NOTHING if frames is None else frames
        new = wanted.join(known["files"], on=_FILES.names(), how="anti")
        if new.is_empty() and wanted.height == known["files"].height:
            return Said(known["observations"], known["findings"]).of(wanted)
        still = known["files"].join(wanted, on=_FILES.names(), how="semi")
        unread = set(new["snapshot"])
        said = Said(known["observations"], known["findings"]).of(still)
        said = (said + self.read([snapshot for snapshot in snapshots if snapshot.sha256 in unread])).of(wanted)
        frames = {"files": wanted, "observations": said.observations, "findings": said.findings}
        cache.save(self.source.code, key, frames)
        return said

    def read_batch(self, snapshots: Sequence[Snapshot]) -> Said:
        """Return what the files say, read one after the other and tidied at once."""
        store = SnapshotStore(self.store_directory)
        read = [(snapshot, *read_file(snapshot, store)) for snapshot in snapshots]
        tidied = tidy_files(
            [(snapshot, tables) for snapshot, tables, found in read if tables or not found],
            self.source,
            self.catalogue,
            self.origin,
        )
        return Said(tidied.observations, pl.concat([*(row for *_, found in read for row in found), tidied.findings]))

    def _shared(self, batches: Sequence[Sequence[Snapshot]]) -> list[Said]:
        """Return the outcomes in the order of the batches; the side process takes the next one whenever it is free."""
        outcomes: dict[int, Said] = {}
        waiting: Iterator[int] = iter(range(len(batches)))
        theirs: tuple[int, Future[Said]] | None = None
        for number in waiting:
            if theirs is not None and theirs[1].done():
                outcomes[theirs[0]] = theirs[1].result()
                theirs = None
            if theirs is None:
                theirs = (number, beside(self.read_batch, batches[number]))
            else:
                outcomes[number] = self.read_batch(batches[number])
        if theirs is not None:
            outcomes[theirs[0]] = theirs[1].result()
        return [outcomes[number] for number in range(len(batches))]


def _listed(snapshots: Sequence[Snapshot]) -> pl.DataFrame:
    rows = [(snapshot.sha256, snapshot.file, snapshot.received_at) for snapshot in snapshots]
    return pl.DataFrame(rows, schema=_FILES, orient="row")


_NOTHING: Final = {
    "files": pl.DataFrame(schema=_FILES),
    "observations": empty_observations(),
    "findings": empty_findings(),
}
