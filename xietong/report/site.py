"""The whole site: which pages there are, where they go and what is on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from xietong.catalogue import Catalogue, Edition
from xietong.report.about import about_page, downloads_page
from xietong.report.chains import Chains
from xietong.report.compare import compare
from xietong.report.coverage import Coverage
from xietong.report.evaluation import Evaluation
from xietong.report.facts import LANGUAGES, Chrome, Language, Page, RunFacts, Sentence, Site
from xietong.report.heatmap import heat_map
from xietong.report.indicators import indicator_list, indicator_report
from xietong.report.interface import Interface
from xietong.report.interface_page import interface_page
from xietong.report.method import method_page
from xietong.report.output_chains import Outputs
from xietong.report.overview import overview
from xietong.report.plan import plan_page
from xietong.report.provenance_page import ProvenancePages, provenance_path
from xietong.report.quality import coverage_page, quality, sources_page
from xietong.report.ranking import ranking
from xietong.report.rules import rules_page
from xietong.report.search import search_page
from xietong.report.synergy_page import synergy_page
from xietong.report.uncertainty import uncertainty_page
from xietong.report.unit_list import unit_list
from xietong.report.units import unit_report
from xietong.report.view import View, indicator_path, unit_path
from xietong.report.whatif import what_if


def build_site(
    marts: Mapping[str, pl.DataFrame],
    catalogue: Catalogue,
    edition: Edition,
    run: RunFacts,
    languages: Sequence[Language] = LANGUAGES,
) -> Site:
    """Return every page in the languages; what the languages share comes with the pages of the first of all.

    ``marts`` are the tables of the schema ``marts`` by their bare names; one that a run did not
    compute may be absent. The pages show the period of ``run``.
    """
    evaluation = Evaluation(marts, catalogue, run.period)
    chains, outputs = Chains(evaluation), Outputs(evaluation)
    interface = Interface(evaluation, edition, run, chains, outputs)
    chromes: dict[Language, Chrome] = {}
    pages: list[Page] = []
    for language in languages:
        view = View(evaluation, edition, run, language)
        chromes[language] = _chrome(view)
        pages.extend(_pages(view, ProvenancePages(view, chains, outputs), interface))
    site = Site(catalogue.name, run.release, chromes, tuple(pages))
    if not site.has_shared_files:
        return site
    return replace(site, unit_tables=evaluation.unit_tables, resources=interface.resources)


def _chrome(view: View) -> Chrome:
    return Chrome(
        language=view.language,
        title=view.pick(view.edition.title),
        edition=view.run.edition,
        period=view.evaluated,
        method_version=view.run.method_version,
        is_demonstration=view.edition.origin == "demonstration",
        is_illustration=any(unit.kind == "province" for unit in view.ranked_units),
        has_plan=bool(view.catalogue.articles.articles or view.catalogue.targets.targets),
    )


def _pages(view: View, provenance: ProvenancePages, interface: Interface) -> Iterator[Page]:
    coverage = Coverage(view)

    def page(path: str, template: str, content: object, title: Sentence | None = None) -> Page:
        return Page(path, view.language, template, title or Sentence(f"{template}.title"), content)

    yield page("index.html", "overview", overview(view, coverage))
    yield page("ranking.html", "ranking", ranking(view))
    yield page("synergy.html", "synergy", synergy_page(view))
    yield page("compare.html", "compare", compare(view))
    yield page("whatif.html", "whatif", what_if(view))
    yield page("rules.html", "rules", rules_page(view))
    yield page("uncertainty.html", "uncertainty", uncertainty_page(view))
    yield page("units/index.html", "units", unit_list(view, coverage))
    for unit in view.catalogue.units.units:
        name = Sentence("unit.title", {"unit": view.pick(unit.name)})
        yield page(unit_path(unit.code), "unit", unit_report(view, coverage, unit), name)
    for unit in view.catalogue.units.units:
        name = Sentence("provenance.title", {"unit": view.pick(unit.name)})
        yield page(provenance_path(unit.code), "provenance", provenance.page(unit), name)
    yield page("indicators/index.html", "indicators", indicator_list(view, coverage))
    yield page("heatmap.html", "heatmap", heat_map(view, coverage))
    for indicator in view.catalogue.indicators:
        name = Sentence("indicator.title", {"indicator": view.pick(indicator.name)})
        yield page(indicator_path(indicator.code), "indicator", indicator_report(view, coverage, indicator), name)
    if view.catalogue.articles.articles or view.catalogue.targets.targets:
        yield page("plan.html", "plan", plan_page(view))
    yield page("quality.html", "quality", quality(view, coverage))
    yield page("coverage.html", "coverage", coverage_page(view, coverage))
    yield page("sources.html", "sources", sources_page(view))
    yield page("method.html", "method", method_page(view, coverage))
    yield page("search.html", "search", search_page(view))
    yield page("downloads.html", "downloads", downloads_page(view))
    yield page("interface.html", "interface", interface_page(view, interface))
    yield page("about.html", "about", about_page(view))
