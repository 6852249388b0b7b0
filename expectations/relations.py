"""Relations that figures of one unit, period and source obey, whatever their size.

A relation is evaluated where a catalogue asks for it and one source gives all its figures: vintages of
different sources may rightly disagree and are compared by a rule of their own.
"""

from collections.abc import Iterable, Iterator
from functools import reduce

import polars as pl

from expectations import cross_check_rules as rules
from expectations.batches import Pairs, pairs
from xietong.catalogue import Catalogue
from xietong.catalogue.cross_checks import (
    CarbonPerEnergy,
    Declines,
    Exceedance,
    Order,
    Part,
    Ratio,
    SulphurBalance,
    Total,
)
from xietong.catalogue.indicators import DeclineFormula, RatioFormula

_ORDERS = {
    "pm25_above_pm10": rules.PM25_ABOVE_PM10,
    "good_days_above_monitored": rules.GOOD_DAYS_ABOVE_MONITORED,
    "part_above_whole": rules.PART_ABOVE_WHOLE,
}
_PLACE = ("place", "source_id")


class Sides:
    """The figures of a source side by side: those of each indicator by unit and period, newest vintages only."""

    def __init__(self, current: pl.DataFrame, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._groups = current.select(
            *_PLACE, "unit_code", "first_month", "months", "row", "indicator_code", "finite"
        ).partition_by("indicator_code", as_dict=True, include_key=False)
        self._empty = current.clear().select(*_PLACE, "unit_code", "first_month", "months", "row", "finite")

    def of(self, code: str) -> pl.DataFrame:
        """Return the figures of an indicator."""
        return self._groups.get((code,), self._empty)

    def beside(self, judged: str, *codes: str) -> pl.DataFrame:
        """Return the figures of an indicator with the others' in columns of their codes, where all are there."""
        return reduce(
            lambda frame, code: frame.join(
                self.of(code).select(*_PLACE, pl.col("finite").alias(code), pl.col("row").alias(f"row of {code}")),
                on=_PLACE,
                how="inner",
            ),
            codes,
            self.of(judged),
        )

    def beside_any(self, judged: str, *codes: str) -> pl.DataFrame:
        """Return the figures of an indicator with the others' in columns of their codes, null where there is none.

        Only those beside which one of the others stands.
        """
        frame = reduce(
            lambda left, code: left.join(
                self.of(code).select(*_PLACE, pl.col("finite").alias(code)), on=_PLACE, how="left"
            ),
            codes,
            self.of(judged),
        )
        return frame.filter(pl.any_horizontal(pl.col(code).is_not_null() for code in codes))

    def year_before(self, code: str) -> pl.DataFrame:
        """Return the figures of an indicator a year later than they are, as ``before``."""
        return self.of(code).select(
            "unit_code", "months", "source_id", first_month=pl.col("first_month") + 12, before="finite"
        )


def coefficient(part: Part, catalogue: Catalogue) -> float | None:
    """Return what a figure of the part is multiplied by, or None where the catalogue has not its factor.

    Of a factor that differs between years or series it is the largest: it accuses nobody wrongly.
    """
    if part.factor is None:
        return part.scale
    values = [factor.value for factor in catalogue.factors if factor.code == part.factor]
    return max(values) * part.scale if values else None


def relations(current: pl.DataFrame, catalogue: Catalogue) -> Iterator[Pairs]:
    """Yield the pairs of every relation that the catalogue asks for; each figure's newest vintage of its source."""
    sides = Sides(current, catalogue)
    checks = catalogue.cross_checks
    yield pairs_of_days(current)
    yield from (pairs_of_order(sides, order) for order in checks.orders)
    yield from (pairs_of_total(sides, total) for total in checks.totals)
    yield from (pairs_of_ratio(sides, ratio) for ratio in checks.ratios)
    yield from (pairs_of_exceedance(sides, exceedance) for exceedance in checks.exceedances)
    if checks.declines is not None:
        yield from pairs_of_declines(sides, checks.declines)
    if checks.carbon_per_energy is not None:
        yield pairs_of_carbon(sides, checks.carbon_per_energy)
    if checks.sulphur_balance is not None:
        yield pairs_of_sulphur(sides, checks.sulphur_balance)


def pairs_of_days(figures: pl.DataFrame) -> Pairs:
    """Return the numbers of days that figures state beside the days that their periods have."""
    counted = figures.filter("counts_days", "is_summed", pl.col("finite").is_not_null())
    return pairs(
        rules.TOO_MANY_DAYS, counted.select("row", "indicator_code", lesser="finite", greater="days", reference="days")
    )


def pairs_of_order(sides: Sides, order: Order) -> Pairs:
    """Return the figures of an order where both are there."""
    lesser, greater = pl.col("finite"), pl.col(order.greater)
    frame = sides.beside(order.lesser, order.greater).select(
        "row",
        indicator_code=pl.lit(order.lesser),
        other_row=f"row of {order.greater}",
        lesser=lesser,
        greater=greater + greater.abs() * order.tolerance if order.tolerance else greater,
        reference=greater,
    )
    return pairs(_ORDERS[order.rule], frame)


def pairs_of_total(sides: Sides, total: Total) -> Pairs:
    """Return how far each whole is from the sum of its parts, and how far it may be.

    With a part missing the sum is at least not above the whole.
    """
    codes = [part.indicator for part in total.parts]
    joined = sides.beside_any(total.whole, *codes)
    whole, parts = pl.col("finite"), _sum(total.parts, sides.catalogue)
    is_complete = pl.all_horizontal(pl.col(codes).is_not_null())
    apart = pl.when(is_complete).then((parts - whole).abs()).otherwise(parts - whole)
    frame = joined.select(
        "row",
        indicator_code=pl.lit(total.whole),
        lesser=apart,
        greater=whole.abs() * total.tolerance,
        reference=parts,
        measured=apart / whole.abs(),
        allowed=pl.lit(total.tolerance),
    )
    return pairs(rules.PARTS_DO_NOT_ADD_UP, frame)


def _sum(parts: Iterable[Part], catalogue: Catalogue) -> pl.Expr:
    # A figure that is not there adds nothing; a part without a factor makes the sum unknown.
    addends = [
        pl.col(part.indicator).fill_null(0.0) * pl.lit(coefficient(part, catalogue), pl.Float64) for part in parts
    ]
    return reduce(lambda total, addend: total + addend, addends, pl.lit(0.0))


def pairs_of_ratio(sides: Sides, ratio: Ratio) -> Pairs:
    """Return how far a reported ratio is from the quotient of its figures; the nearer of two denominators counts."""
    indicator = sides.catalogue.indicators_by_code.get(ratio.indicator)
    if indicator is None or not isinstance(indicator.formula, RatioFormula):
        return pairs(rules.RATIO_DISAGREES, pl.DataFrame())
    formula = indicator.formula
    joined = (
        sides.beside(ratio.indicator, formula.numerator, formula.denominator)
        .filter(pl.col(formula.denominator) > 0)
        .join(
            sides.year_before(formula.denominator), on=("unit_code", "first_month", "months", "source_id"), how="left"
        )
    )
    product = formula.scale * pl.col(formula.numerator)
    plain = product / pl.col(formula.denominator)
    by_mean = product / ((pl.col(formula.denominator) + pl.col("before")) / 2)
    is_nearer = (by_mean - pl.col("finite")).abs() < (plain - pl.col("finite")).abs()
    computed = pl.when(is_nearer).then(by_mean).otherwise(plain) if ratio.mean_denominator else plain
    frame = joined.with_columns(computed=computed).select(
        "row",
        indicator_code=pl.lit(ratio.indicator),
        lesser=(pl.col("finite") - pl.col("computed")).abs(),
        greater=pl.col("computed").abs() * ratio.tolerance,
        reference="computed",
        measured=(pl.col("finite") / pl.col("computed") - 1).abs(),
        allowed=pl.lit(ratio.tolerance),
    )
    return pairs(rules.RATIO_DISAGREES, frame)


def pairs_of_declines(sides: Sides, declines: Declines) -> Iterator[Pairs]:
    """Yield how far reported declines are from those of the figures they are of, in percentage points."""
    for code in declines.indicators:
        indicator = sides.catalogue.indicators_by_code.get(code)
        if indicator is None or not isinstance(indicator.formula, DeclineFormula):
            continue
        of, year = indicator.formula.of, indicator.formula.base_year
        base = sides.of(of).select(
            "unit_code",
            "months",
            "source_id",
            season=pl.col("first_month") - year * 12,
            base="finite",
        )
        joined = (
            sides.beside(code, of)
            .with_columns(season=pl.col("first_month") % 12)
            .join(base, on=("unit_code", "months", "source_id", "season"), how="inner")
            .filter(pl.col("base") > 0)
        )
        computed = 100 * (1 - pl.col(of) / pl.col("base"))
        apart = (pl.col("finite") - computed).abs()
        yield pairs(
            rules.DECLINE_DISAGREES,
            joined.select(
                "row",
                indicator_code=pl.lit(code),
                lesser=apart.round(9),
                greater=pl.lit(declines.tolerance),
                reference=computed,
                measured=apart,
                allowed=pl.lit(declines.tolerance),
            ),
        )


def pairs_of_exceedance(sides: Sides, exceedance: Exceedance) -> Pairs:
    """Return how far a stated exceedance is from C / S − 1, in percentage points."""
    limits = [factor.value for factor in sides.catalogue.factors if factor.code == exceedance.limit]
    limit = pl.lit(limits[0] if limits else None, pl.Float64)
    computed = 100 * (pl.col(exceedance.of) / limit - 1)
    apart = (pl.col("finite") - computed).abs()
    frame = sides.beside(exceedance.indicator, exceedance.of).select(
        "row",
        indicator_code=pl.lit(exceedance.indicator),
        other_row=f"row of {exceedance.of}",
        lesser=apart.round(9),
        greater=pl.lit(exceedance.tolerance),
        reference=computed,
        measured=apart,
        allowed=pl.lit(exceedance.tolerance),
    )
    return pairs(rules.EXCEEDANCE_DISAGREES, frame)


def pairs_of_carbon(sides: Sides, carbon: CarbonPerEnergy) -> Pairs:
    """Return CO2 of fuels beside the most that the energy can give, and the least it gives beside that of all."""
    parts = (*carbon.fuels, *carbon.electricity)
    energy = pl.col("finite")
    joined = sides.beside(carbon.energy, *(part.indicator for part in parts)).with_columns(
        fuels=_sum(carbon.fuels, sides.catalogue), everything=_sum(parts, sides.catalogue)
    )
    code = pl.lit(carbon.energy)
    upper = joined.select(
        "row",
        indicator_code=code,
        lesser="fuels",
        greater=carbon.maximum * energy,
        reference="fuels",
        measured=pl.col("fuels") / energy,
        allowed=pl.lit(carbon.maximum),
    )
    lower = joined.select(
        "row",
        indicator_code=code,
        lesser=carbon.minimum * energy,
        greater="everything",
        reference="everything",
        measured=pl.col("everything") / energy,
        allowed=pl.lit(carbon.minimum),
    )
    return pairs(rules.CARBON_PER_ENERGY, pl.concat([upper, lower]))


def pairs_of_sulphur(sides: Sides, balance: SulphurBalance) -> Pairs:
    """Return SO2 beside the most that the coal can give, and the least that is left of it beside SO2."""
    coal = pl.col(balance.coal.indicator) * balance.coal.scale * balance.released * 2
    emitted = pl.col("finite")
    joined = sides.beside(balance.emission.indicator, balance.coal.indicator).filter(pl.col(balance.coal.indicator) > 0)
    most, least = coal * balance.sulphur_highest, coal * balance.sulphur_lowest * (1 - balance.removal_highest)
    named = joined.with_columns(
        indicator_code=pl.lit(balance.emission.indicator), other_row=f"row of {balance.coal.indicator}"
    )
    above = named.with_columns(lesser=emitted, greater=most, reference=most)
    below = named.with_columns(lesser=least, greater=emitted, reference=least)
    return pairs(rules.SULPHUR_BALANCE, pl.concat([above, below]))
