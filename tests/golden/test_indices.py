"""G7–G10, G12, G15: air index, target paths, published composite indices, factors and step scores."""

import math

import numpy as np
import pytest

from xietong.aggregation import arithmetic, geometric
from xietong.catalogue import Catalogue


def air_index(sql, figures: dict[str, float]) -> float:
    order = ("PM25", "PM10", "SO2", "NO2", "CO", "O3")
    return sql("air_composite_index(?, ?, ?, ?, ?, ?)", *(figures[name] for name in order))


def test_g7_air_index_of_published_months(golden, sql) -> None:
    wuyuan, heyuan = golden["G7_air_index"]["wuyuan_2023_09"], golden["G7_air_index"]["heyuan_2022_02"]
    index = air_index(sql, wuyuan["in"])
    assert index == pytest.approx(wuyuan["I"], abs=0.005)
    assert 100 * (index / wuyuan["prev"] - 1) == pytest.approx(wuyuan["yoy_pct"], abs=0.05)
    assert air_index(sql, heyuan["in"]) == pytest.approx(heyuan["I"], abs=heyuan["tol"])


def test_g7_each_standard_adds_one_so_an_excess_is_what_is_above_it(golden, sql) -> None:
    for pollutant, (concentration, percent) in golden["G7_air_index"]["yuzhong_2024_01_exceed_pct"].items():
        alone = dict.fromkeys(golden["G7_air_index"]["S"], 0.0) | {pollutant: concentration}
        assert 100 * (air_index(sql, alone) - 1) == pytest.approx(percent, abs=0.05)


def test_g8_geometric_path_of_chongqing(golden, sql) -> None:
    given, published = golden["G8_chongqing_path"]["in"], golden["G8_chongqing_path"]["out"]
    assert -100 * sql("geometric_path(?, 1, 5)", given["EI_cut"]) == pytest.approx(
        published["annual_rate_pct"], abs=0.005
    )
    gdp = given["GDP2020_yi"] * (1 + given["GDP_growth"]) ** 5
    assert gdp == pytest.approx(published["GDP2025"], abs=0.005)
    intensity = given["energy2020_wtce"] / given["GDP2020_yi"]
    required = intensity * (1 - sql("geometric_path(?, 5, 5)", given["EI_cut"]))
    assert (intensity, required) == pytest.approx((published["EI2020"], published["EI2025"]), abs=5e-4)
    assert required * gdp == pytest.approx(published["energy2025"], abs=0.005)
    assert required * gdp - given["energy2020_wtce"] == pytest.approx(published["increment"], abs=0.005)


@pytest.mark.parametrize("shape", ["linear", "geometric"])
def test_g8_paths_year_by_year(golden, sql, shape) -> None:
    for percent, paths in golden["G8_chongqing_path"]["path_pct"].items():
        for year, required in enumerate(paths[shape], start=1):
            decline = sql(f"{shape}_path(?, ?, 5)", float(percent) / 100, year)
            assert 100 * decline == pytest.approx(required, abs=1e-3)


@pytest.mark.parametrize("shape", ["linear", "geometric"])
def test_path_has_no_value_before_its_first_year_and_holds_after_its_last(sql, shape) -> None:
    assert sql(f"{shape}_path(.14, 0, 5), {shape}_path(.14, -1, 5), {shape}_path(null, 1, 5)") == (None, None, None)
    assert sql(f"{shape}_path(.14, 6.5, 5)") == pytest.approx(0.14)
    assert sql(f"{shape}_path(0, 2, 5)") == 0


def test_worked_example_of_the_assessment_uses_the_unrounded_path(sql) -> None:
    annual = 0.024 / sql("geometric_path(.14, 1, 5)")
    assert 25 * annual == pytest.approx(20.1924, abs=5e-5)


def test_g9_green_development_index_is_the_weighted_sum(golden) -> None:
    figures = golden["G9_green_development_2016"]
    for place, total in figures["published_total"].items():
        index = arithmetic([figures[place]], np.array(figures["weights_pct"]) / 100)[0]
        # The printed weights add up to 100.0 %.
        assert sum(figures["weights_pct"]) == pytest.approx(100, abs=0.01)
        assert index == pytest.approx(total, abs=figures["tol"])


def test_g10_human_development_index(golden) -> None:
    figures = golden["G10_hdi"]
    income = math.log(figures["GNI"] / 100) / math.log(75000 / 100)
    assert income == pytest.approx(figures["income_index"], abs=figures["tol"])
    assert geometric([[*figures["in"], income]], np.ones(3))[0] == pytest.approx(figures["HDI"], abs=figures["tol"])


def test_g12_catalogue_holds_the_published_fuel_factors(golden, catalogue: Catalogue) -> None:
    published = {tuple(inputs): factor for *inputs, factor in golden["G12_fuel_EF"]["rows_[NCV,CC,OF,EF]"].values()}
    found = 0
    for factor in catalogue.factors:
        inputs = factor.inputs
        key = (inputs.get("net_calorific_value"), inputs.get("carbon_content"), inputs.get("oxidation"))
        if None not in key:
            computed = math.prod(inputs.values()) * 44 / 12 / 1000
            assert factor.value == pytest.approx(computed, abs=2e-6), factor.code
        if key in published:
            assert factor.value == pytest.approx(published[key], abs=golden["G12_fuel_EF"]["tol"]), factor.code
            found += 1
    assert found == len(published)


def test_catalogue_holds_the_equivalents_of_the_law(golden, catalogue: Catalogue) -> None:
    law = golden["equivalents"]["kg_per_equivalent_air"] | golden["equivalents"]["kg_per_equivalent_water"]
    values = {factor.code: factor.value for factor in catalogue.factors}
    assert {name: values[f"{name}_equivalent"] for name in law} == law


def test_equivalents_of_the_example_and_not_those_of_dust_taken_for_sulphur_dioxide(golden, sql) -> None:
    figures = golden["equivalents"]
    law = figures["kg_per_equivalent_air"]

    def equivalents(values: dict[str, float]) -> float:
        tonnes = figures["example_t"]
        return sum(sql("pollution_equivalents(?, ?)", 1000 * tonnes[name], values[name]) for name in tonnes)

    assert equivalents(law) == pytest.approx(figures["example_equivalents"], abs=figures["tol"])
    assert equivalents(law | {"dust": 0.95}) > 1.1 * figures["example_equivalents"]


def test_g15_step_table_and_bonus(golden, sql) -> None:
    figures = golden["G15_step_score"]
    table = [{"rate": rate, "points": points} for rate, points in figures["steps_[rate,score]"] if points > 0]
    for rate, points in figures["steps_[rate,score]"]:
        assert sql("step_score(?, ?)", rate, table) == points
    for rate, points in figures["bonus_examples"].items():
        score = "step_score($1::double, $2) + overfulfilment_bonus($1::double, .1, 3, 9)"
        assert sql(score, float(rate), table) == points


def test_a_rate_of_exactly_a_fifth_over_earns_two_steps(sql) -> None:
    assert sql("overfulfilment_bonus(1.2::double, .1, 3, 9), overfulfilment_bonus(null, .1, 3, 9)") == (6, None)
    assert sql("overfulfilment_bonus(.5, .1, 3, 9), step_score(null, [{'rate': 1, 'points': 40}])") == (0, None)
