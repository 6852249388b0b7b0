"""What people are told while and after a run: that it failed, that a draft waits for them, that a form has not come.

Nothing here can hold up or fail a run. What could not be delivered is a warning in the log of the run.
"""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl

from flows.planning import Plan
from flows.review import Decision, Draft, Reviewer
from xietong.errors import RejectedError, TargetError, UsageError, XietongError
from xietong.notification import Message, Notifier
from xietong.releases import CURRENT, Release, current_release
from xietong.settings import Settings

#: So many units are named for a period; the site names all.
_NAMED: Final = 15
_LAST_TOLD: Final = "late-units-told.txt"

_logger = logging.getLogger(__name__)


class Announcements:
    """A context in which a run tells people what concerns them; a failure that leaves it is told too.

    Whoever started a run with parameters that cannot be served sees it at once, and a rejection is a person's
    decision: neither is told.
    """

    def __init__(self, settings: Settings, edition: str, period: str | None) -> None:
        self._edition = edition
        self._directory = settings.edition_directory(edition)
        self._period = period
        addresses = [address.get_secret_value() for address in settings.notification_addresses]
        self._is_quiet = not addresses
        self._told: Path | None = None
        self._notifier = Notifier(addresses, settings.notification_seconds)

    def __enter__(self) -> Self:
        """Begin to listen for failures."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Tell of a failure, and wait for what is still on its way."""
        if isinstance(error, Exception) and not isinstance(error, RejectedError | UsageError):
            self._failed(error)
        problems = self._notifier.close()
        for problem in problems:
            _logger.warning(problem)
        if problems and self._told is not None:
            # Not everybody knows of the late units: the next run tells again.
            self._told.unlink(missing_ok=True)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, TargetError):
            self._target_failed(error)
            return
        # What a mistake of the program says may hold anything; its kind is enough to look for it in the log.
        reason = str(error) if isinstance(error, XietongError) else f"程序错误 {type(error).__name__}，详见运行日志"
        asked = self._period or "最新一期"
        self._tell(
            Message(
                "run_failed",
                self._edition,
                f"{self._edition} {asked} 运行失败{_served_now(self._directory)}。",
                (reason,),
                {"period": self._period or "", "error": type(error).__name__},
            )
        )

    def _target_failed(self, error: TargetError) -> None:
        self._tell(
            Message(
                "target_failed",
                self._edition,
                f"{self._edition} {error.release} 已在本机发布，但未能复制到全部目标；重新运行即可补上。",
                tuple(error.problems),
                {"release": error.release},
            )
        )

    def units_are_late(self, plan: Plan, release: Release) -> None:
        """Tell which units have sent nothing of what was due, unless the same was told before.

        Only a release that is served tells of the present; one that fills the past does not.
        """
        served = current_release(plan.settings.edition_directory(plan.edition.name))
        if self._is_quiet or plan.as_of is not None or served is None or served.name != release.name:
            return
        from xietong.warehouse.late_units import late_units

        try:
            late = late_units(release.directory / "warehouse.duckdb", datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 — a run that has published is not failed by a message
            _logger.warning("late units could not be looked up: %s", type(error).__name__)
            return
        lines = _late_lines(plan, late)
        told = plan.settings.edition_directory(plan.edition.name) / _LAST_TOLD
        if not lines or _was_told(told, lines):
            return
        self._told = told
        self._tell(
            Message(
                "units_late",
                self._edition,
                f"{self._edition} 报送期限已过，以下单位尚未报送：",
                tuple(lines),
                {"release": release.name, "units": str(late["unit_code"].n_unique())},
            )
        )

    def _tell(self, message: Message) -> None:
        if not self._is_quiet:
            self._notifier.tell(message)


def announced(settings: Settings, review: Reviewer) -> Reviewer:
    """Return a reviewer that first tells people that a draft waits for them, then asks the one that is given."""

    def review_what_was_announced(draft: Draft, /) -> Decision:
        addresses = [address.get_secret_value() for address in settings.notification_addresses]
        notifier = Notifier(addresses, settings.notification_seconds)
        details = [f"未处理：拒收 {draft.open_critical} 条，警告 {draft.open_warnings} 条。"]
        if settings.review_address is not None:
            details.append(f"{settings.review_address.rstrip('/')}/releases/{draft.release.name}/index.html")
        notifier.tell(
            Message(
                "review_waiting",
                draft.edition,
                f"{draft.edition} 草稿 {draft.release.name} 待审核，请在 Prefect 界面点击 Resume。",
                tuple(details),
                {"release": draft.release.name},
            )
        )
        try:
            return review(draft)
        finally:
            for problem in notifier.close():
                _logger.warning(problem)

    return review_what_was_announced


def _served_now(edition_directory: Path) -> str:
    """Return which release is served; a failure may come before or after the switch."""
    link = edition_directory / CURRENT
    with suppress(OSError):
        if not link.exists():
            return "，目前没有已发布的网站"
        if link.is_symlink():
            return f"，现在发布的是 {link.resolve().name}"
    return ""


def _late_lines(plan: Plan, late: pl.DataFrame) -> list[str]:
    """Return one line a period with the names of the units, the first of them where there are many."""
    names = {code: unit.name.zh for code, unit in plan.catalogue.units_by_code.items()}
    lines = []
    for (period,), units in late.group_by("period", maintain_order=True):
        codes = units["unit_code"].to_list()
        named = "、".join(names.get(code, code) for code in codes[:_NAMED])
        lines.append(f"{period}：{named}" + (f" 等 {len(codes)} 个单位" if len(codes) > _NAMED else ""))
    return lines


def _was_told(path: Path, lines: list[str]) -> bool:
    """Return whether these very lines were told last, and remember them."""
    text = "\n".join(lines)
    try:
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return True
        path.write_text(text, encoding="utf-8")
    except OSError:
        return False
    return False
