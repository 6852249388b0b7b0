"""What a site is made of before it has any markup: pages with typed contents, in both languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from polars import DataFrame

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
    """What a run knows about itself; the page about the edition tells all of it.

    ``digest``: the sha256 of everything the release was made of, as its manifest has it.
    """

    edition: str
    period: str
    as_of: datetime
    method_version: str
    release: str
    inputs: int
    versions: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RuleFact, ...] = ()
    digest: str = ""


@dataclass(frozen=True)
class Chrome:
    """What every page of one language shows around its content.

    Nothing of it changes from one release of a period to the next, or every page would (docs/adr/0011).
    """

    language: Language
    title: str
    edition: str
    period: str
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
class Resource:
    """One JSON file of the data interface: where it lies below the interface, of which type it is, what is in it.

    The content is made when it is asked for: all of them at once would be larger than the pages.
    """

    path: str
    kind: str
    make: Callable[[], Mapping[str, Any]]

    @property
    def content(self) -> Mapping[str, Any]:
        """Return what is in the file."""
        return self.make()


@dataclass(frozen=True)
class Site:
    """The pages of a release in one language or all; ``unit_tables`` are each unit's downloads, by unit and name.

    ``resources`` are the files of the data interface.
    """

    catalogue: str
    release: str
    chromes: Mapping[Language, Chrome]
    pages: tuple[Page, ...]
    unit_tables: Mapping[str, Mapping[str, DataFrame]] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()

    @property
    def has_shared_files(self) -> bool:
        """Return whether the files that all languages share are this site's: they come with the first language."""
        return LANGUAGES[0] in self.chromes
