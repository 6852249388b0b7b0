"""The rules of all gates as data: id, severity, what each asks, on what it stands and who answers for it.

The page on data quality lists them from here. A rule of a gate is evaluated by one or more
expectations of Great Expectations; a check is a rule evaluated once, for one indicator where the
rule concerns indicators, so that a finding's ``rule`` is the ``expectation`` of its check and
(rule, indicator) tells checks apart.
"""

from types import MappingProxyType
from typing import Final

from expectations.cross_check_rules import CROSS_CHECK_RULES
from expectations.reading_rules import READING_RULES
from expectations.rule import (
    AIR_STANDARD,
    CATALOGUE,
    EVALUATOR,
    HAND_OVER,
    MAINTAINER,
    METHOD,
    Rule,
    Severity,
    figure_rule,
)
from xietong.catalogue import Text


def _batch(code: str, severity: Severity, zh: str, en: str, owner: Text = EVALUATOR) -> Rule:
    return Rule(code, "intake", severity, "batch", Text(zh=zh, en=en), HAND_OVER, owner)


def _marts(code: str, zh: str, en: str) -> Rule:
    return Rule(code, "marts", "critical", "marts", Text(zh=zh, en=en), METHOD, MAINTAINER)


UNEXPECTED_SCHEMA: Final = _batch(
    "unexpected_schema",
    "critical",
    "整理后的数据表具有约定的列和类型",
    "the tidied figures have the agreed columns and types",
    MAINTAINER,
)
EMPTY_BATCH: Final = _batch("empty_batch", "critical", "至少收到一个数据", "at least one figure was received")
ALL_NULL_COLUMN: Final = _batch(
    "all_null_column", "critical", "必填的列不得整列为空", "no required column is empty from top to bottom"
)
NOTHING_EVALUATED: Final = _batch(
    "nothing_evaluated",
    "critical",
    "每一组检查都至少检查了一个数据",
    "every group of checks looked at one figure at least",
)
INCOMPLETE: Final = Rule(
    "incomplete",
    "intake",
    "warning",
    "batch",
    Text(zh="应报数据至少收到 95%", en="at least 95 % of the figures due have arrived"),
    Text(zh="环境统计数据审核细则（完整性）；X1", en="review rules of environmental statistics (completeness); X1"),
    EVALUATOR,
    (25,),
)

MISSING_FIELD: Final = figure_rule(
    "missing_field",
    "critical",
    "单位、指标、期间、来源、位置和收到时间均已填写",
    "unit, indicator, period, source, location and time of receipt are all given",
    HAND_OVER,
)
UNKNOWN_UNIT: Final = figure_rule(
    "unknown_unit", "critical", "单位代码在目录之中；X2", "the unit code is in the catalogue; X2", CATALOGUE
)
UNKNOWN_INDICATOR: Final = figure_rule(
    "unknown_indicator",
    "critical",
    "指标代码在目录之中；X2",
    "the indicator code is in the catalogue; X2",
    CATALOGUE,
)
FOREIGN_ORIGIN: Final = figure_rule(
    "foreign_origin",
    "critical",
    "数据性质与本期评价一致，真实数据与演示数据不得混用",
    "the figure is of the origin that the edition evaluates; real and invented figures never meet",
    CATALOGUE,
)
UNKNOWN_STATUS: Final = figure_rule(
    "unknown_status",
    "critical",
    "数据状态为 reported、revised 或 estimated",
    "the status is reported, revised or estimated",
    HAND_OVER,
)
WRONG_PERIOD: Final = figure_rule(
    "wrong_period",
    "critical",
    "期间的格式与指标的报送频率一致；公开发布的数据可以覆盖更长的期间",
    "the period has the form of the indicator's frequency; published figures may cover longer periods",
    CATALOGUE,
)
FUTURE_PERIOD: Final = figure_rule(
    "future_period",
    "critical",
    "收到数据时该期间已经开始",
    "the period had begun when the figure was received",
)
UNFINISHED_PERIOD: Final = figure_rule(
    "unfinished_period",
    "warning",
    "收到数据时该期间已经结束",
    "the period had ended when the figure was received",
)
NOT_A_NUMBER: Final = figure_rule(
    "not_a_number", "critical", "数据是有限的数值", "the figure is a finite number", HAND_OVER
)
DUPLICATE_ROW: Final = figure_rule(
    "duplicate_row",
    "warning",
    "同一文件中每个数据只出现一次；数值相同的只保留第一个",
    "a file gives each figure once; of equal repeats the first is kept",
    keeps_row=False,
)
CONFLICTING_DUPLICATE: Final = figure_rule(
    "conflicting_duplicate",
    "critical",
    "同一文件中同一数据没有不同的数值；否则均不采用",
    "a file does not give one figure two values; else none of them is used",
)
IMPLAUSIBLE_VALUE: Final = figure_rule(
    "implausible_value",
    "critical",
    "数据在该指标的合理范围之内；合计覆盖多个报送期间的，范围按期间数放大",
    "the figure lies in the plausible range; a sum over several reporting periods may be as many times larger",
    CATALOGUE,
)
PART_OF_DAY: Final = figure_rule(
    "part_of_day",
    "warning",
    "天数是整数；X14",
    "a number of days is whole; X14",
    AIR_STANDARD,
)
NOT_APPLICABLE_FIGURE: Final = figure_rule(
    "not_applicable_figure",
    "warning",
    "指标适用于该单位",
    "the indicator applies to the unit",
    CATALOGUE,
)

EMPTY_MART: Final = _marts("empty_mart", "结果表至少有一行", "each mart of results has one row at least")
ROWS_MISSING: Final = _marts(
    "rows_missing",
    "每个单位、期间与每个指标或节点恰有一行",
    "every unit, period and indicator or node has its one row",
)
ROWS_REPEATED: Final = _marts("rows_repeated", "结果表的键不重复", "no key of a mart stands twice")
NOT_FINITE: Final = _marts("not_finite", "结果表中没有 NaN 或无穷大", "no number in the marts is NaN or infinite")
WEIGHTS_NOT_ONE: Final = _marts(
    "weights_not_one",
    "每个可评价节点的有效权重之和为 1（误差不超过 1e-9）",
    "the effective weights below every assessed node sum to 1 (within 1e-9)",
)
SCORE_OUT_OF_BOUNDS: Final = _marts(
    "score_out_of_bounds",
    "得分在 0 至 100 之间（考核得分不超过规则所设上限），协同度各项在 0 至 1 之间",
    "scores lie in 0 to 100 (the assessment below the cap of its rules), quantities of the synergy degree in 0 to 1",
)
STATE_DISAGREES: Final = _marts(
    "state_disagrees",
    "有得分的恰为可评价者，有数值的恰为已观测者",
    "exactly what is assessed has a score, exactly what is observed has a value",
)
CONTRIBUTIONS_DISAGREE: Final = _marts(
    "contributions_disagree",
    "各指标的贡献之和等于所属节点的得分（误差不超过 1e-6）",
    "the contributions of indicators sum to the score of their node (within 1e-6)",
)
RANK_DISAGREES: Final = _marts(
    "rank_disagrees",
    "同类单位的名次与得分一致，并列取较小名次",
    "ranks among units of a kind follow the scores; ties share the lower number",
)
GROUP_RANK_DISAGREES: Final = _marts(
    "group_rank_disagrees",
    "组内名次与得分一致，并列取较小名次",
    "ranks inside a peer group follow the scores; ties share the lower number",
)
PARTS_DISAGREE: Final = _marts(
    "parts_disagree",
    "各项分解的各部分之和等于总数（误差不超过 1e-9）",
    "the parts of every split add up to the whole (within 1e-9)",
)
BAND_DISAGREES: Final = _marts(
    "band_disagrees",
    "等级与取六位小数后的得分一致",
    "bands agree with the scores rounded to the published digits",
)
POINTS_OUT_OF_BOUNDS: Final = _marts(
    "points_out_of_bounds",
    "考核各项得分不小于 0，不大于该项可得分",
    "the points of an item of the assessment are not negative and not more than were to be had",
)
GRADE_DISAGREES: Final = _marts(
    "grade_disagrees",
    "考核等次与取六位小数后的得分一致；仅在有限制条件时较低，不会较高",
    "grades agree with the rounded score; they are lower only where a gate says so, and never higher",
)
INTERVAL_DISAGREES: Final = _marts(
    "interval_disagrees",
    "名次区间的下限、中位数、上限依次不减，所附名次即公布的名次",
    "the ends of a rank interval hold its median, and the rank it stands with is the published one",
)

INTAKE_RULES: Final = (
    UNEXPECTED_SCHEMA,
    EMPTY_BATCH,
    ALL_NULL_COLUMN,
    NOTHING_EVALUATED,
    MISSING_FIELD,
    UNKNOWN_UNIT,
    UNKNOWN_INDICATOR,
    FOREIGN_ORIGIN,
    UNKNOWN_STATUS,
    WRONG_PERIOD,
    FUTURE_PERIOD,
    UNFINISHED_PERIOD,
    NOT_A_NUMBER,
    DUPLICATE_ROW,
    CONFLICTING_DUPLICATE,
    IMPLAUSIBLE_VALUE,
    PART_OF_DAY,
    NOT_APPLICABLE_FIGURE,
    *CROSS_CHECK_RULES,
    INCOMPLETE,
)
MARTS_RULES: Final = (
    EMPTY_MART,
    ROWS_MISSING,
    ROWS_REPEATED,
    NOT_FINITE,
    WEIGHTS_NOT_ONE,
    SCORE_OUT_OF_BOUNDS,
    STATE_DISAGREES,
    CONTRIBUTIONS_DISAGREE,
    RANK_DISAGREES,
    GROUP_RANK_DISAGREES,
    BAND_DISAGREES,
    PARTS_DISAGREE,
    POINTS_OUT_OF_BOUNDS,
    GRADE_DISAGREES,
    INTERVAL_DISAGREES,
)
#: Every rule by its id. One that reading emits as well as the gate has the words of the gate.
RULES: Final = MappingProxyType({rule.id: rule for rule in (*READING_RULES, *INTAKE_RULES, *MARTS_RULES)})
