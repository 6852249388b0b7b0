"""Charts as files: what a page draws, alone on a sheet, with the styles it needs and nothing that leads or runs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xietong.render.chart_files import Frame, charts_of, write_charts
from xietong.render.chart_sheets import Drawing, Key, Sheet, draw_sheet, wrapped
from xietong.render.chart_styles import ChartStyles
from xietong.resources import resource_directory

SVG = "{http://www.w3.org/2000/svg}"
CSS = """
:root { --ink: #111; --line: #00f; --surface: #fff; --rule-strong: #888; --font: "Noto Sans SC", serif; }
/* .line { stroke: red } */
svg { display: block; height: auto; }
svg text { font-family: var(--font); fill: var(--ink); }
.line { fill: none; stroke: var(--line); margin: 0; }
.plot .line.thin, .other .line { stroke-width: 1; }
.line:hover { stroke: red; }
.hatch-line { stroke: #123456; }
@media print { .line { stroke: black; } .x { fill: red; } }
.never { fill: lime; }
"""
FRAME = Frame("zh", "来源：某评价", "{subject}：{title}")
PAGE = """<h1>涪陵区 &amp; 其他</h1>
<svg class="defs"><defs>
<pattern id="hatch" width="4"><line class="hatch-line"/></pattern><pattern id="hatch-small"><rect/></pattern>
<path id="s1" d="M0 0"/><path id="s2" d="M1 1"/>
</defs></svg>
<table><tr><td><svg viewBox="0 0 1 1"><circle class="never"/></svg></td></tr></table>
<figure data-chart="map"><figcaption>各单位的 D<small>2026年10月 · <a href="numbers.html">数字</a></small></figcaption>
<ul class="legend"><li><span class="key line"></span>高</li></ul>
<svg class="plot" viewBox="0 0 400 100" role="img" aria-label="一条线">
<a href="units/1.html" tabindex="-1" aria-label="甲"><title>甲 &lt;乙&gt;</title><use href="#s2" fill="url(#hatch)" class="line thin"/></a></svg>
<div class="chart-tools" data-chart="map"></div>
<p class="figure-note">粗线为界。<a href="#x">数字</a> · <a href="#y">下载</a></p>
<p class="figure-note"><span class="gap">缺报</span> 一个：<a href="units/2.html">乙</a></p></figure>
<p class="figure-note">别的图</p>
<figure data-chart="text-only"><figcaption>无图</figcaption><div class="chart-tools"></div></figure>
"""


def styles() -> ChartStyles:
    return ChartStyles([CSS])


def only_chart(html: str = PAGE, *, is_of_one: bool = False) -> etree._Element:
    (chart,) = charts_of(html, styles(), FRAME, is_of_one=is_of_one)
    assert chart.name == "map"
    return etree.fromstring(chart.svg.encode())


def texts(chart: etree._Element) -> list[str]:
    return [element.text or "" for element in chart.iterchildren(f"{SVG}text")]


def test_a_named_figure_is_a_chart_and_a_drawing_in_a_table_is_none() -> None:
    chart = only_chart()
    assert chart.findtext(f"{SVG}title") == "各单位的 D"
    assert chart.findtext(f"{SVG}desc") == "2026年10月 一条线 来源：某评价"
    assert texts(chart) == ["各单位的 D", "2026年10月", "高", "粗线为界。", "缺报 一个：乙", "来源：某评价"]
    (drawing,) = chart.iterchildren(f"{SVG}svg")
    assert drawing.get("viewBox") == "0 0 400 100"
    assert float(drawing.get("width", "0")) / float(drawing.get("height", "0")) == pytest.approx(4)


def test_a_page_about_one_thing_names_it_in_the_title() -> None:
    assert only_chart(is_of_one=True).findtext(f"{SVG}title") == "涪陵区 & 其他：各单位的 D"


def test_links_become_groups_and_their_words_stay() -> None:
    chart = only_chart()
    assert chart.find(f".//{SVG}a") is None
    assert chart.xpath("//@href") == ["#s2"]
    assert chart.findtext(f".//{SVG}g/{SVG}title") == "甲 <乙>"


def test_shapes_and_patterns_come_along_when_something_refers_to_them() -> None:
    defined = [element.get("id") for element in only_chart().iterfind(f"{SVG}defs/*")]
    # The keys of the legend may be hatched.
    assert defined == ["hatch", "hatch-small", "s2"]


def test_styles_are_those_of_the_drawing_in_light_colours() -> None:
    assert only_chart().findtext(f"{SVG}style") == (
        "svg text{font-family:'Noto Sans SC', serif;fill:#111}"
        ".line{fill:none;stroke:#00f}"
        ".plot .line.thin{stroke-width:1}"
        ".hatch-line{stroke:#123456}"
    )


def test_a_token_that_no_sheet_has_is_an_error() -> None:
    with pytest.raises(KeyError, match="--nothing"):
        styles().in_light("var(--nothing)")


def test_every_colour_of_the_site_has_a_value() -> None:
    assets = resource_directory("site") / "assets"
    read = ChartStyles((assets / name).read_text(encoding="utf-8") for name in ("site.css", "analysis.css"))
    markup = (
        '<svg class="map"><text class="map-label band-3"/><path class="zone"/><rect class="tile pk-13 hatched-fill"/>'
    )
    rules = read.rules_of(markup)
    assert "text.band-3{fill:#" in rules
    assert ".pk-13{fill:#" in rules
    assert ".zone{fill:none;stroke:#" in rules
    assert "var(" not in rules
    assert "display" not in rules


def test_drawings_stand_beside_each_other_and_what_is_more_below_the_second() -> None:
    drawn = [
        Drawing((0, 0, 200, 100), "", "", "<g/>"),
        Drawing((0, 0, 100, 100), "", "", ""),
        Drawing((5, 5, 50, 20), "", "", ""),
    ]
    chart = etree.fromstring(draw_sheet(Sheet("t", "", (), "s", "en", tuple(drawn)), styles()).encode())
    first, second, third = (
        {key: float(part.get(key, "nan")) for key in ("x", "y", "width", "height")}
        for part in chart.iterchildren(f"{SVG}svg")
    )
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] < second["x"]
    assert second["x"] + second["width"] <= float(chart.get("width", "0"))
    assert (third["x"], third["width"], third["height"]) == (second["x"], 50, 20)
    assert third["y"] > second["y"] + second["height"]
    assert third["y"] + third["height"] < float(chart.get("height", "0"))


def test_a_legend_goes_on_in_the_next_line() -> None:
    keys = tuple(Key("line", "很长的图例说明文字" * 2) for _ in range(6))
    chart = etree.fromstring(
        draw_sheet(Sheet("t", "", (), "s", "zh", (Drawing((0, 0, 9, 9), "", "", ""),), keys), styles()).encode()
    )
    places = [
        (float(key.get("x", "0")), float(key.get("y", "0"))) for key in chart.iterfind(f"{SVG}rect[@class='line']")
    ]
    assert len(set(places)) == 6
    assert len({y for _, y in places}) == 3
    assert max(x for x, _ in places) < 720 - 200


@given(st.text(), st.integers(4, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_what_is_cut(text: str, ems: int) -> None:
    lines = wrapped(text, ems)
    assert len(lines) <= 4
    if not lines or not lines[-1].endswith("…"):
        assert "".join("".join(lines).split()) == "".join(text.split())
    narrow = [line for line in lines if line.isascii()]
    assert all(len(line) * 0.56 <= max(ems, 20 * 0.56) + 1 for line in narrow)


def test_ten_thousand_letters_take_four_lines() -> None:
    lines = wrapped("长" * 10_000, 30)
    assert [len(line) for line in lines] == [30, 30, 30, 30]
    assert lines[-1].endswith("长…")


def test_files_are_named_after_page_and_chart_and_the_script_has_the_same(tmp_path: Path) -> None:
    charts = list(charts_of(PAGE, styles(), FRAME, is_of_one=False))
    written = write_charts(Path("units/500102"), charts, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["units/500102-map.svg", "units/500102.js"]
    script = written[1].read_text(encoding="utf-8")
    assert "</" not in script
    assigned = json.loads(script.removeprefix("window.xietongCharts = ").removesuffix(";\n"))
    assert assigned == {"map": written[0].read_text(encoding="utf-8")}
