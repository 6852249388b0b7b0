"""The site in a real Chromium: nothing leaves it, nothing fails, everybody can read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGE_TYPES = [
    "index.html",
    "ranking.html",
    "units/index.html",
    "units/500102.html",
    "units/500243.html",
    "units/500000.html",
    "units/500000-liangjiang.html",
    "heatmap.html",
    "indicators/index.html",
    "indicators/pm25.html",
    "indicators/gdp.html",
    "plan.html",
    "quality.html",
    "coverage.html",
    "sources.html",
    "method.html",
    "synergy.html",
    "compare.html",
    "whatif.html",
    "search.html",
    "downloads.html",
    "about.html",
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty page at desktop width."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def address(directory: Path, path: str) -> str:
    return (directory / path).as_uri()


@pytest.mark.parametrize("path", [*PAGE_TYPES, "en/index.html", "en/units/500102.html"])
def test_nothing_leaves_the_site_and_no_script_fails(rendered: Path, page: Page, path: str) -> None:
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address(rendered, path))
    assert problems == []
    assert all(url.startswith((rendered.as_uri(), "data:")) for url in requests)
    assert any(url.endswith("site.js") for url in requests)


@pytest.mark.parametrize("path", ["index.html", "ranking.html", "units/500102.html", "indicators/pm25.html"])
def test_axe_finds_nothing_on_a_telephone_in_the_dark(rendered: Path, browser: Browser, path: str) -> None:
    """Every page type at desktop width: tests/site/test_whole_site.py."""
    context = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark")
    opened = context.new_page()
    opened.goto(address(rendered, path))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(opened, options={"runOnly": {"type": "tag", "values": tags}})
    found = [
        (violation["id"], violation["nodes"][0]["html"][:200], violation["nodes"][0]["failureSummary"][:300])
        for violation in results.response["violations"]
    ]
    context.close()
    assert found == []


@pytest.mark.parametrize("width", [390, 2560])
def test_pages_never_scroll_sideways(rendered: Path, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    opened = context.new_page()
    wider = []
    for path in PAGE_TYPES:
        opened.goto(address(rendered, path))
        if opened.evaluate("document.documentElement.scrollWidth") > width:
            wider.append(path)
    context.close()
    assert wider == []


def test_nothing_is_wider_than_a_sheet_of_paper(rendered: Path, browser: Browser) -> None:
    """A browser that finds something wider shrinks the whole document until nobody can read it."""
    sheet = 703  # 186 mm, A4 without its margins
    context = browser.new_context(viewport={"width": sheet, "height": 900})
    opened = context.new_page()
    opened.emulate_media(media="print")
    wider = []
    for path in ("index", "ranking", "units/500102", "en/units/500102", "indicators/pm25", "en/plan", "synergy"):
        opened.goto(address(rendered, f"{path}.html"))
        if opened.evaluate("document.documentElement.scrollWidth") > sheet:
            wider.append(path)
    context.close()
    assert wider == []


def test_no_column_is_so_narrow_on_paper_that_its_words_stand_one_sign_below_the_other(
    rendered: Path, browser: Browser
) -> None:
    """Such a column makes its table two or three times as long."""
    context = browser.new_context(viewport={"width": 703, "height": 900})
    opened = context.new_page()
    opened.emulate_media(media="print")
    # How high what a cell holds is for its width; words for those who hear the page take no room in the cell of a rank.
    narrow = """() => [...document.querySelectorAll("main td:not(.rank)")].filter(cell => {
        const held = document.createRange();
        held.selectNodeContents(cell);
        return cell.offsetWidth && held.getBoundingClientRect().height > 1.5 * cell.offsetWidth;
    }).map(cell => cell.innerText)"""
    found = {}
    for path in ("index", "ranking", "units/500102", "plan", "rules", "quality", "method", "en/plan", "en/ranking"):
        opened.goto(address(rendered, f"{path}.html"))
        found[path] = opened.evaluate(narrow)
    context.close()
    assert {path: cells for path, cells in found.items() if cells} == {}


def test_the_chapters_of_the_plan_stay_in_sight_and_cover_no_heading(rendered: Path, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(address(rendered, "en/plan.html"))
    parts = page.locator(".stays a")
    parts.nth(parts.count() - 2).click()
    below = page.locator(".stays").evaluate("one => one.getBoundingClientRect().bottom")
    chapter = page.locator(f"h2:text-is('{parts.nth(parts.count() - 2).inner_text()}')")
    assert chapter.evaluate("one => one.getBoundingClientRect().top") >= below
    assert page.locator(".stays").evaluate("one => one.getBoundingClientRect().top") == 0


def test_a_cell_of_the_heat_map_leads_to_its_figure(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "heatmap.html") + "#u-500102")
    row = page.locator("#u-500102")
    assert row.locator("td").count() == page.locator(".heat thead tr.weights th").count() - 1
    row.locator("a[href$='#i-pm25']").click()
    page.wait_for_url("**/units/500102.html#i-pm25")
    assert page.locator("#i-pm25").is_visible()


def test_pages_of_units_open_the_pages_that_explore_on_the_unit(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "units/500102.html"))
    links = {
        name: page.locator(f"#onward ~ div a[href*='{name}']").first.get_attribute("href")
        for name in ("compare", "whatif")
    }
    page.goto(f"{rendered.as_uri()}/units/{links['compare']}")
    assert page.locator("input.unit-choice[value='500102']").is_checked()
    page.goto(f"{rendered.as_uri()}/units/{links['whatif']}")
    assert page.locator("#lever-unit").input_value() == "500102"
    assert page.locator("#problem").inner_text() == ""


def test_everything_can_be_read_with_scripts_off(rendered: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address(rendered, "index.html"))
    assert opened.locator("svg.map a").count() == 3 * 38
    assert opened.locator("#table + .scroll tbody tr").count() == 38
    assert not opened.locator("#theme").is_visible()
    opened.goto(address(rendered, "units/500102.html"))
    opened.locator("#i-pm25 summary").click()
    assert opened.locator("#i-pm25").get_by_text("月度!").is_visible()
    context.close()


def test_a_click_on_a_district_of_the_map_leads_to_its_page(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "index.html"))
    page.locator("svg.tiles a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/*.html")
    assert page.locator("h1").inner_text() != ""


def test_tables_sort_and_return_to_their_order(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "ranking.html"))
    ranks = "[...document.querySelectorAll('#synergy ~ .scroll')][0].querySelectorAll('tbody tr td:nth-child(2)')"
    read = f"[...{ranks}].map(cell => Number(cell.dataset.value))"
    original = page.evaluate(read)
    button = page.locator(".scroll").first.locator("th button.sort").nth(1)
    button.click()
    button.click()
    assert page.evaluate(read) == sorted(original, reverse=True)
    assert page.locator("th[aria-sort=descending]").count() == 1
    button.click()
    assert page.evaluate(read) == original


def test_a_table_that_goes_on_below_its_frame_fades_until_its_end_is_seen(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "quality.html"))
    frame = page.locator(".scroll.deeper").first
    assert frame.evaluate("box => getComputedStyle(box).maskImage") != "none"
    frame = page.locator(".scroll").nth(frame.evaluate("box => [...document.querySelectorAll('.scroll')].indexOf(box)"))
    frame.evaluate("box => { box.scrollTop = box.scrollHeight; box.scrollLeft = box.scrollWidth; }")
    page.wait_for_function("box => getComputedStyle(box).maskImage === 'none'", arg=frame.element_handle())


def test_a_filter_narrows_the_rankings_keeps_their_ranks_and_stays_in_the_address(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "ranking.html"))
    shown = "[...document.querySelectorAll('table.filtered')].map(t => [...t.tBodies[0].rows].filter(r => !r.hidden))"
    cells = f"{shown}[0].map(row => [row.dataset.group, row.cells[1].dataset.value])"
    everybody = dict(
        map(tuple, page.evaluate(f"{shown}[0].map(row => [row.cells[0].innerText, row.cells[1].dataset.value])"))
    )
    page.select_option("select[name=group]", "southeast")
    assert {group for group, _ in page.evaluate(cells)} == {"southeast"}
    assert "名次仍是在全部单位中的名次" in page.locator(".filter [role=status]").inner_text()
    page.goto("about:blank")
    page.goto(address(rendered, "ranking.html") + "#region=central&group=main_urban")
    assert page.evaluate(f"{shown}.map(rows => rows.length)") == [9, 9]
    kept = page.evaluate(f"{shown}[0].map(row => [row.cells[0].innerText, row.cells[1].dataset.value])")
    assert all(everybody[name] == rank for name, rank in kept)
    page.get_by_role("button", name="全部显示").click()
    assert page.evaluate(f"{shown}[0].length") == 37
    assert "#" not in page.url


def test_theme_switches_and_is_remembered(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "about.html"))
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.locator("#theme").click()
    dark = page.evaluate(background)
    page.reload()
    assert dark != light
    assert page.evaluate(background) == dark


def test_keyboard_reaches_the_content_first(rendered: Path, page: Page) -> None:
    page.goto(address(rendered, "index.html"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
