"""Tables of yearbooks and bulletins as they are published: spans, raised signs, old encodings, hidden rows."""

from dataclasses import replace

import pytest

from transforms import Tidied, tidy
from xietong.catalogue import Catalogue
from xietong.frames import RawTable, Snapshot
from xietong.sources import UnreadableFileError, read_tables

COLUMNS = {"细颗粒物": {"indicator": "pm25"}, "可吸入颗粒物": {"indicator": "pm10"}}
TABLES = {"unit": "区县", "period": "2024-12", "ignored_rows": ["合计"], "columns": COLUMNS}
HEAD = "<tr><th>区县</th><th>细颗粒物</th><th>可吸入颗粒物</th></tr>"


def _page(body: str) -> bytes:
    return f"<html><body><table>{body}</table></body></html>".encode()


@pytest.fixture
def pages(snapshot: Snapshot):
    def read(data: bytes, file: str = "sheet001.htm") -> list[RawTable]:
        return read_tables(data, replace(snapshot, file=file))

    return read


@pytest.fixture
def read(pages, snapshot: Snapshot, source_of, catalogue: Catalogue):
    def run(body: str | bytes, **options: object) -> Tidied:
        data = body if isinstance(body, bytes) else _page(body)
        source = source_of("html_table", tables=TABLES | options)
        file = replace(snapshot, file="sheet001.htm")
        return tidy(pages(data), source, file, catalogue, "published")

    return run


def _figures(tidied: Tidied) -> list[tuple]:
    return tidied.observations.select("unit_code", "indicator_code", "value", "location").rows()


def _grid(table: RawTable) -> list[tuple]:
    return [row[1:] for row in table.cells.iter_rows()]


def test_a_raised_digit_is_never_glued_to_the_next_figure(read, pages):
    body = "<tr><td>渝中区</td><td>62μg/m<sup>3</sup></td><td>77μg/m<sup>3</sup></td></tr>"
    assert [row[2:] for row in _figures(read(HEAD + body))] == [(62.0, "表1!B2"), (77.0, "表1!C2")]
    glued = pages(_page("<tr><td>62μg/m<sup>3</sup>77μg/m<sup>3</sup></td></tr>"))
    assert _grid(glued[0]) == [("62μg/m³ 77μg/m³",)]


def test_two_figures_in_one_cell_are_refused_and_not_made_one(read):
    tidied = read(HEAD + "<tr><td>渝中区</td><td>62μg/m<sup>3</sup>77μg/m<sup>3</sup></td><td>80</td></tr>")
    assert [row[1] for row in _figures(tidied)] == ["pm10"]
    assert tidied.findings.select("rule", "location").rows() == [("text_in_number_cell", "表1!B2")]


@pytest.mark.parametrize(
    "note", ["<sup>*</sup>", "<sup>[1]</sup>", "<sup>①</sup>", "<sup>（2）</sup>", "<sup>1)</sup>", "<sup> </sup>"]
)
def test_raised_notes_are_no_part_of_a_figure(read, note: str):
    assert _figures(read(f"{HEAD}<tr><td>渝中区{note}</td><td>32.5{note}</td></tr>"))[0][2] == 32.5


@pytest.mark.parametrize(
    "text", ["３２．５", "&nbsp;32.5&nbsp;", "<p>32.5</p>", "<b>32</b>.5", "<span><font>32.5</font></span>"]
)
def test_a_figure_is_read_however_it_is_set(read, text: str):
    assert _figures(read(f"{HEAD}<tr><td>渝&nbsp;中&nbsp;区</td><td>{text}</td></tr>"))[0][2] == 32.5


@pytest.mark.parametrize("text", ["…", "-", "—", "&nbsp;", "", "　", "空"])
def test_marks_and_blanks_are_missing(read, text: str):
    tidied = read(f"{HEAD}<tr><td>渝中区</td><td>{text}</td><td>50</td></tr>")
    assert [row[1:3] for row in _figures(tidied)] == [("pm10", 50.0)]
    assert set(tidied.findings["rule"]) <= {"missing_mark"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("declared", ["", "<meta charset=utf-8>", '<meta content="text/html; charset=gb2312">'])
def test_the_encoding_is_found_whatever_is_declared(read, encoding: str, declared: str):
    body = f"<html>{declared}<table>{HEAD}<tr><td>綦江区</td><td>31</td></tr></table></html>"
    assert _figures(read(body.encode(encoding)))[0][:3] == ("500110", "pm25", 31.0)


def test_spans_are_spread_over_the_places_they_cover(pages):
    body = (
        "<tr><td colspan=3>表 12-1</td></tr><tr><td rowspan=2>区县</td><td colspan=2>地区生产总值</td></tr>"
        "<tr><td>2006</td><td>2007</td></tr><tr><td>渝中区</td><td>1</td><td>2</td></tr>"
    )
    assert _grid(pages(_page(body))[0]) == [
        ("表 12-1", None, None),
        ("区县", "地区生产总值", "地区生产总值"),
        ("区县", "2006", "2007"),
        ("渝中区", "1", "2"),
    ]


def test_headings_of_two_rows_are_joined_and_columns_have_their_own_period(read):
    body = (
        "<tr><td rowspan=2>区县</td><td colspan=2>常住人口（人）</td></tr><tr><td>2006</td><td>2007</td></tr>"
        "<tr><td>合计</td><td>9</td><td>9</td></tr><tr><td>渝中区</td><td>700,000</td><td>710,000</td></tr>"
    )
    columns = {
        f"常住人口/{year}": {"indicator": "resident_population", "period": year, "measure": "人"}
        for year in ("2006", "2007")
    }
    tidied = read(body, header_rows=2, columns=columns)
    assert tidied.observations.sort("period").select("period", "value", "location").rows() == [
        ("2006", 70.0, "表1!B4"),
        ("2007", 71.0, "表1!C4"),
    ]
    assert tidied.findings.is_empty()


def test_hidden_rows_scripts_and_nested_tables_are_no_part_of_a_table(read, pages):
    body = (
        "<tr style='display:none'><td>渝中区</td><td>1</td></tr><tr hidden><td>渝中区</td><td>2</td></tr>"
        "<tr><td>渝中区<script>alert(1)</script><style>td{}</style></td><td>33<!-- 34 -->"
        "<span style='DISPLAY: none'>5</span></td><td><table><tr><td>99</td></tr></table></td></tr>"
    )
    assert [row[1:3] for row in _figures(read(HEAD + body))] == [("pm25", 33.0)]
    assert len(pages(_page(HEAD + body))) == 2


@pytest.mark.parametrize(
    ("body", "rule", "location"),
    [
        ("<tr><td>区县</td><td>人口</td></tr>", "wrong_header", None),
        (HEAD + "<tr><td>沙坪垻</td><td>3</td></tr>", "unknown_unit", "表1!A2"),
        (HEAD + "<tr><td>渝中区</td><td>约30</td></tr>", "text_in_number_cell", "表1!B2"),
        (HEAD + "<tr><td>渝中区</td><td>30吨</td></tr>", "wrong_measure", "表1!B2"),
    ],
)
def test_what_cannot_be_used_is_told_of(read, body: str, rule: str, location: str | None):
    tidied = read(body)
    assert tidied.observations.is_empty()
    assert tidied.findings.select("rule", "location").rows() == [(rule, location)]


@pytest.mark.parametrize("body", [b"<html></html>", b"<html><p>404</p></html>", b"<table></table>", b"<", b"<!-- -->"])
def test_a_page_without_a_table_is_refused(pages, body: bytes):
    with pytest.raises(UnreadableFileError) as told:
        pages(body)
    assert told.value.rule == "unreadable_page"


def test_a_frame_names_the_file_in_which_the_table_is(pages):
    frame = b'<html><frameset><frame src="19-1.files/sheet001.htm" name="frSheet"></frameset></html>'
    with pytest.raises(UnreadableFileError) as told:
        pages(frame, "19-1.htm")
    assert told.value.allowed == "19-1.files/sheet001.htm"


def test_entities_of_a_document_are_not_followed(pages, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    declared = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "yy">]>'
    tables = pages(f"{declared}<html><table><tr><td>&x;</td><td>&y;</td><td>1</td></tr></table></html>".encode())
    assert "secret" not in str(_grid(tables[0])).replace("&x;", "")


@pytest.mark.parametrize("cell", ["<td colspan=1000 rowspan=60000>1</td>" * 30])
def test_spans_beyond_memory_are_refused(pages, cell: str):
    with pytest.raises(UnreadableFileError) as told:
        pages(_page(f"<tr>{cell}</tr>" * 2000))
    assert told.value.rule == "too_many_cells"


def test_a_page_that_is_nested_too_deep_is_refused_and_not_cut_off(pages):
    with pytest.raises(UnreadableFileError) as told:
        pages(_page(f"{HEAD}<tr><td>渝中区</td><td>{'<div>' * 5000}1</td><td>2</td></tr>"))
    assert told.value.rule == "unreadable_page"


GDP = {"地区生产总值": {"indicator": "gdp", "period": "2022"}}
GDP_HEAD = "<tr><th>区县</th><th>{}</th></tr>"
GDP_ROW = "<tr><td>渝中区</td><td>15000000</td></tr>"


def test_a_yearbook_has_years_of_what_units_report_by_quarters(read):
    columns = {"地区生产总值": {"indicator": "gdp", "measure": "万元", "period": "2022"}}
    assert _figures(read(GDP_HEAD.format("地区生产总值") + GDP_ROW, columns=columns))[0][2] == 1500.0
    columns = {"地区生产总值": {"indicator": "gdp", "measure": "万元", "period": "2022-01"}}
    tidied = read(GDP_HEAD.format("地区生产总值") + 2 * GDP_ROW, columns=columns)
    assert tidied.findings.select("rule", "location").rows() == [("wrong_period", "表1!B1")]


@pytest.mark.parametrize(
    ("title", "head"), [("", "地区生产总值（万元）"), ("<tr><td colspan=2>单位：万元</td></tr>", "地区生产总值")]
)
def test_the_measure_of_a_table_is_that_of_its_figures(read, title: str, head: str):
    assert _figures(read(title + GDP_HEAD.format(head) + GDP_ROW, columns=GDP))[0][2] == 1500.0
    other = {"地区生产总值": {"indicator": "gdp", "measure": "亿元", "period": "2022"}}
    tidied = read(title + GDP_HEAD.format(head) + GDP_ROW, columns=other)
    assert (_figures(tidied), tidied.findings["rule"].to_list()) == ([], ["wrong_measure"])
    people = {"常住人口": {"indicator": "resident_population", "measure": "人", "period": "2022"}}
    row = "<tr><td>渝中区</td><td>590000</td></tr>"
    assert _figures(read(title + GDP_HEAD.format("常住人口") + row, columns=people))[0][2] == 59.0


def test_a_figure_over_several_rows_is_of_none(read):
    body = "<tr><td>渝中区</td><td rowspan=2>32.5</td><td>50</td></tr><tr><td>江北区</td><td>51</td></tr>"
    tidied = read(HEAD + body)
    assert [row[1:3] for row in _figures(tidied)] == [("pm10", 50.0), ("pm10", 51.0)]
    assert tidied.findings.select("rule", "location").rows() == [("merged_figure", "表1!B2")]


@pytest.mark.parametrize("text", ["32.5*", "32.5①", "32.5 33.5", "32.5顿"])
def test_what_stands_behind_a_figure_and_is_no_measure_refuses_it(read, text: str):
    tidied = read(f"{HEAD}<tr><td>渝中区</td><td>{text}</td></tr>")
    assert (_figures(tidied), tidied.findings["rule"].to_list()) == ([], ["text_in_number_cell"])


@pytest.mark.parametrize(
    ("name", "period", "rule"), [("綦江", "2007", "reused_unit_code"), ("綦江县", "2007", "unknown_unit")]
)
def test_names_of_an_old_yearbook_are_not_taken_for_units_of_today(read, name: str, period: str, rule: str):
    columns = {"地区生产总值": {"indicator": "gdp", "measure": "万元", "period": period}}
    tidied = read(GDP_HEAD.format("地区生产总值") + GDP_ROW.replace("渝中区", name), columns=columns)
    assert (_figures(tidied), tidied.findings["rule"].to_list()) == ([], [rule])
    assert "万盛区" in tidied.findings["message_zh"].item() or "綦江区" in tidied.findings["message_zh"].item()
