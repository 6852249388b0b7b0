"""The order of a run, written once: with Prefect each stage is a task, on the command line a line of progress."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from flows import auditing, copying, planning, publication, receipt, stages
from flows.recovery import recovering, telling_what_is_served
from flows.review import Draft, Reviewer, approve_without_review, open_findings, read_mart
from flows.step_memory import StepMemory
from flows.telling import Announcements
from xietong.releases import EditionLock, Release, current_release, in_use, is_signed, read_private_key
from xietong.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class StageRunner(Protocol):
    """Runs one stage: as a Prefect task, or directly with a progress display."""

    def __call__(self, title: str, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the stage returns; ``title`` is what an officer reads while it runs."""


def directly(_: str, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage without showing anything, and return what it returns."""
    return stage(*args, **kwargs)


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
    #: What the audit of the release looked at, in one line.
    audit: str = ""
    #: False where everything was as it was for the release that is served: no byte has changed.
    is_new: bool = True


def run_evaluation(
    settings: Settings,
    edition: str,
    period: str | None,
    as_of: datetime | None,
    run_stage: StageRunner,
    review: Reviewer = approve_without_review,
    noted: tuple[Mapping[str, str], ...] | None = None,
) -> Summary:
    """Run every stage from the inbox to the published release and return the summary.

    A stage whose inputs are those of an earlier run is not run again. Where nothing at all is new and the
    release that comes of it is served already, the run ends there and changes nothing.

    A review may take days: other runs of the edition go on meanwhile. Where one of them published
    something, the draft is reviewed again against what is served now.

    ``noted`` is for a release that is built again: what it was told of files of which nothing is kept.

    Raises:
        UsageError: the edition or the period cannot be served.
        CatalogueErrors: the catalogue has mistakes.
        NothingValidError: figures came in and none of them is valid.
        GateFailedError: the marts broke a rule; the published site stays as it was.
        AuditFailedError: the draft broke a rule of the audit; the published site stays as it was.
        EditionBusyError: another run of the edition is under way.
        DiskFullError: there was no room for what the run writes; the published site is whole.
        TargetError: the release is published here, but not at every other target.
        RejectedError: the review rejected the draft; the published site stays as it was.
    """
    directory = settings.edition_directory(edition)
    with telling_what_is_served(directory), Announcements(settings, edition, period) as announcements:
        plan = replace(run_stage("检查目录与版本", planning.plan, settings, edition, period, as_of), noted=noted)
        release, is_new = _run(plan, run_stage, review)
        announcements.units_are_late(plan, release)
        return summarise(plan, release, is_new=is_new)


def _run(plan: planning.Plan, run_stage: StageRunner, review: Reviewer) -> tuple[Release, bool]:
    """Return the release that came of the run, and whether anything was new about it."""
    settings, edition = plan.settings, plan.edition.name
    directory = settings.edition_directory(edition)
    if settings.signing_key is not None:
        # A key that cannot be used would be found out after the review, which may have taken days.
        read_private_key(settings.signing_key)
    with ExitStack() as kept:
        with EditionLock(directory, settings.lock_wait_seconds), recovering(plan):
            release = _make_draft(plan, run_stage)
            served = current_release(directory)
            if not _is_left_to_do(settings, release, served):
                _copy(settings, edition, release, run_stage)
                return release, False
            # In use until it is put in place, and before the lock is given back: who gets that next may be removing
            # what is superseded.
            kept.enter_context(in_use(release))
        _conclude(plan, release, served, run_stage, review)
    return release, True


def _conclude(
    plan: planning.Plan, release: Release, served: Release | None, run_stage: StageRunner, review: Reviewer
) -> None:
    """Have the draft reviewed, again where something else was put in place meanwhile, and do what was decided."""
    settings, edition = plan.settings, plan.edition.name
    names = {unit.code: unit.name.zh for unit in plan.catalogue.units.units}
    directory = settings.edition_directory(edition)
    while True:
        decision = review(Draft(edition, release, served, *open_findings(release), names))
        with EditionLock(directory, settings.lock_wait_seconds), recovering(plan):
            if _name(current_release(directory)) == _name(served):
                run_stage("发布", publication.conclude, plan, release, decision)
                if decision.verdict == "publish":
                    _copy(settings, edition, release, run_stage)
                return
        served = current_release(directory)


def _name(release: Release | None) -> str | None:
    return release.name if release is not None else None


def _is_left_to_do(settings: Settings, release: Release, served: Release | None) -> bool:
    """Return whether the release still has to be decided on, put in place or signed."""
    return _name(served) != release.name or (settings.signing_key is not None and not is_signed(release))


def _copy(settings: Settings, edition: str, release: Release, run_stage: StageRunner) -> None:
    if copying.has_targets(settings):
        run_stage("复制到发布目标", copying.copy_to_targets, settings, edition, release)


def _make_draft(plan: planning.Plan, run_stage: StageRunner) -> Release:
    """Return the finished release: the one that was made of the very same before, else a new one."""
    memory = StepMemory(plan)
    expects_nothing_new = memory.expects_nothing_new()
    run_stage("准备数据", planning.prepare, plan, expects_nothing_new=expects_nothing_new)
    read = run_stage("读取来源文件", receipt.receive, plan)
    made = memory.release_made_of(read)
    if made is not None:
        return made
    received = run_stage("整理数据", receipt.tidy, plan, read)
    checked = memory.computed_of(received)
    if checked is None and expects_nothing_new:
        planning.warm_up_beside()
    accepted = run_stage("入库检查", stages.check_received, plan, received)
    if checked is None:
        computed = run_stage("计算", stages.compute, plan, accepted)
        checked = run_stage("结果检查", stages.check_computed, plan, computed)
        memory.remember_computed(received, checked)
    draft = run_stage("生成网站", publication.write_draft, plan, accepted, checked)
    audit = run_stage("审核草稿", auditing.audit_draft, plan, draft)
    release = publication.finish_draft(draft, audit)
    memory.remember_pages(release, draft.pages)
    memory.remember_release(read, release)
    return release


def summarise(plan: planning.Plan, release: Release, *, is_new: bool = True) -> Summary:
    """Return the closing summary of a run: what its release knows, not what else lies in the inbox."""
    period, rows = release.manifest["inputs"]["period"], release.manifest["rows"]
    severities = read_mart(release, "findings")["severity"]
    as_of = datetime.fromisoformat(release.manifest["inputs"]["as_of"])
    index = {"index_scores": read_mart(release, "index_scores")}
    states = stages.index_states(plan, stages.Computed(period, as_of, index))
    return Summary(
        edition=plan.edition.name,
        period=period,
        release=release.name,
        site=release.directory / "site" / "index.html",
        files=rows["snapshots"],
        figures=rows["observations"],
        refused=int((severities == "critical").sum()),
        warnings=int((severities == "warning").sum()),
        units_assessed=states.get("assessed", 0),
        units_not_assessable=states.get("not_assessable", 0),
        audit=auditing.told(release),
        is_new=is_new,
    )
