"""From figures to scores: normalise the indicators, weigh them, and carry them up the framework."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from xietong import aggregation, normalisation, weights
from xietong.errors import UsageError
from xietong.framework.options import Choice
from xietong.framework.tables import Figures, Framework, Item

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Scores:
    """The scores of every item by code, indicators first, and the share each has in its parent."""

    values: dict[str, FloatArray]
    shares: dict[str, float]
    warnings: tuple[str, ...] = ()


def normalise(framework: Framework, figures: Figures, how: Choice) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the normalised indicators, higher is better, and warnings about columns that became missing.

    Raises:
        UsageError: the framework lacks the targets or goalposts, or there is no such reference unit.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", normalisation.NormalisationWarning)
        values = _normalised(framework, figures, how)
    option = f"--normalise {how.name}"
    lost = np.isnan(values).all(axis=0) & ~np.isnan(figures.values).all(axis=0)
    unknown = lost & _reference_lacks(figures, how)
    told = {
        f"{option}: no spread to divide by, left out": lost & ~unknown & bool(caught),
        f"{option}: {how.text} has no figure, left out": unknown,
        f"{option}: the Target is worse than every figure, so that scores are turned round": _turned_round(
            framework, figures, how
        ),
    }
    codes = np.array([item.code for item in framework.indicators])
    return values, tuple(f"{what}: {', '.join(codes[which])}" for what, which in told.items() if which.any())


def _reference_lacks(figures: Figures, how: Choice) -> BoolArray:
    """Return of which indicators the unit that others are measured by has no figure."""
    if how.name != "distance-to-reference":
        return np.zeros(figures.values.shape[1], dtype=bool)
    return np.asarray(np.isnan(figures.values[_row_of(figures, how.text)]), dtype=bool)


def _turned_round(framework: Framework, figures: Figures, how: Choice) -> BoolArray:
    """Return of which indicators a better figure gets a lower score: the distance to the target is negative."""
    if how.name != "distance-to-target":
        return np.zeros(figures.values.shape[1], dtype=bool)
    raised = normalisation.oriented(figures.values, framework.directions)
    targets = _column(framework, "Target", how.name) * framework.directions
    return np.asarray(targets < np.fmin.reduce(raised, axis=0), dtype=bool)


def _normalised(framework: Framework, figures: Figures, how: Choice) -> FloatArray:
    directions = framework.directions
    raised = normalisation.oriented(figures.values, directions)
    plain: dict[str, Callable[[], FloatArray]] = {
        "minmax": lambda: normalisation.minmax(raised, *how.numbers),
        "zscore": lambda: normalisation.zscore(raised, *how.numbers),
        "rank": lambda: normalisation.rank(raised),
        "borda": lambda: normalisation.borda(raised),
        "percentile-rank": lambda: normalisation.percentile_rank(raised),
        "fraction-of-maximum": lambda: normalisation.fraction_of_maximum(figures.values, directions),
        "distance-to-maximum": lambda: normalisation.distance_to_maximum(raised),
        "distance-to-reference": lambda: normalisation.distance_to_reference(raised, _row_of(figures, how.text)),
        "distance-to-target": lambda: _to_target(framework, figures, directions),
        "scaled": lambda: normalisation.scaled(raised, *how.numbers),
        "goalposts": lambda: _between_goalposts(framework, figures, directions),
    }
    return plain[how.name]()


def _row_of(figures: Figures, unit: str) -> int:
    rows = np.flatnonzero((figures.keys["uCode"] == unit).to_numpy())
    if len(rows) != 1:
        raise UsageError(f"--normalise distance-to-reference:{unit}: {len(rows)} rows have this uCode, expected one")
    return int(rows[0])


def _to_target(framework: Framework, figures: Figures, directions: FloatArray) -> FloatArray:
    targets = _column(framework, "Target", "distance-to-target")
    scores = normalisation.distance_to_target(figures.values, targets, directions)
    capped = np.array([bool(item.numbers.get("dist2targ_cap_max")) for item in framework.indicators])
    return np.asarray(np.where(capped, np.minimum(scores, 1.0), scores), dtype=float)


def _between_goalposts(framework: Framework, figures: Figures, directions: FloatArray) -> FloatArray:
    lower = _column(framework, "goalpost_lower", "goalposts")
    upper = _column(framework, "goalpost_upper", "goalposts")
    scale = np.array([_or_default(item, "goalpost_scale", 100.0) for item in framework.indicators])
    held = np.array([_or_default(item, "goalpost_trunc2posts", 1.0) != 0 for item in framework.indicators])
    post = partial(normalisation.goalposts, figures.values, lower, upper, directions, scale)
    return np.asarray(np.where(held, post(), post(hold=False)), dtype=float)


def _column(framework: Framework, name: str, method: str) -> FloatArray:
    lacking = [item.code for item in framework.indicators if item.numbers.get(name) is None]
    if lacking:
        raise UsageError(f"--normalise {method}: the framework has no {name} for {', '.join(lacking)}")
    return np.array([item.numbers[name] for item in framework.indicators], dtype=float)


def _or_default(item: Item, name: str, default: float) -> float:
    value = item.numbers.get(name)
    return default if value is None else value


def methods_by_level(framework: Framework, methods: tuple[Choice, ...]) -> dict[int, Choice]:
    """Return the aggregation into each level from 2 on.

    Raises:
        UsageError: there is neither one method nor one for each level.
    """
    steps = framework.levels - 1
    if len(methods) not in (1, steps):
        raise UsageError(f"--aggregate: give one method, or {steps} from the lowest level up, got {len(methods)}")
    return {level: methods[0] if len(methods) == 1 else methods[level - 2] for level in range(2, framework.levels + 1)}


def aggregate(
    framework: Framework, normalised: FloatArray, methods: tuple[Choice, ...], availability: float, scheme: str
) -> Scores:
    """Return the scores of all items; a node with too few children observed in a unit is missing there.

    Raises:
        UsageError: scores or weights are not such as the aggregation or the weighting takes.
    """
    by_level = methods_by_level(framework, methods)
    values = {item.code: normalised[:, position] for position, item in enumerate(framework.indicators)}
    shares: dict[str, float] = {}
    told: list[str] = []
    for level, nodes in groupby(framework.nodes, key=lambda node: node.level):
        for node in nodes:
            children = framework.children(node.code)
            scores = np.column_stack([values[child.code] for child in children])
            weighed, warned = _weights(node, children, scores, scheme)
            told += warned
            shares |= {child.code: float(share) for child, share in zip(children, weighed, strict=True)}
            enough = np.mean(~np.isnan(scores), axis=1) >= availability - 1e-12
            kept = np.where(enough[:, None], scores, np.nan)
            values[node.code] = _combined(node, kept, weighed, by_level[level])
    return Scores(values, shares, tuple(told))


def _weights(node: Item, children: list[Item], scores: FloatArray, scheme: str) -> tuple[FloatArray, list[str]]:
    given = np.array([child.weight for child in children])
    if scheme == "framework":
        return weights.rescaled(given), []
    if scheme == "equal" or len(children) == 1:
        return weights.equal_weights(len(children)), []
    # A column without spread has no scores at all after min–max: it informs of nothing and weighs nothing.
    known = ~np.isnan(scores).all(axis=0)
    if not known.any():
        return weights.equal_weights(len(children)), [f"{node.code}: nothing to weigh by; equal weights are used"]
    complete = scores[~np.isnan(scores[:, known]).any(axis=1)][:, known]
    weigh = {
        "entropy": lambda: weights.entropy_weights(complete),
        "critic": lambda: weights.critic_weights(complete),
        "pca": lambda: weights.pca_weights(complete),
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", weights.WeightsWarning)
        try:
            weighed = np.zeros(len(children))
            weighed[known] = weigh[scheme]()
        except ValueError as error:
            raise UsageError(f"--weights {scheme}: {node.code}: {error}") from error
    return weighed, [f"{node.code}: {warning.message}" for warning in caught]


def _combined(node: Item, scores: FloatArray, weighed: FloatArray, how: Choice) -> FloatArray:
    combine: dict[str, Callable[[], FloatArray]] = {
        "arithmetic": lambda: aggregation.arithmetic(scores, weighed),
        "geometric": lambda: aggregation.geometric(scores, weighed),
        "harmonic": lambda: aggregation.harmonic(scores, weighed),
        "power": lambda: aggregation.power(scores, weighed, how.numbers[0]),
        "copeland": lambda: aggregation.copeland(scores, weighed),
    }
    try:
        return combine[how.name]()
    except ValueError as error:
        raise UsageError(f"--aggregate {how.name}: {node.code}: {error}; normalise to minmax:1,100") from error
