"""Between a finished draft and the published site stands a decision: of a person, or of a rule in unattended runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import polars as pl

from xietong.releases import Release

Mode = Literal["auto", "manual"]
Verdict = Literal["publish", "reject", "keep"]


@dataclass(frozen=True)
class Draft:
    """A finished release that is not served yet, with what a reviewer has to weigh."""

    edition: str
    release: Release
    served: Release | None
    open_critical: int
    open_warnings: int
    #: How its pages name the units, by code.
    unit_names: Mapping[str, str] = field(default_factory=dict)

    def mart(self, name: str) -> pl.DataFrame:
        """Return a mart of the draft."""
        return read_mart(self.release, name)


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom and why. A release that is kept is neither served nor rejected."""

    verdict: Verdict
    mode: Mode
    reviewer: str = ""
    comment: str = ""


class Reviewer(Protocol):
    """Decides whether a draft is published."""

    def __call__(self, draft: Draft, /) -> Decision:
        """Return the decision; it may take days."""


def approve_without_review(_: Draft) -> Decision:
    """Return the decision of an edition that is published unattended."""
    return Decision("publish", "auto")


def keep_beside(_: Draft, /) -> Decision:
    """Return the decision of a backfill: the release is there to be read and compared, what is served stays."""
    return Decision("keep", "auto")


def what_is_missing(draft: Draft, decision: Decision) -> str | None:
    """Return what a person's decision still needs, in one sentence, or None when it can stand."""
    if decision.mode == "auto":
        return None
    if not decision.reviewer.strip():
        return "请填写审核人姓名。"
    if decision.verdict == "reject" and not decision.comment.strip():
        return "退回需要说明理由。"
    if decision.verdict == "publish" and draft.open_critical and not decision.comment.strip():
        return f"还有 {draft.open_critical} 条未处理的拒收记录，同意发布需要说明理由。"
    return None


def read_mart(release: Release, name: str) -> pl.DataFrame:
    """Return a mart of a release as its downloads hold it; without rows or columns when it has none of that name."""
    path = release.directory / "site" / "downloads" / f"{name}.parquet"
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame()


def open_findings(release: Release) -> tuple[int, int]:
    """Return how many critical findings and how many warnings of a release are neither explained nor corrected."""
    findings = read_mart(release, "findings")
    if findings.is_empty():
        return 0, 0
    severities = findings.filter(pl.col("status") == "open")["severity"]
    return int((severities == "critical").sum()), int((severities == "warning").sum())
