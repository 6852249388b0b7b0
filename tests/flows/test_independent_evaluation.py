"""The demonstration computed a second time, in plain Python from the published figures and the method's text.

Nothing of the SQL is used: windows, sums, ratios, declines, goalposts, means, coupling and ranks are written
again as docs/method and the catalogue state them. What the system itself counts (timeliness, pass rate) is
taken as published.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Indicator

pytestmark = pytest.mark.long

#: The first period, when the system's own counts are all there is, the base year's end, and later ones; with the least
#: number of values that a period must have.
PERIODS = {"2020-01": 80, "2020-12": 2500, "2023-02": 2500, "2025-12": 2500, "2026-10": 2500}
Known = tuple[float, int]  # a value and the month (years × 12 + month, from 0) at which its window ends


def month_and_span(period: str) -> tuple[int, int]:
    """Return the last month of a period, counted from year 0, and how many months it has."""
    year = int(period[:4])
    if "Q" in period:
        return year * 12 + int(period[-1]) * 3 - 1, 3
    return (year * 12 + int(period[-2:]) - 1, 1) if len(period) == 7 else (year * 12 + 11, 12)


class Evaluation:
    """Indicator values of every unit from its figures alone."""

    def __init__(self, catalogue: Catalogue, observations: pl.DataFrame, system: dict[Any, float]) -> None:
        self.catalogue = catalogue
        self.system = system
        self.series: dict[tuple[str, str], dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        for row in observations.select("unit_code", "indicator_code", "period", "value").iter_rows():
            month, span = month_and_span(row[2])
            self.series[row[0], row[1]][span][month] = row[3]

    def windows(self, unit: str, indicator: Indicator) -> Iterator[Known]:
        """Yield the value of every window; of two that end together, the one of finer figures."""
        found: dict[int, float] = {}
        for span, figures in sorted(self.series[unit, indicator.code].items()):
            for end, own in figures.items():
                value = self._window(indicator, span, figures, end, own)
                if value is not None:
                    found.setdefault(end, value)
        yield from ((value, end) for end, value in found.items())

    def _window(self, indicator: Indicator, span: int, figures: dict[int, float], end: int, own: float) -> float | None:
        if indicator.window == "point" or indicator.aggregation == "last" or indicator.formula is not None:
            return own
        assert indicator.window == "trailing_12m"
        inside = [figures[month] for month in sorted(figures) if end - 12 < month <= end]
        share = len(inside) * span / 12
        if indicator.aggregation == "sum":
            return math.fsum(inside) if share >= 1 else None
        needed = self.catalogue.index.window_availability
        return math.fsum(inside) / len(inside) if share >= needed.numerator / needed.denominator else None

    def received(self, unit: str, indicator: Indicator, now: int) -> Known | None:
        """Return the newest value that is not too old."""
        usable = [known for known in self.windows(unit, indicator) if known[1] <= now]
        newest = max(usable, key=lambda known: known[1], default=None)
        return newest if newest is not None and now - newest[1] <= indicator.carry_months else None

    def value(self, unit: str, code: str, now: int) -> Known | None:
        """Return the value of an indicator in the period that ends with month ``now``."""
        indicator = self.catalogue.indicators_by_code[code]
        formula = indicator.formula
        computed: Known | None = None
        if formula is None:
            return self.received(unit, indicator, now)
        if formula.kind == "system":
            value = self.system.get((unit, code))
            return None if value is None else (value, now)
        if formula.kind == "sum":
            computed = self._sum(unit, formula, now)
        elif formula.kind == "ratio":
            computed = self._ratio(unit, formula, now)
        elif formula.kind == "decline":
            computed = self._decline(unit, formula, now)
        return computed or self.received(unit, indicator, now)

    def _sum(self, unit: str, formula: Any, now: int) -> Known | None:
        addends = [
            self.received(unit, self.catalogue.indicators_by_code[term.indicator], now) for term in formula.terms
        ]
        known = [addend for addend in addends if addend is not None]
        if len(known) < len(addends) or len({end for _, end in known}) != 1:
            return None
        parts = [
            value * self._multiplier(term, formula, now) for term, (value, _) in zip(formula.terms, known, strict=True)
        ]
        return math.fsum(parts), known[0][1]

    def _multiplier(self, term: Any, formula: Any, now: int) -> float:
        product = term.coefficient
        if term.factor is not None:
            of_series = [
                factor
                for factor in self.catalogue.factors
                if factor.code == term.factor and factor.series in (None, formula.series)
            ]
            asked = formula.constant_year or now // 12
            announced = [factor for factor in of_series if (factor.year or 0) <= asked]
            by_year = {factor.year or 0: factor.value for factor in of_series}
            product *= by_year[max(factor.year or 0 for factor in announced) if announced else min(by_year)]
        if term.divisor is not None:
            product /= next(factor.value for factor in self.catalogue.factors if factor.code == term.divisor)
        return product

    def _ratio(self, unit: str, formula: Any, now: int) -> Known | None:
        above, below = (self.value(unit, code, now) for code in (formula.numerator, formula.denominator))
        if above is None or below is None or below[0] == 0:
            return None
        frequencies = {
            self.catalogue.indicators_by_code[code].frequency for code in (formula.numerator, formula.denominator)
        }
        if len(frequencies) == 1 and above[1] != below[1]:
            return None
        return formula.scale * above[0] / below[0], min(above[1], below[1])

    def _decline(self, unit: str, formula: Any, now: int) -> Known | None:
        end_of_base = formula.base_year * 12 + 11
        base, present = self.value(unit, formula.of, end_of_base), self.value(unit, formula.of, now)
        if base is None or present is None or base[0] == 0 or base[1] // 12 != formula.base_year:
            return None
        return 100 * (1 - present[0] / base[0]), present[1]


def goalpost_score(value: float, indicator: Indicator) -> float:
    worst, best = indicator.goalposts.worst.value, indicator.goalposts.best.value
    return min(100.0, max(0.0, 100 * (value - worst) / (best - worst)))


def sub_index(evaluation: Evaluation, unit: str, node: str, now: int) -> float | None:
    applicable = observed = points = 0.0
    for indicator in evaluation.catalogue.indicators:
        if indicator.node != node or (indicator.applies_to is not None and unit not in indicator.applies_to):
            continue
        applicable += indicator.weight
        known = evaluation.value(unit, indicator.code, now)
        if known is not None:
            observed += indicator.weight
            points += indicator.weight * goalpost_score(known[0], indicator)
    needed = evaluation.catalogue.index.availability
    if observed / applicable < needed.numerator / needed.denominator - 1e-9:
        return None
    return points / observed


def synergy_degree(pollution: float | None, carbon: float | None) -> float | None:
    """Return D for two sides with scores 0–100: sqrt(C · T), C after Wang 2021."""
    if pollution is None or carbon is None:
        return None
    p, k = pollution / 100, carbon / 100
    if p == k == 0:
        return 0.0
    return math.sqrt(math.sqrt((1 - abs(p - k)) * min(p, k) / max(p, k)) * (p + k) / 2)


def node_scores(evaluation: Evaluation, unit: str, now: int) -> dict[str, float | None]:
    index = evaluation.catalogue.index
    scores: dict[str, float | None] = {
        node.code: sub_index(evaluation, unit, node.code, now) for node in index.nodes if node.takes == "indicators"
    }
    degree = synergy_degree(scores[index.synergy.pollution], scores[index.synergy.carbon])
    for level in ("sub_index", "pillar", "index"):
        for node in index.nodes:
            if node.level == level and node.takes == "synergy_degree":
                scores[node.code] = None if degree is None else 100 * degree
            elif node.level == level and node.takes == "nodes":
                parts = [(part.weight, scores[part.code]) for part in index.nodes if part.parent == node.code]
                scores[node.code] = mean(parts, node.aggregation, index.geometric_floor)
    return scores


def mean(parts: list[tuple[float, float | None]], kind: str, floor: float) -> float | None:
    if any(score is None for _, score in parts):
        return None
    total = sum(weight for weight, _ in parts)
    if kind == "geometric":
        return math.exp(sum(weight * math.log(max(score, floor)) for weight, score in parts) / total)
    return sum(weight * score for weight, score in parts) / total


def read(release: Path, mart: str, period: str | None = None) -> pl.DataFrame:
    frame = pl.read_parquet(release / "site" / "downloads" / f"{mart}.parquet")
    return frame if period is None else frame.filter(pl.col("period") == period)


@pytest.mark.parametrize(("period", "least"), PERIODS.items())
def test_every_figure_score_and_rank_is_found_again(demonstration, catalogue, period, least) -> None:
    published = read(demonstration, "indicator_scores", period)
    counted = published.filter(pl.col("method") == "system").select("unit_code", "indicator_code", "value")
    system = {(unit, code): value for unit, code, value in counted.iter_rows()}
    evaluation = Evaluation(catalogue, read(demonstration, "observations"), system)
    now = month_and_span(period)[0]
    compared = 0
    for row in published.iter_rows(named=True):
        if row["state"] == "not_applicable":
            continue
        known = evaluation.value(row["unit_code"], row["indicator_code"], now)
        assert (known is None) == (row["state"] == "missing"), row
        if known is not None:
            assert row["value"] == pytest.approx(known[0], rel=1e-9, abs=1e-9), row
            compared += 1
    assert compared >= least
    nodes = read(demonstration, "index_scores", period)
    found = {unit.code: node_scores(evaluation, unit.code, now) for unit in catalogue.units.units}
    for row in nodes.iter_rows(named=True):
        expected = found[row["unit_code"]][row["node_code"]]
        assert row["score"] == (None if expected is None else pytest.approx(expected, abs=1e-9)), row
    assert_ranks(catalogue, nodes.filter(pl.col("level") == "index"), found, "index", "score")
    degrees = read(demonstration, "synergy", period)
    assert_ranks(catalogue, degrees, found, "coupling", "d_modified")


def assert_ranks(
    catalogue: Catalogue, rows: pl.DataFrame, found: dict[str, dict[str, float | None]], node: str, column: str
) -> None:
    ranked = {unit.code for unit in catalogue.units.units if unit.is_ranked}
    scale = 100 if node == "coupling" else 1
    scores = {unit: found[unit][node] for unit in ranked if found[unit][node] is not None}
    for row in rows.iter_rows(named=True):
        own = scores.get(row["unit_code"])
        ahead = sum(round(score / scale, 6) > round(own / scale, 6) for score in scores.values()) if own else None
        assert row["rank"] == (None if ahead is None else ahead + 1), row
        if own is not None:
            assert row[column] == pytest.approx(own / scale, abs=1e-9)
