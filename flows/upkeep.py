"""The flows beside the evaluation: fill past periods, go back to a release, verify one, ask the sources.

Annotations stay real objects here: with postponed ones a deployment run fails on date parameters.
"""

from datetime import UTC, datetime
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from flows.evaluate import run_as_task
from flows.evaluation import run_evaluation
from flows.parameters import EditionName
from flows.polling import poll
from flows.rebuilding import rebuild_differences
from flows.review import keep_beside
from xietong.errors import UsageError, XietongError
from xietong.periods import parse_period, period_range
from xietong.releases import (
    EditionLock,
    broken_promises,
    check_signature,
    current_release,
    releases_of,
    roll_back,
)
from xietong.settings import Settings


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


class BackfillParameters(_Form):
    """Which periods are evaluated once more, each into a release of its own."""

    edition: EditionName = Field(title="版本", description="评价哪个版本的数据。")
    first_period: str = Field(title="起始期", description="如 2025-01 或 2020。")
    last_period: str = Field(title="截止期", description="如 2025-12 或 2023；不早于起始期，频率与起始期相同。")

    @model_validator(mode="after")
    def _periods_make_a_range(self) -> "BackfillParameters":
        if not period_range(self.first_period, self.last_period):
            raise ValueError(f"截止期 {self.last_period} 早于起始期 {self.first_period}")
        return self


class RollbackParameters(_Form):
    """Which release is served again, and why."""

    edition: EditionName = Field(title="版本", description="回退哪个版本的网站。")
    release: str = Field(default="", title="发布号", description="如 2025-10-0123456789ab；留空则回到上一次发布。")
    reason: str = Field(title="理由", min_length=1, description="记入发布记录。")


class VerificationParameters(_Form):
    """Which release is verified."""

    edition: EditionName = Field(title="版本", description="核验哪个版本。")
    release: str = Field(default="", title="发布号", description="留空则核验现在发布的。")
    rebuild: bool = Field(default=True, title="重建", description="用收到的原始文件重新生成，逐字节比较。")


class PollParameters(_Form):
    """Whose connected sources are asked."""

    edition: EditionName = Field(title="版本", description="向哪个版本的来源取数。")

    @field_validator("edition")
    @classmethod
    def _edition_is_text(cls, edition: Any) -> str:
        return str(edition)


@flow(name="backfill", description="逐期重算一段时间，每期生成一个发布包；现在发布的网站不变。", persist_result=False)
def backfill(parameters: BackfillParameters) -> list[str]:
    """Evaluate every period of the range and return the names of the releases; what is served stays."""
    names = []
    for period in period_range(parameters.first_period, parameters.last_period):
        edition = str(parameters.edition)
        summary = run_evaluation(Settings(), edition, period, None, run_as_task, keep_beside)
        get_run_logger().info("%s：%s", period, summary.release)
        names.append(summary.release)
    rows = [{"评价期": parse_period_of(name), "发布号": name} for name in names]
    create_table_artifact(key="backfilled", table=rows, description=f"{parameters.edition} 共 {len(names)} 期")
    return names


def parse_period_of(release: str) -> str:
    """Return the period that a release is named by."""
    period = release.rsplit("-", 1)[0]
    parse_period(period)
    return period


@flow(name="rollback", description="让网站回到以前的一次发布；先核验其完整，再切换。", persist_result=False)
def rollback(parameters: RollbackParameters) -> str:
    """Serve an earlier release again and return its name."""
    settings = Settings()
    directory = settings.edition_directory(str(parameters.edition))
    with EditionLock(directory, settings.lock_wait_seconds):
        release = roll_back(directory, parameters.release or None, datetime.now(UTC), parameters.reason)
    get_run_logger().info("现在发布的是 %s：%s", release.name, parameters.reason)
    return release.name


@flow(name="verify-release", description="核验一次发布：每个文件的指纹、签名，以及逐字节重建。", persist_result=False)
def verify_release(parameters: VerificationParameters) -> str:
    """Verify a release and return its name; the run fails with the first problem as its message.

    Raises:
        XietongError: the release is not what its manifest says.
    """
    settings = Settings()
    directory = settings.edition_directory(str(parameters.edition))
    known = {release.name: release for release in releases_of(directory)}
    release = known.get(parameters.release) if parameters.release else current_release(directory)
    if release is None:
        raise UsageError(f"there is no release {parameters.release!r}; there are: {', '.join(known) or 'none'}")
    problems = list(broken_promises(release))
    if settings.verification_key is not None:
        check_signature(release, settings.verification_key)
    if parameters.rebuild and not problems:
        problems += rebuild_differences(settings, release)
    if problems:
        raise XietongError(f"{release.name}: {len(problems)} problems, first: {problems[0]}")
    get_run_logger().info("%s 完整无误", release.name)
    return release.name


@flow(
    name="poll-sources",
    description="每天向有连接的来源取数；没有新数据即结束，取不到的沿用上一次。",
    persist_result=False,
)
def poll_sources(parameters: PollParameters) -> dict[str, str]:
    """Ask every connected source of the edition and return what came of each; one that is down stops no other."""
    logger = get_run_logger()
    outcome: dict[str, str] = {}
    for one in poll(Settings(), str(parameters.edition)):
        outcome[one.source.code] = one.status
        tell = logger.info if one.status in ("new", "unchanged") else logger.warning
        tell("%s：%s", one.source.code, one.message_zh)
    if not outcome:
        logger.info("%s 没有需要取数的来源", parameters.edition)
    return outcome
