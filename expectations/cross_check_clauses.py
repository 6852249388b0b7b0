"""Clauses of cross-checks: what a figure was compared with, how far apart the two are, and how far they may be."""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from expectations import cross_check_rules as rules
from expectations.clauses import Clause, number
from xietong.catalogue import Catalogue, Edition

_DIGITS: Final = 8


def _compared(digits: int = _DIGITS) -> pl.Expr:
    return number(pl.col("compared").round_sig_figs(digits))


def _percent(share: pl.Expr, decimals: int = 1) -> pl.Expr:
    return number((100 * share).round(decimals))


def _points(value: pl.Expr) -> pl.Expr:
    return number(value.round(2))


def _clause(zh: pl.Expr, en: pl.Expr, reference: pl.Expr) -> Callable[[Catalogue, Edition], Clause]:
    return lambda _, __: Clause(zh, en, reference)


def _moved(change: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return a change in words: it rose or fell by so many percent."""
    size = _percent(change.abs())
    is_rise = change >= 0
    return (
        pl.format("{} {}%", pl.when(is_rise).then(pl.lit("上升")).otherwise(pl.lit("下降")), size),
        pl.format("{} by {} %", pl.when(is_rise).then(pl.lit("rose")).otherwise(pl.lit("fell")), size),
    )


_MEASURE, _MEASURE_EN = pl.col("measure"), pl.col("measure_en")
_ALLOWED, _APART = _percent(pl.col("allowed")), _percent(pl.col("measured").abs())
_AT = pl.col("other_at").fill_null("—")
_DAYS = number(pl.col("days"))


def _order() -> Callable[[Catalogue, Edition], Clause]:
    """A figure above the one it must not exceed, or below the one that must not exceed it."""
    is_above = pl.col("finite") > pl.col("compared")
    verb_zh = pl.when(is_above).then(pl.lit("高于")).otherwise(pl.lit("低于"))
    verb_en = pl.when(is_above).then(pl.lit("exceed")).otherwise(pl.lit("be below"))
    value = pl.col("other_value")
    return _clause(
        pl.format("不应{}同期{}（{} {}，位于 {}）", verb_zh, pl.col("other_zh"), value, _MEASURE, _AT),
        pl.format(
            "it must not {} {} of the same period ({} {} at {})", verb_en, pl.col("other_en"), value, _MEASURE_EN, _AT
        ),
        pl.format("{} {}", value, _MEASURE),
    )


def _computed(zh: str, en: str, *, points: bool = False) -> Callable[[Catalogue, Edition], Clause]:
    """A figure beside the one that others give; what they are stands in the words."""
    apart, allowed = (_points(pl.col("measured").abs()), _points(pl.col("allowed"))) if points else (_APART, _ALLOWED)
    unit_zh, unit_en = (" 个百分点", " percentage points") if points else ("%", " %")
    return _clause(
        pl.format(
            f"{zh}为 {{}} {{}}，相差 {{}}{unit_zh}，允许相差 {{}}{unit_zh}", _compared(), _MEASURE, apart, allowed
        ),
        pl.format(
            f"{en} {{}} {{}}, which is {{}}{unit_en} apart, and {{}}{unit_en} is allowed",
            _compared(),
            _MEASURE_EN,
            apart,
            allowed,
        ),
        pl.format("{} {}", _compared(), _MEASURE),
    )


def _carbon() -> Callable[[Catalogue, Edition], Clause]:
    ratio, bound = _points(pl.col("measured")), number(pl.col("allowed"))
    is_high = pl.col("measured") > pl.col("allowed")
    return _clause(
        pl.format(
            "按各能源品种计算，每吨标准煤排放二氧化碳 {} 吨，{} {} 吨",
            ratio,
            pl.when(is_high).then(pl.lit("不可能超过")).otherwise(pl.lit("不应低于")),
            bound,
        ),
        pl.format(
            "the fuels reported give {} t of CO2 per tonne of standard coal, and {} {} t is possible",
            ratio,
            pl.when(is_high).then(pl.lit("no more than")).otherwise(pl.lit("no less than")),
            bound,
        ),
        pl.format("{} t CO2/tce", bound),
    )


def _sulphur() -> Callable[[Catalogue, Edition], Clause]:
    is_high = pl.col("finite") > pl.col("compared")
    bound = _compared(4)
    return _clause(
        pl.format(
            "同期原煤消费量为 {} {}（位于 {}），按含硫量和脱除率，排放量{} {} {}",
            pl.col("other_value"),
            pl.col("other_measure"),
            _AT,
            pl.when(is_high).then(pl.lit("不会多于")).otherwise(pl.lit("不会少于")),
            bound,
            _MEASURE,
        ),
        pl.format(
            "with {} {} of raw coal in the period (at {}), its sulphur and the best removal, it is {} {} {}",
            pl.col("other_value"),
            pl.col("other_measure_en"),
            _AT,
            pl.when(is_high).then(pl.lit("no more than")).otherwise(pl.lit("no less than")),
            bound,
            _MEASURE_EN,
        ),
        pl.format("{} {}", bound, _MEASURE),
    )


def _change(refusal_zh: str, refusal_en: str) -> Callable[[Catalogue, Edition], Clause]:
    moved_zh, moved_en = _moved(pl.col("measured"))
    return _clause(
        pl.format(
            f"比上年同期的 {{}} {{}} {{}}，允许变化 {{}}%{refusal_zh}", _compared(), _MEASURE, moved_zh, _ALLOWED
        ),
        pl.format(
            f"it {{}} against {{}} {{}} in the same period of the year before, and {{}} % is allowed{refusal_en}",
            moved_en,
            _compared(),
            _MEASURE_EN,
            _ALLOWED,
        ),
        pl.format("{} {}", _compared(), _MEASURE),
    )


def _against_electricity() -> Callable[[Catalogue, Edition], Clause]:
    own_zh, own_en = _moved(pl.col("measured"))
    other_zh, other_en = _moved(pl.col("compared"))
    return _clause(
        pl.format("比上年同期{}，而用电量{}，两者方向相反且都超过 {}%", own_zh, other_zh, _ALLOWED),
        pl.format(
            "it {} against the year before while electricity {}: opposite directions, both above {} %",
            own_en,
            other_en,
            _ALLOWED,
        ),
        other_zh,
    )


def _vintages() -> Callable[[Catalogue, Edition], Clause]:
    return _clause(
        pl.format("另一版本为 {} {}（位于 {}），相差 {}%，允许相差 {}%", _compared(), _MEASURE, _AT, _APART, _ALLOWED),
        pl.format(
            "another vintage says {} {} (at {}), {} % apart, and {} % is allowed",
            _compared(),
            _MEASURE_EN,
            _AT,
            _APART,
            _ALLOWED,
        ),
        pl.format("{} {}", _compared(), _MEASURE),
    )


def _same_day() -> Callable[[Catalogue, Edition], Clause]:
    return _clause(
        pl.format(
            "同一日期的另一文件为 {} {}（位于 {}），无法判断先后，暂用本数值；请以新的日期重报正确的数值",
            _compared(),
            _MEASURE,
            _AT,
        ),
        pl.format(
            "another file of the same date says {} {} (at {}); which is the later cannot be told and this one is used "
            "for now, so send the right one again with a new date",
            _compared(),
            _MEASURE_EN,
            _AT,
        ),
        pl.format("{} {}", _compared(), _MEASURE),
    )


def _running_total() -> Callable[[Catalogue, Edition], Clause]:
    times = number(pl.col("measured").round(2))
    return _clause(
        pl.format(
            "是本年第一期（{} {}，位于 {}）的 {} 倍，本年各期像是年初以来的累计数；请填当期数，确为当期数的请说明",
            pl.col("other_value"),
            _MEASURE,
            _AT,
            times,
        ),
        pl.format(
            "it is {} times the first of the year ({} {} at {}), and all of the year look like totals since its "
            "beginning; report each period's own amount, or explain",
            times,
            pl.col("other_value"),
            _MEASURE_EN,
            _AT,
        ),
        pl.format("{} {}", pl.col("other_value"), _MEASURE),
    )


def _constant() -> Callable[[Catalogue, Edition], Clause]:
    return _clause(
        pl.lit("该单位本年各期的数值完全相同，实测或统计数据不会如此"),
        pl.lit("the unit gives the same value in every period of the year, which measured figures never are"),
        pl.format("{} {}", _compared(), _MEASURE),
    )


def _copied_year() -> Callable[[Catalogue, Edition], Clause]:
    period = pl.col("other_period").fill_null("—")
    is_yearly = pl.col("period").str.len_chars() == len("2025")
    each_zh = pl.when(is_yearly).then(pl.lit("各项数据")).otherwise(pl.lit("各期"))
    each_en = pl.when(is_yearly).then(pl.lit("figure")).otherwise(pl.lit("period"))
    return _clause(
        pl.format("与 {} 的数据相同，且本年{}均与上年相同，不采用", period, each_zh),
        pl.format("it equals that of {}, as does every {} of the year, so that none of them is used", period, each_en),
        pl.format("{} {}", _compared(), _MEASURE),
    )


def _copied_unit() -> Callable[[Catalogue, Edition], Clause]:
    return _clause(
        pl.format("本年各期均与{}（{}）逐期相同", pl.col("other_unit_zh"), pl.col("other_unit")),
        pl.format("every period of the year equals that of {} ({})", pl.col("other_unit_en"), pl.col("other_unit")),
        pl.format("{} {}", _compared(), _MEASURE),
    )


#: By the id of the rule.
CROSS_CHECK_CLAUSES: Final[Mapping[str, Callable[[Catalogue, Edition], Clause]]] = {
    rules.TOO_MANY_DAYS.id: _clause(
        pl.format("该期间只有 {} 天", _DAYS),
        pl.format("the period has only {} days", _DAYS),
        pl.format("{} 天", _DAYS),
    ),
    rules.GOOD_DAYS_ABOVE_MONITORED.id: _order(),
    rules.PM25_ABOVE_PM10.id: _order(),
    rules.PART_ABOVE_WHOLE.id: _order(),
    rules.EXCEEDANCE_DISAGREES.id: _computed("按浓度和标准限值计算", "concentration and limit give", points=True),
    rules.PARTS_DO_NOT_ADD_UP.id: _computed("各分项之和", "its parts sum to"),
    rules.PERIODS_DO_NOT_ADD_UP.id: _computed("各月或各季之和", "its months or quarters sum to"),
    rules.RUNNING_TOTALS.id: _running_total(),
    rules.DISTRICTS_DO_NOT_ADD_UP.id: _computed("各区县之和", "the districts sum to"),
    rules.RATIO_DISAGREES.id: _computed("按分子和分母计算", "its figures give"),
    rules.DECLINE_DISAGREES.id: _computed("按两年数据计算", "the figures of both years give", points=True),
    rules.CARBON_PER_ENERGY.id: _carbon(),
    rules.SULPHUR_BALANCE.id: _sulphur(),
    rules.SUDDEN_CHANGE.id: _change("，请核实并说明", ", so please check and explain it"),
    rules.IMPOSSIBLE_CHANGE.id: _change("，不采用", ", so that it is not used"),
    rules.CONSTANT_SERIES.id: _constant(),
    rules.COPIED_YEAR.id: _copied_year(),
    rules.COPIED_UNIT.id: _copied_unit(),
    rules.EMISSION_AGAINST_ELECTRICITY.id: _against_electricity(),
    rules.SAME_DAY_VINTAGES.id: _same_day(),
    rules.VINTAGES_DISAGREE.id: _vintages(),
}
