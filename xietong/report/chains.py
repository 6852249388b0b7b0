"""The chain behind every figure of the evaluated period, without words: files, figures received, formula, score.

One chain serves the pages of both languages and the JSON files. The marts are grouped once for all
units; nothing here is asked of them figure by figure.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from xietong.catalogue import Indicator, Unit
from xietong.periods import month_number
from xietong.report.evaluation import Evaluation, Row
from xietong.report.figure_findings import findings_beside
from xietong.report.gaps import Gap, gap_of
from xietong.report.provenance import component_codes


@dataclass(frozen=True)
class Received:
    """One figure as it was received: its value, the cell or row it stood in, and the file it came with."""

    indicator: str
    period: str
    value: float
    status: str
    source: str
    snapshot: str
    location: str
    received_at: datetime | None
    note: str
    findings: tuple[Row, ...]

    @property
    def key(self) -> str:
        """Return what names the figure among those of its unit."""
        return f"{self.indicator}/{self.period}"


@dataclass(frozen=True)
class Input:
    """One received indicator that a figure rests on; ``part`` base: its value in the base year."""

    indicator: str
    part: str
    value: float | None
    periods: tuple[str, ...]


@dataclass(frozen=True)
class FigureChain:
    """One figure of a unit, from what it rests on to what it contributes; ``gap`` says why there is none.

    ``score``, ``to_node``, ``to_pillar`` and ``to_index`` are points from 0 to 100; the weights are shares
    within the node. ``newest`` is the newest figure received of an indicator that has none now. ``findings`` are
    about figures that it does not rest on and could have, of the indicator and of those it is computed from.
    """

    indicator: Indicator
    state: str
    gap: Gap | None
    value: float | None
    value_period: str | None
    age_months: int | None
    method: str | None
    inputs: tuple[Input, ...]
    lacking: tuple[str, ...]
    newest: Received | None
    findings: tuple[Row, ...]
    score: float | None
    effective_weight: float | None
    to_node: float | None
    to_pillar: float | None
    to_index: float | None


@dataclass(frozen=True)
class UnitChains:
    """Every figure of a unit, and each received figure and file that they rest on, once."""

    unit: Unit
    figures: tuple[FigureChain, ...]
    received: Mapping[str, Received]
    files: tuple[str, ...]

    @cached_property
    def by_code(self) -> Mapping[str, FigureChain]:
        """Return the chains by the code of their indicator."""
        return {chain.indicator.code: chain for chain in self.figures}

    def received_of(self, one: Input) -> list[Received]:
        """Return the figures received that make up an input, in their order."""
        return [self.received[f"{one.indicator}/{period}"] for period in one.periods]


@dataclass(frozen=True)
class Chains:
    """The chains of all units of one evaluation."""

    evaluation: Evaluation

    @cached_property
    def files(self) -> Mapping[str, Row]:
        """Return the files received by the SHA-256 of their bytes."""
        return {row["sha256"]: row for row in self.evaluation.rows("snapshots")}

    @cached_property
    def rules(self) -> Mapping[str | None, tuple[Row, ...]]:
        """Return the checks of what came in by indicator; under None those that look at every figure."""
        found: dict[str | None, list[Row]] = defaultdict(list)
        for row in self.evaluation.rows("checks"):
            if row["gate"] == "intake":
                found[row["indicator_code"]].append(row)
        return {code: tuple(rows) for code, rows in found.items()}

    @cached_property
    def file_findings(self) -> Mapping[str, tuple[Row, ...]]:
        """Return what was found about files as a whole by the SHA-256 of their bytes."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.evaluation.rows("findings"):
            if row.get("snapshot") is not None and row["indicator_code"] is None:
                found[row["snapshot"]].append(row)
        return {sha: tuple(rows) for sha, rows in found.items()}

    @cached_property
    def _findings(self) -> Mapping[tuple[str, str | None], tuple[Row, ...]]:
        found: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
        for row in self.evaluation.rows("findings"):
            if row["unit_code"] is not None:
                found[row["unit_code"], row["indicator_code"]].append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def _lineage(self) -> pl.DataFrame:
        """Return the lineage with the words in which published figures name their own source."""
        lineage, observations = self.evaluation.frame("lineage"), self.evaluation.frame("observations")
        if not lineage.height:
            return lineage
        if not observations.height:
            return lineage.with_columns(pl.lit(None, pl.String()).alias("source_note"))
        noted = observations.filter(pl.col("source_note").is_not_null()).select(
            "unit_code",
            pl.col("indicator_code").alias("component_code"),
            pl.col("period").alias("figure_period"),
            "source_note",
        )
        keys = ["unit_code", "component_code", "figure_period"]
        return lineage.join(noted.unique(keys), on=keys, how="left", maintain_order="left")

    @cached_property
    def _received(self) -> Mapping[str, dict[str, Received]]:
        """Return the figures that any figure of a unit rests on, by unit and key."""
        if not self._lineage.height:
            return {}
        once = self._lineage.unique(["unit_code", "component_code", "figure_period"], maintain_order=True)
        found: dict[str, dict[str, Received]] = defaultdict(dict)
        for row in once.iter_rows(named=True):
            one = self._one(row["unit_code"], row["component_code"], row)
            found[row["unit_code"]][one.key] = one
        return found

    def _one(self, unit: str, code: str, row: Row) -> Received:
        """Return a row of lineage as what it says was received."""
        period = row["figure_period"]
        findings = self._findings.get((unit, code), ())
        return Received(
            indicator=code,
            period=period,
            value=row["figure_value"],
            status=row["status"],
            source=row["source_id"],
            snapshot=row["snapshot"],
            location=row["location"] or "",
            received_at=row["received_at"],
            note=row["source_note"] or "",
            findings=tuple(finding for finding in findings if finding["period"] == period),
        )

    @cached_property
    def _inputs(self) -> Mapping[tuple[str, str], list[Input]]:
        """Return what each figure rests on by (unit, indicator)."""
        if not self._lineage.height:
            return {}
        keys = ["unit_code", "indicator_code", "part", "component_code"]
        grouped = self._lineage.group_by(keys, maintain_order=True).agg(
            pl.col("component_value").first(), pl.col("figure_period")
        )
        found: dict[tuple[str, str], list[Input]] = defaultdict(list)
        for unit, code, part, component, value, periods in grouped.iter_rows():
            found[unit, code].append(Input(component, part, value, tuple(periods)))
        return found

    @cached_property
    def _contributions(self) -> Mapping[tuple[str, str], Row]:
        frame = self.evaluation.frame("contributions")
        if not frame.height:
            return {}
        now = frame.filter(pl.col("period") == self.evaluation.period, pl.col("indicator_code").is_not_null())
        return {(row["unit_code"], row["indicator_code"]): row for row in now.iter_rows(named=True)}

    @cached_property
    def _units(self) -> dict[str, UnitChains]:
        return {}

    def of_unit(self, unit: Unit) -> UnitChains:
        """Return the chains of a unit: one for every indicator, in the order of the catalogue."""
        if unit.code not in self._units:
            self._units[unit.code] = self._make(unit)
        return self._units[unit.code]

    def _make(self, unit: Unit) -> UnitChains:
        figures = tuple(self._figure(unit, indicator) for indicator in self.evaluation.catalogue.indicators)
        received = dict(self._received.get(unit.code, {}))
        received |= {chain.newest.key: chain.newest for chain in figures if chain.newest is not None}
        ordered = dict(sorted(received.items(), key=lambda item: (item[1].indicator, month_number(item[1].period))))
        snapshots = {one.snapshot for one in ordered.values()}
        files = self.files
        order = sorted(snapshots, key=lambda sha: (str(files[sha]["file"]) if sha in files else "", sha))
        return UnitChains(unit, figures, ordered, tuple(order))

    def _figure(self, unit: Unit, indicator: Indicator) -> FigureChain:
        key = (unit.code, indicator.code)
        row = self.evaluation.figures.get(key) or {}
        state = row.get("state", "missing")
        lacking = self._lacking(unit, indicator) if state == "missing" else ()
        newest = self._newest(unit, indicator) if state == "missing" else None
        parts = self._contributions.get(key) or {}
        inputs = tuple(self._inputs.get(key, ()))
        return FigureChain(
            indicator=indicator,
            state=state,
            gap=self._gap(unit, indicator, state, lacks_inputs=bool(lacking)),
            value=row.get("value"),
            value_period=row.get("value_period"),
            age_months=row.get("age_months"),
            method=row.get("method"),
            inputs=inputs,
            lacking=lacking,
            newest=newest,
            findings=self._beside(unit, indicator, row, inputs) if state != "not_applicable" else (),
            score=row.get("score"),
            effective_weight=row.get("effective_weight") if row.get("score") is not None else None,
            to_node=row.get("contribution"),
            to_pillar=parts.get("to_pillar"),
            to_index=parts.get("to_index"),
        )

    def _beside(self, unit: Unit, indicator: Indicator, row: Row, inputs: tuple[Input, ...]) -> tuple[Row, ...]:
        """Return what was found about figures that this one could have rested on."""
        evaluation = self.evaluation
        return findings_beside(
            evaluation.catalogue,
            indicator,
            evaluation.period,
            row.get("value_period"),
            {(one.indicator, period) for one in inputs for period in one.periods},
            lambda code: self._findings.get((unit.code, code), ()),
        )

    def _lacking(self, unit: Unit, indicator: Indicator) -> tuple[str, ...]:
        """Return the figures of the formula that are not there either."""
        figures = self.evaluation.figures
        return tuple(
            code
            for code in component_codes(indicator)
            if (figures.get((unit.code, code)) or {}).get("state", "missing") != "observed"
        )

    def _newest(self, unit: Unit, indicator: Indicator) -> Received | None:
        rows = self.evaluation.observed.get((unit.code, indicator.code), [])
        if not rows:
            return None
        named = {**rows[0], "figure_period": rows[0]["period"], "figure_value": rows[0]["value"]}
        return self._one(unit.code, indicator.code, named)

    def _gap(self, unit: Unit, indicator: Indicator, state: str, *, lacks_inputs: bool) -> Gap | None:
        rows = self.evaluation.observed.get((unit.code, indicator.code), [])
        findings = self._findings.get((unit.code, indicator.code), ())
        return gap_of(
            indicator,
            self.evaluation.period,
            state,
            rows[0]["period"] if rows else None,
            lacks_inputs=lacks_inputs,
            was_refused=any(finding["severity"] == "critical" for finding in findings),
        )
