"""Checks: one row a rule evaluated once, as both gates report them."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from expectations.rule import Rule
from xietong.frames import CHECKS


def check_row(
    rule: Rule, evaluated: int, failed: int, *, indicator_code: str | None = None, success: bool | None = None
) -> dict[str, object]:
    """Return one row of ``CHECKS``; without ``success`` it is that nothing failed."""
    return {
        "gate": rule.gate,
        "expectation": rule.id,
        "indicator_code": indicator_code,
        "severity": rule.severity,
        "description_zh": rule.description.zh,
        "description_en": rule.description.en,
        "evaluated": evaluated,
        "failed": failed,
        "success": failed == 0 if success is None else success,
    }


def checks_frame(rows: Iterable[Mapping[str, object]], order: Sequence[Rule]) -> pl.DataFrame:
    """Return rows of ``check_row`` as a frame of ``CHECKS`` in the order of the rules, then of indicators."""
    rank = {rule.id: position for position, rule in enumerate(order)}
    return pl.DataFrame(list(rows), schema=CHECKS).sort(
        pl.col("expectation").replace_strict(rank, return_dtype=pl.Int64), "indicator_code", nulls_last=False
    )
