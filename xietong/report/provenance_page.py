"""The page that opens the chain of every figure of one unit, in one language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from xietong.catalogue import Indicator, Unit
from xietong.report import wording
from xietong.report.chains import Chains, FigureChain, Input, Received, UnitChains
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.formulas import FormulaText, formula_text
from xietong.report.output_chains import Outputs
from xietong.report.output_texts import OutputTexts, output_texts, percent, points
from xietong.report.provenance import Words, component_codes, recorded
from xietong.report.view import View, indicator_path

#: The part of a formula that is taken from a base year; its figures received have no section of their own.
_BASE: Final = "base"
#: Beyond the published ones, so that a score computed by hand from the page is the score on the page.
_MORE_DIGITS: Final = 4


@dataclass(frozen=True)
class Basis:
    """What the catalogue says about an indicator and its chain: the same for every unit."""

    code: str
    indicator: Link
    measure: str
    articles: tuple[int, ...]
    formula: FormulaText | None
    window: str
    aggregation: str
    node: str
    node_name: str
    weight: str
    worst: str
    best: str
    rules: int


@dataclass(frozen=True)
class ReceivedText:
    """One received figure: when it is of, what it was, where it stood, and in which of the page's files."""

    period: str
    value: str
    location: str
    file: int
    status: str
    note: tuple[Words, ...]
    has_finding: bool


@dataclass(frozen=True)
class PartText:
    """A figure that another is computed from; ``rows`` are received ones that no other section shows."""

    code: str
    name: str
    value: str
    measure: str
    rows: tuple[ReceivedText, ...] = ()


@dataclass(frozen=True)
class FindingText:
    """What a check found about the figures received."""

    severity: str
    message: str
    status: str
    explanation: str


@dataclass(frozen=True)
class FigureText:
    """One figure with its chain: ``exact`` has digits enough to redo its score, ``parts`` stand in its formula.

    ``gap`` says why there is none.
    """

    basis: Basis
    value: str
    exact: str
    period: str
    age_months: int
    method: str
    gap: Sentence | None
    is_applicable: bool
    lacking: tuple[PartText, ...]
    rows: tuple[ReceivedText, ...]
    parts: tuple[PartText, ...]
    base: tuple[PartText, ...]
    findings: tuple[FindingText, ...]
    score: str
    weight: str
    to_node: str
    to_index: str


@dataclass(frozen=True)
class FigureGroup:
    """The figures below one node; without a node: those that are not scored."""

    code: str
    name: str
    figures: tuple[FigureText, ...]


@dataclass(frozen=True)
class FileText:
    """A file that figures of the page came with."""

    number: int
    file: str
    source: str
    publisher: str
    licence: str
    received: str
    snapshot: str
    findings: tuple[FindingText, ...]


@dataclass(frozen=True)
class ProvenancePage:
    """What the page of the chains of a unit says; ``resource`` is where the JSON file of the same chains lies."""

    unit: Link
    resource: str
    outputs: OutputTexts
    groups: tuple[FigureGroup, ...]
    files: tuple[FileText, ...]
    general_rules: int


def provenance_path(code: str) -> str:
    """Return where the page of the chains of a unit goes; a figure's place on it is the code of its indicator."""
    return f"provenance/{code}.html"


def chain_path(unit_page: str, place: str) -> str:
    """Return where a chain stands; ``place`` is that of an output, or the page of the figure's indicator."""
    code = place.removeprefix("indicators/").removesuffix(".html")
    return f"{unit_page.replace('units/', 'provenance/', 1)}#{code}"


@dataclass(frozen=True)
class ProvenancePages:
    """Makes the pages of all units in the language of its view."""

    view: View
    chains: Chains
    outputs: Outputs

    def page(self, unit: Unit) -> ProvenancePage:
        """Return the page of a unit."""
        chains = self.chains.of_unit(unit)
        files = {snapshot: number for number, snapshot in enumerate(chains.files, start=1)}
        by_node: dict[str, list[FigureText]] = defaultdict(list)
        for chain in chains.figures:
            by_node[chain.indicator.node or ""].append(self._figure(chain, chains, files))
        return ProvenancePage(
            unit=self.view.unit_link(unit.code),
            resource=f"api/v1/provenance/{unit.code}.json",
            outputs=output_texts(self.view, self.outputs.of_unit(unit)),
            groups=tuple(
                FigureGroup(code, name, tuple(by_node[code]))
                for code, name in (*self._nodes.items(), ("", ""))
                if code in by_node
            ),
            files=tuple(self._file(number, snapshot) for snapshot, number in files.items()),
            general_rules=len(self.chains.rules.get(None, ())),
        )

    @cached_property
    def _nodes(self) -> Mapping[str, str]:
        return {node.code: self.view.pick(node.name) for node in self.view.catalogue.index.nodes}

    @cached_property
    def _bases(self) -> Mapping[str, Basis]:
        return {indicator.code: self._basis(indicator) for indicator in self.view.catalogue.indicators}

    def _basis(self, indicator: Indicator) -> Basis:
        view, posts = self.view, indicator.goalposts
        return Basis(
            code=indicator.code,
            indicator=Link(view.pick(indicator.name), indicator_path(indicator.code)),
            measure=view.measure_after(indicator.measure),
            articles=indicator.articles,
            formula=formula_text(view, indicator),
            window=indicator.window,
            aggregation=indicator.aggregation,
            node=indicator.node or "",
            node_name=self._nodes.get(indicator.node or "", ""),
            weight=percent(indicator.weight),
            worst="" if posts is None else _bound(posts.worst.value),
            best="" if posts is None else _bound(posts.best.value),
            rules=len(self.chains.rules.get(indicator.code, ())),
        )

    @cached_property
    def _periods(self) -> dict[str, str]:
        return {}

    def _period(self, code: str) -> str:
        """Return a period in words; there are few of them, and each is written many times."""
        if code not in self._periods:
            self._periods[code] = self.view.period(code)
        return self._periods[code]

    def _figure(self, chain: FigureChain, chains: UnitChains, files: Mapping[str, int]) -> FigureText:
        base = [one for one in chain.inputs if one.part == _BASE]
        rows = self._own(chain, chains)
        return FigureText(
            basis=self._bases[chain.indicator.code],
            value=_number(chain.value, chain.indicator),
            exact=_exact(chain),
            period=self._period(chain.value_period) if chain.value_period else "",
            age_months=chain.age_months or 0,
            method=chain.method or "",
            gap=None if chain.gap is None else self._gap(chain),
            is_applicable=chain.state != "not_applicable",
            lacking=tuple(self._part(chains.by_code[code]) for code in chain.lacking),
            rows=self._rows(rows, files),
            parts=tuple(
                self._part(chains.by_code[code])
                for code in (component_codes(chain.indicator) if chain.method == "computed" else ())
            ),
            base=tuple(self._base(one, chains, files) for one in base),
            findings=self._findings([*rows, *(row for one in base for row in chains.received_of(one))], chain),
            score=points(chain.score),
            weight=percent(chain.effective_weight),
            to_node=points(chain.to_node),
            to_index=points(chain.to_index),
        )

    def _own(self, chain: FigureChain, chains: UnitChains) -> list[Received]:
        """Return the received figures of the indicator itself; of one that is missing, the newest."""
        if chain.newest is not None:
            return [chain.newest]
        if chain.method == "computed":
            return []
        return [row for one in chain.inputs for row in chains.received_of(one)]

    def _gap(self, chain: FigureChain) -> Sentence:
        if chain.newest is None:
            return Sentence(f"provenance.gap.{chain.gap}")
        values: dict[str, str | Sentence] = {
            "period": self.view.period(chain.newest.period),
            "value": _number(chain.newest.value, chain.indicator),
            "months": str(chain.indicator.carry_months),
        }
        return Sentence(f"provenance.gap.{chain.gap}", values)

    def _rows(self, rows: Iterable[Received], files: Mapping[str, int]) -> tuple[ReceivedText, ...]:
        return tuple(
            ReceivedText(
                period=self._period(row.period),
                value=_number(row.value, self.view.catalogue.indicators_by_code[row.indicator]),
                location=row.location,
                file=files[row.snapshot],
                status="" if row.status == "reported" else row.status,
                note=recorded(row.note) if row.note else (),
                has_finding=bool(row.findings),
            )
            for row in rows
        )

    def _part(self, chain: FigureChain) -> PartText:
        basis = self._bases[chain.indicator.code]
        return PartText(basis.code, basis.indicator.text, _number(chain.value, chain.indicator), basis.measure)

    def _base(self, one: Input, chains: UnitChains, files: Mapping[str, int]) -> PartText:
        basis = self._bases[one.indicator]
        value = _number(one.value, self.view.catalogue.indicators_by_code[one.indicator])
        rows = self._rows(chains.received_of(one), files)
        return PartText(basis.code, basis.indicator.text, value, basis.measure, rows)

    def _findings(self, rows: Iterable[Received], chain: FigureChain) -> tuple[FindingText, ...]:
        """Return what was found about the rows, and about figures that could have stood among them."""
        seen = {id(finding) for finding in chain.findings}
        at_rows = [finding for row in rows for finding in row.findings if id(finding) not in seen]
        return self._found((*at_rows, *chain.findings))

    def _found(self, found: Iterable[Row]) -> tuple[FindingText, ...]:
        language = self.view.language
        return tuple(
            FindingText(
                severity=row["severity"],
                message=row[f"message_{language}"] or "",
                status=row["status"] or "open",
                explanation=row.get(f"explanation_{language}") or "",
            )
            for row in found
        )

    def _file(self, number: int, snapshot: str) -> FileText:
        row = self.chains.files.get(snapshot) or {}
        source = next((one for one in self.view.catalogue.sources if one.code == row.get("source_id")), None)
        return FileText(
            number=number,
            file=row.get("file") or "",
            source=self.view.pick(source.name) if source else str(row.get("source_id") or ""),
            publisher=self.view.pick(source.publisher) if source else str(row.get("publisher") or ""),
            licence=self.view.pick(source.licence) if source else str(row.get("licence") or ""),
            received=wording.day(row["received_at"], self.view.language) if row.get("received_at") else "",
            snapshot=snapshot,
            findings=self._found(self.chains.file_findings.get(snapshot, ())),
        )


def _bound(value: float) -> str:
    """Return one end of the goalposts as it stands in a formula: two signs never stand side by side."""
    written = wording.plain(value)
    return f"({written})" if value < 0 else written


def _exact(chain: FigureChain) -> str:
    if chain.value is None or chain.score is None:
        return ""
    return wording.plain(round(chain.value, chain.indicator.decimals + _MORE_DIGITS))


def _number(value: float | None, indicator: Indicator) -> str:
    return "" if value is None else wording.number(value, indicator.decimals)
