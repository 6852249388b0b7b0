"""The runs of the assessment: weights of items, path, rule set, missing rule and errors of figures vary.

What an item earns is looked up in the table that the SQL models themselves made
(``xietong.warehouse.assessment_responses``), so that every run is what those models would say of its
figures. Only the weighing of items, the sum and the ranks are computed here. A factor that the
period leaves no choice in (one rule set, nothing missing, no decline on its way) moves nothing.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.robustness.assessment_inputs import ERRORS, AssessmentInputs, BoolArray, FloatArray, IntArray
from xietong.sensitivity import competition_ranks, saltelli_origins, sobol_points

FACTORS: Final = ("weights", "path", "rules", "missing", "figures")
MISSING_RULES: Final = ("lenient", "strict")
#: Runs of one base point of the design: A, B, and A with one factor from B, for every factor.
SET_SIZE: Final = len(FACTORS) + 2
#: Half-width of the uniform error of every weight, as for synergy degree and index.
WEIGHT_ERROR: Final = 0.25
#: The error that is none.
_NONE: Final = ERRORS // 2
_CHOSEN: Final = ("path", "rules", "missing")
_DIGITS: Final = 6


@dataclass(frozen=True)
class AssessmentChoices:
    """What each run takes: levels by number, multipliers of weights (runs × items), and its errors.

    ``path`` −1 is every item's own. ``errors`` holds realisations × units × items as places in
    ``error_steps``, of which run r takes the one at ``error_of[r]``.
    """

    path: IntArray
    rules: IntArray
    missing: IntArray
    multipliers: FloatArray
    errors: NDArray[np.int8]
    error_of: IntArray


@dataclass(frozen=True)
class AssessmentSimulation:
    """All runs: scores, ranks and grades (runs × units), the published ones, and what each run took.

    A grade is its order from the worst, 0, after the gates.
    """

    units: tuple[str, ...]
    peer_groups: tuple[str | None, ...]
    scores: FloatArray
    ranks: FloatArray
    grades: IntArray
    nominal_scores: FloatArray
    nominal_ranks: FloatArray
    nominal_grades: IntArray
    draws: pl.DataFrame
    on_rules: BoolArray


def simulate_assessment(inputs: AssessmentInputs, runs: int, seed: int) -> AssessmentSimulation:
    """Return ``runs`` runs over the five factors; the same inputs, runs and seed give the same result.

    Raises:
        ValueError: fewer than one run.
    """
    draws = draw_assessment(inputs, runs, seed)
    scores, grades = evaluate_assessment(inputs, assessment_choices(inputs, draws))
    nominal_scores, nominal_grades = evaluate_assessment(inputs, published_assessment(inputs))
    return AssessmentSimulation(
        units=inputs.units,
        peer_groups=inputs.peer_groups,
        scores=scores,
        ranks=competition_ranks(scores, _DIGITS),
        grades=grades,
        nominal_scores=nominal_scores[0],
        nominal_ranks=competition_ranks(nominal_scores, _DIGITS)[0],
        nominal_grades=nominal_grades[0],
        draws=draws,
        on_rules=(draws["rules"] == inputs.rule_sets[0]).to_numpy(),
    )


def replay_assessment(inputs: AssessmentInputs, draws: pl.DataFrame, run: int) -> tuple[FloatArray, FloatArray]:
    """Return scores and ranks of all units in one run, made again from the stored draws.

    ``draws`` are all rows of ``marts.assessment_draws``: the number of runs and the seed are part of them.

    Raises:
        ValueError: there is no such run.
    """
    row = draws.filter(pl.col("run") == run)
    if row.height != 1:
        raise ValueError(f"run {run} is not among the {draws.height} runs")
    scores, _ = evaluate_assessment(inputs, assessment_choices(inputs, row, runs=draws.height))
    return scores[0], competition_ranks(scores, _DIGITS)[0]


def draw_assessment(inputs: AssessmentInputs, runs: int, seed: int) -> pl.DataFrame:
    """Return what every run takes: of each choice its level, of weights and figures the number of the draw.

    Raises:
        ValueError: fewer than one run.
    """
    if runs < 1:
        raise ValueError(f"at least one run is needed, got {runs}")
    base = -(-runs // SET_SIZE)
    origins = saltelli_origins(base, len(FACTORS))[:runs]
    points = _points(inputs, base, seed)
    levels = {"path": inputs.paths, "rules": inputs.rule_sets, "missing": MISSING_RULES}
    columns: dict[str, NDArray[np.generic]] = {"run": np.arange(runs), "seed": np.full(runs, seed)}
    for column, factor in enumerate(FACTORS):
        columns[factor] = origins[:, column]
        if factor in _CHOSEN:
            names = np.array(levels[factor])
            place = points[origins[:, column], _CHOSEN.index(factor)]
            columns[factor] = names[(place * len(names)).astype(np.int64)]
    return pl.DataFrame(columns)


def assessment_choices(inputs: AssessmentInputs, draws: pl.DataFrame, runs: int | None = None) -> AssessmentChoices:
    """Return the choices behind rows of draws; ``runs``: of how many runs they are, when not all are given."""
    base, seed = -(-(runs or draws.height) // SET_SIZE), int(draws["seed"][0])
    levels = {"path": inputs.paths, "rules": inputs.rule_sets, "missing": MISSING_RULES}
    chosen = {
        factor: draws[factor].replace_strict(list(names), range(len(names)), return_dtype=pl.Int64).to_numpy()
        for factor, names in levels.items()
    }
    spread = 2.0 * _points(inputs, base, seed)[:, len(_CHOSEN) :] - 1.0
    shape = (2 * base, len(inputs.units), int(inputs.uncertain.sum()))
    errors = np.full((*shape[:2], len(inputs.shares)), _NONE, dtype=np.int8)
    # A stream of its own: the third of the seed, after the two of the synergy degree and of changes.
    errors[:, :, inputs.uncertain] = np.random.default_rng([seed, 3]).integers(0, ERRORS, shape, dtype=np.int8)
    return AssessmentChoices(
        **chosen,
        multipliers=1.0 + WEIGHT_ERROR * spread[draws["weights"].to_numpy()],
        errors=errors,
        error_of=draws["figures"].to_numpy(),
    )


def published_assessment(inputs: AssessmentInputs) -> AssessmentChoices:
    """Return one run as the published one: the selected rules, each item's own path, the figures as they are."""
    shape = (1, len(inputs.units), len(inputs.shares))
    first = np.zeros(1, dtype=np.int64)
    return AssessmentChoices(
        path=first - 1,
        rules=first,
        missing=first,
        multipliers=np.ones((1, len(inputs.shares))),
        errors=np.full(shape, _NONE, dtype=np.int8),
        error_of=first,
    )


def _points(inputs: AssessmentInputs, base: int, seed: int) -> FloatArray:
    """Return the Sobol points of the design: sample A, then sample B."""
    dimensions = len(_CHOSEN) + len(inputs.shares)
    pairs = sobol_points(base, 2 * dimensions, seed)
    return np.concatenate((pairs[:, :dimensions], pairs[:, dimensions:]))


def evaluate_assessment(inputs: AssessmentInputs, choices: AssessmentChoices) -> tuple[FloatArray, IntArray]:
    """Return the scores 0–100 and the orders of the grades after gates (runs × units).

    Grades are those of the selected rule set, whatever rules a run took.
    """
    scores = np.empty((len(choices.error_of), len(inputs.units)))
    grades = np.empty(scores.shape, dtype=np.int64)
    levels = product(range(-1, len(inputs.paths)), range(len(inputs.rule_sets)), range(len(MISSING_RULES)))
    for path, rules, missing in levels:
        chosen = (choices.path == path) & (choices.rules == rules) & (choices.missing == missing)
        runs = np.flatnonzero(chosen)
        if len(runs):
            errors = choices.errors[choices.error_of[runs]]
            group = _Group(inputs, path, rules, is_strict=missing == 1)
            scores[runs], grades[runs] = group.evaluate(errors, choices.multipliers[runs])
    return scores, grades


class _Group:
    """Scores runs that share path, rule set and missing rule."""

    def __init__(self, inputs: AssessmentInputs, path: int, rules: int, *, is_strict: bool) -> None:
        self.inputs = inputs
        self.rules = rules
        self.paths = inputs.published_path if path < 0 else np.full(len(inputs.shares), path)
        # Strictly, a missing item keeps its share and earns nothing, and its section counts whatever it lacks.
        self.due = inputs.observed[rules] | inputs.missing[rules] if is_strict else inputs.counted[rules]

    def evaluate(self, errors: NDArray[np.int8], multipliers: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return scores and orders of grades (runs × units); errors are runs × units × items."""
        inputs = self.inputs
        reached = np.zeros((len(errors), len(inputs.units)))
        nominal, bonus = np.zeros(reached.shape), np.zeros(reached.shape)
        lowest = np.full(reached.shape, np.inf)
        for section, full in enumerate(inputs.section_points):
            of_section = np.flatnonzero((inputs.section_of == section) & self.due.any(axis=0))
            if len(of_section):
                points, more = self._section(of_section, full, errors, multipliers)
                is_due = self.due[:, of_section].any(axis=1)
                reached += points
                bonus += more / full
                nominal += np.where(is_due, full, 0.0)
                if inputs.compared[section]:
                    lowest = np.minimum(lowest, np.where(is_due, 100.0 * points / full, np.inf))
        sections = lowest if inputs.takes_lowest else 100.0 * reached / nominal
        scores = np.clip(sections + bonus - inputs.deductions, 0.0, inputs.total_caps[self.rules])
        return scores, self._grades(scores, errors)

    def _section(
        self, items: IntArray, full: float, errors: NDArray[np.int8], multipliers: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return points and points of bonus of one section (runs × units)."""
        inputs = self.inputs
        weights = inputs.shares[items] * multipliers[:, items]
        due = self.due[:, items].astype(float)
        sums = weights @ due.T
        # Who owes nothing here has points neither to get nor to lose.
        unit_of_weight = full / np.where(sums > 0, sums, 1.0)
        points, bonus = np.zeros(sums.shape), np.zeros(sums.shape)
        for place, item in enumerate(items):
            available = unit_of_weight * weights[:, place : place + 1] * due[:, place]
            earned = available * self._look_up(inputs.earned[self.rules], item, errors)
            points += np.maximum(earned - inputs.item_deductions[:, item], 0.0)
            own = inputs.bonus[self.rules]
            if own[..., item].any():
                bonus += available * self._look_up(own, item, errors)
        return points, bonus

    def _look_up(self, table: NDArray[Any], item: "np.signedinteger[Any]", errors: NDArray[np.int8]) -> NDArray[Any]:
        """Return what a table (paths × errors × units × items) says of an item (runs × units)."""
        return np.asarray(table[self.paths[item], errors[:, :, item], np.arange(len(self.inputs.units)), item])

    def _grades(self, scores: FloatArray, errors: NDArray[np.int8]) -> IntArray:
        inputs = self.inputs
        edges = np.asarray(inputs.grade_edges, dtype=float)
        grades = np.searchsorted(edges, np.round(scores, _DIGITS), side="right") - 1
        grades = np.minimum(grades, inputs.best_grade_by_events)
        for item in np.flatnonzero((inputs.best_grade < len(edges) - 1).any(axis=(0, 1, 2))):
            grades = np.minimum(grades, self._look_up(inputs.best_grade, item, errors))
        return np.asarray(grades, dtype=np.int64)
