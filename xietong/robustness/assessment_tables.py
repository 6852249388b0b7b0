"""What is published of the runs of the assessment, in the columns of the marts but the period."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.assessment import FACTORS, SET_SIZE, AssessmentSimulation, simulate_assessment
from xietong.robustness.assessment_inputs import AssessmentInputs
from xietong.robustness.intervals import INTERVAL_COLUMNS, order_probabilities, quantiles
from xietong.robustness.peers import peer_ranks
from xietong.robustness.simulation import Simulation
from xietong.robustness.tables import MonteCarlo, Tables
from xietong.robustness.ties import ahead_probabilities, tied_groups
from xietong.sensitivity import mean_rank_shift, sobol_indices

FloatArray = NDArray[np.float64]

OUTPUT: Final = "assessment"


def assessment_tables(inputs: AssessmentInputs, monte_carlo: MonteCarlo) -> Tables:
    """Return the tables of the assessment; none when nobody is ranked by it."""
    if not inputs.units:
        return {}
    simulation = simulate_assessment(inputs, monte_carlo.runs, monte_carlo.seed)
    return {
        "rank_intervals": assessment_intervals(simulation),
        "band_probabilities": grade_probabilities(simulation, len(inputs.grade_edges)),
        "rank_probabilities": order_probabilities(_ranking(simulation), OUTPUT),
        "factor_sensitivity": assessment_factor_indices(simulation),
        "assessment_draws": simulation.draws,
    }


def assessment_intervals(simulation: AssessmentSimulation) -> pl.DataFrame:
    """Return one row per ranked unit; columns as ``marts.rank_intervals``, but the period.

    Ranks are of all runs, scores of those under the selected rule set; null when there are none.
    """
    low, median, high = quantiles(simulation.ranks)
    score_low, _, score_high = quantiles(simulation.scores[simulation.on_rules])
    group_low, _, group_high = quantiles(peer_ranks(simulation.ranks, simulation.peer_groups))
    count = len(simulation.units)
    columns = {
        "unit_code": simulation.units,
        "output": np.full(count, OUTPUT),
        "nominal_rank": simulation.nominal_ranks,
        "median_rank": median,
        "rank_p05": low,
        "rank_p95": high,
        "runs": np.full(count, simulation.draws.height),
        "mean_rank": simulation.ranks.mean(axis=0),
        "score_p05": score_low,
        "score_p95": score_high,
        "moved_most_by": _most_moving(simulation.ranks),
        "tied_group": tied_groups(simulation.nominal_ranks, ahead_probabilities(simulation.ranks)),
        "group_rank_p05": group_low,
        "group_rank_p95": group_high,
    }
    return pl.DataFrame(columns).fill_nan(None).cast(INTERVAL_COLUMNS)  # type: ignore[arg-type]


def grade_probabilities(simulation: AssessmentSimulation, grades: int) -> pl.DataFrame:
    """Return one row per ranked unit and grade: the share of the runs under the selected rule set that end in it.

    Grades are those after the gates; they count from 1, the worst. There are no rows when there are no such runs.
    """
    schema = {"unit_code": pl.String(), "output": pl.String(), "band": pl.Int32(), "probability": pl.Float64()}
    reached = simulation.grades[simulation.on_rules]
    if not reached.size:
        return pl.DataFrame(schema=schema)
    rows = [
        {"unit_code": unit, "output": OUTPUT, "band": grade + 1, "probability": float(share)}
        for grade in range(grades)
        for unit, share in zip(simulation.units, np.mean(reached == grade, axis=0), strict=True)
    ]
    return pl.DataFrame(rows, schema=schema).sort("unit_code", "band")


def assessment_factor_indices(simulation: AssessmentSimulation, *, resamples: int = 200, seed: int = 0) -> pl.DataFrame:
    """Return one row per factor: Sobol indices, with 5–95 % bootstrap intervals, of the mean absolute rank shift.

    Runs beyond the last whole set of the design are left out. Where no rank ever moves, or there is no
    whole set, the indices are null.
    """
    shifts = mean_rank_shift(simulation.ranks, simulation.nominal_ranks)
    whole = len(shifts) // SET_SIZE * SET_SIZE
    columns: dict[str, object] = {"output": [OUTPUT] * len(FACTORS), "factor": list(FACTORS)}
    names = ("first_order", "first_order_p05", "first_order_p95", "total", "total_p05", "total_p95")
    if whole:
        found = sobol_indices(shifts[:whole], len(FACTORS), resamples=resamples, seed=seed)
        values = (found.first, found.first_p05, found.first_p95, found.total, found.total_p05, found.total_p95)
        columns |= dict(zip(names, values, strict=True))
    else:
        columns |= {name: np.full(len(FACTORS), np.nan) for name in names}
    return pl.DataFrame(columns).fill_nan(None)


def _most_moving(ranks: FloatArray) -> list[str | None]:
    """Return for each unit the factor that moves its rank by the most places; None where none moves it."""
    whole = len(ranks) // SET_SIZE * SET_SIZE
    if not whole:
        return [None] * ranks.shape[1]
    sets = ranks[:whole].reshape(-1, SET_SIZE, ranks.shape[1])
    movements = np.abs(sets[:, 2:] - sets[:, :1]).mean(axis=0)
    return [FACTORS[int(column.argmax())] if column.max() > 0 else None for column in movements.T]


def _ranking(simulation: AssessmentSimulation) -> Simulation:
    """Return the runs as those of the other outputs, for what reads ranks only."""
    return Simulation(
        units=simulation.units,
        peer_groups=simulation.peer_groups,
        scores={OUTPUT: simulation.scores},
        ranks={OUTPUT: simulation.ranks},
        nominal_scores={OUTPUT: simulation.nominal_scores},
        nominal_ranks={OUTPUT: simulation.nominal_ranks},
        draws=simulation.draws,
    )
