"""The weights of every scheme for every node of the index: policy, equal, from the data, from judgement, from both.

A scheme weighs the children of each node among themselves, from the leaves up. Schemes that look at
the data take the scores between the goalposts of the units that have every child; above the leaves
these are the scores under the scheme itself. A child that fewer units have than availability asks
for (an indicator that applies to three districts) keeps its policy share, and the others share the
rest: the data cannot say how much it tells units apart.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong import aggregation, weights
from xietong.catalogue import Catalogue
from xietong.catalogue.judgements import Comparison
from xietong.errors import CatalogueError
from xietong.robustness.evaluation import assessable
from xietong.robustness.inputs import RobustnessInputs

FloatArray = NDArray[np.float64]

SCHEMES: Final = ("policy", "equal", "entropy", "critic", "ahp", "game", "pca")
_FROM_DATA: Final[dict[str, Callable[[FloatArray], FloatArray]]] = {
    "entropy": weights.entropy_weights,
    "critic": weights.critic_weights,
    "pca": weights.pca_weights,
}
_FEWEST_UNITS: Final = 2
_COLUMNS: Final = {
    "scheme": pl.String(),
    "node_code": pl.String(),
    "indicator_code": pl.String(),
    "weight": pl.Float64(),
    "note": pl.String(),
}


@dataclass(frozen=True)
class Weighed:
    """The weights of a node's children, in their order, and what has to be said about them."""

    weights: FloatArray
    note: str | None = None


@dataclass(frozen=True)
class Scheme:
    """One scheme's weights by node: of the indicators of a leaf, or of the nodes below; each sums to 1."""

    name: str
    by_node: dict[str, Weighed] = field(default_factory=dict)


def judgement_mistakes(catalogue: Catalogue) -> Iterator[CatalogueError]:
    """Yield the comparisons whose judgements contradict each other (consistency ratio 0.1 or more)."""
    for judgements in catalogue.judgements:
        for comparison in judgements.comparisons:
            try:
                weights.ahp_weights(comparison.matrix)
            except ValueError as error:
                yield CatalogueError(
                    f"{catalogue.name}/judgements/{judgements.level}.yaml", comparison.node, f"{error}"
                )


def all_schemes(catalogue: Catalogue, inputs: RobustnessInputs, scores: FloatArray) -> dict[str, Scheme]:
    """Return every scheme that the catalogue allows: AHP and what builds on it only with judgements.

    ``scores`` are those of the published method (units × indicators, 0–100, NaN missing).
    """
    judged = {comparison.node: comparison for file in catalogue.judgements for comparison in file.comparisons}
    allowed = [name for name in SCHEMES if judged or name not in ("ahp", "game")]
    return {name: _Weighing(inputs, scores, judged, name).scheme() for name in allowed}


def weights_table(inputs: RobustnessInputs, schemes: dict[str, Scheme]) -> pl.DataFrame:
    """Return ``marts.weights``: the weight of every indicator in its node and of every node in its parent."""
    rows = []
    for scheme in schemes.values():
        for node, weighed in scheme.by_node.items():
            for child, weight in zip(children_of(inputs, node), weighed.weights, strict=True):
                of_indicator = child in inputs.indicators
                key = (node, child) if of_indicator else (child, None)
                rows.append((scheme.name, *key, float(weight), weighed.note))
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row").sort("scheme", "node_code", "indicator_code")


def children_of(inputs: RobustnessInputs, node: str) -> list[str]:
    """Return the codes of a node's children: of its indicators, or of the nodes below."""
    return [inputs.indicators[column] for column in inputs.columns(node)] or [
        child.code for child in inputs.children(node)
    ]


class _Weighing:
    """Weighs one scheme from the leaves up; keeps the scores of the nodes below."""

    def __init__(
        self, inputs: RobustnessInputs, scores: FloatArray, judged: dict[str, Comparison], scheme: str
    ) -> None:
        self.inputs = inputs
        self.scores = scores[assessable(inputs)["index"]]
        self.judged = judged
        self.name = scheme
        self.node_scores: dict[str, FloatArray] = {}

    def scheme(self) -> Scheme:
        found = Scheme(self.name)
        self._visit(self.inputs.index.code, found)
        return found

    def _visit(self, node: str, found: Scheme) -> FloatArray:
        """Return the scores of a node after weighing everything below it."""
        columns = self.inputs.columns(node)
        if columns:
            scores, policy = self.scores[:, columns], self.inputs.weights[columns]
        else:
            children = self.inputs.children(node)
            if not children:
                return self._coupling()
            policy = np.array([child.weight for child in children])
            # The coupling takes its two sides, so they come first.
            for child in sorted(children, key=lambda child: child.takes == "synergy_degree"):
                self.node_scores[child.code] = self._visit(child.code, found)
            scores = np.column_stack([self.node_scores[child.code] for child in children])
        weighed = _weigh(self, node, scores, weights.rescaled(policy))
        found.by_node[node] = weighed
        return aggregation.arithmetic(scores, np.maximum(weighed.weights, 0.0))

    def _coupling(self) -> FloatArray:
        synergy = self.inputs.synergy
        pollution, carbon = self.node_scores[synergy.pollution], self.node_scores[synergy.carbon]
        return 100.0 * coupling_coordination(pollution / 100, carbon / 100, self.inputs)


def coupling_coordination(pollution: FloatArray, carbon: FloatArray, inputs: RobustnessInputs) -> FloatArray:
    """Return the modified synergy degree D (0–1) of two scores from 0 to 1; 0 where both are 0."""
    shares = weights.rescaled([inputs.synergy.weight_pollution, inputs.synergy.weight_carbon])
    higher = np.maximum(pollution, carbon)
    ratio = np.minimum(pollution, carbon) / np.where(higher > 0, higher, 1.0)
    coupling = np.sqrt((1.0 - np.abs(pollution - carbon)) * ratio)
    return np.asarray(np.sqrt(coupling * (shares[0] * pollution + shares[1] * carbon)), dtype=float)


def _weigh(weighing: _Weighing, node: str, scores: FloatArray, policy: FloatArray) -> Weighed:
    if weighing.name == "policy" or len(policy) == 1:
        return Weighed(policy)
    if weighing.name == "equal":
        return Weighed(weights.equal_weights(len(policy)))
    if weighing.name == "ahp":
        return _judged(weighing, node, policy)
    if weighing.name == "game":
        return _combined(_judged(weighing, node, policy), _from_data("entropy", scores, policy, weighing.inputs))
    return _from_data(weighing.name, scores, policy, weighing.inputs)


def _judged(weighing: _Weighing, node: str, policy: FloatArray) -> Weighed:
    comparison = weighing.judged.get(node)
    if comparison is None:
        return Weighed(policy, "no_judgements")
    hierarchy = weights.analytic_hierarchy(comparison.matrix)
    order = [comparison.items.index(child) for child in children_of(weighing.inputs, node)]
    note = (
        f"lambda_max={hierarchy.lambda_max:.6f}; consistency_index={hierarchy.consistency_index:.6f}; "
        f"consistency_ratio={hierarchy.consistency_ratio:.6f}"
    )
    return Weighed(hierarchy.weights[order], note)


def _combined(judged: Weighed, measured: Weighed) -> Weighed:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", weights.WeightsWarning)
        combination = weights.game_theory_combination(judged.weights, measured.weights)
    share = combination.coefficients[0] / combination.coefficients.sum()
    note = f"share_of_ahp={share:.6f}" + ("; halves_used" if caught else "")
    return Weighed(combination.weights, note)


def _from_data(scheme: str, scores: FloatArray, policy: FloatArray, inputs: RobustnessInputs) -> Weighed:
    """Return weights from the units that have every child; children that few units have keep their policy share."""
    common = np.mean(~np.isnan(scores), axis=0) >= inputs.availability - 1e-9 if len(scores) else np.zeros(0, bool)
    complete = scores[:, common][~np.isnan(scores[:, common]).any(axis=1)] if common.any() else scores[:0]
    if common.sum() < 2 or len(complete) < _FEWEST_UNITS:  # noqa: PLR2004 — one child has nothing to be weighed against
        return Weighed(policy, f"policy_weights; units={len(complete)}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", weights.WeightsWarning)
        try:
            shared = _FROM_DATA[scheme](complete)
        except ValueError:
            return Weighed(policy, f"policy_weights; units={len(complete)}")
    found = policy.copy()
    found[common] = shared * policy[common].sum()
    notes = [f"units={len(complete)}"]
    notes += [f"kept_policy_share={int((~common).sum())}"] if not common.all() else []
    notes += ["negative_weights"] if np.any(found < 0) else []
    notes += ["no_column_tells_units_apart"] if caught and np.all(found >= 0) else []
    return Weighed(found, "; ".join(notes))
