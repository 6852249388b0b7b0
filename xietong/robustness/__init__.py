"""How far a rank depends on choices that could have been made otherwise: Monte Carlo over eight factors, or five."""

from xietong.robustness.assessment import replay_assessment, simulate_assessment
from xietong.robustness.assessment_inputs import AssessmentInputs, error_steps
from xietong.robustness.assessment_tables import assessment_tables
from xietong.robustness.change import change_intervals, comparisons, error_correlations
from xietong.robustness.factors import FACTORS
from xietong.robustness.influence import factor_indices, rank_movements
from xietong.robustness.inputs import RobustnessInputs
from xietong.robustness.intervals import band_probabilities, intervals_of, order_probabilities, rank_intervals
from xietong.robustness.leaving_out import leave_one_out, rank_reversals
from xietong.robustness.series import evaluate_series, series_tables
from xietong.robustness.simulation import Simulation, replay, simulate
from xietong.robustness.tables import MonteCarlo, change_tables, last_period_tables, period_tables
from xietong.robustness.ties import ahead_probabilities, tied_groups
from xietong.robustness.weighting import all_schemes, judgement_mistakes, weights_table

__all__ = [
    "FACTORS",
    "AssessmentInputs",
    "MonteCarlo",
    "RobustnessInputs",
    "Simulation",
    "ahead_probabilities",
    "all_schemes",
    "assessment_tables",
    "band_probabilities",
    "change_intervals",
    "change_tables",
    "comparisons",
    "error_correlations",
    "error_steps",
    "evaluate_series",
    "factor_indices",
    "intervals_of",
    "judgement_mistakes",
    "last_period_tables",
    "leave_one_out",
    "order_probabilities",
    "period_tables",
    "rank_intervals",
    "rank_movements",
    "rank_reversals",
    "replay",
    "replay_assessment",
    "series_tables",
    "simulate",
    "simulate_assessment",
    "tied_groups",
    "weights_table",
]
