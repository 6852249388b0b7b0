"""The chains of the three outputs and of the index tree: their parts, weights and intervals, without words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from xietong.catalogue import Unit
from xietong.catalogue.index import Node
from xietong.report.evaluation import Evaluation, Row


@dataclass(frozen=True)
class Rank:
    """A rank with the 5–95 % interval of the robustness runs; one without an interval is none."""

    value: int
    low: int
    high: int
    units: int


@dataclass(frozen=True)
class Uncertainty:
    """Where an output lies in 5 to 95 % of the robustness runs, in its own measure."""

    low: float
    high: float
    runs: int


@dataclass(frozen=True)
class Part:
    """A part of a node: an indicator or another node; weight within the node, points that it gives it.

    ``points`` is null below a geometric mean, where the parts multiply; ``to_index`` are its points of the index.
    """

    kind: Literal["indicator", "node"]
    code: str
    weight: float | None
    score: float | None
    points: float | None
    to_index: float | None


@dataclass(frozen=True)
class NodeChain:
    """The score of one node from its parts; ``coverage`` is the share of its weight that was observed."""

    node: Node
    state: str
    score: float | None
    arithmetic: float | None
    coverage: float | None
    band: int | None
    is_ranked: bool
    rank: Rank | None
    uncertainty: Uncertainty | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class SynergyChain:
    """The degree of synergy from its two sides; ``row`` is the unit's row of ``marts.synergy``."""

    row: Row
    rank: Rank | None
    uncertainty: Uncertainty | None


@dataclass(frozen=True)
class AssessmentChain:
    """The assessment score from its sections and items, which are rows of the marts of their names."""

    row: Row
    sections: tuple[Row, ...]
    items: tuple[Row, ...]
    rank: Rank | None
    uncertainty: Uncertainty | None


@dataclass(frozen=True)
class OutputChains:
    """The outputs of one unit; None for one that the release does not hold.

    ``changes`` are the rows of ``marts.change_intervals`` to the evaluated period.
    """

    unit: Unit
    synergy: SynergyChain | None
    nodes: tuple[NodeChain, ...]
    assessment: AssessmentChain | None
    changes: tuple[Row, ...]


@dataclass(frozen=True)
class Outputs:
    """The chains of the outputs of all units of one evaluation."""

    evaluation: Evaluation

    def of_unit(self, unit: Unit) -> OutputChains:
        """Return the outputs of a unit, made once for both languages and the data interface."""
        if unit.code not in self._made:
            nodes = tuple(self._nodes(unit))
            changes = tuple(self._changes.get(unit.code, ()))
            self._made[unit.code] = OutputChains(unit, self._synergy(unit), nodes, self._assessment(unit), changes)
        return self._made[unit.code]

    @cached_property
    def _made(self) -> dict[str, OutputChains]:
        return {}

    def rank(self, output: str, row: Row | None) -> Rank | None:
        """Return the rank of a row of an output, or None where it has no rank or no interval was computed."""
        if row is None or row.get("rank") is None:
            return None
        interval = self.evaluation.intervals.get((output, row["unit_code"]))
        if interval is None or interval["rank_p05"] is None:
            return None
        return Rank(row["rank"], round(interval["rank_p05"]), round(interval["rank_p95"]), row["ranked_units"])

    def uncertainty(self, output: str, unit_code: str) -> Uncertainty | None:
        """Return the interval of an output, or None where none was computed."""
        row = self.evaluation.intervals.get((output, unit_code)) or {}
        if row.get("score_p05") is None:
            return None
        return Uncertainty(row["score_p05"], row["score_p95"], row["runs"])

    def _synergy(self, unit: Unit) -> SynergyChain | None:
        row = self.evaluation.synergy.get(unit.code)
        if row is None:
            return None
        return SynergyChain(row, self.rank("synergy", row), self.uncertainty("synergy", unit.code))

    def _nodes(self, unit: Unit) -> list[NodeChain]:
        chains = []
        for node in self.evaluation.catalogue.index.nodes:
            row = self.evaluation.nodes.get((unit.code, node.code))
            if row is None:
                continue
            is_top = node.parent is None
            chains.append(
                NodeChain(
                    node=node,
                    state=row["state"],
                    score=row["score"],
                    arithmetic=row["score_arithmetic"],
                    coverage=row["coverage"],
                    band=row["band"],
                    is_ranked=row["rank"] is not None,
                    rank=self.rank("index", row) if is_top else None,
                    uncertainty=self.uncertainty("index", unit.code) if is_top else None,
                    parts=tuple(self._parts(unit, node)),
                )
            )
        return chains

    def _parts(self, unit: Unit, node: Node) -> list[Part]:
        if node.takes == "indicators":
            return self._indicators_of(unit, node)
        if node.takes == "nodes":
            return self._nodes_of(unit, node)
        return []

    def _indicators_of(self, unit: Unit, node: Node) -> list[Part]:
        parts = []
        for indicator in self._by_node.get(node.code, ()):
            row = self.evaluation.figures.get((unit.code, indicator)) or {}
            weight = row.get("effective_weight") if row.get("score") is not None else None
            to_index = self._to_index.get((unit.code, node.code, indicator))
            parts.append(Part("indicator", indicator, weight, row.get("score"), row.get("contribution"), to_index))
        return parts

    def _nodes_of(self, unit: Unit, parent: Node) -> list[Part]:
        """Return the nodes below one; what does not apply to the unit leaves its weight to the others."""
        rows = [
            (node, row)
            for node in self.evaluation.catalogue.index.nodes
            if node.parent == parent.code
            and (row := self.evaluation.nodes.get((unit.code, node.code))) is not None
            and row["state"] != "not_applicable"
        ]
        total = sum(node.weight for node, _ in rows)
        return [
            Part(
                kind="node",
                code=node.code,
                weight=node.weight / total if total else None,
                score=row["score"],
                points=node.weight / total * row["score"]
                if total and row["score"] is not None and parent.aggregation == "arithmetic"
                else None,
                to_index=self._node_to_index.get((unit.code, node.code)),
            )
            for node, row in rows
        ]

    @cached_property
    def _changes(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for (unit, _, _), row in sorted(self.evaluation.change_intervals.items()):
            found[unit].append(row)
        return found

    @cached_property
    def _by_node(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for indicator in self.evaluation.catalogue.indicators:
            if indicator.node is not None:
                found[indicator.node].append(indicator.code)
        return found

    @cached_property
    def _contributions(self) -> pl.DataFrame:
        frame = self.evaluation.frame("contributions")
        return frame.filter(pl.col("period") == self.evaluation.period) if frame.height else frame

    @cached_property
    def _to_index(self) -> Mapping[tuple[str, str, str | None], float | None]:
        if not self._contributions.height:
            return {}
        columns = self._contributions.select("unit_code", "node_code", "indicator_code", "to_index")
        return {(unit, node, indicator): points for unit, node, indicator, points in columns.iter_rows()}

    @cached_property
    def _node_to_index(self) -> Mapping[tuple[str, str], float]:
        """Return the points of the index that come through a node, from what its indicators give."""
        nodes = {node.code: node for node in self.evaluation.catalogue.index.nodes}
        found: dict[tuple[str, str], float] = defaultdict(float)
        for (unit, code, _), points in self._to_index.items():
            above: Node | None = nodes[code]
            while above is not None and points is not None:
                found[unit, above.code] += points
                above = nodes[above.parent] if above.parent is not None else None
        return found

    def _assessment(self, unit: Unit) -> AssessmentChain | None:
        evaluation, scoring = self.evaluation, self.evaluation.catalogue.scoring
        row = evaluation.assessment.get(unit.code)
        if row is None or scoring is None:
            return None
        sections = (evaluation.assessment_sections.get((unit.code, section.code)) for section in scoring.sections)
        items = (evaluation.assessment_items.get((unit.code, item.code)) for item in scoring.items)
        return AssessmentChain(
            row=row,
            sections=tuple(found for found in sections if found is not None),
            items=tuple(found for found in items if found is not None),
            rank=self.rank("assessment", row),
            uncertainty=self.uncertainty("assessment", unit.code),
        )
