"""Batches: figures laid out so that few expectations look at all of them.

A batch of long form holds one figure a row. The figures of each indicator also stand side by
side, one column an indicator (row k: its k-th figure, shorter columns padded with null), so
that the range of an indicator is one expectation on one column. ``rows`` leads a failing cell
back to its figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations.relations import Order, Total, coefficient
from expectations.rules import TOO_MANY_DAYS, Rule
from xietong.catalogue import Catalogue
from xietong.frames import OBSERVATIONS
from xietong.periods import parse_period

#: Without any of these a figure cannot be placed or traced.
REQUIRED_FIELDS: Final = tuple(column for column in OBSERVATIONS if column not in {"value", "source_note"})
#: What tells figures apart; a file gives each once.
FIGURE_KEY: Final = ("unit_code", "indicator_code", "period", "snapshot")
#: Columns whose rows are counted by Great Expectations as categories, faster than as text.
_CATEGORIES: Final = ("unit_code", "indicator_code", "origin", "status", "month", "quarter", "year")
_DAYS: Final = "天"
#: The months of a figure of each frequency.
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_LARGEST_NUMBER: Final = 2**62


@dataclass(frozen=True)
class SideBySide:
    """Columns of different length in one frame, and per column the numbers of the figures in it."""

    frame: pl.DataFrame
    rows: Mapping[str, pl.Series]


@dataclass(frozen=True)
class Pairs:
    """Pairs of numbers of which ``lesser`` must not exceed ``greater``, one pair a row.

    ``row`` is the figure that is judged, ``other_row`` the one it is compared with (null: something
    computed), ``reference`` the number it is compared with.
    """

    rule: Rule
    indicator_code: str | None
    frame: pl.DataFrame


def described(observations: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Return the figures with what the checks look at: a row number, a figure number, period parts, and so on.

    ``figure`` numbers the keys in their order, equal for repeats, null where part of the key is;
    ``finite`` is the value unless it is null, NaN or infinite; ``first_month`` counts months as
    ``xietong.periods.month_number`` does; ``spans`` says how many periods of its indicator a sum covers.
    """
    joined = (
        observations.with_row_index("row")
        .join(_period_parts(observations["period"]), on="period", how="left", maintain_order="left")
        .join(_indicator_parts(catalogue), on="indicator_code", how="left", maintain_order="left")
    )
    return joined.with_columns(
        _figure_numbers(observations),
        pl.when(pl.col("value").is_finite()).then(pl.col("value")).alias("finite"),
        pl.sum_horizontal(pl.col(field).is_null() for field in REQUIRED_FIELDS).cast(pl.Int64).alias("missing_fields"),
        pl.when(is_summed=True)
        .then(pl.col("months") / pl.col("own_months"))
        .otherwise(1.0)
        .fill_null(1.0)
        .alias("spans"),
        _month_received().alias("received_month"),
        *(pl.when(frequency=name).then(pl.col("period")).alias(name) for name in _MONTHS),
    )


def _figure_numbers(observations: pl.DataFrame) -> pl.Series:
    """Return one number a row that orders and equals as the key does."""
    numbers = pl.zeros(observations.height, dtype=pl.Int64, eager=True)
    size = 1
    for column in FIGURE_KEY:
        known = observations[column].drop_nulls().unique().sort()
        places = max(len(known), 1)
        if size * places > _LARGEST_NUMBER:
            numbers = numbers.rank("dense").cast(pl.Int64)
            size = observations.height + 1
        numbers = numbers * places + observations[column].cast(pl.Enum(known)).to_physical().cast(pl.Int64)
        size *= places
    return numbers.alias("figure")


def _month_received() -> pl.Expr:
    here = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai")
    return here.dt.year().cast(pl.Int64) * 12 + here.dt.month() - 1


def _period_parts(periods: pl.Series) -> pl.DataFrame:
    """Return for every period that can be read: its length in months, its first month, and its days."""
    rows = []
    for period in sorted(periods.drop_nulls().unique()):
        try:
            frequency, year, last_month = parse_period(period)
        except ValueError:
            continue
        months = _MONTHS[frequency]
        rows.append((period, months, year * 12 + last_month - months))
    schema = {"period": pl.String, "months": pl.Int64, "first_month": pl.Int64}
    first_day = pl.date(pl.col("first_month") // 12, pl.col("first_month") % 12 + 1, 1)
    following = first_day.dt.offset_by(pl.format("{}mo", pl.col("months")))
    days = (following - first_day).dt.total_days().cast(pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(days.alias("days"))


def _indicator_parts(catalogue: Catalogue) -> pl.DataFrame:
    rows = [
        (i.code, i.frequency, _MONTHS[i.frequency], i.aggregation == "sum", i.measure == _DAYS)
        for i in catalogue.indicators
    ]
    schema = {
        "indicator_code": pl.String,
        "frequency": pl.String,
        "own_months": pl.Int64,
        "is_summed": pl.Boolean,
        "counts_days": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def fields(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the long form of what is checked of every figure, whatever its indicator."""
    return figures.select(
        pl.col(_CATEGORIES).cast(pl.Categorical), "figure", "finite", "missing_fields", "first_month", "received_month"
    )


def columns_of(observations: pl.DataFrame) -> pl.DataFrame:
    """Return one row a column: its name, its type, the number of rows, and how many of them must and do hold something.

    ``filled`` is null for columns that may be empty, and for all when there is no row.
    """
    rows = observations.height
    needed = {*REQUIRED_FIELDS, "value"} if rows else set()
    return pl.DataFrame(
        [
            (column.name, str(column.dtype), rows, column.count() if column.name in needed else None)
            for column in observations.iter_columns()
        ],
        schema={"column": pl.String, "type": pl.String, "rows": pl.Int64, "filled": pl.Int64},
        orient="row",
    )


def by_indicator(figures: pl.DataFrame, catalogue: Catalogue) -> SideBySide:
    """Return the figures of each indicator of the catalogue side by side.

    Column ``<code>`` holds its values, a sum divided by the periods it covers; column
    ``units of <code>`` the units, for indicators that do not apply to all.
    """
    groups = figures.select(
        "row", "unit_code", "indicator_code", share=pl.col("finite") / pl.col("spans")
    ).partition_by("indicator_code", as_dict=True)
    columns: list[pl.Series] = []
    rows: dict[str, pl.Series] = {}
    for indicator in catalogue.indicators:
        group = groups.get((indicator.code,))
        if group is None:
            continue
        columns.append(group["share"].alias(indicator.code))
        if indicator.applies_to is not None:
            columns.append(group["unit_code"].alias(f"units of {indicator.code}"))
        rows |= dict.fromkeys((indicator.code, f"units of {indicator.code}"), group["row"])
    return SideBySide(_side_by_side(columns), rows)


def _side_by_side(columns: Iterable[pl.Series]) -> pl.DataFrame:
    frames = [column.to_frame() for column in columns]
    return pl.concat(frames, how="horizontal_extend") if frames else pl.DataFrame()


def newest(figures: pl.DataFrame, relations: Iterable[Order | Total]) -> pl.DataFrame:
    """Return the figures that relations compare, each in its newest vintage: the one that a run reads."""
    codes = sorted({code for relation in relations for code in relation.indicators})
    return (
        figures.filter(pl.col("indicator_code").is_in(codes))
        .sort("received_at", "snapshot", "location", nulls_last=False)
        .unique(("unit_code", "indicator_code", "period"), keep="last", maintain_order=True)
    )


def pairs_of_days(figures: pl.DataFrame) -> Pairs:
    """Return the numbers of days that figures state beside the days that their periods have."""
    counted = figures.filter("counts_days", "is_summed", pl.col("finite").is_not_null())
    other_row = pl.lit(None, dtype=pl.UInt32)
    frame = counted.select("row", other_row=other_row, lesser="finite", greater="days", reference="days")
    return Pairs(TOO_MANY_DAYS, None, frame)


def pairs_of_order(figures: pl.DataFrame, order: Order) -> Pairs:
    """Return the figures of an order, of each unit and period where both are there."""
    lesser, greater = (
        figures.filter(indicator_code=code).select("unit_code", "period", "row", "finite")
        for code in (order.lesser, order.greater)
    )
    frame = lesser.join(
        greater, on=("unit_code", "period"), how="inner", suffix="_of_greater", maintain_order="left"
    ).select(
        "row",
        other_row="row_of_greater",
        lesser="finite",
        greater="finite_of_greater",
        reference="finite_of_greater",
    )
    return Pairs(order.rule, order.lesser, frame)


def pairs_of_total(figures: pl.DataFrame, total: Total, catalogue: Catalogue) -> Pairs:
    """Return how far each whole is from the sum of its parts, and how far it may be."""
    wholes = figures.filter(indicator_code=total.whole)
    joined = wholes.select("unit_code", "period", "row", "finite", parts=pl.lit(0.0))
    for part in total.parts:
        addend = pl.col("finite") * pl.lit(coefficient(part, catalogue), pl.Float64)
        addends = figures.filter(indicator_code=part.indicator).select("unit_code", "period", addend=addend)
        joined = (
            joined.join(addends, on=("unit_code", "period"), how="inner", maintain_order="left")
            .with_columns(parts=pl.col("parts") + pl.col("addend"))
            .drop("addend")
        )
    frame = joined.select(
        "row",
        other_row=pl.lit(None, dtype=pl.UInt32),
        lesser=(pl.col("parts") - pl.col("finite")).abs(),
        greater=pl.col("finite").abs() * total.tolerance,
        reference="parts",
    )
    return Pairs(total.rule, total.whole, frame)


def beside(pairs: Iterable[Pairs]) -> pl.DataFrame:
    """Return the pairs in one frame: columns ``<n> lesser`` and ``<n> greater`` for the n-th."""
    return _side_by_side(
        pair.frame[side].alias(f"{number} {side}")
        for number, pair in enumerate(pairs)
        for side in ("lesser", "greater")
    )
