"""Everything on the site that has a name, as one list: the search filters it, and without scripts it is an index."""

from collections.abc import Iterator
from dataclasses import dataclass

from xietong.catalogue import Text
from xietong.report.facts import Link, Sentence
from xietong.report.view import View, indicator_path, unit_path


@dataclass(frozen=True)
class Entry:
    """One thing that can be found; ``other`` is what else it is called: in the other language, and its code."""

    link: Link
    other: str
    detail: str = ""


@dataclass(frozen=True)
class EntryGroup:
    """The entries of one kind; ``kind`` is the key of its heading."""

    kind: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class SearchPage:
    """The list of the page, and how many entries it has."""

    groups: tuple[EntryGroup, ...]
    pages: tuple[tuple[str, Sentence], ...]

    @property
    def total(self) -> int:
        """Return how many entries there are."""
        return sum(len(group.entries) for group in self.groups) + len(self.pages)


#: Pages that are found by their titles; those of units and indicators stand in lists of their own.
_PAGES = ("index", "ranking", "synergy", "compare", "whatif", "quality", "coverage", "sources", "rules", "uncertainty")
_TITLES = {"index": "overview"}


def search_page(view: View) -> SearchPage:
    """Return every unit, indicator, article and term with the page or place that says what it is."""
    groups = [
        EntryGroup("units", tuple(_units(view))),
        EntryGroup("indicators", tuple(_indicators(view))),
        EntryGroup("articles", tuple(_articles(view))),
        EntryGroup("terms", tuple(_terms(view))),
    ]
    pages = tuple((f"{name}.html", Sentence(f"{_TITLES.get(name, name)}.title")) for name in _PAGES)
    more = tuple((f"{name}.html", Sentence(f"{name}.title")) for name in ("method", "downloads", "interface", "about"))
    return SearchPage(tuple(group for group in groups if group.entries), pages + more)


def _other(view: View, text: Text) -> str:
    return (text.en if view.language == "zh" else text.zh) or ""


def _units(view: View) -> Iterator[Entry]:
    for unit in view.catalogue.units.units:
        yield Entry(view.unit_link(unit.code), f"{_other(view, unit.name)} {unit.code}", view.group_name(unit.region))
    for former in view.catalogue.units.former_units:
        if former.successor is not None:
            link = Link(view.pick(former.name), unit_path(former.successor))
            yield Entry(link, f"{_other(view, former.name)} {former.code}", f"→ {view.unit_name(former.successor)}")


def _indicators(view: View) -> Iterator[Entry]:
    # What is scored comes before what it is computed from: both often begin with the same word.
    for indicator in sorted(view.catalogue.indicators, key=lambda indicator: indicator.node is None):
        link = Link(view.pick(indicator.name), indicator_path(indicator.code))
        yield Entry(link, f"{_other(view, indicator.name)} {indicator.code}", view.pick(indicator.definition))


def _articles(view: View) -> Iterator[Entry]:
    for article in view.catalogue.articles.articles:
        link = Link(view.pick(article.title), f"plan.html#a-{article.number}")
        yield Entry(link, _other(view, article.title), str(article.number))


def _terms(view: View) -> Iterator[Entry]:
    index = view.catalogue.index
    for node in index.nodes:
        path = "method.html#synergy" if node.takes == "synergy_degree" else "method.html#tree"
        yield Entry(Link(view.pick(node.name), path), _other(view, node.name), view.optional(node.description))
    for name in (*(band.name for band in index.synergy_bands), *(each.name for each in index.lag_types)):
        yield Entry(Link(view.pick(name), "method.html#synergy"), _other(view, name))
    for band in index.index_bands:
        yield Entry(Link(view.pick(band.name), "method.html#index"), _other(view, band.name))
    for name in (*(each.name for each in index.quadrants), *(each.name for each in index.tapio_states)):
        yield Entry(Link(view.pick(name), "method.html#change"), _other(view, name))
