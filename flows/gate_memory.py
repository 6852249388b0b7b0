"""What the first gate said of the very same figures in the last run, so that it need not be asked again."""

from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from flows.planning import Plan
from flows.receipt import Received, cache_of
from xietong.sources import digest_of_files, key_of

_NAME: Final = "first_gate"
#: A look at the past has an entry of its own, so that it does not push out what the next run needs.
_NAME_OF_THE_PAST: Final = "gate_of_the_past"


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
    """Return what the gate said of these figures, by this program, catalogue and edition; None if it must be asked."""
    frames = cache_of(plan).load(_name(plan), _key(plan, received))
    return None if frames is None else RecalledResult(**frames)


def remember_gate(plan: Plan, received: Received, result: GateResult) -> None:
    """Keep what the gate said."""
    frames = {"accepted": result.accepted, "findings": result.findings, "checks": result.checks}
    cache_of(plan).save(_name(plan), _key(plan, received), frames)


def _name(plan: Plan) -> str:
    return _NAME if plan.as_of is None else _NAME_OF_THE_PAST


def _key(plan: Plan, received: Received) -> str:
    """Return the hash of what the gate is asked about, and of all that the catalogue says of it."""
    return key_of([received.key, digest_of_files([(plan.settings.catalogue_directory, "**/*.yaml")])])
