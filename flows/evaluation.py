"""The order of a run, written once: with Prefect each stage is a task, on the command line a line of progress."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from flows import planning, publication, receipt, stages
from flows.review import Draft, Reviewer, approve_without_review, open_findings
from xietong.releases import EditionLock, Release, current_release
from xietong.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class StageRunner(Protocol):
    """Runs one stage: as a Prefect task, or directly with a progress display."""

    def __call__(self, title: str, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the stage returns; ``title`` is what an officer reads while it runs."""


@dataclass(frozen=True)
class Summary:
    """What a run says at its end."""

    edition: str
    period: str
    release: str
    site: Path
    files: int
    figures: int
    refused: int
    warnings: int
    units_assessed: int
    units_not_assessable: int


def run_evaluation(
    settings: Settings,
    edition: str,
    period: str | None,
    as_of: datetime | None,
    run_stage: StageRunner,
    review: Reviewer = approve_without_review,
) -> Summary:
    """Run every stage from the inbox to the published release and return the summary.

    A review may take days: other runs of the edition go on meanwhile. Where one of them published
    something, the draft is reviewed again against what is served now.

    Raises:
        UsageError: the edition or the period cannot be served.
        CatalogueErrors: the catalogue has mistakes.
        NothingValidError: figures came in and none of them is valid.
        GateFailedError: the marts broke a rule; the published site stays as it was.
        EditionBusyError: another run of the edition is under way.
        RejectedError: the review rejected the draft; the published site stays as it was.
    """
    plan = run_stage("检查目录与版本", planning.plan, settings, edition, period, as_of)
    directory = settings.edition_directory(edition)
    with EditionLock(directory, settings.lock_wait_seconds):
        summary, release = _make_draft(plan, run_stage)
    while True:
        served = current_release(directory)
        decision = review(Draft(edition, release, served, *open_findings(release)))
        with EditionLock(directory, settings.lock_wait_seconds):
            if _name(current_release(directory)) == _name(served):
                run_stage("发布", publication.conclude, plan, release, decision)
                return summary


def _name(release: Release | None) -> str | None:
    return release.name if release is not None else None


def _make_draft(plan: planning.Plan, run_stage: StageRunner) -> tuple[Summary, Release]:
    run_stage("准备数据", planning.prepare, plan)
    read = run_stage("读取来源文件", receipt.receive, plan)
    received = run_stage("整理数据", receipt.tidy, plan, read)
    accepted = run_stage("入库检查", stages.check_received, plan, received)
    computed = run_stage("计算", stages.compute, plan, accepted)
    checked = run_stage("结果检查", stages.check_computed, plan, computed)
    release = run_stage("生成网站", publication.build_release, plan, accepted, checked)
    return summarise(plan, checked, release), release


def summarise(plan: planning.Plan, computed: stages.Computed, release: Release) -> Summary:
    """Return the closing summary of a run: what it knew, not what else lies in the inbox."""
    findings = computed.marts["findings"]
    states = stages.index_states(plan, computed)
    return Summary(
        edition=plan.edition.name,
        period=computed.period,
        release=release.name,
        site=release.directory / "site" / "index.html",
        files=computed.marts["snapshots"].height,
        figures=computed.marts["observations"].height,
        refused=int((findings["severity"] == "critical").sum()),
        warnings=int((findings["severity"] == "warning").sum()),
        units_assessed=states.get("assessed", 0),
        units_not_assessable=states.get("not_assessable", 0),
    )
