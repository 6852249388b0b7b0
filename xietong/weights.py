"""Weights: from judgement (AHP), from the data (entropy, CRITIC, PCA), or from both.

Every function returns weights that sum to 1. Data are units × indicators, complete rows only,
higher is better. A constant column tells units nothing apart and gets the weight 0 under entropy,
CRITIC and PCA. Sources: method.md §2.7; OECD/JRC 2008, step 6.
"""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

#: Saaty's random consistency index by the number of items, from 1 on (12 items: the stricter 1.48).
RANDOM_INDEX: Final = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56)
#: Judgements at least this inconsistent are refused (Saaty).
LARGEST_CONSISTENCY_RATIO: Final = 0.1


class WeightsWarning(UserWarning):
    """The weights can be computed but ought not to be used as they are."""


@dataclass(frozen=True)
class Hierarchy:
    """The weights of one pairwise comparison with the measures of its consistency."""

    weights: FloatArray
    lambda_max: float
    consistency_index: float
    consistency_ratio: float


@dataclass(frozen=True)
class Combination:
    """Weights combined from two sets, and how much of each went in (before these were made to sum to 1)."""

    weights: FloatArray
    coefficients: FloatArray


def rescaled(weights: ArrayLike) -> FloatArray:
    """Return the weights divided by their sum.

    Raises:
        ValueError: they sum to 0 or are not finite.
    """
    values = np.asarray(weights, dtype=float)
    total = values.sum()
    if not np.isfinite(total) or total == 0:
        raise ValueError("weights must be finite numbers with a sum other than 0")
    return np.asarray(values / total, dtype=float)


def equal_weights(count: int) -> FloatArray:
    """Return ``count`` equal weights."""
    return np.full(count, 1.0 / count)


def entropy_weights(matrix: ArrayLike) -> FloatArray:
    """Return weights by entropy: the more unevenly an indicator is spread over units, the more it weighs.

    p = x / Σ x, e = −Σ p ln p / ln m with 0·ln 0 = 0, w ∝ 1 − e. The figures must not be
    negative: normalise first.

    Raises:
        ValueError: fewer than two units, a missing or a negative figure.
    """
    figures = _complete(matrix)
    if np.any(figures < 0):
        raise ValueError("entropy weights take figures of at least 0; normalise first")
    totals = figures.sum(axis=0)
    shares = np.divide(figures, totals, out=np.full_like(figures, 1 / len(figures)), where=totals > 0)
    logarithms = np.log(np.where(shares > 0, shares, 1.0))
    divergence = 1.0 + np.sum(shares * logarithms, axis=0) / np.log(len(figures))
    return _shared(np.where(np.ptp(figures, axis=0) == 0, 0.0, np.maximum(divergence, 0.0)))


def critic_weights(matrix: ArrayLike) -> FloatArray:
    """Return weights by contrast and conflict: w ∝ σ_j · Σ_k (1 − r_jk).

    The figures must be on one scale: normalise first (min–max in Diakoulaki, Mavrotas &
    Papayannakis 1995). Which ddof σ takes does not matter.

    Raises:
        ValueError: fewer than two units, or a missing figure.
    """
    figures = _complete(matrix)
    varied = np.ptp(figures, axis=0) > 0
    scores = figures[:, varied]
    information = np.zeros(figures.shape[1])
    if varied.any():
        correlations = np.atleast_2d(np.corrcoef(scores, rowvar=False))
        conflict = np.sum(1.0 - correlations, axis=0)
        # Correlations of 1 come out a rounding beside it, and what is left is no conflict.
        information[varied] = scores.std(axis=0, ddof=1) * np.where(conflict < 1e-12, 0.0, conflict)  # noqa: PLR2004
    return _shared(information)


def analytic_hierarchy(comparisons: ArrayLike) -> Hierarchy:
    """Return the principal eigenvector of a pairwise comparison matrix with its consistency.

    Raises:
        ValueError: not square, not positive, not reciprocal (a_ij · a_ji = 1), or more than 13 items.
    """
    matrix = np.asarray(comparisons, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:  # noqa: PLR2004 — rows and columns
        raise ValueError(f"a pairwise comparison is a square matrix, got the shape {matrix.shape}")
    count = len(matrix)
    if count > len(RANDOM_INDEX):
        raise ValueError(f"at most {len(RANDOM_INDEX)} items can be compared in pairs, got {count}")
    if not np.all(matrix > 0) or not np.allclose(matrix * matrix.T, 1.0, rtol=0, atol=1e-6):
        raise ValueError("a pairwise comparison must be positive and reciprocal: a_ij = 1 / a_ji and a_ii = 1")
    values, vectors = np.linalg.eig(matrix)
    principal = int(np.argmax(values.real))
    lambda_max = float(values[principal].real)
    index = max(lambda_max - count, 0.0) / (count - 1) if count > 1 else 0.0
    expected = RANDOM_INDEX[count - 1]
    weights = np.abs(vectors[:, principal].real)
    return Hierarchy(weights / weights.sum(), lambda_max, index, index / expected if expected else 0.0)


def ahp_weights(comparisons: ArrayLike) -> FloatArray:
    """Return the weights of a pairwise comparison.

    Raises:
        ValueError: it is no comparison matrix, or its consistency ratio is 0.1 or more.
    """
    hierarchy = analytic_hierarchy(comparisons)
    if hierarchy.consistency_ratio >= LARGEST_CONSISTENCY_RATIO:
        raise ValueError(
            f"the judgements contradict each other: consistency ratio {hierarchy.consistency_ratio:.3f}, "
            f"allowed is less than {LARGEST_CONSISTENCY_RATIO}"
        )
    return hierarchy.weights


def pca_weights(matrix: ArrayLike) -> FloatArray:
    """Return the loadings of the first principal component of the correlation matrix, made to sum to 1.

    Warns with WeightsWarning when a weight is negative: an indicator would then lower the index.

    Raises:
        ValueError: fewer than two units, or a missing figure.
    """
    loadings = first_component(matrix)
    if abs(loadings.sum()) < 1e-12:  # noqa: PLR2004 — a rounding
        raise ValueError("the loadings of the first principal component cancel out; PCA gives no weights here")
    weights = rescaled(loadings)
    if np.any(weights < 0):
        warnings.warn(
            "principal component analysis gives negative weights; they ought not to be used as they are",
            WeightsWarning,
            stacklevel=2,
        )
    return weights


def first_component(matrix: ArrayLike) -> FloatArray:
    """Return the loadings of the first principal component, of length 1 and turned to a positive sum."""
    figures = _complete(matrix)
    varied = np.ptp(figures, axis=0) > 0
    loadings = np.zeros(figures.shape[1])
    if varied.any():
        correlations = np.atleast_2d(np.corrcoef(figures[:, varied], rowvar=False))
        _, vectors = np.linalg.eigh(correlations)
        loadings[varied] = vectors[:, -1]
    return -loadings if loadings.sum() < 0 else loadings


def linear_combination(subjective: ArrayLike, objective: ArrayLike, share: float) -> FloatArray:
    """Return share · subjective + (1 − share) · objective."""
    first, second = _pair(subjective, objective)
    return rescaled(share * first + (1 - share) * second)


def product_combination(subjective: ArrayLike, objective: ArrayLike) -> FloatArray:
    """Return weights in proportion to the product of both."""
    first, second = _pair(subjective, objective)
    return rescaled(first * second)


def geometric_combination(subjective: ArrayLike, objective: ArrayLike) -> FloatArray:
    """Return weights in proportion to the square root of the product of both."""
    first, second = _pair(subjective, objective)
    return rescaled(np.sqrt(first * second))


def game_theory_combination(subjective: ArrayLike, objective: ArrayLike) -> Combination:
    """Return the combination that lies closest to both sets at once (least squares).

    Solves [[s·s, s·o], [o·s, o·o]] α = [s·s, o·o]. Where the two are alike or a coefficient
    comes out negative, both halves count equally, with a WeightsWarning.
    """
    first, second = _pair(subjective, objective)
    products = np.array([[first @ first, first @ second], [second @ first, second @ second]])
    coefficients = np.array([0.5, 0.5])
    if np.linalg.cond(products) < 1e12:  # noqa: PLR2004 — beyond, the solution is rounding only
        coefficients = np.linalg.solve(products, np.diag(products))
    elif not np.allclose(first, second):
        warnings.warn("the two sets of weights cannot be told apart; halves are used", WeightsWarning, stacklevel=2)
    if np.any(coefficients < 0):
        warnings.warn("a coefficient of the combination is negative; halves are used", WeightsWarning, stacklevel=2)
        coefficients = np.array([0.5, 0.5])
    shares = coefficients / coefficients.sum()
    return Combination(rescaled(shares[0] * first + shares[1] * second), coefficients)


def _complete(matrix: ArrayLike) -> FloatArray:
    figures = np.atleast_2d(np.asarray(matrix, dtype=float))
    if len(figures) < 2:  # noqa: PLR2004 — one unit has no spread
        raise ValueError("weights from data need at least two units")
    if not np.isfinite(figures).all():
        raise ValueError("weights from data need every figure; impute or take complete rows")
    return figures


def _shared(information: FloatArray) -> FloatArray:
    """Return the information divided by its sum; equal weights when no column has any."""
    total = information.sum()
    if total <= 0:
        warnings.warn("no column tells units apart; equal weights are used", WeightsWarning, stacklevel=3)
        return equal_weights(len(information))
    return np.asarray(information / total, dtype=float)


def _pair(subjective: ArrayLike, objective: ArrayLike) -> tuple[FloatArray, FloatArray]:
    first, second = np.asarray(subjective, dtype=float), np.asarray(objective, dtype=float)
    if first.shape != second.shape or np.any(first < 0) or np.any(second < 0):
        raise ValueError("two sets of weights to combine must be of one length and not negative")
    return rescaled(first), rescaled(second)
