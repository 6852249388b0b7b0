"""The flow that evaluates a range of past periods once more, each as a task of its own.

Annotations stay real objects here: with postponed ones a deployment run fails on date parameters.
"""

from contextlib import ExitStack
from enum import StrEnum

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from pydantic import Field, model_validator

from flows.backfilling import (
    BACKFILLS,
    PeriodRelease,
    finish_tables,
    release_of_period,
    tables_of_period,
    tables_wanted,
    with_whole_paths,
    workspace,
)
from flows.evaluation import run_evaluation
from flows.parameters import EditionName, Form, offer_periods, require_period
from flows.review import Decision, Draft, keep_beside
from flows.run_artifacts import StagesAsTasks
from flows.server_flow import as_server_run
from flows.task_mapping import mapped
from xietong.periods import parse_period, period_range
from xietong.releases import RELEASES, EditionLock, in_use, read_release
from xietong.settings import Settings


class Made(StrEnum):
    """What a backfill makes for every period."""

    RELEASES = "发布包"
    TABLES = "数据表"


class BackfillParameters(Form):
    """Which periods are evaluated once more, and what each of them gets."""

    edition: EditionName = Field(title="版本", description="评价哪个版本的数据。")
    first_period: str = Field(
        title="起始期", description="如 2025-01 或 2020；须为该版本的评价期。", json_schema_extra=offer_periods
    )
    last_period: str = Field(
        title="截止期",
        description="如 2025-12 或 2023；不早于起始期，频率与起始期相同。",
        json_schema_extra=offer_periods,
    )
    made: Made = Field(
        default=Made.RELEASES,
        title="每期生成",
        description="发布包：每期一套完整的网站和数据；数据表：只有最后一期生成发布包，其余各期只算数据和名次区间，快得多。",
    )

    @model_validator(mode="after")
    def _periods_make_a_range(self) -> "BackfillParameters":
        if parse_period(self.first_period)[0] != parse_period(self.last_period)[0]:
            raise ValueError(f"起始期 {self.first_period} 和截止期 {self.last_period} 的频率不同")
        if not period_range(self.first_period, self.last_period):
            raise ValueError(f"截止期 {self.last_period} 早于起始期 {self.first_period}")
        for period in (self.first_period, self.last_period):
            require_period(str(self.edition), period)
        return self


@flow(
    name="backfill",
    description="重算一段时间的每一期；现在发布的网站不变。",
    persist_result=False,
    validate_parameters=False,
)
@as_server_run
def backfill(parameters: BackfillParameters) -> list[str]:
    """Evaluate every period of the range and return what was made; what is served stays.

    The last period is evaluated first: what it reads of the inbox, the others need not read again.
    """
    settings, edition = with_whole_paths(Settings()), str(parameters.edition)
    periods = period_range(parameters.first_period, parameters.last_period)
    folder = settings.edition_directory(edition) / BACKFILLS
    with EditionLock(folder, settings.lock_wait_seconds, f"backfill of {edition}"), ExitStack() as kept:

        def keep_until_all_are_made(draft: Draft, /) -> Decision:
            # It is not served: a gc that waited for the run would else remove what the tables are made of.
            kept.enter_context(in_use(draft.release))
            return keep_beside(draft)

        last = run_evaluation(settings, edition, periods[-1], None, StagesAsTasks(), keep_until_all_are_made).release
        if parameters.made == Made.TABLES:
            return [_tables(settings, edition, last, periods)]
        aside = workspace(settings, edition)
        # Tasks carry their settings to other machines: without the secrets of a publication, which they have none of.
        sent = settings.without_publication()
        wanted = [PeriodRelease(sent, edition, period) for period in periods[:-1]]
        # A whole evaluation keeps two processes busy and a gigabyte of memory: in threads one after the other.
        one_by_one = {"task_workers": 1} if settings.task_runner == "threads" else {}
        names = [*mapped(settings.model_copy(update=one_by_one), "评价", release_of_period, wanted), last]
        aside.rmdir()
    rows = [{"评价期": period, "发布号": name} for period, name in zip(periods, names, strict=True)]
    create_table_artifact(key="backfilled", table=rows, description=f"{edition} 共 {len(names)} 期")
    return names


def _tables(settings: Settings, edition: str, release: str, periods: list[str]) -> str:
    """Make the tables of every period out of a release and return the name of their folder."""
    read = read_release(settings.edition_directory(edition) / RELEASES / release)
    wanted = tables_wanted(settings, read, periods)
    hashes = mapped(settings, "计算", tables_of_period, wanted)
    folder = finish_tables(wanted, hashes)
    rows = [{"评价期": period, "数据表": len(each)} for period, each in zip(periods, hashes, strict=True)]
    create_table_artifact(key="backfilled", table=rows, description=f"{folder}")
    get_run_logger().info("%s 共 %s 期：%s", edition, len(periods), folder)
    return folder.name
