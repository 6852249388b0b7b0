"""Two releases side by side: their figures, their methods, and why their scores differ."""

import json
from pathlib import Path
from typing import Final

import polars as pl

from xietong.changes.method import Method
from xietong.changes.splitting import State, split_change
from xietong.errors import UsageError
from xietong.warehouse.kept_reference import kept_reference

#: Where a release keeps its figures and the method that scored them.
_FIGURES: Final = Path("site") / "downloads" / "indicator_scores.parquet"
_DATABASE: Final = "warehouse.duckdb"
_METHOD_TABLES: Final = ("indicators", "nodes", "parameters")


def changes_between(before: Path, after: Path) -> pl.DataFrame:
    """Return the split of every change of score from the release in one folder to that in the other.

    Each release is taken at its own evaluated period. Columns as of ``split_change``.

    Raises:
        UsageError: a folder is not a release.
    """
    return split_change(release_state(before), release_state(after))


def release_state(release: Path) -> State:
    """Return the figures of a release's evaluated period and the method it was computed with.

    Raises:
        UsageError: the folder is not a release.
    """
    try:
        manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
        figures = pl.read_parquet(release / _FIGURES)
    except FileNotFoundError as error:
        raise UsageError(f"{release} is not a release: {error.filename} is missing") from error
    period = manifest["inputs"]["period"]
    method = Method.from_reference(kept_reference(release / _DATABASE, _METHOD_TABLES))
    return State(figures.filter(pl.col("period") == period), method)
