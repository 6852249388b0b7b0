"""Vintages: which of several figures for one unit, indicator and period a run reads.

The models order them alike (``sql/staging/stg_observations.sql``, ``sql/marts/revisions.sql``).
"""

from collections.abc import Sequence

import polars as pl


def in_order_of_vintage(figures: pl.DataFrame, sources: Sequence[str]) -> pl.DataFrame:
    """Return figures (at least with the columns of OBSERVATIONS that this reads), those that replace others last.

    The last received wins; received at one moment, the source that comes first in ``sources``, those of the
    edition in its order. Snapshot and location decide the rest, so that the order of rows never does.
    """
    preference = pl.col("source_id").replace_strict(
        list(sources), range(len(sources), 0, -1), default=0, return_dtype=pl.Int64
    )
    return figures.sort("received_at", preference, "snapshot", "location", nulls_last=False)
