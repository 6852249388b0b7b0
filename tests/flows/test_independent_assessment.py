"""The assessment of the demonstration computed a second time, in plain Python from docs/method/assessment.md.

Figures are taken as published (tests/flows/test_independent_evaluation.py finds them again); what an item is held
against, what it requires by now, its rate and its points, and the sums of sections are written anew.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from xietong.catalogue import Catalogue

pytestmark = pytest.mark.long

#: In the plan's first and third year, at its last half year, and after its end.
PERIODS = ("2021-06", "2023-12", "2025-06", "2026-10")


def month(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:]) - 1


@dataclass(frozen=True)
class Held:
    """What a unit is held against for one item."""

    value: float
    base_year: int
    years: int


class Assessment:
    """The recommended rules over published figures."""

    def __init__(self, catalogue: Catalogue, release: Path) -> None:
        assert catalogue.scoring is not None
        self.catalogue, self.scoring = catalogue, catalogue.scoring
        frame = pl.read_parquet(release / "site" / "downloads" / "indicator_scores.parquet")
        columns = ("unit_code", "indicator_code", "period", "value", "age_months")
        self.figures = {row[:3]: (row[3], row[4]) for row in frame.select(columns).iter_rows() if row[3] is not None}

    def figure(self, unit: str, indicator: str, now: int) -> tuple[float, int] | None:
        """Return a figure and the month in which its window ends."""
        known = self.figures.get((unit, indicator, f"{now // 12}-{now % 12 + 1:02d}"))
        return None if known is None else (known[0], now - known[1])

    def held(self, unit: str, item: Any) -> Held | None:
        """Return the unit's own target, else the city's rate, else the standard of the item."""
        measures = {measure.code: measure.scale for measure in self.catalogue.measures.measures}
        wanted = measures[self.catalogue.indicators_by_code[item.indicator].measure]
        for code in (unit, "500000") if item.city_rate_applies else (unit,):
            for target in self.catalogue.targets.targets:
                if (target.unit_code, target.indicator) == (code, item.indicator) and target.value is not None:
                    base, last = target.base_year or self.scoring.base_year, target.year or self.scoring.final_year
                    return Held(target.value * measures[target.measure or "%"] / wanted, base, last - base)
        if item.standard is None:
            return None
        return Held(item.standard.value, self.scoring.base_year, self.scoring.final_year - self.scoring.base_year)

    def share_earned(self, unit: str, item: Any, now: int) -> tuple[float, float] | None:
        """Return the share of its points that an item earns, and what it requires by now; None: no points."""
        held, known = self.held(unit, item), self.figure(unit, item.indicator, now)
        applies = self.catalogue.indicators_by_code[item.indicator].applies_to
        if held is None or known is None or (applies is not None and unit not in applies):
            return None
        value, end = known
        elapsed = (end - (held.base_year * 12 + 11)) / 12
        if elapsed <= 0:
            return None
        before = self.figure(unit, item.indicator, now - 12)
        if item.completion == "decline":
            return self._decline(item, held, value, elapsed, None if before is None else before[0])
        if item.completion == "absolute_tonnage":
            required = held.value * min(elapsed, held.years) / held.years
            return min(1.0, value / required), required
        return self._level(unit, item, held, value, elapsed, None if before is None else before[0])

    def _decline(
        self, item: Any, held: Held, value: float, elapsed: float, before: float | None
    ) -> tuple[float, float] | None:
        def path(years: float) -> float:
            return 100 * (1 - (1 - held.value / 100) ** (min(years, held.years) / held.years))

        assert item.path == "geometric"
        required = path(elapsed)
        so_far = min(1.0, max(0.0, value / required))
        share = next(section.annual_share for section in self.scoring.sections if section.code == item.section)
        if not share or not 1 <= elapsed <= held.years:
            return so_far, required
        if before is None:
            return None
        fell = 1 - (1 - value / 100) / (1 - before / 100)
        asked = 1 - (1 - path(elapsed) / 100) / (1 - path(elapsed - 1) / 100)
        return share * min(1.0, max(0.0, fell / asked)) + (1 - share) * so_far, required

    def _level(
        self, unit: str, item: Any, held: Held, value: float, elapsed: float, before: float | None
    ) -> tuple[float, float]:
        sign = 1 if item.completion == "level_higher_better" else -1
        base = self.figure(unit, item.indicator, held.base_year * 12 + 11)
        required = held.value
        starts_short = base is not None and base[1] // 12 == held.base_year and sign * (held.value - base[0]) > 0
        if item.path == "linear" and base is not None and starts_short:
            required = base[0] + (held.value - base[0]) * min(elapsed, held.years) / held.years
        shortfall = sign * (required - value)
        if item.deduction is None:
            return min(1.0, value / required if sign > 0 else required / value if shortfall < 0 else 1.0), required
        section = next(section for section in self.scoring.sections if section.code == item.section)
        off = math.floor(round(max(0.0, shortfall) / item.deduction.step, 6)) * item.deduction.points
        if item.zero_if_worse and before is not None and shortfall > 0 and sign * (before - value) > 0:
            return 0.0, required
        return max(0.0, 1 - off / (section.points * item.share)), required


@pytest.fixture(scope="module")
def assessment(catalogue, demonstration) -> Assessment:
    """Return the rules over the demonstration's figures."""
    return Assessment(catalogue, demonstration)


@pytest.mark.parametrize("period", PERIODS)
def test_points_and_required_values_are_found_again(assessment, demonstration, period) -> None:
    items = read(demonstration, "assessment_items", period)
    assert items.height == 42 * len(assessment.scoring.items)
    for row in items.iter_rows(named=True):
        item = next(each for each in assessment.scoring.items if each.code == row["item_code"])
        earned = assessment.share_earned(row["unit_code"], item, month(period))
        assert (earned is None) == (row["state"] != "assessed"), row
        if earned is not None:
            assert row["points"] / row["points_available"] == pytest.approx(earned[0], abs=1e-9), row
            assert row["required_now"] == pytest.approx(earned[1], rel=1e-9), row


@pytest.mark.parametrize("period", PERIODS)
def test_points_of_items_add_up_to_sections_and_sections_to_the_score(assessment, demonstration, period) -> None:
    items = read(demonstration, "assessment_items", period)
    points = {section.code: section.points for section in assessment.scoring.sections}
    scored = 0
    for row in read(demonstration, "assessment", period).iter_rows(named=True):
        reached = available = 0.0
        for code, nominal in points.items():
            own = items.filter(pl.col("unit_code") == row["unit_code"], pl.col("section_code") == code)
            due = own.filter(pl.col("state").is_in(["assessed", "missing"]))["points_nominal"].sum()
            assessed = own.filter(pl.col("state") == "assessed")
            if assessed["points_nominal"].sum() < due * 2 / 3 - 1e-9 or not assessed.height:
                continue
            # What is left out gives its points to the rest of its section.
            assert assessed["points_available"].sum() == pytest.approx(nominal, abs=1e-9)
            reached, available = reached + assessed["points"].sum(), available + nominal
        if row["state"] == "assessed":
            scored += 1
            assert row["score_of_sections"] == pytest.approx(100 * reached / available, abs=1e-9)
            total = row["score_of_sections"] + row["bonus"] - row["deduction"]
            assert row["score"] == pytest.approx(min(100.0, max(0.0, total)), abs=1e-9)
    assert scored > 30


def read(release: Path, mart: str, period: str) -> pl.DataFrame:
    frame = pl.read_parquet(release / "site" / "downloads" / f"{mart}.parquet")
    return frame.filter(pl.col("period") == period)
