"""The flow that a Prefect server schedules and reruns: the stages of flows/evaluation.py as tasks.

Annotations stay real objects here: with postponed ones a deployment run fails on date parameters.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Cancelled

from flows.evaluation import Summary, run_evaluation
from flows.parameters import EvaluationParameters
from flows.review import approve_without_review
from flows.review_in_ui import review_in_ui
from xietong.errors import RejectedError
from xietong.periods import period_of
from xietong.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

CHONGQING_TIME = ZoneInfo("Asia/Shanghai")


def run_name() -> str:
    """Return the name of a run as the UI lists it: edition, period and, from the second on, the attempt."""
    parameters = cast("dict[str, Any]", flow_run.parameters)["parameters"]
    given = EvaluationParameters.model_validate(parameters)
    attempt = flow_run.run_count or 1
    return f"{given.edition} {given.period or '最新一期'}" + (f" 第{attempt}次" if attempt > 1 else "")


def month_before(moment: datetime) -> str:
    """Return the month before the one that ``moment`` falls in, in Chongqing's time: what a scheduled run evaluates."""
    local = moment.astimezone(CHONGQING_TIME)
    return period_of(local.year * 12 + local.month - 2, "month")


def run_as_task(title: str, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage as a Prefect task under its title and return what it returns."""
    logger = get_run_logger()
    logger.info("开始：%s", title)
    staged = task(name=title, cache_policy=NO_CACHE, persist_result=False)(stage)
    result = staged(*args, **kwargs)
    logger.info("完成：%s", title)
    return result


@flow(
    name="evaluate",
    description="从收件箱到网站的整套评价：读取、检查、计算、再检查、发布。",
    flow_run_name=run_name,
    persist_result=False,
    validate_parameters=True,
)
def evaluate(parameters: EvaluationParameters) -> str | State[str]:
    """Evaluate an edition and return the name of the release that is now published; a rejected run is cancelled."""
    period = parameters.period or None
    if period is None and deployment.id is not None and "auto-scheduled" in (flow_run.tags or []):
        period = month_before(flow_run.scheduled_start_time)
    review = review_in_ui(parameters.review_hours) if parameters.review == "manual" else approve_without_review
    edition = str(parameters.edition)
    try:
        summary = run_evaluation(Settings(), edition, period, parameters.as_of, run_as_task, review)
    except RejectedError as error:
        # Somebody's decision, or nobody's in time: not a failure of the run.
        return Cancelled(name="Rejected", message=str(error))
    _show(summary)
    return summary.release


def _show(summary: Summary) -> None:
    rows: list[dict[str, Any]] = [
        {"项目": "评价期", "结果": summary.period},
        {"项目": "文件", "结果": summary.files},
        {"项目": "数据", "结果": summary.figures},
        {"项目": "拒收", "结果": summary.refused},
        {"项目": "警告", "结果": summary.warnings},
        {"项目": "已评单位", "结果": summary.units_assessed},
        {"项目": "不可评单位", "结果": summary.units_not_assessable},
    ]
    create_table_artifact(key="summary", table=rows, description=f"{summary.edition} {summary.period}")
    create_markdown_artifact(key="site", markdown=f"已发布 `{summary.release}`：`{summary.site}`")
    get_run_logger().info("已发布 %s：%s", summary.release, summary.site)
