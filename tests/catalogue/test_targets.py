"""Targets: the numbers of the plan as it prints them, and those of other named documents."""

import pytest
import yaml

from xietong.catalogue import Catalogue, Target
from xietong.catalogue.articles import Targets
from xietong.resources import resource_directory

# Article, indicator, number, measure, as the plan has them; all are due in 2025.
QUANTIFIED = {
    (5, "nonfossil_share", 25, "%"),
    (7, "industrial_energy_intensity_decline", 14.5, "%"),
    (7, "industrial_water_intensity_decline", 15, "%"),
    (7, "key_industry_pollutant_intensity_decline", 10, "%"),
    (8, "charging_points", 30000, "台"),
    (8, "shore_power_berths", 250, "个"),
    (9, "prefabricated_building_share", 30, "%"),
    (9, "green_building_material_share", 70, "%"),
    (9, "renewable_building_area", 500, "万平方米"),
    (10, "manure_utilisation_rate", 80, "%"),
    (10, "fertiliser_decline", 1, "%"),
    (10, "straw_utilisation_rate", 90, "%"),
    (11, "forest_coverage", 57, "%"),
    (11, "forest_stock", 2.8, "亿立方米"),
    (11, "green_coverage_built_up", 43, "%"),
    (15, "bulk_solid_waste_utilisation_rate", 70, "%"),
}


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    path = resource_directory("catalogue") / "chongqing" / "targets.yaml"
    loaded = Targets.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return {target.code: target for target in loaded.targets}


def of_plan(targets: dict[str, Target], *, directional: bool) -> list[Target]:
    return [t for t in targets.values() if t.article is not None and (t.kind == "directional") == directional]


def test_every_number_of_the_plan_is_a_target_and_no_other(targets) -> None:
    quantified = of_plan(targets, directional=False)
    assert {(t.article, t.indicator, t.value, t.measure) for t in quantified} == QUANTIFIED
    assert len(quantified) == 16
    assert {(t.unit_code, t.year, t.comparator) for t in quantified} == {("500000", 2025, "at_least")}


def test_the_base_of_the_falls_of_article_7_is_inferred(targets) -> None:
    inferred = {t.indicator: t.base_year for t in targets.values() if t.base_is_inferred}
    assert inferred == {
        "industrial_energy_intensity_decline": 2020,
        "industrial_water_intensity_decline": 2020,
        "key_industry_pollutant_intensity_decline": 2020,
    }


def test_the_words_that_weaken_or_fix_a_target_are_kept(targets) -> None:
    assert targets["t12_straw_utilisation"].wording.zh == "力争"
    assert targets["t14_green_coverage"].wording.zh == "保持"
    assert targets["t10_manure_utilisation"].wording.zh == "稳定在"
    assert targets["t15_bulk_solid_waste"].wording.zh == "稳定在"


def test_general_solid_waste_is_another_definition_than_bulk_solid_waste(targets) -> None:
    (other,) = targets["t15_bulk_solid_waste"].other_definitions
    assert other.indicator == "industrial_solid_waste_utilisation_rate"
    assert [t.code for t in targets.values() if t.other_definitions] == ["t15_bulk_solid_waste"]


def test_directions_without_a_number_cover_the_articles_that_set_them(targets) -> None:
    directional = of_plan(targets, directional=True)
    assert {t.article for t in directional} == {2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 20}
    assert all(t.value is None and t.comparator in {"rising", "falling", "stable"} for t in directional)
    assert {t.code: t.year for t in directional if t.year} == {
        "synergy_degree_2025": 2025,
        "synergy_capacity_2030": 2030,
        "express_packaging": 2025,
        "transport_traceability": 2025,
    }


def test_only_energy_intensity_is_binding_and_every_decision_is_explained(targets) -> None:
    assert {(t.unit_code, t.value) for t in targets.values() if t.binding} == {
        ("500000", 14),
        ("500114", 14.5),
        ("500102", 15.5),
        ("500118", 14.5),
    }
    assert all(t.indicator == "energy_intensity_decline" for t in targets.values() if t.binding)
    assert [t.code for t in targets.values() if t.kind != "directional" and t.note is None] == []


@pytest.mark.parametrize(
    ("code", "indicator", "value", "measure"),
    [
        ("city_good_air_days", "good_air_days_share", 92.6, "%"),
        ("city_water_sections", "water_sections_good_share", 97.3, "%"),
        ("city_cod_key_projects", None, 4.32, "万吨"),
        ("city_ammonia_nitrogen_key_projects", None, 0.18, "万吨"),
        ("city_nox_key_projects", None, 3.68, "万吨"),
        ("city_voc_key_projects", None, 1.06, "万吨"),
        ("qianjiang_nox_key_projects", None, 659.1, "吨"),
        ("fuling_voc_key_projects", None, 1800, "吨"),
        ("yongchuan_cod_key_projects", None, 2133.3, "吨"),
    ],
)
def test_targets_of_other_documents_name_their_source(targets, code, indicator, value, measure) -> None:
    target = targets[code]
    assert (target.indicator, target.value, target.measure, target.year) == (indicator, value, measure, 2025)
    assert target.article is None
    assert target.source is not None


def test_a_measured_target_is_in_the_dimension_of_its_indicator(catalogue: Catalogue) -> None:
    measures = {measure.code: measure for measure in catalogue.measures.measures}
    for target in catalogue.targets.targets:
        if target.indicator is not None and target.measure is not None:
            measured_in = catalogue.indicators_by_code[target.indicator].measure
            assert measures[target.measure].dimension == measures[measured_in].dimension, target.code
