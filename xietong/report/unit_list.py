"""The list of units by region: the three results of each with the interval of its rank, and what data there is."""

from dataclasses import dataclass

from xietong.catalogue import Unit
from xietong.report.coverage import Count, Coverage
from xietong.report.evaluation import Row
from xietong.report.facts import Link
from xietong.report.view import Interval, Score, View


@dataclass(frozen=True)
class UnitResult:
    """One of the three results of a unit; without a rank where units of its kind are not ranked."""

    output: str
    score: Score
    rank: int | None
    interval: Interval | None


@dataclass(frozen=True)
class UnitEntry:
    """One unit of the list."""

    unit: Link
    group: str
    results: tuple[UnitResult, ...]
    count: Count


@dataclass(frozen=True)
class UnitGroup:
    """The units of one region; without a name those that are of none."""

    name: str
    units: tuple[UnitEntry, ...]


@dataclass(frozen=True)
class UnitList:
    """All units, by region; zones and the city apart."""

    groups: tuple[UnitGroup, ...]
    special: tuple[UnitEntry, ...]
    whole: tuple[UnitEntry, ...]


def unit_list(view: View, coverage: Coverage) -> UnitList:
    """Return the list of units."""
    regions = [region.code for region in view.catalogue.units.regions]
    groups = [
        UnitGroup(view.group_name(code), _entries(view, coverage, [u for u in view.ranked_units if u.region == code]))
        for code in regions
    ]
    apart = [unit for unit in view.ranked_units if unit.region not in regions]
    groups.append(UnitGroup("", _entries(view, coverage, apart)))
    whole = [view.whole] if view.whole else []
    return UnitList(
        groups=tuple(group for group in groups if group.units),
        special=_entries(view, coverage, view.special_units),
        whole=_entries(view, coverage, whole),
    )


def _entries(view: View, coverage: Coverage, units: list[Unit]) -> tuple[UnitEntry, ...]:
    return tuple(
        UnitEntry(
            unit=view.unit_link(unit.code),
            group=view.group_name(unit.peer_group),
            results=_results(view, unit.code),
            count=coverage.of_unit(unit),
        )
        for unit in units
    )


def _results(view: View, code: str) -> tuple[UnitResult, ...]:
    synergy = view.evaluation.synergy.get(code) or {}
    index = view.evaluation.index(code) or {}
    assessment = view.evaluation.assessment.get(code) or {}
    is_assessed = assessment.get("state") == "assessed"
    return (
        _result(view, "synergy", view.degree(synergy.get("d_modified")), code, synergy),
        _result(view, "index", view.score(index.get("score")), code, index),
        _result(view, "assessment", view.score(assessment.get("score") if is_assessed else None), code, assessment),
    )


def _result(view: View, output: str, score: Score, code: str, row: Row) -> UnitResult:
    rank = row.get("rank") if score.text else None
    return UnitResult(output, score, rank, None if rank is None else view.interval(output, code))
