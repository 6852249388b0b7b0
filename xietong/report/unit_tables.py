"""The tables of one unit for download: its figures, its three outputs over time, and everything received from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from xietong.catalogue import Catalogue

#: Folder below the downloads that holds the tables of units.
FOLDER: Final = "units"
#: The tables of a unit, in the order in which a reader would want them.
TABLES: Final = ("figures", "outputs", "received")
_FIGURES: Final = (
    "state",
    "value",
    "value_period",
    "age_months",
    "method",
    "score",
    "weight",
    "effective_weight",
    "contribution",
)
_RECEIVED: Final = ("value", "status", "source_id", "file", "location", "received_at", "source_note")
_SYNERGY: Final = {
    "p_score": "pollution",
    "k_score": "carbon",
    "d_modified": "synergy",
    "d_standard": "synergy_standard",
    "rank": "synergy_rank",
    "ranked_units": "synergy_ranked_units",
}
_INDEX: Final = {"score": "index", "rank": "index_rank", "ranked_units": "index_ranked_units"}
_ASSESSMENT: Final = {
    "score": "assessment",
    "grade": "assessment_grade",
    "rank": "assessment_rank",
    "ranked_units": "assessment_ranked_units",
}

UnitTables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class UnitFile:
    """A download of one unit: its path from the root of the site, which table it is, and how many rows it has."""

    path: str
    table: str
    rows: int


def unit_file(unit_code: str, table: str) -> str:
    """Return where a table of a unit goes, below the root of the site."""
    return f"downloads/{FOLDER}/{unit_code}-{table}.csv"


def unit_tables(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue, period: str) -> dict[str, UnitTables]:
    """Return the tables that hold rows by unit of the catalogue; a unit without rows has an empty mapping.

    ``figures`` holds every indicator in the evaluated period as it was used, ``outputs`` the three outputs in every
    period with the 5 and 95 % rank where computed, ``received`` every figure as it was received.
    """
    tables = {
        "figures": _figures(marts, catalogue, period),
        "outputs": _outputs(marts, catalogue),
        "received": _received(marts, catalogue),
    }
    parts = {
        name: {str(key[0]): part for key, part in frame.partition_by("unit_code", as_dict=True).items()}
        for name, frame in tables.items()
        if frame.height
    }
    return {
        unit.code: {name: found[unit.code] for name, found in parts.items() if unit.code in found}
        for unit in catalogue.units.units
    }


def _named(frame: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Return the rows with both names and the unit of measurement of their indicator, in the catalogue's order."""
    rows = [
        (place, found.code, found.name.zh, found.name.en, found.measure)
        for place, found in enumerate(catalogue.indicators)
    ]
    names = ("indicator_code", "name_zh", "name_en", "measure")
    known = pl.DataFrame(rows, schema={"place": pl.Int64(), **dict.fromkeys(names, pl.String())}, orient="row")
    return frame.join(known, on="indicator_code", how="left")


def _figures(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue, period: str) -> pl.DataFrame:
    frame = marts.get("indicator_scores", pl.DataFrame())
    if not frame.height:
        return frame
    rows = _named(frame.filter(pl.col("period") == period), catalogue)
    columns = ("unit_code", "period", "indicator_code", "name_zh", "name_en", "measure", "node_code", *_FIGURES)
    return rows.sort("unit_code", "place", nulls_last=True).select(_present(rows, columns))


def _received(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> pl.DataFrame:
    frame = marts.get("observations", pl.DataFrame())
    if not frame.height:
        return frame
    rows = _named(frame, catalogue).with_columns(pl.col("received_at").dt.strftime("%Y-%m-%d"))
    snapshots = marts.get("snapshots", pl.DataFrame())
    if snapshots.height:
        files = snapshots.select(pl.col("sha256").alias("snapshot"), "file").unique("snapshot", keep="first")
        rows = rows.join(files, on="snapshot", how="left", maintain_order="left")
    columns = ("unit_code", "indicator_code", "name_zh", "name_en", "measure", "period", *_RECEIVED)
    return rows.sort("unit_code", "place", "period", nulls_last=True, maintain_order=True).select(
        _present(rows, columns)
    )


def _outputs(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> pl.DataFrame:
    top = next(node.code for node in catalogue.index.nodes if node.parent is None)
    index = marts.get("index_scores", pl.DataFrame())
    if index.height:
        index = index.filter(pl.col("node_code") == top)
    joined = pl.DataFrame()
    for output, frame, columns in (
        ("synergy", marts.get("synergy", pl.DataFrame()), _SYNERGY),
        ("index", index, _INDEX),
        ("assessment", marts.get("assessment", pl.DataFrame()), _ASSESSMENT),
    ):
        if frame.height:
            renamed = {old: new for old, new in columns.items() if old in frame.columns}
            part = _with_interval(marts, output, frame.select("unit_code", "period", *renamed).rename(renamed))
            keys = ["unit_code", "period"]
            joined = joined.join(part, on=keys, how="full", coalesce=True) if joined.height else part
    return joined.sort("unit_code", "period") if joined.height else joined


def _with_interval(marts: Mapping[str, pl.DataFrame], output: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with where the rank may lie; a rank never leaves without it, empty where none was computed."""
    intervals = marts.get("rank_intervals", pl.DataFrame())
    names = {"rank_p05": f"{output}_rank_p05", "rank_p95": f"{output}_rank_p95"}
    if not intervals.height:
        return rows.with_columns(pl.lit(None, pl.Int64).alias(name) for name in names.values())
    own = intervals.filter(pl.col("output") == output).select("unit_code", "period", *names).rename(names)
    return rows.join(own, on=["unit_code", "period"], how="left")


def _present(frame: pl.DataFrame, columns: tuple[str, ...]) -> list[str]:
    return [name for name in columns if name in frame.columns]
