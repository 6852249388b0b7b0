"""Pages as HTML files: relative links, no clock, the same bytes for the same site."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xietong.render.charts import plane_chart
from xietong.render.drawing import Boundaries, line, polyline, read_boundaries, spine_marks, spread, strip_dots, tiles
from xietong.render.page_data import write_page_data
from xietong.render.sheets import write_sheet
from xietong.render.synergy_charts import degree_plot, example_curve, quadrant_plot
from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES, Chrome, Language, Page, Site
from xietong.report.overview import Overview
from xietong.resources import resource_directory

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
    "indicator": "indicators",
    "coverage": "quality",
    "sources": "quality",
    "rules": "quality",
    "uncertainty": "ranking",
    "search": "about",
}
#: Chinese is the first language: its pages lie at the root.
_ROOTS: Final[dict[Language, str]] = {"zh": "", "en": "en/"}
_ASSETS: Final = (
    "site.css",
    "dark.css",
    "site.js",
    "analysis.css",
    "synergy.js",
    "search.js",
    "compare.js",
    "whatif.js",
    "whatif-model.js",
)


@dataclass(frozen=True)
class _Desk:
    """What rendering needs besides a page: templates, words and boundaries, read once."""

    environment: Environment
    words: dict[Language, Words]
    boundaries: Boundaries | None


def render_site(site: Site, directory: Path) -> list[Path]:
    """Write every page and asset below ``directory`` and return the files, sorted.

    The Chinese pages lie at the root, the English ones below ``en/``. Links are relative, so
    the folder opens from ``file://`` as well as from a server.
    """
    source = resource_directory("site")
    desk = _Desk(
        environment=_environment(source / "templates"),
        words={language: read_words(source / "text", language) for language in LANGUAGES},
        boundaries=read_boundaries(source / "assets" / "boundaries", site.catalogue),
    )
    written = [_copy(source / "assets" / name, directory / "assets" / name) for name in _ASSETS]
    written += write_page_data(site, directory)
    written += [write_sheet(chrome, directory / "assets") for chrome in site.chromes.values()]
    # The converter draws outside of Python: the charts of the overviews are made while other pages are rendered.
    with ThreadPoolExecutor(max_workers=1) as aside:
        charts = {page.language: aside.submit(_plane, page, desk.words) for page in site.pages if _has_plane(page)}
        for page in sorted(site.pages, key=_has_plane):
            target = directory / (_ROOTS[page.language] + page.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            chart = charts[page.language].result() if _has_plane(page) else None
            html = render_page(desk, site.chromes[page.language], page, chart)
            target.write_text(html, encoding="utf-8", newline="\n")
            written.append(target)
    return sorted(written)


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, target))


def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawing = (polyline, line, spine_marks, spread, strip_dots, tiles, quadrant_plot, degree_plot, example_curve)
    environment.globals.update({function.__name__: function for function in drawing})
    drawn_once = environment.get_template("components/spark.j2").make_module()
    environment.globals["spark"] = cache(drawn_once.spark)  # type: ignore[attr-defined]
    return environment


def render_page(desk: _Desk, chrome: Chrome, page: Page, chart: Markup | None = None) -> str:
    """Return one page as HTML, with the chart that was drawn for it."""
    words = desk.words[page.language]
    up = "../" * page.path.count("/")
    to_root = up + ("../" if _ROOTS[page.language] else "")
    other: Language = "en" if page.language == "zh" else "zh"
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
        "t": words.text,
        "say": words.say,
        "boundaries": desk.boundaries,
        "zone_borders": desk.boundaries.zone_borders if desk.boundaries else None,
        "plane_chart": chart,
    }
    return desk.environment.get_template(f"pages/{page.template}.j2").render(context)


def _has_plane(page: Page) -> bool:
    return isinstance(page.content, Overview) and bool(page.content.plane)


def _plane(page: Page, words: dict[Language, Words]) -> Markup | None:
    return plane_chart(page.content.plane, words[page.language]) if isinstance(page.content, Overview) else None
