"""The review in the Prefect UI: the run pauses with draft, comparison and findings until a person decides."""

from collections.abc import Callable
from enum import StrEnum
from itertools import count

from prefect import get_run_logger
from prefect.input import RunInput
from prefect.runtime import flow_run
from pydantic import Field

from flows.pausing import answer_of_a_person
from flows.review import Decision, Draft, Reviewer, Verdict, what_is_missing
from xietong.errors import RejectedError
from xietong.releases import Release


class Answer(StrEnum):
    """What a reviewer can decide."""

    APPROVE = "同意发布"
    REJECT = "退回"


class ReviewForm(RunInput):
    """The form that the UI shows when a paused run is resumed."""

    verdict: Answer = Field(title="结论", description="同意后立即发布；退回后网站保持原样。")
    reviewer: str = Field(title="审核人", description="姓名，记入发布记录。")
    comment: str = Field(default="", title="意见", description="退回时必填；仍有未处理的拒收记录而同意发布时必填。")


def review_in_ui(hours: float, link: Callable[[Release], str]) -> Reviewer:
    """Return a reviewer that pauses the flow run until a person decides, for ``hours`` at most.

    The form says what is open and where the draft is; ``link`` gives that in Markdown. A decision that lacks a
    name or a needed reason is asked for again. When the time is over, the draft stays unpublished.
    """
    numbers = count(1)

    def review(draft: Draft, /) -> Decision:
        logger = get_run_logger()
        asked = f"草稿 {draft.release.name} 待审核。"
        waiting = f"未处理：拒收 {draft.open_critical} 条，警告 {draft.open_warnings} 条；明细见本次运行的 Artifacts。"
        where = f"草稿网站：{link(draft.release)}"
        while True:
            # With Prefect's own keys a run that is begun again would find the decision on an earlier draft.
            key = f"{draft.release.name}-{flow_run.run_count}-{next(numbers)}"
            logger.info("%s请在本页点击 Resume 填写结论。%s", asked, waiting)
            form = ReviewForm.with_initial_data(description=f"{asked}\n\n{waiting}\n\n{where}")
            given = answer_of_a_person(form, key, hours * 3600)
            if given is None:
                raise RejectedError(
                    f"nobody decided on the draft {draft.release.name} within {hours:g} h; "
                    "it was not published and what is published stays as it was"
                )
            verdict: Verdict = "publish" if given.verdict == Answer.APPROVE else "reject"
            decision = Decision(verdict, "manual", given.reviewer.strip(), given.comment.strip())
            missing = what_is_missing(draft, decision)
            if missing is None:
                logger.info("%s：%s %s", given.verdict.value, decision.reviewer, decision.comment)
                return decision
            asked = missing

    return review
