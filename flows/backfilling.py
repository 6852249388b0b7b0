"""Past periods evaluated once more, each by itself, so that they can be spread over threads or machines.

A period either gets a release of its own, made in a folder aside and then moved to the others, or only
tables: its rows of the marts with the intervals of its ranks, which a monthly run makes for its last
period and the year-ends alone.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import polars as pl

from flows.evaluation import directly, run_evaluation
from flows.review import keep_beside
from flows.uncertainty import MARTS
from xietong.catalogue import Catalogue, load_catalogue, load_edition
from xietong.errors import XietongError
from xietong.releases import MANIFEST, RELEASES, Release, differences
from xietong.releases.manifest import canonical
from xietong.settings import Settings

BACKFILLS: Final = "backfills"
#: What is simulated for every period of its own.
INTERVALS: Final = ("band_probabilities", "rank_intervals")


@dataclass(frozen=True)
class PeriodRelease:
    """A period that is to have a release of its own."""

    settings: Settings
    edition: str
    period: str

    def __str__(self) -> str:
        """Return the period, by which a task is named."""
        return self.period


@dataclass(frozen=True)
class PeriodTables:
    """A period that is to have tables of its own, out of the marts of a release that knows it."""

    settings: Settings
    edition: str
    release: Path
    period: str
    folder: Path

    def __str__(self) -> str:
        """Return the period, by which a task is named."""
        return self.period


def with_whole_paths(settings: Settings) -> Settings:
    """Return the settings with paths that mean the same in another process, wherever it was started."""
    names = ("build_directory", "inbox_directory", "catalogue_directory", "editions_directory", "data_directory")
    return settings.model_copy(update={name: getattr(settings, name).resolve() for name in names})


def workspace(settings: Settings, edition: str) -> Path:
    """Return an empty folder of this machine's build directory in which a backfill of the edition works."""
    folder = settings.edition_directory(edition) / BACKFILLS / ".work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def release_of_period(wanted: PeriodRelease) -> str:
    """Evaluate the period in a folder aside, move its release to the others and return its name.

    Raises:
        XietongError: the evaluation stopped, or the same inputs gave other bytes before.
    """
    settings, edition = wanted.settings, wanted.edition
    aside = settings.edition_directory(edition) / BACKFILLS / ".work" / wanted.period
    alone = settings.without_publication(build_directory=aside)
    _share_inputs(settings, alone, edition)
    summary = run_evaluation(alone, edition, wanted.period, None, directly, keep_beside)
    made = alone.edition_directory(edition) / RELEASES / summary.release
    _move(made, settings.edition_directory(edition) / RELEASES / summary.release)
    shutil.rmtree(aside)
    return summary.release


def _share_inputs(settings: Settings, alone: Settings, edition: str) -> None:
    """Give the folder aside what was received, and a copy of what is remembered of reading it."""
    alone.edition_directory(edition).mkdir(parents=True)
    for shared in ("snapshots", "pulled", f"{edition}/inbox"):
        (settings.build_directory / shared).mkdir(parents=True, exist_ok=True)
        (alone.build_directory / shared).symlink_to(settings.build_directory / shared, target_is_directory=True)
    remembered = settings.build_directory / "intake" / edition
    if remembered.is_dir():
        shutil.copytree(remembered, alone.build_directory / "intake" / edition)


def _move(made: Path, target: Path) -> None:
    """Put the folder where it belongs by one rename; where there is one already, it must hold the same.

    Raises:
        XietongError: it holds something else; that stays.
    """
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)
        return
    other = next(differences(_outputs(target), _outputs(made)), None)
    if other is not None:
        raise XietongError(f"{target.name} exists and the same inputs now give something else: {other}")
    shutil.rmtree(made)


def _outputs(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file in the folder as its manifest, of a release or of tables, has it."""
    try:
        return dict(json.loads((folder / MANIFEST).read_bytes())["outputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise XietongError(f"the manifest of {folder.name} cannot be read; remove that folder and run again") from error


def tables_of_period(wanted: PeriodTables) -> dict[str, str]:
    """Write the period's rows of every mart and its intervals as Parquet; return the sha256 of every file by name."""
    marts = wanted.release / "site" / "downloads"
    tables = {path.stem: _rows(path, wanted.period) for path in sorted(marts.glob("*.parquet"))}
    if tables["rank_intervals"].is_empty() and tables["synergy"]["rank"].is_not_null().any():
        catalogue = _catalogue(wanted.settings.catalogue_directory, wanted.settings.editions_directory, wanted.edition)
        tables |= _intervals(catalogue, tables["indicator_scores"], wanted.period)
    folder = wanted.folder / wanted.period
    folder.mkdir()
    hashes = {}
    for name, frame in sorted(tables.items()):
        if frame.height:
            path = folder / f"{name}.parquet"
            frame.write_parquet(path, compression="zstd", statistics=False)
            hashes[f"{wanted.period}/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashes


def _rows(path: Path, period: str) -> pl.DataFrame:
    """Return the rows of a mart that are of the period; none of a mart that is of no period."""
    frame = pl.scan_parquet(path)
    names = frame.collect_schema().names()
    return frame.filter(pl.col("period") == period if "period" in names else pl.lit(value=False)).collect()


@lru_cache(maxsize=1)
def _catalogue(catalogues: Path, editions: Path, edition: str) -> Catalogue:
    """Return the catalogue of the edition; read once in a process, not once a period."""
    return load_catalogue(catalogues, load_edition(editions, edition).catalogue)


def _intervals(catalogue: Catalogue, indicator_scores: pl.DataFrame, period: str) -> dict[str, pl.DataFrame]:
    from xietong.robustness import MonteCarlo, RobustnessInputs, period_tables

    inputs = RobustnessInputs.from_marts(catalogue, indicator_scores, period)
    simulated = period_tables(inputs, MonteCarlo.of(catalogue))
    dated = {name: frame.with_columns(period=pl.lit(period)) for name, frame in simulated.items()}
    return {name: MARTS[name].frame([dated[name]]) for name in INTERVALS}


def tables_wanted(settings: Settings, release: Release, periods: Sequence[str]) -> list[PeriodTables]:
    """Return what has to be done for every period, in a workspace of the release's edition."""
    edition = str(release.manifest["inputs"]["edition"])
    folder = workspace(settings, edition)
    sent = settings.without_publication()
    return [PeriodTables(sent, edition, release.directory, period, folder) for period in periods]


def finish_tables(wanted: Sequence[PeriodTables], hashes: Sequence[dict[str, str]]) -> Path:
    """Describe the tables of all periods by their hashes and put them in place by one rename; return where they are.

    Raises:
        XietongError: the same release and periods gave other bytes before; those stay.
    """
    first, last = wanted[0], wanted[-1]
    outputs = {name: sha256 for each in hashes for name, sha256 in each.items()}
    manifest = {
        "inputs": {"release": first.release.name, "first_period": first.period, "last_period": last.period},
        "outputs": outputs,
    }
    (first.folder / MANIFEST).write_bytes(canonical(manifest, indent=1))
    target = first.folder.parent / f"{first.release.name}_{first.period}_{last.period}"
    _move(first.folder, target)
    return target
