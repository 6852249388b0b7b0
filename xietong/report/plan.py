"""The plan: its articles, who is responsible, every target with its progress, and what no figure measures."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from xietong.catalogue import Article
from xietong.report.facts import Link
from xietong.report.targets import TargetRow, target_row
from xietong.report.view import View


@dataclass(frozen=True)
class DutyProgress:
    """A duty, whom it addresses, and how many of them have come how far."""

    name: str
    addressees: tuple[Link, ...]
    statuses: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ArticleText:
    """One article with what measures it. ``is_gap``: no indicator and no figure stands for it."""

    number: int
    title: str
    summary: str
    chapter: str
    kind: str
    bodies: tuple[str, ...]
    duties: tuple[DutyProgress, ...]
    targets: tuple[TargetRow, ...]
    indicators: tuple[Link, ...]
    is_gap: bool


@dataclass(frozen=True)
class PlanPage:
    """What the plan page says."""

    title: str
    issued: str
    articles: tuple[ArticleText, ...]
    other_targets: tuple[TargetRow, ...]
    states: tuple[tuple[str, int], ...]
    quantified: int
    directional: int
    gaps: int


def plan_page(view: View) -> PlanPage:
    """Return the content of the plan page."""
    by_article: dict[int | None, list[TargetRow]] = defaultdict(list)
    for target in view.catalogue.targets.targets:
        row = target_row(view, target)
        by_article[row.article].append(row)
    everything = [row for rows in by_article.values() for row in rows]
    quantified = [row for row in everything if not row.is_directional]
    articles = tuple(
        _article(view, article, by_article[article.number]) for article in view.catalogue.articles.articles
    )
    return PlanPage(
        title=view.pick(view.catalogue.articles.plan),
        issued=view.catalogue.articles.issued.isoformat(),
        articles=articles,
        other_targets=tuple(by_article[None]),
        states=tuple(sorted(Counter(row.state for row in quantified).items())),
        quantified=len(quantified),
        directional=len(everything) - len(quantified),
        gaps=sum(article.is_gap for article in articles),
    )


def _article(view: View, article: Article, targets: list[TargetRow]) -> ArticleText:
    measuring = [indicator for indicator in view.catalogue.indicators if article.number in indicator.articles]
    statuses = Counter((status.duty, status.status) for status in view.catalogue.duty_statuses.statuses)
    return ArticleText(
        number=article.number,
        title=view.pick(article.title),
        summary=view.pick(article.summary),
        chapter=view.pick(article.chapter),
        kind=article.kind,
        bodies=tuple(view.pick(body) for body in article.bodies),
        duties=tuple(
            DutyProgress(
                name=view.pick(duty.name),
                addressees=tuple(view.unit_link(code) for code in duty.addressees),
                statuses=tuple(
                    (state, statuses[duty.code, state])
                    for state in ("done", "in_progress", "not_started")
                    if statuses[duty.code, state]
                ),
            )
            for duty in article.duties
        ),
        targets=tuple(targets),
        indicators=tuple(view.indicator_link(indicator.code) for indicator in measuring),
        is_gap=not any(indicator.code in view.evaluation.measured_indicators for indicator in measuring)
        and not any(target.value or target.near for target in targets),
    )
