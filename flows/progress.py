"""What the command line shows: a line a stage while it runs, and the closing summary."""

from collections.abc import Callable, Sequence
from time import perf_counter
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from rich.console import Console
from rich.table import Table

from flows.evaluation import Summary
from flows.intake import TakenIn
from xietong.signs import shown
from xietong.workbook import OUTCOMES, ReturnedItem

#: More are in the list that goes back.
_SHOWN_PROBLEMS: Final = 20

P = ParamSpec("P")
T = TypeVar("T")


class ProgressDisplay:
    """Runs stages directly and shows which one is running and how long each took."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self._status = self.console.status("")

    def __enter__(self) -> Self:
        """Show the display."""
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take the display away."""
        self._status.stop()

    def __call__(self, title: str, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the stage and return what it returns."""
        self._status.update(title)
        started = perf_counter()
        result = stage(*args, **kwargs)
        self.console.print(f"  {title}  [dim]{perf_counter() - started:.1f} s[/dim]", highlight=False)
        return result


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Print what was evaluated, what was refused and where the site is; of a run without anything new, that alone."""
    console = console or Console()
    if not summary.is_new:
        console.print(
            f"没有变化，仍发布 {summary.release}。 Nothing has changed; {summary.release} is served.",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )
        return
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("版本 edition", f"{summary.edition}  {summary.period}")
    table.add_row("文件 files", f"{summary.files}")
    table.add_row("数据 figures", f"{summary.figures:,}")
    table.add_row("拒收 refused", f"{summary.refused:,}")
    table.add_row("警告 warnings", f"{summary.warnings:,}")
    table.add_row("已评 assessed", f"{summary.units_assessed}")
    table.add_row("不可评 not assessable", f"{summary.units_not_assessable}")
    table.add_row("审核 audit", summary.audit)
    table.add_row("发布 release", summary.release)
    console.print(table, highlight=False)
    console.print(f"网站 site: {summary.site}", highlight=False, soft_wrap=True, markup=False)


def _told(problem: ReturnedItem) -> str:
    """Return a problem as one line: where it is, what it is, and what is allowed."""
    place = "!".join(part for part in (problem.sheet, problem.cell) if part)
    about = " ".join(part for part in (problem.indicator, problem.period) if part)
    words = (OUTCOMES.get(problem.severity, problem.severity), place, about, problem.problem)
    allowed = f"（允许：{problem.allowed}）" if problem.allowed else ""
    return shown("  ".join(word for word in words if word) + allowed)


def print_taken_in(files: Sequence[TakenIn], console: Console | None = None) -> int:
    """Print what became of each file; return 0, or 1 when no figure of any of them is valid."""
    console = console or Console(soft_wrap=True, highlight=False, markup=False)
    for taken in files:
        counts = taken.file
        console.print(f"{counts.file}")
        console.print(
            f"  采用 accepted {counts.accepted}  未采用 refused {counts.refused}  待核实 doubtful {counts.doubtful}"
        )
        for problem in taken.problems[:_SHOWN_PROBLEMS]:
            console.print(f"  {_told(problem)}")
        if len(taken.problems) > _SHOWN_PROBLEMS:
            console.print(f"  还有 {len(taken.problems) - _SHOWN_PROBLEMS} 条，见退回单 and more in the list")
        console.print(f"  退回单 list to return: {taken.returned_list}")
        if taken.kept_as is not None:
            console.print(f"  收件箱 inbox: {taken.kept_as}")
    return 0 if any(taken.file.accepted for taken in files) else 1
