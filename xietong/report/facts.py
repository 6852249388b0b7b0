"""What a site is made of before it has any markup: pages with typed contents, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from xietong.catalogue import Text

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


@dataclass(frozen=True)
class Sentence:
    """A sentence pattern of ``site/text`` with what goes into its gaps; gaps may hold sentences."""

    key: str
    values: Mapping[str, "str | Sentence"] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A name that leads to a page; ``path`` is relative to the root of the language, None: no page."""

    text: str
    path: str | None = None


@dataclass(frozen=True)
class RuleFact:
    """One rule of reading or of a gate; ``proof`` is the defect that the tests plant to see it fail, where they do."""

    id: str
    gate: str
    severity: str
    description: Text
    basis: Text
    owner: Text
    articles: tuple[int, ...] = ()
    proof: Text | None = None


@dataclass(frozen=True)
class RunFacts:
    """What a run knows about itself; printed on every page and on the page about the edition."""

    edition: str
    period: str
    as_of: datetime
    method_version: str
    release: str
    inputs: int
    versions: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RuleFact, ...] = ()


@dataclass(frozen=True)
class Chrome:
    """What every page of one language shows around its content."""

    language: Language
    title: str
    edition: str
    period: str
    as_of: str
    release: str
    method_version: str
    is_demonstration: bool
    is_illustration: bool
    has_plan: bool


@dataclass(frozen=True)
class Page:
    """One page: where it goes below the root of its language, which template shows it, and its content."""

    path: str
    language: Language
    template: str
    title: Sentence
    content: object


@dataclass(frozen=True)
class Site:
    """All pages of a release."""

    catalogue: str
    chromes: Mapping[Language, Chrome]
    pages: tuple[Page, ...]
