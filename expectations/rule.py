"""What a rule is, and the words that rules of all gates share: on what they stand and who answers for them."""

from dataclasses import dataclass
from typing import Final, Literal

from xietong.catalogue import Text

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """One rule of a gate.

    ``concerns`` file: reading emits its findings; figure: it makes findings, and severity critical refuses the
    figure, warning and info keep it; batch or marts: it makes a check only. ``keeps_row`` is false where the
    row goes: besides refused figures only the repeat of one that is kept. ``refuses_both``: of two figures
    that contradict each other either may be the wrong one, so that both go.
    """

    id: str
    gate: Literal["reading", "intake", "marts"]
    severity: Severity
    concerns: Literal["file", "figure", "batch", "marts"]
    description: Text
    # The article of the plan, the standard or the decision of this project that the rule stands on.
    basis: Text
    owner: Text
    articles: tuple[int, ...] = ()
    keeps_row: bool = True
    refuses_both: bool = False


REPORTER: Final = Text(zh="报送单位数据员", en="data officer of the reporting unit")
EVALUATOR: Final = Text(zh="市级评价人员", en="evaluator at the bureau")
MAINTAINER: Final = Text(zh="系统维护人员", en="maintainer of the system")

CROSS_CHECK: Final = Text(
    zh="实施方案第十七、二十五条（数据互补、交叉校核）", en="plan, articles 17 and 25 (figures cross-checked)"
)
HAND_OVER: Final = Text(zh="本系统各环节之间的数据约定", en="the agreement between the stages of this system")
CATALOGUE: Final = Text(zh="本系统指标目录", en="the catalogue of this system")
AIR_STANDARD: Final = Text(
    zh="HJ 663—2013《环境空气质量评价技术规范》", en="HJ 663-2013, assessment of ambient air quality"
)
ENERGY_STANDARD: Final = Text(
    zh="GDP 核算的产业构成；GB/T 2589—2020《综合能耗计算通则》附录 A 的折标准煤系数",
    en="GDP by sector; GB/T 2589-2020, annex A, coefficients for standard coal",
)
METHOD: Final = Text(zh="本系统评价方法", en="the method of this system")
REVIEW: Final = Text(
    zh="环境统计数据审核细则（突变、逻辑关系）", en="review rules of environmental statistics (sudden changes, logic)"
)
ACCOUNTS: Final = Text(
    zh="国家统计局《国民经济核算制度》", en="National Bureau of Statistics, system of national accounts"
)


def figure_rule(
    code: str,
    severity: Severity,
    zh: str,
    en: str,
    basis: Text = CROSS_CHECK,
    *,
    keeps_row: bool | None = None,
    refuses_both: bool = False,
) -> Rule:
    """Return a rule of the first gate about figures; critical refuses them unless said otherwise."""
    keeps = severity != "critical" if keeps_row is None else keeps_row
    return Rule(code, "intake", severity, "figure", Text(zh=zh, en=en), basis, REPORTER, (17, 25), keeps, refuses_both)
