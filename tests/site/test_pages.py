"""What the pages of a whole site say and link to, read from the files as a reader without scripts gets them."""

import json
import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from xietong.catalogue import Catalogue
from xietong.releases.site_audit import ARCHIVE
from xietong.render import render_site
from xietong.report import Site

PAGE_LIMIT, MAP_PAGE_LIMIT = 300_000, 600_000


class Reader(HTMLParser):
    """Collects what tests ask of a page: elements, identifiers, links, headings and table rows."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in {"h1", "h2", "h3"}:
            self._inside.append(tag)
            self.headings.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._inside.append(tag)
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        self.text += data
        if self._inside and self._inside[-1] in {"td", "th"}:
            self.rows[-1][-1] += data
        elif self._inside:
            self.headings[-1] += data

    def attributes(self, name):
        """Return every value of an attribute."""
        return [values[name] for _, values in self.elements if values.get(name) is not None]

    def row(self, first):
        """Return the cells of the row that begins with this text."""
        return next([" ".join(cell.split()) for cell in row] for row in self.rows if row and row[0].strip() == first)


@cache
def read(path: Path) -> Reader:
    """Return a page, parsed once."""
    return Reader(path)


def pages(directory: Path) -> list[Path]:
    return sorted(directory.rglob("*.html"))


def test_every_unit_and_indicator_has_its_page_in_both_languages(rendered: Path, catalogue: Catalogue) -> None:
    for root in (rendered, rendered / "en"):
        assert {path.stem for path in (root / "units").glob("*.html")} == {"index", *catalogue.units_by_code}
        assert {path.stem for path in (root / "indicators").glob("*.html")} == {"index", *catalogue.indicators_by_code}


def settings(anchor: str) -> set[str]:
    """Return what an anchor sets the controls of a page to: ``units=500101,500102&region=west``."""
    return {value for part in anchor.split("&") for value in part.partition("=")[2].split(",")}


def test_every_internal_link_resolves_to_a_file_and_its_anchor(rendered: Path) -> None:
    identifiers: dict[Path, set[str]] = {}
    readers = {path: read(path) for path in pages(rendered)}
    for path, reader in readers.items():
        identifiers[path] = set(filter(None, reader.attributes("id")))
    broken = []
    for path, reader in readers.items():
        for link in {*reader.attributes("href"), *reader.attributes("src")}:
            if link.startswith(("http://", "https://", "data:")):
                continue
            target, anchor = urldefrag(link)
            file = (path.parent / unquote(target)).resolve() if target else path
            if os.path.relpath(file, rendered) in ARCHIVE:
                continue
            if "=" in anchor and file in readers and settings(anchor) <= set(readers[file].attributes("value")):
                continue
            if not file.is_file() or (anchor and anchor not in identifiers.get(file, {anchor})):
                broken.append((path.relative_to(rendered).as_posix(), link))
    assert broken == []


def test_no_identifier_stands_twice_on_a_page(rendered: Path) -> None:
    for path in pages(rendered):
        found = read(path).attributes("id")
        assert len(found) == len(set(found)), path


def test_pages_have_one_heading_a_language_and_a_strict_policy(rendered: Path) -> None:
    for path in pages(rendered):
        reader = read(path)
        language = "en" if path.relative_to(rendered).parts[0] == "en" else "zh-Hans"
        assert dict(reader.elements)["html"]["lang"] == language
        assert sum(tag == "h1" for tag, _ in reader.elements) == 1
        policy = next(values["content"] for tag, values in reader.elements if "http-equiv" in values)
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_pages_hold_no_inline_script_style_or_handler(rendered: Path) -> None:
    for path in pages(rendered):
        reader = read(path)
        assert all("src" in values for tag, values in reader.elements if tag == "script")
        assert not any(tag == "style" for tag, _ in reader.elements)
        assert not any(name == "style" or name.startswith("on") for _, values in reader.elements for name in values)


def test_pages_keep_within_their_weight(rendered: Path) -> None:
    for path in pages(rendered):
        limit = MAP_PAGE_LIMIT if path.name == "index.html" else PAGE_LIMIT
        assert path.stat().st_size <= limit, path


def test_every_page_of_the_demonstration_says_so(rendered: Path) -> None:
    for path in pages(rendered):
        word = "Demonstration data" if "en" in path.relative_to(rendered).parts else "演示数据"
        assert word in read(path).text


def test_overview_keeps_three_outputs_apart_and_says_which_is_not_computed(rendered: Path) -> None:
    reader = read(rendered / "index.html")
    assert [heading for heading in reader.headings if heading in {"协同度", "综合指数", "考核得分"}] == [
        "协同度",
        "综合指数",
        "考核得分",
    ]
    assert "本期没有单位具备计算考核得分所需的数据" in reader.text
    assert "38 个单位中 37 个可评" in reader.text


def test_a_unit_that_lacks_figures_is_not_assessable_never_low(rendered: Path) -> None:
    reader = read(rendered / "units" / "500243.html")
    assert "协同度不可评：应有的 38 项计分指标缺 7 项" in reader.text
    assert "不可评" in read(rendered / "index.html").row("彭水苗族土家族自治县")


def test_a_rank_never_stands_without_its_interval_or_the_remark_that_there_is_none(rendered: Path) -> None:
    lead = read(rendered / "units" / "500102.html").text
    assert re.search(r"2026年10月，涪陵区协同度 0\.\d\d（.+），第 \d+ 位（可能在 \d+–\d+ 位之间，共 37 个）", lead)
    assert re.search(r"综合指数 \d+\.\d（.+），第 \d+ 位（共 37 个，区间未计算）", lead)


def test_a_rank_among_peers_never_stands_alone_either(rendered: Path) -> None:
    """Here the synergy degree has intervals and the index has none: both say so, on the page and in the ranking."""
    page = read(rendered / "units" / "500102.html").text
    assert re.search(r"在主城都市区第 \d+ 位（可能在 \d+–\d+ 位之间，共 21 个）", page)
    assert re.search(r"在主城都市区第 \d+ 位（共 21 个，区间未计算）", page)
    ranking = read(rendered / "ranking.html").text
    assert re.search(r"组内第 \d+（\d+–\d+），共 21", ranking)
    assert re.search(r"组内第 \d+，共 21，区间未计算", ranking)
    # Neither of the two bare forms stands anywhere.
    assert not re.search(r"第 \d+ 位（共 \d+ 个）", page)
    assert not re.search(r"组内第 \d+，共 \d+(?!，区间未计算|\d)", ranking)


def test_the_ranking_says_without_scripts_what_its_filter_shows(rendered: Path, catalogue: Catalogue) -> None:
    reader = read(rendered / "ranking.html")
    groups = [*catalogue.units.regions, *catalogue.units.peer_groups]
    assert {f"g-{group.code}" for group in groups} <= set(reader.attributes("id"))
    fuling = [row for row in reader.rows if row and row[0].strip() == "涪陵区"]
    # In the rankings by synergy and index, then once in its region and once in its peer group.
    assert len(fuling) == 4
    for row in fuling[2:]:
        rank, interval = row[1].split()
        assert fuling[0][1].strip() == rank + interval.strip("()")


def test_the_heat_map_words_what_is_missing_and_what_does_not_apply(rendered: Path) -> None:
    row = read(rendered / "heatmap.html").row("彭水苗族土家族自治县")
    assert row[1:4] == ["缺", row[2], "缺"]
    assert row.count("缺") == 7 + 3
    assert "–" in row


def test_zones_are_shown_without_rank_and_without_shape(rendered: Path) -> None:
    zone = read(rendered / "units" / "500000-liangjiang.html")
    assert "单列，不排名" in zone.text
    ranking = read(rendered / "ranking.html")
    assert "单列的开发区" in ranking.headings
    overview = (rendered / "index.html").read_text(encoding="utf-8")
    assert 'href="#s500000-liangjiang"' not in overview


def test_an_indicator_has_its_map_with_every_district_that_leads_to_its_page(rendered: Path) -> None:
    scored, only_shown = (
        (rendered / "en" / "indicators" / f"{code}.html").read_text(encoding="utf-8") for code in ("pm25", "gdp")
    )
    drawing = re.search(r'<svg class="map".*?</svg>', scored, re.DOTALL)
    assert drawing is not None
    leads = re.findall(r'<a href="([^"]+)"[^>]* aria-label="([^":]+): ([^"]+)"><title>', drawing[0])
    assert len(leads) == 38
    assert ("../units/500102.html", "Fuling District") in {(path, name) for path, name, _ in leads}
    # A unit without a figure has none, rather than being "not assessable" as a whole.
    assert {words for _, name, words in leads if name.startswith("Pengshui")} == {"Missing"}
    # One that is not scored has a map of its figures, in colours of its own.
    assert only_shown.count('class="unit value-') == 38
    assert "score-" not in only_shown


def test_a_figure_shows_its_file_cells_snapshot_and_age(rendered: Path) -> None:
    reader = read(rendered / "units" / "500102.html")
    row = " ".join(reader.row("细颗粒物（PM2.5）平均浓度"))
    assert "500101-2026.xlsx" in row
    assert "月度!" in row
    assert "abababababab" in row
    assert any("3 个月前" in cell for cells in reader.rows for cell in cells)


def test_a_computed_figure_names_what_it_was_computed_from(rendered: Path) -> None:
    row = read(rendered / "units" / "500102.html").row("空气质量优良天数比例")
    assert "由下列数据算得" in row[-1]
    assert "优良天数" in row[-1]


def test_plan_has_every_article_and_target_with_state_in_words(rendered: Path, catalogue: Catalogue) -> None:
    reader = read(rendered / "plan.html")
    identifiers = set(reader.attributes("id"))
    assert {f"a-{article.number}" for article in catalogue.articles.articles} <= identifiers
    assert {f"t-{target.code}" for target in catalogue.targets.targets} <= identifiers
    assert "红 · 落后" in reader.text
    assert "口径不同" in reader.text
    assert "本条尚无数据" in reader.text


def test_plan_opens_with_a_line_for_each_article_and_says_once_how_targets_are_read(
    rendered: Path, catalogue: Catalogue
) -> None:
    reader = read(rendered / "plan.html")
    heads, *lines = (row for row in reader.rows[: len(catalogue.articles.articles) + 1])
    assert heads[:2] == ["条文", "目标"]
    for article, line in zip(catalogue.articles.articles, lines, strict=True):
        assert line[0].startswith(f"第 {article.number} 条")
        targets = sum(target.article == article.number for target in catalogue.targets.targets)
        # The number of targets, then how many of them are in which state; the last two are indicators and gaps.
        assert int(line[1] or 0) == targets == sum(int(cell or 0) for cell in line[2:-1])
    assert reader.text.count("从基年推算到目标年") == 1


def test_coverage_marks_missing_and_not_applicable_in_words(rendered: Path) -> None:
    row = read(rendered / "coverage.html").row("彭水苗族土家族自治县")
    assert row.count("缺") == 7
    assert "–" in row


def test_quality_lists_findings_with_place_and_message(rendered: Path) -> None:
    text = read(rendered / "quality.html").text
    assert "500101-2026.xlsx 月度!M4:980 超出 0–500。" in text
    assert "已说明" in text


def test_quality_counts_findings_first_and_colours_the_severity_of_what_failed_only(rendered: Path) -> None:
    html = (rendered / "quality.html").read_text(encoding="utf-8")
    assert re.search(r'href="#findings">检查记录</a>：<span class="state severity-', html[: html.index("<h2")])
    rows = [row for row in html.split("<tr>") if 'class="state ok"' in row or 'class="state failed"' in row]
    passed = [row for row in rows if 'class="state ok"' in row]
    assert passed
    assert all("severity-" not in row for row in passed)
    assert any('<span class="muted">拒收</span>' in row for row in passed)
    assert all("severity-" in row for row in rows if row not in passed)


def test_method_prints_goalposts_factors_and_the_formula_as_executed(rendered: Path, catalogue: Catalogue) -> None:
    text = read(rendered / "method.html").text
    assert "create or replace macro coordination_degree" in text
    for indicator in catalogue.indicators:
        assert indicator.definition.zh in text
        if indicator.goalposts:
            assert indicator.goalposts.worst.reason.zh in text
    assert all(factor.source.zh in text for factor in catalogue.factors)
    unverified = sum(not factor.is_verified for factor in catalogue.factors)
    assert sum("tag unverified" in str(values.get("class")) for _, values in read_elements(rendered)) == unverified


def read_elements(rendered: Path) -> list[tuple[str, dict[str, str | None]]]:
    return read(rendered / "method.html").elements


def test_english_pages_hold_no_chinese_words_of_the_site(rendered: Path, catalogue: Catalogue) -> None:
    """The data may hold Chinese (file and cell names); the site's own words on a page about the method may not."""
    names = {unit.name.en for unit in catalogue.units.units}
    assert names & {cell.strip() for row in read(rendered / "en" / "ranking.html").rows for cell in row}
    assert not re.findall(r"[\u4e00-\u9fff]+", read(rendered / "en" / "ranking.html").text.replace("中文", ""))


def test_rendering_again_gives_the_same_bytes(site: Site, rendered: Path, tmp_path: Path) -> None:
    for file in render_site(site, tmp_path):
        assert file.read_bytes() == (rendered / file.relative_to(tmp_path)).read_bytes()


@pytest.mark.parametrize("name", ["synergy", "findings", "observations"])
def test_downloads_named_on_the_page_hold_the_rows(rendered: Path, marts, name: str) -> None:
    content = json.loads((rendered / "downloads" / f"{name}.json").read_text(encoding="utf-8"))
    assert content["columns"] == marts[name].columns
    assert (rendered / "downloads" / f"{name}.csv").read_bytes().count(b"\n") == marts[name].height + 1
