"""Where the degree of synergy falls though neither side got worse, and why it can: the distance between them grew."""

import math
from dataclasses import dataclass
from typing import Final

from xietong.report import wording
from xietong.report.changes import change_rows
from xietong.report.facts import Link
from xietong.report.view import DEGREE_DECIMALS, View

#: The example: carbon stands still while pollution rises to each of these scores.
_STANDING: Final = 0.3
_RISING: Final = (0.3, 0.45, 0.6, 0.75, 0.9)
_CURVE_STEPS: Final = 50


@dataclass(frozen=True)
class Departure:
    """A unit whose degree fell against last year though neither side fell."""

    unit: Link
    pollution_change: str
    carbon_change: str
    degree_change: str


@dataclass(frozen=True)
class ExampleRow:
    """One step of the example, written out."""

    pollution: str
    carbon: str
    modified: str
    standard: str


@dataclass(frozen=True)
class Departures:
    """Units that depart, and the example: ``curve`` holds (pollution score, modified degree, standard degree)."""

    units: tuple[Departure, ...]
    standing: str
    example: tuple[ExampleRow, ...]
    curve: tuple[tuple[float, float, float], ...]
    peak: str


def departures(view: View) -> Departures:
    """Return what the page says about the modified degree not being monotone."""
    weights = view.catalogue.index.synergy.weight_pollution, view.catalogue.index.synergy.weight_carbon

    def degrees(pollution: float) -> tuple[float, float, float]:
        return (
            pollution,
            modified_degree(pollution, _STANDING, *weights),
            standard_degree(pollution, _STANDING, *weights),
        )

    curve = tuple(degrees(step / _CURVE_STEPS) for step in range(_CURVE_STEPS + 1))
    return Departures(
        units=tuple(_departing(view)),
        standing=wording.plain(_STANDING),
        example=tuple(
            ExampleRow(wording.number(p, 2), wording.number(_STANDING, 2), _written(modified), _written(standard))
            for p, modified, standard in map(degrees, _RISING)
        ),
        curve=curve,
        peak=wording.number(max(curve, key=lambda point: point[1])[0], DEGREE_DECIMALS),
    )


def _departing(view: View) -> list[Departure]:
    return [
        Departure(view.unit_link(unit.code), row.pollution_change, row.carbon_change, row.degree_change)
        for unit in (*view.ranked_units, *view.special_units)
        for row in change_rows(view, unit.code)
        if row.is_gap_widened and row.base_kind == "previous_year"
    ]


def _written(degree: float) -> str:
    return wording.number(degree, 3)


def modified_degree(pollution: float, carbon: float, weight_pollution: float, weight_carbon: float) -> float:
    """Return the synergy degree (0–1) of two scores in [0, 1] by the modified coupling degree (Wang 2021)."""
    highest = max(pollution, carbon)
    if highest <= 0:
        return 0.0
    coupling = math.sqrt((1 - abs(pollution - carbon)) * min(pollution, carbon) / highest)
    return math.sqrt(coupling * (weight_pollution * pollution + weight_carbon * carbon))


def standard_degree(pollution: float, carbon: float, weight_pollution: float, weight_carbon: float) -> float:
    """Return the synergy degree (0–1) of two scores in [0, 1] by the standard coupling degree."""
    if pollution + carbon <= 0:
        return 0.0
    coupling = 2 * math.sqrt(pollution * carbon) / (pollution + carbon)
    return math.sqrt(coupling * (weight_pollution * pollution + weight_carbon * carbon))
