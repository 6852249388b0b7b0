"""The district form: what is written can be read back, and nothing in it comes alive."""

import io
from datetime import date

import fastexcel
import pytest

from xietong.catalogue import Catalogue
from xietong.workbook import (
    COVER_LABELS,
    COVER_SHEET,
    COVER_TITLE,
    DATA_SHEETS,
    HEADER,
    INSTRUCTIONS_SHEET,
    LAYOUT_VERSION,
    Form,
    FormRow,
    FormSheet,
    form_rows,
    write_form,
)

MONTHS = ("2025-01", "2025-02")
MONTHLY = FormSheet(
    "month",
    MONTHS,
    (
        FormRow("pm25", "细颗粒物", "µg/m³", (61.25, None), 1),
        FormRow("pm10", "可吸入颗粒物", "µg/m³", (80.1, "约85"), 1),
    ),
)
FORM = Form("500101", "万州区", 2025, date(2026, 1, 15), (MONTHLY,), note="演示数据")


def written(form: Form) -> bytes:
    buffer = io.BytesIO()
    write_form(buffer, form)
    return buffer.getvalue()


def rows_of(content: bytes, sheet: str) -> list[tuple[str | None, ...]]:
    loaded = fastexcel.read_excel(content).load_sheet(sheet, header_row=None, dtypes="string")
    return loaded.to_polars().rows()


def test_the_sheets_come_in_the_order_of_the_form():
    assert fastexcel.read_excel(written(FORM)).sheet_names == [COVER_SHEET, DATA_SHEETS["month"], INSTRUCTIONS_SHEET]


def test_the_cover_tells_who_reports_which_year_and_when():
    rows = rows_of(written(FORM), COVER_SHEET)
    assert rows[0][0] == COVER_TITLE
    assert dict(rows[1:]) == {
        COVER_LABELS["unit_code"]: "500101",
        COVER_LABELS["unit_name"]: "万州区",
        COVER_LABELS["year"]: "2025",
        COVER_LABELS["received"]: "2026-01-15",
        COVER_LABELS["layout"]: LAYOUT_VERSION,
    }


def test_a_data_sheet_has_a_row_an_indicator_and_a_column_a_period():
    assert rows_of(written(FORM), "月度") == [
        (*HEADER, *MONTHS),
        ("pm25", "细颗粒物", "µg/m³", "61.25", None),
        ("pm10", "可吸入颗粒物", "µg/m³", "80.1", "约85"),
    ]


def test_the_note_stands_first_in_the_instructions():
    assert rows_of(written(FORM), INSTRUCTIONS_SHEET)[0] == ("演示数据",)


def test_a_blank_sheet_is_there_without_cells():
    blank = FormSheet("year", ("2025",), (), is_blank=True)
    content = written(Form("500101", "万州区", 2025, date(2026, 1, 15), (blank,)))
    assert fastexcel.read_excel(content).load_sheet("年度", header_row=None).total_height == 0


def test_the_same_form_gives_the_same_bytes():
    assert written(FORM) == written(FORM)


def test_the_date_of_receipt_changes_the_bytes():
    later = Form("500101", "万州区", 2025, date(2026, 1, 16), (MONTHLY,), note="演示数据")
    assert written(later) != written(FORM)


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("https://example.org")', "https://example.org", "0x1F"])
def test_text_never_becomes_a_formula_a_link_or_a_number(text):
    sheet = FormSheet("month", MONTHS, (FormRow(text, text, text, (text, 1.0)),))
    content = written(Form("500101", text, 2025, date(2026, 1, 15), (sheet,)))
    assert rows_of(content, "月度")[1] == (text, text, text, text, "1")
    assert dict(rows_of(content, COVER_SHEET)[1:])[COVER_LABELS["unit_name"]] == text


def test_a_form_goes_to_a_path_as_well(tmp_path):
    write_form(tmp_path / "form.xlsx", FORM)
    assert (tmp_path / "form.xlsx").read_bytes() == written(FORM)


def test_addresses_point_at_what_is_written():
    assert MONTHLY.cell(0) == "A2"
    assert MONTHLY.cell(1, "2025-02") == "E3"
    assert MONTHLY.row_of("pm10") == 1
    with pytest.raises(ValueError, match="no2"):
        MONTHLY.row_of("no2")


def test_a_unit_is_asked_for_what_applies_to_it_only(catalogue: Catalogue):
    def asked(unit_code):
        return {row.code for row in form_rows(catalogue, unit_code, "year")}

    assert "linked_supervision_pass_rate" in asked("500109")
    assert "linked_supervision_pass_rate" not in asked("500101")
    assert all(row.role == "reported" for row in form_rows(catalogue, "500101", "month"))
