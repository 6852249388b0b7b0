"""The figures before anything is planted: consistent inside, plausible, calibrated, and diverse enough to teach."""

import dataclasses

import numpy as np
import pytest

from xietong.catalogue import Catalogue, Edition
from xietong.demonstration.panel import SIMULATED, Panel, build_panel, due_periods
from xietong.demonstration.scene import YEARS, load_paths, read_table
from xietong.errors import UsageError, XietongError

CITY = -1
#: Standard coal as the form's identity states it, and the fuels' CO2 in tonnes per tonne or per
#: 10⁴ m³ (method §4.1); electricity by the factor of the Chongqing grid of 2022.
STANDARD_COAL = {
    "raw_coal_consumption": 0.7143,
    "natural_gas_consumption": 13.3,
    "gasoline_consumption": 1.4714,
    "diesel_consumption": 1.4571,
    "purchased_electricity": 1.229,
    "nonfossil_energy_consumption": 1.0,
}
CO2 = {
    "raw_coal_consumption": 1.9003,
    "natural_gas_consumption": 21.621888,
    "gasoline_consumption": 2.925056,
    "diesel_consumption": 3.095910,
    "purchased_electricity": 5.227,
}


def districts(panel: Panel) -> list[int]:
    return [n for n, code in enumerate(panel.unit_codes) if "-" not in code and code != "500000"]


def annual(panel: Panel, code: str) -> np.ndarray:
    """Return [unit, year] sums of quarters."""
    return panel.figures[code].reshape(len(panel.unit_codes), len(YEARS), 4).sum(axis=2)


def monthly(panel: Panel, code: str) -> np.ndarray:
    return panel.figures[code].reshape(len(panel.unit_codes), len(YEARS), 12)


def test_figures_stand_where_an_indicator_applies_and_nowhere_else(catalogue: Catalogue, panel: Panel):
    for code, figures in panel.figures.items():
        indicator = catalogue.indicators_by_code[code]
        assert indicator.role == "reported"
        allowed = panel.unit_codes if indicator.applies_to is None else indicator.applies_to
        applies = np.array([unit_code in allowed for unit_code in panel.unit_codes])
        assert (np.isfinite(figures) == applies[:, None]).all(), code


def test_every_figure_is_plausible(catalogue: Catalogue, panel: Panel):
    for code, figures in panel.figures.items():
        for unit, series in zip(panel.unit_codes, figures, strict=True):
            plausible = catalogue.indicators_by_code[code].plausible_of(catalogue.units_by_code[unit].kind)
            assert plausible is not None
            told = series[np.isfinite(series)]
            assert ((plausible.minimum <= told) & (told <= plausible.maximum)).all(), (code, unit, told)


def test_no_total_of_the_city_is_plausible_for_one_unit(catalogue: Catalogue, panel: Panel):
    """What is counted since the plan began grows from nothing: there it is the plan's target that is refused."""
    targets = {"charging_points": 30_000, "renewable_building_area": 500, "shore_power_berths": 250}
    two_ranges = [i for i in catalogue.indicators if i.plausible_city is not None]
    summed = {i.code for i in catalogue.indicators if i.role == "reported" and i.aggregation == "sum"}
    assert {i.code for i in two_ranges} == (summed - {"good_air_days", "monitored_air_days"}) | set(targets) | {
        "fertiliser_use",
        "resident_population",
    }
    for indicator in two_ranges:
        assert indicator.plausible is not None
        least = targets.get(indicator.code, np.nanmin(panel.figures[indicator.code][CITY]))
        assert indicator.plausible.maximum < least, indicator.code


def test_sectors_add_up_to_gdp(panel: Panel):
    parts = sum(panel.figures[code] for code in ("gdp_primary", "gdp_secondary", "gdp_tertiary"))
    np.testing.assert_allclose(parts, panel.figures["gdp"], rtol=1e-9)


def test_fuels_add_up_to_energy(panel: Panel):
    parts = sum(factor * panel.figures[code] for code, factor in STANDARD_COAL.items())
    np.testing.assert_allclose(parts, panel.figures["energy_consumption"], rtol=1e-6)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("pm25", "pm10"),
        ("good_air_days", "monitored_air_days"),
        ("purchased_electricity", "terminal_electricity_consumption"),
        ("industrial_energy_consumption", "energy_consumption"),
        ("industrial_value_added", "gdp_secondary"),
        ("high_energy_industry_value_added", "industrial_value_added"),
    ],
)
def test_no_part_exceeds_its_whole(panel: Panel, part, whole):
    # Real value added may outgrow nominal value added, so these two are compared in the base year.
    periods = slice(0, 4) if (part, whole) == ("industrial_value_added", "gdp_secondary") else slice(None)
    assert (panel.figures[part][:, periods] <= panel.figures[whole][:, periods]).all()


def test_days_fit_into_their_month(panel: Panel):
    days = [(31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31) for year in YEARS]
    assert (panel.figures["monitored_air_days"] <= np.ravel(days)).all()
    assert (panel.figures["good_air_days"] >= 0).all()


def test_constant_prices_are_those_of_2020(panel: Panel):
    figures = panel.figures
    np.testing.assert_allclose(figures["gdp_constant_price"][:, :4], figures["gdp"][:, :4], rtol=1e-4)


def test_the_city_is_the_sum_of_its_districts(panel: Panel):
    sums = [code for code, path in load_paths().items() if path.kind in ("sector", "sum", "share_of", "constant_price")]
    for code in {*sums, "gdp", "energy_consumption"} & set(panel.figures):
        figures = panel.figures[code]
        if np.isfinite(figures[CITY]).all():
            expected = np.nansum(figures[districts(panel)], axis=0)
            np.testing.assert_allclose(figures[CITY], expected, rtol=1e-9, atol=1e-6, err_msg=code)


def test_city_means_lie_between_those_of_the_districts(panel: Panel):
    for code in ("pm25", "o3", "forest_coverage", "manure_utilisation_rate"):
        figures, own = panel.figures[code], panel.figures[code][districts(panel)]
        assert (own.min(axis=0) <= figures[CITY]).all()
        assert (figures[CITY] <= own.max(axis=0)).all()


@pytest.mark.parametrize(("year", "gdp"), [(2020, 25002.79), (2021, 27894.02), (2022, 29129.03), (2023, 30145.79)])
def test_gdp_of_the_city_is_the_published_one(panel: Panel, year, gdp):
    assert annual(panel, "gdp")[CITY, YEARS.index(year)] == pytest.approx(gdp, rel=1e-5)


def test_co2_of_the_city_in_2020_is_the_published_one(panel: Panel):
    co2 = sum(factor * annual(panel, code)[CITY, 0] for code, factor in CO2.items())
    assert co2 == pytest.approx(15886.96, rel=0.01)


def test_energy_in_calorific_value_is_below_the_published_coal_equivalent(panel: Panel):
    assert 0.85 * 8874.54 < annual(panel, "energy_consumption")[CITY, 0] < 8874.54


def test_energy_intensity_of_the_city_falls_by_14_percent_to_2024(panel: Panel):
    intensity = annual(panel, "energy_consumption")[CITY] / annual(panel, "gdp_constant_price")[CITY]
    assert 100 * (1 - intensity[4] / intensity[0]) == pytest.approx(14, abs=0.2)


@pytest.mark.parametrize(("year", "pm25"), [(2021, 35.0), (2022, 31.3)])
def test_pm25_of_the_city_is_the_published_one(panel: Panel, year, pm25):
    assert monthly(panel, "pm25")[CITY, YEARS.index(year)].mean() == pytest.approx(pm25, rel=0.01)


@pytest.mark.parametrize(("year", "days"), [(2020, 333), (2021, 326), (2022, 332), (2023, 325), (2024, 329)])
def test_good_days_of_the_city_are_the_published_ones(panel: Panel, year, days):
    assert monthly(panel, "good_air_days")[CITY, YEARS.index(year)].sum() == pytest.approx(days, abs=1)


@pytest.mark.parametrize(("year", "cover"), [("2021", 54.5), ("2022", 55.04), ("2023", 55.06)])
def test_forest_cover_and_population_of_the_city_are_the_published_ones(panel: Panel, year, cover):
    assert panel.figure("500000", "forest_coverage", year) == pytest.approx(cover, rel=1e-3)
    assert panel.figure("500000", "resident_population", "2022") == pytest.approx(3213.34, rel=1e-4)


@pytest.mark.parametrize(
    ("unit", "year", "gdp"), [("500102", 0, 1221.01), ("500112", 0, 2002.34), ("500235", 0, 462.59)]
)
def test_districts_have_nearly_their_published_gdp(panel: Panel, unit, year, gdp):
    assert annual(panel, "gdp")[panel.unit_codes.index(unit), year] == pytest.approx(gdp, rel=0.02)


def test_particles_peak_in_winter_and_ozone_in_summer(panel: Panel):
    pm25, o3 = monthly(panel, "pm25")[CITY], monthly(panel, "o3")[CITY]
    assert (pm25[:, 0] > 1.8 * pm25[:, 6]).all()
    assert (o3[:, 7] > 1.8 * o3[:, 0]).all()


def test_the_first_quarter_of_2020_is_low(panel: Panel):
    part = panel.figures["gdp"][CITY].reshape(len(YEARS), 4)
    part = part[:, 0] / part.sum(axis=1)
    assert part[0] < 0.95 * part[1:].min()


def test_all_four_quadrants_occur(panel: Panel):
    """Of the changes of CO2 and of air pollutants from 2023 to 2025 every pair of signs has three districts at least."""
    co2 = sum(factor * annual(panel, code) for code, factor in CO2.items())
    air = sum(annual(panel, code) for code in ("so2_emission", "nox_emission", "dust_emission", "voc_emission"))
    own, before, after = districts(panel), YEARS.index(2023), YEARS.index(2025)
    signs = [(co2[n, after] < co2[n, before], air[n, after] < air[n, before]) for n in own]
    assert all(signs.count(pair) >= 2 for pair in [(True, True), (True, False), (False, True), (False, False)])


def test_energy_intensity_falls_at_different_rates(panel: Panel):
    intensity = annual(panel, "energy_consumption") / annual(panel, "gdp_constant_price")
    declines = 100 * (1 - intensity[districts(panel), 5] / intensity[districts(panel), 0])
    assert declines.min() < 9
    assert declines.max() > 20


def test_figures_are_due_with_the_lag_of_their_frequency(catalogue: Catalogue, edition: Edition):
    due = due_periods(catalogue, edition)
    assert (due["month"][0], due["month"][-1], len(due["month"])) == ("2020-01", "2026-10", 82)
    assert (due["quarter"][0], due["quarter"][-1]) == ("2020-Q1", "2026-Q3")
    assert (due["year"][0], due["year"][-1]) == ("2020", "2025")


def test_years_without_a_path_are_refused(catalogue: Catalogue, edition: Edition):
    later = edition.demonstration.model_copy(update={"last_period": "2027-01"})
    with pytest.raises(UsageError, match="2026-12"):
        due_periods(catalogue, edition.model_copy(update={"demonstration": later}))


def test_another_unit_leaves_the_figures_of_all_others_as_they_were(catalogue: Catalogue, panel: Panel):
    units = tuple(unit for unit in catalogue.units.units if unit.code != "500000-wansheng")
    fewer = dataclasses.replace(catalogue, units=catalogue.units.model_copy(update={"units": units}))
    smaller = build_panel(fewer, panel.seed)
    kept = [panel.unit_codes.index(code) for code in smaller.unit_codes]
    for code, figures in panel.figures.items():
        np.testing.assert_array_equal(smaller.figures[code], figures[kept], err_msg=code)


def test_another_seed_gives_other_figures_of_the_same_city(catalogue: Catalogue, panel: Panel):
    other = build_panel(catalogue, panel.seed + 1)
    assert (other.figures["pm25"] != panel.figures["pm25"]).mean() > 0.9
    np.testing.assert_allclose(annual(other, "gdp")[CITY], annual(panel, "gdp")[CITY], rtol=1e-5)


def test_a_unit_without_a_profile_is_named(catalogue: Catalogue):
    unit = catalogue.units.units[0].model_copy(update={"code": "500999", "kind": "district"})
    units = catalogue.units.model_copy(update={"units": (*catalogue.units.units, unit)})
    with pytest.raises(XietongError, match="500999"):
        build_panel(dataclasses.replace(catalogue, units=units), 1)


def test_an_indicator_without_a_path_is_left_out_and_changes_nothing_else(catalogue: Catalogue, panel: Panel):
    extra = catalogue.indicators_by_code["pm25"].model_copy(update={"code": "noise_level"})
    wider = build_panel(dataclasses.replace(catalogue, indicators=(*catalogue.indicators, extra)), panel.seed)
    assert set(wider.figures) == set(panel.figures)
    np.testing.assert_array_equal(wider.figures["pm25"], panel.figures["pm25"])


def test_an_indicator_of_another_frequency_is_named(catalogue: Catalogue):
    gdp = catalogue.indicators_by_code["gdp"].model_copy(update={"frequency": "month"})
    others = tuple(indicator for indicator in catalogue.indicators if indicator.code != "gdp")
    with pytest.raises(XietongError, match="gdp"):
        build_panel(dataclasses.replace(catalogue, indicators=(*others, gdp)), 1)


def test_everything_that_the_plan_asks_units_to_report_has_a_path(catalogue: Catalogue, panel: Panel):
    """Research data, of which no article speaks, are not reported in forms."""
    asked = {
        indicator.code for indicator in catalogue.indicators if indicator.role == "reported" and indicator.articles
    }
    assert asked <= set(panel.figures)


def test_every_path_is_of_a_reported_indicator_and_has_its_source(catalogue: Catalogue):
    for line in read_table("city_paths.csv"):
        assert catalogue.indicators_by_code[line["indicator_code"]].role == "reported"
        assert line["source"]


def test_every_unit_of_the_catalogue_has_a_profile_with_sources(catalogue: Catalogue):
    profiles = read_table("unit_profiles.csv")
    expected = {unit.code for unit in catalogue.units.units if unit.kind != "city"}
    assert {line["unit_code"] for line in profiles} == expected
    assert all(line["gdp_source"] and line["population_source"] for line in profiles)


def test_every_period_that_is_simulated_is_known():
    assert [len(SIMULATED[frequency]) for frequency in ("month", "quarter", "year")] == [84, 28, 7]
