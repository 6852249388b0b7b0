"""The exact split of a change of scores by its causes: Shapley values over all orders in which they can have come.

The parts add up to the change, none of them is a remainder, and a cause that is absent has exactly
0: every one of its marginal contributions is a difference of two equal numbers. Source: Shapley
1953; for decompositions: Shorrocks 2013, Journal of Economic Inequality 11:99–126.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from xietong.changes.method import FloatArray, Method
from xietong.changes.scoring import BoolArray, Figures, evaluate

#: In the order of the columns. Revised: the figure of the same period is another. New: one of a later period, or one
#: where there was none. Method: goalposts, weights, structure, rules, and what applies to whom. Peers: the figures of
#: the other units, where scores are relative to them.
CAUSES: Final = ("revised_figures", "new_figures", "method", "peers")


@dataclass(frozen=True)
class State:
    """One side of a comparison.

    ``figures`` has one row a unit and indicator: unit_code, indicator_code, state, value,
    value_period (as in the mart indicator_scores of one period).
    """

    figures: pl.DataFrame
    method: Method


@dataclass(frozen=True)
class _Side:
    values: FloatArray
    is_applicable: BoolArray
    is_known: BoolArray


def split_change(before: State, after: State) -> pl.DataFrame:
    """Return one row a unit and output: before, after, change and the part of each cause.

    Outputs are the nodes that both methods have (0–100) and ``synergy`` (0–1). A row needs a score
    on both sides. Parts are null where a score has no value under some order of the causes.
    """
    units = sorted(set(before.figures["unit_code"]) & set(after.figures["unit_code"]))
    indicators = tuple(sorted(set(before.method.indicators) | set(after.method.indicators)))
    sides = tuple(_side(state.figures, units, indicators) for state in (before, after))
    sides = _completed(*sides)
    is_revised = _is_revised(before.figures, after.figures, units, indicators)
    scores: dict[frozenset[str], dict[str, FloatArray]] = {}
    for size in range(len(CAUSES) + 1):
        for moved in itertools.combinations(CAUSES, size):
            method = (after if "method" in moved else before).method
            scores[frozenset(moved)] = _coalition(method, indicators, sides, is_revised, frozenset(moved))
    ends = [
        evaluate(
            state.method, Figures(indicators, side.values, side.is_applicable), side.values, needs_availability=True
        )
        for state, side in zip((before, after), sides, strict=True)
    ]
    outputs = [output for output in ends[1] if output in ends[0]]
    return pl.concat([_rows(units, output, ends, scores) for output in sorted(outputs)]).sort("unit_code", "output")


def _side(figures: pl.DataFrame, units: list[str], indicators: tuple[str, ...]) -> _Side:
    values = np.full((len(units), len(indicators)), np.nan)
    is_applicable = np.zeros(values.shape, dtype=bool)
    rows, columns = {code: row for row, code in enumerate(units)}, {code: n for n, code in enumerate(indicators)}
    for unit, indicator, state, value in figures["unit_code", "indicator_code", "state", "value"].iter_rows():
        if unit in rows and indicator in columns:
            place = rows[unit], columns[indicator]
            is_applicable[place] = state != "not_applicable"
            if state == "observed" and value is not None:
                values[place] = value
    known = set(figures["indicator_code"])
    is_known = np.tile(np.array([code in known for code in indicators]), (len(units), 1))
    return _Side(values, is_applicable, is_known)


def _completed(before: _Side, after: _Side) -> tuple[_Side, _Side]:
    """Return both sides, each with the other's figures for indicators that its own catalogue does not know.

    An indicator that a method brings along is the method's doing and not a new figure.
    """

    def complete(own: _Side, other: _Side) -> _Side:
        values = np.where(own.is_known, own.values, other.values)
        return _Side(values, np.where(own.is_known, own.is_applicable, other.is_applicable), own.is_known)

    return complete(before, after), complete(after, before)


def _is_revised(before: pl.DataFrame, after: pl.DataFrame, units: list[str], indicators: tuple[str, ...]) -> BoolArray:
    """Return where a difference is a revision: the same period as before, or the figure was taken back."""
    keys = ["unit_code", "indicator_code"]
    revised = (
        before.select(*keys, "value_period")
        .join(after.select(*keys, "value_period"), on=keys, suffix="_after")
        .filter(
            pl.col("value_period").is_not_null(),
            pl.col("value_period_after").is_null() | (pl.col("value_period") == pl.col("value_period_after")),
        )
    )
    cells = set(revised[keys].iter_rows())
    return np.array([[(unit, indicator) in cells for indicator in indicators] for unit in units], dtype=bool).reshape(
        len(units), len(indicators)
    )


def _coalition(
    method: Method,
    indicators: tuple[str, ...],
    sides: tuple[_Side, _Side],
    is_revised: BoolArray,
    moved: frozenset[str],
) -> dict[str, FloatArray]:
    """Return the scores when only the causes in ``moved`` have come."""
    before, after = sides
    has_moved = np.where(is_revised, "revised_figures" in moved, "new_figures" in moved)
    values = np.where(has_moved, after.values, before.values)
    is_applicable = after.is_applicable if "method" in moved else before.is_applicable
    peers = after.values if "peers" in moved else before.values
    return evaluate(method, Figures(indicators, values, is_applicable), peers)


def _rows(
    units: list[str],
    output: str,
    ends: list[dict[str, FloatArray]],
    scores: dict[frozenset[str], dict[str, FloatArray]],
) -> pl.DataFrame:
    first, last = ends[0][output], ends[1][output]
    parts = {
        cause: _shapley_value(cause, {moved: found[output] for moved, found in scores.items() if output in found})
        for cause in CAUSES
    }
    frame = pl.DataFrame(
        {
            "unit_code": pl.Series(units, dtype=pl.String),
            "output": pl.Series([output] * len(units), dtype=pl.String),
            "before": first,
            "after": last,
            "change": last - first,
            **parts,
        }
    )
    numbers = ("before", "after", "change", *CAUSES)
    return frame.filter(pl.col("change").is_not_nan()).with_columns(pl.col(numbers).fill_nan(None))


def _shapley_value(cause: str, worth: dict[frozenset[str], FloatArray]) -> FloatArray:
    """Return the mean over all orders of what the scores gain when ``cause`` comes."""
    count = len(CAUSES)
    value = np.zeros_like(next(iter(worth.values())))
    for moved, scores in worth.items():
        if cause not in moved:
            orders = math.factorial(len(moved)) * math.factorial(count - len(moved) - 1) / math.factorial(count)
            value = value + orders * (worth[moved | {cause}] - scores)
    return value
