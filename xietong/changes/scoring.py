"""Scores of all units from their figures, by one method: the models of the warehouse once more, in NumPy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xietong.changes.method import FloatArray, Method

BoolArray = NDArray[np.bool_]

#: The output that is no node: the synergy degree, 0–1.
SYNERGY: Final = "synergy"


@dataclass(frozen=True)
class Figures:
    """Figures (units × indicators): NaN where none is observed, and whether the indicator applies."""

    indicators: tuple[str, ...]
    values: FloatArray
    is_applicable: BoolArray


@dataclass(frozen=True)
class _Scores:
    """Scores of a node by unit, NaN where there is none; whether it applies, and whether enough is observed."""

    values: FloatArray
    is_applicable: BoolArray
    is_sufficient: BoolArray


def evaluate(
    method: Method, figures: Figures, peers: FloatArray, *, needs_availability: bool = False
) -> dict[str, FloatArray]:
    """Return the score (0–100) of every node by unit and the synergy degree (0–1); NaN where there is none.

    ``peers``: the figures of the other units that relative normalisations compare each unit's own
    with. ``needs_availability``: a node with less of its weight observed than the method asks for
    has no score, and neither has one above it; otherwise what is not observed leaves its weight to
    the rest.
    """
    columns = [figures.indicators.index(code) for code in method.indicators]
    values, is_applicable = figures.values[:, columns], figures.is_applicable[:, columns]
    scores = _normalised(method, values, peers[:, columns])
    nodes = {
        node: _leaf(method, node, scores, is_applicable)
        for node, takes in method.takes.items()
        if takes == "indicators"
    }
    degree = _degree(method, *(nodes[side].values for side in method.synergy_nodes))
    enough = np.logical_and.reduce(
        [nodes[side].is_sufficient & nodes[side].is_applicable for side in method.synergy_nodes]
    )
    everywhere = np.ones(len(degree), dtype=bool)
    nodes |= {
        node: _Scores(100.0 * degree, everywhere, enough)
        for node, takes in method.takes.items()
        if takes == "synergy_degree"
    }
    for node in reversed(tuple(method.parents)):
        if method.takes[node] == "nodes":
            nodes[node] = _joined(method, node, nodes)
    found = {node: scored.values for node, scored in nodes.items()} | {SYNERGY: degree}
    if not needs_availability:
        return found
    sufficient = {node: scored.is_sufficient & scored.is_applicable for node, scored in nodes.items()} | {
        SYNERGY: enough
    }
    return {output: np.where(sufficient[output], values, np.nan) for output, values in found.items()}


def _normalised(method: Method, values: FloatArray, peers: FloatArray) -> FloatArray:
    posts = np.array([method.goalposts[code] for code in method.indicators], dtype=float).reshape(-1, 2)
    worst, best = posts[:, 0], posts[:, 1]
    if method.normalisation == "goalposts":
        return np.asarray(np.clip(100.0 * (values - worst) / (best - worst), 0.0, 100.0))
    raised, others = values * np.sign(best - worst), peers * np.sign(best - worst)
    return _standardised(raised, others) if method.normalisation == "zscore" else _between_ends(raised, others)


def _between_ends(own: FloatArray, peers: FloatArray) -> FloatArray:
    """Return 0–100 between the ends of each unit's own figure and its peers'; without spread 50."""
    scores = np.full_like(own, np.nan)
    for unit in range(len(own)):
        sample = np.vstack([np.delete(peers, unit, axis=0), own[unit]])
        lowest, highest = np.fmin.reduce(sample), np.fmax.reduce(sample)
        span = highest - lowest
        scores[unit] = np.where(span > 0, 100.0 * (own[unit] - lowest) / np.where(span > 0, span, 1.0), 50.0)
    return np.asarray(np.where(np.isnan(own), np.nan, scores))


def _standardised(own: FloatArray, peers: FloatArray) -> FloatArray:
    """Return 50 + 10·z, held in 0–100, with mean and deviation over each unit's own figure and its peers'."""
    scores = np.full_like(own, np.nan)
    for unit in range(len(own)):
        sample = np.vstack([np.delete(peers, unit, axis=0), own[unit]])
        known = ~np.isnan(sample)
        count = known.sum(axis=0)
        centre = np.where(known, sample, 0.0).sum(axis=0) / np.maximum(count, 1)
        squares = np.where(known, (sample - centre) ** 2, 0.0).sum(axis=0)
        spread = np.sqrt(squares / np.maximum(count - 1, 1))
        # Equal figures differ from their mean by its rounding, which is no spread.
        varied = spread > 1e-12 * np.abs(centre)
        z = np.where(varied, (own[unit] - centre) / np.where(varied, spread, 1.0), 0.0)
        scores[unit] = np.clip(50.0 + 10.0 * z, 0.0, 100.0)
    return np.asarray(np.where(np.isnan(own), np.nan, scores))


def _leaf(method: Method, node: str, scores: FloatArray, is_applicable: BoolArray) -> _Scores:
    columns = [position for position, code in enumerate(method.indicators) if method.node_of[code] == node]
    weights = np.array([method.weights[method.indicators[column]] for column in columns])
    own = scores[:, columns]
    is_known = ~np.isnan(own)
    # What is observed applies, whatever the catalogue says.
    applies = is_applicable[:, columns] | is_known
    known, due = is_known @ weights, applies @ weights
    values = np.divide(np.where(is_known, own, 0.0) @ weights, known, out=np.full(len(own), np.nan), where=known > 0)
    return _Scores(values, due > 0, known >= (method.availability - 1e-9) * due)


def _degree(method: Method, pollution: FloatArray, carbon: FloatArray) -> FloatArray:
    """Return D = sqrt(C · T) with the modified coupling degree; two zeros have degree 0 (rulings 1)."""
    p, k = np.clip(pollution / 100.0, 0.0, 1.0), np.clip(carbon / 100.0, 0.0, 1.0)
    mean = method.synergy_weights[0] * p + method.synergy_weights[1] * k
    higher = np.maximum(p, k)
    coupling = np.sqrt((1.0 - np.abs(p - k)) * np.minimum(p, k) / np.where(higher > 0, higher, 1.0))
    return np.asarray(np.sqrt(coupling * mean))


def _joined(method: Method, node: str, nodes: Mapping[str, _Scores]) -> _Scores:
    children = [nodes[child] for child in method.children(node)]
    own = np.stack([child.values for child in children], axis=1)
    is_known = ~np.isnan(own)
    weights = np.where(is_known, np.array([method.node_weights[child] for child in method.children(node)]), 0.0)
    total = weights.sum(axis=1)
    shares = weights / np.where(total > 0, total, 1.0)[:, None]
    filled = np.where(is_known, own, 1.0)
    if method.aggregations[node] == "geometric":
        joined = np.exp(np.sum(shares * np.log(np.maximum(filled, method.floor)), axis=1))
    else:
        joined = np.sum(shares * filled, axis=1)
    applies = np.stack([child.is_applicable for child in children], axis=1)
    sufficient = np.stack([child.is_sufficient for child in children], axis=1)
    is_sufficient = np.asarray(np.all(sufficient | ~applies, axis=1) & (total > 0))
    return _Scores(np.where(total > 0, joined, np.nan), np.asarray(applies.any(axis=1)), is_sufficient)
