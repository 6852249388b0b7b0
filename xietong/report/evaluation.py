"""What the marts say about the evaluated period, found by unit, indicator, node and target."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from xietong.catalogue import Catalogue
from xietong.periods import month_number
from xietong.report.unit_tables import UnitTables, unit_tables

Row = dict[str, Any]
#: A unit with so few figures shows them all; with more, only what no table of its page shows.
FIGURES_SHOWN_WHOLE: Final = 150
#: Months back that a window of twelve months can reach when its figure may be a year old.
_REACH: Final = 24


@dataclass(frozen=True)
class Evaluation:
    """The marts of one run, with the rows of its period at hand. Absent marts count as empty."""

    marts: Mapping[str, pl.DataFrame]
    catalogue: Catalogue
    period: str

    def frame(self, mart: str) -> pl.DataFrame:
        """Return a mart, or a frame without columns when the run has none of that name."""
        return self.marts.get(mart, pl.DataFrame())

    def rows(self, mart: str) -> list[Row]:
        """Return every row of a mart."""
        return self.frame(mart).to_dicts()

    def _now(self, mart: str) -> list[Row]:
        frame = self.frame(mart)
        return frame.filter(pl.col("period") == self.period).to_dicts() if frame.height else []

    @cached_property
    def observed_counts(self) -> dict[tuple[str, str], int]:
        """Return how many figures were received by (unit, indicator)."""
        frame = self.frame("observations")
        if not frame.height:
            return {}
        counts = frame.group_by("unit_code", "indicator_code").len()
        return {(unit, indicator): count for unit, indicator, count in counts.iter_rows()}

    @cached_property
    def observed(self) -> dict[tuple[str, str], list[Row]]:
        """Return the received figures that pages can show by (unit, indicator), newest first.

        These are the figures of the months that any window can reach, the newest of every
        indicator, and all figures of a unit that sent few. Each row has its ``last_month``.
        """
        frame = self.frame("observations")
        if not frame.height:
            return {}
        months = {period: month_number(period) for period in frame["period"].unique().to_list()}
        dated = frame.with_columns(pl.col("period").replace_strict(months, return_dtype=pl.Int64).alias("last_month"))
        newest = pl.col("last_month").max().over("unit_code", "indicator_code")
        shown = dated.filter(
            (pl.col("last_month") > month_number(self.period) - _REACH)
            | (pl.col("last_month") == newest)
            | (pl.len().over("unit_code") <= FIGURES_SHOWN_WHOLE)
        ).sort("last_month", "period", descending=[True, False], maintain_order=True)
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in shown.iter_rows(named=True):
            found[row["unit_code"], row["indicator_code"]].append(row)
        return dict(found)

    @cached_property
    def synergy(self) -> dict[str, Row]:
        """Return the synergy degree by unit."""
        return {row["unit_code"]: row for row in self._now("synergy")}

    @cached_property
    def change_intervals(self) -> dict[tuple[str, str, str], Row]:
        """Return the interval of a change to the evaluated period by (unit, base period, output)."""
        return {(row["unit_code"], row["base_period"], row["output"]): row for row in self._now("change_intervals")}

    @cached_property
    def nodes(self) -> dict[tuple[str, str], Row]:
        """Return the score of a node by (unit, node)."""
        return {(row["unit_code"], row["node_code"]): row for row in self._now("index_scores")}

    @cached_property
    def top_node(self) -> str:
        """Return the code of the node without a parent: the index itself."""
        return next(node.code for node in self.catalogue.index.nodes if node.parent is None)

    def index(self, unit_code: str) -> Row | None:
        """Return the composite index of a unit."""
        return self.nodes.get((unit_code, self.top_node))

    @cached_property
    def figures(self) -> dict[tuple[str, str], Row]:
        """Return the figure and score of an indicator by (unit, indicator)."""
        return {(row["unit_code"], row["indicator_code"]): row for row in self._now("indicator_scores")}

    @cached_property
    def peer_scores(self) -> dict[tuple[str | None, str], tuple[float, ...]]:
        """Return the scores of ranked units by (peer group, indicator), ascending."""
        found: dict[tuple[str | None, str], list[float]] = defaultdict(list)
        for (unit_code, indicator_code), row in self.figures.items():
            unit = self.catalogue.units_by_code.get(unit_code)
            if unit is not None and unit.is_ranked and row["score"] is not None:
                found[unit.peer_group, indicator_code].append(row["score"])
        return {key: tuple(sorted(scores)) for key, scores in found.items()}

    @cached_property
    def changes(self) -> dict[str, list[Row]]:
        """Return the changes by unit: against the same period of last year first, then the base year."""
        shown = ("previous_year", "base_year")
        rows = [row for row in self._now("synergy_change") if row["base_kind"] in shown]
        return _grouped(sorted(rows, key=lambda row: shown.index(row["base_kind"])), "unit_code")

    @cached_property
    def yearly_changes(self) -> dict[str, list[Row]]:
        """Return the changes against the year before with both rates, of every period until this one, oldest first."""
        order = {period: position for position, period in enumerate(self.periods)}
        rows = [
            row
            for row in self.rows("synergy_change")
            if row["base_kind"] == "previous_year"
            and row["period"] in order
            and row["r_pollution"] is not None
            and row["r_carbon"] is not None
        ]
        return _grouped(sorted(rows, key=lambda row: order[row["period"]]), "unit_code")

    @cached_property
    def obstacles(self) -> dict[str, list[Row]]:
        """Return the obstacle degrees of indicators by unit."""
        return _grouped([row for row in self._now("obstacles") if row["level"] == "indicator"], "unit_code")

    @cached_property
    def score_changes(self) -> dict[str, list[Row]]:
        """Return the parts of the change of scores since the same period of last year, by unit."""
        rows = [row for row in self._now("score_changes") if row["base_kind"] == "previous_year"]
        return _grouped(rows, "unit_code")

    @cached_property
    def progress(self) -> dict[str, list[Row]]:
        """Return the progress rows by target: its own indicator and those of another definition."""
        return _grouped(self._now("target_progress"), "target_code")

    @cached_property
    def assessment(self) -> dict[str, Row]:
        """Return the assessment score by unit."""
        return {row["unit_code"]: row for row in self._now("assessment")}

    @cached_property
    def assessment_sections(self) -> dict[tuple[str, str], Row]:
        """Return the points of a section of the assessment by (unit, section)."""
        return {(row["unit_code"], row["section_code"]): row for row in self._now("assessment_sections")}

    @cached_property
    def assessment_items(self) -> dict[tuple[str, str], Row]:
        """Return an item of the assessment by (unit, item)."""
        return {(row["unit_code"], row["item_code"]): row for row in self._now("assessment_items")}

    @cached_property
    def intervals(self) -> dict[tuple[str, str], Row]:
        """Return the rank interval by (output, unit); empty when none was computed for this period."""
        return {(row["output"], row["unit_code"]): row for row in self._now("rank_intervals")}

    @cached_property
    def _score_ranges(self) -> dict[tuple[str, str, str], tuple[float, float]]:
        """Return the 5–95 % interval of a score by (output, unit, period), for the periods that have one."""
        return {
            (row["output"], row["unit_code"], row["period"]): (row["score_p05"], row["score_p95"])
            for row in self.rows("rank_intervals")
            if row.get("score_p05") is not None and row.get("score_p95") is not None
        }

    def score_ranges(self, output: str, unit_code: str) -> tuple[tuple[float, float] | None, ...]:
        """Return the interval of a unit's score over all periods; most have none, it is computed for year-ends."""
        return tuple(self._score_ranges.get((output, unit_code, period)) for period in self.periods)

    def corrected(self, output: str, unit_code: str) -> tuple[bool, ...]:
        """Return for all periods whether a correction of the unit's own figures changed its score."""
        return tuple((output, unit_code, period) in self._corrected for period in self.periods)

    @cached_property
    def _corrected(self) -> frozenset[tuple[str, str, str]]:
        outputs = {"synergy": "synergy", self.top_node: "index"}
        return frozenset(
            (outputs[row["output"]], row["unit_code"], row["period"])
            for row in self.rows("correction_effects")
            if row["output"] in outputs and row["before"] != row["after"]
        )

    @cached_property
    def measured_indicators(self) -> frozenset[str]:
        """Return the indicators that have a figure anywhere: received at any time, or computed now."""
        received = self.frame("observations")
        codes = set(received["indicator_code"].unique().to_list()) if received.height else set()
        codes |= {code for (_, code), row in self.figures.items() if row["value"] is not None}
        return frozenset(codes)

    @cached_property
    def unit_tables(self) -> dict[str, UnitTables]:
        """Return the tables for download by unit."""
        return unit_tables(self.marts, self.catalogue, self.period)

    @cached_property
    def revisions_by_unit(self) -> dict[str, list[Row]]:
        """Return the figures that replaced others by unit, in the order of the mart."""
        return _grouped(self.rows("revisions"), "unit_code")

    @cached_property
    def findings_by_unit(self) -> dict[str, list[Row]]:
        """Return the findings by unit, in the order of the mart."""
        return _grouped(self.rows("findings"), "unit_code")

    @cached_property
    def findings_by_indicator(self) -> dict[str, int]:
        """Return the number of findings by indicator."""
        return {code: len(rows) for code, rows in _grouped(self.rows("findings"), "indicator_code").items()}

    def degree(self, unit_code: str, period: str) -> float | None:
        """Return the modified synergy degree of a unit in any evaluated period."""
        return self._degrees.get((unit_code, period))

    @cached_property
    def _degrees(self) -> dict[tuple[str, str], float | None]:
        frame = self.frame("synergy")
        if not frame.height:
            return {}
        return {(unit, period): value for unit, period, value in frame["unit_code", "period", "d_modified"].iter_rows()}

    @cached_property
    def periods(self) -> list[str]:
        """Return the evaluated periods until this one, in order."""
        frame = self.frame("synergy")
        known = set(frame["period"].unique().to_list()) if frame.height else {self.period}
        last = month_number(self.period)
        return sorted((code for code in known if month_number(code) <= last), key=month_number)

    @cached_property
    def degree_series(self) -> dict[str, tuple[float | None, ...]]:
        """Return the modified synergy degree by unit over all periods."""
        return self._series("synergy", "unit_code", "d_modified")

    @cached_property
    def index_series(self) -> dict[str, tuple[float | None, ...]]:
        """Return the composite index by unit over all periods."""
        frame = self.frame("index_scores")
        if not frame.height:
            return {}
        return self._series("index_scores", "unit_code", "score", frame.filter(pl.col("node_code") == self.top_node))

    @cached_property
    def assessment_series(self) -> dict[str, tuple[float | None, ...]]:
        """Return the assessment score by unit over all periods."""
        return self._series("assessment", "unit_code", "score")

    @cached_property
    def value_series(self) -> dict[str, tuple[float | None, ...]]:
        """Return the value by ``unit/indicator`` over all periods."""
        frame = self.frame("indicator_scores")
        if not frame.height:
            return {}
        keyed = frame.select((pl.col("unit_code") + "/" + pl.col("indicator_code")).alias("key"), "period", "value")
        return self._series("indicator_scores", "key", "value", keyed)

    def _series(
        self, mart: str, key: str, value: str, frame: pl.DataFrame | None = None
    ) -> dict[str, tuple[float | None, ...]]:
        source = self.frame(mart) if frame is None else frame
        if not source.height:
            return {}
        order = pl.DataFrame({"period": self.periods, "position": range(len(self.periods))})
        lists = (
            source.join(order, on="period")
            .sort(key, "position")
            .group_by(key, maintain_order=True)
            .agg(pl.col("position"), pl.col(value))
        )
        series: dict[str, tuple[float | None, ...]] = {}
        for code, positions, values in lists.iter_rows():
            if len(positions) == len(self.periods):
                series[code] = tuple(values)
            else:
                by_position = dict(zip(positions, values, strict=True))
                series[code] = tuple(by_position.get(position) for position in range(len(self.periods)))
        return series


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[key] is not None:
            groups[row[key]].append(row)
    return dict(groups)
