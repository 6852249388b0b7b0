"""The flow that a Prefect server schedules and reruns: the stages of flows/evaluation.py as tasks.

Annotations stay real objects here: with postponed ones a deployment run fails on date parameters.
"""

from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.client.orchestration import get_client
from prefect.runtime import deployment, flow_run

from flows.evaluation import run_evaluation
from flows.parameters import CHONGQING_TIME, EvaluationParameters
from flows.review import approve_without_review
from flows.review_in_ui import review_in_ui
from flows.run_artifacts import StagesAsTasks, show_summary, shown, site_link
from flows.server_flow import as_server_run, validated
from flows.telling import announced
from xietong.catalogue import Edition, load_edition
from xietong.errors import XietongError
from xietong.periods import month_number, period_of
from xietong.releases import RELEASES, read_release
from xietong.settings import Settings


def run_name() -> str:
    """Return the name of a run as the UI lists it: edition, period and, from the second on, the attempt."""
    parameters = cast("dict[str, Any]", flow_run.parameters)["parameters"]
    try:
        given = validated(EvaluationParameters, parameters)
        named = f"{given.edition} {asked_period(given) or '最新一期'}"
    except XietongError:
        # The run is about to end with the sentence of this error; without a name it would not even begin.
        named = f"{parameters.get('edition', '')} {parameters.get('period') or '最新一期'}"
    number = attempt(UUID(flow_run.id))
    return named + (f" 第{number}次" if number > 1 else "")


def attempt(run_id: UUID) -> int:
    """Return how often a run has been begun, this time included.

    A run that begins is "Pending" first and then "Submitting", both of one type; one that goes on after a pause is
    neither. Prefect's own count has both.
    """
    with get_client(sync_client=True) as client:
        return max(1, sum(state.name == "Pending" for state in client.read_flow_run_states(run_id)))


def asked_period(parameters: EvaluationParameters) -> str | None:
    """Return the period that the form or the schedule asks for; None for the edition's newest."""
    if parameters.period:
        return parameters.period
    if deployment.id is None or "auto-scheduled" not in (flow_run.tags or []):
        return None
    edition = load_edition(Settings().editions_directory, str(parameters.edition))
    return scheduled_period(edition, flow_run.scheduled_start_time)


def scheduled_period(edition: Edition, moment: datetime) -> str:
    """Return what a run scheduled for ``moment`` evaluates: the last month, quarter or year that had ended by then.

    The calendar is Chongqing's. An edition whose periods have come to their end keeps its last one.
    """
    local = moment.astimezone(CHONGQING_TIME)
    length = {"month": 1, "quarter": 3, "year": 12}[edition.frequency]
    ended = (local.year * 12 + local.month - 1) // length * length - 1
    if edition.last_period is not None:
        ended = min(ended, month_number(edition.last_period))
    return period_of(ended, edition.frequency)


@flow(
    name="evaluate",
    description="从收件箱到网站的整套评价：读取、检查、计算、再检查、发布。",
    flow_run_name=run_name,
    persist_result=False,
    validate_parameters=False,
)
@as_server_run
def evaluate(parameters: EvaluationParameters) -> str:
    """Evaluate an edition and return the name of the release that is now published; a rejected run is cancelled."""
    settings, edition, period = Settings(), str(parameters.edition), asked_period(parameters)
    by_hand = parameters.review == "manual"
    review = (
        announced(settings, review_in_ui(parameters.review_hours, partial(site_link, settings)))
        if by_hand
        else approve_without_review
    )
    run_stage = StagesAsTasks()
    summary = run_evaluation(settings, edition, period, parameters.as_of, run_stage, shown(settings, review))
    run_stage.finish()
    show_summary(settings, summary, read_release(settings.edition_directory(edition) / RELEASES / summary.release))
    said = "已发布 %s：%s" if summary.is_new else "没有变化，仍发布 %s：%s"
    get_run_logger().info(said, summary.release, summary.site)
    return summary.release
