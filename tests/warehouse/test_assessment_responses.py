"""The responses of the assessment are what its own models say of shifted figures; the runs only weigh and add them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from flows.uncertainty import MARTS, uncertainty_marts
from xietong.catalogue import Catalogue
from xietong.catalogue.scoring import AssessmentEvents
from xietong.periods import month_number
from xietong.resources import resource_directory
from xietong.robustness import AssessmentInputs, MonteCarlo, assessment_tables, error_steps
from xietong.robustness.assessment import AssessmentChoices, evaluate_assessment, published_assessment
from xietong.warehouse import AssessmentBasis, Warehouse, assessment_basis, assessment_responses
from xietong.warehouse.assessment_responses import PATHS, AssessmentResponses, comparable_rule_sets
from xietong.warehouse.models import macro_sources, ordered_models, read_models
from xietong.warehouse.reference_scoring import scoring_tables

SQL = resource_directory("sql")
PERIODS = ("2020-12", "2021-12", "2022-12")
NOW = "2022-12"
RANKED = ("500101", "500102", "500103", "500104", "500105")
WITHHOLDING, SPECIAL = "500106", "500000-liangjiang"
#: Two districts lack what is not binding: the one an item, the other a whole section.
MISSING = {("500101", "disclosure_rate"), ("500102", "data_quality_pass_rate"), ("500102", "disclosure_rate")}
EVENTS = (
    {"unit_code": "500103", "date": "2022-06-01", "kind": "major_event", "points": 0},
    {"unit_code": "500104", "date": "2022-06-01", "kind": "deduction", "points": 1.5, "item": "pm25"},
    {"unit_code": "500104", "date": "2022-07-01", "kind": "deduction", "points": 2},
    # Of items that are missing: they come off the total.
    {"unit_code": "500101", "date": "2022-07-01", "kind": "deduction", "points": 1.25, "item": "disclosure"},
    {"unit_code": "500102", "date": "2022-07-01", "kind": "deduction", "points": 50, "item": "data_quality"},
)


def value(completion: str, period: str, rng: np.random.Generator) -> float:
    """Return a figure on its way: declines by some 3 % a year, levels somewhere near their targets."""
    years = PERIODS.index(period)
    if completion == "decline":
        return float(rng.uniform(2, 4) * years)
    return float(rng.uniform(28, 38) if completion == "level_lower_better" else rng.uniform(70, 100))


def tables(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Return what the models of the assessment read."""
    assert catalogue.scoring is not None
    rng = np.random.default_rng(5)
    units = [unit for unit in catalogue.units.units if unit.code in (*RANKED, WITHHOLDING, SPECIAL)]
    grid, values = [], []
    for position, unit in enumerate(units):
        for sequence, period in enumerate(PERIODS):
            month = month_number(period)
            key = {"unit_code": unit.code, "grid_order": position * 100_000 + sequence, "period": period}
            grid.append(
                key
                | {"kind": unit.kind, "peer_group": unit.peer_group, "is_ranked": unit.is_ranked}
                | {"sequence": sequence, "month_number": month, "year": month // 12}
            )
            for item in catalogue.scoring.items:
                figure = value(item.completion, period, rng)
                held_back = unit.code == WITHHOLDING and item.indicator == "energy_intensity_decline"
                is_missing = period == NOW and (held_back or (unit.code, item.indicator) in MISSING)
                values.append(
                    key
                    | {"indicator_code": item.indicator, "state": "missing" if is_missing else "observed"}
                    | {"value": None if is_missing else figure, "value_period": None if is_missing else period}
                    | {"window_end": None if is_missing else month, "age_months": 0}
                )
    dates = pl.DataFrame({"period": PERIODS}).with_columns(
        last_day=(pl.col("period") + "-01").str.to_date().dt.month_end()
    )
    return {
        "parameters": pl.DataFrame({"rounding_digits": [6]}, schema={"rounding_digits": pl.Int32}),
        "periods": dates,
        "int_grid": pl.DataFrame(grid, schema_overrides={"peer_group": pl.String}),
        "int_indicator_values": pl.DataFrame(
            values, schema_overrides={"value": pl.Float64, "window_end": pl.Int32}, infer_schema_length=None
        ),
    }


@dataclass(frozen=True)
class World:
    """A catalogue, what its models read in the last period, and what they say of it."""

    catalogue: Catalogue
    basis: AssessmentBasis
    published: pl.DataFrame
    responses: AssessmentResponses

    @property
    def inputs(self) -> AssessmentInputs:
        return AssessmentInputs.from_responses(
            self.catalogue, self.responses.items, self.responses.scores, self.responses.deductions
        )

    def column(self, name: str) -> list[Any]:
        ranked = self.published.filter(pl.col("rank").is_not_null())
        return ranked.sort("unit_code")[name].to_list()


def world(catalogue: Catalogue, rule_set: str = "recommended", events: tuple[Any, ...] = ()) -> World:
    assert catalogue.scoring is not None
    description = {"zh": "事件", "en": "event"}
    told = [event | {"description": description, "source": "test"} for event in events]
    # No unit has a target of its own here: only borrowed ones can close gates.
    binding = tuple(
        rules.model_copy(update={"borrowed_targets_bind": True}) if rules.code == "recommended" else rules
        for rules in catalogue.scoring.rule_sets
    )
    chosen = replace(
        catalogue,
        scoring=catalogue.scoring.model_copy(update={"rule_set": rule_set, "rule_sets": binding}),
        assessment_events=AssessmentEvents.model_validate({"events": told}),
    )
    with Warehouse(None, SQL, 1) as warehouse:
        connection = warehouse._connection
        # The models of the assessment alone, over inline figures.
        for text in macro_sources(SQL).values():
            connection.execute(text)
        for name, frame in (tables(chosen) | scoring_tables(chosen)).items():
            warehouse.load("intermediate" if name.startswith("int_") else "reference", {name: frame})
        models = [model for model in read_models(SQL) if "assessment" in model.name]
        for model in ordered_models(models):
            connection.execute(f"create table {model.table} as {model.sql}")
        basis = assessment_basis(warehouse, NOW)
        published = warehouse.marts()["assessment"].filter(pl.col("period") == NOW)
    return World(chosen, basis, published, assessment_responses(SQL, chosen, basis, error_steps()))


@pytest.fixture(scope="module")
def plain(catalogue: Catalogue) -> World:
    return world(catalogue)


@pytest.fixture(scope="module")
def eventful(catalogue: Catalogue) -> World:
    return world(catalogue, events=EVENTS)


def names(found: World, grades: np.ndarray) -> list[str]:
    assert found.catalogue.scoring is not None
    return [found.catalogue.scoring.selected.grades[order].code for order in grades]


def test_only_units_that_are_ranked_respond(plain) -> None:
    assert tuple(plain.basis.grid["unit_code"]) == RANKED
    assert set(plain.published.filter(pl.col("rank").is_null())["unit_code"]) == {WITHHOLDING, SPECIAL}
    assert set(plain.responses.items["unit_code"]) == set(RANKED)


@pytest.mark.parametrize("rule_set", ["recommended", "R1", "R4", "R5"])
def test_the_published_run_is_the_mart_under_every_rule_set(catalogue, rule_set) -> None:
    found = world(catalogue, rule_set)
    scores, grades = evaluate_assessment(found.inputs, published_assessment(found.inputs))
    assert scores[0] == pytest.approx(found.column("score"), abs=1e-9)
    assert names(found, grades[0]) == found.column("grade")


def test_the_published_run_knows_the_events(eventful, plain) -> None:
    scores, grades = evaluate_assessment(eventful.inputs, published_assessment(eventful.inputs))
    assert scores[0] == pytest.approx(eventful.column("score"), abs=1e-9)
    assert names(eventful, grades[0]) == eventful.column("grade")
    before = dict(zip(RANKED, plain.column("score"), strict=True))
    assert before["500104"] - scores[0][RANKED.index("500104")] > 2
    assert eventful.inputs.best_grade_by_events.tolist() == [3, 3, 2, 3, 3]


def test_every_shift_path_and_rule_set_gives_the_score_that_the_models_give(plain) -> None:
    """The models score each copy as a whole; the runs add up what its items earn."""
    inputs = plain.inputs
    published = published_assessment(inputs)
    seen = 0
    for (rule_set, path, step), rows in plain.responses.scores.group_by("rule_set", "path", "step"):
        choices: AssessmentChoices = replace(
            published,
            rules=np.full(1, inputs.rule_sets.index(str(rule_set))),
            path=np.full(1, inputs.paths.index(str(path))),
            errors=np.full_like(published.errors, step),
        )
        scores, grades = evaluate_assessment(inputs, choices)
        expected = rows.sort("unit_code")
        assert scores[0] == pytest.approx(expected["score"].to_list(), abs=1e-9), (rule_set, path, step)
        if rule_set == inputs.rule_sets[0]:
            assert names(plain, grades[0]) == expected["grade"].to_list(), (path, step)
        seen += 1
    assert seen == len(inputs.rule_sets) * len(PATHS) * len(error_steps())


def test_the_path_matters_while_the_plan_runs_and_only_to_declines(plain) -> None:
    wide = plain.responses.items.filter(rule_set="recommended").pivot(
        on="path", index=["step", "unit_code", "item_code"], values="earned"
    )
    differing = set(wide.filter((pl.col("geometric") - pl.col("linear")).abs() > 1e-12)["item_code"])
    assert plain.catalogue.scoring is not None
    declines = {item.code for item in plain.catalogue.scoring.items if item.completion == "decline"}
    assert differing
    assert differing <= declines


def test_a_figure_without_a_standard_error_earns_the_same_at_every_step(plain) -> None:
    timeliness = plain.responses.items.filter(item_code="reporting_timeliness", rule_set="recommended")
    spread = timeliness.group_by("unit_code").agg(pl.col("earned").max() - pl.col("earned").min())
    assert spread["earned"].max() == 0
    pm25 = plain.responses.items.filter(item_code="pm25", rule_set="recommended", path="geometric")
    ordered = pm25.sort("unit_code", "step").group_by("unit_code", maintain_order=True).agg("earned")
    for earned in ordered["earned"]:
        assert earned.to_list() == sorted(earned.to_list(), reverse=True)


def test_strictly_missing_items_cost_points_and_leniently_none(plain) -> None:
    inputs = plain.inputs
    published = published_assessment(inputs)
    strict, _ = evaluate_assessment(inputs, replace(published, missing=np.ones(1, dtype=np.int64)))
    lenient, _ = evaluate_assessment(inputs, published)
    lost = dict(zip(RANKED, lenient[0] - strict[0], strict=True))
    assert lost["500101"] > 1
    # Its section of 10 points is not assessed leniently; strictly it counts, with 7 of 10 points missing.
    assert lost["500102"] > 4
    assert [lost[unit] for unit in RANKED[2:]] == pytest.approx([0, 0, 0], abs=1e-12)


def test_rule_sets_are_compared_when_they_add_up_the_same_sections(catalogue) -> None:
    assert catalogue.scoring is not None
    assert comparable_rule_sets(catalogue.scoring) == ["recommended", "R1", "R4"]
    by_lowest = catalogue.scoring.model_copy(update={"rule_set": "R5"})
    assert comparable_rule_sets(by_lowest) == ["R5"]


def test_the_tables_have_a_row_for_every_ranked_unit_and_nobody_else(plain) -> None:
    made = assessment_tables(plain.inputs, MonteCarlo(runs=700, seed=3, band_edges={}))
    intervals = made["rank_intervals"]
    assert tuple(intervals["unit_code"]) == RANKED
    assert intervals["nominal_rank"].to_list() == plain.column("rank")
    shares = made["band_probabilities"].group_by("unit_code").agg(pl.col("probability").sum())
    assert shares["probability"].to_list() == pytest.approx([1.0] * len(RANKED))
    assert set(made["assessment_draws"]["rules"]) == {"recommended", "R1", "R4"}


def test_a_run_publishes_them_for_its_last_period_beside_those_of_the_other_outputs(plain) -> None:
    robustness = plain.catalogue.index.robustness.model_copy(update={"runs": 70})
    small = replace(plain.catalogue, index=plain.catalogue.index.model_copy(update={"robustness": robustness}))
    nobody = pl.DataFrame({"period": [NOW], "rank": [None]}, schema={"period": pl.String, "rank": pl.Int64})
    marts = {"synergy": nobody, "indicator_scores": pl.DataFrame()}
    made = uncertainty_marts(small, marts, PERIODS[0], NOW, plain.basis)
    for name in ("rank_intervals", "band_probabilities", "rank_probabilities", "factor_sensitivity"):
        assert set(made[name]["output"]) == {"assessment"}, name
        assert set(made[name]["period"]) == {NOW}, name
        assert made[name].schema == pl.Schema(MARTS[name].columns), name
    assert made["assessment_draws"].height == 70
    assert made["draws"].height == 0


def test_a_catalogue_without_rules_of_scoring_has_no_responses(catalogue, plain) -> None:
    without = replace(catalogue, scoring=None)
    with pytest.raises(ValueError, match="no rules of scoring"):
        assessment_responses(SQL, without, plain.basis, error_steps())
    with pytest.raises(ValueError, match="no rules of scoring"):
        AssessmentInputs.from_responses(
            without, plain.responses.items, plain.responses.scores, plain.responses.deductions
        )
