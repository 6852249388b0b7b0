"""The worked example of the method (method.md §7.6) comes out of the SQL to its printed digits."""

from datetime import UTC, datetime

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition
from xietong.catalogue.articles import Articles, DutyStatuses, Targets
from xietong.catalogue.factors import Measures
from xietong.catalogue.index import Index
from xietong.catalogue.indicators import Indicator
from xietong.catalogue.units import Units
from xietong.frames import CHECKS, FINDINGS, OBSERVATIONS
from xietong.resources import resource_directory
from xietong.warehouse import Run, Warehouse, reference_tables

#: code: (node, weight, worst, best)
INDICATORS = {
    "pm25": ("pollution", 0.4, 50, 15),
    "good_days": ("pollution", 0.3, 75, 100),
    "good_sections": ("pollution", 0.3, 60, 100),
    "co2_per_gdp": ("carbon", 0.5, 1.6, 0.3),
    "energy_fall": ("carbon", 0.5, 0, 14),
    "nonfossil": ("structure", 0.6, 5, 25),
    "industrial_fall": ("structure", 0.4, 0, 14.5),
    "solid_waste": ("treatment", 0.5, 30, 70),
    "manure": ("treatment", 0.5, 50, 80),
    "data_quality": ("capacity", 0.5, 60, 100),
    "permits": ("capacity", 0.5, 0, 100),
}
#: unit: its figures in the order of INDICATORS
FIGURES = {
    "000001": (38, 88, 100, 0.95, 9.0, 18, 10, 65, 85, 96, 80),
    "000002": (27, 94, 90, 1.45, 4.0, 12, 5, 50, None, 88, 60),
    "000003": (46, 80, 80, 0.45, 12.5, 22, 13, 72, None, 99, 100),
}
NOT_APPLICABLE = {("000003", "manure")}
#: node: (parent, weight, takes)
NODES = {
    "index": (None, 100, "nodes"),
    "effect": ("index", 50, "nodes"),
    "path": ("index", 30, "nodes"),
    "management": ("index", 20, "nodes"),
    "pollution": ("effect", 20, "indicators"),
    "carbon": ("effect", 20, "indicators"),
    "coupling": ("effect", 10, "synergy_degree"),
    "structure": ("path", 18, "indicators"),
    "treatment": ("path", 12, "indicators"),
    "capacity": ("management", 20, "indicators"),
}
LEVELS = {"index": "index", "effect": "pillar", "path": "pillar", "management": "pillar"}
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


def text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def indicator(code: str) -> Indicator:
    node, weight, worst, best = INDICATORS[code]
    absent = {unit for unit, missing in NOT_APPLICABLE if missing == code}
    return Indicator.model_validate(
        {
            "code": code,
            "name": text(code),
            "definition": text(code),
            "role": "reported",
            "measure": "1",
            "direction": "higher" if best > worst else "lower",
            "frequency": "year",
            "window": "point",
            "plausible": {"minimum": -1e6, "maximum": 1e6},
            "node": node,
            "weight": weight,
            "source": text("example"),
            "goalposts": {
                "worst": {"value": worst, "reason": text("example")},
                "best": {"value": best, "reason": text("example")},
            },
            "applies_to": [unit for unit in FIGURES if unit not in absent] if absent else None,
        }
    )


def example_catalogue(availability: tuple[int, int]) -> Catalogue:
    index = Index.model_validate(
        {
            "method_version": "example",
            "base_year": 2020,
            "geometric_floor": 1,
            "availability": {"numerator": availability[0], "denominator": availability[1]},
            "nodes": [
                {
                    "code": code,
                    "name": text(code),
                    "level": LEVELS.get(code, "sub_index"),
                    "parent": parent,
                    "weight": weight,
                    "takes": takes,
                    "aggregation": "geometric" if code == "index" else "arithmetic",
                }
                for code, (parent, weight, takes) in NODES.items()
            ],
            "synergy": {"pollution": "pollution", "carbon": "carbon"},
            "synergy_bands": [],
            "lag_types": [],
            "quadrants": [],
            "index_bands": [
                {"level": 1, "lower": 0, "upper": 60, "name": text("待提升")},
                {"level": 2, "lower": 60, "upper": 100, "name": text("合格")},
            ],
        }
    )
    units = Units.model_validate(
        {"regions": [], "units": [{"code": code, "name": text(code), "kind": "district"} for code in FIGURES]}
    )
    return Catalogue(
        "example",
        units,
        Articles.model_construct(articles=()),
        Targets(targets=()),
        DutyStatuses(),
        tuple(indicator(code) for code in INDICATORS),
        index,
        Measures(measures=()),
        (),
        (),
    )


EDITION = Edition.model_validate(
    {
        "name": "example",
        "title": text("example"),
        "description": text("example"),
        "catalogue": "example",
        "origin": "published",
        "sources": ["table"],
        "frequency": "year",
        "first_period": "2025",
    }
)


def marts(tmp_path, availability: tuple[int, int], threads: int = 2, reverse: bool = False) -> dict[str, pl.DataFrame]:
    catalogue = example_catalogue(availability)
    rows = [
        {
            "unit_code": unit,
            "indicator_code": code,
            "period": "2025",
            "value": value,
            "origin": "published",
            "status": "reported",
            "source_id": "table",
            "snapshot": "aa",
            "location": "A1",
            "received_at": AS_OF,
            "source_note": None,
        }
        for unit, values in FIGURES.items()
        for code, value in zip(INDICATORS, values, strict=True)
        if value is not None
    ]
    with Warehouse(tmp_path / "warehouse.duckdb", resource_directory("sql"), threads) as warehouse:
        warehouse.load_reference(reference_tables(catalogue, EDITION, Run("2025", AS_OF)))
        snapshots = pl.DataFrame(
            {
                "sha256": ["aa"],
                "file": ["table.csv"],
                "source_id": ["table"],
                "publisher": ["p"],
                "address": [None],
                "licence": ["l"],
                "received_at": [AS_OF],
                "size": [1],
            }
        )
        landing = {
            "observations": pl.DataFrame(rows[::-1] if reverse else rows, schema=OBSERVATIONS),
            "findings": pl.DataFrame(schema=FINDINGS),
            "checks": pl.DataFrame(schema=CHECKS),
            "snapshots": snapshots,
        }
        warehouse.load("landing", landing)
        warehouse.compute()
        return warehouse.marts()


def by_unit(frame: pl.DataFrame, column: str) -> list[float | None]:
    return frame.sort("unit_code")[column].to_list()


def node(result: dict[str, pl.DataFrame], code: str, column: str = "score") -> list[float | None]:
    return by_unit(result["index_scores"].filter(pl.col("node_code") == code), column)


def printed(*values: float, digits: int) -> object:
    return pytest.approx(list(values), abs=0.5 * 10**-digits)


def test_printed_digits_with_half_of_a_sub_index_accepted(tmp_path) -> None:
    result = marts(tmp_path, (1, 2))
    synergy = result["synergy"]
    assert node(result, "pollution") == printed(59.3143, 71.5857, 25.5714, digits=4)
    assert node(result, "carbon") == printed(57.1429, 20.0549, 88.8736, digits=4)
    assert by_unit(synergy, "c_modified") == printed(0.970810, 0.368494, 0.324946, digits=6)
    assert by_unit(synergy, "c_standard") == printed(0.999826, 0.826924, 0.833100, digits=6)
    assert by_unit(synergy, "d_modified") == printed(0.751857, 0.410908, 0.431210, digits=6)
    assert by_unit(synergy, "d_standard") == printed(0.763010, 0.615548, 0.690450, digits=6)
    assert node(result, "effect") == printed(61.6200, 44.8744, 54.4022, digits=4)
    assert node(result, "path") == printed(77.4517, 40.8759, 92.1172, digits=4)
    assert node(result, "management") == printed(85.0000, 65.0000, 98.7500, digits=4)
    assert node(result, "index") == printed(70.3808, 46.9918, 71.7824, digits=4)
    assert node(result, "index", "score_arithmetic") == printed(71.0455, 47.7000, 74.5863, digits=4)
    assert by_unit(synergy, "band") == [8, 5, 5]
    assert by_unit(synergy, "lag_type") == ["synchronous", "carbon_lagging", "pollution_lagging"]
    assert by_unit(synergy, "rank") == [1, 3, 2]
    assert node(result, "index", "rank") == [2, 3, 1]
    assert node(result, "index", "band") == [2, 1, 2]


def test_under_two_thirds_the_unit_is_not_assessable_and_unranked(tmp_path) -> None:
    result = marts(tmp_path, (2, 3))
    assert node(result, "treatment", "state") == ["assessed", "not_assessable", "assessed"]
    assert node(result, "treatment", "coverage") == pytest.approx([1.0, 0.5, 1.0])
    assert node(result, "index", "state") == ["assessed", "not_assessable", "assessed"]
    assert node(result, "index", "rank") == [2, None, 1]
    assert node(result, "index")[1] is None
    assert by_unit(result["synergy"], "rank") == [1, 3, 2]


def test_an_indicator_that_does_not_apply_gives_its_weight_to_the_others(tmp_path) -> None:
    scores = marts(tmp_path, (2, 3))["indicator_scores"]
    row = scores.filter(unit_code="000003", indicator_code="solid_waste").row(0, named=True)
    assert (row["effective_weight"], row["score"]) == (1.0, 100.0)
    absent = scores.filter(unit_code="000003", indicator_code="manure").row(0, named=True)
    assert (absent["state"], absent["score"], absent["effective_weight"]) == ("not_applicable", None, None)
    missing = scores.filter(unit_code="000002", indicator_code="manure").row(0, named=True)
    assert (missing["state"], missing["score"]) == ("missing", None)


def test_row_order_and_threads_change_nothing(tmp_path) -> None:
    first, second = marts(tmp_path, (2, 3)), marts(tmp_path / "again", (2, 3), threads=1, reverse=True)
    assert first.keys() == second.keys()
    assert all(first[name].equals(second[name]) for name in first)
