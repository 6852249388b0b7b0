"""How the three outputs and the index tree of a unit came about, in one language."""

from dataclasses import dataclass

from xietong.report import wording
from xietong.report.assessment import grade_name
from xietong.report.evaluation import Row
from xietong.report.facts import Sentence
from xietong.report.output_chains import (
    AssessmentChain,
    NodeChain,
    OutputChains,
    Part,
    Rank,
    SynergyChain,
    Uncertainty,
)
from xietong.report.view import View

_POINT_DECIMALS = 2
_DEGREE_DECIMALS = 4
_PERCENT_DECIMALS = 1


@dataclass(frozen=True)
class IntervalText:
    """Where an output lies in 5 to 95 % of the runs."""

    low: str
    high: str
    runs: str


@dataclass(frozen=True)
class SynergyText:
    """The degree of synergy with every step of its formula, written with four decimals."""

    pollution_node: str
    carbon_node: str
    pollution: str
    carbon: str
    weight_pollution: str
    weight_carbon: str
    coupling: str
    level: str
    degree: str
    standard: str
    band: str
    reason: str
    rank: Sentence | None
    interval: IntervalText | None


@dataclass(frozen=True)
class PartText:
    """One part of a node; ``anchor`` is its place on the page."""

    anchor: str
    name: str
    weight: str
    score: str
    points: str
    to_index: str


@dataclass(frozen=True)
class NodeText:
    """One node of the index with its parts."""

    anchor: str
    code: str
    name: str
    level: str
    aggregation: str
    takes: str
    state: str
    score: str
    arithmetic: str
    coverage: str
    band: str
    rank: Sentence | None
    interval: IntervalText | None
    parts: tuple[PartText, ...]


@dataclass(frozen=True)
class ItemText:
    """One item of the assessment: the target, what was reached, and its points; ``reason`` says why it has none."""

    anchor: str
    name: str
    measure: str
    target: str
    origin: str
    actual: str
    rate: str
    points: str
    available: str
    reason: str


@dataclass(frozen=True)
class SectionText:
    """One section of the assessment with its items."""

    name: str
    points: str
    available: str
    items: tuple[ItemText, ...]


@dataclass(frozen=True)
class AssessmentText:
    """The assessment score as the sum of its sections, with bonus and deduction."""

    is_assessed: bool
    reason: str
    score: str
    of_sections: str
    bonus: str
    deduction: str
    grade: str
    gates: tuple[str, ...]
    rank: Sentence | None
    interval: IntervalText | None
    sections: tuple[SectionText, ...]


@dataclass(frozen=True)
class ChangeText:
    """The change of an output to the evaluated period, with its interval."""

    output: str
    base_period: str
    before: str
    now: str
    change: str
    low: str
    high: str
    is_clear: bool


@dataclass(frozen=True)
class QuantityText:
    """An indicator that changes are measured on, and its place on the page."""

    anchor: str
    name: str


@dataclass(frozen=True)
class OutputTexts:
    """The outputs of one unit; None for one that the release does not hold."""

    synergy: SynergyText | None
    nodes: tuple[NodeText, ...]
    assessment: AssessmentText | None
    changes: tuple[ChangeText, ...]
    quantities: tuple[QuantityText, ...]


def points(value: float | None) -> str:
    """Return points from 0 to 100 with two decimals; nothing for none."""
    return "" if value is None else wording.number(value, _POINT_DECIMALS)


def percent(share: float | None) -> str:
    """Return a share from 0 to 1 in percent, without the sign; nothing for none."""
    return "" if share is None else wording.number(100 * share, _PERCENT_DECIMALS)


def node_anchor(code: str, parent: str | None) -> str:
    """Return the place of a node on the page; the node without a parent is the index itself."""
    return "output-index" if parent is None else f"node-{code}"


def output_texts(view: View, chains: OutputChains) -> OutputTexts:
    """Return the outputs of a unit in the view's language."""
    return OutputTexts(
        synergy=None if chains.synergy is None else _synergy(view, chains.synergy),
        nodes=tuple(_node(view, node) for node in chains.nodes),
        assessment=None if chains.assessment is None else _assessment(view, chains.assessment),
        changes=tuple(_change(view, chains, row) for row in chains.changes if row["change"] is not None),
        quantities=tuple(_quantities(view)),
    )


def _synergy(view: View, chain: SynergyChain) -> SynergyText:
    row, index = chain.row, view.catalogue.index.synergy
    return SynergyText(
        pollution_node=index.pollution,
        carbon_node=index.carbon,
        pollution=_degree(row["p_score"]),
        carbon=_degree(row["k_score"]),
        weight_pollution=wording.plain(index.weight_pollution),
        weight_carbon=wording.plain(index.weight_carbon),
        coupling=_degree(row["c_modified"]),
        level=_degree(row["t"]),
        degree=_degree(row["d_modified"]),
        standard=_degree(row["d_standard"]),
        band=view.synergy_band(row["band"]),
        reason=row["reason"] or "",
        rank=_rank(chain.rank),
        interval=_interval(chain.uncertainty, _DEGREE_DECIMALS),
    )


def _node(view: View, chain: NodeChain) -> NodeText:
    node = chain.node
    return NodeText(
        anchor=node_anchor(node.code, node.parent),
        code=node.code,
        name=view.pick(node.name),
        level=node.level,
        aggregation=node.aggregation,
        takes=node.takes,
        state=chain.state,
        score=points(chain.score),
        arithmetic=points(chain.arithmetic) if node.aggregation == "geometric" else "",
        coverage=percent(chain.coverage),
        band=view.index_band(chain.band),
        rank=_rank(chain.rank),
        interval=_interval(chain.uncertainty, _POINT_DECIMALS),
        parts=tuple(_part(view, part) for part in chain.parts),
    )


def _part(view: View, part: Part) -> PartText:
    if part.kind == "indicator":
        anchor, name = part.code, view.indicator_link(part.code).text
    else:
        found = next(node for node in view.catalogue.index.nodes if node.code == part.code)
        anchor, name = node_anchor(found.code, found.parent), view.pick(found.name)
    return PartText(anchor, name, percent(part.weight), points(part.score), points(part.points), points(part.to_index))


def _assessment(view: View, chain: AssessmentChain) -> AssessmentText:
    row = chain.row
    return AssessmentText(
        is_assessed=row["state"] == "assessed",
        reason=row["reason"] or "too_little_observed",
        score=points(row["score"]),
        of_sections=points(row["score_of_sections"]),
        bonus=points(row["bonus"]),
        deduction=points(row["deduction"]),
        grade=grade_name(view, row["grade"]),
        gates=tuple((row[f"gate_reasons_{view.language}"] or "").splitlines()),
        rank=_rank(chain.rank),
        interval=_interval(chain.uncertainty, _POINT_DECIMALS),
        sections=tuple(_section(view, section, chain.items) for section in chain.sections),
    )


def _section(view: View, row: Row, items: tuple[Row, ...]) -> SectionText:
    sections = view.catalogue.scoring.sections if view.catalogue.scoring else ()
    names = {section.code: view.pick(section.name) for section in sections}
    return SectionText(
        name=names[row["section_code"]],
        points=points(row["points"]),
        available=wording.plain(row["points_nominal"]),
        items=tuple(_item(view, item) for item in items if item["section_code"] == row["section_code"]),
    )


def _item(view: View, row: Row) -> ItemText:
    indicator = view.catalogue.indicators_by_code[row["indicator_code"]]
    actual = row["actual"]
    return ItemText(
        anchor=indicator.code,
        name=view.pick(indicator.name),
        measure=view.measure_after(indicator.measure),
        target="" if row["target_value"] is None else wording.plain(row["target_value"]),
        origin=row["target_origin"],
        actual="" if actual is None else wording.number(actual, indicator.decimals),
        rate=percent(row["cumulative_rate"]),
        points=points(row["points"]),
        available=points(row["points_available"]),
        reason=row["reason"] or "",
    )


def _change(view: View, chains: OutputChains, row: Row) -> ChangeText:
    """Return a change; the value before is the value now less the change, so that the two always fit."""
    is_degree = row["output"] == "synergy"
    decimals = _DEGREE_DECIMALS if is_degree else _POINT_DECIMALS
    top = next((chain.score for chain in chains.nodes if chain.node.parent is None), None)
    now = chains.synergy.row["d_modified"] if is_degree and chains.synergy is not None else top
    return ChangeText(
        output=row["output"],
        base_period=view.period(row["base_period"]),
        before="" if now is None else wording.number(now - row["change"], decimals),
        now="" if now is None else wording.number(now, decimals),
        change=wording.signed(row["change"], decimals),
        low=wording.signed(row["change_p05"], decimals),
        high=wording.signed(row["change_p95"], decimals),
        is_clear=row["is_clear"],
    )


def _quantities(view: View) -> list[QuantityText]:
    synergy = view.catalogue.index.synergy
    codes = (synergy.pollution_quantity, synergy.carbon_quantity, synergy.economy_quantity)
    return [QuantityText(code, view.indicator_link(code).text) for code in codes if code is not None]


def _rank(rank: Rank | None) -> Sentence | None:
    if rank is None:
        return None
    values: dict[str, str | Sentence] = {"rank": str(rank.value), "units": str(rank.units)}
    if rank.low == rank.high:
        return Sentence("rank.certain", values)
    return Sentence("rank.with_interval", {**values, "low": str(rank.low), "high": str(rank.high)})


def _interval(found: Uncertainty | None, decimals: int) -> IntervalText | None:
    if found is None:
        return None
    return IntervalText(
        wording.number(found.low, decimals), wording.number(found.high, decimals), wording.number(found.runs, 0)
    )


def _degree(value: float | None) -> str:
    return "" if value is None else wording.number(value, _DEGREE_DECIMALS)
