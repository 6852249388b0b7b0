"""The articles of the plan, their duties and their quantified or directional targets."""

from datetime import date
from typing import Literal

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode

ObligationKind = Literal["general", "source_control", "key_sector", "treatment", "policy", "management", "safeguard"]


class Duty(Definition):
    """Something an article obliges named units (or, with none named, all of them) to do."""

    code: Code
    name: Text
    addressees: tuple[UnitCode, ...] = ()


class Article(Definition):
    """One article of the plan, in our own words."""

    number: int = Field(ge=1)
    title: Text
    summary: Text
    chapter: Text
    kind: ObligationKind
    bodies: tuple[Text, ...]
    duties: tuple[Duty, ...] = ()


class Articles(Definition):
    """The file ``articles.yaml``."""

    plan: Text
    issued: date
    articles: tuple[Article, ...]


class DutyStatus(Definition):
    """How far a unit has come with a duty, with the evidence it gave."""

    duty: Code
    unit_code: UnitCode
    status: Literal["not_started", "in_progress", "done"]
    evidence: NonEmpty
    date: date


class OtherDefinition(Definition):
    """A published figure near to a target but defined otherwise: shown as such, never scored."""

    indicator: Code
    note: Text


class Target(Definition):
    """A target of the plan or of another named document.

    kind ``level``: the figure itself shall reach ``value``; ``decline``: it shall fall by
    ``value`` percent against ``base_year``; ``total``: an amount added since ``base_year``;
    ``directional``: no number is set, only the direction.
    """

    code: Code
    name: Text
    article: int | None = None
    source: Text | None = None
    unit_code: UnitCode
    indicator: Code | None = None
    kind: Literal["level", "decline", "total", "directional"]
    comparator: Literal["at_least", "at_most", "rising", "falling", "stable"]
    value: float | None = None
    measure: NonEmpty | None = None
    year: int | None = None
    base_year: int | None = None
    base_is_inferred: bool = False
    binding: bool = False
    # Wording of the plan that weakens or fixes the duty: 力争, 保持, 稳定在 …
    wording: Text | None = None
    other_definitions: tuple[OtherDefinition, ...] = ()
    note: Text | None = None


class Targets(Definition):
    """The file ``targets.yaml``."""

    targets: tuple[Target, ...]


class DutyStatuses(Definition):
    """The file ``duty_status.yaml`` (optional)."""

    statuses: tuple[DutyStatus, ...] = ()
