"""What the figures and scores look like: statistics, correlations, reliability, principal components."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from xietong.framework.outliers import KURTOSIS_LIMIT, SKEWNESS_LIMIT, skewness_kurtosis
from xietong.framework.scoring import Scores
from xietong.framework.tables import Framework

FloatArray = NDArray[np.float64]

#: Below these shares an indicator is flagged LOW: observed, not zero, different from each other.
_AVAILABLE, _NOT_ZERO, _UNIQUE = 0.65, 0.5, 0.5


def indicator_statistics(framework: Framework, values: FloatArray) -> pl.DataFrame:
    """Return one row per indicator under the names of COINr's ``get_stats``, in full precision."""
    skewness, kurtosis = skewness_kurtosis(values)
    rows = []
    for position, item in enumerate(framework.indicators):
        known = values[~np.isnan(values[:, position]), position]
        counts = np.unique(known, return_counts=True)[1]
        moments = float(skewness[position]), float(kurtosis[position])
        rows.append(
            {"iCode": item.code} | _location(known) | _spread(moments) | _counts(known, counts, len(values), moments)
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _location(known: FloatArray) -> dict[str, float | None]:
    if not len(known):
        return dict.fromkeys(("Min", "Max", "Mean", "Median", "Std"), None)
    deviation = float(known.std(ddof=1)) if len(known) > 1 else None
    means = float(known.mean()), float(np.median(known))
    return {
        "Min": float(known.min()),
        "Max": float(known.max()),
        "Mean": means[0],
        "Median": means[1],
        "Std": deviation,
    }


def _spread(moments: tuple[float, float]) -> dict[str, float | None]:
    skewness, kurtosis = (None if np.isnan(value) else value for value in moments)
    return {"Skew": skewness, "Kurt": kurtosis}


def _counts(
    known: FloatArray, counts: NDArray[np.int64], units: int, moments: tuple[float, float]
) -> dict[str, float | int | str | None]:
    available, unlike_zero, unique = len(known), int(np.count_nonzero(known)), len(counts)
    same = int(counts.max()) if unique else 0
    outliers = abs(moments[0]) > SKEWNESS_LIMIT and moments[1] > KURTOSIS_LIMIT
    # Two figures have no skewness, and equal ones neither: then there is nothing to tell outliers by.
    told = not np.isnan(moments[0])
    return {
        "N.Avail": available,
        "N.NonZero": unlike_zero,
        "N.Unique": unique,
        "N.Same": same,
        "Frc.Avail": available / units,
        "Frc.NonZero": unlike_zero / available if available else None,
        "Frc.Unique": unique / available if available else None,
        "Frc.Same": same / available if available else None,
        "Flag.Avail": "ok" if available / units >= _AVAILABLE else "LOW",
        "Flag.NonZero": "ok" if unlike_zero / units >= _NOT_ZERO else "LOW",
        "Flag.Unique": "ok" if unique / units >= _UNIQUE else "LOW",
        "Flag.SkewKurt": ("OUT" if outliers else "ok") if told else None,
    }


def correlations(scores: Scores) -> pl.DataFrame:
    """Return the Pearson correlation of every pair of items over the units that have both, with its p-value.

    Null where a part has no spread over these units; the p-value is that of Student's t, two-sided.
    """
    codes = list(scores.values)
    matrix = np.column_stack([scores.values[code] for code in codes])
    covariances, variances, counts = _pairwise(matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.clip(covariances / np.sqrt(variances * variances.T), -1.0, 1.0)
        # Not 1 but for a rounding: the p-value would not be 0 then.
        np.fill_diagonal(values, np.where(np.diag(variances) > 0, 1.0, np.nan))
        freedom = counts - 2.0
        statistic = np.abs(values) * np.sqrt(freedom / (1.0 - values**2))
    p_values = np.where(freedom > 0, 2.0 * stats.t.sf(statistic, np.maximum(freedom, 1.0)), np.nan)
    size = len(codes)
    frame = pl.DataFrame(
        {
            "Var1": np.repeat(codes, size),
            "Var2": np.tile(codes, size),
            "Correlation": values.ravel(),
            "P.Value": p_values.ravel(),
            "N": counts.ravel().astype(np.int64),
        }
    )
    return frame.with_columns(pl.col("Correlation", "P.Value").fill_nan(None))


def _pairwise(matrix: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return sample covariances, the variance of the first of each pair, and counts, over the units that have both.

    A variance is exactly 0 where the first is the same in all of these units.
    """
    observed = ~np.isnan(matrix)
    filled = np.nan_to_num(matrix)
    shape = (matrix.shape[1], matrix.shape[1])
    covariances, variances, counts = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape)
    for second in range(matrix.shape[1]):
        both = observed & observed[:, [second]]
        number = both.sum(axis=0)
        counts[:, second] = number
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.sum(filled, axis=0, where=both) / number
            # The mean of the second over the units that the first has as well.
            others = np.sum(filled[:, [second]] * both, axis=0) / number
            centred = np.where(both, filled - means, 0.0)
            partner = np.where(both, filled[:, [second]] - others, 0.0)
            covariances[:, second] = np.sum(centred * partner, axis=0) / (number - 1)
            variances[:, second] = np.sum(centred**2, axis=0) / (number - 1)
        lowest = np.min(filled, axis=0, where=both, initial=np.inf)
        alike = lowest == np.max(filled, axis=0, where=both, initial=-np.inf)
        variances[alike, second] = 0.0
    # What is left of a covariance with a part that does not vary is rounding.
    covariances = np.where((variances == 0) | (variances.T == 0), 0.0, covariances)
    usable = counts > 1
    return np.where(usable, covariances, np.nan), np.where(usable, variances, np.nan), counts


def reliability(framework: Framework, scores: Scores, raw: FloatArray) -> pl.DataFrame:
    """Return Cronbach's alpha of every node: of its children, and of all indicators below it.

    The latter both normalised and, in AlphaRaw, of ``raw``: the figures as they came (units × indicators).
    """
    columns = {item.code: position for position, item in enumerate(framework.indicators)}
    rows = []
    for node in framework.nodes:
        children = [child.code for child in framework.children(node.code)]
        below = _indicators_below(framework, node.code)
        rows.append(
            {
                "iCode": node.code,
                "Level": node.level,
                "Children": len(children),
                "Alpha": _alpha(np.column_stack([scores.values[code] for code in children])),
                "Indicators": len(below),
                "AlphaIndicators": _alpha(np.column_stack([scores.values[code] for code in below])),
                "AlphaRaw": _alpha(raw[:, [columns[code] for code in below]]),
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _indicators_below(framework: Framework, code: str) -> list[str]:
    codes = []
    for child in framework.children(code):
        codes += [child.code] if child.level == 1 else _indicators_below(framework, child.code)
    return codes


def _alpha(scores: FloatArray) -> float | None:
    """Return k² · mean covariance / sum of all covariances, each over the units that have both parts."""
    parts = scores.shape[1]
    if parts == 1:
        return None
    covariances, _, _ = _pairwise(scores)
    total = np.nansum(covariances)
    between = (total - np.nansum(np.diag(covariances))) / (parts * (parts - 1))
    return float(parts**2 * between / total) if total else None


def principal_components(framework: Framework, scores: Scores) -> pl.DataFrame:
    """Return, per node, the loadings of its children on the components of their correlation matrix.

    Over the units that have every child; loadings of a component have the length 1 and a positive
    sum. There are as many components as children or complete units, whichever are fewer. Nodes with
    fewer complete units than two, or a child without spread, have no rows.
    """
    rows = []
    for node in framework.nodes:
        children = [child.code for child in framework.children(node.code)]
        matrix = np.column_stack([scores.values[code] for code in children])
        complete = matrix[~np.isnan(matrix).any(axis=1)]
        if len(complete) < 2 or np.any(np.ptp(complete, axis=0) == 0):  # noqa: PLR2004 — one unit has no spread
            continue
        values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(complete, rowvar=False)))
        largest = np.argsort(-values, kind="stable")[: len(complete)]
        for component, position in enumerate(largest, start=1):
            loadings = vectors[:, position] * (-1.0 if vectors[:, position].sum() < 0 else 1.0)
            variance = max(float(values[position]), 0.0)
            rows += [
                {
                    "iCode": node.code,
                    "Component": component,
                    "Variance": variance,
                    "Share": variance / len(children),
                    "Child": child,
                    "Loading": float(loading),
                }
                for child, loading in zip(children, loadings, strict=True)
            ]
    schema = {"iCode": pl.String, "Component": pl.Int64, "Variance": pl.Float64, "Share": pl.Float64}
    return pl.DataFrame(rows, schema=schema | {"Child": pl.String, "Loading": pl.Float64})
