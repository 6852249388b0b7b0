"""Every figure leads to its chain, and the chain is of that very figure."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from xietong.report import wording

#: A figure that opens its chain: where it leads, and what it says.
CHAINED = re.compile(r'<a class="chain" href="([^"#]+)#([^"]+)">(.*?)</a>')
SECTION = re.compile(r'<section class="step-by-step" id="([^"]+)"><h3>(.*?)</h3>(.*?)</section>', re.DOTALL)
#: Rows of figures; the made-up targets say other values than the figures do.
ROW = re.compile(r'<tr(?! id="t-)[^>]*>.*?</tr>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def text(html: str) -> str:
    return " ".join(unescape(TAG.sub(" ", html)).split())


def sections(page: Path) -> dict[str, tuple[str, str]]:
    """Return the heading and the steps of each chain on a page by its place."""
    found = SECTION.findall(page.read_text(encoding="utf-8"))
    return {place: (text(heading), text(steps)) for place, heading, steps in found}


@pytest.mark.parametrize("language", ["", "en/"])
@pytest.mark.parametrize(
    ("page", "fewest"),
    [("units/500102.html", 90), ("units/500000.html", 90), ("indicators/pm25.html", 41), ("indicators/gdp.html", 41)],
)
def test_a_figure_of_an_indicator_leads_to_the_chain_that_says_the_same(rendered, language, page, fewest) -> None:
    folder = (rendered / language / page).parent
    rows = ROW.findall((rendered / language / page).read_text(encoding="utf-8"))
    figures = [link for row in rows for link in CHAINED.findall(row) if not link[1].startswith(("output-", "node-"))]
    assert len(figures) >= fewest
    chains = {address: sections((folder / address).resolve()) for address, _, _ in figures}
    for address, place, shown in figures:
        heading, _ = chains[address][place]
        assert text(shown) in heading, (address, place)


@pytest.mark.parametrize("page", ["index.html", "ranking.html", "en/index.html", "en/ranking.html"])
def test_every_output_leads_to_its_chain(rendered, page) -> None:
    links = CHAINED.findall((rendered / page).read_text(encoding="utf-8"))
    outputs = {(address, place) for address, place, _ in links if place.startswith("output-")}
    assert {place for _, place in outputs} >= {"output-synergy", "output-index"}
    assert len(outputs) > 70
    chains = {address: sections((rendered / page).parent / address) for address, _ in outputs}
    assert [(address, place) for address, place in outputs if place not in chains[address]] == []


def test_the_chain_of_an_output_can_be_followed_to_its_indicators(rendered) -> None:
    page = (rendered / "provenance" / "500101.html").read_text(encoding="utf-8")
    places = set(re.findall(r' id="([^"]+)"', page))
    followed = set(re.findall(r' href="#([^"]+)"', page))
    assert followed <= places
    assert {"node-pollution", "node-carbon", "pm25"} <= followed


def test_a_missing_figure_says_why_in_both_languages(rendered, catalogue) -> None:
    last = [unit.code for unit in catalogue.units.units if unit.kind == "district"][-1]
    for language, why in (("", "为什么没有"), ("en/", "Why there is none")):
        heading, steps = sections(rendered / language / "provenance" / f"{last}.html")["pm25"]
        assert why in steps
        assert not re.search(r"\d$", heading)


def test_pages_and_files_say_the_same(rendered, catalogue) -> None:
    content = json.loads((rendered / "api/v1/provenance/500102.json").read_text(encoding="utf-8"))
    chains = sections(rendered / "provenance" / "500102.html")
    written = 0
    for figure in content["figures"]:
        heading, _ = chains[figure["indicator"]]
        if figure["value"] is not None:
            decimals = catalogue.indicators_by_code[figure["indicator"]].decimals
            assert wording.number(figure["value"], decimals) in heading
            written += 1
    assert written > 80


def test_the_interface_is_explained_with_every_type_of_file(rendered) -> None:
    index = json.loads((rendered / "api/v1/index.json").read_text(encoding="utf-8"))
    for language in ("", "en/"):
        page = (rendered / language / "interface.html").read_text(encoding="utf-8")
        for kind in {entry["type"] for entry in index["resources"]}:
            assert f"schema/{kind}.json" in page
        assert index["sources"]
        for source in index["sources"]:
            assert source["licence"]["en" if language else "zh"] in unescape(page)
