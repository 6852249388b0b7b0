"""The pages and downloads of a draft, written by two processes: the languages share no page."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.side_process import beside
from xietong.catalogue import Catalogue, Edition

if TYPE_CHECKING:
    from xietong.render import PageMemory
    from xietong.report import Language, RunFacts


@dataclass(frozen=True)
class SitePages:
    """What the pages of a draft are made from, where they go, and the memory of those made before."""

    marts: Mapping[str, pl.DataFrame]
    catalogue: Catalogue
    edition: Edition
    facts: "RunFacts"
    directory: Path
    memory: "PageMemory"


def write_site_pages(pages: SitePages) -> None:
    """Write every page and download of a draft; the memory then holds what each page was made of."""
    from xietong.report import LANGUAGES

    aside = beside(_write_downloads_and_translation, pages)
    _write_pages(pages, LANGUAGES[:1])
    pages.memory.add(aside.result())


def _write_downloads_and_translation(pages: SitePages) -> "PageMemory":
    """Write the downloads and the pages of all languages but the first; return the memory of these pages.

    That is half of the work of a draft: the side process does it while the first one makes the other half.
    """
    from xietong.render import write_downloads
    from xietong.report import LANGUAGES

    write_downloads(pages.marts, pages.catalogue, pages.edition, pages.directory / "downloads")
    _write_pages(pages, LANGUAGES[1:])
    return pages.memory


def _write_pages(pages: SitePages, languages: Sequence["Language"]) -> None:
    """Write the pages in these languages, and with the first language what all of them share."""
    from xietong.render import render_site
    from xietong.report import build_site

    # The contents of all pages are a million objects and no garbage: collecting would look through them for seconds.
    gc.disable()
    try:
        site = build_site(pages.marts, pages.catalogue, pages.edition, pages.facts, languages)
        render_site(site, pages.directory, pages.memory)
    finally:
        gc.enable()
