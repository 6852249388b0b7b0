"""Two releases of an edition side by side: scores and ranks of every ranked unit, and what moved them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
from rich.console import Console

from flows.kept_releases import named_release
from flows.review import read_mart
from xietong.releases import Release
from xietong.settings import Settings

COMPARED: Final = pl.Schema(
    {
        "unit_code": pl.String(),
        "output": pl.String(),  # synergy, index or assessment
        "score_before": pl.Float64(),
        "score_after": pl.Float64(),
        "rank_before": pl.Int64(),
        "rank_after": pl.Int64(),
    }
)
#: Changes of scores below what is published are none.
_DIGITS: Final = 6


def compared_ranks(before: Release | None, after: Release) -> pl.DataFrame:
    """Return COMPARED: one row per ranked unit and output, each release at its own evaluated period.

    A unit that is assessed in one of the two only has nulls on the other side.
    """
    theirs = _ranks(before) if before is not None else _ranks(after).clear()
    joined = theirs.join(_ranks(after), on=["unit_code", "output"], how="full", coalesce=True, suffix="_after")
    named = joined.rename({"score": "score_before", "rank": "rank_before"})
    return named.select(pl.col(name).cast(kind) for name, kind in COMPARED.items()).sort("output", "unit_code")


def differing(compared: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of COMPARED whose score or rank is another."""
    return compared.filter(
        pl.col("score_before").ne_missing(pl.col("score_after"))
        | pl.col("rank_before").ne_missing(pl.col("rank_after"))
    )


def _ranks(release: Release) -> pl.DataFrame:
    """Return unit, output, score and rank of every unit that is ranked in the release's period."""
    period = release.manifest["inputs"]["period"]
    outputs = {
        "synergy": (read_mart(release, "synergy"), "d_modified"),
        "index": (read_mart(release, "index_scores"), "score"),
        "assessment": (read_mart(release, "assessment"), "score"),
    }
    frames = []
    for output, (frame, score) in outputs.items():
        if not {"period", "rank", score} <= set(frame.columns):
            continue
        rows = frame.filter(pl.col("period") == period, pl.col("rank").is_not_null())
        if "level" in rows.columns:
            rows = rows.filter(pl.col("level") == "index")
        frames.append(
            rows.select(
                "unit_code",
                pl.lit(output).alias("output"),
                pl.col(score).cast(pl.Float64).round(_DIGITS).alias("score"),
                pl.col("rank").cast(pl.Int64),
            )
        )
    schema = {"unit_code": pl.String, "output": pl.String, "score": pl.Float64, "rank": pl.Int64}
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def print_differences(settings: Settings, edition: str, before: str, after: str) -> int:
    """Print every unit whose score or rank differs between two releases, and what moved it; return 0.

    Raises:
        UsageError: there is no such release.
    """
    earlier, later = (named_release(settings, edition, name) for name in (before, after))
    console = Console(soft_wrap=True, highlight=False, markup=False)
    rows = compared_ranks(earlier, later)
    different = differing(rows)
    console.print(f"{edition}: {before} → {after}: {different.height} of {rows.height} scores or ranks differ")
    for row in different.to_dicts():
        scores = f"{_number(row['score_before'])} → {_number(row['score_after'])}"
        ranks = f"rank {row['rank_before'] or '—'} → {row['rank_after'] or '—'}"
        console.print(f"  {row['output']:<10} {row['unit_code']:<16} {scores}  {ranks}")
    for line in _causes(earlier.directory, later.directory):
        console.print(line)
    return 0


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.4f}"


def _causes(before: Path, after: Path) -> Iterator[str]:
    """Yield one line per unit and output whose score changed: what of the change is due to which cause."""
    from xietong.changes import CAUSES, changes_between

    split = changes_between(before, after).filter(pl.col("change").abs() >= 10.0**-_DIGITS)
    if split.height:
        yield "what moved them (the parts add up to the change):"
    for row in split.to_dicts():
        parts = "  ".join(f"{cause} {row[cause]:+.6f}" for cause in CAUSES if row[cause])
        yield f"  {row['output']:<20} {row['unit_code']:<16} {row['change']:+.6f} = {parts or 'no split'}"
