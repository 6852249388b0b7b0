"""Clauses of single figures: for each rule how its sentence closes, in both languages, and what stands beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations import rules
from expectations.batches import REQUIRED_FIELDS
from expectations.suites import STATUSES
from xietong.catalogue import Catalogue, Edition

_FIELDS_ZH: Final = {
    "unit_code": "单位代码",
    "indicator_code": "指标代码",
    "period": "期间",
    "origin": "数据性质",
    "status": "数据状态",
    "source_id": "来源",
    "snapshot": "文件指纹",
    "location": "位置",
    "received_at": "收到时间",
}


@dataclass(frozen=True)
class Clause:
    """What closes the sentence in both languages, and the reference beside it."""

    zh: pl.Expr
    en: pl.Expr
    reference: pl.Expr


def number(value: pl.Expr) -> pl.Expr:
    """Return the shortest text that reads back to the same double, whole numbers without a point."""
    return value.cast(pl.String).str.strip_suffix(".0")


def _plain(zh: str, en: str, reference: str | None = None) -> Clause:
    return Clause(pl.lit(zh), pl.lit(en), pl.lit(reference, dtype=pl.String))


def _missing_field(_: Catalogue, __: Edition) -> Clause:
    def absent(names: Mapping[str, str], separator: str) -> pl.Expr:
        parts = (pl.when(pl.col(column).is_null()).then(pl.lit(names[column])) for column in REQUIRED_FIELDS)
        return pl.concat_str(parts, separator=separator, ignore_nulls=True)

    english = {column: column.replace("_", " ") for column in REQUIRED_FIELDS}
    return Clause(
        pl.format("缺少{}，无法定位或溯源", absent(_FIELDS_ZH, "、")),
        pl.format("it lacks {}, without which a figure cannot be placed or traced", absent(english, ", ")),
        pl.lit(None, dtype=pl.String),
    )


def _unknown_unit(catalogue: Catalogue, _: Edition) -> Clause:
    count = len(catalogue.units_by_code)
    return _plain(
        f"单位代码不在目录所列的 {count} 个单位之中", f"the unit code is not among the {count} units of the catalogue"
    )


def _unknown_indicator(catalogue: Catalogue, _: Edition) -> Clause:
    count = len(catalogue.indicators)
    return _plain(
        f"指标代码不在目录所列的 {count} 个指标之中",
        f"the indicator code is not among the {count} indicators of the catalogue",
    )


def _foreign_origin(_: Catalogue, edition: Edition) -> Clause:
    origin = pl.col("origin")
    return Clause(
        pl.format(f"数据性质为 {{}}，本期评价只采用 {edition.origin}", origin),
        pl.format(f"its origin is {{}}, this edition takes {edition.origin} only", origin),
        pl.lit(edition.origin),
    )


def _unknown_status(_: Catalogue, __: Edition) -> Clause:
    status, allowed = pl.col("status"), ", ".join(STATUSES)
    return Clause(
        pl.format(f"数据状态 {{}} 不在 {allowed} 之中", status),
        pl.format(f"its status {{}} is not one of {allowed}", status),
        pl.lit(allowed),
    )


def _wrong_period(_: Catalogue, __: Edition) -> Clause:
    forms = pl.col("forms")
    return Clause(
        pl.format("该指标的期间应写作 {} 这样的形式", forms),
        pl.format("periods of this indicator are written like {}", forms.str.replace_all("、", " or ", literal=True)),
        forms,
    )


_RECEIVED: Final = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d")


def _future_period(_: Catalogue, __: Edition) -> Clause:
    return Clause(
        pl.format("收到数据时（{}）该期间尚未开始", _RECEIVED),
        pl.format("the period had not begun when the figure was received on {}", _RECEIVED),
        _RECEIVED,
    )


def _unfinished_period(_: Catalogue, __: Edition) -> Clause:
    return Clause(
        pl.format("收到数据时（{}）该期间尚未结束，请核对期间和填报日期", _RECEIVED),
        pl.format("the period had not ended when the figure was received on {}; check both dates", _RECEIVED),
        _RECEIVED,
    )


def _part_of_day(_: Catalogue, __: Edition) -> Clause:
    return _plain("天数应为整数", "a number of days must be whole")


def _not_a_number(_: Catalogue, __: Edition) -> Clause:
    return _plain("应为一个有限的数值", "a finite number is required")


def _duplicate_row(_: Catalogue, __: Edition) -> Clause:
    at = pl.col("other_at").fill_null("—")
    return Clause(
        pl.format("与同一文件 {} 处的数据重复，只保留该处的数据", at),
        pl.format("it repeats the figure at {} of the same file, and only that one is kept", at),
        at,
    )


def _conflicting_duplicate(_: Catalogue, __: Edition) -> Clause:
    other, at = pl.col("other_value").fill_null("—"), pl.col("other_at").fill_null("—")
    return Clause(
        pl.format("同一文件 {} 处的同一数据为 {}，两者矛盾，均不采用", at, other),
        pl.format("the same file says {} at {}, and of contradicting figures none is used", other, at),
        pl.format("{} ({})", other, at),
    )


def _implausible_value(_: Catalogue, __: Edition) -> Clause:
    def whose(city: str, unit: str) -> pl.Expr:
        # Named only where there are two: whoever filled a district's cell with the city's total sees it at once.
        named = pl.when("is_city").then(pl.lit(city)).otherwise(pl.lit(unit))
        return pl.when("has_city_range").then(named).otherwise(pl.lit(""))

    low, high = (number(pl.col(bound) * pl.col("spans")) for bound in ("minimum", "maximum"))
    whose_zh, whose_en = (
        whose("全市的", "单个单位（非全市）的"),
        whose(" of the whole city", " of one unit, not the city,"),
    )
    return Clause(
        pl.format("{}合理范围为 {} 至 {} {}", whose_zh, low, high, pl.col("measure")),
        pl.format("the plausible range{} is {} to {} {}", whose_en, low, high, pl.col("measure_en")),
        pl.format("{} – {} {}", low, high, pl.col("measure")),
    )


def _not_applicable_figure(_: Catalogue, __: Edition) -> Clause:
    return Clause(
        pl.format("该指标只适用于{}", pl.col("applies_zh")),
        pl.format("the indicator applies only to {}", pl.col("applies_en")),
        pl.col("applies_zh"),
    )


#: By the id of the rule.
CLAUSES: Final[Mapping[str, Callable[[Catalogue, Edition], Clause]]] = {
    rules.MISSING_FIELD.id: _missing_field,
    rules.UNKNOWN_UNIT.id: _unknown_unit,
    rules.UNKNOWN_INDICATOR.id: _unknown_indicator,
    rules.FOREIGN_ORIGIN.id: _foreign_origin,
    rules.UNKNOWN_STATUS.id: _unknown_status,
    rules.WRONG_PERIOD.id: _wrong_period,
    rules.FUTURE_PERIOD.id: _future_period,
    rules.UNFINISHED_PERIOD.id: _unfinished_period,
    rules.NOT_A_NUMBER.id: _not_a_number,
    rules.DUPLICATE_ROW.id: _duplicate_row,
    rules.CONFLICTING_DUPLICATE.id: _conflicting_duplicate,
    rules.IMPLAUSIBLE_VALUE.id: _implausible_value,
    rules.PART_OF_DAY.id: _part_of_day,
    rules.NOT_APPLICABLE_FIGURE.id: _not_applicable_figure,
}
