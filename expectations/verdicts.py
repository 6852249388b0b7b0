"""Verdicts: a rule evaluated on the figures, with the figures that failed and what they were compared with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from expectations import rules
from expectations.batches import fields
from expectations.checks import check_row
from expectations.evaluation import Outcome, evaluate
from expectations.findings import FAILURES
from expectations.rule import Rule
from expectations.suites import field_suite
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


#: Rules about single figures whose checks stand apart for each indicator, with the column they look at.
_BY_INDICATOR = {rules.IMPLAUSIBLE_VALUE: "share", rules.NOT_APPLICABLE_FIGURE: "restricted"}


def verdicts_of_fields(figures: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> list[Verdict]:
    """Return what holds of every figure by itself: codes, period, number, uniqueness, range."""
    verdicts: list[Verdict] = []
    split: dict[Rule, list[Outcome]] = {}
    for outcome in evaluate(fields(figures), field_suite(catalogue, edition)):
        if outcome.expected.rule is rules.CONFLICTING_DUPLICATE:
            verdicts += _of_repeats(outcome, figures)
        elif outcome.expected.rule in _BY_INDICATOR:
            split.setdefault(outcome.expected.rule, []).append(outcome)
        else:
            verdicts.append(_single(outcome, figures["row"]))
    for rule, outcomes in split.items():
        verdicts += _by_indicator(rule, outcomes, figures)
    return verdicts


def without_refused(figures: pl.DataFrame, verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """Return the figures without those that a verdict refuses."""
    refused = [verdict.failures["row"] for verdict in verdicts if not verdict.rule.keeps_row and verdict.failed]
    return figures.filter(~pl.col("row").is_in(pl.concat(refused).implode())) if refused else figures


def failures_by_rule(verdicts: Sequence[Verdict]) -> Mapping[Rule, pl.DataFrame]:
    """Return the failures of each rule that has any; a figure fails beside another once, as judged last."""
    gathered: dict[Rule, list[pl.DataFrame]] = {}
    for verdict in verdicts:
        if not verdict.failures.is_empty():
            gathered.setdefault(verdict.rule, []).append(verdict.failures)
    key = ("row", "other_row")
    return {rule: pl.concat(frames).unique(key, keep="last", maintain_order=True) for rule, frames in gathered.items()}


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
    failures = _failures(pl.DataFrame({"row": rows.gather(list(outcome.positions))}))
    return Verdict(outcome.expected.rule, None, outcome.evaluated, len(outcome.positions), failures)


def _failures(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of ``FAILURES``; columns that are not there are null."""
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in FAILURES.items() if name not in frame.columns]
    return frame.with_columns(absent).select(FAILURES.names()).cast(FAILURES)


def _by_indicator(rule: Rule, outcomes: Sequence[Outcome], figures: pl.DataFrame) -> Iterator[Verdict]:
    """Yield the verdict of every indicator on what expectations found in the rows of all."""
    failing = sorted({position for outcome in outcomes for position in outcome.positions})
    looked_at = figures.select("indicator_code", "row", is_seen=_is_seen(rule)).filter("is_seen")
    failed = figures["row"].gather(failing)
    rows = pl.DataFrame({"row": failed}).join(figures.select("row", "indicator_code"), on="row", how="left")
    for code, evaluated in looked_at.group_by("indicator_code").len().sort("indicator_code").iter_rows():
        own = rows.filter(indicator_code=code)
        yield Verdict(rule, code, evaluated, own.height, _failures(own.select("row")))


def _is_seen(rule: Rule) -> pl.Expr:
    seen = pl.col(_BY_INDICATOR[rule]).is_not_null()
    return seen & pl.col("minimum").is_not_null() if rule is rules.IMPLAUSIBLE_VALUE else seen


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
    yield Verdict(rules.DUPLICATE_ROW, None, outcome.evaluated, agreeing.height, _failures(agreeing))
    yield Verdict(rules.CONFLICTING_DUPLICATE, None, outcome.evaluated, contradicting.height, _failures(contradicting))
