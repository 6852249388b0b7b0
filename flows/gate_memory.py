"""What the first gate said of the very same figures in the last run, so that it need not be asked again."""

from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from flows.planning import Plan
from flows.receipt import Received, cache_of

_NAME: Final = "first_gate"


class GateResult(Protocol):
    """What the first gate makes of a batch: ``expectations.intake.IntakeResult`` or one that is recalled."""

    @property
    def accepted(self) -> pl.DataFrame:
        """Return the figures that go on."""

    @property
    def findings(self) -> pl.DataFrame:
        """Return what is wrong with the others."""

    @property
    def checks(self) -> pl.DataFrame:
        """Return every check."""

    @property
    def is_empty(self) -> bool:
        """True when no figure goes on."""


@dataclass(frozen=True)
class RecalledResult:
    """The result of the first gate as it was kept."""

    accepted: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """True when no figure goes on."""
        return self.accepted.is_empty()


def recall_gate(plan: Plan, received: Received) -> RecalledResult | None:
    """Return what the gate said of these figures, by this program, catalogue and edition; None when it has to be asked.

    A look at the past (``as_of``) is not kept: it would push out what the next run needs.
    """
    frames = cache_of(plan).load(_NAME, received.key) if plan.as_of is None else None
    return None if frames is None else RecalledResult(**frames)


def remember_gate(plan: Plan, received: Received, result: GateResult) -> None:
    """Keep what the gate said."""
    if plan.as_of is None:
        frames = {"accepted": result.accepted, "findings": result.findings, "checks": result.checks}
        cache_of(plan).save(_NAME, received.key, frames)
