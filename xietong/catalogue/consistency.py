"""Rules between the files of a catalogue: every code that is named exists, weights add up, bounds make sense."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from xietong.catalogue.articles import Target
from xietong.catalogue.catalogue import Catalogue
from xietong.catalogue.decomposition import unknown_codes
from xietong.catalogue.index import Band
from xietong.catalogue.indicators import DeclineFormula, Indicator, RatioFormula, SumFormula
from xietong.catalogue.judgements import judgement_inconsistencies, series_inconsistencies
from xietong.catalogue.legal_equivalents import unlawful_equivalents
from xietong.catalogue.remarks import unknown_in_remarks
from xietong.catalogue.scoring_consistency import scoring_inconsistencies
from xietong.errors import CatalogueError


def inconsistencies(catalogue: Catalogue) -> Iterator[CatalogueError]:
    """Yield every mistake that shows only between files."""
    yield from _units(catalogue)
    yield from _articles(catalogue)
    yield from _targets(catalogue)
    yield from _index(catalogue)
    for indicator in catalogue.indicators:
        yield from _indicator(catalogue, indicator)
    yield from _formula_order(catalogue)
    yield from _sources(catalogue)
    yield from _factors(catalogue)
    yield from _cross_checks(catalogue)
    yield from _decomposition(catalogue)
    yield from scoring_inconsistencies(catalogue)
    yield from _remarks(catalogue)
    yield from judgement_inconsistencies(catalogue)
    yield from series_inconsistencies(catalogue)


def _repeated(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


def _units(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/units.yaml"
    units, former = catalogue.units.units, catalogue.units.former_units
    codes = {unit.code for unit in units}
    for repeated in _repeated(unit.code for unit in units):
        yield CatalogueError(file, "units", f"the code {repeated} stands twice")
    names = [name for unit in units for name in {unit.name.zh, unit.name.en, *unit.aliases}]
    for name in _repeated(names):
        yield CatalogueError(file, "units", f"the name or alias {name!r} belongs to two units")
    regions = {region.code for region in catalogue.units.regions}
    groups = {group.code for group in catalogue.units.peer_groups}
    for unit in units:
        if unit.region is not None and unit.region not in regions:
            yield CatalogueError(file, f"units.{unit.code}.region", f"{unit.region!r} is not among regions")
        if unit.peer_group is not None and unit.peer_group not in groups:
            yield CatalogueError(file, f"units.{unit.code}.peer_group", f"{unit.peer_group!r} is not among peer_groups")
        for code in unit.overlaps:
            if code not in codes:
                yield CatalogueError(file, f"units.{unit.code}.overlaps", f"there is no unit {code}")
    for old in former:
        if old.successor not in codes:
            yield CatalogueError(file, f"former_units.{old.code}.successor", f"there is no unit {old.successor}")


def _articles(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/articles.yaml"
    numbers = [article.number for article in catalogue.articles.articles]
    if numbers != list(range(1, len(numbers) + 1)):
        yield CatalogueError(file, "articles", "the numbers must run from 1 without a gap")
    codes = {unit.code for unit in catalogue.units.units}
    duties = [duty for article in catalogue.articles.articles for duty in article.duties]
    for duty in duties:
        for code in duty.addressees:
            if code not in codes:
                yield CatalogueError(file, f"duties.{duty.code}.addressees", f"there is no unit {code}")
    for repeated in _repeated(duty.code for duty in duties):
        yield CatalogueError(file, "duties", f"the code {repeated} stands twice")
    known = {duty.code for duty in duties}
    for status in catalogue.duty_statuses.statuses:
        if status.duty not in known or status.unit_code not in codes:
            yield CatalogueError(
                f"{catalogue.name}/duty_status.yaml", status.duty, f"no such duty or unit ({status.unit_code})"
            )


def _targets(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/targets.yaml"
    indicators = {indicator.code for indicator in catalogue.indicators}
    articles = {article.number for article in catalogue.articles.articles}
    units = {unit.code for unit in catalogue.units.units}
    measures = {measure.code for measure in catalogue.measures.measures}
    for code in _repeated(target.code for target in catalogue.targets.targets):
        yield CatalogueError(file, "targets", f"the code {code} stands twice")
    for target in catalogue.targets.targets:
        key = f"targets.{target.code}"
        if target.article is not None and target.article not in articles:
            yield CatalogueError(file, f"{key}.article", f"there is no article {target.article}")
        if target.unit_code not in units:
            yield CatalogueError(file, f"{key}.unit_code", f"there is no unit {target.unit_code}")
        for code in (target.indicator, *(other.indicator for other in target.other_definitions)):
            if code is not None and code not in indicators:
                yield CatalogueError(file, key, f"there is no indicator {code!r}")
        if target.measure is not None and target.measure not in measures:
            yield CatalogueError(file, f"{key}.measure", f"{target.measure!r} is not in factors/measures.yaml")
        yield from _target_is_complete(file, key, target)


def _target_is_complete(file: str, key: str, target: Target) -> Iterator[CatalogueError]:
    if target.article is None and target.source is None:
        yield CatalogueError(file, key, "needs an article of the plan or a source")
    if target.kind != "directional" and None in (target.value, target.measure, target.year):
        yield CatalogueError(file, key, "a quantified target needs value, measure and year")
    if target.kind in ("decline", "total") and target.base_year is None:
        yield CatalogueError(file, f"{key}.base_year", f"a target of kind {target.kind} needs its base year")


def _index(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/index.yaml"
    nodes = {node.code: node for node in catalogue.index.nodes}
    tops = [node.code for node in catalogue.index.nodes if node.parent is None]
    if len(tops) != 1:
        yield CatalogueError(file, "nodes", f"exactly one node has no parent, found {tops}")
    for node in catalogue.index.nodes:
        if node.parent is not None and node.parent not in nodes:
            yield CatalogueError(file, f"nodes.{node.code}.parent", f"there is no node {node.parent!r}")
        children = [child.weight for child in catalogue.index.nodes if child.parent == node.code]
        if children and not math.isclose(sum(children), node.weight, abs_tol=1e-9):
            yield CatalogueError(
                file, f"nodes.{node.code}", f"its children weigh {sum(children):g}, it weighs {node.weight:g}"
            )
        if children and sum(children) <= 0:
            message = "it and all its children weigh 0, so nothing would be scored; give them weights or leave them out"
            yield CatalogueError(file, f"nodes.{node.code}", message)
        weights = [i.weight or 0 for i in catalogue.indicators if i.node == node.code]
        if node.takes == "indicators" and not math.isclose(sum(weights), 1, abs_tol=1e-9):
            yield CatalogueError(
                file, f"nodes.{node.code}", f"the weights of its indicators sum to {sum(weights):g}, not to 1"
            )
    yield from _synergy(catalogue, file)
    for scheme in ("synergy_bands", "index_bands"):
        yield from _bands(file, scheme, getattr(catalogue.index, scheme))


def _synergy(catalogue: Catalogue, file: str) -> Iterator[CatalogueError]:
    nodes = {node.code for node in catalogue.index.nodes}
    for code in (catalogue.index.synergy.pollution, catalogue.index.synergy.carbon):
        if code not in nodes:
            yield CatalogueError(file, "synergy", f"there is no node {code!r}")
    codes = {indicator.code for indicator in catalogue.indicators}
    synergy = catalogue.index.synergy
    weight = synergy.weight_pollution + synergy.weight_carbon
    if not math.isclose(weight, 1, abs_tol=1e-9):
        yield CatalogueError(file, "synergy", f"weight_pollution and weight_carbon sum to {weight:g}, not to 1")
    for quantity in (synergy.pollution_quantity, synergy.carbon_quantity, synergy.economy_quantity):
        if quantity is not None and quantity not in codes:
            yield CatalogueError(file, "synergy", f"there is no indicator {quantity!r}")


def _bands(file: str, scheme: str, bands: tuple[Band, ...]) -> Iterator[CatalogueError]:
    for lower, higher in pairwise(bands):
        if lower.upper != higher.lower:
            yield CatalogueError(file, scheme, f"band {lower.level} ends at {lower.upper}, the next begins elsewhere")


def _indicator(catalogue: Catalogue, indicator: Indicator) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/indicators/{indicator.code}.yaml"
    if (indicator.role == "derived") != (indicator.formula is not None):
        yield CatalogueError(file, "formula", "a derived indicator has a formula, a reported one has none")
    yield from _standing(catalogue, indicator, file)
    if indicator.measure not in {measure.code for measure in catalogue.measures.measures}:
        yield CatalogueError(file, "measure", f"{indicator.measure!r} is not in factors/measures.yaml")
    yield from _plausible(catalogue, indicator, file)
    if indicator.node is not None:
        yield from _scored(catalogue, indicator, file)
    units = {unit.code for unit in catalogue.units.units}
    for code in indicator.applies_to or ():
        if code not in units:
            yield CatalogueError(file, "applies_to", f"there is no unit {code}")


def _plausible(catalogue: Catalogue, indicator: Indicator, file: str) -> Iterator[CatalogueError]:
    own, city = indicator.plausible, indicator.plausible_city
    if indicator.role == "reported" and own is None:
        yield CatalogueError(file, "plausible", "a reported indicator needs its plausible range")
    for key, given in (("plausible", own), ("plausible_city", city)):
        if given is not None and given.minimum >= given.maximum:
            yield CatalogueError(file, key, "minimum must be below maximum")
    if city is None:
        return
    if own is None:
        yield CatalogueError(file, "plausible_city", "the range of the city stands beside that of its units, plausible")
    elif city.maximum <= own.maximum:
        yield CatalogueError(
            file, "plausible_city", "its maximum must be above that of plausible, which is for one unit"
        )
    elif own.reason is None:
        yield CatalogueError(
            file, "plausible.reason", "a range of units that is narrower than the city's needs its reason"
        )
    if not any(unit.kind == "city" for unit in catalogue.units.units):
        yield CatalogueError(file, "plausible_city", "there is no unit of kind city")


def _standing(catalogue: Catalogue, indicator: Indicator, file: str) -> Iterator[CatalogueError]:
    if not indicator.articles and indicator.source is None:
        yield CatalogueError(file, "articles", "an indicator stands on an article of the plan or on a named source")
    known = {article.number for article in catalogue.articles.articles}
    for number in indicator.articles:
        if number not in known:
            yield CatalogueError(file, "articles", f"there is no article {number}")


def _scored(catalogue: Catalogue, indicator: Indicator, file: str) -> Iterator[CatalogueError]:
    if indicator.node not in {node.code for node in catalogue.index.nodes if node.takes == "indicators"}:
        yield CatalogueError(file, "node", f"{indicator.node!r} is not a node of the index that takes indicators")
    if indicator.weight is None or indicator.goalposts is None or indicator.direction is None:
        yield CatalogueError(file, "node", "an indicator of the index needs weight, goalposts and direction")
        return
    worst, best = indicator.goalposts.worst.value, indicator.goalposts.best.value
    if (best > worst) != (indicator.direction == "higher") or best == worst:
        yield CatalogueError(
            file, "goalposts", f"best {best:g} and worst {worst:g} contradict direction {indicator.direction}"
        )


def _components(indicator: Indicator) -> tuple[str, ...]:
    match indicator.formula:
        case SumFormula(terms=terms):
            return tuple(term.indicator for term in terms)
        case RatioFormula(numerator=numerator, denominator=denominator):
            return (numerator, denominator)
        case DeclineFormula(of=of):
            return (of,)
    return ()


def _formula_order(catalogue: Catalogue) -> Iterator[CatalogueError]:
    """Sums are made of reported figures or other sums, ratios of those, declines of any of these."""
    by_code = {indicator.code: indicator for indicator in catalogue.indicators}
    stage = {None: 0, "sum": 1, "ratio": 2, "decline": 3, "system": 3}
    factors = {factor.code for factor in catalogue.factors}
    for indicator in catalogue.indicators:
        file = f"{catalogue.name}/indicators/{indicator.code}.yaml"
        own = stage[indicator.formula.kind if indicator.formula else None]
        for code in _components(indicator):
            if code not in by_code:
                yield CatalogueError(file, "formula", f"there is no indicator {code!r}")
                continue
            component = by_code[code].formula
            if stage[component.kind if component else None] >= own:
                yield CatalogueError(file, "formula", f"{code!r} is made at the same stage or later")
        if isinstance(indicator.formula, SumFormula):
            for term in indicator.formula.terms:
                for factor in (term.factor, term.divisor):
                    if factor is not None and factor not in factors:
                        yield CatalogueError(file, "formula.terms", f"there is no factor {factor!r}")


def _sources(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/sources.yaml"
    indicators = {indicator.code for indicator in catalogue.indicators}
    for source in catalogue.sources:
        for code in source.indicator_names.values():
            if code not in indicators:
                yield CatalogueError(file, f"sources.{source.code}.indicator_names", f"there is no indicator {code!r}")
        if (source.reader == "long_table") != (source.columns is not None):
            yield CatalogueError(file, f"sources.{source.code}.columns", "a long_table, and only it, names its columns")
        if source.connection is not None and source.connection.kind == "database" and source.columns is None:
            message = "what a database gives is a long_table; name its columns"
            yield CatalogueError(file, f"sources.{source.code}.connection", message)


def _factors(catalogue: Catalogue) -> Iterator[CatalogueError]:
    for key in _repeated((factor.code, factor.year, factor.series) for factor in catalogue.factors):
        yield CatalogueError("factors", str(key), "the same factor, year and series stands twice")
    names = [name for measure in catalogue.measures.measures for name in {measure.code, *measure.aliases}]
    for name in _repeated(names):
        yield CatalogueError("factors/measures.yaml", "measures", f"the word {name!r} means two measures")
    for code, mistake in unlawful_equivalents(catalogue.factors):
        yield CatalogueError("factors/pollution_equivalents.yaml", code, mistake)


def _decomposition(catalogue: Catalogue) -> Iterator[CatalogueError]:
    indicators = {indicator.code for indicator in catalogue.indicators}
    sums = {indicator.code for indicator in catalogue.indicators if isinstance(indicator.formula, SumFormula)}
    for mistake in unknown_codes(catalogue.index.decomposition, indicators, sums):
        yield CatalogueError(f"{catalogue.name}/index.yaml", "decomposition", mistake)


def _remarks(catalogue: Catalogue) -> Iterator[CatalogueError]:
    units, indicators = catalogue.units_by_code, catalogue.indicators_by_code
    for folder, remarks in (("explanations", catalogue.explanations), ("corrections", catalogue.corrections)):
        for mistake in unknown_in_remarks(remarks, units, indicators):
            yield CatalogueError(f"{catalogue.name}/{folder}", folder, mistake)


def _cross_checks(catalogue: Catalogue) -> Iterator[CatalogueError]:
    file = f"{catalogue.name}/cross_checks.yaml"
    checks = catalogue.cross_checks
    for code in sorted(checks.indicators - catalogue.indicators_by_code.keys()):
        yield CatalogueError(file, code, f"there is no indicator {code!r}")
    for code in sorted(checks.factors - {factor.code for factor in catalogue.factors}):
        yield CatalogueError(file, code, f"there is no factor {code!r}")
    wanted = [(ratio.indicator, "ratio") for ratio in checks.ratios]
    wanted += [(code, "decline") for code in (checks.declines.indicators if checks.declines else ())]
    for code, kind in wanted:
        indicator = catalogue.indicators_by_code.get(code)
        if indicator is not None and (indicator.formula is None or indicator.formula.kind != kind):
            yield CatalogueError(file, code, f"has no formula of kind {kind} to be compared with")
