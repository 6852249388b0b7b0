"""One small assessment over inline figures: its rules, its targets, what every section needs, and its result."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from xietong.catalogue import Catalogue, Target, load_catalogue
from xietong.catalogue.articles import Targets
from xietong.catalogue.scoring import AssessmentEvents
from xietong.periods import month_number
from xietong.resources import resource_directory
from xietong.warehouse.models import macro_sources, ordered_models, read_models
from xietong.warehouse.reference_scoring import scoring_tables

CATALOGUE = load_catalogue(resource_directory("catalogue"), "chongqing")
CITY, FULING, WANZHOU, YUZHONG = "500000", "500102", "500101", "500103"
NEEDED = ("energy_intensity_decline", "pm25", "prefabricated_building_share", "data_quality_pass_rate")
#: Figures with which every section is full; a test changes what it is about.
FULL: Mapping[str, Mapping[str, float | None]] = {
    "pm25": {"2020-12": 30, "2021-12": 30, "2022-12": 30, "2025-12": 30, "2026-06": 30},
    "prefabricated_building_share": dict.fromkeys(("2021-12", "2022-12", "2025-12", "2026-06"), 40.0),
    "data_quality_pass_rate": dict.fromkeys(("2021-12", "2022-12", "2025-12", "2026-06"), 100.0),
}
#: The declines of the worked example: 6.2 % after two years, of which 2.40 % in the second.
EXAMPLE = {"2020-12": 0.0, "2021-12": 100 * (1 - (1 - 0.062) / (1 - 0.024)), "2022-12": 6.2}
Figures = Mapping[str, Mapping[str, Mapping[str, float | None]]]
Result = dict[str, list[dict[str, Any]]]


def target(unit: str, value: float, indicator: str = "energy_intensity_decline", **changes: Any) -> Target:
    known = {
        "code": f"t_{indicator}_{unit.replace('-', '_')}",
        "name": {"zh": "目标", "en": "Target"},
        "article": 5,
        "unit_code": unit,
        "indicator": indicator,
        "kind": "level",
        "comparator": "at_least",
        "value": value,
        "measure": "%",
        "year": 2025,
        "base_year": 2020,
        "binding": True,
    }
    return Target.model_validate(known | changes)


def one_item_a_section(rule_set: str = "recommended", items: Mapping[str, Mapping[str, Any]] | None = None) -> Any:
    """Return the rules with the needed items only, each carrying its whole section."""
    scoring = CATALOGUE.scoring
    assert scoring is not None
    kept = [
        item.model_copy(update={"share": 1.0, **(items or {}).get(item.code, {})})
        for item in scoring.items
        if item.indicator in NEEDED
    ]
    return scoring.model_copy(update={"items": tuple(kept), "rule_set": rule_set})


def with_rule(scoring: Any, **changes: Any) -> Any:
    sets = [each.model_copy(update=changes) if each.code == scoring.rule_set else each for each in scoring.rule_sets]
    return scoring.model_copy(update={"rule_sets": tuple(sets)})


def assess(scoring: Any, targets: list[Target], figures: Figures, events: tuple[Any, ...] = ()) -> Result:
    """Run the models of the assessment; a figure None, or one not named, is missing."""
    catalogue = dataclasses.replace(
        CATALOGUE,
        scoring=scoring,
        targets=Targets(targets=tuple(targets)),
        assessment_events=AssessmentEvents.model_validate({"events": events}),
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        for text in macro_sources(resource_directory("sql")).values():
            connection.execute(text)
        for table, frame in (scoring_tables(catalogue) | inputs(catalogue, figures)).items():
            schema = "intermediate" if table.startswith("int_") else "reference"
            connection.execute(f"create schema if not exists {schema}")
            connection.register("incoming", frame.to_arrow())
            connection.execute(f"create table {schema}.{table} as select * from incoming")
        connection.execute("create schema marts")
        models = [model for model in read_models(resource_directory("sql")) if "assessment" in model.name]
        for model in ordered_models(models):
            connection.execute(f"create table {model.table} as {model.sql}")
        marts = [model for model in models if model.schema == "marts"]
        return {model.name: connection.table(model.table).pl().to_dicts() for model in marts}


def inputs(catalogue: Catalogue, figures: Figures) -> dict[str, pl.DataFrame]:
    periods = sorted({period for unit in figures.values() for series in unit.values() for period in series})
    units = [unit for unit in catalogue.units.units if unit.code in figures]
    dates = pl.DataFrame({"period": periods}).with_columns(
        last_day=(pl.col("period") + "-01").str.to_date().dt.month_end()
    )
    grid, values = [], []
    for position, unit in enumerate(units):
        for sequence, period in enumerate(periods):
            key = {"unit_code": unit.code, "grid_order": position * 100_000 + sequence, "period": period}
            month = month_number(period)
            known = {"kind": unit.kind, "peer_group": unit.peer_group, "is_ranked": unit.is_ranked}
            grid.append(key | known | {"sequence": sequence, "month_number": month, "year": month // 12})
            for indicator, series in figures[unit.code].items():
                value = series.get(period)
                values.append(
                    key
                    | {"indicator_code": indicator, "state": "missing" if value is None else "observed"}
                    | {"value": value, "value_period": period if value is not None else None}
                    | {"window_end": month if value is not None else None, "age_months": 0}
                )
    return {
        "parameters": pl.DataFrame({"rounding_digits": [6]}, schema={"rounding_digits": pl.Int32}),
        "periods": dates,
        "int_grid": pl.DataFrame(grid, schema_overrides={"peer_group": pl.String}),
        "int_indicator_values": pl.DataFrame(
            values, schema_overrides={"value": pl.Float64, "window_end": pl.Int32}, infer_schema_length=None
        ),
    }


def full(**changes: Mapping[str, float | None]) -> dict[str, Mapping[str, float | None]]:
    return {**FULL, **changes}


def pick(rows: list[dict[str, Any]], unit: str, period: str, **wanted: str) -> dict[str, Any]:
    (row,) = [
        row for row in rows if (row["unit_code"], row["period"]) == (unit, period) and wanted.items() <= row.items()
    ]
    return row


TARGETS = [target(FULING, 14), target(CITY, 30, "prefabricated_building_share", base_year=None, binding=False)]
