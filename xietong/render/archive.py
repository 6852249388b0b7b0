"""Pages that stand beside the releases of an edition and in none of them: their frame and their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment

from xietong.render.sheets import foot_style
from xietong.render.templates import template_environment
from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES, Language
from xietong.resources import resource_directory
from xietong.signs import shown

#: Chinese is the first language: its pages have the plain name.
SUFFIXES: Final[Mapping[Language, str]] = {"zh": ".html", "en": ".en.html"}
#: The style of a page that prints below each sheet what the page is about; it stands beside the page.
SHEETS: Final[Mapping[Language, str]] = {"zh": ".css", "en": ".en.css"}
_ROOTS: Final[Mapping[Language, str]] = {"zh": "", "en": "en/"}


@dataclass(frozen=True)
class Archive:
    """What rendering needs besides a page: templates and words, read once."""

    edition: str
    environment: Environment
    words: Mapping[Language, Words]
    is_demonstration: bool
    titles: Mapping[str, str]

    @classmethod
    def of(cls, edition: str, *, is_demonstration: bool = False, titles: Mapping[str, str] | None = None) -> "Archive":
        """Return the archive of an edition; one of invented figures says so on every page.

        ``titles`` are those of the edition by language; without them its name stands in their place.
        """
        source = resource_directory("site")
        words = {language: read_words(source / "text", language) for language in LANGUAGES}
        return cls(edition, template_environment(), words, is_demonstration, titles or {})

    def pages(
        self,
        template: str,
        name: str,
        base: str,
        context: Mapping[Language, Mapping[str, Any]],
        foot: Mapping[Language, str],
    ) -> dict[str, str]:
        """Return the texts of a page in both languages, and of the styles for paper, by their file names.

        ``base`` leads from the folder of the page to that of the edition; ``context`` is what the template shows;
        ``foot`` is what stands below each sheet.
        """
        own = name.rpartition("/")[2]
        texts = {}
        for language in LANGUAGES:
            frame: dict[str, Any] = {
                "edition": self.edition,
                "title": self.titles.get(language, self.edition),
                "is_demonstration": self.is_demonstration,
                "language": language,
                "base": base,
                "root": _ROOTS[language],
                "suffix": SUFFIXES[language],
                "sheet": own + SHEETS[language],
                "other": own + SUFFIXES["en" if language == "zh" else "zh"],
                "t": self.words[language].text,
            }
            html = self.environment.get_template(template).render({**frame, **context[language]})
            texts[name + SUFFIXES[language]] = shown(html)
            texts[name + SHEETS[language]] = foot_style(foot[language])
        return texts
