"""Each way in which a file can be wrong: one sentence with file, sheet, cell and what is allowed; the rest goes on.

The files go the whole way: claimed in the inbox, kept in the store, read, tidied.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from xietong.catalogue import Catalogue, Source
from xietong.workbook import Form, FormRow, write_form

PM25 = FormRow("pm25", "PM2.5", "µg/m³", (41.5, 38.0))
GOOD_FIGURES = [("500109", "pm25", 41.5), ("500109", "pm25", 38.0), ("500109", "forest_coverage", 52.3)]


@pytest.fixture
def forms(catalogue: Catalogue) -> Source:
    return catalogue.source("district_forms")


@pytest.fixture
def check(take, inbox: Path, catalogue: Catalogue, forms: Source) -> Callable[..., None]:
    """Return the check of one bad file: its finding, its bytes kept, the good file evaluated."""

    def checked(rule: str, severity: str, location: str | None, allowed: str, figures: int = 0) -> None:
        intake = take(catalogue, [forms], "reported")
        (finding,) = intake.of("bad.xlsx").filter(rule=rule).head(1).iter_rows(named=True)
        assert set(intake.of("bad.xlsx")["rule"]) == {rule}
        assert (finding["severity"], finding["location"]) == (severity, location)
        for sentence in (finding["message_zh"], finding["message_en"]):
            assert "bad.xlsx" in sentence
            for part in (location or "").split("!"):
                assert part in sentence
        assert allowed in finding["message_zh"] + finding["message_en"]
        sha256 = hashlib.sha256((inbox / "bad.xlsx").read_bytes()).hexdigest()
        assert intake.store.read(sha256) == (inbox / "bad.xlsx").read_bytes()
        assert finding["snapshot"] == sha256
        good = intake.observations.filter(unit_code="500109")
        assert good.select("unit_code", "indicator_code", "value").rows() == GOOD_FIGURES
        assert intake.observations.height - good.height == figures

    return checked


def test_a_misspelt_district(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", replace(with_month(PM25), unit_name="涪凌区"))
    check("unknown_unit", "critical", "封面!B3", "涪陵区")


def test_text_in_a_number_cell(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", with_month(replace(PM25, values=("约41", 38.0))))
    check("text_in_number_cell", "critical", "月度!D2", "只能填数字", figures=2)


def test_a_percent_as_a_fraction(inbox: Path, check, with_month, good: Form):
    form = with_month(PM25)
    share = replace(good.sheets[1], rows=(FormRow("forest_coverage", "森林覆盖率", "%", (0.453,)),))
    write_form(inbox / "bad.xlsx", replace(form, sheets=(form.sheets[0], share)))
    check("percent_as_fraction", "critical", "年度!D2", "45.3", figures=2)


def test_a_duplicated_row(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", with_month(PM25, PM25))
    check("duplicate_row", "warning", "月度!D3", "月度!D2", figures=3)


def test_a_row_that_contradicts_another(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", with_month(PM25, replace(PM25, values=(42.0, None))))
    check("conflicting_duplicate", "critical", "月度!D2", "只能填一个", figures=2)


def test_an_empty_sheet(inbox: Path, check, with_month):
    form = with_month(PM25)
    write_form(inbox / "bad.xlsx", replace(form, sheets=(form.sheets[0], replace(form.sheets[1], is_blank=True))))
    check("empty_sheet", "warning", "年度", "请填写", figures=2)


def test_an_unknown_indicator(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", with_month(replace(PM25, code="pm2_5")))
    check("unknown_indicator", "critical", "月度!A2", "pm25", figures=1)


def test_an_unknown_measure(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", with_month(replace(PM25, measure="微克每升")))
    check("unknown_measure", "critical", "月度!C2", "mg/m³", figures=1)


def test_a_column_of_another_frequency(inbox: Path, check, with_month):
    form = with_month(PM25)
    sheet = replace(form.sheets[0], periods=("2025-01", "2025-Q1"))
    write_form(inbox / "bad.xlsx", replace(form, sheets=(sheet, form.sheets[1])))
    check("wrong_period", "critical", "月度!E1", "2025年1月", figures=2)


def test_a_password(inbox: Path, check):
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    (inbox / "bad.xlsx").write_bytes(header + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(480))
    check("password_protected", "critical", None, "取消密码")


def test_a_truncated_file(inbox: Path, check):
    data = (inbox / "good.xlsx").read_bytes()
    (inbox / "bad.xlsx").write_bytes(data[: len(data) * 6 // 10])
    check("unreadable_workbook", "critical", None, ".xlsx")


def test_a_bomb_of_two_gigabytes(inbox: Path, check):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * 2048 + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    with zipfile.ZipFile(inbox / "good.xlsx") as good, zipfile.ZipFile(inbox / "bad.xlsx", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name))
        bad.writestr("xl/worksheets/sheet9.xml", packed)
        # Stored as they are, the packed bytes become a part of two gigabytes by what the directory says of them.
        entry = bad.getinfo("xl/worksheets/sheet9.xml")
        entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, 2**31
    assert (inbox / "bad.xlsx").stat().st_size < 4 * 2**20
    check("oversized_content", "critical", None, "256 MB")


def test_macros(inbox: Path, check):
    (inbox / "bad.xlsx").write_bytes((inbox / "good.xlsx").read_bytes())
    with zipfile.ZipFile(inbox / "bad.xlsx", "a") as workbook:
        workbook.writestr("xl/vbaProject.bin", b"macro")
    check("macros", "critical", None, "不含宏")


def test_a_delimited_file_in_gb18030_with_a_wrong_header(inbox: Path, take, catalogue: Catalogue, forms: Source):
    bulletins = catalogue.source("district_bulletins").model_copy(update={"folder": "inbox", "files": ("*.csv",)})
    data = "地区,指标,年份,数值\n渝中区,gdp,2022,1563.6\n".encode("gb18030")
    (inbox / "bad.csv").write_bytes(data)
    (inbox / "fine.csv").write_bytes(
        "unit,indicator,period,value,measure,status,received,source\n渝中区,gdp,2022,1563.6,亿元,,,公报\n".encode(
            "gb18030"
        )
    )
    intake = take(catalogue, [forms, bulletins], "published")
    (finding,) = intake.of("bad.csv").iter_rows(named=True)
    assert (finding["rule"], finding["severity"], finding["location"]) == ("wrong_header", "critical", "A1")
    for word in ("bad.csv", "A1", "地区", "unit", "indicator", "period", "value"):
        assert word in finding["message_zh"]
        assert word in finding["message_en"]
    assert intake.of("fine.csv").is_empty()
    assert intake.observations.filter(source_id="district_bulletins")["value"].to_list() == [1563.6]
    assert intake.observations.filter(unit_code="500109").height == len(GOOD_FIGURES)
    assert intake.store.read(hashlib.sha256(data).hexdigest()) == data


def test_html_and_formulas_in_a_cell_stay_text(inbox: Path, check, with_month):
    write_form(inbox / "bad.xlsx", with_month(replace(PM25, values=("<script>alert(1)</script>", 38.0))))
    check("text_in_number_cell", "critical", "月度!D2", "<script>", figures=2)


def test_a_formula_that_was_never_computed_is_not_lost(inbox: Path, check, with_month):
    write_form(inbox / "draft.xlsx", with_month(PM25))
    with zipfile.ZipFile(inbox / "draft.xlsx") as draft, zipfile.ZipFile(inbox / "bad.xlsx", "w") as bad:
        for name in draft.namelist():
            bad.writestr(name, draft.read(name).replace(b"<v>41.5</v>", b"<f>40+1.5</f>"))
    (inbox / "draft.xlsx").unlink()
    check("text_in_number_cell", "critical", "月度!D2", "=40+1.5", figures=2)
