"""What each correction did to the scores of its unit.

The same models run once more, over copies of the corrected units that still have the figures
first reported; the difference to what is published is the effect. Nothing is approximated.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from xietong.vintages import in_order_of_vintage
from xietong.warehouse.database import Warehouse

Tables = Mapping[str, pl.DataFrame]

EFFECTS_GRAIN: Final = "One row: what the corrections of one indicator of one unit did to one score in one period."
EFFECTS: Final = pl.Schema(
    {
        "unit_code": pl.String(),
        "indicator_code": pl.String(),  # the corrected one
        "period": pl.String(),
        "output": pl.String(),  # synergy, or the code of a node of the index
        "before": pl.Float64(),  # with the figures first reported
        "after": pl.Float64(),  # as published
        "effect": pl.Float64(),
    }
)
_FIGURE: Final = ("unit_code", "indicator_code", "period")


def correction_effects(
    sql_directory: Path, reference: Tables, landing: Tables, revisions: pl.DataFrame
) -> pl.DataFrame:
    """Return EFFECTS for every (unit, indicator) in ``revisions``, in the evaluated periods where a score differs.

    ``reference`` and ``landing`` are the tables that the run loads; ``revisions`` is its mart. All
    corrections of one indicator of a unit are taken back together, whatever their periods. A score that
    is null on one side has no effect as a number: ``before`` and ``after`` show it.
    """
    groups = revisions.select("unit_code", "indicator_code").unique().sort("unit_code", "indicator_code")
    if groups.is_empty():
        return pl.DataFrame(schema=EFFECTS)
    copies = groups.with_columns(copy=pl.format("{}#{}", "unit_code", pl.int_range(pl.len())))
    with Warehouse(None, sql_directory, 1) as warehouse:
        warehouse.load_reference(_with_copies(reference, copies))
        warehouse.load("landing", _as_first_reported(landing, copies, reference["sources"]))
        warehouse.compute()
        marts = warehouse.marts()
    scores = _scores(marts)
    before = copies.join(scores.rename({"unit_code": "copy", "score": "before"}), on="copy").drop("copy")
    after = scores.rename({"score": "after"})
    compared = before.join(after, on=["unit_code", "period", "output"], how="left")
    changed = compared.filter(pl.col("before").ne_missing(pl.col("after")))
    return (
        changed.with_columns(effect=pl.col("after") - pl.col("before"))
        .select(EFFECTS.names())
        .sort("unit_code", "indicator_code", "period", "output")
    )


def _with_copies(reference: Tables, copies: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the reference tables for the corrected units and their copies only."""
    tables = dict(reference)
    for name, frame in reference.items():
        if "unit_code" in frame.columns:
            kept = frame.filter(pl.col("unit_code").is_in(copies["unit_code"].implode()))
            tables[name] = pl.concat([kept, _copied(frame, copies)])
    units = tables["units"].sort("unit_code").drop("unit_order").with_row_index("unit_order")
    tables["units"] = units.select(reference["units"].columns)
    return tables


def _copied(frame: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of every corrected unit once more for each of its copies, under the copy's code."""
    pairs = copies.select("unit_code", "copy")
    return frame.join(pairs, on="unit_code").drop("unit_code").rename({"copy": "unit_code"}).select(frame.columns)


def _as_first_reported(landing: Tables, copies: pl.DataFrame, sources: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return what was received of the corrected units; a copy keeps the first vintages of its corrected indicator."""
    tables = dict(landing)
    observations = landing["observations"]
    own = observations.filter(pl.col("unit_code").is_in(copies["unit_code"].implode()))
    ordered = in_order_of_vintage(own, sources.sort("priority")["source_id"].to_list())
    copied = _copied(ordered, copies)
    corrected = copies.select(pl.col("copy").alias("unit_code"), "indicator_code", is_corrected=pl.lit(value=True))
    first = (
        copied.join(corrected, on=["unit_code", "indicator_code"], how="left", maintain_order="left")
        .with_columns(vintage=pl.int_range(pl.len()).over(*_FIGURE))
        .filter(pl.col("is_corrected").is_null() | (pl.col("vintage") == 0))
    )
    tables["observations"] = pl.concat([own, first.select(observations.columns)])
    tables["findings"] = pl.concat([landing["findings"], _copied(landing["findings"], copies)])
    return tables


def _scores(marts: Tables) -> pl.DataFrame:
    index = marts["index_scores"].select("unit_code", "period", pl.col("node_code").alias("output"), "score")
    synergy = marts["synergy"].select("unit_code", "period", pl.lit("synergy").alias("output"), score="d_modified")
    return pl.concat([index, synergy])
