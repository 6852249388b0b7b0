"""The empty form that a unit fills: codes locked, ranges and former figures beside, entries checked as they are typed.

What is filled in is read by the reader of every district form; the columns for people are marked
and no reader takes them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from xietong.catalogue import Catalogue, Indicator, Range
from xietong.periods import Frequency, month_number, parse_period, period_of
from xietong.workbook.form import (
    COVER_LABELS,
    COVER_SHEET,
    COVER_TITLE,
    DATA_SHEETS,
    HEADER,
    INSTRUCTIONS,
    INSTRUCTIONS_SHEET,
    LAYOUT_VERSION,
    REFERENCE_MARK,
    form_rows,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Former figures by (indicator, period).
Former = Mapping[tuple[str, str], float]
_MONTHS: Final[dict[Frequency, int]] = {"month": 1, "quarter": 3, "year": 12}
#: Spreadsheets take no longer texts in the message of a cell and in a list of choices.
_LONGEST_MESSAGE: Final = 255
_ANY_NUMBER: Final = 1e15
_A4: Final = 9
_GUIDE: Final = (
    "本表由系统生成。白色单元格可以填写，其余单元格已锁定。",
    "选中单元格时显示计量单位和合理范围；填入的数超出范围时会提示，确认无误仍可填写，入库时再作核实。",
    "计量单位可在下拉列表中改选，数据须与所选单位一致。",
    f"表头以“{REFERENCE_MARK}”开头的各列供对照，不读取：上期和上年同期的数据取自最近一次发布。",
)


def periods_asked(period: str) -> dict[Frequency, tuple[str, ...]]:
    """Return what the form of a period asks for: its months, and the quarters and the year that end in it.

    Raises:
        ValueError: the text is no period.
    """
    frequency = parse_period(period)[0]
    last = month_number(period)
    first = last - _MONTHS[frequency] + 1
    asked: dict[Frequency, tuple[str, ...]] = {}
    for kind, months in _MONTHS.items():
        ends = tuple(period_of(number, kind) for number in range(first, last + 1) if (number + 1) % months == 0)
        if ends:
            asked[kind] = ends
    return asked


def write_template(target: Path | BinaryIO, catalogue: Catalogue, unit_code: str, period: str, former: Former) -> None:
    """Write the form that ``unit_code`` fills for ``period``; the same arguments give the same bytes.

    Raises:
        ValueError: the text is no period.
    """
    from xlsxwriter import Workbook

    asked = periods_asked(period)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    year, month = parse_period(period)[1:]
    with Workbook(target, options) as workbook:
        # The date of the period, not of the writing: the clock would change the bytes.
        workbook.set_properties({"title": COVER_TITLE, "created": datetime(year, month, 1)})  # noqa: DTZ001
        formats = _Formats(workbook)
        _write_cover(workbook, catalogue, unit_code, year, formats)
        for frequency, periods in asked.items():
            rows = form_rows(catalogue, unit_code, frequency)
            if rows:
                worksheet = workbook.add_worksheet(DATA_SHEETS[frequency])
                _Sheet(worksheet, formats, catalogue, unit_code, periods, former).write(rows)
        _write_instructions(workbook, catalogue, unit_code, asked, formats)


class _Formats:
    """The cell formats of the template."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        self._entries: dict[int, Format] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.header = workbook.add_format({"bold": True, "bg_color": "#E7EEF3", "bottom": 1, "text_wrap": True})
        self.locked = workbook.add_format({"bg_color": "#F3F5F6"})
        self.reference = workbook.add_format({"font_color": "#55606A", "bg_color": "#F3F5F6", "num_format": "General"})
        self.choice = workbook.add_format({"locked": False, "border": 1, "border_color": "#B8C4CC"})
        self.day = workbook.add_format(
            {"locked": False, "border": 1, "border_color": "#B8C4CC", "num_format": "yyyy-mm-dd", "align": "left"}
        )
        self.text = workbook.add_format({"text_wrap": True, "valign": "top"})

    def entry(self, decimals: int) -> "Format":
        """Return the format of a cell to fill, which shows up to so many decimals."""
        if decimals not in self._entries:
            pattern = f"0.{'#' * decimals}" if decimals else "0"
            self._entries[decimals] = self._workbook.add_format(
                {"locked": False, "border": 1, "border_color": "#B8C4CC", "num_format": pattern}
            )
        return self._entries[decimals]


def _write_cover(workbook: "Workbook", catalogue: Catalogue, unit_code: str, year: int, formats: _Formats) -> None:
    unit = catalogue.units_by_code[unit_code]
    values = {"unit_code": unit.code, "unit_name": unit.name.zh, "year": str(year), "layout": LAYOUT_VERSION}
    worksheet = workbook.add_worksheet(COVER_SHEET)
    worksheet.set_column(0, 0, 14)
    worksheet.set_column(1, 1, 40)
    worksheet.write_string(0, 0, COVER_TITLE, formats.title)
    for row, (key, label) in enumerate(COVER_LABELS.items(), start=1):
        worksheet.write_string(row, 0, label, formats.header)
        if key in values:
            worksheet.write_string(row, 1, values[key], formats.locked)
            continue
        # Without a format of its own, a protected cell shows a date that is typed as its serial number.
        worksheet.write_blank(row, 1, None, formats.day)
        message = {"input_title": label, "input_message": "写填报当天的日期，如 2026-01-15。"}
        worksheet.data_validation(row, 1, row, 1, {"validate": "any", **message})
    worksheet.protect("", {"format_columns": True})


class _Sheet:
    """One data sheet of the template."""

    def __init__(
        self,
        worksheet: "Worksheet",
        formats: _Formats,
        catalogue: Catalogue,
        unit_code: str,
        periods: Sequence[str],
        former: Former,
    ) -> None:
        self.worksheet = worksheet
        self.formats = formats
        self.catalogue = catalogue
        self.kind = catalogue.units_by_code[unit_code].kind
        self.periods = periods
        self.former = former
        self.compared = _compared(periods)

    def write(self, rows: Sequence[Indicator]) -> None:
        """Write header and rows; only cells to fill and the choice of a measure are not locked."""
        references = [f"{REFERENCE_MARK}：{words} {period}" for period, words in self.compared.items()]
        titles = (*HEADER, *self.periods, f"{REFERENCE_MARK}：合理范围", *references)
        for column, title in enumerate(titles):
            self.worksheet.write_string(0, column, title, self.formats.header)
        for row, indicator in enumerate(rows, start=1):
            self._write_row(row, indicator)
        for column, width in ((0, 36), (1, 34), (2, 14)):
            self.worksheet.set_column(column, column, width)
        self.worksheet.set_column(len(HEADER), len(titles) - 1, 14)
        self.worksheet.freeze_panes(1, len(HEADER))
        self.worksheet.set_landscape()
        self.worksheet.set_paper(_A4)
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.repeat_rows(0)
        self.worksheet.protect("", {"format_columns": True})

    def _write_row(self, row: int, indicator: Indicator) -> None:
        sheet, formats = self.worksheet, self.formats
        plausible = indicator.plausible_of(self.kind)
        sheet.write_string(row, 0, indicator.code, formats.locked)
        sheet.write_string(row, 1, indicator.name.zh, formats.locked)
        sheet.write_string(row, 2, indicator.measure, formats.choice)
        sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": _measures(self.catalogue, indicator)})
        first, last = len(HEADER), len(HEADER) + len(self.periods) - 1
        for column in range(first, last + 1):
            sheet.write_blank(row, column, None, formats.entry(indicator.decimals))
        sheet.data_validation(row, first, row, last, _entry_rule(indicator, plausible))
        sheet.write_string(row, last + 1, _range(indicator, plausible), formats.reference)
        for column, period in enumerate(self.compared, start=last + 2):
            value = self.former.get((indicator.code, period))
            if value is None:
                sheet.write_blank(row, column, None, formats.reference)
            else:
                sheet.write_number(row, column, value, formats.reference)


def _compared(periods: Sequence[str]) -> dict[str, str]:
    """Return the former periods that stand beside, with their words: the one before the first, and those a year ago."""
    frequency = parse_period(periods[0])[0]
    before = period_of(month_number(periods[0]) - _MONTHS[frequency], frequency)
    year_ago = {period_of(month_number(period) - 12, frequency): "上年同期" for period in periods}
    return {before: "上期"} | year_ago


def _measures(catalogue: Catalogue, indicator: Indicator) -> list[str]:
    """Return the measures that the entry may be in, the indicator's own first, as far as a list can hold them."""
    dimensions = {measure.code: measure.dimension for measure in catalogue.measures.measures}
    own = dimensions[indicator.measure]
    others = [code for code, dimension in dimensions.items() if dimension == own and code != indicator.measure]
    chosen = [indicator.measure]
    for code in others:
        if len(",".join([*chosen, code])) <= _LONGEST_MESSAGE:
            chosen.append(code)
    return chosen


def _range(indicator: Indicator, plausible: Range | None) -> str:
    return f"{plausible.minimum:g}～{plausible.maximum:g} {indicator.measure}" if plausible else "不限"


def _entry_rule(indicator: Indicator, plausible: Range | None) -> dict[str, object]:
    allowed = _range(indicator, plausible)
    message = f"{indicator.name.zh}，计量单位 {indicator.measure}，合理范围 {allowed}。没有数据的留空，不要填 0。"
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": plausible.minimum if plausible else -_ANY_NUMBER,
        "maximum": plausible.maximum if plausible else _ANY_NUMBER,
        "input_message": message[:_LONGEST_MESSAGE],
        "error_title": "请核对",
        "error_message": f"应为 {allowed} 之间的数字。确认无误可以保留，入库时再作核实。"[:_LONGEST_MESSAGE],
        # Another measure has another range, and a true figure may be unusual: ask, do not forbid.
        "error_type": "warning",
    }


def _write_instructions(
    workbook: "Workbook",
    catalogue: Catalogue,
    unit_code: str,
    asked: Mapping[Frequency, Sequence[str]],
    formats: _Formats,
) -> None:
    worksheet = workbook.add_worksheet(INSTRUCTIONS_SHEET)
    worksheet.set_column(0, 0, 34)
    worksheet.set_column(1, 1, 14)
    worksheet.set_column(2, 2, 100)
    for row, line in enumerate((*INSTRUCTIONS, *_GUIDE)):
        worksheet.write_string(row, 0, line)
    row = len(INSTRUCTIONS) + len(_GUIDE) + 1
    for column, title in enumerate((HEADER[1], HEADER[2], "指标含义")):
        worksheet.write_string(row, column, title, formats.header)
    for frequency in asked:
        for indicator in form_rows(catalogue, unit_code, frequency):
            row += 1
            for column, text in enumerate((indicator.name.zh, indicator.measure, indicator.definition.zh)):
                worksheet.write_string(row, column, text, formats.text)
    worksheet.protect("", {"format_columns": True, "format_rows": True})
