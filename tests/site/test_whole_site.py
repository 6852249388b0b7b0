"""The demonstration's own site, as published: valid, accessible, silent, and whole without scripts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(400)]

VALIDATOR = Path(sys.prefix) / "html-validate" / "node_modules" / ".bin" / "html-validate"
RULES = Path(__file__).with_name("html-validate.json")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What comes behind the fifth of many alike, and what decides how each kind of element in it looks.
FURTHER = ("tbody tr:nth-child(n+6)", "section.step-by-step:nth-of-type(n+6)")
KINDS = f"""[...new Set([...document.querySelectorAll(':is({", ".join(FURTHER)}) *')].map(
    each => [each.tagName, ...['class', 'style', 'role', 'href'].map(name => name === 'href'
        ? each.hasAttribute(name) : each.getAttribute(name))].join(' ')))]"""
#: Of the pages that stand for each district or indicator: a district, the city, a zone; scored, derived, not scored.
OF_MANY = {
    "units": {"index.html", "500102.html", "500000.html", "500000-liangjiang.html"},
    "indicators": {"index.html", "pm25.html", "co2_intensity.html", "gdp.html"},
    "provenance": {"500101.html", "500000-liangjiang.html"},
}


def page_types(site: Path) -> list[str]:
    """Return one page or more of every type, in both languages."""
    pages = (path.relative_to(site) for path in site.rglob("*.html"))
    chosen = []
    for page in pages:
        folders = [part for part in page.parts[:-1] if part != "en"]
        if not folders or page.name in OF_MANY.get(folders[0], {page.name}):
            chosen.append(page.as_posix())
    return sorted(chosen)


@pytest.fixture(scope="module")
def site(demonstration: Path) -> Path:
    """Return the folder of the published pages."""
    return demonstration / "site"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser with nothing remembered."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def test_every_page_type_is_valid_html(site: Path) -> None:
    pages = page_types(site)
    assert len(pages) > 40
    command = [VALIDATOR, "--config", RULES, "--formatter", "json", *pages]
    told = subprocess.run(command, cwd=site, capture_output=True, text=True, timeout=200)
    assert told.returncode in (0, 1), told.stderr
    found = [
        f"{Path(report['filePath']).relative_to(site)}:{message['line']}: {message['ruleId']}: {message['message']}"
        for report in json.loads(told.stdout)
        for message in report["messages"]
    ]
    assert found == []


def test_the_validator_would_tell(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<!doctype html>\n<p class="a" class="b">x</p>\n', encoding="utf-8")
    command = [VALIDATOR, "--config", RULES, "--formatter", "json", "page.html"]
    told = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout)
    assert "no-dup-attr" in {message["ruleId"] for report in told for message in report["messages"]}


def test_everybody_can_use_every_page_type_and_nothing_is_asked_of_the_network(site: Path, context) -> None:
    """Axe finds nothing, no script fails, no request leaves the folder: one visit a page, to save time."""
    opened = context.new_page()
    requests: list[str] = []
    found: list[object] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: found.append((path, message.text)))
    opened.on("pageerror", lambda error: found.append((path, str(error))))
    axe = Axe()
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    # Its own fetching of the styles would be refused, as every request is.
    options["preload"] = False
    kinds: dict[str, set[str]] = {}
    for path in sorted(page_types(site), key=lambda path: path.startswith("en/")):
        opened.goto((site / path).as_uri())
        kinds[path] = set(opened.evaluate(KINDS))
        # The contrast of thousands of cells takes most of the time: where the English rows look like the Chinese ones,
        # of which every one was looked at, five are enough.
        is_alike = path.startswith("en/") and kinds[path] <= kinds[path.removeprefix("en/")]
        looked_at = {"exclude": [[each] for each in FURTHER]} if is_alike and kinds[path] else None
        found += [
            (path, violation["id"], violation["nodes"][0]["html"][:200], violation["nodes"][0]["failureSummary"][:200])
            for violation in axe.run(opened, context=looked_at, options=options).response["violations"]
        ]
    assert found == []
    assert len(requests) > 100
    assert {url for url in requests if not url.startswith((site.as_uri(), "data:"))} == set()


def test_an_inline_script_does_not_run_from_a_file(site: Path, context, tmp_path: Path) -> None:
    """The policy holds without a server: what somebody smuggles into a page stays text."""
    html = (site / "index.html").read_text(encoding="utf-8")
    assert html.count("</main>") == 1
    smuggled = "<script>window.smuggled = 1</script><img src=x onerror='window.smuggled = 2'><p id='end'>end</p></main>"
    page = tmp_path / "index.html"
    page.write_text(html.replace("</main>", smuggled), encoding="utf-8")
    opened = context.new_page()
    refused: list[str] = []
    opened.on("console", lambda message: refused.append(message.text))
    opened.goto(page.as_uri())
    assert opened.locator("#end").inner_text() == "end"
    assert opened.evaluate("window.smuggled") is None
    assert sum("Content Security Policy" in text for text in refused) >= 2


def test_scripts_off_shows_the_same_figures(site: Path, browser: Browser) -> None:
    """Scripts sort, filter and recompute; no figure, table or chart of a page needs them."""
    count = "[...document.querySelectorAll('main table')].map(t => t.rows.length).concat("
    count += "document.querySelectorAll('main svg').length)"
    pages = [path for path in page_types(site) if not path.startswith("en/")]
    seen: dict[bool, dict[str, list[int]]] = {True: {}, False: {}}
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        opened = context.new_page()
        for path in pages:
            opened.goto((site / path).as_uri())
            seen[scripts][path] = opened.evaluate(count)
        context.close()
    missing = {
        path: (with_scripts, without)
        for path, with_scripts in seen[True].items()
        for without in [seen[False][path]]
        if len(without) < len(with_scripts)
        or any(less < more for less, more in zip(without, with_scripts, strict=False))
    }
    # A page whose purpose is to compute says so, and shows the published values.
    assert missing.keys() <= {"compare.html", "whatif.html", "search.html"}
