"""Between the finished draft and its review stands an audit: rules that no site may break, whoever approves it.

The rules look at what lies in the draft's folder and not at what the run believes to have written.
A draft that breaks one gets no manifest and so never becomes a release; its folder stays to be looked
at until the next run.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from flows.comparison import compared_ranks
from flows.planning import Plan
from flows.publication import WrittenDraft
from flows.review import read_mart
from xietong.errors import AuditFailedError
from xietong.releases import Release, current_release
from xietong.releases.site_audit import SiteAudit
from xietong.resources import resource_directory

#: Of what breaks a rule, so much is told; the first is mostly enough to know.
_TOLD: Final = 5


@dataclass(frozen=True)
class RuleOutcome:
    """What one rule of the audit looked at, and one sentence for everything that breaks it."""

    rule: str
    looked_at: int
    problems: tuple[str, ...]


def audit_draft(plan: Plan, draft: WrittenDraft) -> dict[str, Any]:
    """Return what the manifest says of the audit: each rule with how much it looked at, and the comparison.

    Raises:
        AuditFailedError: the draft breaks a rule; what is served stays as it was.
    """
    served = current_release(plan.settings.edition_directory(plan.edition.name))
    ranks, is_compared = _compared(served, draft)
    outcomes = (
        _second_gate(draft),
        *_site(draft),
        _golden_numbers(),
        _comparison(draft, ranks),
    )
    _refuse(draft, outcomes)
    return {
        "audit": [{"rule": outcome.rule, "looked_at": outcome.looked_at} for outcome in outcomes],
        "comparison": {
            "before": served.name if served is not None else None,
            "compared": ranks.height,
            "different": _different(ranks) if is_compared else None,
        },
    }


def _refuse(draft: WrittenDraft, outcomes: Iterable[RuleOutcome]) -> None:
    broken = [outcome for outcome in outcomes if outcome.problems]
    if not broken:
        return
    lines = []
    for outcome in broken:
        lines += [f"{outcome.rule}: {problem}" for problem in outcome.problems[:_TOLD]]
        more = len(outcome.problems) - _TOLD
        if more > 0:
            lines.append(f"{outcome.rule}: {more} more like these")
    raise AuditFailedError(
        f"the draft {draft.inputs.release} may not be published, and what is published stays as it was; "
        f"it lies in {draft.directory}:\n  " + "\n  ".join(lines)
    )


def _second_gate(draft: WrittenDraft) -> RuleOutcome:
    """The checks of the second gate stand in the draft, and all that matter hold."""
    checks = read_mart(draft.as_release, "checks")
    marts = checks.filter(pl.col("gate") == "marts") if checks.height else checks
    problems = [] if marts.height else ["the draft has no checks of the second gate"]
    if marts.height:
        failed = marts.filter(~pl.col("success"), pl.col("severity") == "critical")
        problems += [f"the marts failed the check {name}" for name in failed["expectation"].sort()]
    return RuleOutcome("second_gate", marts.height, tuple(problems))


def _site(draft: WrittenDraft) -> Iterable[RuleOutcome]:
    """Every link leads somewhere, nothing is asked of another host, and no page is too heavy."""
    site = SiteAudit(draft.directory / "site")
    empty = () if "index.html" in site.pages else ("the site has no index.html",)
    rules: tuple[tuple[str, int, Callable[[], Iterable[str]]], ...] = (
        ("links", site.address_count, site.broken_links),
        ("outside_requests", len(site.sizes), site.outside_requests),
        ("page_weights", len(site.pages), site.heavy_pages),
    )
    for rule, looked_at, problems in rules:
        found = tuple(problems())
        yield RuleOutcome(rule, looked_at, empty + found if rule == "links" else found)


def _golden_numbers() -> RuleOutcome:
    """The macros give the known figures on the DuckDB that is installed."""
    from xietong.warehouse.golden_numbers import recompute_golden

    known, deviations = recompute_golden(resource_directory("sql"))
    return RuleOutcome("golden_numbers", known, tuple(deviations))


def _comparison(draft: WrittenDraft, ranks: pl.DataFrame) -> RuleOutcome:
    """Every unit that the draft ranks stands in the comparison with what is served."""
    synergy = read_mart(draft.as_release, "synergy")
    ranked = set[str]()
    if synergy.height:
        of_period = synergy.filter(pl.col("period") == draft.inputs.period, pl.col("rank").is_not_null())
        ranked = set(of_period["unit_code"])
    lost = sorted(ranked - set(ranks.filter(pl.col("rank_after").is_not_null())["unit_code"]))
    return RuleOutcome(
        "comparison", ranks.height, tuple(f"{unit} is ranked and not compared with what is served" for unit in lost)
    )


def _compared(served: Release | None, draft: WrittenDraft) -> tuple[pl.DataFrame, bool]:
    """Return the comparison with what is served, and whether there was anything to compare with.

    A served release that was damaged does not keep a sound one from taking its place.
    """
    try:
        return compared_ranks(served, draft.as_release), served is not None
    except (OSError, pl.exceptions.PolarsError):
        return compared_ranks(None, draft.as_release), False


def _different(ranks: pl.DataFrame) -> int:
    return ranks.filter(
        pl.col("score_before").ne_missing(pl.col("score_after"))
        | pl.col("rank_before").ne_missing(pl.col("rank_after"))
    ).height


def told(release: Release) -> str:
    """Return one line on the audit of a release, in both languages; empty for one from before there were audits."""
    outcomes = release.manifest.get("audit", [])
    if not outcomes:
        return ""
    looked_at = sum(outcome["looked_at"] for outcome in outcomes)
    return f"{len(outcomes)} 项规则全部通过 all {len(outcomes)} rules hold ({looked_at:,} items)"
