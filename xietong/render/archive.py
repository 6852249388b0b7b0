"""Pages that stand beside the releases of an edition and in none of them: their frame and their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment

from xietong.render.templates import template_environment
from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES, Language
from xietong.resources import resource_directory
from xietong.signs import shown

#: Chinese is the first language: its pages have the plain name.
SUFFIXES: Final[Mapping[Language, str]] = {"zh": ".html", "en": ".en.html"}
_ROOTS: Final[Mapping[Language, str]] = {"zh": "", "en": "en/"}


@dataclass(frozen=True)
class Archive:
    """What rendering needs besides a page: templates and words, read once."""

    edition: str
    environment: Environment
    words: Mapping[Language, Words]
    is_demonstration: bool

    @classmethod
    def of(cls, edition: str, *, is_demonstration: bool = False) -> "Archive":
        """Return the archive of an edition; one of invented figures says so on every page."""
        source = resource_directory("site")
        words = {language: read_words(source / "text", language) for language in LANGUAGES}
        return cls(edition, template_environment(), words, is_demonstration)

    def pages(
        self, template: str, name: str, base: str, context: Mapping[Language, Mapping[str, Any]]
    ) -> dict[str, str]:
        """Return the texts of a page in both languages by their file names.

        ``base`` leads from the folder of the page to that of the edition; ``context`` is what the template shows.
        """
        own = name.rpartition("/")[2]
        texts = {}
        for language in LANGUAGES:
            frame: dict[str, Any] = {
                "edition": self.edition,
                "is_demonstration": self.is_demonstration,
                "language": language,
                "base": base,
                "root": _ROOTS[language],
                "suffix": SUFFIXES[language],
                "other": own + SUFFIXES["en" if language == "zh" else "zh"],
                "t": self.words[language].text,
            }
            html = self.environment.get_template(template).render({**frame, **context[language]})
            texts[name + SUFFIXES[language]] = shown(html)
        return texts
