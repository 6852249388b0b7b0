"""The change log of an edition: a page in each language and a feed, beside the releases and in none of them.

A release holds no clock and knows nothing of later ones, or the same inputs would not give the same
bytes; what was put in place when, by whom and why stands here (docs/adr/0010).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import etree

from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES, Language
from xietong.resources import resource_directory

FEED: Final = "feed.xml"
_PAGES: Final[dict[Language, str]] = {"zh": "index.html", "en": "index.en.html"}
_ROOTS: Final[dict[Language, str]] = {"zh": "", "en": "en/"}
_ATOM: Final = "http://www.w3.org/2005/Atom"
#: Signs that XML 1.0 cannot hold; a comment that somebody pasted may have them.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class LogEntry:
    """One decision about a release; ``moment`` is ISO 8601 in UTC, ``action`` and ``mode`` are keys of words."""

    release: str
    moment: str
    action: str
    reason: str
    mode: str
    reviewer: str
    is_kept: bool
    is_served: bool


def change_log(edition: str, entries: Sequence[LogEntry]) -> dict[str, str]:
    """Return the texts of the pages and the feed by their file names; ``entries`` with the newest first."""
    source = resource_directory("site")
    environment = Environment(
        loader=FileSystemLoader(source / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
    )
    template = environment.get_template("change_log.j2")
    words = {language: read_words(source / "text", language) for language in LANGUAGES}
    pages = {
        _PAGES[language]: template.render(
            edition=edition,
            entries=entries,
            language=language,
            root=_ROOTS[language],
            other=_PAGES["en" if language == "zh" else "zh"],
            t=words[language].text,
        )
        for language in LANGUAGES
    }
    return pages | {FEED: _feed(edition, entries, words["zh"])}


def _feed(edition: str, entries: Sequence[LogEntry], words: Words) -> str:
    """Return an Atom feed (RFC 4287) of what was put in place; its links are relative, for any address."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    _add(feed, "title", words.text("log.title", edition=edition))
    _add(feed, "id", f"urn:xietong:{edition}")
    _add(feed, "updated", entries[0].moment if entries else "1970-01-01T00:00:00+00:00")
    author = etree.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", words.text("chrome.mark"))
    for entry in entries:
        if entry.action == "rejected":
            continue
        item = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(item, "title", f"{words.text(f'log.{entry.action}')} {entry.release}")
        _add(item, "id", f"urn:xietong:{edition}:{entry.release}:{entry.moment}")
        _add(item, "updated", entry.moment)
        _add(item, "summary", entry.reason or words.text(f"log.{entry.mode}"))
        if entry.is_kept:
            etree.SubElement(item, f"{{{_ATOM}}}link", href=f"releases/{entry.release}/site/index.html")
    return etree.tostring(feed, encoding="utf-8", xml_declaration=True, pretty_print=True).decode()


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NOT_XML.sub("", text)
