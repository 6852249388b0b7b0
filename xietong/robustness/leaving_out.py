"""Ranks when something is left out: an indicator, a node of the index, or another unit (rank reversal)."""

from dataclasses import replace
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.evaluation import Choices
from xietong.robustness.factors import FACTORS
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.simulation import field_scores, published, ranks_of

FloatArray = NDArray[np.float64]

_LEFT_OUT = {
    "output": pl.String(),
    "left_out_kind": pl.String(),
    "left_out": pl.String(),
    "unit_code": pl.String(),
    "rank": pl.Int32(),
    "rank_shift": pl.Int32(),
}
_REVERSALS = {
    "output": pl.String(),
    "normalisation": pl.String(),
    "left_out_unit_code": pl.String(),
    "reversed_pairs": pl.Int32(),
    "compared_pairs": pl.Int32(),
    "moved_units": pl.Int32(),
}


def leave_one_out(inputs: RobustnessInputs) -> pl.DataFrame:
    """Return the rank of every unit by every output when one indicator or one node carries no weight.

    Everything else is as published; what is left shares the weight, and the same units are ranked.
    A positive ``rank_shift`` is a fall. The synergy degree takes no weights of nodes, so there it is
    the indicators of its two sides only. Where nothing is left to rank by, there is no row.
    """
    indicators = [("indicator", code, position) for position, code in enumerate(inputs.indicators)]
    offset = len(inputs.indicators)
    nodes = [("node", node.code, offset + place) for place, node in enumerate(inputs.nodes) if node.parent is not None]
    left_out = indicators + nodes
    choices = published(inputs, len(left_out))
    for run, (_, _, position) in enumerate(left_out):
        choices.multipliers[run, position] = 0.0
    before = _ranks(inputs, published(inputs))
    after = _ranks(inputs, choices)
    sides = {inputs.synergy.pollution, inputs.synergy.carbon}
    bearing = {
        "index": range(len(left_out)),
        "synergy": [place for place, leaf in enumerate(inputs.leaf_of) if leaf in sides],
    }
    rows = [
        (output, *left_out[run][:2], unit, rank, rank - nominal)
        for output, concerned in bearing.items()
        for run in concerned
        for unit, rank, nominal in zip(inputs.units, after[output][run], before[output][0], strict=True)
        if not np.isnan(rank)
    ]
    return pl.DataFrame(rows, schema=list(_LEFT_OUT), orient="row", infer_schema_length=None).cast(_LEFT_OUT)  # type: ignore[arg-type]


def rank_reversals(inputs: RobustnessInputs) -> pl.DataFrame:
    """Return how the order of the others changes when one ranked unit is left out, by normalisation.

    ``reversed_pairs`` of ``compared_pairs`` stand the other way round than with the unit, and
    ``moved_units`` have another place among the rest. Between fixed goalposts a score does not
    depend on who else is there, so nothing can move; on the sample's own scale it can.
    """
    frames = [_reversals(inputs, level, normalisation) for level, normalisation in enumerate(FACTORS["normalisation"])]
    rows = list(chain.from_iterable(frames))
    return pl.DataFrame(rows, schema=list(_REVERSALS), orient="row", infer_schema_length=None).cast(_REVERSALS)  # type: ignore[arg-type]


def _reversals(inputs: RobustnessInputs, level: int, normalisation: str) -> list[tuple[str, str, str, int, int, int]]:
    whole = _ranks(inputs, _normalised_by(inputs, level))
    rows = []
    for position, unit in enumerate(inputs.units):
        rest = np.arange(len(inputs.units)) != position
        without = _ranks(_among(inputs, rest), _normalised_by(_among(inputs, rest), level))
        for output, ranks in whole.items():
            ranked = rest & ~np.isnan(ranks[0])
            if np.isnan(ranks[0, position]) or ranked.sum() < 2:  # noqa: PLR2004 — an order needs two
                continue
            before, after = ranks[0, ranked], without[output][0, ranked[rest]]
            change = np.sign(before[:, None] - before[None]) * np.sign(after[:, None] - after[None])
            # Ranks with the unit are counted without it, so that its own place moves nobody.
            places = 1 + np.sum(before[None] < before[:, None], axis=1)
            pairs = len(before) * (len(before) - 1) // 2
            rows.append(
                (output, normalisation, unit, int((change < 0).sum()) // 2, pairs, int((places != after).sum()))
            )
    return rows


def _among(inputs: RobustnessInputs, units: NDArray[np.bool_]) -> RobustnessInputs:
    return replace(
        inputs,
        units=tuple(unit for unit, kept in zip(inputs.units, units, strict=True) if kept),
        figures={series: figures[units] for series, figures in inputs.figures.items()},
        applicable=inputs.applicable[units],
    )


def _normalised_by(inputs: RobustnessInputs, level: int) -> Choices:
    choices = published(inputs)
    return replace(choices, levels=choices.levels | {"normalisation": np.array([level])})


def _ranks(inputs: RobustnessInputs, choices: Choices) -> dict[str, FloatArray]:
    return {output: ranks_of(output, scores) for output, scores in field_scores(inputs, choices).items()}
