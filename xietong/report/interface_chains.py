"""Chains as the JSON files of the data interface say them."""

from typing import Any

from xietong.catalogue import Catalogue, Text
from xietong.report.chains import Chains, FigureChain, Input, Received, UnitChains
from xietong.report.evaluation import Row
from xietong.report.output_chains import NodeChain, OutputChains, Part, Rank, SynergyChain, Uncertainty

_ITEM = (
    "indicator_code",
    "rule_code",
    "state",
    "reason",
    "target_code",
    "target_origin",
    "target_value",
    "is_binding",
    "required_now",
    "actual",
    "value_period",
    "cumulative_rate",
    "points_available",
    "points",
)


def text_content(text: Text) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def output_content(catalogue: Catalogue, chains: OutputChains) -> dict[str, Any]:
    """Return the three outputs and the nodes of the index; one that the release does not hold is null, with reason."""
    top = next((chain for chain in chains.nodes if chain.node.parent is None), None)
    return {
        "outputs": {
            "synergy": _synergy(catalogue, chains.synergy),
            "index": _index(catalogue, top),
            "assessment": _assessment(chains),
        },
        "nodes": [_node(chain) for chain in chains.nodes],
    }


def _judged(value: float | None, reason: str | None, rank: Rank | None, *, is_ranked: bool) -> dict[str, Any]:
    """Return a value with its rank; what is missing has its reason beside it."""
    if rank is not None:
        rank_reason = None
    elif value is None:
        rank_reason = "no_value"
    else:
        rank_reason = "no_interval" if is_ranked else "not_ranked"
    return {
        "value": value,
        "reason": None if value is not None else reason or "not_assessable",
        "rank": None
        if rank is None
        else {"value": rank.value, "low": rank.low, "high": rank.high, "of": rank.units, "level": [0.05, 0.95]},
        "rank_reason": rank_reason,
    }


def _interval(found: Uncertainty | None) -> dict[str, Any] | None:
    return None if found is None else {"low": found.low, "high": found.high, "level": [0.05, 0.95], "runs": found.runs}


def _band(bands: Any, level: int | None) -> dict[str, Any] | None:
    return next(({"level": band.level, "name": text_content(band.name)} for band in bands if band.level == level), None)


def _synergy(catalogue: Catalogue, chain: SynergyChain | None) -> dict[str, Any]:
    row = {} if chain is None else chain.row
    rank, found = (None, None) if chain is None else (chain.rank, chain.uncertainty)
    return _judged(
        row.get("d_modified"), row.get("reason") or "not_evaluated", rank, is_ranked=row.get("rank") is not None
    ) | {
        "interval": _interval(found),
        "band": _band(catalogue.index.synergy_bands, row.get("band")),
        "lag_type": row.get("lag_type"),
        "pollution": row.get("p_score"),
        "carbon": row.get("k_score"),
        "coupling": row.get("c_modified"),
        "level": row.get("t"),
        "standard": {"coupling": row.get("c_standard"), "value": row.get("d_standard")},
    }


def _index(catalogue: Catalogue, chain: NodeChain | None) -> dict[str, Any]:
    if chain is None:
        return _judged(None, "not_evaluated", None, is_ranked=False) | {
            "interval": None,
            "band": None,
            "coverage": None,
        }
    return _judged(chain.score, chain.state, chain.rank, is_ranked=chain.is_ranked) | {
        "interval": _interval(chain.uncertainty),
        "band": _band(catalogue.index.index_bands, chain.band),
        "coverage": chain.coverage,
    }


def _assessment(chains: OutputChains) -> dict[str, Any]:
    chain = chains.assessment
    if chain is None:
        return _judged(None, "not_evaluated", None, is_ranked=False) | {"interval": None, "grade": None, "sections": []}
    row = chain.row
    return _judged(row["score"], row["reason"], chain.rank, is_ranked=row["rank"] is not None) | {
        "interval": _interval(chain.uncertainty),
        "grade": row["grade"],
        "grade_before_gates": row["grade_before_gates"],
        "gates": (row["gate_codes"] or "").split(),
        "score_of_sections": row["score_of_sections"],
        "bonus": row["bonus"],
        "deduction": row["deduction"],
        "sections": [
            {
                "code": section["section_code"],
                "state": section["state"],
                "points": section["points"],
                "points_available": section["points_nominal"],
                "coverage": section["coverage"],
                "items": [
                    {"code": item["item_code"]} | {column: item[column] for column in _ITEM}
                    for item in chain.items
                    if item["section_code"] == section["section_code"]
                ],
            }
            for section in chain.sections
        ],
    }


def _node(chain: NodeChain) -> dict[str, Any]:
    node = chain.node
    return {
        "code": node.code,
        "name": text_content(node.name),
        "level": node.level,
        "parent": node.parent,
        "formula": "synergy_degree" if node.takes == "synergy_degree" else node.aggregation,
        "value": chain.score,
        "reason": None if chain.score is not None else chain.state,
        "coverage": chain.coverage,
        "parts": [_part(part) for part in chain.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "code": part.code,
        "weight": part.weight,
        "value": part.score,
        "reason": None if part.score is not None else "no_value",
        "points": part.points,
        "points_of_index": part.to_index,
    }


def chain_content(chains: Chains, unit: UnitChains) -> dict[str, Any]:
    """Return every chain of a unit; received figures and files stand once, and figures name them by their keys."""
    return {
        "figures": [figure_content(chains, chain) for chain in unit.figures],
        "received": {key: received_content(one) for key, one in unit.received.items()},
        "files": {sha: _file(chains, sha) for sha in unit.files},
        "general_rules": [row["expectation"] for row in chains.rules.get(None, ())],
    }


def single_chain(chains: Chains, unit: UnitChains, indicator: str) -> dict[str, Any]:
    """Return the chain of one figure with the received figures and files that it names, and no others."""
    chain = unit.by_code[indicator]
    keys = {key for one in chain.inputs for key in _input(one)["received"]}
    keys |= {chain.newest.key} if chain.newest is not None else set()
    received = {key: one for key, one in unit.received.items() if key in keys}
    snapshots = {one.snapshot for one in received.values()}
    return {
        "figure": figure_content(chains, chain),
        "received": {key: received_content(one) for key, one in received.items()},
        "files": {sha: _file(chains, sha) for sha in unit.files if sha in snapshots},
        "general_rules": [row["expectation"] for row in chains.rules.get(None, ())],
    }


def figure_content(chains: Chains, chain: FigureChain) -> dict[str, Any]:
    """Return the chain of one figure."""
    indicator, posts = chain.indicator, chain.indicator.goalposts
    return {
        "indicator": indicator.code,
        "name": text_content(indicator.name),
        "measure": indicator.measure,
        "articles": list(indicator.articles),
        "formula": None if indicator.formula is None else indicator.formula.model_dump(),
        "window": indicator.window,
        "aggregation": indicator.aggregation,
        "value": chain.value,
        "reason": chain.gap,
        "value_period": chain.value_period,
        "age_months": chain.age_months,
        "method": chain.method,
        "inputs": [_input(one) for one in chain.inputs],
        "lacking": list(chain.lacking),
        "newest_received": None if chain.newest is None else chain.newest.key,
        "rules": [row["expectation"] for row in chains.rules.get(indicator.code, ())],
        "findings": [_finding(row) for row in chain.findings],
        "score": chain.score,
        "goalposts": None if posts is None else {"worst": posts.worst.value, "best": posts.best.value},
        "node": indicator.node,
        "weight": indicator.weight,
        "effective_weight": chain.effective_weight,
        "contribution": {"node": chain.to_node, "pillar": chain.to_pillar, "index": chain.to_index},
    }


def _input(one: Input) -> dict[str, Any]:
    return {
        "indicator": one.indicator,
        "part": one.part,
        "value": one.value,
        "received": [f"{one.indicator}/{period}" for period in one.periods],
    }


def received_content(one: Received) -> dict[str, Any]:
    """Return one received figure with what checks found about it."""
    return {
        "indicator": one.indicator,
        "period": one.period,
        "value": one.value,
        "status": one.status,
        "source": one.source,
        "note": one.note or None,
        "file": one.snapshot,
        "location": one.location,
        "received_at": None if one.received_at is None else one.received_at.isoformat(),
        "findings": [_finding(row) for row in one.findings],
    }


def _finding(row: Row) -> dict[str, Any]:
    return {
        "rule": row["rule"],
        "severity": row["severity"],
        "status": row["status"],
        "period": row["period"],
        "message": {"zh": row["message_zh"], "en": row["message_en"]},
    }


def _file(chains: Chains, snapshot: str) -> dict[str, Any]:
    row = chains.files.get(snapshot) or {}
    received = row.get("received_at")
    return {
        "name": row.get("file"),
        "source": row.get("source_id"),
        "publisher": row.get("publisher"),
        "licence": row.get("licence"),
        "address": row.get("address"),
        "received_at": None if received is None else received.isoformat(),
        "bytes": row.get("size"),
        "findings": [_finding(found) for found in chains.file_findings.get(snapshot, ())],
    }
