"""Figures compared across units, periods and files: districts with their city, quarters with the year, vintages."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from expectations import cross_check_rules as rules
from expectations.batches import MONTHS, Pairs, pairs
from xietong.catalogue import Catalogue, Unit
from xietong.catalogue.cross_checks import Areas, RunningTotals, Vintages
from xietong.vintages import in_order_of_vintage

_YEAR: Final = 12
#: Quarters are printed rounded and revised apart from their year.
_OF_PERIODS: Final = 0.02


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


def pairs_of_periods(current: pl.DataFrame) -> Pairs:
    """Return beside totals of years the sums of their months or quarters, where one source gives all of them (X4)."""
    key = ("unit_code", "indicator_code", "source_id", "year")
    summed = current.filter("is_summed", pl.col("finite").is_not_null(), pl.col("first_month").is_not_null())
    summed = summed.with_columns(year=pl.col("first_month") // _YEAR)
    sums = (
        summed.filter(pl.col("months") < _YEAR)
        .group_by(*key, "months")
        .agg(total=pl.col("finite").sum().round_sig_figs(12), covered=pl.col("months").sum())
        .filter(pl.col("covered") == _YEAR)
    )
    whole, total = pl.col("finite"), pl.col("total")
    frame = (
        summed.filter(pl.col("months") == _YEAR)
        .join(sums, on=key, how="inner")
        .select(
            "row",
            "indicator_code",
            lesser=(total - whole).abs(),
            greater=whole.abs() * _OF_PERIODS,
            reference=total,
            measured=total / whole - 1,
            allowed=pl.lit(_OF_PERIODS),
        )
    )
    return pairs(rules.PERIODS_DO_NOT_ADD_UP, frame)


def pairs_of_running_totals(current: pl.DataFrame, totals: RunningTotals) -> Pairs:
    """Return for the later periods of a year how even the pace would be if they were running totals (X3).

    The pace of a figure is its share of the periods so far; where all of a year are within the tolerance of
    their mean, every figure but the first fails, which is the same either way.
    """
    least = {MONTHS[frequency]: periods for frequency, periods in totals.least_periods.items()}
    year = ("unit_code", "indicator_code", "source_id", "months", "year")
    paced = (
        current.filter("is_summed", pl.col("months").is_in(list(least)), pl.col("finite") > 0)
        .filter(pl.col("first_month").is_not_null(), ~pl.col("indicator_code").is_in(list(totals.ignored)))
        .with_columns(year=pl.col("first_month") // _YEAR, number=pl.col("first_month") % _YEAR // pl.col("months") + 1)
        .with_columns(pace=pl.col("finite") / pl.col("number"))
    )
    years = (
        paced.group_by(year)
        .agg(
            first=pl.col("finite").sort_by("number").first(),
            other_row=pl.col("row").sort_by("number").first(),
            is_whole=(pl.len() == pl.col("number").max()) & (pl.col("number").n_unique() == pl.len()),
            spread=((pl.col("pace") / pl.col("pace").mean() - 1).abs()).max(),
            periods=pl.len(),
        )
        .filter("is_whole", pl.col("periods") >= pl.col("months").replace_strict(least, return_dtype=pl.Int64))
    )
    frame = (
        paced.filter(pl.col("number") > 1)
        .join(years, on=year, how="inner")
        .select(
            "row",
            "other_row",
            "indicator_code",
            lesser=pl.lit(totals.tolerance),
            greater="spread",
            reference="first",
            measured=pl.col("finite") / pl.col("first"),
            allowed=pl.lit(totals.tolerance),
        )
    )
    return pairs(rules.RUNNING_TOTALS, frame)


def pairs_of_same_day(figures: pl.DataFrame, current: pl.DataFrame) -> Pairs:
    """Return how far from the figures in use others of their source and date are: which is later cannot be told."""
    key = ("cell", "source_id", "received_at")
    repeated = figures.filter(pl.col("finite").is_not_null(), pl.col("cell").is_duplicated())
    others = (
        repeated.filter(pl.struct(key).is_duplicated(), ~pl.col("row").is_in(current["row"].implode()))
        .sort("snapshot", "location", nulls_last=False)
        .select(*key, other_row="row", other="finite")
    )
    frame = current.join(others, on=key, how="inner").select(
        "row",
        "other_row",
        "indicator_code",
        lesser=(pl.col("finite") - pl.col("other")).abs(),
        greater=pl.lit(0.0),
        reference="other",
    )
    return pairs(rules.SAME_DAY_VINTAGES, frame)


def pairs_of_vintages(
    figures: pl.DataFrame, current: pl.DataFrame, vintages: Vintages, sources: Sequence[str]
) -> Pairs:
    """Return beside every figure in its newest vintage the one before it, of the same or of another source."""
    older = figures.filter(
        pl.col("finite").is_not_null(), pl.col("cell").is_duplicated(), ~pl.col("row").is_in(current["row"].implode())
    )
    before = (
        in_order_of_vintage(older, sources)
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
