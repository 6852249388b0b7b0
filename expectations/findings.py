"""Findings of the first gate: for each failing figure one sentence that says what is wrong and what is allowed.

The sentence opens with the figure (unit, period, indicator, value, location) and closes with a
clause of the rule; the file's name is left null here, the caller knows it by the snapshot.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from expectations.batches import PAIRS
from expectations.clauses import CLAUSES, Clause, number
from expectations.cross_check_clauses import CROSS_CHECK_CLAUSES
from expectations.names import words_of_indicators, words_of_units
from expectations.rule import Rule
from xietong.catalogue import Catalogue, Edition
from xietong.frames import FINDINGS, empty_findings

#: One row: a rule that a figure broke; what the columns mean stands with ``PAIRS``.
FAILURES: Final = pl.Schema({name: PAIRS[name] for name in ("row", "other_row", "reference", "measured", "allowed")})


#: What a clause says of the indicator of another figure, ``other_`` in front.
_WORDS_OF_OTHERS: Final = ("indicator_zh", "indicator_en", "measure", "measure_en")


def findings_of(
    failures: Mapping[Rule, pl.DataFrame],
    figures: pl.DataFrame,
    catalogue: Catalogue,
    edition: Edition,
    others: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the failures (frames of ``FAILURES`` by rule) as a frame of ``FINDINGS``, with others, sorted.

    ``figures`` are all that were described: the row of a figure is its place among them.
    """
    words = words_of_indicators(catalogue, edition)
    units = words_of_units(catalogue)
    clauses = {**CLAUSES, **CROSS_CHECK_CLAUSES}
    frames = [
        _told(rule, frame, figures, words, units, clauses[rule.id](catalogue, edition))
        for rule, frame in failures.items()
        if not frame.is_empty()
    ]
    told = pl.concat([empty_findings(), *frames, *([] if others is None else [others])])
    return told.sort("unit_code", "indicator_code", "period", "snapshot", "location", "rule", "message_en")


def _told(
    rule: Rule, failures: pl.DataFrame, figures: pl.DataFrame, words: pl.DataFrame, units: pl.DataFrame, clause: Clause
) -> pl.DataFrame:
    others = figures[failures["other_row"].drop_nulls().unique().sort()].select(
        other_row="row",
        other_value=number(pl.col("value")),
        other_at="location",
        other_code="indicator_code",
        other_unit="unit_code",
        other_period="period",
        other_source="source_id",
    )
    names = words.select(
        other_code="indicator_code",
        **{f"other_{name.removeprefix('indicator_')}": name for name in _WORDS_OF_OTHERS},
    )
    other_units = units.select(other_unit="unit_code", other_unit_zh="unit_zh", other_unit_en="unit_en")
    rows = (
        failures.rename({"reference": "compared"})
        .join(figures[failures["row"].unique().sort()], on="row", how="left", maintain_order="left")
        .join(others, on="other_row", how="left", maintain_order="left")
        .join(names, on="other_code", how="left", maintain_order="left")
        .join(other_units, on="other_unit", how="left", maintain_order="left")
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
        message_zh=pl.concat_str(opening_zh, pl.lit("："), clause.zh, pl.lit("。")),
        message_en=pl.concat_str(opening_en, pl.lit(": "), clause.en, pl.lit(".")),
        status=pl.lit("open"),
    ).cast(FINDINGS)


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
        "{}{} 的{}{}（位于 {}）",
        known("{}（{}）", "unit", "未填单位"),
        pl.col("period").fill_null("未填期间"),
        known("{}（{}）", "indicator", "未填指标"),
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
