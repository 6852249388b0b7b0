"""Every chart of the site as a file of its own: SVG for papers and other sites, and a script that a page makes PNG of.

A chart is a figure of a page with a name (``data-chart``); the small drawings in the cells of tables are none. It is
not drawn again: its file holds what the page holds, with title, unit and source above and below, in light colours.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final

from xietong.render.chart_sheets import Drawing, Key, Sheet, draw_sheet
from xietong.render.chart_styles import ChartStyles
from xietong.render.words import Words
from xietong.report import Chrome, Language, Site
from xietong.resources import resource_directory
from xietong.signs import json_text, shown

#: Below the root of a language; the file of a chart is named after its page and itself.
FOLDER: Final = "charts"
#: The sheets that draw: those of a page that has charts.
_STYLES: Final = ("site.css", "analysis.css")
#: Pages about one thing, of which a title alone does not tell.
_OF_ONE: Final = frozenset({"unit", "indicator"})
_HEADING: Final = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
#: A figure in three parts: its name, its drawings, and what stands below the row of links.
_CHART: Final = re.compile(r'<figure data-chart="([a-z0-9-]+)">(.*?)<div class="chart-tools"(.*?)</figure>', re.DOTALL)
_NOTE: Final = re.compile(r'<p class="figure-note">(.*?)</p>', re.DOTALL)
_CAPTION: Final = re.compile(r"<figcaption>(.*?)(?:<small>(.*?)</small>)?</figcaption>", re.DOTALL)
_DRAWING: Final = re.compile(r"<svg\b([^>]*)>(.*?)</svg>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r'([\w:-]+)="([^"]*)"')
_KEY: Final = re.compile(r'<li><span class="key ([\w -]+)"></span>(.*?)</li>', re.DOTALL)
_DEFINITIONS: Final = re.compile(r'<svg class="defs"[^>]*>\s*<defs>(.*?)</defs>', re.DOTALL)
_DEFINED: Final = re.compile(r'<pattern id="([\w-]+)".*?</pattern>|<path id="([\w-]+)"[^>]*/>', re.DOTALL)
_LINK: Final = re.compile(r"<a\b[^>]*>")
_LINK_WITH_WORDS: Final = re.compile(r"<a\b.*?</a>", re.DOTALL)
_MARKUP: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Frame:
    """What all charts of a language share: the sentence below them, and how subject and title make one."""

    language: Language
    source: str
    of: str


@dataclass(frozen=True)
class ChartFile:
    """A chart as a file of its own: the name it has on its page, and SVG."""

    name: str
    svg: str


def write_chart_files(
    site: Site, directory: Path, roots: Mapping[Language, str], words: Mapping[Language, Words]
) -> list[Path]:
    """Write the charts of all pages of a site that is written, each below the root of its language; return the files.

    A page that was taken from an earlier site gives the charts that it gave there.
    """
    assets = resource_directory("site") / "assets"
    styles = ChartStyles((assets / name).read_text(encoding="utf-8") for name in _STYLES)
    sources = {language: _source(chrome, words[language]) for language, chrome in site.chromes.items()}
    written = []
    for page in site.pages:
        root = directory / roots[page.language]
        html = (root / page.path).read_text(encoding="utf-8")
        frame = Frame(page.language, sources[page.language], words[page.language].text("chart.of"))
        charts = list(charts_of(html, styles, frame, is_of_one=page.template in _OF_ONE))
        if charts:
            written += write_charts(Path(page.path).with_suffix(""), charts, root / FOLDER)
    return written


def _source(chrome: Chrome, words: Words) -> str:
    """Return the sentence below each chart; like the chrome it does not tell the release (docs/adr/0011)."""
    footer = words.text("chrome.footer", edition=chrome.edition, period=chrome.period, method=chrome.method_version)
    return shown(words.text("chart.source", title=chrome.title, footer=footer))


def charts_of(html: str, styles: ChartStyles, frame: Frame, *, is_of_one: bool) -> Iterator[ChartFile]:
    """Yield the charts of a page in their order; those of a page about one thing have its name in their titles."""
    defined: dict[str, str] | None = None
    heading = _HEADING.search(html) if is_of_one else None
    for figure in _CHART.finditer(html):
        name, content, below = figure.groups()
        drawings = [_drawing(*found.groups()) for found in _DRAWING.finditer(content)]
        if not drawings:
            continue
        if defined is None:
            defined = _defined(html)
        keys = tuple(Key(colour, _words(text)) for colour, text in _KEY.findall(content))
        title, unit = _captions(content)
        if heading is not None:
            title = frame.of.format(subject=_words(heading[1]), title=title)
        markup = "".join(drawing.markup for drawing in drawings) + ("url(#hatch-small)" if keys else "")
        sheet = Sheet(
            title=title,
            unit=unit,
            notes=tuple(_note(note) for note in _NOTE.findall(below)),
            source=frame.source,
            language=frame.language,
            drawings=tuple(drawings),
            keys=keys,
            definitions="".join(text for identifier, text in defined.items() if f"#{identifier}" in markup),
        )
        yield ChartFile(name, draw_sheet(sheet, styles))


def write_charts(page: Path, charts: list[ChartFile], folder: Path) -> list[Path]:
    """Write ``<page>-<name>.svg`` of each chart and one script with all of them; ``page`` is the page without ending.

    The script assigns ``xietongCharts``: a page that was opened from a folder can read no other file.
    """
    target = folder / page
    target.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for chart in charts:
        path = target.with_name(f"{target.name}-{chart.name}.svg")
        path.write_text(chart.svg, encoding="utf-8", newline="\n")
        written.append(path)
    content = json_text({chart.name: chart.svg for chart in charts}).replace("</", "<\\/")
    script = target.with_name(f"{target.name}.js")
    script.write_text(f"window.xietongCharts = {content};\n", encoding="utf-8", newline="\n")
    return [*written, script]


def _captions(content: str) -> tuple[str, str]:
    """Return title and unit of the figure; links among them lead nowhere outside of the page."""
    found = _CAPTION.search(content)
    if found is None:
        return "", ""
    return _words(found[1]), _words(_LINK_WITH_WORDS.sub("", found[2] or "")).rstrip("· ")


def _note(markup: str) -> str:
    """Return what a note says; its links lead nowhere, but where it tells of gaps they are the names of units."""
    return _words(markup if 'class="gap"' in markup else _LINK_WITH_WORDS.sub("", markup)).rstrip("· ")


def _words(markup: str) -> str:
    return " ".join(unescape(_MARKUP.sub("", markup)).split())


def _drawing(attributes: str, content: str) -> Drawing:
    """Return a drawing of a page without its links."""
    found = dict(_ATTRIBUTE.findall(attributes))
    left, top, width, height = map(float, found["viewBox"].split())
    markup = _LINK.sub("<g>", content).replace("</a>", "</g>")
    return Drawing(
        box=(left, top, width, height),
        classes=found.get("class", ""),
        label=unescape(found.get("aria-label", "")),
        markup=markup.strip(),
    )


def _defined(html: str) -> dict[str, str]:
    """Return the shapes and patterns of the page by their names."""
    found = _DEFINITIONS.search(html)
    return {match[1] or match[2]: match[0] for match in _DEFINED.finditer(found[1])} if found else {}
