"""The flows beside the evaluation: go back to a release, verify one, ask the sources.

Annotations stay real objects here: with postponed ones a deployment run fails on date parameters.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run
from pydantic import Field, field_validator

from flows.change_log import write_change_log
from flows.copying import copy_to_targets
from flows.kept_releases import named_release, served_release
from flows.parameters import EditionName, Form
from flows.polling import poll_source, polls_of
from flows.rebuilding import rebuild_differences
from flows.server_flow import as_server_run
from flows.task_mapping import mapped
from xietong.errors import XietongError
from xietong.releases import (
    EditionLock,
    broken_promises,
    check_signature,
    complete_publication,
    publications,
    roll_back,
)
from xietong.settings import Settings


class RollbackParameters(Form):
    """Which release is served again, and why."""

    edition: EditionName = Field(title="版本", description="回退哪个版本的网站。")
    release: str = Field(default="", title="发布号", description="如 2025-10-0123456789ab；留空则回到上一次发布。")
    reason: str = Field(title="理由", min_length=1, description="记入发布记录。")


class VerificationParameters(Form):
    """Which release is verified."""

    edition: EditionName = Field(title="版本", description="核验哪个版本。")
    release: str = Field(default="", title="发布号", description="留空则核验现在发布的。")
    rebuild: bool = Field(default=True, title="重建", description="用收到的原始文件重新生成，逐字节比较。")


class PollParameters(Form):
    """Whose connected sources are asked."""

    edition: EditionName = Field(title="版本", description="向哪个版本的来源取数。")

    @field_validator("edition")
    @classmethod
    def _edition_is_text(cls, edition: Any) -> str:
        return str(edition)


@flow(
    name="rollback",
    description="让网站回到以前的一次发布；先核验其完整，再切换。",
    persist_result=False,
    validate_parameters=False,
)
@as_server_run
def rollback(parameters: RollbackParameters) -> str:
    """Serve an earlier release again and return its name."""
    settings = Settings()
    directory = settings.edition_directory(str(parameters.edition))
    with EditionLock(directory, settings.lock_wait_seconds):
        name = parameters.release or _gone_back_to(directory, parameters.reason)
        release = roll_back(directory, name, datetime.now(UTC), parameters.reason)
        write_change_log(directory)
        copy_to_targets(settings, str(parameters.edition), release)
    get_run_logger().info("现在发布的是 %s：%s", release.name, parameters.reason)
    return release.name


def _gone_back_to(directory: Path, reason: str) -> str | None:
    """Return the release that an earlier attempt of this run has gone back to, which was lost or failed then."""
    if flow_run.run_count <= 1:
        return None
    with get_client(sync_client=True) as client:
        begun = client.read_flow_run(UUID(flow_run.id)).start_time
    complete_publication(directory)
    return gone_back_since(directory, begun, reason) if begun is not None else None


def gone_back_since(directory: Path, begun: datetime, reason: str) -> str | None:
    """Return the release that was gone back to for the reason since the moment, or None.

    To go back once more, to the one that was served before, would serve again what was taken back.
    """
    for publication in reversed(publications(directory)):
        is_later = datetime.fromisoformat(publication.moment) >= begun
        if is_later and publication.action == "rolled_back" and publication.reason == reason:
            return publication.release
    return None


@flow(
    name="verify-release",
    description="核验一次发布：每个文件的指纹、签名，以及逐字节重建。",
    persist_result=False,
    validate_parameters=False,
)
@as_server_run
def verify_release(parameters: VerificationParameters) -> str:
    """Verify a release and return its name; the run fails with the first problem as its message.

    Raises:
        XietongError: the release is not what its manifest says.
    """
    settings = Settings()
    edition = str(parameters.edition)
    release = (
        named_release(settings, edition, parameters.release)
        if parameters.release
        else served_release(settings, edition)
    )
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
    validate_parameters=False,
)
@as_server_run
def poll_sources(parameters: PollParameters) -> dict[str, str]:
    """Ask every connected source of the edition and return what came of each; one that is down stops no other."""
    logger = get_run_logger()
    outcome: dict[str, str] = {}
    # Always in threads: a poll waits for others, and what it may open stands in this machine's environment.
    settings = Settings().model_copy(update={"task_runner": "threads"})
    for one in mapped(settings, "取数", poll_source, polls_of(settings, str(parameters.edition))):
        outcome[one.source.code] = one.status
        tell = logger.info if one.status in ("new", "unchanged") else logger.warning
        tell("%s：%s", one.source.code, one.message_zh)
    if not outcome:
        logger.info("%s 没有需要取数的来源", parameters.edition)
    return outcome
