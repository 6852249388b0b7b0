"""The rules that compare figures with each other (交叉校核): X1 to X17 of the method as far as the indicators allow.

Thresholds stand in ``cross_checks.yaml`` of the catalogue. Few of these rules refuse: which of several
figures is the wrong one is for the unit to say, so that most flag and keep.
"""

from typing import Final

from expectations.rule import ACCOUNTS, AIR_STANDARD, ENERGY_STANDARD, REVIEW, figure_rule

MISSING_FIGURE: Final = figure_rule(
    "missing_figure",
    "warning",
    "单位报送了某一期的数据，则该期应报的各项指标都有数据；X1",
    "a unit that reports for a period gives every figure due for it; X1",
    REVIEW,
)
LATE_FORM: Final = figure_rule(
    "late_form",
    "info",
    "数据在报送期限内收到",
    "figures arrive before their deadline",
)
TOO_MANY_DAYS: Final = figure_rule(
    "too_many_days",
    "critical",
    "天数不超过该期间的天数；X14",
    "a number of days does not exceed the days of its period; X14",
    AIR_STANDARD,
)
GOOD_DAYS_ABOVE_MONITORED: Final = figure_rule(
    "good_days_above_monitored",
    "critical",
    "优良天数不超过监测天数，否则两者均不采用；X14",
    "good-air days do not exceed monitored days; else neither is used; X14",
    AIR_STANDARD,
    refuses_both=True,
)
PM25_ABOVE_PM10: Final = figure_rule(
    "pm25_above_pm10",
    "warning",
    "PM2.5 浓度不高于同期 PM10 浓度；X14",
    "PM2.5 does not exceed PM10 of the same period; X14",
    AIR_STANDARD,
)
EXCEEDANCE_DISAGREES: Final = figure_rule(
    "exceedance_disagrees",
    "warning",
    "公布的超标百分数与浓度一致：超标百分数 = 浓度 ÷ 标准限值 − 1；X14",
    "a stated exceedance agrees with the concentration: concentration over limit less one; X14",
    AIR_STANDARD,
)
PART_ABOVE_WHOLE: Final = figure_rule(
    "part_above_whole",
    "warning",
    "部分不大于总体，如工业能源消费量不大于能源消费总量；X4",
    "a part does not exceed its whole, such as the energy of industry that of all; X4",
    REVIEW,
)
PARTS_DO_NOT_ADD_UP: Final = figure_rule(
    "parts_do_not_add_up",
    "warning",
    "分项之和与总量一致：三次产业之和与地区生产总值，各能源品种折标准煤之和与能源消费总量；分项不全时，其和不超过总量；X4、X5",
    "parts add up to the whole: sectors to GDP, fuels in standard coal to the energy consumed; where some are "
    "missing their sum does not exceed it; X4, X5",
    ENERGY_STANDARD,
)
PERIODS_DO_NOT_ADD_UP: Final = figure_rule(
    "periods_do_not_add_up",
    "warning",
    "全年数与各月或各季之和一致，各季报的不是累计数；X4",
    "a year is the sum of its months or quarters, which are not running totals; X4",
    ACCOUNTS,
)
RUNNING_TOTALS: Final = figure_rule(
    "running_totals",
    "warning",
    "各月、各季填当期数，不填年初以来的累计数；X3",
    "months and quarters hold their own amounts, not those since the beginning of the year; X3",
    ACCOUNTS,
)
DISTRICTS_DO_NOT_ADD_UP: Final = figure_rule(
    "districts_do_not_add_up",
    "warning",
    "各区县之和与全市数据一致；区县数据不全时，其和不超过全市；X4",
    "districts add up to the city; where some are missing their sum does not exceed it; X4",
    ACCOUNTS,
)
RATIO_DISAGREES: Final = figure_rule(
    "ratio_disagrees",
    "warning",
    "报送的比值与分子、分母一致，如人均地区生产总值、单位地区生产总值能耗；X13",
    "a reported ratio agrees with its figures, such as GDP per person or energy per GDP; X13",
    ACCOUNTS,
)
DECLINE_DISAGREES: Final = figure_rule(
    "decline_disagrees",
    "warning",
    "报送的降幅与按数据重新计算的降幅一致；X13",
    "a reported decline agrees with that of the figures; X13",
    REVIEW,
)
CARBON_PER_ENERGY: Final = figure_rule(
    "carbon_per_energy",
    "warning",
    "每吨标准煤的二氧化碳排放在物理上可能的范围之内；X6",
    "CO2 per tonne of standard coal is physically possible; X6",
    ENERGY_STANDARD,
)
SULPHUR_BALANCE: Final = figure_rule(
    "sulphur_balance",
    "warning",
    "二氧化硫排放量与燃煤含硫量相符：不多于煤中硫全部转化所得，也不少于最高脱除率下的剩余；X7",
    "SO2 agrees with the sulphur of the coal: not above what it can give, not below what the best removal leaves; X7",
    REVIEW,
)
SUDDEN_CHANGE: Final = figure_rule(
    "sudden_change",
    "warning",
    "与上年同期相比没有异常突变：变化超过阈值，且在本单位历年变化和各单位同期变化中均属离群；X3",
    "no unusual jump against the year before: above the threshold and an outlier among own and others' changes; X3",
    REVIEW,
)
IMPOSSIBLE_CHANGE: Final = figure_rule(
    "impossible_change",
    "critical",
    "总量和人口等指标与上年同期及其他年份相比不会翻倍以上；X3",
    "what cannot double does not: against the year before and the median of the other years; X3",
    REVIEW,
)
CONSTANT_SERIES: Final = figure_rule(
    "constant_series",
    "warning",
    "实测或统计所得的数据在一年之内不会各期完全相同；X16",
    "what is measured is not the same in every period of a year; X16",
    REVIEW,
)
COPIED_YEAR: Final = figure_rule(
    "copied_year",
    "critical",
    "各期数据不与上年逐期完全相同，各项年度数据不与上年逐项完全相同，否则不采用；X16",
    "a year is not the copy of the year before, period by period, or figure by figure where figures are of whole "
    "years; else it is not used; X16",
    REVIEW,
)
COPIED_UNIT: Final = figure_rule(
    "copied_unit",
    "warning",
    "两个单位同一年的各期数据不会完全相同；X16",
    "two units do not report the same figures period by period; X16",
    REVIEW,
)
EMISSION_AGAINST_ELECTRICITY: Final = figure_rule(
    "emission_against_electricity",
    "info",
    "排放量与用电量不会一增一减且变化都很大；X17",
    "emissions and electricity do not move far apart in opposite directions; X17",
)
SAME_DAY_VINTAGES: Final = figure_rule(
    "same_day_vintages",
    "warning",
    "同一来源同一日期的文件不给出不同的数值",
    "files of one source and one date do not give a figure two values",
)
VINTAGES_DISAGREE: Final = figure_rule(
    "vintages_disagree",
    "info",
    "同一数据的两个版本或两个来源相差不大",
    "two vintages or two sources of one figure are not far apart",
)

CROSS_CHECK_RULES: Final = (
    TOO_MANY_DAYS,
    GOOD_DAYS_ABOVE_MONITORED,
    PM25_ABOVE_PM10,
    EXCEEDANCE_DISAGREES,
    PART_ABOVE_WHOLE,
    PARTS_DO_NOT_ADD_UP,
    PERIODS_DO_NOT_ADD_UP,
    RUNNING_TOTALS,
    DISTRICTS_DO_NOT_ADD_UP,
    RATIO_DISAGREES,
    DECLINE_DISAGREES,
    CARBON_PER_ENERGY,
    SULPHUR_BALANCE,
    SUDDEN_CHANGE,
    IMPOSSIBLE_CHANGE,
    CONSTANT_SERIES,
    COPIED_YEAR,
    COPIED_UNIT,
    EMISSION_AGAINST_ELECTRICITY,
    SAME_DAY_VINTAGES,
    VINTAGES_DISAGREE,
    MISSING_FIGURE,
    LATE_FORM,
)
