"""Proofs that checks can fail: the defect that the tests plant for each rule of the gates, in words.

For every rule the tests take faultless figures, plant this defect, and require that the rule finds it and
that no other does but those named there; a rule without such a defect fails the build. The page on data
quality shows the words beside the rule.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from xietong.catalogue import Text


def _proof(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_OF_BATCHES: Final = {
    "unexpected_schema": _proof("去掉“期间”一列", "the column of periods is left out"),
    "empty_batch": _proof("一批数据中没有任何数据", "a batch without any figure"),
    "all_null_column": _proof("“状态”一列全部为空", "the column of statuses is empty from top to bottom"),
    "nothing_evaluated": _proof("一批数据只有目录之外的指标", "a batch of indicators that the catalogue does not have"),
    "incomplete": _proof("一个区县一整年没有报送", "a district sends nothing for a whole year"),
}

_OF_FIGURES: Final = {
    "missing_field": _proof("删去一个数据的来源", "the source of a figure is erased"),
    "unknown_unit": _proof("增加单位代码 599999 的数据", "a figure of the unit 599999 is added"),
    "unknown_indicator": _proof("增加指标代码 pm99 的数据", "a figure of the indicator pm99 is added"),
    "foreign_origin": _proof("把一个数据标为公开发布", "a figure is marked as published"),
    "unknown_status": _proof("把一个数据的状态改为 guessed", "the status of a figure is changed to guessed"),
    "wrong_period": _proof("月度指标按季度报送", "a monthly indicator is reported for a quarter"),
    "future_period": _proof("报送尚未开始的月份", "a month that has not begun is reported"),
    "unfinished_period": _proof("在月末以前报送当月的数据", "a month is reported before its end"),
    "not_a_number": _proof("数值为无穷大", "a value is infinite"),
    "duplicate_row": _proof("同一数据写了两次", "a figure stands twice"),
    "conflicting_duplicate": _proof("同一数据写了两次，数值不同", "a figure stands twice with two values"),
    "implausible_value": _proof(
        "逐个指标取合理范围之外的数值，上下两端各一次",
        "every indicator in turn is put outside of its range, at either end",
    ),
    "part_of_day": _proof("优良天数写作 20.5 天", "20.5 days of good air"),
    "not_applicable_figure": _proof("区县报送只属于全市的指标", "a district reports what only the city has"),
}

_OF_CROSS_CHECKS: Final = {
    "too_many_days": _proof("二月报送 31 个监测天数", "31 monitored days in February"),
    "good_days_above_monitored": _proof("优良天数 21 天，监测天数 20 天", "21 good days of 20 monitored"),
    "pm25_above_pm10": _proof("把 PM2.5 改为 PM10 的 1.2 倍", "PM2.5 is made 1.2 times PM10"),
    "exceedance_disagrees": _proof(
        "PM10 为 86 µg/m³，超标百分数写作 24.3%（应为 22.9%）；渝中区 2023 年 12 月通报即如此",
        "PM10 is 86 µg/m³ and its exceedance is stated as 24.3 %, not 22.9 %, as a notice of Yuzhong did for 2023-12",
    ),
    "part_above_whole": _proof(
        "高耗能行业增加值改为工业增加值的 1.02 倍", "value added of energy-intensive industry is 1.02 times that of all"
    ),
    "parts_do_not_add_up": _proof(
        "地区生产总值增加 3%，三次产业不变；能源消费总量增加 5.5%，各品种不变；缺第三产业，第二产业大于地区生产总值",
        "GDP is raised by 3 % and not its sectors; energy by 5.5 % and not its fuels; industry is above GDP while "
        "services are missing",
    ),
    "periods_do_not_add_up": _proof(
        "在全年数之外补报四个季度的累计数", "running totals of the quarters stand beside the year"
    ),
    "running_totals": _proof(
        "一年四个季度的挥发性有机物排放量改为年初以来的累计数",
        "VOC of four quarters is made that since the beginning of the year",
    ),
    "districts_do_not_add_up": _proof(
        "全市化学需氧量增加 5%，区县不变", "COD of the city is raised by 5 %, not districts"
    ),
    "ratio_disagrees": _proof("人均地区生产总值增加 5%", "GDP per person is raised by 5 %"),
    "decline_disagrees": _proof("化肥使用量降幅增加 1 个百分点", "the decline of fertiliser is raised by one point"),
    "carbon_per_energy": _proof("把各年能源消费总量改为三分之一", "the energy of all years is cut to a third"),
    "sulphur_balance": _proof("把各年二氧化硫排放量改为 50 倍", "SO2 of all years is made 50 times as much"),
    "sudden_change": _proof("把一年的排放强度改为 1.5 倍", "the emission intensity of one year is made 1.5 times"),
    "impossible_change": _proof("把一年的森林覆盖率改为 2.5 倍", "the forest cover of one year is made 2.5 times"),
    "constant_series": _proof("一年十二个月的 PM2.5 改为同一数值", "PM2.5 of twelve months is made the same"),
    "copied_year": _proof(
        "用上年各月的二氧化硫浓度代替本年；用上年的各项年度数据代替本年",
        "SO2 of the months of a year is that of the year before; all figures of a year are those of the year before",
    ),
    "copied_unit": _proof("用另一区县各月的二氧化硫浓度代替本区", "SO2 of the months is that of another district"),
    "emission_against_electricity": _proof(
        "用电量增加 25%，二氧化硫排放量减少 25%", "electricity is raised by 25 % and SO2 cut by 25 %"
    ),
    "same_day_vintages": _proof(
        "同一日期的另一文件中数值为 1.01 倍", "another file of the same date gives 1.01 times the value"
    ),
    "vintages_disagree": _proof("同一数据再报一次，数值为 1.2 倍", "a figure comes again, 1.2 times as large"),
    "missing_figure": _proof("删去一个月的 PM2.5", "PM2.5 of one month is taken out"),
    "late_form": _proof("一份填报表迟到 60 天", "a form arrives 60 days later"),
}

_OF_MARTS: Final = {
    "empty_mart": _proof("清空协同度结果表", "the mart of synergy degrees is emptied"),
    "rows_missing": _proof(
        "删去一个单位的一行，或增加一行无人对应的结果", "a unit's row is taken out, or one of nobody added"
    ),
    "rows_repeated": _proof("把一行重复一次", "a row is repeated"),
    "not_finite": _proof("把一个数值改为 NaN 或无穷大", "a value is made NaN or infinite"),
    "weights_not_one": _proof("把一个有效权重增加 1e-7", "an effective weight is raised by 1e-7"),
    "score_out_of_bounds": _proof("得分改为 100.1，协同度改为 1.1", "a score is made 100.1, a degree 1.1"),
    "state_disagrees": _proof("给未观测的指标加上得分", "an indicator that was not observed gets a score"),
    "contributions_disagree": _proof("把一项贡献增加 1e-5", "a contribution is raised by 1e-5"),
    "rank_disagrees": _proof(
        "改动一个名次，拆开并列，或给特别单位排名", "a rank is changed, a tie broken, a special unit ranked"
    ),
    "group_rank_disagrees": _proof("改动一个组内名次", "a rank inside a group is changed"),
    "band_disagrees": _proof("改动一个等级", "a band is changed"),
    "parts_disagree": _proof("改动综合指数的一个组成部分", "one part of an index is changed"),
    "points_out_of_bounds": _proof(
        "考核一项得分改为 −7，或超过可得分", "an item of the assessment gets −7 points, or more than it has"
    ),
    "grade_disagrees": _proof(
        "改动一个等次，或取消降等的限制条件", "a grade is changed, or the gate that lowered one is taken away"
    ),
    "interval_disagrees": _proof(
        "区间下限改为 90、上限改为 −3，或改动所附名次", "an interval runs from 90 to −3, or stands with another rank"
    ),
}

#: By the id of the rule.
PROOFS: Final[Mapping[str, Text]] = MappingProxyType({**_OF_BATCHES, **_OF_FIGURES, **_OF_CROSS_CHECKS, **_OF_MARTS})
