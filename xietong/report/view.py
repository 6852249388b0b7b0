"""One evaluation seen in one language: what every page builder needs to name, write and trace a figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from xietong.catalogue import Band, Catalogue, Edition, Indicator, Text, Unit
from xietong.report import wording
from xietong.report.evaluation import Evaluation, Row
from xietong.report.facts import Language, Link, RunFacts, Sentence
from xietong.report.provenance import NO_PROVENANCE, Provenance, ProvenanceIndex

FigureState = Literal["observed", "carried", "missing", "not_applicable"]
#: Decimals of the degree of synergy and of scores from 0 to 100.
DEGREE_DECIMALS: Final = 2
SCORE_DECIMALS: Final = 1


@dataclass(frozen=True)
class Figure:
    """A figure as a page shows it: written out, dated, traced; ``value`` serves sorting and drawing."""

    state: FigureState
    text: str = ""
    value: float | None = None
    period: str = ""
    age_months: int = 0
    method: str = ""
    provenance: Provenance = NO_PROVENANCE


@dataclass(frozen=True)
class Score:
    """A number with its written form; ``text`` is empty when there is none."""

    value: float | None
    text: str = ""


@dataclass(frozen=True)
class Interval:
    """Where a rank may lie: 5 to 95 % of the runs of the robustness analysis."""

    low: int
    high: int


@dataclass(frozen=True)
class View:
    """The evaluation, the edition and the run in one language."""

    evaluation: Evaluation
    edition: Edition
    run: RunFacts
    language: Language

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue."""
        return self.evaluation.catalogue

    @cached_property
    def provenance(self) -> ProvenanceIndex:
        """Return the rows behind the figures."""
        return ProvenanceIndex(self.evaluation, self.language)

    def pick(self, text: Text) -> str:
        """Return the text in the view's language."""
        return wording.pick(text, self.language)

    def optional(self, text: Text | None) -> str:
        """Return the text, or nothing."""
        return "" if text is None else self.pick(text)

    def period(self, code: str | None) -> str:
        """Return a period in words, or nothing."""
        return wording.period(code, self.language) if code else ""

    @property
    def evaluated(self) -> str:
        """Return the evaluated period in words."""
        return self.period(self.evaluation.period)

    # Units

    @cached_property
    def ranked_units(self) -> list[Unit]:
        """Return the units that are ranked, in the catalogue's order."""
        return [unit for unit in self.catalogue.units.units if unit.is_ranked]

    @cached_property
    def special_units(self) -> list[Unit]:
        """Return the zones that are shown apart."""
        return [unit for unit in self.catalogue.units.units if unit.kind == "special_unit"]

    @cached_property
    def whole(self) -> Unit | None:
        """Return the city that the units add up to, if the catalogue has it."""
        return next((unit for unit in self.catalogue.units.units if unit.kind == "city"), None)

    def unit_name(self, code: str) -> str:
        """Return the name of a unit; the code when the unit is not in the catalogue."""
        unit = self.catalogue.units_by_code.get(code)
        return self.pick(unit.name) if unit else code

    def unit_link(self, code: str) -> Link:
        """Return the name of a unit leading to its page."""
        known = code in self.catalogue.units_by_code
        return Link(self.unit_name(code), unit_path(code) if known else None)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Return the names of regions and peer groups by code."""
        both = (*self.catalogue.units.regions, *self.catalogue.units.peer_groups)
        return {group.code: self.pick(group.name) for group in both}

    def group_name(self, code: str | None) -> str:
        """Return the name of a region or peer group, or nothing."""
        return self.groups.get(code, "") if code else ""

    # Indicators and measures

    def indicator_link(self, code: str) -> Link:
        """Return the name of an indicator leading to its page."""
        indicator = self.catalogue.indicators_by_code.get(code)
        return Link(self.pick(indicator.name), indicator_path(code)) if indicator else Link(code)

    @cached_property
    def _measures(self) -> Mapping[str, str]:
        return {measure.code: wording.measure(measure, self.language) for measure in self.catalogue.measures.measures}

    def measure(self, code: str | None) -> str:
        """Return how a unit of measurement is written; nothing for none."""
        return self._measures.get(code, code) if code else ""

    def measure_after(self, code: str | None) -> str:
        """Return how a unit of measurement is written after a number: 20 × 10⁴ t."""
        return wording.after_number(self.measure(code))

    @cached_property
    def _figures(self) -> dict[tuple[str, str], Figure]:
        return {}

    def figure(self, unit_code: str, indicator: Indicator) -> Figure:
        """Return the figure of an indicator of a unit in the evaluated period, with its origin."""
        key = (unit_code, indicator.code)
        if key not in self._figures:
            self._figures[key] = self._make_figure(unit_code, indicator)
        return self._figures[key]

    def _make_figure(self, unit_code: str, indicator: Indicator) -> Figure:
        row = self.evaluation.figures.get((unit_code, indicator.code))
        if row is None or row["state"] == "missing":
            return Figure("missing")
        if row["state"] == "not_applicable" or row["value"] is None:
            return Figure("not_applicable")
        age = row["age_months"] or 0
        return Figure(
            state="carried" if age > 0 else "observed",
            text=wording.number(row["value"], indicator.decimals),
            value=row["value"],
            period=self.period(row["value_period"]),
            age_months=age,
            method=row["method"] or "",
            provenance=self.provenance.of_figure(row),
        )

    def outdated(self, unit_code: str, indicator: Indicator) -> Figure | None:
        """Return the newest figure ever received of an indicator that is missing now: too old to serve, not lost."""
        received = self.provenance.observed(unit_code, indicator.code)
        if not received or self.figure(unit_code, indicator).state != "missing":
            return None
        row = received[0]
        return Figure(
            state="missing",
            text=wording.number(row["value"], indicator.decimals),
            value=row["value"],
            period=self.period(row["period"]),
            provenance=Provenance(origins=self.provenance.of_rows([row])),
        )

    # Scores, bands, labels

    def score(self, value: float | None) -> Score:
        """Return a score from 0 to 100."""
        return Score(value, "" if value is None else wording.number(value, SCORE_DECIMALS))

    def degree(self, value: float | None) -> Score:
        """Return a degree from 0 to 1."""
        return Score(value, "" if value is None else wording.number(value, DEGREE_DECIMALS))

    def synergy_band(self, level: int | None) -> str:
        """Return the name of a band of the degree of synergy."""
        return self._band(self.catalogue.index.synergy_bands, level)

    def index_band(self, level: int | None) -> str:
        """Return the name of a band of the index."""
        return self._band(self.catalogue.index.index_bands, level)

    def _band(self, bands: Iterable[Band], level: int | None) -> str:
        return next((self.pick(band.name) for band in bands if band.level == level), "")

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        index = self.catalogue.index
        return {
            label.code: self.pick(label.name) for label in (*index.lag_types, *index.quadrants, *index.tapio_states)
        }

    def label(self, code: str | None) -> str:
        """Return the words for a value that SQL returns as a code."""
        return self._labels.get(code, code) if code else ""

    def interval(self, output: str, unit_code: str) -> Interval | None:
        """Return the rank interval of a unit in one output, when it was computed."""
        return self._interval(output, unit_code, "rank")

    def group_interval(self, output: str, unit_code: str) -> Interval | None:
        """Return the interval of a unit's rank inside its peer group, when it was computed."""
        return self._interval(output, unit_code, "group_rank")

    def _interval(self, output: str, unit_code: str, rank: str) -> Interval | None:
        row = self.evaluation.intervals.get((output, unit_code), {})
        low, high = row.get(f"{rank}_p05"), row.get(f"{rank}_p95")
        return None if low is None or high is None else Interval(round(low), round(high))

    def rank_sentence(self, output: str, row: Row) -> Sentence:
        """Return the rank with its interval, or with the remark that none was computed."""
        values: dict[str, str | Sentence] = {"rank": str(row["rank"]), "units": str(row["ranked_units"])}
        return _with_interval("rank", values, row["rank"], self.interval(output, row["unit_code"]))

    def group_rank_sentence(self, output: str, row: Row) -> Sentence | None:
        """Return the rank inside the peer group as ``rank_sentence`` does; None where there is no such rank."""
        if row["group_rank"] is None:
            return None
        values: dict[str, str | Sentence] = {
            "group": self.group_name(self.catalogue.units_by_code[row["unit_code"]].peer_group),
            "rank": str(row["group_rank"]),
            "units": str(row["group_units"]),
        }
        return _with_interval("rank.group", values, row["group_rank"], self.group_interval(output, row["unit_code"]))


def _with_interval(words: str, values: dict[str, str | Sentence], rank: int, interval: Interval | None) -> Sentence:
    if interval is None:
        return Sentence(f"{words}.without_interval", values)
    if interval.low == interval.high == rank:
        return Sentence(f"{words}.certain", values)
    return Sentence(f"{words}.with_interval", {**values, "low": str(interval.low), "high": str(interval.high)})


def unit_path(code: str) -> str:
    """Return where the page of a unit goes."""
    return f"units/{code}.html"


def indicator_path(code: str) -> str:
    """Return where the page of an indicator goes."""
    return f"indicators/{code}.html"
