"""What indicators promise: complete texts, sensible bounds, formulas that give the known results."""

import re
from fnmatch import fnmatchcase
from typing import Literal

import pytest

from xietong.catalogue import Catalogue, Indicator, SumFormula, load_edition
from xietong.resources import resource_directory

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def weighted_sum(
    catalogue: Catalogue,
    code: str,
    figures: dict[str, float],
    year: int | None = None,
    series: Literal["provincial", "regional", "national"] = "provincial",
) -> float:
    """Return Σ figure × coefficient × factor ÷ divisor over the terms of an indicator, factors of one year."""
    formula = catalogue.indicators_by_code[code].formula
    assert isinstance(formula, SumFormula)
    assert formula.series == series

    def value(factor: str | None) -> float:
        if factor is None:
            return 1.0
        candidates = [f for f in catalogue.factors if f.code == factor and f.series in (None, series)]
        (found,) = [f for f in candidates if f.year is None or f.year == (formula.constant_year or year)]
        return found.value

    assert {term.indicator for term in formula.terms} == set(figures)
    return sum(
        figures[term.indicator] * term.coefficient * value(term.factor) / value(term.divisor) for term in formula.terms
    )


def scored(catalogue: Catalogue) -> list[Indicator]:
    return [indicator for indicator in catalogue.indicators if indicator.node is not None]


def test_39_indicators_are_scored(catalogue: Catalogue) -> None:
    by_node = dict.fromkeys(("pollution", "carbon", "structure", "treatment", "management_capacity"), 0)
    for indicator in scored(catalogue):
        by_node[str(indicator.node)] += 1
    assert by_node == {"pollution": 7, "carbon": 6, "structure": 10, "treatment": 10, "management_capacity": 6}


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_weights_of_every_node_sum_to_one(name: str, request: pytest.FixtureRequest) -> None:
    checked: Catalogue = request.getfixturevalue(name)
    for node in checked.index.nodes:
        if node.takes == "indicators":
            weights = [indicator.weight or 0 for indicator in checked.indicators if indicator.node == node.code]
            assert sum(weights) == pytest.approx(1, abs=1e-9), node.code


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_every_indicator_speaks_both_languages_and_names_its_ground(name: str, request: pytest.FixtureRequest) -> None:
    checked: Catalogue = request.getfixturevalue(name)
    for indicator in checked.indicators:
        texts = [indicator.name, indicator.definition, indicator.source, indicator.note]
        if indicator.goalposts is not None:
            texts += [indicator.goalposts.worst.reason, indicator.goalposts.best.reason]
        if indicator.standard_error is not None:
            texts.append(indicator.standard_error.reason)
        for text in texts:
            if text is not None:
                assert CHINESE.search(text.zh), (indicator.code, text.zh)
                assert not CHINESE.search(text.en), (indicator.code, text.en)
        assert indicator.articles or indicator.source is not None, indicator.code


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_names_are_unique_in_both_languages(name: str, request: pytest.FixtureRequest) -> None:
    indicators = request.getfixturevalue(name).indicators
    assert len({i.name.zh for i in indicators}) == len({i.name.en for i in indicators}) == len(indicators)


@pytest.mark.parametrize("name", ["catalogue", "provinces"])
def test_best_lies_in_the_direction_and_within_the_plausible_range(name: str, request: pytest.FixtureRequest) -> None:
    for indicator in scored(request.getfixturevalue(name)):
        assert indicator.goalposts is not None
        worst, best = indicator.goalposts.worst.value, indicator.goalposts.best.value
        assert (best > worst) == (indicator.direction == "higher"), indicator.code
        if indicator.plausible is not None:
            assert indicator.plausible.minimum <= min(worst, best), indicator.code
            assert max(worst, best) <= indicator.plausible.maximum, indicator.code


def test_a_bound_without_a_document_says_that_it_is_our_proposal(catalogue: Catalogue) -> None:
    documented = re.compile(r"方案第|GB |目标|规划|标准|参考值|法定义务|自然下限|2020 年持平|二级")
    for indicator in scored(catalogue):
        assert indicator.goalposts is not None
        for bound in (indicator.goalposts.worst, indicator.goalposts.best):
            assert bound.reason.zh.startswith("本方法建议值") == bound.reason.en.startswith("Proposed by this method")
            assert bound.reason.zh.startswith("本方法建议值") or documented.search(bound.reason.zh), indicator.code


@pytest.mark.parametrize(
    ("code", "city_target"), [("nonfossil_share", 25), ("forest_coverage", 57), ("fertiliser_decline", 1)]
)
def test_a_target_of_the_whole_city_is_not_the_goalpost_of_a_district(
    catalogue: Catalogue, code: str, city_target: float
) -> None:
    goalposts = catalogue.indicators_by_code[code].goalposts
    assert goalposts is not None
    assert goalposts.best.value != city_target


@pytest.mark.parametrize("code", ["charging_points", "shore_power_berths", "renewable_building_area", "forest_stock"])
def test_totals_of_the_city_are_shown_and_not_scored(catalogue: Catalogue, code: str) -> None:
    indicator = catalogue.indicators_by_code[code]
    assert (indicator.node, indicator.goalposts) == (None, None)


@pytest.mark.parametrize(
    ("code", "best"),
    [
        ("industrial_energy_intensity_decline", 14.5),
        ("industrial_water_intensity_decline", 15),
        ("key_industry_pollutant_intensity_decline", 10),
        ("prefabricated_building_share", 30),
        ("green_building_material_share", 70),
        ("manure_utilisation_rate", 80),
        ("straw_utilisation_rate", 90),
        ("green_coverage_built_up", 43),
        ("bulk_solid_waste_utilisation_rate", 70),
    ],
)
def test_best_is_the_figure_of_the_plan(catalogue: Catalogue, code: str, best: float) -> None:
    goalposts = catalogue.indicators_by_code[code].goalposts
    assert goalposts is not None
    assert goalposts.best.value == best


def test_declines_look_back_to_2020(catalogue: Catalogue) -> None:
    declines = [i.formula for i in catalogue.indicators if i.formula is not None and i.formula.kind == "decline"]
    assert len(declines) == 7
    assert {decline.base_year for decline in declines} == {2020}


def test_carry_allows_one_late_figure(catalogue: Catalogue) -> None:
    carry = {"month": 2, "quarter": 6, "year": 24}
    for indicator in catalogue.indicators:
        measured_by_us = indicator.formula is not None and indicator.formula.kind == "system"
        assert indicator.carry_months == (0 if measured_by_us else carry[indicator.frequency]), indicator.code


def test_flows_are_summed_and_concentrations_and_rates_averaged(catalogue: Catalogue) -> None:
    concentrations = ("µg/m³", "mg/m³", "%", "指数")
    for indicator in catalogue.indicators:
        if indicator.measure in concentrations:
            assert indicator.aggregation == "mean", indicator.code
        if indicator.role == "reported" and indicator.frequency == "quarter":
            assert (indicator.window, indicator.aggregation) == ("trailing_12m", "sum"), indicator.code
        if indicator.frequency == "year":
            assert indicator.window == "point", indicator.code


def test_a_percentage_exceeds_a_hundred_only_where_it_says_how_far_a_limit_is_exceeded(catalogue: Catalogue) -> None:
    percentages = [i for i in catalogue.indicators if i.measure == "%" and i.plausible is not None]
    assert len(percentages) > 30
    beyond = [i.code for i in percentages if i.plausible is not None and i.plausible.maximum > 100]
    assert beyond == ["pm10_exceedance", "pm25_exceedance"]


@pytest.mark.parametrize(
    "code", ["forest_coverage", "green_coverage_built_up", "water_sections_good_share", "straw_utilisation_rate"]
)
def test_a_share_that_cannot_be_under_one_percent_betrays_a_fraction(catalogue: Catalogue, code: str) -> None:
    plausible = catalogue.indicators_by_code[code].plausible
    assert plausible is not None
    assert plausible.minimum > 1


def test_city_totals_of_a_whole_year_are_plausible_for_the_city_and_not_for_a_unit(catalogue: Catalogue) -> None:
    quarter_of_the_city = {
        "gdp": 30145.79 / 4,
        "gdp_secondary": 11699.14 / 4,
        "energy_consumption": 9271 / 4,
        "so2_emission": 859_500 / 4,
        "cod_emission": 395_000 / 4,
    }
    for code, value in quarter_of_the_city.items():
        indicator = catalogue.indicators_by_code[code]
        assert indicator.plausible_city is not None
        assert indicator.plausible is not None
        assert indicator.plausible.maximum < value <= indicator.plausible_city.maximum, code


@pytest.mark.parametrize(
    ("place", "so2", "no2", "pm10", "pm25", "co", "o3", "computed", "published", "tolerance"),
    [
        ("婺源 2023-09", 11, 16, 40, 16, 0.6, 139, 2.6307, 2.63, 0.005),
        ("河源 2022-02", 3, 13, 16, 13, 0.9, 87, 1.7437, 1.73, 0.02),
    ],
)
def test_air_composite_index_of_published_places(
    catalogue: Catalogue,
    place: str,
    so2: float,
    no2: float,
    pm10: float,
    pm25: float,
    co: float,
    o3: float,
    computed: float,
    published: float,
    tolerance: float,
) -> None:
    figures = {"so2": so2, "no2": no2, "pm10": pm10, "pm25": pm25, "co": co, "o3": o3}
    index = weighted_sum(catalogue, "air_composite_index", figures)
    assert index == pytest.approx(computed, abs=1e-4), place
    assert index == pytest.approx(published, abs=tolerance), place


FUELS = {
    "raw_coal_consumption": 100.0,  # 10⁴ t
    "natural_gas_consumption": 2.0,  # 10⁸ m³
    "gasoline_consumption": 5.0,  # 10⁴ t
    "diesel_consumption": 10.0,  # 10⁴ t
    "purchased_electricity": 30.0,  # 10⁸ kWh
}


def test_co2_of_a_worked_example_in_tonnes(catalogue: Catalogue) -> None:
    """The same emission once in 10⁴ t by the catalogue and once by hand in single tonnes, m³ and kWh."""
    by_hand = (
        1_000_000 * 1.9003
        + 200_000_000 * 21.621888 / 10_000
        + 50_000 * 2.925056
        + 100_000 * 3.09591
        + 3_000_000_000 * 0.5581 / 1000
    )
    assert by_hand == pytest.approx(4_462_881.56, abs=0.01)
    computed = weighted_sum(catalogue, "co2_emission", FUELS, year=2023)
    assert computed * 10_000 == pytest.approx(by_hand, rel=1e-12)


def test_co2_series_differ_only_by_the_grid_factor(catalogue: Catalogue) -> None:
    current = weighted_sum(catalogue, "co2_emission", FUELS, year=2023)
    constant = weighted_sum(catalogue, "co2_emission_constant", FUELS)
    regional = weighted_sum(catalogue, "co2_emission_regional", FUELS, year=2023, series="regional")
    assert current - constant == pytest.approx(30 * 10 * (0.5581 - 0.5227), rel=1e-9)
    assert current - regional == pytest.approx(30 * 10 * (0.5581 - 0.2472), rel=1e-9)


def test_pollution_equivalents_leave_out_volatile_organic_compounds(catalogue: Catalogue) -> None:
    figures = {"so2_emission": 120.0, "nox_emission": 380.0, "dust_emission": 80.0}
    assert weighted_sum(catalogue, "air_pollutant_equivalents", figures) == pytest.approx(546_315.79, abs=0.005)
    water = {"cod_emission": 10.0, "ammonia_nitrogen_emission": 0.8, "total_phosphorus_emission": 0.25}
    assert weighted_sum(catalogue, "water_pollutant_equivalents", water) == pytest.approx(12_000)


def test_energy_in_standard_coal_is_in_ten_thousand_tonnes(catalogue: Catalogue) -> None:
    assert weighted_sum(catalogue, "raw_coal_energy", {"raw_coal_consumption": 100}) == pytest.approx(71.43)
    electricity = {"terminal_electricity_consumption": 10.0}
    assert weighted_sum(catalogue, "terminal_electricity_energy", electricity) == pytest.approx(12.29)


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "value"),
    [
        ("good_air_days_share", 329, 366, 89.8907),  # days, days → %
        ("co2_intensity", 15886.96, 25002.79, 0.6354),  # 10⁴ t, 10⁸ yuan → t per 10⁴ yuan
        ("energy_intensity", 8874.54, 25002.79, 0.35494),  # 10⁴ tce, 10⁸ yuan → tce per 10⁴ yuan
        ("gdp_per_capita", 29129.03, 3213.34, 90650.3),  # 10⁸ yuan, 10⁴ persons → yuan
        ("co2_per_capita", 15886.96, 3213.34, 4.9441),  # 10⁴ t, 10⁴ persons → t
        ("air_pollutant_equivalent_intensity", 2.7e8, 25002.79, 1.0799),  # equivalents, 10⁸ yuan → per 10⁴ yuan
        ("charging_points_per_10k", 30000, 3213.34, 9.3361),
        ("industrial_water_intensity", 174000, 6990, 24.8927),  # 10⁴ m³, 10⁸ yuan → m³ per 10⁴ yuan
    ],
)
def test_scale_of_a_ratio_gives_its_measure(
    catalogue: Catalogue, code: str, numerator: float, denominator: float, value: float
) -> None:
    formula = catalogue.indicators_by_code[code].formula
    assert formula is not None
    assert formula.kind == "ratio"
    assert formula.scale * numerator / denominator == pytest.approx(value, rel=1e-4)


def test_linked_supervision_concerns_the_three_pilots_only(catalogue: Catalogue) -> None:
    assert catalogue.indicators_by_code["linked_supervision_pass_rate"].applies_to == ("500109", "500115", "500116")


def test_provinces_score_co2_against_their_own_2005(provinces: Catalogue) -> None:
    decline = provinces.indicators_by_code["co2_decline_since_2005"]
    assert decline.goalposts is not None
    assert decline.formula is not None
    assert decline.formula.kind == "decline"
    assert (decline.formula.of, decline.formula.base_year) == ("co2_total", 2005)
    multiples = [1 - bound.value / 100 for bound in (decline.goalposts.worst, decline.goalposts.best)]
    assert multiples == [2.5, 0.5]


def test_provinces_are_31_of_one_kind_known_by_the_names_of_the_workbooks(provinces: Catalogue) -> None:
    units = provinces.units.units
    assert len(units) == 31
    assert {unit.kind for unit in units} == {"province"}
    assert len({unit.tile for unit in units}) == 31
    names = {name: unit.code for unit in units for name in (unit.name.en, *unit.aliases)}
    known = {name: names[name] for name in ("InnerMongolia", "Shanxi", "Shaanxi", "Xizang", "Chongqing")}
    assert known == {
        "InnerMongolia": "150000",
        "Shanxi": "140000",
        "Shaanxi": "610000",
        "Xizang": "540000",
        "Chongqing": "500000",
    }


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("raw_Emission_Inventories_for_30_Provinces_2019.xlsx", "ceads_inventory"),
        ("raw_Emission_inventories_for_30_provinces_1997.xlsx", "ceads_inventory"),
        ("province_pm25_popwt_1998_2024.csv", "pm25_population_weighted"),
    ],
)
def test_every_file_of_the_provinces_has_one_source(provinces: Catalogue, file: str, source: str) -> None:
    claiming = [s.code for s in provinces.sources if any(fnmatchcase(file, pattern) for pattern in s.files)]
    assert claiming == [source]


def test_edition_of_the_provinces_takes_both_sources(provinces: Catalogue) -> None:
    edition = load_edition(resource_directory("editions"), "provinces")
    assert set(edition.sources) == {source.code for source in provinces.sources}
    assert (edition.frequency, edition.first_period, edition.last_period) == ("year", "1998", "2019")
