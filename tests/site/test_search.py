"""The search page: an index without scripts, a filter with them."""

import pytest
from playwright.sync_api import Browser

from xietong.report.search import SearchPage

pytestmark = pytest.mark.browser


def content_of(site, language: str) -> SearchPage:
    (content,) = [page.content for page in site.pages if (page.language, page.path) == (language, "search.html")]
    assert isinstance(content, SearchPage)
    return content


def test_every_unit_indicator_and_article_is_listed_with_its_other_names(site, catalogue) -> None:
    groups = {group.kind: group.entries for group in content_of(site, "zh").groups}
    units = {entry.link.path: entry for entry in groups["units"] if "→" not in entry.detail}
    assert set(units) == {f"units/{unit.code}.html" for unit in catalogue.units.units}
    assert (units["units/500102.html"].link.text, units["units/500102.html"].other) == (
        "涪陵区",
        "Fuling District 500102",
    )
    assert len(groups["indicators"]) == len(catalogue.indicators)
    assert [entry.link.path for entry in groups["articles"]] == [f"plan.html#a-{number}" for number in range(1, 29)]
    assert "强脱钩" in {entry.link.text for entry in groups["terms"]}


def test_a_former_unit_leads_to_the_one_that_took_it_over(site, catalogue) -> None:
    former = next(unit for unit in catalogue.units.former_units if unit.successor is not None)
    entries = next(group.entries for group in content_of(site, "zh").groups if group.kind == "units")
    found = next(entry for entry in entries if entry.link.text == former.name.zh)
    assert found.link.path == f"units/{former.successor}.html"


@pytest.mark.parametrize(
    ("path", "query", "first"),
    [
        ("search.html", "涪陵", "涪陵区"),
        ("search.html", "fuling", "涪陵区"),
        ("search.html", "５００１０２", "涪陵区"),
        ("search.html", "大足", "大足区"),
        ("search.html", "da zu", "大足区"),
        ("search.html", "nanan", "南岸区"),
        ("search.html", "Nán’àn", "南岸区"),
        ("search.html", "非化石", "非化石能源消费比重"),
        ("en/search.html", "synergy degree", None),
        ("en/search.html", "coal", None),
        ("search.html", "细颗粒", "细颗粒物（PM2.5）平均浓度"),
        ("en/search.html", "细颗粒", None),
        ("en/search.html", "strong decoupling", "Strong decoupling"),
    ],
)
def test_words_in_both_languages_and_codes_find_it(rendered, browser: Browser, path, query, first) -> None:
    opened = browser.new_page()
    opened.goto((rendered / path).as_uri())
    opened.locator("#query").fill(query)
    visible = opened.locator("section.entries li:visible a")
    assert visible.count() >= 1
    if first is not None:
        assert visible.first.inner_text() == first
    assert str(visible.count()) in opened.locator("#told").inner_text()
    # The address keeps the query, so that it can be passed on.
    address = opened.url
    opened.goto("about:blank")
    opened.goto(address)
    assert opened.locator("#query").input_value() == query
    opened.close()


@pytest.mark.parametrize(
    ("query", "near"),
    [("fulling", "涪陵区"), ("yuzohng", "渝中区"), ("jiulongbo", "九龙坡区"), ("非化石能耗比重", "非化石能源消费比重")],
)
def test_a_slip_of_the_keyboard_finds_names_that_are_nearly_so(rendered, browser: Browser, query, near) -> None:
    opened = browser.new_page()
    opened.goto((rendered / "search.html").as_uri())
    opened.locator("#query").fill(query)
    visible = opened.locator("section.entries li:visible a").all_inner_texts()
    assert near in visible
    assert len(visible) <= 6
    assert "没有完全相符的" in opened.locator("#told").inner_text()
    opened.close()


def test_nothing_found_is_said_and_markup_in_the_query_stays_text(rendered, browser: Browser) -> None:
    opened = browser.new_page()
    opened.goto((rendered / "search.html").as_uri() + "#q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%E0%A4%A")
    assert opened.locator("#query").input_value() == ""
    opened.locator("#query").fill("<img src=x onerror=alert(1)>")
    assert opened.locator("section.entries li:visible").count() == 0
    assert opened.locator("#told").inner_text() == "没有找到；可换一个较短的词。"
    assert opened.locator("img").count() == 0
    opened.close()


def test_without_scripts_it_is_an_index(rendered, browser: Browser, site) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((rendered / "search.html").as_uri())
    assert opened.locator("section.entries li:visible").count() == content_of(site, "zh").total
    assert not opened.locator("#query").is_visible()
    context.close()
