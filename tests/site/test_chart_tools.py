"""What stands below every chart: its file, code to embed it, and a picture of it that the browser makes."""

import struct
from pathlib import Path

import pytest
from lxml import etree, html
from playwright.sync_api import Browser, Page

#: Pages with every kind of chart.
PAGES = ["index.html", "synergy.html", "units/500102.html", "indicators/pm25.html", "en/units/500102.html"]


def charts(page: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the figures that hold drawings; a legend inside of one is a part of it."""
    return page.xpath("//main//figure[.//svg][not(ancestor::figure)]")


@pytest.mark.parametrize("path", PAGES)
def test_every_chart_has_a_file_and_code_that_shows_it(rendered: Path, path: str) -> None:
    page = html.fromstring((rendered / path).read_bytes())
    found = charts(page)
    assert found
    for figure in found:
        (tools,) = figure.xpath("./div[@class='chart-tools']")
        assert tools.get("data-chart") == figure.get("data-chart")
        file = (rendered / path).parent / tools.xpath("./a/@href")[0]
        assert etree.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        assert ((rendered / path).parent / tools.get("data-script")).is_file()
        code = html.fragment_fromstring(tools.xpath("./details/code")[0].text)
        assert (rendered / code.get("src")).resolve() == file.resolve()
        title = etree.parse(file).getroot().findtext("{http://www.w3.org/2000/svg}title")
        assert code.get("alt") == title
        assert title.endswith(figure.xpath("./figcaption/text()")[0].strip())


def test_charts_of_both_languages_have_their_own_files(rendered: Path) -> None:
    chinese = {path.relative_to(rendered / "charts") for path in (rendered / "charts").rglob("*.svg")}
    english = {path.relative_to(rendered / "en" / "charts") for path in (rendered / "en" / "charts").rglob("*.svg")}
    assert chinese == english
    assert len(chinese) > 200
    text = (rendered / "en" / "charts" / "units" / "500102-degree.svg").read_text(encoding="utf-8")
    assert 'xml:lang="en"' in text
    assert "Fuling" in text
    assert "October 2026" in text


def test_a_chart_tells_its_period_but_no_release(rendered: Path) -> None:
    """Or every chart would change with every release (docs/adr/0011)."""
    for path in (rendered / "charts").rglob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "2026年10月" in text
        assert "0123456789ab" not in text


@pytest.mark.browser
def test_a_picture_is_made_from_a_folder_and_no_request_leaves_it(
    rendered: Path, browser: Browser, tmp_path: Path
) -> None:
    # Dark screens too: the picture is for paper.
    context = browser.new_context(color_scheme="dark", accept_downloads=True)
    opened = context.new_page()
    told: list[str] = []
    opened.on("console", lambda message: told.append(message.text))
    opened.on("pageerror", lambda error: told.append(str(error)))
    opened.on(
        "request",
        lambda request: told.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None,
    )
    opened.goto((rendered / "index.html").as_uri())
    width, height = picture(opened, 0, tmp_path / "map.png")
    assert width == 2400
    assert height > 1000
    opened.goto((rendered / "units" / "500102.html").as_uri())
    assert picture(opened, 1, tmp_path / "index.png") == (
        1440,
        2 * height_of(rendered / "charts/units/500102-index.svg"),
    )
    context.close()
    assert told == []


def picture(opened: Page, place: int, target: Path) -> tuple[int, int]:
    """Press the button of a chart and return the size of the PNG file; its corner is light."""
    with opened.expect_download() as download:
        opened.locator(".chart-tools button").nth(place).click()
    assert download.value.suggested_filename.endswith(".png")
    download.value.save_as(target)
    content = target.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    # A drawing that failed would be one colour, and next to nothing.
    assert len(content) > 20_000
    return width, height


def height_of(path: Path) -> int:
    return int(etree.parse(path).getroot().get("height", "0").split(".")[0])


@pytest.mark.browser
def test_without_scripts_the_file_and_the_code_are_there_and_no_dead_button(rendered: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((rendered / "units" / "500102.html").as_uri())
    tools = opened.locator(".chart-tools").first
    assert tools.locator("a").inner_text().startswith("SVG")
    assert tools.locator("button").count() == 0
    tools.locator("summary").click()
    assert tools.locator("code").is_visible()
    context.close()
