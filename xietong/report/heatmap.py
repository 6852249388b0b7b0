"""The heat map: the score of every unit in every indicator, each cell leading to the figure on the unit's page."""

from dataclasses import dataclass
from statistics import median
from typing import Final

from xietong.catalogue import Indicator, Unit
from xietong.report import wording
from xietong.report.coverage import Coverage
from xietong.report.facts import Link
from xietong.report.maps import SCORE_EDGES, LegendEntry, score_legend
from xietong.report.standing import GroupChoice, peer_groups, regions
from xietong.report.view import FigureState, Score, View

#: Class of a cell by its state, where it has no score.
_WITHOUT_SCORE: Final = {"missing": "sm", "not_applicable": "sx"}


@dataclass(frozen=True)
class HeatColumn:
    """One scored indicator: its page, its weight inside its part of the index, and its middle score."""

    code: str
    indicator: Link
    weight: str
    median: str
    is_first: bool


@dataclass(frozen=True)
class HeatPart:
    """A part of the index above the columns of its indicators."""

    name: str
    columns: int


@dataclass(frozen=True)
class HeatCell:
    """A score from 0 to 100 as written without decimals, and its class of colour; without one its state says why."""

    text: str
    colour: str
    state: FigureState


@dataclass(frozen=True)
class HeatOutput:
    """One output of a unit with the class that colours its band; no text: not assessable."""

    text: str
    colour: str


@dataclass(frozen=True)
class HeatRow:
    """One unit: its three outputs and a cell an indicator, in the order of the columns."""

    code: str
    unit: Link
    region_code: str
    group_code: str
    outputs: tuple[HeatOutput, ...]
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatMap:
    """What the heat map says; units that are not ranked stand last."""

    parts: tuple[HeatPart, ...]
    columns: tuple[HeatColumn, ...]
    rows: tuple[HeatRow, ...]
    legend: tuple[LegendEntry, ...]
    regions: tuple[GroupChoice, ...]
    peer_groups: tuple[GroupChoice, ...]
    scored: int
    missing: int


def heat_map(view: View, coverage: Coverage) -> HeatMap:
    """Return the content of the heat map."""
    units = [*view.ranked_units, *view.special_units]
    rows = tuple(_row(view, coverage, unit) for unit in units)
    cells = [cell for row in rows for cell in row.cells]
    return HeatMap(
        parts=_parts(view, coverage),
        columns=_columns(view, coverage),
        rows=rows,
        legend=score_legend(),
        regions=regions(view),
        peer_groups=peer_groups(view),
        scored=sum(bool(cell.text) for cell in cells),
        missing=sum(cell.state == "missing" for cell in cells),
    )


def _parts(view: View, coverage: Coverage) -> tuple[HeatPart, ...]:
    parts = (
        HeatPart(view.pick(node.name), sum(found.node == node.code for found in coverage.scored))
        for node in view.catalogue.index.nodes
        if node.takes == "indicators"
    )
    return tuple(part for part in parts if part.columns)


def _columns(view: View, coverage: Coverage) -> tuple[HeatColumn, ...]:
    columns = []
    before = None
    for found in coverage.scored:
        columns.append(
            HeatColumn(
                code=found.code,
                indicator=view.indicator_link(found.code),
                weight="" if found.weight is None else wording.plain(round(100 * found.weight, 6)),
                median=_median(view, found),
                is_first=found.node != before,
            )
        )
        before = found.node
    return tuple(columns)


def _median(view: View, indicator: Indicator) -> str:
    """Return the middle score of the ranked units, or nothing when none has a score."""
    rows = (view.evaluation.figures.get((unit.code, indicator.code)) for unit in view.ranked_units)
    scores = [row["score"] for row in rows if row is not None and row["score"] is not None]
    return wording.number(median(scores), 0) if scores else ""


def _row(view: View, coverage: Coverage, unit: Unit) -> HeatRow:
    return HeatRow(
        code=unit.code,
        unit=view.unit_link(unit.code),
        region_code=unit.region or "",
        group_code=unit.peer_group or "",
        outputs=_outputs(view, unit),
        cells=tuple(_cell(view, coverage, unit, found) for found in coverage.scored),
    )


def _cell(view: View, coverage: Coverage, unit: Unit, indicator: Indicator) -> HeatCell:
    state = coverage.state(unit.code, indicator.code)
    score = (view.evaluation.figures.get((unit.code, indicator.code)) or {}).get("score")
    if score is None:
        return HeatCell("", _WITHOUT_SCORE.get(state, "sx"), state)
    return HeatCell(wording.number(score, 0), f"s{1 + sum(score >= edge for edge in SCORE_EDGES)}", state)


def _outputs(view: View, unit: Unit) -> tuple[HeatOutput, ...]:
    synergy = view.evaluation.synergy.get(unit.code) or {}
    index = view.evaluation.index(unit.code) or {}
    assessment = view.evaluation.assessment.get(unit.code) or {}
    is_assessed = assessment.get("state") == "assessed"
    return (
        _output(view.degree(synergy.get("d_modified")), f"band-{synergy.get('band')}"),
        _output(view.score(index.get("score")), f"index-{index.get('band')}"),
        _output(view.score(assessment.get("score") if is_assessed else None), ""),
    )


def _output(score: Score, colour: str) -> HeatOutput:
    return HeatOutput(score.text, colour if score.text else "sm")
