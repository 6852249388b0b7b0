"""The district form: the workbook in which a unit reports its figures of one year (or one month).

Sheets: the cover tells who reports what and when; one sheet a frequency holds the figures, one row
an indicator and one column a period; the instructions are for people and are not read.
"""

from typing import Final

from xietong.periods import Frequency

COVER_SHEET: Final = "封面"
INSTRUCTIONS_SHEET: Final = "说明"
DATA_SHEETS: Final[dict[Frequency, str]] = {"month": "月度", "quarter": "季度", "year": "年度"}
#: The first cells of the header row of a data sheet; the columns after them are periods.
HEADER: Final = ("指标代码", "指标名称", "计量单位")
COVER_TITLE: Final = "减污降碳协同增效评价数据填报表"
#: Labels in column A of the cover; the value stands beside each in column B.
COVER_LABELS: Final = {
    "unit_code": "单位代码",
    "unit_name": "单位名称",
    "year": "填报年度",
    "received": "填报日期",
    "layout": "版式",
}
LAYOUT_VERSION: Final = "1"
