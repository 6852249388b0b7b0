"""Batches: figures laid out so that few expectations look at all of them.

A batch of long form holds one figure a row, with the range of its indicator beside it, so that all
ranges are two expectations. Whatever compares a figure with something else is a pair of numbers of
which one must not exceed the other; the pairs of all rules stand side by side.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations.rule import Rule
from xietong.catalogue import Catalogue, Range
from xietong.frames import OBSERVATIONS
from xietong.periods import parse_period
from xietong.vintages import in_order_of_vintage

#: Without any of these a figure cannot be placed or traced.
REQUIRED_FIELDS: Final = tuple(column for column in OBSERVATIONS if column not in {"value", "source_note"})
#: What tells figures apart; a file gives each once.
FIGURE_KEY: Final = ("unit_code", "indicator_code", "period", "snapshot")
#: Columns whose rows are counted by Great Expectations as categories, faster than as text.
_CATEGORIES: Final = ("unit_code", "indicator_code", "origin", "status", "month", "quarter", "year", "restricted")
_DAYS: Final = "天"
#: The months of a figure of each frequency.
MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_LARGEST_NUMBER: Final = 2**62

#: One row: two numbers of which ``lesser`` must not exceed ``greater``, and what the sentence about them says.
PAIRS: Final = pl.Schema(
    {
        "row": pl.UInt32(),  # the figure that is judged
        "other_row": pl.UInt32(),  # the figure it is compared with; null: something computed
        "indicator_code": pl.String(),
        "lesser": pl.Float64(),
        "greater": pl.Float64(),
        "reference": pl.Float64(),  # the number it is compared with
        "measured": pl.Float64(),  # how far apart they are, where that is not seen from both
        "allowed": pl.Float64(),  # how far apart they may be
    }
)


@dataclass(frozen=True)
class Pairs:
    """The pairs of one rule (a frame of ``PAIRS``).

    Where a pair is about several figures, a year of a series, ``row`` is one of them, and ``members``
    gives for failing pairs the rows of all, again a frame of ``PAIRS``.
    """

    rule: Rule
    frame: pl.DataFrame
    members: Callable[[pl.DataFrame], pl.DataFrame] | None = None


def pairs(rule: Rule, frame: pl.DataFrame, members: Callable[[pl.DataFrame], pl.DataFrame] | None = None) -> Pairs:
    """Return the pairs of a frame, columns that it does not have being null."""
    return Pairs(rule, as_pairs(frame), members)


def as_pairs(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of ``PAIRS``; columns that are not there are null."""
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in PAIRS.items() if name not in frame.columns]
    return frame.with_columns(absent).select(PAIRS.names()).cast(PAIRS)


def described(observations: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Return the figures with what the checks look at: a row number, figure numbers, period parts, and so on.

    ``figure`` numbers the keys in their order, equal for repeats, null where part of the key is; ``place``
    the units and months, ``cell`` the units, indicators and months. ``finite`` is the value unless it is null,
    NaN or infinite; ``share`` of it falls to one period of the indicator, a sum being divided by the ``spans``
    it covers; ``first_month`` counts months as ``xietong.periods.month_number`` does, and ``last_day`` ends them.
    """
    codes = _Codes(observations)
    joined = (
        observations.with_row_index("row")
        .join(_period_parts(observations["period"]), on="period", how="left", maintain_order="left")
        .join(_indicator_parts(catalogue), on="indicator_code", how="left", maintain_order="left")
        .with_columns(is_city=pl.col("unit_code").is_in(_cities(catalogue)).fill_null(value=False))
        .with_columns(
            pl.when("is_city").then(f"city_{bound}").otherwise(bound).alias(bound) for bound in ("minimum", "maximum")
        )
    )
    restricted = [indicator.code for indicator in catalogue.indicators if indicator.applies_to is not None]
    return joined.with_columns(
        codes.numbers("figure", FIGURE_KEY),
        codes.numbers("place", ("unit_code", "period")),
        codes.numbers("cell", ("unit_code", "indicator_code", "period")),
        codes.numbers("series", ("unit_code", "indicator_code")),
        pl.when(pl.col("value").is_finite()).then(pl.col("value")).alias("finite"),
        pl.sum_horizontal(pl.col(field).is_null() for field in REQUIRED_FIELDS).cast(pl.Int64).alias("missing_fields"),
        pl.when(is_summed=True)
        .then(pl.col("months") / pl.col("own_months"))
        .otherwise(1.0)
        .fill_null(1.0)
        .alias("spans"),
        _month_received().alias("received_month"),
        _HERE.dt.date().alias("received_day"),
        pl.when(pl.col("indicator_code").is_in(restricted))
        .then(pl.concat_str("indicator_code", pl.lit(" "), "unit_code"))
        .alias("restricted"),
        *(pl.when(frequency=name).then(pl.col("period")).alias(name) for name in MONTHS),
    ).with_columns(share=pl.col("finite") / pl.col("spans"))


class _Codes:
    """Numbers for the texts of columns, found once and combined to keys."""

    def __init__(self, observations: pl.DataFrame) -> None:
        self._observations = observations
        self._known: dict[str, tuple[pl.Series, int]] = {}

    def _of(self, column: str) -> tuple[pl.Series, int]:
        if column not in self._known:
            texts = self._observations[column]
            known = texts.drop_nulls().unique().sort()
            self._known[column] = texts.cast(pl.Enum(known)).to_physical().cast(pl.Int64), max(len(known), 1)
        return self._known[column]

    def numbers(self, name: str, columns: Sequence[str]) -> pl.Series:
        """Return one number a row that orders and equals as the columns do together."""
        numbers = pl.zeros(self._observations.height, dtype=pl.Int64, eager=True)
        size = 1
        for column in columns:
            codes, places = self._of(column)
            if size * places > _LARGEST_NUMBER:
                numbers = numbers.rank("dense").cast(pl.Int64)
                size = self._observations.height + 1
            numbers = numbers * places + codes
            size *= places
        return numbers.alias(name)


_HERE: Final = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai")


def _month_received() -> pl.Expr:
    return _HERE.dt.year().cast(pl.Int64) * 12 + _HERE.dt.month() - 1


def _period_parts(periods: pl.Series) -> pl.DataFrame:
    """Return for every period that can be read: its length in months, its first month, and its days."""
    rows = []
    for period in sorted(periods.drop_nulls().unique()):
        try:
            frequency, year, last_month = parse_period(period)
        except ValueError:
            continue
        months = MONTHS[frequency]
        rows.append((period, months, year * 12 + last_month - months))
    schema = {"period": pl.String, "months": pl.Int64, "first_month": pl.Int64}
    first_day = pl.date(pl.col("first_month") // 12, pl.col("first_month") % 12 + 1, 1)
    following = first_day.dt.offset_by(pl.format("{}mo", pl.col("months")))
    days = (following - first_day).dt.total_days().cast(pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        days.alias("days"), following.dt.offset_by("-1d").alias("last_day")
    )


def _indicator_parts(catalogue: Catalogue) -> pl.DataFrame:
    rows = [
        (
            i.code,
            i.frequency,
            MONTHS[i.frequency],
            i.aggregation == "sum",
            i.measure == _DAYS,
            i.plausible_city is not None,
            *_ends(i.plausible),
            *_ends(i.plausible_of("city")),
        )
        for i in catalogue.indicators
    ]
    schema = {
        "indicator_code": pl.String,
        "frequency": pl.String,
        "own_months": pl.Int64,
        "is_summed": pl.Boolean,
        "counts_days": pl.Boolean,
        "has_city_range": pl.Boolean,
        "minimum": pl.Float64,
        "maximum": pl.Float64,
        "city_minimum": pl.Float64,
        "city_maximum": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cities(catalogue: Catalogue) -> list[str]:
    return [unit.code for unit in catalogue.units.units if unit.kind == "city"]


def _ends(plausible: Range | None) -> tuple[float | None, float | None]:
    return (plausible.minimum, plausible.maximum) if plausible else (None, None)


def fields(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the long form of what is checked of every figure by itself.

    ``below_range`` and ``above_range`` say how far it is outside of its range, ``months_ahead`` how long its
    period begins after its receipt, ``days_ahead`` how long one that had begun still went on after it, and
    ``part_of_day`` by how much a number of days is not a whole one; none is positive where all is well.
    """
    ahead = pl.col("first_month") - pl.col("received_month")
    return figures.select(
        pl.col(_CATEGORIES).cast(pl.Categorical),
        "figure",
        "finite",
        "missing_fields",
        below_range=pl.col("minimum") - pl.col("share"),
        above_range=pl.col("share") - pl.col("maximum"),
        months_ahead=ahead,
        days_ahead=pl.when(ahead <= 0).then((pl.col("last_day") - pl.col("received_day")).dt.total_days()),
        part_of_day=pl.when(counts_days=True).then((pl.col("finite") - pl.col("finite").round()).abs()),
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


def newest(figures: pl.DataFrame, sources: Sequence[str], *, by_source: bool = False) -> pl.DataFrame:
    """Return the figures in their newest vintage, the one that a run reads; of each source its own if asked for.

    ``sources`` are those of the edition in its order.
    """
    key = ["cell", "source_id"] if by_source and figures["source_id"].n_unique() > 1 else ["cell"]
    repeated = figures.select(pl.struct(key).is_duplicated() if len(key) > 1 else pl.col("cell").is_duplicated())
    is_repeated = repeated.to_series()
    if not is_repeated.any():
        return figures
    ordered = in_order_of_vintage(figures.filter(is_repeated), sources)
    chosen = ordered.unique(key, keep="last", maintain_order=True)
    return pl.concat([figures.filter(~is_repeated), chosen])


def beside(pairs: Iterable[Pairs]) -> pl.DataFrame:
    """Return the pairs in one frame: column ``<n>`` has by how much ``lesser`` exceeds ``greater`` in the n-th."""
    frames = [
        pair.frame.select((pl.col("lesser") - pl.col("greater")).alias(str(number)))
        for number, pair in enumerate(pairs)
    ]
    return pl.concat(frames, how="horizontal_extend") if frames else pl.DataFrame()
