"""The robustness series: the edition evaluated again by other methods, each named in ``index.yaml``.

A series makes one choice at every step (imputation, treatment of outliers, normalisation, weights,
aggregation, availability) and ranks the units that it can assess. Every normalisation is brought to
0–100: shares and distances times 100; ranks times 100 over the number of observed units; Borda
points times 100 over the number of the other units; z-scores with mean 50 and deviation 10. A column
that a normalisation cannot place (no spread; a share of the maximum of negative figures) stands in the
middle. Negative weights count as 0 here.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong import aggregation, normalisation
from xietong.catalogue import Catalogue, Node, Series
from xietong.robustness.evaluation import assessable
from xietong.robustness.grid_factors import GRID_SERIES
from xietong.robustness.imputation import Panel, imputed
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.simulation import ranks_of
from xietong.robustness.weighting import Scheme, all_schemes, coupling_coordination, weights_table

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Treat = Callable[[FloatArray], FloatArray]

_MIDDLE: Final = 50.0
_COLUMNS: Final = {
    "series": pl.String(),
    "unit_code": pl.String(),
    "output": pl.String(),
    "score": pl.Float64(),
    "rank": pl.Int32(),
    "rank_shift": pl.Int32(),
    "imputed_figures": pl.Int32(),
}


@dataclass(frozen=True)
class Alternatives:
    """What the series are evaluated on: the figures, the panel before them, the peer groups and the weights."""

    inputs: RobustnessInputs
    panel: Panel
    groups: tuple[str | None, ...]
    schemes: Mapping[str, Scheme]
    treat: Treat


def series_tables(
    catalogue: Catalogue, indicator_scores: pl.DataFrame, inputs: RobustnessInputs, period: str, treat: Treat
) -> dict[str, pl.DataFrame]:
    """Return ``robustness_series`` and ``weights`` of one period; ``treat`` is the standard treatment of outliers."""
    schemes = all_schemes(catalogue, inputs, scores_between_goalposts(inputs))
    panel = Panel.before(indicator_scores, inputs, period)
    alternatives = Alternatives(inputs, panel, inputs.peer_groups, schemes, treat)
    return {
        "robustness_series": evaluate_series(catalogue.index.robustness.series, alternatives),
        "weights": weights_table(inputs, schemes),
    }


def evaluate_series(series: tuple[Series, ...], given: Alternatives) -> pl.DataFrame:
    """Return one row per series, output and unit that it ranks; columns as ``marts.robustness_series``.

    ``rank_shift`` against the published rank, positive for a fall; null for a unit that is not ranked
    as published.
    """
    published = {
        output: ranks_of(output, scores[None])[0]
        for output, (scores, _) in _scores(Series.model_validate(_AS_PUBLISHED), given).items()
    }
    rows: list[tuple[object, ...]] = []
    for one in series:
        for output, (scores, filled) in _scores(one, given).items():
            ranks = ranks_of(output, scores[None])[0]
            scale = 100.0 if output == "synergy" else 1.0
            for place, unit in enumerate(given.inputs.units):
                if np.isnan(ranks[place]):
                    continue
                shift = ranks[place] - published[output][place]
                known = None if np.isnan(shift) else int(shift)
                rows.append(
                    (one.code, unit, output, scores[place] / scale, int(ranks[place]), known, int(filled[place]))
                )
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row").sort("series", "output", "unit_code")


_AS_PUBLISHED: Final = {"code": "published", "name": {"zh": "公布方法", "en": "as published"}}


def scores_between_goalposts(inputs: RobustnessInputs) -> FloatArray:
    """Return the published scores of the indicators (units × indicators, 0–100); NaN where there is no figure."""
    figures = np.where(inputs.applicable, inputs.figures[GRID_SERIES[0]], np.nan)
    return np.clip(100.0 * (figures - inputs.worst) / (inputs.best - inputs.worst), 0.0, 100.0)


def _scores(one: Series, given: Alternatives) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return by output the scores (NaN: not assessable) and how many figures of each unit were imputed."""
    inputs = given.inputs
    own = np.where(inputs.applicable, inputs.figures[GRID_SERIES[0]], np.nan)
    figures = imputed(own, inputs.applicable, one.imputation, given.groups, given.panel)
    filled = np.sum(np.isnan(own) & ~np.isnan(figures), axis=1)
    treated = given.treat(figures) if one.treatment == "standard" else figures
    scores = normalised(one, inputs, treated)
    asked = one.availability.numerator / one.availability.denominator if one.availability else inputs.availability
    taken = replace(inputs, figures=dict.fromkeys(GRID_SERIES, scores), availability=asked)
    able = assessable(taken)
    nodes = _Nodes(inputs, given.schemes[one.weights], one).scores(scores)
    return {output: (np.where(able[output], values, np.nan), filled) for output, values in nodes.items()}


def normalised(one: Series, inputs: RobustnessInputs, figures: FloatArray) -> FloatArray:
    """Return scores 0–100, higher is better; NaN where there is no figure."""
    direction = np.sign(inputs.best - inputs.worst)
    raised = normalisation.oriented(figures, direction)
    observed = np.sum(~np.isnan(figures), axis=0)
    positive = _positive(figures, direction)
    methods: dict[str, Callable[[], FloatArray]] = {
        "goalposts": lambda: 100.0 * (figures - inputs.worst) / (inputs.best - inputs.worst),
        "minmax": lambda: normalisation.minmax(raised),
        "zscore": lambda: normalisation.zscore(raised, 50.0, 10.0),
        "rank": lambda: 100.0 * normalisation.rank(raised) / np.maximum(observed, 1),
        "borda": lambda: 100.0 * normalisation.borda(raised) / max(len(figures) - 1, 1),
        "percentile_rank": lambda: 100.0 * normalisation.percentile_rank(raised),
        "fraction_of_maximum": lambda: 100.0 * normalisation.fraction_of_maximum(positive, direction),
        "distance_to_maximum": lambda: 100.0 * normalisation.distance_to_maximum(raised),
        "distance_to_reference": lambda: (
            100.0 * normalisation.distance_to_reference(raised, inputs.units.index(one.reference or ""), cap=True)
        ),
        "distance_to_target": lambda: (
            100.0 * normalisation.distance_to_target(figures, inputs.best, direction, cap=True)
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", normalisation.NormalisationWarning)
        scores = np.clip(methods[one.normalisation](), 0.0, 100.0)
    return np.where(np.isnan(scores) & ~np.isnan(figures), _MIDDLE, scores)


def _positive(figures: FloatArray, direction: FloatArray) -> FloatArray:
    """Return the figures without columns in which a share of the best one means nothing: negative, or the best is 0."""
    known = np.nan_to_num(figures, nan=1.0)
    return np.where(np.any((known < 0) | ((known == 0) & (direction < 0)), axis=0), np.nan, figures)


class _Nodes:
    """Carries the scores of one series up the index (units only, one run)."""

    def __init__(self, inputs: RobustnessInputs, scheme: Scheme, one: Series) -> None:
        self.inputs = inputs
        self.scheme = scheme
        self.one = one
        self.found: dict[str, FloatArray] = {}

    def scores(self, scores: FloatArray) -> dict[str, FloatArray]:
        """Return the synergy degree × 100 and the index."""
        for node in self.inputs.nodes:
            if node.takes == "indicators":
                columns = self.inputs.columns(node.code)
                self.found[node.code] = aggregation.arithmetic(scores[:, columns], self._weights(node.code))
        pollution, carbon = self.found[self.inputs.synergy.pollution], self.found[self.inputs.synergy.carbon]
        synergy = 100.0 * coupling_coordination(pollution / 100, carbon / 100, self.inputs)
        self.found |= {node.code: synergy for node in self.inputs.nodes if node.takes == "synergy_degree"}
        return {"synergy": synergy, "index": self._node(self.inputs.index)}

    def _node(self, node: Node) -> FloatArray:
        if node.code in self.found:
            return self.found[node.code]
        scores = np.column_stack([self._node(child) for child in self.inputs.children(node.code)])
        weights = self._weights(node.code)
        how = (self.one.aggregation if node.parent is None else None) or node.aggregation
        floored = np.maximum(scores, self.inputs.geometric_floor)
        combine: dict[str, Callable[[], FloatArray]] = {
            "arithmetic": lambda: aggregation.arithmetic(scores, weights),
            "geometric": lambda: aggregation.geometric(floored, weights),
            "harmonic": lambda: aggregation.harmonic(floored, weights),
            "power": lambda: aggregation.power(floored, weights, self._exponent),
            "copeland": lambda: aggregation.copeland(scores, weights),
        }
        return combine[how]()

    @property
    def _exponent(self) -> float:
        if self.one.power is None:
            raise ValueError(f"the series {self.one.code} has no exponent for its power mean")
        return self.one.power

    def _weights(self, node: str) -> FloatArray:
        return np.maximum(self.scheme.by_node[node].weights, 0.0)
