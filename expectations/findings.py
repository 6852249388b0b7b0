"""Findings of the first gate: for each failing figure one sentence that says what is wrong and what is allowed.

The sentence opens with the figure (unit, period, indicator, value, location) and closes with a
clause of the rule; the file's name is left null here, the caller knows it by the snapshot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations import rules
from expectations.batches import REQUIRED_FIELDS
from expectations.relations import TOTALS
from expectations.rules import Rule
from expectations.suites import STATUSES, accepted_frequencies
from xietong.catalogue import Catalogue, Edition
from xietong.frames import FINDINGS, empty_findings

#: One row: a rule that a figure broke. ``other_row`` is a figure it was compared with.
FAILURES: Final = pl.Schema(
    {
        "row": pl.UInt32(),
        "other_row": pl.UInt32(),
        "reference": pl.Float64(),  # the number it was compared with
    }
)
_EXAMPLES: Final = {"month": "2025-10", "quarter": "2025-Q3", "year": "2025"}


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
class _Clause:
    """What closes the sentence in both languages, and the reference beside it."""

    zh: pl.Expr
    en: pl.Expr
    reference: pl.Expr


def findings_of(
    failures: Mapping[Rule, pl.DataFrame], figures: pl.DataFrame, catalogue: Catalogue, edition: Edition
) -> pl.DataFrame:
    """Return the failures (frames of ``FAILURES`` by rule) as a frame of ``FINDINGS``, sorted."""
    words = _words_of_indicators(catalogue, edition)
    units = _words_of_units(catalogue)
    frames = [
        _told(rule, frame, figures, words, units, _CLAUSES[rule.id](catalogue, edition))
        for rule, frame in failures.items()
        if not frame.is_empty()
    ]
    if not frames:
        return empty_findings()
    return pl.concat(frames).sort("unit_code", "indicator_code", "period", "snapshot", "location", "rule", "message_en")


def _told(
    rule: Rule, failures: pl.DataFrame, figures: pl.DataFrame, words: pl.DataFrame, units: pl.DataFrame, clause: _Clause
) -> pl.DataFrame:
    others = figures.select(
        other_row="row", other_value=number(pl.col("value")), other_at="location", other_code="indicator_code"
    )
    names = words.select(other_code="indicator_code", other_zh="indicator_zh", other_en="indicator_en")
    rows = (
        failures.rename({"reference": "compared"})
        .join(figures, on="row", how="left", maintain_order="left")
        .join(others, on="other_row", how="left", maintain_order="left")
        .join(names, on="other_code", how="left", maintain_order="left")
        .join(words, on="indicator_code", how="left", maintain_order="left")
        .join(units, on="unit_code", how="left", maintain_order="left")
    )
    opening_zh, opening_en = _opening()
    return rows.select(
        rule=pl.lit(rule.id),
        severity=pl.lit(rule.severity),
        unit_code="unit_code",
        indicator_code="indicator_code",
        period="period",
        value=number(pl.col("value")),
        reference=clause.reference,
        file=pl.lit(None, dtype=pl.String),
        location="location",
        snapshot="snapshot",
        source_id="source_id",
        message_zh=pl.concat_str(opening_zh, pl.lit(":"), clause.zh, pl.lit("。")),
        message_en=pl.concat_str(opening_en, pl.lit(": "), clause.en, pl.lit(".")),
        status=pl.lit("open"),
    ).cast(FINDINGS)


def number(value: pl.Expr) -> pl.Expr:
    """Return the shortest text that reads back to the same double, whole numbers without a point."""
    return value.cast(pl.String).str.strip_suffix(".0")


def _opening() -> tuple[pl.Expr, pl.Expr]:
    """Return the figure as the subject of a sentence, in Chinese and in English."""

    def known(pattern: str, thing: str, unknown: str) -> pl.Expr:
        """The name with the code, the code alone, or that there is none."""
        name = f"{thing}_zh" if unknown.startswith("未") else f"{thing}_en"
        code = pl.col(f"{thing}_code")
        return pl.coalesce(pl.format(pattern, pl.col(name), code), code, pl.lit(unknown))

    def measured(measure: str) -> pl.Expr:
        value = number(pl.col("value"))
        return pl.coalesce(pl.format("{} {}", value, pl.col(measure)), value)

    zh = pl.format(
        "{}{} 的{}{}(位于 {})",
        known("{}({})", "unit", "未填单位"),
        pl.col("period").fill_null("未填期间"),
        known("{}({})", "indicator", "未填指标"),
        pl.coalesce(pl.format("为 {}", measured("measure")), pl.lit("没有数值")),
        pl.col("location").fill_null("未知位置"),
    )
    en = pl.format(
        "{} of {} in {} {} at {}",
        known("{} ({})", "indicator", "a figure of no indicator"),
        known("{} ({})", "unit", "no unit"),
        pl.col("period").fill_null("no period"),
        pl.coalesce(pl.format("is {}", measured("measure_en")), pl.lit("has no value")),
        pl.col("location").fill_null("an unknown place"),
    )
    return zh, en


def _words_of_units(catalogue: Catalogue) -> pl.DataFrame:
    rows = [(unit.code, unit.name.zh, unit.name.en) for unit in catalogue.units.units]
    return pl.DataFrame(rows, schema=dict.fromkeys(("unit_code", "unit_zh", "unit_en"), pl.String), orient="row")


def _words_of_indicators(catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    units = catalogue.units_by_code
    measures = {measure.code: measure.name.en for measure in catalogue.measures.measures}
    rows = [
        {
            "indicator_code": indicator.code,
            "indicator_zh": indicator.name.zh,
            "indicator_en": indicator.name.en,
            "measure": indicator.measure,
            "measure_en": measures.get(indicator.measure, indicator.measure),
            "minimum": indicator.plausible.minimum if indicator.plausible else None,
            "maximum": indicator.plausible.maximum if indicator.plausible else None,
            "forms": "、".join(_EXAMPLES[f] for f in accepted_frequencies(indicator.frequency, edition)),
            "applies_zh": "、".join(units[code].name.zh for code in indicator.applies_to or ()),
            "applies_en": ", ".join(units[code].name.en for code in indicator.applies_to or ()),
        }
        for indicator in catalogue.indicators
    ]
    return pl.DataFrame(rows, schema_overrides={"minimum": pl.Float64(), "maximum": pl.Float64()})


def _plain(zh: str, en: str, reference: str | None = None) -> _Clause:
    return _Clause(pl.lit(zh), pl.lit(en), pl.lit(reference, dtype=pl.String))


def _missing_field(_: Catalogue, __: Edition) -> _Clause:
    def absent(names: Mapping[str, str], separator: str) -> pl.Expr:
        parts = (pl.when(pl.col(column).is_null()).then(pl.lit(names[column])) for column in REQUIRED_FIELDS)
        return pl.concat_str(parts, separator=separator, ignore_nulls=True)

    english = {column: column.replace("_", " ") for column in REQUIRED_FIELDS}
    return _Clause(
        pl.format("缺少{},无法定位或溯源", absent(_FIELDS_ZH, "、")),
        pl.format("it lacks {}, without which a figure cannot be placed or traced", absent(english, ", ")),
        pl.lit(None, dtype=pl.String),
    )


def _unknown_unit(catalogue: Catalogue, _: Edition) -> _Clause:
    count = len(catalogue.units_by_code)
    return _plain(
        f"单位代码不在目录所列的 {count} 个单位之中", f"the unit code is not among the {count} units of the catalogue"
    )


def _unknown_indicator(catalogue: Catalogue, _: Edition) -> _Clause:
    count = len(catalogue.indicators)
    return _plain(
        f"指标代码不在目录所列的 {count} 个指标之中",
        f"the indicator code is not among the {count} indicators of the catalogue",
    )


def _foreign_origin(_: Catalogue, edition: Edition) -> _Clause:
    origin = pl.col("origin")
    return _Clause(
        pl.format(f"数据性质为 {{}},本期评价只采用 {edition.origin}", origin),
        pl.format(f"its origin is {{}}, this edition takes {edition.origin} only", origin),
        pl.lit(edition.origin),
    )


def _unknown_status(_: Catalogue, __: Edition) -> _Clause:
    status, allowed = pl.col("status"), ", ".join(STATUSES)
    return _Clause(
        pl.format(f"数据状态 {{}} 不在 {allowed} 之中", status),
        pl.format(f"its status {{}} is not one of {allowed}", status),
        pl.lit(allowed),
    )


def _wrong_period(_: Catalogue, __: Edition) -> _Clause:
    forms = pl.col("forms")
    return _Clause(
        pl.format("该指标的期间应写作 {}", forms),
        pl.format("periods of this indicator are written {}", forms.str.replace_all("、", " or ", literal=True)),
        forms,
    )


def _future_period(_: Catalogue, __: Edition) -> _Clause:
    day = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d")
    return _Clause(
        pl.format("收到数据时({})该期间尚未开始", day),
        pl.format("the period had not begun when the figure was received on {}", day),
        day,
    )


def _not_a_number(_: Catalogue, __: Edition) -> _Clause:
    return _plain("应为一个有限的数值", "a finite number is required")


def _duplicate_row(_: Catalogue, __: Edition) -> _Clause:
    at = pl.col("other_at").fill_null("—")
    return _Clause(
        pl.format("与同一文件 {} 处的数据重复,只保留该处的数据", at),
        pl.format("it repeats the figure at {} of the same file, and only that one is kept", at),
        at,
    )


def _conflicting_duplicate(_: Catalogue, __: Edition) -> _Clause:
    other, at = pl.col("other_value").fill_null("—"), pl.col("other_at").fill_null("—")
    return _Clause(
        pl.format("同一文件 {} 处的同一数据为 {},两者矛盾,均不采用", at, other),
        pl.format("the same file says {} at {}, and of contradicting figures none is used", other, at),
        pl.format("{} ({})", other, at),
    )


def _implausible_value(_: Catalogue, __: Edition) -> _Clause:
    low, high = (number(pl.col(bound) * pl.col("spans")) for bound in ("minimum", "maximum"))
    return _Clause(
        pl.format("合理范围为 {} 至 {} {}", low, high, pl.col("measure")),
        pl.format("the plausible range is {} to {} {}", low, high, pl.col("measure_en")),
        pl.format("{} – {} {}", low, high, pl.col("measure")),
    )


def _not_applicable_figure(_: Catalogue, __: Edition) -> _Clause:
    return _Clause(
        pl.format("该指标只适用于{}", pl.col("applies_zh")),
        pl.format("the indicator applies only to {}", pl.col("applies_en")),
        pl.col("applies_zh"),
    )


def _too_many_days(_: Catalogue, __: Edition) -> _Clause:
    days = number(pl.col("days"))
    return _Clause(
        pl.format("该期间只有 {} 天", days), pl.format("the period has only {} days", days), pl.format("{} 天", days)
    )


def _order(_: Catalogue, __: Edition) -> _Clause:
    """A figure above the one it must not exceed, or below the one that must not exceed it."""
    is_above = pl.col("finite") > pl.col("compared")
    verb_zh = pl.when(is_above).then(pl.lit("高于")).otherwise(pl.lit("低于"))
    verb_en = pl.when(is_above).then(pl.lit("exceed")).otherwise(pl.lit("be below"))
    value, at = pl.col("other_value"), pl.col("other_at")
    return _Clause(
        pl.format("不应{}同期{}({} {},位于 {})", verb_zh, pl.col("other_zh"), value, pl.col("measure"), at),
        pl.format(
            "it must not {} {} of the same period ({} {} at {})",
            verb_en,
            pl.col("other_en"),
            value,
            pl.col("measure_en"),
            at,
        ),
        pl.format("{} {}", value, pl.col("measure")),
    )


def _parts(_: Catalogue, __: Edition) -> _Clause:
    total = number(pl.col("compared").round_sig_figs(8))
    tolerances = {each.whole: f"{100 * each.tolerance:g}" for each in TOTALS}
    tolerance = pl.col("indicator_code").replace_strict(tolerances, return_dtype=pl.String)
    return _Clause(
        pl.format("各分项之和为 {} {},允许相差 {}%", total, pl.col("measure"), tolerance),
        pl.format("its parts sum to {} {}, and {} % apart is allowed", total, pl.col("measure_en"), tolerance),
        pl.format("{} {}", total, pl.col("measure")),
    )


_CLAUSES: Final[Mapping[str, Callable[[Catalogue, Edition], _Clause]]] = {
    rules.MISSING_FIELD.id: _missing_field,
    rules.UNKNOWN_UNIT.id: _unknown_unit,
    rules.UNKNOWN_INDICATOR.id: _unknown_indicator,
    rules.FOREIGN_ORIGIN.id: _foreign_origin,
    rules.UNKNOWN_STATUS.id: _unknown_status,
    rules.WRONG_PERIOD.id: _wrong_period,
    rules.FUTURE_PERIOD.id: _future_period,
    rules.NOT_A_NUMBER.id: _not_a_number,
    rules.DUPLICATE_ROW.id: _duplicate_row,
    rules.CONFLICTING_DUPLICATE.id: _conflicting_duplicate,
    rules.IMPLAUSIBLE_VALUE.id: _implausible_value,
    rules.NOT_APPLICABLE_FIGURE.id: _not_applicable_figure,
    rules.TOO_MANY_DAYS.id: _too_many_days,
    rules.GOOD_DAYS_ABOVE_MONITORED.id: _order,
    rules.PM25_ABOVE_PM10.id: _order,
    rules.PARTS_DO_NOT_ADD_UP.id: _parts,
}
