"""The first gate: nothing wrong gets in, nothing right gets lost, and every refusal says why.

Rules about single figures come first; relations between figures look only at what survived them,
so that one mistake makes one finding. What a rule of severity critical names is refused,
everything else is accepted; no older vintage takes the place of a refused one unjudged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from expectations import rules
from expectations.absences import absences
from expectations.batches import columns_of, described
from expectations.checks import check_row, checks_frame
from expectations.completeness import completeness
from expectations.evaluation import evaluate
from expectations.findings import findings_of
from expectations.rounds import judge_relations
from expectations.rules import INTAKE_RULES
from expectations.suites import batch_suite, completeness_suite
from expectations.verdicts import (
    Verdict,
    checks_of,
    failures_by_rule,
    verdicts_of_fields,
    without_refused,
)
from xietong.catalogue import Catalogue, Edition
from xietong.errors import GateFailedError
from xietong.frames import OBSERVATIONS


@dataclass(frozen=True)
class IntakeResult:
    """What the first gate makes of a batch.

    ``accepted`` (OBSERVATIONS, each figure of a file once) goes on; ``findings`` (FINDINGS) has every
    refused or flagged figure; ``checks`` (CHECKS) has every rule that looked at something.
    """

    accepted: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """True when no figure was accepted."""
        return self.accepted.is_empty()


def check_intake(
    observations: pl.DataFrame, catalogue: Catalogue, edition: Edition, refused: pl.DataFrame | None = None
) -> IntakeResult:
    """Return which figures go on, what is wrong with the others, and every check; row order changes nothing.

    ``refused`` (FINDINGS) is what reading found: a figure that could not be read is not missing as well.

    Raises:
        GateFailedError: the frame has not the columns and types of OBSERVATIONS.
        BrokenCheckError: a check could not be evaluated.
    """
    of_batch = list(_check_batch(observations))
    figures = described(observations, catalogue)
    of_figures = verdicts_of_fields(figures, catalogue, edition)
    survivors = without_refused(figures, of_figures)
    accepted, of_relations = judge_relations(survivors, catalogue, edition)
    verdicts = [*of_figures, *of_relations]
    absent = absences(figures, survivors, catalogue, edition, refused)
    ranges = [verdict for verdict in of_figures if verdict.rule is rules.IMPLAUSIBLE_VALUE]
    of_fields = [verdict for verdict in of_figures if verdict.indicator_code is None]
    return IntakeResult(
        accepted=accepted.sort("figure").select(OBSERVATIONS.names()),
        findings=findings_of(failures_by_rule(verdicts), figures, catalogue, edition, absent.findings),
        checks=checks_frame(
            [
                *of_batch,
                _check_something_was_evaluated(of_fields, ranges),
                *_check_completeness(accepted, catalogue, edition),
                *checks_of(verdicts),
                *absent.checks,
            ],
            INTAKE_RULES,
        ),
    )


def _check_batch(observations: pl.DataFrame) -> Iterator[dict[str, object]]:
    """Yield the guards that no rule about figures replaces: columns and types, a row at all, no column of nulls.

    Raises:
        GateFailedError: columns or types are not the agreed ones, so nothing else can be asked.
    """
    columns = columns_of(observations)
    types, names, counted, filled = evaluate(columns, batch_suite())
    if not (types.success and names.success):
        raise GateFailedError(f"the tidied figures have not the agreed columns: {_differences(columns)}")
    yield check_row(rules.UNEXPECTED_SCHEMA, columns.height, 0)
    yield check_row(rules.EMPTY_BATCH, observations.height, 0 if counted.success else 1)
    if filled.evaluated:
        yield check_row(rules.ALL_NULL_COLUMN, filled.evaluated, len(filled.positions))


def _differences(columns: pl.DataFrame) -> str:
    found = dict(zip(columns["column"], columns["type"], strict=True))
    agreed = {name: str(kind) for name, kind in OBSERVATIONS.items()}
    return "; ".join(
        f"{name} is {found.get(name, 'absent')}, agreed is {agreed.get(name, 'no such column')}"
        for name in sorted(found.keys() | agreed.keys())
        if found.get(name) != agreed.get(name)
    )


def _check_something_was_evaluated(*suites: Sequence[Verdict]) -> dict[str, object]:
    """Return the guard over what always has work: fields and ranges; relations may rightly find no pair."""
    idle = [suite for suite in suites if not any(verdict.evaluated for verdict in suite)]
    return check_row(rules.NOTHING_EVALUATED, len(suites), len(idle))


def _check_completeness(accepted: pl.DataFrame, catalogue: Catalogue, edition: Edition) -> Iterator[dict[str, object]]:
    """Yield one check an indicator: how many of its figures are due, and how many of them are not there."""
    shares = completeness(accepted, catalogue, edition)
    (outcome,) = evaluate(shares, completeness_suite())
    incomplete = set(outcome.positions)
    for position, (code, due, arrived) in enumerate(shares.select("indicator_code", "due", "arrived").iter_rows()):
        yield check_row(rules.INCOMPLETE, due, due - arrived, indicator_code=code, success=position not in incomplete)
