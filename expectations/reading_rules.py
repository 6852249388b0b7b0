"""The rules of reading: what a file, a sheet and a cell must be before any figure is looked at.

Reading itself emits their findings (``xietong.sources``, ``transforms``); here stands what the page on
data quality says of each. A rule that the first gate has as well is described there.
"""

from typing import Final

from expectations.rule import AIR_STANDARD, CATALOGUE, HAND_OVER, MAINTAINER, REPORTER, Rule, Severity
from xietong.catalogue import Text

_FORM: Final = Text(zh="区县填报表的版式", en="the layout of the district form")
_SAFETY: Final = Text(
    zh="收件安全要求：只读取数据，不执行内容", en="safety of receipt: data are read, contents never run"
)
_NUMBERS: Final = Text(zh="填报说明：数字的写法", en="instructions of the form: how numbers are written")
_STATISTICS: Final = Text(
    zh="《统计用区划代码和城乡划分代码编制规则》", en="rules for the codes of administrative divisions in statistics"
)


def _reading(code: str, severity: Severity, zh: str, en: str, basis: Text = _FORM, owner: Text = REPORTER) -> Rule:
    keeps = severity != "critical"
    return Rule(code, "reading", severity, "file", Text(zh=zh, en=en), basis, owner, (25,), keeps)


_FILES: Final = (
    _reading("legacy_workbook", "critical", "工作簿为 .xlsx 格式", "a workbook is in the .xlsx format", _SAFETY),
    _reading(
        "unreadable_workbook", "critical", "工作簿完整，可以打开", "a workbook is whole and can be opened", _SAFETY
    ),
    _reading("unreadable_text", "critical", "文本文件的编码可以识别", "a text file is in a known encoding", _SAFETY),
    _reading("password_protected", "critical", "文件没有密码", "a file has no password", _SAFETY),
    _reading("macros", "critical", "工作簿不含宏", "a workbook has no macros", _SAFETY),
    _reading("external_links", "critical", "工作簿不引用其他文件", "a workbook does not refer to other files", _SAFETY),
    _reading("oversized_file", "critical", "文件不超过大小上限", "a file is not above the size allowed", _SAFETY),
    _reading(
        "oversized_content",
        "critical",
        "解压后的内容不超过上限",
        "unpacked, a file is not above the size allowed",
        _SAFETY,
    ),
    _reading(
        "too_many_cells", "critical", "工作表的单元格数不超过上限", "a sheet has no more cells than allowed", _SAFETY
    ),
    _reading("link_outside", "critical", "文件在收件目录之内", "a file lies inside the inbox", _SAFETY),
    _reading("not_a_file", "warning", "收件目录中只有普通文件", "the inbox holds plain files only", _SAFETY),
    _reading("temporary_file", "info", "临时文件不读取", "temporary files are left alone", _SAFETY),
    _reading("unclaimed_file", "warning", "每个文件属于一个来源", "every file belongs to a source", CATALOGUE),
    _reading(
        "embedded_objects",
        "critical",
        "工作簿不嵌有其他文件或控件",
        "no file or control is embedded in a workbook",
        _SAFETY,
    ),
    _reading("unreadable_file", "critical", "文件可以打开", "a file can be opened", _SAFETY),
    _reading("same_bytes", "info", "内容相同的文件只读取一次", "files of the same bytes are read once", HAND_OVER),
    _reading(
        "source_not_kept",
        "critical",
        "从来源取得的数据可以保存",
        "what was drawn from a source can be kept",
        HAND_OVER,
        MAINTAINER,
    ),
    _reading(
        "source_state_unreadable",
        "critical",
        "来源的读取进度可以读出",
        "how far a source has been read can be told",
        HAND_OVER,
        MAINTAINER,
    ),
    _reading(
        "snapshot_lost",
        "critical",
        "已登记的快照仍在保存处",
        "a snapshot that was registered is still kept",
        HAND_OVER,
        MAINTAINER,
    ),
)

_EXTRACTS: Final = (
    _reading(
        "watermark_went_back",
        "warning",
        "前置库的水位列只增不减，否则重新读取整张表",
        "the watermark column of a shared table does not go back; else the whole table is read again",
        HAND_OVER,
        MAINTAINER,
    ),
    _reading(
        "watermark_in_future",
        "warning",
        "水位列的值不在未来",
        "no value of the watermark column lies in the future",
        HAND_OVER,
        MAINTAINER,
    ),
)

_ANSWERS: Final = (
    _reading(
        "page_instead_of_data",
        "critical",
        "服务返回的是数据而不是网页",
        "a service answers with data, not a page",
        HAND_OVER,
    ),
    _reading("broken_json", "critical", "JSON 数据完整", "JSON data are whole", HAND_OVER),
    _reading(
        "incomplete_answer",
        "warning",
        "服务的回答含有它所称的全部记录",
        "an answer holds as many records as the service says that there are",
        HAND_OVER,
    ),
    _reading("service_refused", "critical", "服务给出数据", "a service gives data", HAND_OVER),
    _reading(
        "unknown_answer", "critical", "服务的回答是已知的结构", "the answer of a service has a known form", HAND_OVER
    ),
    _reading("unreadable_page", "critical", "网页中有可读的表格", "a page has a table that can be read", HAND_OVER),
)

_STATIONS: Final = (
    _reading("unknown_station", "warning", "监测点在站点目录之中", "a monitoring station is in the list", AIR_STANDARD),
    _reading("wrong_time", "critical", "监测时间可以识别", "the time of a measurement can be read", AIR_STANDARD),
    _reading(
        "duplicate_hours",
        "info",
        "同一站点同一小时只有一条数据，重复的合并",
        "a station gives an hour once; repeats are resolved",
        AIR_STANDARD,
    ),
    _reading("hours_out_of_order", "info", "小时数据按时间先后排列", "hours come in their order", AIR_STANDARD),
    _reading(
        "impossible_concentration",
        "critical",
        "小时浓度在仪器可能测得的范围之内",
        "an hourly concentration is one that instruments can measure",
        AIR_STANDARD,
    ),
    _reading(
        "unchanging_series",
        "warning",
        "小时浓度不会长时间毫无变化",
        "hourly concentrations do not stay the same for long",
        AIR_STANDARD,
    ),
    _reading(
        "too_few_valid_days",
        "info",
        "有效日数达到要求，才有月均值",
        "a month has a mean when enough of its days are valid",
        AIR_STANDARD,
    ),
)

_SHEETS: Final = (
    _reading("missing_cover", "critical", "填报表有封面", "a form has its cover"),
    _reading("unknown_layout", "critical", "版式号为系统所支持", "the layout is one that is supported"),
    _reading(
        "unit_code_name_mismatch",
        "critical",
        "封面上的单位代码与单位名称一致",
        "code and name of the unit on the cover agree",
        _STATISTICS,
    ),
    _reading(
        "file_name_of_other_unit",
        "warning",
        "文件名中的单位代码与封面一致",
        "the code in the name of a file is that of its cover",
        HAND_OVER,
    ),
    _reading("unreadable_year", "warning", "填报年度可以识别", "the year of the form can be read"),
    _reading("unreadable_date", "warning", "日期可以识别", "a date can be read"),
    _reading("future_date", "warning", "填报日期不晚于收到文件的时间", "the date of a form is not after its receipt"),
    _reading("no_figures", "warning", "填报表含有数据", "a form holds figures"),
    _reading("empty_sheet", "warning", "工作表不为空", "a sheet is not empty"),
    _reading("missing_header", "critical", "工作表有表头行", "a sheet has its header row"),
    _reading("second_header", "critical", "工作表只有一个表头行", "a sheet has one header row only"),
    _reading("wrong_header", "critical", "表头含有所需的列", "the header names the columns that are needed", CATALOGUE),
    _reading("ignored_sheet", "info", "版式之外的工作表不读取", "sheets outside the layout are not read"),
    _reading("ignored_column", "info", "版式之外的列不读取", "columns outside the layout are not read"),
    _reading(
        "period_outside_year",
        "critical",
        "各列的期间在填报年度之内",
        "the periods of the columns lie in the form's year",
    ),
    _reading(
        "indicator_code_name_mismatch",
        "critical",
        "指标代码与指标名称一致",
        "code and name of an indicator agree",
        CATALOGUE,
    ),
    _reading(
        "surplus_fields",
        "critical",
        "每行的字段数不多于表头",
        "no row has more fields than the header",
        _NUMBERS,
    ),
    _reading(
        "derived_indicator",
        "critical",
        "由系统计算的指标不需填报",
        "what the system computes is not reported",
        CATALOGUE,
    ),
)

_CELLS: Final = (
    _reading(
        "formula_value",
        "warning",
        "数据单元格是数值，不是公式",
        "a figure is a number, not the result of a formula",
        _NUMBERS,
    ),
    _reading(
        "hidden_cells",
        "warning",
        "有内容的行、列和工作表没有隐藏",
        "no row, column or sheet that holds something is hidden",
        _NUMBERS,
    ),
    _reading(
        "merged_figure",
        "critical",
        "每个数据单独占一个单元格，不与其他单元格合并",
        "every figure has a cell of its own, merged with no other",
        _NUMBERS,
    ),
    _reading("text_in_number_cell", "critical", "数据单元格中是数字", "a cell for a figure holds a number", _NUMBERS),
    _reading(
        "missing_mark",
        "info",
        "“—”等记号表示没有数据，不作为 0",
        "marks such as a dash mean that there is no figure, not zero",
        _NUMBERS,
    ),
    _reading(
        "blank_inside_number",
        "info",
        "数字中没有空格；每三位一个空格的按千分位处理",
        "no blank stands inside a number; one every three digits is taken to group them",
        _NUMBERS,
    ),
    _reading("leading_zeros", "warning", "数字不以 0 开头", "a number does not begin with a zero", _NUMBERS),
    _reading(
        "wrong_measure",
        "critical",
        "计量单位可以换算为该指标的计量单位",
        "the measure converts to that of the indicator",
        CATALOGUE,
    ),
    _reading(
        "assumed_measure",
        "info",
        "数据旁写有计量单位；没有写的，按指标目录的计量单位采用",
        "a measure stands beside a figure; where none does, that of the catalogue is assumed",
        CATALOGUE,
    ),
    _reading("unknown_measure", "critical", "计量单位在目录之中", "the measure is one of the catalogue", CATALOGUE),
    _reading(
        "percent_as_fraction",
        "critical",
        "百分数不写成小数：85% 填 85，不填 0.85",
        "percentages are not written as fractions: 85 % is 85, not 0.85",
        CATALOGUE,
    ),
    _reading(
        "reused_unit_code",
        "critical",
        "单位代码或简称在该期间指的就是现在的单位；代码 500110、500111 在 2011 年以前属于另外的单位",
        "a code or short name meant the unit of today in the period: 500110 and 500111 were other units before 2011",
        _STATISTICS,
    ),
    _reading(
        "incomplete_merger",
        "critical",
        "合并后的单位由各旧单位的数据相加，缺一不可",
        "a merged unit is the sum of its former units, none missing",
        _STATISTICS,
    ),
    _reading(
        "merger_not_additive",
        "critical",
        "不可相加的指标不由旧单位合并",
        "what cannot be added is not merged from former units",
        _STATISTICS,
    ),
)

READING_RULES: Final = (*_FILES, *_EXTRACTS, *_ANSWERS, *_STATIONS, *_SHEETS, *_CELLS)
