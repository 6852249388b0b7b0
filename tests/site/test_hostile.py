"""Names, notes and comments that try to be markup, formulas, directions or a whole page stay short, visible text."""

import csv
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree, html
from playwright.sync_api import Browser

from flows.intake import _plain_name
from flows.printing import find_browser, print_page
from xietong.catalogue import Catalogue, Edition, Text
from xietong.render import LogEntry, change_log, render_site, write_downloads
from xietong.report import RunFacts, Site, build_site
from xietong.workbook import ReturnedFile, ReturnedItem, write_returned_list

MARKUP = '"><img src=x onerror="window.ran=1"><script>window.ran=2</script></title></script>{{ 7 * 7 }}'
FORMULA = "=cmd|'/C calc'!A0"
STEERED = "长寿\u202egpj.区\u2066县\u200f\x07"
LONG = "长" * 5_000 + "x" * 5_000
#: What a name of each kind is given to.
NAMES = {"500102": MARKUP, "500103": FORMULA, "500104": STEERED, "500105": LONG}
#: Of the pages that stand for each unit or indicator.
SHOWN = {*NAMES, "500101", "pm25", "index"}
STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def made_hostile(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with hostile names of units, an indicator and a source."""
    units = tuple(
        unit.model_copy(update={"name": Text.model_construct(zh=NAMES[unit.code], en=NAMES[unit.code])})
        if unit.code in NAMES
        else unit
        for unit in catalogue.units.units
    )
    indicators = tuple(
        found.model_copy(update={"name": Text(zh=MARKUP + STEERED, en=LONG), "definition": Text(zh=LONG, en=FORMULA)})
        if found.code == "pm25"
        else found
        for found in catalogue.indicators
    )
    address = {"address": "javascript:window.ran=3", "licence": Text(zh=FORMULA, en=MARKUP)}
    return replace(
        catalogue,
        units=catalogue.units.model_copy(update={"units": units}),
        indicators=indicators,
        sources=tuple(source.model_copy(update=address) for source in catalogue.sources),
    )


@pytest.fixture(scope="module")
def given(marts: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return marts with hostile notes, messages, references, explanations and file names."""
    findings = marts["findings"].with_columns(
        pl.lit(FORMULA).alias("message_zh"),
        pl.lit(STEERED).alias("message_en"),
        pl.lit(MARKUP).alias("file"),
        pl.lit("＝1+1").alias("value"),
        pl.lit("\t=1+1").alias("reference"),
    )
    note = pl.when(pl.col("unit_code") == "500102").then(pl.lit(MARKUP + STEERED)).otherwise(pl.lit(FORMULA))
    revised = {
        "unit_code": "500102",
        "indicator_code": "pm25",
        "period": "2026-09",
        "value_before": 1.0,
        "value_after": 2.0,
        "change_percent": 100.0,
        "received_after": datetime(2026, 11, 10, tzinfo=UTC),
        "file_after": MARKUP,
        "location_after": STEERED,
        "reason_zh": FORMULA + STEERED,
        "reason_en": MARKUP,
        "reason_by_zh": LONG,
        "reason_by_en": FORMULA,
    }
    return {
        **marts,
        "revisions": pl.DataFrame([revised]),
        "findings": findings,
        "observations": marts["observations"].with_columns(note.alias("source_note")),
        "snapshots": marts["snapshots"].with_columns(pl.lit(MARKUP + STEERED).alias("file")),
    }


@pytest.fixture(scope="module")
def hostile(
    given: dict[str, pl.DataFrame],
    catalogue: Catalogue,
    edition: Edition,
    facts: RunFacts,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a site of every type of page, with its downloads."""
    changed = made_hostile(catalogue)
    titled = edition.model_copy(update={"title": Text(zh=f"评价{MARKUP}{STEERED}", en=FORMULA + STEERED)})
    directory = tmp_path_factory.mktemp("hostile")
    render_site(some_pages(build_site(given, changed, titled, facts)), directory)
    write_downloads(given, changed, titled, directory / "downloads")
    return directory


def some_pages(site: Site) -> Site:
    """Return the site with every type of page, but of units and indicators only some."""
    pages = tuple(page for page in site.pages if "/" not in page.path or Path(page.path).stem in SHOWN)
    return replace(site, pages=pages, unit_tables={code: site.unit_tables[code] for code in NAMES})


def files(directory: Path, ending: str) -> Iterator[Path]:
    found = sorted(directory.rglob(f"*.{ending}"))
    assert found, ending
    yield from found


def test_markup_in_a_name_is_text_of_every_page(hostile: Path) -> None:
    seen = 0
    for path in files(hostile, "html"):
        page = html.fromstring(path.read_bytes())
        assert not page.xpath("//img | //iframe | //object | //embed | //base"), path
        assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")], path
        assert {"style"}.isdisjoint(name.attrname for name in page.xpath("//@*")), path
        assert all(script.get("src") and not script.text for script in page.xpath("//script")), path
        links = [link for link in page.xpath("//@href | //@src") if ":" in link]
        assert [link for link in links if not link.startswith(("http://", "https://", "data:,"))] == [], path
        seen += MARKUP in page.xpath("string(//main)")
        assert MARKUP in page.text_content() or FORMULA in page.text_content(), path
    assert seen > 10


def test_no_sign_steers_what_stands_beside_it(hostile: Path) -> None:
    for ending in ("html", "json", "js", "csv", "css"):
        for path in files(hostile, ending):
            found = STEERING.search(path.read_text(encoding="utf-8"))
            assert found is None, (path, found)
    page = (hostile / "units" / "500104.html").read_text(encoding="utf-8")
    assert "长寿‹U+202E›gpj.区‹U+2066›县‹U+200F›‹U+0007›" in page


def test_json_keeps_what_it_was_given(hostile: Path) -> None:
    for path in files(hostile, "json"):
        json.loads(path.read_bytes())
    rows = json.loads((hostile / "downloads" / "findings.json").read_bytes())
    assert {row[rows["columns"].index("message_en")] for row in rows["rows"]} == {STEERED}
    for path in (hostile / "data").glob("*.js"):
        assigned = path.read_text(encoding="utf-8")
        assert "</" not in assigned
        json.loads(assigned.split(" = ", 1)[1].rstrip(";\n"))


def test_a_name_is_never_part_of_a_file_name(hostile: Path) -> None:
    names = {path.name for path in hostile.rglob("*")}
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name)] == []


def test_no_cell_of_a_csv_file_runs(hostile: Path) -> None:
    for path in files(hostile, "csv"):
        with path.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.reader(opened):
                assert [cell for cell in row if runs(cell)] == [], path
    text = (hostile / "downloads" / "findings.csv").read_text(encoding="utf-8-sig")
    assert f"'{FORMULA}" in text
    assert "'＝1+1" in text


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes the cell for a formula; a negative number is none."""
    return cell[:1] in tuple("=+-@\t\r＝＋－＠") and bool(cell) and not re.fullmatch(r"-[\d.]+(?:e[-+]?\d+)?", cell)


def test_cells_of_the_workbook_are_texts(hostile: Path) -> None:
    (book,) = files(hostile, "xlsx")
    texts = texts_of(book)
    assert f"'{FORMULA}" in texts
    assert [text for text in texts if runs(text) or STEERING.search(text)] == []


def test_the_list_that_goes_back_holds_texts_only() -> None:
    hostile = {field.name: text for field in fields(ReturnedItem) for text in [MARKUP + STEERED]}
    items = [
        ReturnedItem(**hostile),
        ReturnedItem(**dict.fromkeys(hostile, FORMULA)),
        ReturnedItem(**dict.fromkeys(hostile, LONG * 4)),
    ]
    book = io.BytesIO()
    write_returned_list(book, [ReturnedFile(STEERED, FORMULA, 1, 0, 0)], items, datetime(2026, 11, 10, tzinfo=UTC))
    texts = texts_of(book)
    assert FORMULA in texts
    assert max(map(len, texts)) <= 32_767
    assert [text for text in texts if STEERING.search(text)] == []


def test_names_in_names_of_files_are_such_that_any_system_takes_them() -> None:
    names = [
        MARKUP,
        FORMULA,
        STEERED,
        LONG,
        "../../etc",
        "a\\..\\b",
        "C:\\con",
        "a\nb\r\tc",
        "..",
        "名" * 80,
        "a" * 250,
        "\udcff",
        " ",
    ]
    for name in names:
        made = f"{_plain_name(name)}_退回单.xlsx"
        assert not set(made) & set('/\\:*?"<>|'), made
        assert made.isprintable()
        assert len(made.encode()) <= 200


def texts_of(book: Path | io.BytesIO) -> list[str]:
    """Return the texts of a workbook in which every cell is a text or a number, and nothing leads out of it."""
    with zipfile.ZipFile(book) as parts:
        for name in parts.namelist():
            tree = etree.fromstring(parts.read(name))
            kinds = {etree.QName(element).localname for element in tree.iter() if isinstance(element.tag, str)}
            assert kinds.isdisjoint({"f", "hyperlink", "hyperlinks", "drawing", "oleObject"}), name
            assert b"javascript:" not in parts.read(name) or name == "xl/sharedStrings.xml"
        shared = etree.fromstring(parts.read("xl/sharedStrings.xml"))
    return ["".join(item.itertext()) for item in shared]


def test_charts_are_well_formed_and_hold_nothing_that_runs(hostile: Path) -> None:
    seen = 0
    for path in files(hostile, "svg"):
        chart = etree.parse(path).getroot()
        names = {etree.QName(element).localname for element in chart.iter(etree.Element)}
        assert names.isdisjoint({"script", "foreignObject", "image", "a", "iframe", "set", "animate"}), path
        attributes = {etree.QName(name).localname for element in chart.iter(etree.Element) for name in element.attrib}
        assert not [name for name in attributes if name.startswith("on")], path
        assert all(link.startswith("#") for link in chart.xpath("//@href")), path
        assert STEERING.search(path.read_text(encoding="utf-8")) is None, path
        seen += MARKUP in "".join(chart.itertext())
    assert seen >= 4
    titles = etree.parse(hostile / "charts" / "units" / "500105-degree.svg").getroot()
    lines = [element.text or "" for element in titles.iterchildren("{http://www.w3.org/2000/svg}text")]
    assert max(map(len, lines)) < 120


def test_a_comment_of_a_reviewer_is_text_of_the_change_log_and_the_feed() -> None:
    told = LogEntry(
        release="2026-10-0123456789ab",
        moment="2026-11-10T00:00:00+00:00",
        action="published",
        reason=MARKUP + STEERED,
        mode="manual",
        reviewer=LONG,
        is_kept=True,
        is_served=True,
    )
    written = change_log(FORMULA, [told])
    for name, text in written.items():
        assert STEERING.search(text) is None, name
        assert "<script" not in text
        assert "<img" not in text
    feed = etree.fromstring(written["feed.xml"].encode())
    assert MARKUP in "".join(feed.itertext())


@pytest.mark.browser
@pytest.mark.parametrize(
    ("unit", "name"),
    [("500102", MARKUP), ("500104", "长寿‹U+202E›gpj.区‹U+2066›县‹U+200F›‹U+0007›")],
    ids=["markup", "directions"],
)
def test_a_printed_page_shows_the_name_and_leads_nowhere(hostile: Path, tmp_path: Path, unit: str, name: str) -> None:
    page = hostile / "units" / f"{unit}.html"
    pdf = print_page(find_browser(None), hostile, page, tmp_path / f"{unit}.zh.pdf")
    content = pdf.read_bytes()
    assert re.search(rb"/(?:JavaScript|JS|URI|Launch|SubmitForm|EmbeddedFile)\b", content) is None
    told = subprocess.run(
        ["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "".join(name.split()) in "".join(told.split())
    assert STEERING.search(told.replace("\f", "")) is None


@pytest.mark.browser
def test_nothing_runs_and_no_page_is_wider_than_a_phone(hostile: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    events: list[Any] = []
    opened.on("dialog", lambda dialog: (events.append((path, "dialog")), dialog.dismiss()))
    opened.on("console", lambda message: events.append((path, message.text)))
    opened.on("pageerror", lambda error: events.append((path, str(error))))
    opened.on("request", lambda request: events.append((path, request.url)) if is_strange(request.url) else None)

    def is_strange(url: str) -> bool:
        return not url.startswith("data:,") and not Path(url.removeprefix("file://")).is_file()

    for page in files(hostile, "html"):
        path = page.relative_to(hostile).as_posix()
        if path.startswith("en/") and page.stem not in {"500102", "500105", "pm25", "compare"}:
            continue
        opened.goto(page.as_uri())
        width = opened.evaluate("document.documentElement.scrollWidth")
        events += [(path, f"{width} wide")] if width > 390 else []
        events += [(path, "ran")] if opened.evaluate("window.ran !== undefined") else []
    context.close()
    assert events == []
