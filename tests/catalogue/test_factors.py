"""Factors agree with the documents they come from, and measures convert within a dimension only."""

import pytest

from xietong.catalogue import Catalogue, Factor, Measure

#: EF = net calorific value × carbon content × oxidised fraction × 44/12 ÷ 1000, as printed for these fuels
#: (Provincial greenhouse gas inventory guidelines 2025, t CO2 per t or per 10⁴ m³).
PRINTED_FUEL_FACTORS = {
    "gasoline_co2": (43.07, 18.9, 0.98, 2.925056),
    "diesel_co2": (42.652, 20.2, 0.98, 3.09591),
    "natural_gas_co2": (389.31, 15.3, 0.99, 21.621888),
    "bituminous_coal_co2": (19.57, 26.1, 0.93, 1.74175),
    "lignite_co2": (11.9, 28.0, 0.96, 1.172864),
    "coke_co2": (28.435, 29.5, 0.93, 2.860419),
    "petroleum_coke_co2": (32.5, 27.5, 0.98, 3.211542),
    "crude_oil_co2": (41.816, 20.1, 0.98, 3.020202),
    "fuel_oil_co2": (41.816, 21.1, 0.98, 3.170461),
    "lng_co2": (51.498, 15.3, 0.98, 2.831257),
    "lpg_co2": (50.179, 17.2, 0.98, 3.10133),
    "blast_furnace_gas_co2": (33, 70.8, 0.99, 8.481132),
    "converter_gas_co2": (84, 49.6, 0.99, 15.124032),
    "coke_oven_gas_co2": (179.81, 13.58, 0.99, 8.863806),
}


def factor(catalogue: Catalogue, code: str, year: int | None = None, series: str | None = None) -> Factor:
    (found,) = [f for f in catalogue.factors if (f.code, f.year, f.series) == (code, year, series)]
    return found


def measures(catalogue: Catalogue) -> dict[str, Measure]:
    return {measure.code: measure for measure in catalogue.measures.measures}


@pytest.mark.parametrize("code", PRINTED_FUEL_FACTORS)
def test_fuel_factor_is_the_printed_one_and_follows_from_its_inputs(catalogue: Catalogue, code: str) -> None:
    calorific, carbon, oxidation, printed = PRINTED_FUEL_FACTORS[code]
    fuel = factor(catalogue, code)
    assert fuel.inputs == {"net_calorific_value": calorific, "carbon_content": carbon, "oxidation": oxidation}
    assert fuel.value == pytest.approx(printed, abs=2e-6)
    assert fuel.value == pytest.approx(calorific * carbon * oxidation * 44 / 12 / 1000, abs=2e-6)


def test_no_fuel_with_inputs_escapes_the_recomputation(catalogue: Catalogue) -> None:
    with_inputs = {f.code for f in catalogue.factors if "carbon_content" in f.inputs}
    assert with_inputs == set(PRINTED_FUEL_FACTORS)


def test_mixed_raw_coal_has_no_inputs_and_is_marked_as_second_hand(catalogue: Catalogue) -> None:
    raw_coal = factor(catalogue, "raw_coal_co2")
    assert (raw_coal.value, raw_coal.is_verified, raw_coal.inputs) == (1.9003, False, {})


@pytest.mark.parametrize(
    ("fuel", "standard_coal", "tonnes_per_tce"),
    [
        ("bituminous_coal_co2", 19.57 / 29.3076, 2.61),  # t; by its own calorific value
        ("coke_co2", 0.9714, 2.94),  # t; the yearbook's coefficient
        ("natural_gas_co2", 13.3, 1.63),  # 10⁴ m³; the yearbook's upper end
    ],
)
def test_co2_per_tonne_of_standard_coal_is_the_known_one(
    catalogue: Catalogue, fuel: str, standard_coal: float, tonnes_per_tce: float
) -> None:
    assert factor(catalogue, fuel).value / standard_coal == pytest.approx(tonnes_per_tce, abs=0.005)


def test_standard_coal_is_calorific_value_over_that_of_standard_coal(catalogue: Catalogue) -> None:
    assert factor(catalogue, "raw_coal_standard_coal").value == pytest.approx(20.934 / 29.3076, abs=5e-5)
    # The yearbook prints .1229 where the exact quotient is .12284.
    assert factor(catalogue, "electricity_standard_coal").value == pytest.approx(3.6 / 29.3076, abs=1e-4)


def test_electricity_by_coal_for_generation_is_a_factor_apart_and_unverified(catalogue: Catalogue) -> None:
    own_heat = factor(catalogue, "electricity_standard_coal")
    generation = factor(catalogue, "electricity_standard_coal_generation")
    assert generation.value / own_heat.value == pytest.approx(2.48, abs=0.01)
    assert own_heat.is_verified
    assert not generation.is_verified


def test_no_formula_uses_the_standard_coal_of_generation(catalogue: Catalogue) -> None:
    used = {
        term.factor
        for indicator in catalogue.indicators
        if indicator.formula is not None and indicator.formula.kind == "sum"
        for term in indicator.formula.terms
    }
    assert "electricity_standard_coal" in used
    assert "electricity_standard_coal_generation" not in used


@pytest.mark.parametrize(
    ("year", "series", "value", "is_verified"),
    [
        (2021, "provincial", 0.4743, False),
        (2022, "provincial", 0.5227, True),
        (2023, "provincial", 0.5581, True),
        (2023, "regional", 0.2472, True),
        (2021, "national", 0.5568, False),
        (2022, "national", 0.5366, False),
        (2023, "national", 0.5306, True),
    ],
)
def test_grid_factor_of_year_and_series(
    catalogue: Catalogue, *, year: int, series: str, value: float, is_verified: bool
) -> None:
    grid = factor(catalogue, "grid_electricity", year, series)
    assert (grid.value, grid.is_verified) == (value, is_verified)


def test_choice_of_grid_series_and_year_moves_indirect_emissions_as_the_method_says(catalogue: Catalogue) -> None:
    provincial = factor(catalogue, "grid_electricity", 2023, "provincial").value
    regional = factor(catalogue, "grid_electricity", 2023, "regional").value
    year_before = factor(catalogue, "grid_electricity", 2022, "provincial").value
    assert 100 * (provincial / regional - 1) == pytest.approx(125.8, abs=0.05)
    assert 100 * (provincial / year_before - 1) == pytest.approx(6.8, abs=0.05)


def test_pollution_equivalents_of_a_worked_example(catalogue: Catalogue) -> None:
    tonnes = {"so2": 120, "nox": 380, "dust": 80}
    parts = {name: 1000 * mass / factor(catalogue, f"{name}_equivalent").value for name, mass in tonnes.items()}
    assert parts == pytest.approx({"so2": 126_315.79, "nox": 400_000, "dust": 20_000}, abs=0.005)
    assert sum(parts.values()) == pytest.approx(546_315.79, abs=0.005)


def test_dust_is_never_counted_with_the_value_of_sulphur_dioxide(catalogue: Catalogue) -> None:
    dust = factor(catalogue, "dust_equivalent").value
    assert dust == 4
    assert dust != factor(catalogue, "so2_equivalent").value == 0.95
    assert factor(catalogue, "soot_equivalent").value == 2.18


@pytest.mark.parametrize(
    ("code", "kilograms"), [("cod", 1), ("ammonia_nitrogen", 0.8), ("total_phosphorus", 0.25), ("bod5", 0.5)]
)
def test_water_equivalents_are_those_of_the_law(catalogue: Catalogue, code: str, kilograms: float) -> None:
    assert factor(catalogue, f"{code}_equivalent").value == kilograms


def test_the_law_has_no_value_for_total_nitrogen_and_none_for_total_volatile_organic_compounds(
    catalogue: Catalogue,
) -> None:
    assert "total_nitrogen_equivalent" not in {f.code for f in catalogue.factors}
    assert not factor(catalogue, "voc_equivalent").is_verified


def test_all_44_air_and_19_water_pollutants_of_the_law_are_there(catalogue: Catalogue) -> None:
    legal = [f for f in catalogue.factors if f.code.endswith("_equivalent") and f.is_verified]
    assert len(legal) == 44 + 19


def test_every_factor_is_positive_and_stands_in_a_known_measure(catalogue: Catalogue) -> None:
    known = measures(catalogue)
    assert [f.code for f in catalogue.factors if f.value <= 0 or f.measure not in known] == []


@pytest.mark.parametrize(
    ("amount", "measure", "same", "other"),
    [
        (1, "亿元", 10_000, "万元"),
        (1, "百万吨", 100, "万吨"),
        (1, "亿立方米", 10_000, "万立方米"),
        (1, "亿千瓦时", 1e8, "千瓦时"),
        (1, "万人", 10_000, "人"),
        (1, "万吨标准煤", 10_000, "吨标准煤"),
        (1, "mg/m³", 1000, "µg/m³"),
        (1, "平方公里", 100, "公顷"),
        (1, "万平方米", 1, "公顷"),
        (1, "吨/万元", 1000, "千克/万元"),
        (1, "%", 10, "‰"),
    ],
)
def test_conversion_within_a_dimension(
    catalogue: Catalogue, amount: float, measure: str, same: float, other: str
) -> None:
    one, another = measures(catalogue)[measure], measures(catalogue)[other]
    assert one.dimension == another.dimension
    assert amount * one.scale / another.scale == pytest.approx(same)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("μg/m³", "µg/m³"),  # Greek mu
        ("µg/m3", "µg/m³"),  # micro sign, plain 3
        ("ug/m3", "µg/m³"),
        ("微克/立方米", "µg/m³"),
        ("％", "%"),
        ("億元", "亿元"),
        ("噸", "吨"),
        ("万tce", "万吨标准煤"),
        ("亿kWh", "亿千瓦时"),
        ("亿m³", "亿立方米"),
        ("Mt", "百万吨"),
    ],
)
def test_usual_spelling_of_a_measure_is_known(catalogue: Catalogue, written: str, meant: str) -> None:
    (found,) = [m.code for m in catalogue.measures.measures if written in m.aliases]
    assert found == meant


def test_tonnes_of_standard_coal_are_not_tonnes_of_mass(catalogue: Catalogue) -> None:
    known = measures(catalogue)
    assert known["万吨"].dimension != known["万吨标准煤"].dimension


def test_every_dimension_has_a_measure_of_scale_one(catalogue: Catalogue) -> None:
    references = {m.dimension for m in catalogue.measures.measures if m.scale == 1}
    assert references == {m.dimension for m in catalogue.measures.measures}
