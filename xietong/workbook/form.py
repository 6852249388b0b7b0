"""The district form: the workbook in which a unit reports its figures of one year.

Sheets: the cover tells who reports what and when; one sheet a frequency holds the figures, one row
an indicator and one column a period; the instructions are for people and are not read. The reader
and the writer both take the layout from here, so that a form which is handed out can be read back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from xietong.catalogue import Catalogue, Indicator
from xietong.frames import column_letters
from xietong.periods import Frequency

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

COVER_SHEET: Final = "封面"
INSTRUCTIONS_SHEET: Final = "说明"
DATA_SHEETS: Final[dict[Frequency, str]] = {"month": "月度", "quarter": "季度", "year": "年度"}
#: The first cells of the header row of a data sheet; the columns after them are periods.
HEADER: Final = ("指标代码", "指标名称", "计量单位")
COVER_TITLE: Final = "减污降碳协同增效评价数据填报表"
#: Columns whose header begins so are for people: ranges and former figures. No reader takes them.
REFERENCE_MARK: Final = "参考"
#: Labels in column A of the cover; the value stands beside each in column B.
COVER_LABELS: Final = {
    "unit_code": "单位代码",
    "unit_name": "单位名称",
    "year": "填报年度",
    "received": "填报日期",
    "layout": "版式",
}
LAYOUT_VERSION: Final = "1"
INSTRUCTIONS: Final = (
    "填报说明",
    "1. 每个单位每期一份。封面填写单位代码、单位名称、填报年度和填报日期（如 2026-01-15）。",
    "2. 月度、季度、年度各一张表：一行一个指标，一列一个期间（如 2025-03、2025-Q1、2025）。",
    "3. 数据单元格只填数字，不写单位、文字或公式；没有数据的留空，不要填 0。",
    "4. 百分比按百分数填写：85.2 表示 85.2%，不要填 0.852。",
    "5. 计量单位可以改为同类的其他单位（如千瓦时），系统自动换算；数据与单位须一致。",
    "6. 不要修改指标代码和表头，同一指标只填一行。",
    "7. 需要更正时，重新报送只含更正数据的填报表，填报日期写更正日期；系统以最新报送的为准。",
)

Cell = float | str | None


@dataclass(frozen=True)
class FormRow:
    """One indicator of a data sheet with a cell for each period of the sheet; None is an empty cell."""

    code: str
    name: str
    measure: str
    values: tuple[Cell, ...]
    decimals: int = 2


@dataclass(frozen=True)
class FormSheet:
    """One data sheet. ``is_blank``: the sheet is there, but nothing is on it."""

    frequency: Frequency
    periods: tuple[str, ...]
    rows: tuple[FormRow, ...]
    is_blank: bool = False

    @property
    def name(self) -> str:
        """Return the name of the sheet."""
        return DATA_SHEETS[self.frequency]

    def cell(self, row: int, period: str | None = None) -> str:
        """Return the address of row ``row`` (from 0) in the column of the period, else of the indicator code."""
        column = 0 if period is None else len(HEADER) + self.periods.index(period)
        return f"{column_letters(column)}{row + 2}"

    def row_of(self, indicator_code: str) -> int:
        """Return the position (from 0) of the first row of the indicator.

        Raises:
            ValueError: the sheet has no such row.
        """
        return [row.code for row in self.rows].index(indicator_code)


@dataclass(frozen=True)
class Form:
    """The content of one workbook. ``note`` stands first on the sheet of instructions."""

    unit_code: str
    unit_name: str
    year: int
    received: date
    sheets: tuple[FormSheet, ...]
    note: str | None = None


def form_rows(catalogue: Catalogue, unit_code: str, frequency: Frequency) -> tuple[Indicator, ...]:
    """Return the indicators that a unit reports in the sheet of a frequency, in the order of the form."""
    return tuple(
        indicator
        for indicator in catalogue.indicators
        if indicator.role == "reported"
        and indicator.is_collected
        and indicator.frequency == frequency
        and (indicator.applies_to is None or unit_code in indicator.applies_to)
    )


def write_form(target: Path | BinaryIO, form: Form) -> None:
    """Write the form as an xlsx workbook; the same form always gives the same bytes.

    Text is never written as a formula or a link, so nothing that a form carries comes alive.
    """
    # Imported here: the command line must start without it.
    from xlsxwriter import Workbook

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    # The date of the form, not of the writing: the clock would change the bytes.
    created = datetime(form.received.year, form.received.month, form.received.day)  # noqa: DTZ001
    with Workbook(target, options) as workbook:
        workbook.set_properties({"title": COVER_TITLE, "comments": form.note or "", "created": created})
        formats = _Formats(workbook)
        _write_cover(workbook, form, formats)
        for sheet in form.sheets:
            _write_sheet(workbook, sheet, formats)
        _write_instructions(workbook, form.note, formats)


class _Formats:
    """The cell formats of one workbook, made when they are first asked for."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        self._numbers: dict[int, Format] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.header = workbook.add_format({"bold": True, "bg_color": "#E7EEF3", "bottom": 1})
        self.text = workbook.add_format({"text_wrap": True, "valign": "top"})

    def number(self, decimals: int) -> "Format":
        """Return the format that shows a figure with up to so many decimals."""
        if decimals not in self._numbers:
            pattern = f"0.{'0' * decimals}" if decimals else "0"
            self._numbers[decimals] = self._workbook.add_format({"num_format": pattern})
        return self._numbers[decimals]


def _write_cover(workbook: "Workbook", form: Form, formats: _Formats) -> None:
    values: Mapping[str, str] = {
        "unit_code": form.unit_code,
        "unit_name": form.unit_name,
        "year": str(form.year),
        "received": form.received.isoformat(),
        "layout": LAYOUT_VERSION,
    }
    worksheet = workbook.add_worksheet(COVER_SHEET)
    worksheet.set_column(0, 0, 14)
    worksheet.set_column(1, 1, 28)
    worksheet.write_string(0, 0, COVER_TITLE, formats.title)
    for row, (key, label) in enumerate(COVER_LABELS.items(), start=1):
        worksheet.write_string(row, 0, label, formats.header)
        worksheet.write_string(row, 1, values[key])


def _write_sheet(workbook: "Workbook", sheet: FormSheet, formats: _Formats) -> None:
    worksheet = workbook.add_worksheet(sheet.name)
    if sheet.is_blank:
        return
    worksheet.freeze_panes(1, len(HEADER))
    worksheet.set_column(0, 0, 38)
    worksheet.set_column(1, 1, 34)
    worksheet.set_column(2, 2, 14)
    worksheet.set_column(len(HEADER), len(HEADER) + len(sheet.periods) - 1, 13)
    for column, title in enumerate((*HEADER, *sheet.periods)):
        worksheet.write_string(0, column, title, formats.header)
    for number, row in enumerate(sheet.rows, start=1):
        for column, text in enumerate((row.code, row.name, row.measure)):
            worksheet.write_string(number, column, text)
        number_format = formats.number(row.decimals)
        for column, value in enumerate(row.values, start=len(HEADER)):
            if isinstance(value, str):
                worksheet.write_string(number, column, value)
            elif value is not None:
                worksheet.write_number(number, column, value, number_format)


def _write_instructions(workbook: "Workbook", note: str | None, formats: _Formats) -> None:
    worksheet = workbook.add_worksheet(INSTRUCTIONS_SHEET)
    worksheet.set_column(0, 0, 96)
    for row, line in enumerate(((note,) if note else ()) + INSTRUCTIONS):
        worksheet.write_string(row, 0, line, formats.text)
