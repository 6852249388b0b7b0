"""What a unit's figures say over several periods: sudden changes, series that repeat, emissions against electricity.

Only newest vintages are compared, each with the same period of the year before, so that seasons do not count.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

import polars as pl

from expectations import cross_check_rules as rules
from expectations.batches import MONTHS, Pairs, as_pairs, pairs
from xietong.catalogue.cross_checks import Changes, Companion, CrossChecks, Repeats

_YEAR: Final = 12
#: 0.6745 is the 0.75 quantile of the normal distribution: it makes the score comparable with a z of it
#: (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
_NORMAL: Final = 0.6745
#: Figures of whole years that a copy must share: fewer may agree by chance, and so may figures of one or two digits.
_TELLING_FIGURES: Final = 3
_TELLING_DIGITS: Final = 2
#: Where next to nothing moves, every small move would be an outlier: changes are told apart from 2 % on.
_SMALLEST_DEVIATION: Final = 0.02


def histories(current: pl.DataFrame, checks: CrossChecks) -> Iterator[Pairs]:
    """Yield the pairs of every rule over several periods that the catalogue asks for."""
    concerned = _concerned(current)
    if checks.changes is not None:
        yield from pairs_of_changes(concerned, checks.changes)
    if checks.repeats is not None:
        yield from pairs_of_repeats(concerned, checks.repeats)
    for companion in checks.companions:
        yield pairs_of_companion(concerned, companion)


def _concerned(current: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with that of the same months a year before: ``before`` and ``row_before``, else null."""
    own = current.filter(pl.col("finite").is_not_null(), pl.col("first_month").is_not_null()).select(
        "row",
        "unit_code",
        "indicator_code",
        "series",
        "months",
        "first_month",
        "finite",
        # Months counted from year 0 stay below 2**17, the lengths of periods below 2**4.
        at=(pl.col("series") * 2**4 + pl.col("months")) * 2**17 + pl.col("first_month"),
    )
    before = own.select(at=pl.col("at") + _YEAR, before="finite", row_before="row")
    return own.join(before, on="at", how="left", maintain_order="left")


def pairs_of_changes(figures: pl.DataFrame, changes: Changes) -> Iterator[Pairs]:
    """Yield changes beside those allowed: of figures that may be refused, and of all others (X3).

    A change counts as far as the figure is also away from the median of its other years: what follows
    a wrong figure is not wrong. Where changes of the size are usual by the robust score, ``block`` is allowed.
    """
    changed = (
        figures.filter(pl.col("before") > 0, ~pl.col("indicator_code").is_in(list(changes.ignored)))
        .join(_limits(figures, changes), on="indicator_code", how="left")
        .with_columns(change=pl.col("finite") / pl.col("before") - 1)
        .with_columns(size=pl.col("change").abs())
    )
    large = changed.filter(pl.col("size") > pl.col("review"))
    judged = _unusual(large, changed, figures, changes)
    together = (
        changed.join(judged, on="row", how="left")
        .with_columns(
            lesser=pl.min_horizontal("size", "from_level"),
            allowed=pl.when(is_usual=True).then(pl.max_horizontal("review", "block")).otherwise("review"),
        )
        .with_columns(is_refused=pl.col("refuses") & (pl.col("lesser") > pl.col("block")) & (pl.col("change") > 0))
    )
    shown = {"other_row": "row_before", "reference": "before", "measured": "change"}
    yield pairs(
        rules.IMPOSSIBLE_CHANGE,
        together.filter("refuses", pl.col("change") > 0).select(
            "row", "indicator_code", "lesser", greater="block", allowed="block", **shown
        ),
    )
    yield pairs(
        rules.SUDDEN_CHANGE,
        together.filter(~pl.col("is_refused")).select(
            "row", "indicator_code", "lesser", "allowed", greater="allowed", **shown
        ),
    )


def _limits(figures: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    own = {code: limit for limit in changes.limits for code in limit.indicators}
    rows = [
        (code, limit.review, limit.block, limit.refuses)
        for code in figures["indicator_code"].unique().sort()
        for limit in [own.get(code, changes.default)]
    ]
    schema = {"indicator_code": pl.String, "review": pl.Float64, "block": pl.Float64, "refuses": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _unusual(large: pl.DataFrame, changed: pl.DataFrame, figures: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    """Return for large changes: how far the figure is from its other years, and whether such changes are usual."""
    season = ("series", "months", "season")
    levels = figures.with_columns(season=pl.col("first_month") % _YEAR)
    wanted = large.with_columns(season=pl.col("first_month") % _YEAR)
    from_level = (
        wanted.select("row", "finite", *season)
        .join(levels.select(*season, other="finite", other_row="row"), on=season, how="inner")
        .filter(pl.col("other_row") != pl.col("row"))
        .group_by("row")
        .agg(from_level=(pl.col("finite").first() / pl.col("other").median() - 1).abs())
    )
    logarithmic = changed.with_columns(
        log=pl.when(pl.col("finite") > 0).then((pl.col("finite") / pl.col("before")).log())
    )
    scored = [
        _score(large, logarithmic, group, changes.least_changes)
        for group in (("series", "months"), ("indicator_code", "months", "first_month"))
    ]
    own, peers = (frame.rename({"score": name}) for frame, name in zip(scored, ("own", "peers"), strict=True))
    return (
        large.select("row")
        .join(from_level, on="row", how="left")
        .join(own, on="row", how="left")
        .join(peers, on="row", how="left")
        .select("row", "from_level", is_usual=pl.min_horizontal("own", "peers") <= changes.score)
    )


def _score(large: pl.DataFrame, changed: pl.DataFrame, group: tuple[str, ...], least: int) -> pl.DataFrame:
    """Return the modified z of the large changes among the changes of their group; null in a group too small."""
    pool = changed.join(large.select(group).unique(), on=group, how="semi")
    centre = pool.group_by(group).agg(median=pl.col("log").median(), changes=pl.col("log").count())
    placed = pool.join(centre, on=group, how="left").with_columns(apart=(pl.col("log") - pl.col("median")).abs())
    deviation = placed.group_by(group).agg(deviation=pl.col("apart").median())
    score = _NORMAL * pl.col("apart") / pl.max_horizontal("deviation", pl.lit(_SMALLEST_DEVIATION))
    return (
        placed.join(large.select("row"), on="row", how="semi")
        .join(deviation, on=group, how="left")
        .select("row", score=pl.when(pl.col("changes") >= least).then(score))
    )


def pairs_of_repeats(figures: pl.DataFrame, repeats: Repeats) -> Iterator[Pairs]:
    """Yield, for every year of a series: how many values differ, from the year before, and from other units (X16)."""
    least = {MONTHS[frequency]: periods for frequency, periods in repeats.least_periods.items()}
    measured = figures.filter(
        pl.col("indicator_code").is_in(list(repeats.indicators)), pl.col("months").is_in([*least, _YEAR])
    ).with_columns(year=pl.col("first_month") // _YEAR)
    key = ("series", "months", "year")
    years = _years(measured.filter(pl.col("months").is_in(list(least))), key).filter(
        pl.col("periods") >= pl.col("months").replace_strict(least, return_dtype=pl.Int64)
    )

    of_units = _years_of_units(measured)
    of_the_year = partial(_figures_of_series, measured, years, key)
    yield pairs(
        rules.CONSTANT_SERIES,
        years.filter(pl.col("largest") > 0).with_columns(lesser=2.0, greater=pl.col("varies").cast(pl.Float64) + 1),
        of_the_year,
    )

    of_all_indicators = partial(_figures_of_units, measured, of_units)
    changed = {"lesser": pl.lit(1.0), "greater": (pl.col("compared") - pl.col("unchanged")).cast(pl.Float64)}
    columns = ("row", "indicator_code", "lesser", "greater")
    yield pairs(
        rules.COPIED_YEAR,
        pl.concat(
            [
                years.filter("varies", pl.col("compared") == pl.col("periods")).with_columns(**changed).select(columns),
                of_units.with_columns(**changed).select(columns),
            ]
        ),
        lambda failing: pl.concat([of_the_year(failing), of_all_indicators(failing)]),
    )
    yield _pairs_of_copied_units(measured, years.filter("varies"), key)


def _figures_of_series(
    measured: pl.DataFrame, years: pl.DataFrame, key: tuple[str, ...], failing: pl.DataFrame
) -> pl.DataFrame:
    """Return every figure of the years of these series beside the one of the year before."""
    failed = failing.select("row", "lesser", "greater").join(years, on="row", how="inner").drop("row")
    of_years = measured.join(failed.select(*key, "lesser", "greater"), on=key, how="inner")
    return as_pairs(of_years.with_columns(other_row="row_before", reference="before"))


def _figures_of_units(measured: pl.DataFrame, of_units: pl.DataFrame, failing: pl.DataFrame) -> pl.DataFrame:
    """Return every figure of the units' years beside the one of the year before."""
    failed = failing.select("row", "lesser", "greater").join(of_units, on="row", how="inner").drop("row")
    yearly = measured.filter(pl.col("months") == _YEAR, pl.col("before") == pl.col("finite"))
    of_years = yearly.join(failed.select("unit_code", "year", "lesser", "greater"), on=("unit_code", "year"))
    return as_pairs(of_years.with_columns(other_row="row_before", reference="before"))


def _years(measured: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return one row a year of a series: its number of values, how they vary, and how many repeat the year before."""
    return (
        measured.group_by(key)
        .agg(
            indicator_code=pl.col("indicator_code").first(),
            unit_code=pl.col("unit_code").first(),
            row=pl.col("row").min(),
            periods=pl.len(),
            smallest=pl.col("finite").min(),
            largest=pl.col("finite").max(),
            compared=pl.col("before").count(),
            unchanged=(pl.col("before") == pl.col("finite")).sum(),
            # Hashes add up to the same whatever the order of rows.
            vector=pl.struct("finite", "first_month").hash().sum(),
        )
        .with_columns(varies=pl.col("largest") > pl.col("smallest"))
    )


def _years_of_units(measured: pl.DataFrame) -> pl.DataFrame:
    """Return one row a unit and year of figures for whole years: how many tell years apart, and how many repeat."""
    is_telling = pl.col("finite").round_sig_figs(_TELLING_DIGITS) != pl.col("finite")
    return (
        measured.filter(pl.col("months") == _YEAR, pl.col("before").is_not_null(), is_telling)
        .sort("row")
        .group_by("unit_code", "year", maintain_order=True)
        .agg(
            indicator_code=pl.col("indicator_code").first(),
            row=pl.col("row").first(),
            compared=pl.len(),
            unchanged=(pl.col("before") == pl.col("finite")).sum(),
        )
        .filter(pl.col("compared") >= _TELLING_FIGURES)
    )


def _pairs_of_copied_units(measured: pl.DataFrame, years: pl.DataFrame, key: tuple[str, ...]) -> Pairs:
    """Return for every year of a series how many units give the same one."""
    same = ("indicator_code", "months", "year", "periods", "vector")
    counted = years.with_columns(lesser=pl.len().over(same).cast(pl.Float64), greater=1.0)

    def of_both(failing: pl.DataFrame) -> pl.DataFrame:
        """Return every figure of the years of these series beside that of the first other unit by its code."""
        twins = counted.filter(pl.col("lesser") > 1)
        partners = (
            twins.join(failing.select("row"), on="row", how="semi")
            .join(twins.select(*same, other_series="series", other_unit="unit_code"), on=same, how="inner")
            .filter(pl.col("other_series") != pl.col("series"))
            .sort("other_unit")
            .unique(key, keep="first", maintain_order=True)
            .select(*key, "other_series", "lesser", "greater")
        )
        other = measured.select("months", "first_month", other_series="series", other_row="row", reference="finite")
        rows = measured.join(partners, on=key, how="inner")
        return as_pairs(rows.join(other, on=("other_series", "months", "first_month"), how="left"))

    return pairs(rules.COPIED_UNIT, counted, of_both)


def pairs_of_companion(figures: pl.DataFrame, companion: Companion) -> Pairs:
    """Return how far emissions and electricity moved apart: the lesser of both changes where they are opposite (E8)."""
    changed = figures.filter(pl.col("before") > 0).with_columns(change=pl.col("finite") / pl.col("before") - 1)
    place = ("unit_code", "months", "first_month")
    electricity = changed.filter(indicator_code=companion.electricity).select(
        *place, other_row="row", electricity="change"
    )
    emissions = changed.filter(pl.col("indicator_code").is_in(list(companion.emissions)))
    is_opposite = pl.col("change").sign() * pl.col("electricity").sign() < 0
    apart = pl.min_horizontal(pl.col("change").abs(), pl.col("electricity").abs())
    frame = emissions.join(electricity, on=place, how="inner").select(
        "row",
        "other_row",
        "indicator_code",
        lesser=pl.when(is_opposite).then(apart).otherwise(0.0),
        greater=pl.lit(companion.threshold),
        reference="electricity",
        measured="change",
        allowed=pl.lit(companion.threshold),
    )
    return pairs(rules.EMISSION_AGAINST_ELECTRICITY, frame)
