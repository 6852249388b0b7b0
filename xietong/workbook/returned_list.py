"""The list that goes back to a unit: every problem by sheet and cell, what is allowed, how the figure compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from xietong.signs import shown

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

TITLE: Final = "数据审核退回单"
LIST_SHEET: Final = "问题清单"
SUMMARY_SHEET: Final = "接收情况"
_COLUMNS: Final = (
    ("处理", 10),
    ("工作表", 10),
    ("单元格", 10),
    ("指标", 30),
    ("期间", 12),
    ("报送值", 14),
    ("问题", 60),
    ("允许的写法或范围", 28),
    ("上次数据", 22),
    ("与上次相比", 12),
    ("规则", 26),
    ("文件", 30),
)
#: What becomes of a figure, by the severity of the finding.
OUTCOMES: Final = {"critical": "未采用", "warning": "待核实", "info": "提示"}
_COLOURS: Final = {"critical": "#F7D9D4", "warning": "#FBEBC8", "info": "#E7EEF3"}
_LONGEST_CELL: Final = 32_767
_A4: Final = 9


@dataclass(frozen=True)
class ReturnedItem:
    """One problem; texts are in Chinese, as the officer of the unit reads them. Severity as in FINDINGS."""

    severity: str
    file: str
    sheet: str
    cell: str
    indicator: str
    period: str
    value: str
    problem: str
    allowed: str
    last: str
    change: str
    rule: str


@dataclass(frozen=True)
class ReturnedFile:
    """What became of one file: its figures that were accepted, and its problems by severity."""

    file: str
    sha256: str
    accepted: int
    refused: int
    doubtful: int


def write_returned_list(
    target: Path | BinaryIO, files: Sequence[ReturnedFile], items: Sequence[ReturnedItem], moment: datetime
) -> None:
    """Write the workbook; nothing in it comes alive, whatever the figures say.

    The same arguments give the same bytes.
    """
    from xlsxwriter import Workbook

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(target, options) as workbook:
        workbook.set_properties({"title": TITLE, "created": moment.replace(tzinfo=None)})
        header = workbook.add_format({"bold": True, "bg_color": "#E7EEF3", "bottom": 1, "text_wrap": True})
        _write_items(workbook, items, header)
        _write_summary(workbook, files, header)


def _write_items(workbook: "Workbook", items: Sequence[ReturnedItem], header: "Format") -> None:
    sheet = workbook.add_worksheet(LIST_SHEET)
    fills = {
        severity: workbook.add_format({"bg_color": colour, "text_wrap": True, "valign": "top"})
        for severity, colour in _COLOURS.items()
    }
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    for column, (title, width) in enumerate(_COLUMNS):
        sheet.write_string(0, column, title, header)
        sheet.set_column(column, column, width)
    for row, item in enumerate(items, start=1):
        texts = (
            OUTCOMES.get(item.severity, item.severity),
            item.sheet,
            item.cell,
            item.indicator,
            item.period,
            item.value,
            item.problem,
            item.allowed,
            item.last,
            item.change,
            item.rule,
            item.file,
        )
        for column, text in enumerate(texts):
            fill = fills.get(item.severity, plain) if column == 0 else plain
            sheet.write_string(row, column, shown(text)[:_LONGEST_CELL], fill)
    if not items:
        sheet.write_string(1, 0, "没有发现问题。", plain)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(items)), len(_COLUMNS) - 1)


def _write_summary(workbook: "Workbook", files: Sequence[ReturnedFile], header: "Format") -> None:
    sheet = workbook.add_worksheet(SUMMARY_SHEET)
    for column, (title, width) in enumerate(
        (("文件", 44), ("采用的数据", 14), ("未采用", 10), ("待核实", 10), ("文件指纹（sha256）", 68))
    ):
        sheet.write_string(0, column, title, header)
        sheet.set_column(column, column, width)
    for row, file in enumerate(files, start=1):
        sheet.write_string(row, 0, shown(file.file)[:_LONGEST_CELL])
        for column, count in enumerate((file.accepted, file.refused, file.doubtful), start=1):
            sheet.write_number(row, column, count)
        sheet.write_string(row, 4, file.sha256)
