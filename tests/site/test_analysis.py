"""Synergy, compare and what-if in a real Chromium, opened from a folder, with scripts and without."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = ["synergy.html", "compare.html", "whatif.html"]
PAGE_LIMIT = 300_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A setting that shows levers, weights and results at once.
SETTING = "#n.path=40&share=0.4&lever=500102:nonfossil_share:value:25"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty page at desktop width."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def shown(page: Page, unit: str, cell: str) -> str:
    """Return the first line of a recomputed cell; below it stands the difference."""
    return page.locator(f'tr[data-unit="{unit}"] [data-cell="{cell}"]').inner_text().split("\n")[0]


@pytest.mark.parametrize(("root", "width", "scheme"), [("", 1280, "light"), ("en/", 390, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    rendered: Path, browser: Browser, root: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    found = []
    for path in PAGES:
        opened.goto((rendered / root / path).as_uri() + (SETTING if path == "whatif.html" else ""))
        opened.evaluate("document.querySelectorAll('details.block').forEach(found => { found.open = true; })")
        results = Axe().run(opened, options={"runOnly": {"type": "tag", "values": TAGS}})
        found += [(path, one["id"], one["nodes"][0]["html"][:200]) for one in results.response["violations"]]
        if opened.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "too wide", ""))
    context.close()
    assert found == []


@pytest.mark.parametrize("path", [*PAGES, "en/whatif.html"])
def test_pages_load_only_their_own_files_and_keep_within_their_weight(rendered: Path, page: Page, path: str) -> None:
    loaded: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((rendered / path).as_uri())
    files = [Path(urlsplit(url).path) for url in loaded if not url.startswith("data:")]
    assert problems == []
    assert all(file.is_relative_to(rendered) for file in files)
    assert sum(file.stat().st_size for file in files) <= PAGE_LIMIT


def test_with_scripts_off_pages_say_what_they_would_offer_and_show_the_published_results(
    rendered: Path, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((rendered / "whatif.html").as_uri())
    assert "需要浏览器脚本" in opened.locator("#without-script").inner_text()
    assert not opened.locator("#what-if").is_visible()
    assert opened.locator("#result-table tbody tr").count() == 41
    assert not opened.locator(".own").first.is_visible()
    opened.goto((rendered / "compare.html").as_uri())
    assert opened.locator('#without-script a[href="ranking.html"]').is_visible()
    assert not opened.locator("#compare").is_visible()
    opened.goto((rendered / "synergy.html").as_uri() + "#t-500102")
    assert opened.locator(".trajectory .now").count() == opened.locator("#changes ~ .scroll td a").count()
    width = "getComputedStyle(document.querySelector('#t-{} .now')).strokeWidth"
    assert opened.evaluate(width.format("500102")) != opened.evaluate(width.format("500103"))
    assert not opened.locator("#trajectory-choice").is_visible()
    context.close()


def test_a_lever_moves_its_unit_and_the_address_keeps_it(rendered: Path, page: Page) -> None:
    page.goto((rendered / "whatif.html").as_uri())
    before = shown(page, "500102", "degree")
    assert page.locator("#summary").inner_text() == "没有改动，试算值等于公布值。"
    page.select_option("#lever-unit", "500102")
    page.select_option("#lever-indicator", "pm25")
    page.select_option("#lever-kind", "score")
    page.fill("#lever-number", "0")
    page.click("#lever-add")
    after = shown(page, "500102", "degree")
    assert after != before
    assert page.url.endswith("#lever=500102:pm25:score:0")
    assert "公布区间" in page.locator("#movers li").first.inner_text()
    page.evaluate("location.hash = '#main'")
    assert shown(page, "500102", "degree") == after
    page.go_back()
    assert shown(page, "500102", "degree") == after
    page.reload()
    assert shown(page, "500102", "degree") == after
    assert "细颗粒物" in page.locator("#lever-list").inner_text()
    page.locator("#lever-list button").click()
    assert shown(page, "500102", "degree") == before
    assert not page.url.endswith("0")


def test_the_page_shows_what_the_model_computes(rendered: Path, page: Page) -> None:
    page.goto((rendered / "whatif.html").as_uri() + SETTING)
    setting = {
        "nodes": {"path": 40},
        "share": 0.4,
        "levers": [{"unit": "500102", "indicator": "nonfossil_share", "value": 25}],
    }
    computed = page.evaluate(f"xietongWhatIfModel.evaluate(xietongWhatIf, {json.dumps(setting)})")
    for result in computed[:12]:
        index, synergy = result["index"], result["synergy"]
        assert shown(page, result["unit"], "index") == f"{index['score']:.1f}"
        assert shown(page, result["unit"], "index-rank") == str(index["rank"])
        assert shown(page, result["unit"], "synergy-rank") == str(synergy["rank"])


def test_a_setting_that_cannot_be_computed_says_why_and_leaves_the_results(rendered: Path, page: Page) -> None:
    page.goto((rendered / "en/whatif.html").as_uri())
    before = shown(page, "500102", "index")
    page.locator("details.block summary").click()
    for code in ("effect", "path", "management"):
        page.fill(f'input[data-code="{code}"][data-kind="node"]', "0")
    assert "All weights below these are 0" in page.locator("#problem").inner_text()
    page.fill("#share", "1.5")
    assert "between 0 and 1" in page.locator("#problem").inner_text()
    assert page.locator("#share").get_attribute("aria-invalid") == "true"
    page.click("#reset")
    assert page.locator("#problem").inner_text() == ""
    assert shown(page, "500102", "index") == before
    page.goto("about:blank")
    page.goto((rendered / "en/whatif.html").as_uri() + "#share=7&lever=nobody:pm25:value:1&n.path=35")
    assert "lever=nobody:pm25:value:1" in page.locator("#problem").inner_text()


def test_compared_units_stand_side_by_side_and_the_address_keeps_them(rendered: Path, page: Page) -> None:
    address = (rendered / "compare.html").as_uri()
    page.goto(f"{address}#units=500102,500103,500243&indicators=pm25,gdp")
    heads = page.locator("#compare-table thead th").all_inner_texts()
    assert heads[1:] == ["涪陵区", "渝中区", "彭水苗族土家族自治县"]
    rows = page.locator("#compare-table tbody tr").all_inner_texts()
    assert len(rows) == 5
    assert "可能在" in rows[0]
    assert "缺报" in page.locator("#compare-table tbody tr", has_text="PM2.5").inner_text()
    page.locator("#choose-units input[value='500101']").check()
    assert "500101" in page.url
    assert page.locator("#compare-table thead th").count() == 5
    page.reload()
    assert page.locator("#compare-table thead th").count() == 5


def test_no_more_than_six_units_are_compared(rendered: Path, page: Page) -> None:
    codes = [f"5001{number:02}" for number in range(1, 9)]
    page.goto((rendered / "en/compare.html").as_uri() + f"#units={','.join(codes)}&indicators=")
    assert page.locator("#compare-table thead th").count() == 7
    assert "500107 500108" in page.locator("#problem").inner_text()
    assert page.locator("#choose-units input:not(:checked):not(:disabled)").count() == 0
    for code in codes[1:6]:
        page.locator(f"#choose-units input[value='{code}']").uncheck()
    assert page.locator("#problem").inner_text() == "Choose at least two units."


def test_a_chosen_course_is_drawn_bold(rendered: Path, page: Page) -> None:
    page.goto((rendered / "synergy.html").as_uri())
    page.select_option("#trajectory-unit", "500103")
    assert page.locator(".trajectory.chosen").get_attribute("id") == "t-500103"
    page.goto((rendered / "synergy.html").as_uri() + "#t-500102")
    assert page.locator(".trajectory.chosen").get_attribute("id") == "t-500102"
    assert page.locator("#trajectory-unit").input_value() == "500102"
