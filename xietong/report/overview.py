"""The first page: three outputs side by side, the map, what cannot be assessed and why."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Target
from xietong.report.conclusions import OutputCard, moved_together, output_cards
from xietong.report.coverage import Count, Coverage
from xietong.report.facts import Link, Sentence
from xietong.report.maps import MapView, bivariate_map, index_map, synergy_map
from xietong.report.movers import MovedOutput, Movers, movers
from xietong.report.targets import TargetRow, target_row
from xietong.report.view import Score, View

#: So many of the most-missing indicators are named on the first page; the rest is on the coverage page.
MOST_MISSING_SHOWN = 15
#: The outputs whose changes have an uncertainty.
MOVED: Final[tuple[MovedOutput, ...]] = ("synergy", "index")


@dataclass(frozen=True)
class DistrictRow:
    """A unit in the table behind the maps."""

    unit: Link
    group: str
    degree: Score
    band: str
    pollution: Score
    carbon: Score
    lag: str
    index: Score
    index_band: str


@dataclass(frozen=True)
class Lack:
    """What cannot be computed of a unit, and which parts lack figures for it."""

    synergy: bool
    index: bool
    parts: tuple[str, ...]


@dataclass(frozen=True)
class NotAssessable:
    """Units without a degree of synergy or an index that lack the same, and of which equally many figures are there.

    ``received`` figures have come from each; of its scored indicators ``there`` can be used and ``missing`` cannot.
    """

    units: tuple[Link, ...]
    lack: Lack
    received: int
    there: int
    missing: int


@dataclass(frozen=True)
class PlanePoint:
    """A unit in the plane of pollution (x) and carbon (y) scores."""

    name: str
    pollution: float
    carbon: float
    degree: float
    group: str


@dataclass(frozen=True)
class Overview:
    """What the first page says."""

    lead: Sentence | None
    cards: tuple[OutputCard, ...]
    assessed: int
    units: int
    maps: tuple[MapView, ...]
    moved: tuple[Movers, ...]
    rows: tuple[DistrictRow, ...]
    plane: tuple[PlanePoint, ...]
    not_assessable: tuple[NotAssessable, ...]
    #: What all of them lack, where there are several and it is the same.
    common_lack: Lack | None
    most_missing: tuple[Count, ...]
    observations: int
    target_states: tuple[tuple[str, int], ...]
    targets: tuple[TargetRow, ...]


def overview(view: View, coverage: Coverage) -> Overview:
    """Return the content of the first page."""
    evaluation = view.evaluation
    assessed = [unit for unit in view.ranked_units if _state(evaluation.synergy.get(unit.code)) == "assessed"]
    has_index = any(_state(evaluation.index(unit.code)) == "assessed" for unit in view.ranked_units)
    maps = [synergy_map(view), bivariate_map(view)] if assessed else []
    if has_index:
        maps.append(index_map(view))
    without = _not_assessable(view, coverage)
    targets = tuple(
        target_row(view, target) for target in view.catalogue.targets.targets if _is_city_wide(view, target)
    )
    return Overview(
        lead=moved_together(view),
        cards=output_cards(view),
        assessed=len(assessed),
        units=len(view.ranked_units),
        maps=tuple(maps),
        moved=tuple(found for output in MOVED if (found := movers(view, output)) is not None),
        rows=_rows(view) if assessed or has_index else (),
        plane=_plane(view),
        not_assessable=without,
        common_lack=_common(without),
        most_missing=coverage.most_missing[:MOST_MISSING_SHOWN],
        observations=evaluation.frame("observations").height,
        target_states=tuple(sorted(Counter(target.state for target in targets).items())),
        targets=tuple(target for target in targets if target.value or target.near),
    )


def _is_city_wide(view: View, target: Target) -> bool:
    return view.whole is not None and target.unit_code == view.whole.code


def _state(row: dict[str, object] | None) -> object:
    return row["state"] if row else None


def _rows(view: View) -> tuple[DistrictRow, ...]:
    rows = []
    for unit in view.ranked_units:
        synergy = view.evaluation.synergy.get(unit.code, {})
        index = view.evaluation.index(unit.code) or {}
        rows.append(
            DistrictRow(
                unit=view.unit_link(unit.code),
                group=view.group_name(unit.peer_group),
                degree=view.degree(synergy.get("d_modified")),
                band=view.synergy_band(synergy.get("band")),
                pollution=view.degree(synergy.get("p_score")),
                carbon=view.degree(synergy.get("k_score")),
                lag=view.label(synergy.get("lag_type")),
                index=view.score(index.get("score")),
                index_band=view.index_band(index.get("band")),
            )
        )
    return tuple(rows)


def _plane(view: View) -> tuple[PlanePoint, ...]:
    points = []
    for unit in view.ranked_units:
        row = view.evaluation.synergy.get(unit.code)
        if row is not None and row["state"] == "assessed":
            group = view.group_name(unit.peer_group)
            points.append(PlanePoint(view.pick(unit.name), row["p_score"], row["k_score"], row["d_modified"], group))
    return tuple(points)


def _not_assessable(view: View, coverage: Coverage) -> tuple[NotAssessable, ...]:
    """Return the units that are not assessable, those alike together, those with the most figures first."""
    received: Counter[str] = Counter()
    for (unit_code, _), count_received in view.evaluation.observed_counts.items():
        received[unit_code] += count_received
    alike: dict[tuple[Lack, int, int, int], list[Link]] = defaultdict(list)
    for unit in view.ranked_units:
        lack = _lack(view, unit.code)
        if lack.synergy or lack.index:
            count = coverage.of_unit(unit)
            key = lack, received[unit.code], count.observed + count.carried, count.missing
            alike[key].append(view.unit_link(unit.code))
    found = [NotAssessable(tuple(units), *key) for key, units in alike.items()]
    return tuple(sorted(found, key=lambda row: (-row.there, -row.received, row.missing)))


def _lack(view: View, unit_code: str) -> Lack:
    return Lack(
        synergy=_state(view.evaluation.synergy.get(unit_code)) != "assessed",
        index=_state(view.evaluation.index(unit_code)) != "assessed",
        parts=tuple(
            view.pick(node.name)
            for node in view.catalogue.index.nodes
            if node.takes == "indicators"
            and (view.evaluation.nodes.get((unit_code, node.code)) or {}).get("state") == "not_assessable"
        ),
    )


def _common(rows: tuple[NotAssessable, ...]) -> Lack | None:
    lacks = {row.lack for row in rows}
    return lacks.pop() if len(lacks) == 1 and len(rows) > 1 else None
