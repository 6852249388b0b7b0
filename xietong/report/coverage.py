"""Which figures there are and which are missing: per unit, per indicator, and the whole matrix."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from xietong.catalogue import Indicator, Unit
from xietong.report.facts import Link
from xietong.report.view import FigureState, View


@dataclass(frozen=True)
class Count:
    """How many figures are due and how many of them are there."""

    subject: Link
    observed: int
    carried: int
    missing: int
    not_applicable: int

    @property
    def due(self) -> int:
        """Return how many should be there."""
        return self.observed + self.carried + self.missing


@dataclass(frozen=True)
class MatrixRow:
    """One unit of the coverage matrix: a state per indicator."""

    unit: Link
    states: tuple[FigureState, ...]


@dataclass(frozen=True)
class Coverage:
    """The states of every figure of the evaluated period, in one language."""

    view: View

    def state(self, unit_code: str, indicator_code: str) -> FigureState:
        """Return whether a figure is there, carried from earlier, missing, or cannot exist."""
        row = self.view.evaluation.figures.get((unit_code, indicator_code))
        if row is None or row["state"] == "missing":
            return "missing"
        if row["state"] == "not_applicable":
            return "not_applicable"
        return "carried" if (row["age_months"] or 0) > 0 else "observed"

    @cached_property
    def scored(self) -> tuple[Indicator, ...]:
        """Return the indicators that take part in the index, in the order of its tree."""
        order = {node.code: position for position, node in enumerate(self.view.catalogue.index.nodes)}
        taking_part = (indicator for indicator in self.view.catalogue.indicators if indicator.node is not None)
        return tuple(
            sorted(taking_part, key=lambda found: (order[found.node or ""], -(found.weight or 0.0), found.code))
        )

    @cached_property
    def others(self) -> tuple[Indicator, ...]:
        """Return the indicators without a score, as the catalogue lists them."""
        return tuple(indicator for indicator in self.view.catalogue.indicators if indicator.node is None)

    def of_unit(self, unit: Unit) -> Count:
        """Return how many scored indicators of a unit have a figure."""
        states = Counter(self.state(unit.code, indicator.code) for indicator in self.scored)
        return _count(self.view.unit_link(unit.code), states)

    def of_indicator(self, indicator: Indicator) -> Count:
        """Return in how many ranked units an indicator has a figure."""
        states = Counter(self.state(unit.code, indicator.code) for unit in self.view.ranked_units)
        return _count(self.view.indicator_link(indicator.code), states)

    @cached_property
    def most_missing(self) -> tuple[Count, ...]:
        """Return the scored indicators by the number of ranked units that lack them, the worst first."""
        counts = [self.of_indicator(indicator) for indicator in self.scored]
        return tuple(sorted((count for count in counts if count.missing), key=lambda count: -count.missing))

    def matrix(self) -> tuple[MatrixRow, ...]:
        """Return every unit with the state of every indicator, scored ones first."""
        indicators = (*self.scored, *self.others)
        return tuple(
            MatrixRow(
                self.view.unit_link(unit.code),
                tuple(self.state(unit.code, indicator.code) for indicator in indicators),
            )
            for unit in self.view.catalogue.units.units
        )


def _count(subject: Link, states: Counter[FigureState]) -> Count:
    return Count(subject, states["observed"], states["carried"], states["missing"], states["not_applicable"])
