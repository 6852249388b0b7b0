"""Relations between figures, judged until nothing more is refused.

Where the newest vintage of a figure goes, the one before it is what a run reads, and it has to stand
the same rules. A further round looks at the pairs that are other than before; every pair counts once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from expectations.batches import Pairs, beside, newest
from expectations.comparisons import (
    pairs_of_areas,
    pairs_of_periods,
    pairs_of_running_totals,
    pairs_of_same_day,
    pairs_of_vintages,
)
from expectations.evaluation import evaluate
from expectations.findings import FAILURES
from expectations.histories import histories
from expectations.relations import relations
from expectations.rule import Rule
from expectations.suites import relation_suite
from expectations.verdicts import Verdict, without_refused
from xietong.catalogue import Catalogue, Edition

#: Pairs of a rule that are equal in these were judged alike.
_SAME: Final = ("row", "other_row", "lesser", "greater")


@dataclass(frozen=True)
class _Judged:
    """The pairs of one rule that a round has judged, and those of them that failed."""

    pairs: Pairs
    failing: pl.DataFrame

    def without(self, others: pl.DataFrame) -> "_Judged":
        """Return the same less these pairs."""
        left = replace(self.pairs, frame=_less(self.pairs.frame, others))
        return _Judged(left, _less(self.failing, others))


def judge_relations(
    figures: pl.DataFrame, catalogue: Catalogue, edition: Edition
) -> tuple[pl.DataFrame, list[Verdict]]:
    """Return the figures that agree with the calendar and with each other, and the verdicts on all figures.

    Figures are compared in their newest vintage. Each round refuses one figure at least, so that there are
    no more rounds than vintages of a figure; the last is the one that leaves nothing unjudged.
    """
    judged: list[_Judged] = []
    accepted = figures
    while True:
        gathered = _gathered(_pairs(accepted, catalogue, edition.sources))
        latest = _judge(_unjudged(gathered, judged))
        judged = [*_not_judged_again(judged, gathered, latest), *latest]
        standing = without_refused(accepted, _verdicts(latest))
        refused = accepted.join(standing, on="row", how="anti") if standing.height < accepted.height else None
        if refused is None or not standing["cell"].is_in(refused["cell"].implode()).any():
            return standing, _verdicts(judged)
        accepted = standing


def _pairs(figures: pl.DataFrame, catalogue: Catalogue, sources: Sequence[str]) -> Iterator[Pairs]:
    checks = catalogue.cross_checks
    current = newest(figures, sources)
    by_source = newest(figures, sources, by_source=True)
    yield from relations(by_source, catalogue)
    if checks.areas is not None:
        yield pairs_of_areas(by_source, checks.areas, catalogue)
    yield pairs_of_periods(by_source)
    if checks.running_totals is not None:
        yield pairs_of_running_totals(by_source, checks.running_totals)
    yield from histories(current, checks)
    yield pairs_of_same_day(figures, by_source)
    if checks.vintages is not None:
        yield pairs_of_vintages(figures, current, checks.vintages, sources)


def _gathered(pairs: Iterable[Pairs]) -> list[Pairs]:
    """Return the pairs of each rule together, rules in the order they come."""
    together: dict[Rule, list[Pairs]] = {}
    for each in pairs:
        together.setdefault(each.rule, []).append(each)
    return [
        Pairs(rule, pl.concat(each.frame for each in of_rule), of_rule[0].members) for rule, of_rule in together.items()
    ]


def _less(frame: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return frame.join(others, on=_SAME, how="anti", nulls_equal=True, maintain_order="left")


def _unjudged(gathered: Sequence[Pairs], judged: Sequence[_Judged]) -> list[Pairs]:
    """Return of these pairs those that no round before has judged, with rules that have none left out."""
    left = list(gathered)
    for each in judged:
        left = [replace(p, frame=_less(p.frame, each.pairs.frame)) if p.rule is each.pairs.rule else p for p in left]
    return [pairs for pairs in left if not judged or pairs.frame.height]


def _judge(gathered: Sequence[Pairs]) -> list[_Judged]:
    outcomes = evaluate(beside(gathered), relation_suite(gathered))
    return [
        _Judged(pairs, pairs.frame[list(outcome.positions)]) for outcome, pairs in zip(outcomes, gathered, strict=True)
    ]


def _not_judged_again(
    judged: Sequence[_Judged], gathered: Sequence[Pairs], latest: Sequence[_Judged]
) -> Iterator[_Judged]:
    """Yield what was judged before, less the pairs of figures that now stand beside another.

    A figure that was refused keeps what was said of it.
    """
    now = {pairs.rule: pairs.frame for pairs in gathered}
    anew = {each.pairs.rule: each.pairs.frame.select("row").unique() for each in latest}
    for each in judged:
        rule, before = each.pairs.rule, each.pairs.frame
        yield each.without(_less(before.join(anew[rule], on="row", how="semi"), now[rule])) if rule in anew else each


def _verdicts(judged: Iterable[_Judged]) -> list[Verdict]:
    return [verdict for each in judged for verdict in _of_pairs(each)]


def _of_pairs(judged: _Judged) -> Iterator[Verdict]:
    """Yield the verdict on the pairs of each indicator; where a rule refuses both figures each names the other."""
    pairs = judged.pairs
    seen = pairs.frame.filter(pl.col("lesser").is_not_null() & pl.col("greater").is_not_null())
    for code, evaluated in seen.group_by("indicator_code").len().sort("indicator_code").iter_rows():
        own = judged.failing.filter(indicator_code=code)
        failures = (pairs.members(own) if pairs.members and own.height else own).select(FAILURES.names())
        if pairs.rule.refuses_both:
            others = own.filter(pl.col("other_row").is_not_null())
            mirrored = others.select("measured", "allowed", row="other_row", other_row="row", reference="lesser")
            failures = pl.concat([failures, mirrored.select(FAILURES.names())])
        yield Verdict(
            pairs.rule, code, evaluated, own.height, failures.unique(("row", "other_row"), maintain_order=True)
        )
