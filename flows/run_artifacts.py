"""What a run shows in the Prefect UI: progress, checks, scores with ranks and intervals, what is new, where it is."""

from collections.abc import Callable, Mapping
from typing import Any, Final, ParamSpec, TypeVar, cast

import polars as pl
from prefect import get_run_logger, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.comparison import compared_ranks
from flows.evaluation import Summary
from flows.review import Draft, Reviewer, read_mart
from flows.server_flow import ended_by
from xietong.releases import Release
from xietong.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
Rows = list[dict[str, Any]]

#: Open findings that the artifact lists; the site lists all.
_FINDINGS_SHOWN: Final = 50
_OUTPUTS: Final = {"synergy": "协同度", "index": "综合指数", "assessment": "考核得分"}
_GATES: Final = {"intake": "入库检查", "marts": "结果检查"}
_SEVERITIES: Final = {"critical": "拒收", "warning": "警告", "info": "提示"}
#: A run from the inbox to the published site has about so many stages.
_STAGES: Final = 10
_MISSING: Final = "—"
_INTERVAL: Final = pl.Schema(
    {"unit_code": pl.String(), "output": pl.String(), "rank_p05": pl.Int32(), "rank_p95": pl.Int32()}
)


class StagesAsTasks:
    """Runs each stage of a run as a Prefect task under its title, and moves the bar of progress."""

    def __init__(self) -> None:
        self._done = 0
        self._bar: Any = None

    def __call__(self, title: str, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the stage returns."""
        if self._bar is None:
            self._bar = create_progress_artifact(0.0, key="progress", description="进度")
        logger = get_run_logger()
        logger.info("开始：%s", title)
        # The graph of a run writes no Chinese: the number is what it shows.
        name = f"{self._done + 1} {title}"
        expected: list[Exception] = []

        # Without arguments: Prefect looks into each of them twice, and a catalogue takes it half a second.
        @task(name=title, task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
        def staged() -> T | State[Any]:
            try:
                return stage(*args, **kwargs)
            except Exception as error:
                state = ended_by(error)
                if state is None:
                    raise
                expected.append(error)
                return state

        result = staged()
        if expected:
            # The task has ended with its sentence. Who called goes on with the error, as without Prefect.
            raise expected[0]
        logger.info("完成：%s", title)
        self._done += 1
        self._move(min(self._done / _STAGES, 0.95))
        return cast("T", result)

    def finish(self) -> None:
        """Say that the run has come to its end."""
        self._move(1.0)

    def _move(self, share: float) -> None:
        if self._bar is not None:
            update_progress_artifact(self._bar, 100 * share, description="进度")


def shown(settings: Settings, review: Reviewer) -> Reviewer:
    """Return a reviewer that first writes the artifacts of the draft, then asks the one that is given."""

    def review_what_is_shown(draft: Draft, /) -> Any:
        show_draft(settings, draft)
        return review(draft)

    return review_what_is_shown


def show_draft(settings: Settings, draft: Draft) -> None:
    """Write what a reviewer needs as artifacts of the run."""
    served = draft.served.name if draft.served is not None else None
    create_markdown_artifact(
        key="draft",
        markdown=(
            f"# 草稿 {draft.release.name}\n\n"
            f"- 草稿网站：{site_link(settings, draft.release)}\n"
            f"- 现在发布的：{f'`{served}`' if served else '尚未发布过'}\n"
            f"- 未处理：拒收 {draft.open_critical} 条，警告 {draft.open_warnings} 条"
        ),
        description="草稿网站、现行版本和未处理的检查记录",
    )
    names = draft.unit_names
    compared = with_intervals(compared_ranks(draft.served, draft.release), draft.release)
    compared_with = f"与现在发布的 {served} 比较" if served else "尚未发布过，全部为新列入"
    create_table_artifact(key="scores", table=score_rows(compared, names), description="得分和名次")
    create_table_artifact(key="comparison", table=comparison_rows(compared, names), description=compared_with)
    create_table_artifact(key="validation", table=check_rows(draft.mart("checks")), description="检查结果")
    findings = finding_rows(draft.mart("findings"), names)
    if findings:
        create_table_artifact(key="open-findings", table=findings, description="未处理的检查记录")


def show_summary(settings: Settings, summary: Summary, release: Release) -> None:
    """Write the closing summary and where the site is as artifacts of the run."""
    rows: Rows = [
        {"项目": "评价期", "结果": summary.period},
        {"项目": "文件", "结果": summary.files},
        {"项目": "数据", "结果": summary.figures},
        {"项目": "拒收", "结果": summary.refused},
        {"项目": "警告", "结果": summary.warnings},
        {"项目": "已评单位", "结果": summary.units_assessed},
        {"项目": "不可评单位", "结果": summary.units_not_assessable},
        {"项目": "审核", "结果": summary.audit},
    ]
    create_table_artifact(key="summary", table=rows, description=f"{summary.edition} {summary.period}")
    create_markdown_artifact(key="site", markdown=f"已发布 `{summary.release}`：{site_link(settings, release)}")


def site_link(settings: Settings, release: Release) -> str:
    """Return the site of a release in Markdown: a link by its name where it is served to reviewers, else its file."""
    if settings.review_address is None:
        return f"`{release.directory / 'site' / 'index.html'}`"
    address = f"{settings.review_address.rstrip('/')}/releases/{release.name}/index.html"
    return f"[{release.name}]({address})"


def with_intervals(compared: pl.DataFrame, release: Release) -> pl.DataFrame:
    """Return the compared ranks with the 5–95 % interval of the later one: ``rank_p05`` and ``rank_p95``, or nulls."""
    period = release.manifest["inputs"]["period"]
    intervals = read_mart(release, "rank_intervals")
    known = intervals.filter(pl.col("period") == period) if intervals.width else pl.DataFrame(schema=_INTERVAL)
    return compared.join(known.select(_INTERVAL.names()), ["unit_code", "output"], "left")


def score_rows(compared: pl.DataFrame, names: Mapping[str, str]) -> Rows:
    """Return a row for every ranked unit and output by rank; a rank stands with its interval."""
    ranked = compared.filter(pl.col("rank_after").is_not_null())
    return [
        {
            "结果": _OUTPUTS[row["output"]],
            "名次": row["rank_after"],
            "名次区间（5–95 %）": _interval(row["rank_p05"], row["rank_p95"]),
            "单位": names.get(row["unit_code"], row["unit_code"]),
            "得分": _score(row["score_after"]),
            "上次发布名次": row["rank_before"] if row["rank_before"] is not None else _MISSING,
            "名次变化": _move(row["rank_before"], row["rank_after"]),
        }
        for output in _OUTPUTS
        for row in ranked.filter(pl.col("output") == output).sort("rank_after", "unit_code").to_dicts()
    ]


def comparison_rows(compared: pl.DataFrame, names: Mapping[str, str]) -> Rows:
    """Return a row for every score or rank that is another than in the release that is served."""
    different = compared.filter(
        pl.col("score_before").ne_missing(pl.col("score_after"))
        | pl.col("rank_before").ne_missing(pl.col("rank_after"))
    )
    rows: Rows = [
        {
            "单位": names.get(row["unit_code"], row["unit_code"]),
            "结果": _OUTPUTS[row["output"]],
            "原得分": _score(row["score_before"]),
            "新得分": _score(row["score_after"]),
            "原名次": row["rank_before"] if row["rank_before"] is not None else _MISSING,
            "新名次": row["rank_after"] if row["rank_after"] is not None else _MISSING,
            "新名次区间（5–95 %）": _interval(row["rank_p05"], row["rank_p95"]),
        }
        for row in different.to_dicts()
    ]
    return rows or [{"单位": "（没有变化）"}]


def check_rows(checks: pl.DataFrame) -> Rows:
    """Return a row for every rule: how many figures it looked at and how many failed; those that failed come first."""
    if checks.is_empty():
        return [{"检查": "（没有检查）"}]
    by_rule = (
        checks.group_by("gate", "expectation", "severity")
        .agg(pl.col("description_zh").min(), pl.col("evaluated").sum(), pl.col("failed").sum(), pl.col("success").all())
        .sort("success", "gate", "expectation", "severity")
    )
    return [
        {
            "环节": _GATES.get(row["gate"], row["gate"]),
            "检查": row["description_zh"],
            "级别": _SEVERITIES.get(row["severity"], row["severity"]),
            "检查数": row["evaluated"],
            "未通过": row["failed"],
            "结果": "通过" if row["success"] else "未通过",
        }
        for row in by_rule.to_dicts()
    ]


def finding_rows(findings: pl.DataFrame, names: Mapping[str, str]) -> Rows:
    """Return the first open findings, refusals before warnings."""
    if findings.is_empty():
        return []
    still_open = findings.filter(pl.col("status") == "open").sort(
        "severity", "unit_code", "message_zh", nulls_last=True
    )
    return [
        {
            "级别": _SEVERITIES.get(row["severity"], row["severity"]),
            "单位": names.get(row["unit_code"], row["unit_code"] or _MISSING),
            "位置": row["location"] or _MISSING,
            "问题": row["message_zh"],
        }
        for row in still_open.head(_FINDINGS_SHOWN).to_dicts()
    ]


def _score(score: float | None) -> str:
    return _MISSING if score is None else f"{score:.4f}"


def _interval(low: Any, high: Any) -> str:
    return _MISSING if low is None or high is None else f"{low}–{high}"


def _move(before: int | None, after: int) -> str:
    """Return how many places a unit went up or down; upwards is towards the first."""
    if before is None:
        return "新列入"
    return "不变" if before == after else f"{'升' if after < before else '降'} {abs(before - after)} 位"
