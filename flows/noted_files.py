"""What is told of files of which no byte is kept: strays, links that lead away, second copies, files nobody can open.

What is told of a file that is kept follows from its bytes. This does not: it is an input of its own, so that a
release names it, obeys the moment of knowledge and can be built again when the files are long gone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from flows.planning import Plan
from xietong.frames import FINDINGS


@dataclass(frozen=True)
class NotedFiles:
    """Findings about files, and when these were put there, as far as that is known."""

    findings: pl.DataFrame
    moments: tuple[datetime, ...]


def noted_files(plan: Plan, folders: Iterable[Path], findings: pl.DataFrame) -> NotedFiles:
    """Return what is told of files of which nothing is kept: what the plan says, else what was found.

    With a moment of knowledge, files that were put there later are left out. In the demonstration, whose dates are
    invented, nothing is.
    """
    if plan.noted is not None:
        return NotedFiles(pl.DataFrame(plan.noted, schema=FINDINGS), ())
    if plan.edition.demonstration is not None:
        return NotedFiles(findings, ())
    directories = list(folders)
    moments = {file: _put_there(directories, file) for file in findings["file"].unique(maintain_order=True)}
    if plan.as_of is not None:
        later = [file for file, moment in moments.items() if moment is not None and moment > plan.as_of]
        return NotedFiles(findings.filter(~pl.col("file").is_in(later)), ())
    return NotedFiles(findings, tuple(moment for moment in moments.values() if moment is not None))


def as_inputs(findings: pl.DataFrame) -> tuple[Mapping[str, str], ...]:
    """Return findings as a manifest keeps them, one mapping each without what is empty."""
    rows = findings.select(FINDINGS.names()).iter_rows(named=True)
    return tuple({name: value for name, value in row.items() if value is not None} for row in rows)


def _put_there(folders: Iterable[Path], file: str) -> datetime | None:
    """Return when a file was put there; None for one that is gone, or whose name cannot be written."""
    for folder in folders:
        try:
            return datetime.fromtimestamp(int((folder / file).lstat().st_mtime), UTC)
        except (OSError, ValueError):
            continue
    return None
