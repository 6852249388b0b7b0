"""Pages as HTML files: relative links, no clock, the same bytes for the same site."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from xietong.render.chart_files import write_chart_files
from xietong.render.charts import plane_chart
from xietong.render.distribution_chart import distribution_chart
from xietong.render.drawing import (
    Boundaries,
    coarser,
    line,
    read_boundaries,
    sparkline,
    spine_marks,
    spread,
    strip_dots,
    strip_top,
    tiles,
)
from xietong.render.fragments import Fragments
from xietong.render.interface import write_interface
from xietong.render.page_data import write_page_data
from xietong.render.page_memory import PageMemory
from xietong.render.sheets import write_sheet
from xietong.render.synergy_charts import degree_plot, example_curve, quadrant_plot
from xietong.render.templates import template_environment
from xietong.render.unit_downloads import write_unit_downloads
from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES, Chrome, Language, Page, Site
from xietong.report.overview import Overview
from xietong.report.provenance_page import chain_path
from xietong.resources import resource_directory
from xietong.signs import shown

#: Where the navigation leads, and the key of its word; a page belongs to the section of its template.
NAVIGATION: Final[tuple[tuple[str, str], ...]] = (
    ("index.html", "overview"),
    ("ranking.html", "ranking"),
    ("synergy.html", "synergy"),
    ("compare.html", "compare"),
    ("whatif.html", "whatif"),
    ("units/index.html", "units"),
    ("indicators/index.html", "indicators"),
    ("plan.html", "plan"),
    ("quality.html", "quality"),
    ("method.html", "method"),
    ("downloads.html", "downloads"),
    ("about.html", "about"),
)
_SECTIONS: Final = {
    "unit": "units",
    "provenance": "units",
    "indicator": "indicators",
    "heatmap": "indicators",
    "coverage": "quality",
    "sources": "quality",
    "rules": "quality",
    "uncertainty": "ranking",
    "search": "about",
    "interface": "downloads",
}
#: Chinese is the first language: its pages lie at the root.
_ROOTS: Final[dict[Language, str]] = {"zh": "", "en": "en/"}
_ASSETS: Final = (
    "site.css",
    "dark.css",
    "site.js",
    "charts.js",
    "filter.js",
    "analysis.css",
    "heatmap.css",
    "synergy.js",
    "search.js",
    "compare.js",
    "whatif.js",
    "whatif-model.js",
    "provenance.css",
)


@dataclass(frozen=True)
class _Desk:
    """What rendering needs besides a page: templates, words and boundaries, read once.

    ``coarse`` are the boundaries for pages of which there are many.
    """

    environment: Environment
    words: dict[Language, Words]
    boundaries: Boundaries | None
    coarse: Boundaries | None


def render_site(site: Site, directory: Path, memory: PageMemory | None = None) -> list[Path]:
    """Write the pages of a site, and what they share, below ``directory`` and return the files, sorted.

    The Chinese pages lie at the root, the English ones below ``en/``; sites of different languages
    may be written into one directory at the same time. Links are relative, so the folder opens from
    ``file://`` as well as from a server. Pages that ``memory`` knows from an earlier site are taken
    from there.
    """
    source = resource_directory("site")
    boundaries = read_boundaries(source / "assets" / "boundaries", site.catalogue)
    desk = _Desk(
        environment=_environment(),
        words={language: read_words(source / "text", language) for language in LANGUAGES},
        boundaries=boundaries,
        coarse=coarser(boundaries) if boundaries else None,
    )
    written = _write_shared(site, source / "assets", directory) if site.has_shared_files else []
    written += [write_sheet(chrome, site.release, directory / "assets") for chrome in site.chromes.values()]
    _write_pages(site, desk, directory, memory or PageMemory())
    written += write_chart_files(site, directory, _ROOTS, desk.words)
    written += [directory / (_ROOTS[page.language] + page.path) for page in site.pages]
    return sorted(written)


def _write_shared(site: Site, assets: Path, directory: Path) -> list[Path]:
    """Write what the pages of all languages load and offer; return the files."""
    written = [_copy(assets / name, directory / "assets" / name) for name in _ASSETS]
    written += write_page_data(site, directory)
    written += write_interface(site.resources, directory)
    return written + write_unit_downloads(site, directory)


def _write_pages(site: Site, desk: _Desk, directory: Path, memory: PageMemory) -> None:
    """Write the pages, but for those that the memory has."""
    to_make: list[tuple[Page, str, str]] = []
    for page in site.pages:
        path = _ROOTS[page.language] + page.path
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        key = memory.key(site.chromes[page.language], page)
        if not memory.reuse(path, key, directory / path):
            to_make.append((page, path, key))
    # The converter draws outside of Python: the charts of the overviews are made while other pages are rendered.
    with ThreadPoolExecutor(max_workers=1) as aside:
        charts = {page.language: aside.submit(_plane, page, desk.words) for page, _, _ in to_make if _has_plane(page)}
        for page, path, key in sorted(to_make, key=lambda made: _has_plane(made[0])):
            chart = charts[page.language].result() if _has_plane(page) else None
            memory.write(path, key, directory / path, render_page(desk, site.chromes[page.language], page, chart))


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, target))


def _environment() -> Environment:
    environment = template_environment()
    drawing = (
        degree_plot,
        distribution_chart,
        example_curve,
        line,
        quadrant_plot,
        sparkline,
        spine_marks,
        spread,
        strip_dots,
        strip_top,
        tiles,
    )
    environment.globals.update({function.__name__: function for function in drawing})
    drawn_once = environment.get_template("components/spark.j2").make_module()
    environment.globals["spark"] = cache(drawn_once.spark)  # type: ignore[attr-defined]
    environment.globals["once"] = Fragments().once
    return environment


def render_page(desk: _Desk, chrome: Chrome, page: Page, chart: Markup | None = None) -> str:
    """Return one page as HTML, with the chart that was drawn for it."""
    words = desk.words[page.language]
    up = "../" * page.path.count("/")
    to_root = up + ("../" if _ROOTS[page.language] else "")
    other: Language = "en" if page.language == "zh" else "zh"
    boundaries = desk.coarse if page.template == "indicator" else desk.boundaries
    section = _SECTIONS.get(page.template, page.template)
    context: dict[str, Any] = {
        "chrome": chrome,
        "content": page.content,
        "title": words.say(page.title),
        "path": page.path,
        "navigation": [entry for entry in NAVIGATION if entry[1] != "plan" or chrome.has_plan],
        "section": next(target for target, key in NAVIGATION if key == section),
        "other_language": to_root + _ROOTS[other] + page.path,
        "url": lambda path: up + path,
        "asset": lambda name: f"{to_root}assets/{name}",
        "site_path": lambda path: to_root + path,
        "chain_path": chain_path,
        "t": words.text,
        "say": words.say,
        "boundaries": boundaries,
        "zone_borders": boundaries.zone_borders if boundaries else None,
        "plane_chart": chart,
    }
    return shown(desk.environment.get_template(f"pages/{page.template}.j2").render(context))


def _has_plane(page: Page) -> bool:
    return isinstance(page.content, Overview) and bool(page.content.plane)


def _plane(page: Page, words: dict[Language, Words]) -> Markup | None:
    return plane_chart(page.content.plane, words[page.language]) if isinstance(page.content, Overview) else None
