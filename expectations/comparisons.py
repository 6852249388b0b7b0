"""Figures compared across units and across files: districts with their city, one vintage with another."""

import polars as pl

from expectations import cross_check_rules as rules
from expectations.batches import Pairs, pairs
from xietong.catalogue import Catalogue, Unit
from xietong.catalogue.cross_checks import Areas, Vintages


def pairs_of_areas(current: pl.DataFrame, areas: Areas, catalogue: Catalogue) -> Pairs:
    """Return beside what a city reports the sum of its districts, of one source (X4).

    With a figure of every district the two are equal within the tolerance; with some missing the sum is at
    least not above the city. Special units overlap districts and are not added.
    """
    units = catalogue.units.units
    cities = [unit.code for unit in units if unit.kind == "city"]
    districts = [unit for unit in units if unit.kind == "district"]
    codes = [unit.code for unit in districts]
    concerned = current.filter(
        pl.col("indicator_code").is_in(list(areas.indicators)),
        pl.col("first_month").is_not_null(),
        pl.col("unit_code").is_in([*cities, *codes]),
    )
    key = ("indicator_code", "period", "source_id")
    sums = (
        concerned.filter(pl.col("unit_code").is_in(codes))
        .group_by(key)
        .agg(total=pl.col("finite").sum(), arrived=pl.len())
    )
    due = pl.col("first_month").map_elements(lambda month: _existing(districts, month), return_dtype=pl.Int64)
    months = concerned.select("first_month").unique().with_columns(due=due)
    joined = (
        concerned.filter(pl.col("unit_code").is_in(cities))
        .join(sums, on=key, how="inner")
        .join(months, on="first_month", how="left")
    )
    city, total = pl.col("finite"), pl.col("total").round_sig_figs(12)
    is_whole = pl.col("arrived") >= pl.col("due")
    frame = joined.select(
        "row",
        "indicator_code",
        lesser=pl.when(is_whole).then((total - city).abs()).otherwise(total - city),
        greater=city.abs() * areas.tolerance,
        reference=total,
        measured=total / city - 1,
        allowed=pl.lit(areas.tolerance),
    )
    return pairs(rules.DISTRICTS_DO_NOT_ADD_UP, frame)


def _existing(units: list[Unit], month: int) -> int:
    """Return how many of the units exist in a month."""

    def number(year: int, of: int) -> int:
        return year * 12 + of - 1

    return sum(
        (unit.valid_from is None or number(unit.valid_from.year, unit.valid_from.month) <= month)
        and (unit.valid_to is None or number(unit.valid_to.year, unit.valid_to.month) >= month)
        for unit in units
    )


def pairs_of_vintages(figures: pl.DataFrame, current: pl.DataFrame, vintages: Vintages) -> Pairs:
    """Return beside every figure in its newest vintage the one before it, of the same or of another source."""
    older = figures.filter(
        pl.col("finite").is_not_null(), pl.col("cell").is_duplicated(), ~pl.col("row").is_in(current["row"].implode())
    )
    before = (
        older.sort("received_at", "snapshot", "location", nulls_last=False)
        .unique("cell", keep="last", maintain_order=True)
        .select("cell", other_row="row", other="finite", other_source="source_id")
    )
    joined = current.join(before, on="cell", how="inner").filter(pl.col("other") != 0)
    apart = (pl.col("finite") / pl.col("other") - 1).abs()
    allowed = (
        pl.when(pl.col("source_id") == pl.col("other_source"))
        .then(pl.lit(vintages.within_source))
        .otherwise(pl.lit(vintages.between_sources))
    )
    frame = joined.select(
        "row",
        "other_row",
        "indicator_code",
        lesser=apart,
        greater=allowed,
        reference="other",
        measured=pl.col("finite") / pl.col("other") - 1,
        allowed=allowed,
    )
    return pairs(rules.VINTAGES_DISAGREE, frame)
