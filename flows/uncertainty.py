"""The marts about uncertainty: which there are, and how the periods are shared between the two processes of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.side_process import beside
from xietong.catalogue import Catalogue
from xietong.errors import CatalogueErrors
from xietong.periods import parse_period, period_range
from xietong.resources import resource_directory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from xietong.robustness import RobustnessInputs
    from xietong.robustness.tables import Tables
    from xietong.warehouse import AssessmentBasis

    FloatArray = NDArray[np.float64]

DECEMBER: Final = 12


@dataclass(frozen=True)
class MartDefinition:
    """A mart that Python makes: what one row of it is, its columns, and the columns it is sorted by."""

    grain: str
    columns: Mapping[str, pl.DataType]
    sorted_by: tuple[str, ...]

    def frame(self, frames: list[pl.DataFrame]) -> pl.DataFrame:
        """Return the rows of all frames with exactly these columns, sorted."""
        empty = pl.DataFrame(schema=pl.Schema(self.columns))
        shaped = [frame.select(pl.col(name).cast(kind) for name, kind in self.columns.items()) for frame in frames]
        return pl.concat([empty, *shaped]).sort(self.sorted_by)


MARTS: Final = {
    "rank_intervals": MartDefinition(
        "One row: the 5–95 % interval of one unit's rank, also among its peers, and score by one output in one period.",
        {
            "unit_code": pl.String(),
            "period": pl.String(),
            "output": pl.String(),
            "nominal_rank": pl.Int32(),
            "median_rank": pl.Int32(),
            "rank_p05": pl.Int32(),
            "rank_p95": pl.Int32(),
            "runs": pl.Int32(),
            "mean_rank": pl.Float64(),
            "score_p05": pl.Float64(),
            "score_p95": pl.Float64(),
            "moved_most_by": pl.String(),
            "tied_group": pl.Int32(),
            "group_rank_p05": pl.Int32(),
            "group_rank_p95": pl.Int32(),
        },
        ("unit_code", "period", "output"),
    ),
    "band_probabilities": MartDefinition(
        "One row: the share of runs in which one unit's output lies in one band, in one period.",
        {
            "unit_code": pl.String(),
            "period": pl.String(),
            "output": pl.String(),
            "band": pl.Int32(),
            "probability": pl.Float64(),
        },
        ("unit_code", "period", "output", "band"),
    ),
    "factor_sensitivity": MartDefinition(
        "One row: the Sobol indices of one factor for the rank shift by one output, last period.",
        {
            "period": pl.String(),
            "output": pl.String(),
            "factor": pl.String(),
            "first_order": pl.Float64(),
            "first_order_p05": pl.Float64(),
            "first_order_p95": pl.Float64(),
            "total": pl.Float64(),
            "total_p05": pl.Float64(),
            "total_p95": pl.Float64(),
        },
        ("period", "output", "factor"),
    ),
    "rank_probabilities": MartDefinition(
        "One row: how likely one unit is ahead of the next ranked one, by one output, last period.",
        {
            "period": pl.String(),
            "output": pl.String(),
            "unit_code": pl.String(),
            "rank": pl.Int32(),
            "next_unit_code": pl.String(),
            "next_rank": pl.Int32(),
            "probability_ahead": pl.Float64(),
        },
        ("period", "output", "rank", "unit_code"),
    ),
    "change_intervals": MartDefinition(
        "One row: the 5–95 % interval of a change of one unit's score and rank since one base period, last period.",
        {
            "unit_code": pl.String(),
            "period": pl.String(),
            "base_period": pl.String(),
            "output": pl.String(),
            "change": pl.Float64(),
            "change_p05": pl.Float64(),
            "change_p95": pl.Float64(),
            "is_clear": pl.Boolean(),
            "rank_change": pl.Int32(),
            "rank_change_p05": pl.Int32(),
            "rank_change_p95": pl.Int32(),
            "rank_is_clear": pl.Boolean(),
            "runs": pl.Int32(),
        },
        ("unit_code", "period", "base_period", "output"),
    ),
    "leave_one_out": MartDefinition(
        "One row: the rank of one unit by one output when one indicator or node carries no weight, last period.",
        {
            "period": pl.String(),
            "output": pl.String(),
            "left_out_kind": pl.String(),
            "left_out": pl.String(),
            "unit_code": pl.String(),
            "rank": pl.Int32(),
            "rank_shift": pl.Int32(),
        },
        ("period", "output", "left_out_kind", "left_out", "unit_code"),
    ),
    "rank_reversals": MartDefinition(
        "One row: how the order of the others changes when one unit is left out, by normalisation, last period.",
        {
            "period": pl.String(),
            "output": pl.String(),
            "normalisation": pl.String(),
            "left_out_unit_code": pl.String(),
            "reversed_pairs": pl.Int32(),
            "compared_pairs": pl.Int32(),
            "moved_units": pl.Int32(),
        },
        ("period", "output", "normalisation", "left_out_unit_code"),
    ),
    "robustness_series": MartDefinition(
        "One row: score and rank of one unit by one output under one other method, last period.",
        {
            "period": pl.String(),
            "series": pl.String(),
            "unit_code": pl.String(),
            "output": pl.String(),
            "score": pl.Float64(),
            "rank": pl.Int32(),
            "rank_shift": pl.Int32(),
            "imputed_figures": pl.Int32(),
        },
        ("period", "series", "output", "unit_code"),
    ),
    "weights": MartDefinition(
        "One row: the weight of one indicator in its node, or of one node in its parent, under one scheme.",
        {
            "period": pl.String(),
            "scheme": pl.String(),
            "node_code": pl.String(),
            "indicator_code": pl.String(),
            "weight": pl.Float64(),
            "note": pl.String(),
        },
        ("period", "scheme", "node_code", "indicator_code"),
    ),
    "draws": MartDefinition(
        "One row: what one run of the Monte Carlo took of every factor; weights and figures by number of the draw.",
        {
            "run": pl.Int32(),
            "seed": pl.Int64(),
            "weights": pl.Int32(),
            "normalisation": pl.String(),
            "aggregation": pl.String(),
            "coupling": pl.String(),
            "missing": pl.String(),
            "grid_factor": pl.String(),
            "figures": pl.Int32(),
            "imputation": pl.String(),
        },
        ("run",),
    ),
    "assessment_draws": MartDefinition(
        "One row: what one run of the assessment's Monte Carlo took of every factor, last period.",
        {
            "run": pl.Int32(),
            "seed": pl.Int64(),
            "weights": pl.Int32(),
            "path": pl.String(),
            "rules": pl.String(),
            "missing": pl.String(),
            "figures": pl.Int32(),
        },
        ("run",),
    ),
}


def uncertainty_marts(
    catalogue: Catalogue,
    marts: Mapping[str, pl.DataFrame],
    first_period: str,
    last_period: str,
    assessed: "AssessmentBasis | None" = None,
) -> dict[str, pl.DataFrame]:
    """Return every mart of ``MARTS`` by name.

    Intervals and bands are computed for the last period and every year-end before it, the others
    for the last period; so are those of the assessment, from what its models read (``assessed``). The
    bytes do not depend on which process computes what.

    Raises:
        CatalogueErrors: pairwise judgements contradict each other.
    """
    from xietong.robustness import RobustnessInputs, judgement_mistakes, series_tables

    mistakes = list(judgement_mistakes(catalogue))
    if mistakes:
        raise CatalogueErrors(f"the catalogue {catalogue.name} has {len(mistakes)} mistakes", mistakes)
    indicator_scores = marts["indicator_scores"]
    inputs = {
        period: RobustnessInputs.from_marts(catalogue, indicator_scores, period)
        for period in evaluated_periods(marts["synergy"], first_period, last_period)
    }
    tasks = _monte_carlo_tasks(catalogue, indicator_scores, inputs, first_period, last_period)
    if assessed is not None and not assessed.grid.is_empty():
        tasks.append((last_period, partial(assessment_marts, catalogue, assessed)))
    # Every other task in the side process: the same figures and seed give the same ranks there.
    elsewhere = [(period, beside(task)) for period, task in tasks[::2]]
    made = [(period, task()) for period, task in tasks[1::2]]
    if last_period in inputs:
        given = catalogue, indicator_scores, inputs[last_period], last_period
        made.append((last_period, series_tables(*given, standard_treatment)))
    made += [(period, future.result()) for period, future in elsewhere]
    dated = [
        {name: frame.with_columns(period=pl.lit(period)) for name, frame in tables.items()} for period, tables in made
    ]
    return {name: mart.frame([tables[name] for tables in dated if name in tables]) for name, mart in MARTS.items()}


def _monte_carlo_tasks(
    catalogue: Catalogue,
    indicator_scores: pl.DataFrame,
    inputs: "Mapping[str, RobustnessInputs]",
    first_period: str,
    last_period: str,
) -> "list[tuple[str, partial[Tables]]]":
    """Return what has to be simulated, each with its period: the periods one by one, then the changes."""
    from xietong.robustness import MonteCarlo, change_tables, comparisons, last_period_tables, period_tables

    monte_carlo = MonteCarlo.of(catalogue)
    tasks = [
        (period, partial(last_period_tables if period == last_period else period_tables, given, monte_carlo))
        for period, given in inputs.items()
    ]
    if last_period in inputs:
        bases = comparisons(catalogue, indicator_scores, inputs[last_period], first_period, last_period)
        tasks.append((last_period, partial(change_tables, inputs[last_period], bases, monte_carlo)))
    return tasks


def assessment_marts(catalogue: Catalogue, assessed: "AssessmentBasis") -> "Tables":
    """Return the tables about the uncertainty of the assessment, of the period that ``assessed`` is of."""
    from xietong.robustness import AssessmentInputs, MonteCarlo, assessment_tables, error_steps
    from xietong.warehouse import assessment_responses

    responses = assessment_responses(resource_directory("sql"), catalogue, assessed, error_steps())
    inputs = AssessmentInputs.from_responses(catalogue, responses.items, responses.scores, responses.deductions)
    return assessment_tables(inputs, MonteCarlo.of(catalogue))


def standard_treatment(figures: "FloatArray") -> "FloatArray":
    """Return the figures (units × indicators) after the treatment of outliers that ``xietong study`` has."""
    import numpy as np

    from xietong.framework.outliers import treat

    return np.column_stack([column.values for column in treat(figures)])


def evaluated_periods(synergy: pl.DataFrame, first_period: str, last_period: str) -> list[str]:
    """Return the last period and the year-ends before it in which anybody is ranked, in order."""
    ranked = set(synergy.filter(pl.col("rank").is_not_null())["period"])
    return [
        period
        for period in period_range(first_period, last_period)
        if period in ranked and (period == last_period or parse_period(period)[2] == DECEMBER)
    ]
