"""Which files a release offers for download, and what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

#: Beside the pages; shared by both languages.
FOLDER: Final = "downloads"
WORKBOOK: Final = "xietong.xlsx"
#: The downloads described for programs: the file, and the key of its explanation.
DESCRIPTIONS: Final = (
    ("datapackage.json", "package"),
    ("csv-metadata.json", "csv_metadata"),
    ("dataset.jsonld", "dataset"),
)
#: A reader of JSON takes no more rows at once; longer tables hold their newest period only.
WHOLE_ROWS: Final = 20_000
#: Marts with a row for every evaluated period; the workbook holds their newest period.
BY_PERIOD: Final = frozenset(
    {
        "synergy",
        "synergy_change",
        "index_scores",
        "indicator_scores",
        "emissions",
        "pollution_equivalents",
        "target_progress",
        "assessment",
        "assessment_sections",
        "assessment_items",
        "rank_intervals",
        "band_probabilities",
        "saturation",
    }
)
#: A workbook with more rows than this in one sheet takes longer to open than to ask for the CSV.
_SHEET_ROWS: Final = 5_000
#: In the order in which a reader would want them.
MARTS: Final = (
    "synergy",
    "synergy_change",
    "index_scores",
    "indicator_scores",
    "contributions",
    "obstacles",
    "score_changes",
    "decomposition",
    "emissions",
    "pollution_equivalents",
    "target_progress",
    "assessment",
    "assessment_sections",
    "assessment_items",
    "rank_intervals",
    "band_probabilities",
    "rank_probabilities",
    "factor_sensitivity",
    "rank_reversals",
    "leave_one_out",
    "robustness_series",
    "weights",
    "change_intervals",
    "draws",
    "assessment_draws",
    "saturation",
    "observations",
    "findings",
    "checks",
    "snapshots",
    "lineage",
    "revisions",
    "correction_effects",
)
#: Long tables that no one reads row by row: as Parquet only, not in the workbook.
PARQUET_ONLY: Final = frozenset(
    {"assessment_items", "contributions", "decomposition", "lineage", "obstacles", "score_changes"}
)


@dataclass(frozen=True)
class Table:
    """One table for download; ``is_whole`` false: JSON and workbook hold the evaluated period only."""

    mart: str
    rows: int
    columns: tuple[str, ...]
    is_whole: bool

    @property
    def formats(self) -> tuple[str, ...]:
        """Return the endings of the files that hold the table."""
        return ("parquet",) if self.mart in PARQUET_ONLY else ("csv", "parquet", "json")


def tables(marts: Mapping[str, pl.DataFrame]) -> tuple[Table, ...]:
    """Return the tables that a release offers, known ones first."""
    names = [name for name in MARTS if name in marts] + sorted(set(marts) - set(MARTS))
    return tuple(
        Table(name, marts[name].height, tuple(marts[name].columns), marts[name].height <= WHOLE_ROWS) for name in names
    )


def sheet_of(mart: str, frame: pl.DataFrame) -> pl.DataFrame | None:
    """Return what the workbook holds of a mart: its newest period, or None when it is too long for a sheet."""
    if mart in PARQUET_ONLY:
        return None
    rows = frame
    if mart in BY_PERIOD and frame.height:
        rows = frame.filter(pl.col("period") == frame["period"].max())
    return rows if rows.height <= _SHEET_ROWS else None


def condensed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame, or of a long one the rows of its newest period."""
    if frame.height <= WHOLE_ROWS or "period" not in frame.columns:
        return frame
    return frame.filter(pl.col("period") == frame["period"].max())
