"""The scores of many runs at once: normalise, impute, weigh and couple arrays of runs × units × indicators."""

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xietong.catalogue import Node
from xietong.robustness.factors import FACTORS
from xietong.robustness.grid_factors import GRID_SERIES
from xietong.robustness.inputs import RobustnessInputs

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_NORMALISATIONS: Final = FACTORS["normalisation"]
#: Runs that are computed together: their arrays should stay in the processor's cache.
_CHUNK: Final = 256


@dataclass(frozen=True)
class Choices:
    """What each run takes.

    ``levels``: per factor the level of each run. ``multipliers``: runs × weights (indicators,
    nodes, then pollution and carbon of the synergy degree). ``errors``: realisations × units ×
    indicators in standard errors, of which run r takes the one at ``error_of[r]``.
    """

    levels: dict[str, IntArray]
    multipliers: FloatArray
    errors: FloatArray
    error_of: IntArray


@dataclass(frozen=True)
class Scores:
    """Scores 0–100 (runs × units): 100 · D, and the composite index."""

    synergy: FloatArray
    index: FloatArray


def assessable(inputs: RobustnessInputs) -> dict[str, BoolArray]:
    """Return, by output, which units have enough of the weight observed in every node that it needs."""
    observed = ~np.isnan(inputs.figures[GRID_SERIES[0]])
    enough, concerned = {}, {}
    for node in inputs.nodes:
        if node.takes == "indicators":
            columns = inputs.columns(node.code)
            due = inputs.applicable[:, columns] @ inputs.weights[columns]
            known = (observed & inputs.applicable)[:, columns] @ inputs.weights[columns]
            concerned[node.code] = due > 0
            enough[node.code] = known >= (inputs.availability - 1e-9) * due
    sides = (inputs.synergy.pollution, inputs.synergy.carbon)
    synergy = np.logical_and.reduce([enough[side] & concerned[side] for side in sides])
    every = np.logical_and.reduce(list(enough.values())) & np.logical_or.reduce(list(concerned.values()))
    coupled = any(node.takes == "synergy_degree" for node in inputs.nodes)
    return {"synergy": synergy, "index": every & synergy if coupled else every}


def evaluate(inputs: RobustnessInputs, choices: Choices) -> Scores:
    """Return the scores of every run; units without a figure in a node may come out as NaN."""
    runs = len(choices.error_of)
    synergy, index = np.empty((runs, len(inputs.units))), np.empty((runs, len(inputs.units)))
    # Runs that normalise, impute and complete alike share those steps.
    shared = ("normalisation", "grid_factor", "imputation", "missing")
    levels = np.stack([choices.levels[factor] for factor in shared])
    for combination in itertools.product(*(range(int(level.max()) + 1) for level in levels)):
        members = np.flatnonzero((levels == np.array(combination)[:, None]).all(axis=0))
        for start in range(0, len(members), _CHUNK):
            chunk = members[start : start + _CHUNK]
            # Of one base point, the runs that differ in weights or joining only have the same indicator scores.
            realisations, of_run = np.unique(choices.error_of[chunk], return_inverse=True)
            errors = choices.errors[realisations] if inputs.uncertain.any() else None
            scores, counted = _indicator_scores(inputs, errors, combination)
            shared_by = of_run if errors is not None else None
            synergy[chunk], index[chunk] = _Tree(inputs, choices, chunk).scores(scores, counted, shared_by)
    return Scores(synergy, index)


def _indicator_scores(
    inputs: RobustnessInputs, errors: FloatArray | None, combination: tuple[int, ...]
) -> tuple[FloatArray, BoolArray]:
    """Return scores 0–100 (realisations × units × indicators), 0 where none counts, and which count.

    ``errors`` are in standard errors and are used up; None: one realisation, the figures as they are.
    Which figures count is the same for all realisations (units × indicators).
    """
    normalisation, series, imputation, missing = combination
    base = inputs.figures[GRID_SERIES[series]]
    observed = ~np.isnan(base) & inputs.applicable
    known = np.where(observed, base, 0.0)
    figures = known[None]
    if errors is not None:
        # In place: these arrays are the bulk of the work.
        figures = errors
        figures *= inputs.relative_errors * np.abs(known) + inputs.absolute_errors
        figures += known
    if imputation:
        figures = _completed(figures, observed)
        observed = inputs.applicable & observed.any(axis=0)
    scores = _normalised(inputs, figures, observed, _NORMALISATIONS[normalisation])
    if not missing:
        return _kept(scores, observed), observed
    # The weight is kept and the score is the bottom of the scale (NBS rule, method.md §1.5).
    bottom = np.zeros((1, 1, base.shape[1]))
    if _NORMALISATIONS[normalisation] == "zscore":
        lowest = np.min(np.where(observed, scores, np.inf), axis=1, keepdims=True)
        bottom = np.where(np.isfinite(lowest), lowest, 0.0)
    filled = np.where(observed, scores, bottom)
    return _kept(filled, inputs.applicable), inputs.applicable


def _kept(scores: FloatArray, counted: BoolArray) -> FloatArray:
    """Return the scores with 0 where none counts."""
    scores[:, ~counted] = 0.0
    return scores


def _completed(figures: FloatArray, observed: BoolArray) -> FloatArray:
    """Return the figures with the median of the observed units where one is missing."""
    holes = np.flatnonzero(~observed.all(axis=0) & observed.any(axis=0))
    if not len(holes):
        return figures
    completed = figures.copy()
    for column in holes:
        known = observed[:, column]
        median = np.median(figures[:, known, column], axis=1, keepdims=True)
        completed[:, :, column] = np.where(known, figures[:, :, column], median)
    return completed


def _normalised(inputs: RobustnessInputs, figures: FloatArray, observed: BoolArray, how: str) -> FloatArray:
    """Return scores 0–100: between goalposts, between the sample's ends, or 5 · z with z of mean 10 and sd 2.

    Under the latter two, a column without spread says nothing and stands in the middle.
    """
    if how == "goalposts":
        scores = figures - inputs.worst
        scores *= 100.0 / (inputs.best - inputs.worst)
        return np.asarray(np.clip(scores, 0.0, 100.0, out=scores))
    raised = figures * np.sign(inputs.best - inputs.worst)
    if how == "minmax":
        lowest = np.min(np.where(observed, raised, np.inf), axis=1, keepdims=True)
        span = np.max(np.where(observed, raised, -np.inf), axis=1, keepdims=True) - lowest
        flat = ~(span > 0)
        return np.asarray(np.where(flat, 50.0, 100.0 * (raised - lowest) / np.where(flat, 1.0, span)))
    count = observed.sum(axis=0)
    mean = np.sum(raised * observed, axis=1, keepdims=True) / np.maximum(count, 1)
    centred = raised - mean
    spread = np.sqrt(np.sum(centred**2 * observed, axis=1, keepdims=True) / np.maximum(count - 1, 1))
    # Equal figures differ from their mean by its rounding, which is no spread.
    flat = ~(spread > 1e-12 * np.abs(mean))
    return np.asarray(np.clip(50.0 + 10.0 * centred / np.where(flat, 1.0, spread), 0.0, 100.0))


class _Tree:
    """Carries the indicator scores of a chunk of runs up the index."""

    def __init__(self, inputs: RobustnessInputs, choices: Choices, chunk: IntArray) -> None:
        self.inputs = inputs
        count = len(inputs.indicators)
        multipliers = choices.multipliers[chunk]
        self.weights = inputs.weights * multipliers[:, :count]
        nodes = np.array([node.weight for node in inputs.nodes]) * multipliers[:, count:-2]
        self.node_weights = {node.code: nodes[:, position] for position, node in enumerate(inputs.nodes)}
        sides = np.array([inputs.synergy.weight_pollution, inputs.synergy.weight_carbon]) * multipliers[:, -2:]
        self.shares = sides / sides.sum(axis=1, keepdims=True)
        self.standard = choices.levels["coupling"][chunk][:, None] == 1
        self.arithmetic = choices.levels["aggregation"][chunk][:, None] == 1

    def scores(self, scores: FloatArray, counted: BoolArray, of_run: IntArray | None) -> tuple[FloatArray, FloatArray]:
        """Return the synergy degree × 100 and the index (runs × units).

        ``of_run``: which realisation of the indicator scores each run has; None: there is one.
        """
        leaves = {
            node.code: self._leaf(node, scores, counted, of_run)
            for node in self.inputs.nodes
            if node.takes == "indicators"
        }
        synergy = self._synergy(leaves)
        coupled = {node.code: synergy for node in self.inputs.nodes if node.takes == "synergy_degree"}
        return synergy, self._node(self.inputs.index, leaves | coupled)

    def _leaf(self, node: Node, scores: FloatArray, counted: BoolArray, of_run: IntArray | None) -> FloatArray:
        columns = self.inputs.columns(node.code)
        # One small product a run: a large one would start threads that only get in each other's way.
        weights = self.weights[:, columns, None]
        taken = scores[:, :, columns] if of_run is None else scores[:, :, columns][of_run]
        sums = np.matmul(taken, weights)[:, :, 0]
        totals = np.matmul(counted[None, :, columns].astype(float), weights)[:, :, 0]
        return np.asarray(np.divide(sums, totals, out=np.full_like(sums, np.nan), where=totals > 0))

    def _synergy(self, leaves: dict[str, FloatArray]) -> FloatArray:
        pollution = np.clip(leaves[self.inputs.synergy.pollution] / 100.0, 0.0, 1.0)
        carbon = np.clip(leaves[self.inputs.synergy.carbon] / 100.0, 0.0, 1.0)
        mean = self.shares[:, :1] * pollution + self.shares[:, 1:] * carbon
        higher = np.maximum(pollution, carbon)
        # Both zero: C has no value, and D = 0 through the mean (rulings 1).
        ratio = np.minimum(pollution, carbon) / np.where(higher > 0, higher, 1.0)
        standard = 2.0 * np.sqrt(ratio) / (1.0 + ratio)
        modified = np.sqrt((1.0 - np.abs(pollution - carbon)) * ratio)
        return np.asarray(100.0 * np.sqrt(np.where(self.standard, standard, modified) * mean))

    def _node(self, node: Node, leaves: dict[str, FloatArray]) -> FloatArray:
        if node.code in leaves:
            return leaves[node.code]
        children = self.inputs.children(node.code)
        values = np.stack([self._node(child, leaves) for child in children])
        weights = np.stack([self.node_weights[child.code] for child in children])[:, :, None]
        # A node that does not apply to a unit leaves its weight to the others.
        weights = np.where(np.isnan(values), 0.0, weights)
        weights = weights / np.where(weights.sum(axis=0) > 0, weights.sum(axis=0), np.nan)
        values = np.nan_to_num(values)
        arithmetic = np.sum(weights * values, axis=0)
        if node.parent is not None and node.aggregation == "arithmetic":
            return np.asarray(arithmetic)
        geometric = np.exp(np.sum(weights * np.log(np.maximum(values, self.inputs.geometric_floor)), axis=0))
        return np.asarray(geometric if node.parent is not None else np.where(self.arithmetic, arithmetic, geometric))
