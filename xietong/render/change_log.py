"""The change log of an edition: a page in each language and a feed, beside the releases and in none of them.

A release holds no clock and knows nothing of later ones, or the same inputs would not give the same
bytes; what was put in place when, by whom and why stands here (docs/adr/0010).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lxml import etree

from xietong.render.archive import Archive
from xietong.render.words import Words
from xietong.report import LANGUAGES, wording
from xietong.signs import shown

FEED: Final = "feed.xml"
#: Where the pages stand: with the releases too, because a page of a release is two folders below either of them,
#: whether it is opened below ``current`` or below ``releases`` (docs/adr/0012).
_FOLDERS: Final = (("", ""), ("releases/", "../"))
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


@dataclass(frozen=True)
class KeptRelease:
    """A release that can be opened. ``period`` and ``as_of`` are as in its manifest.

    ``published`` is when it was first put in place, empty for one that never was. ``before`` names the release that
    a page compares it with; where there is no such page, ``why_none`` is the key of the words that say why.
    """

    name: str
    period: str
    as_of: str
    method_version: str
    published: str
    is_served: bool
    before: str = ""
    why_none: str = "difference_first"


def change_log(
    edition: str,
    entries: Sequence[LogEntry],
    editions: Sequence[KeptRelease] = (),
    archive: Archive | None = None,
) -> dict[str, str]:
    """Return the texts of the pages and the feed by their paths; both lists with the newest first."""
    archive = archive or Archive.of(edition)
    context = {
        language: {
            "entries": entries,
            "editions": [
                replace(
                    kept,
                    period=wording.period(kept.period, language),
                    as_of=wording.day(datetime.fromisoformat(kept.as_of), language),
                )
                for kept in editions
            ],
        }
        for language in LANGUAGES
    }
    foot = {language: archive.words[language].text("log.title", edition=edition) for language in LANGUAGES}
    pages = {FEED: _feed(edition, entries, archive.words["zh"])}
    for folder, base in _FOLDERS:
        pages |= archive.pages("change_log.j2", f"{folder}index", base, context, foot)
    return pages


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
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NOT_XML.sub("", shown(text))
