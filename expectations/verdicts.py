"""Verdicts: a rule evaluated on the figures, with the figures that failed and what they were compared with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from expectations import rules
from expectations.batches import (
    Pairs,
    beside,
    by_indicator,
    fields,
    newest,
    pairs_of_days,
    pairs_of_order,
    pairs_of_total,
)
from expectations.checks import check_row
from expectations.evaluation import Outcome, evaluate
from expectations.findings import FAILURES
from expectations.relations import ORDERS, TOTALS
from expectations.rules import Rule
from expectations.suites import field_suite, indicator_suite, relation_suite
from xietong.catalogue import Catalogue, Edition


@dataclass(frozen=True)
class Verdict:
    """One rule evaluated, for one indicator where it concerns one.

    ``failures`` (FAILURES) names the figures to refuse or to flag; ``failed`` counts failing cells or
    pairs, and a failing pair may name two figures.
    """

    rule: Rule
    indicator_code: str | None
    evaluated: int
    failed: int
    failures: pl.DataFrame


def verdicts_of_fields(figures: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> list[Verdict]:
    """Return what holds of every figure whatever its indicator: codes, period, number, uniqueness."""
    verdicts: list[Verdict] = []
    for outcome in evaluate(fields(figures), field_suite(catalogue, edition)):
        if outcome.expected.rule is rules.CONFLICTING_DUPLICATE:
            verdicts += _of_repeats(outcome, figures)
        else:
            verdicts.append(_single(outcome, figures["row"]))
    return verdicts


def verdicts_of_values(figures: pl.DataFrame, catalogue: Catalogue) -> list[Verdict]:
    """Return, indicator by indicator, whether values are plausible and units concerned."""
    batch = by_indicator(figures, catalogue)
    return [
        _single(outcome, batch.rows[outcome.expected.columns[0]])
        for outcome in evaluate(batch.frame, indicator_suite(catalogue, batch.frame))
    ]


def verdicts_of_relations(figures: pl.DataFrame, catalogue: Catalogue) -> list[Verdict]:
    """Return whether figures agree with the calendar and, in their newest vintage, with each other."""
    current = newest(figures, (*ORDERS, *TOTALS))
    pairs = [
        pairs_of_days(figures),
        *(pairs_of_order(current, order) for order in ORDERS),
        *(pairs_of_total(current, total, catalogue) for total in TOTALS),
    ]
    outcomes = evaluate(beside(pairs), relation_suite(pairs))
    return [_of_pairs(outcome, pair) for outcome, pair in zip(outcomes, pairs, strict=True)]


def without_refused(figures: pl.DataFrame, verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """Return the figures without those that a verdict refuses."""
    refused = [verdict.failures["row"] for verdict in verdicts if not verdict.rule.keeps_row]
    return figures.filter(~pl.col("row").is_in(pl.concat(refused).implode())) if refused else figures


def failures_by_rule(verdicts: Sequence[Verdict]) -> Mapping[Rule, pl.DataFrame]:
    """Return the failures of each rule that has any."""
    gathered: dict[Rule, list[pl.DataFrame]] = {}
    for verdict in verdicts:
        if not verdict.failures.is_empty():
            gathered.setdefault(verdict.rule, []).append(verdict.failures)
    return {rule: pl.concat(frames) for rule, frames in gathered.items()}


def checks_of(verdicts: Sequence[Verdict]) -> Iterator[dict[str, object]]:
    """Yield one check a rule and indicator; one that had nothing to look at has not been evaluated."""
    counts: dict[tuple[Rule, str | None], tuple[int, int]] = {}
    for verdict in verdicts:
        key = (verdict.rule, verdict.indicator_code)
        evaluated, failed = counts.get(key, (0, 0))
        counts[key] = (evaluated + verdict.evaluated, failed + verdict.failed)
    for (rule, indicator_code), (evaluated, failed) in counts.items():
        if evaluated:
            yield check_row(rule, evaluated, failed, indicator_code=indicator_code)


def _single(outcome: Outcome, rows: pl.Series) -> Verdict:
    failures = pl.DataFrame({"row": rows.gather(list(outcome.positions))}).with_columns(
        other_row=pl.lit(None, pl.UInt32), reference=pl.lit(None, pl.Float64)
    )
    return _verdict(outcome, len(outcome.positions), failures)


def _verdict(outcome: Outcome, failed: int, failures: pl.DataFrame) -> Verdict:
    expected = outcome.expected
    return Verdict(
        expected.rule,
        expected.indicator_code,
        outcome.evaluated,
        failed,
        failures.select(FAILURES.names()).cast(FAILURES),
    )


def _of_pairs(outcome: Outcome, pairs: Pairs) -> Verdict:
    """Return the verdict on pairs; where it refuses one of two figures both go: either may be the wrong one."""
    failing = pairs.frame[list(outcome.positions)]
    failures = failing.select(FAILURES.names())
    if not pairs.rule.keeps_row:
        mirrored = failing.filter(pl.col("other_row").is_not_null())
        failures = pl.concat([failures, mirrored.select(row="other_row", other_row="row", reference="lesser")])
    return _verdict(outcome, failing.height, failures)


def _of_repeats(outcome: Outcome, figures: pl.DataFrame) -> Iterator[Verdict]:
    """Yield the verdicts on figures that stand twice: repeats that agree with the first, and contradictions.

    Beside each stands the figure it repeats or one that contradicts it.
    """
    repeats = (
        figures.select("row", "figure", "location", "value")[list(outcome.positions)]
        # Locations as long as each other compare as cells do: D5 before D10.
        .sort("figure", pl.col("location").str.len_chars(), "location", "value", "row")
        .with_columns(first=pl.col("row").first().over("figure"), first_value=pl.col("value").first().over("figure"))
        .with_columns(differs=pl.col("value").ne_missing(pl.col("first_value")))
        .with_columns(
            rival=pl.col("row").filter("differs").first().over("figure"),
            rival_value=pl.col("value").filter("differs").first().over("figure"),
        )
    )
    agreeing = repeats.filter(pl.col("rival").is_null(), pl.col("row") != pl.col("first")).select(
        "row", other_row="first", reference="first_value"
    )
    differs = pl.col("differs")
    contradicting = repeats.filter(pl.col("rival").is_not_null()).select(
        "row",
        other_row=pl.when(differs).then(pl.col("first")).otherwise(pl.col("rival")),
        reference=pl.when(differs).then(pl.col("first_value")).otherwise(pl.col("rival_value")),
    )
    yield Verdict(rules.DUPLICATE_ROW, None, outcome.evaluated, agreeing.height, agreeing.cast(FAILURES))
    yield _verdict(outcome, contradicting.height, contradicting)
