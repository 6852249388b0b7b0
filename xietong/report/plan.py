"""The plan: its articles, who is responsible, every target with its progress, and what no figure measures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Article
from xietong.report.facts import Link
from xietong.report.targets import TargetRow, target_row
from xietong.report.view import View

_STATES: Final = ("met", "on_track", "behind", "not_yet_due", "no_figure", "other_definition", "directional")


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

    @property
    def states(self) -> Mapping[str, int]:
        """Return how many of the targets are in each state."""
        return states_of(self.targets)


@dataclass(frozen=True)
class PlanPage:
    """What the plan page says."""

    title: str
    issued: str
    articles: tuple[ArticleText, ...]
    other_targets: tuple[TargetRow, ...]
    states: tuple[tuple[str, int], ...]
    #: The states in which any target is, those that were judged first.
    columns: tuple[str, ...]
    quantified: int
    directional: int
    gaps: int

    @property
    def other_states(self) -> Mapping[str, int]:
        """Return how many of the targets of other documents are in each state."""
        return states_of(self.other_targets)


def states_of(targets: Iterable[TargetRow]) -> Mapping[str, int]:
    """Return how many of the targets are in each state."""
    return Counter(target.state for target in targets)


def plan_page(view: View) -> PlanPage:
    """Return the content of the plan page."""
    by_article: dict[int | None, list[TargetRow]] = defaultdict(list)
    for target in view.catalogue.targets.targets:
        row = target_row(view, target)
        by_article[row.article].append(row)
    everything = [row for rows in by_article.values() for row in rows]
    quantified = [row for row in everything if not row.is_directional]
    of_state = states_of(quantified)
    articles = tuple(
        _article(view, article, by_article[article.number]) for article in view.catalogue.articles.articles
    )
    return PlanPage(
        title=view.pick(view.catalogue.articles.plan),
        issued=view.catalogue.articles.issued.isoformat(),
        articles=articles,
        other_targets=tuple(by_article[None]),
        states=tuple((state, of_state[state]) for state in _STATES if state in of_state),
        columns=tuple(state for state in _STATES if state in states_of(everything)),
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
