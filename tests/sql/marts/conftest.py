"""Runs the models from the values of indicators up to the marts that explain scores, over inline values."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from tests.sql.chosen_models import ChosenModels

#: Indicator: (node, weight, worst, best).
INDICATORS: Mapping[str, tuple[str, float, float, float]] = {
    "pm25": ("pollution", 0.6, 50, 15),
    "days": ("pollution", 0.4, 75, 100),
    "co2": ("carbon", 0.5, 1.6, 0.3),
    "energy": ("carbon", 0.5, 0, 14),
    "waste": ("capacity", 0.7, 30, 70),
    "permits": ("capacity", 0.3, 0, 100),
}
#: Node: (parent, level, weight, aggregation, takes).
NODES: Mapping[str, tuple[str | None, str, float, str, str]] = {
    "index": (None, "index", 100, "geometric", "nodes"),
    "effect": ("index", "pillar", 70, "arithmetic", "nodes"),
    "management": ("index", "pillar", 30, "arithmetic", "nodes"),
    "pollution": ("effect", "sub_index", 30, "arithmetic", "indicators"),
    "carbon": ("effect", "sub_index", 30, "arithmetic", "indicators"),
    "coupling": ("effect", "sub_index", 10, "arithmetic", "synergy_degree"),
    "capacity": ("management", "sub_index", 30, "arithmetic", "indicators"),
}
#: Value of each indicator in one unit and year; a number is observed, None missing, "-" not applicable.
Values = Mapping[tuple[str, int], Mapping[str, float | str | None]]
Evaluate = Callable[..., dict[str, pl.DataFrame]]

MODELS = (
    "stg_nodes",
    "int_grid",
    "int_bases",
    "int_indicator_scores",
    "int_sub_index_scores",
    "int_synergy",
    "int_leaf_scores",
    "int_pillar_scores",
    "int_index_scores",
    "int_node_shares",
    "int_score_parts",
    "int_node_changes",
    "int_synergy_slopes",
    "contributions",
    "obstacles",
    "score_changes",
)


def reference(values: Values, availability: float, nodes: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    units, years = sorted({unit for unit, _ in values}), sorted({year for _, year in values})
    parameters = {
        "availability": availability,
        "geometric_floor": 1.0,
        "rounding_digits": 6,
        "pollution_node": "pollution",
        "carbon_node": "carbon",
        "weight_pollution": 0.5,
        "weight_carbon": 0.5,
    }
    names = ("node_code", "parent_code", "level", "weight", "aggregation", "takes")
    kinds = {name: pl.Float64 if name == "weight" else pl.String for name in names}
    return {
        "units": pl.DataFrame(
            [(number, code, "district", None, True, None, None) for number, code in enumerate(units)],
            schema={
                "unit_order": pl.UInt32,
                "unit_code": pl.String,
                "kind": pl.String,
                "peer_group": pl.String,
                "is_ranked": pl.Boolean,
                "valid_from": pl.Date,
                "valid_to": pl.Date,
            },
            orient="row",
        ),
        "periods": pl.DataFrame(
            [
                (str(year), number, year * 12 + 11, year, str(year - 1) if year - 1 in years else None, str(years[0]))
                for number, year in enumerate(years)
            ],
            schema={
                "period": pl.String,
                "sequence": pl.Int32,
                "month_number": pl.Int32,
                "year": pl.Int32,
                "previous_year_period": pl.String,
                "base_year_period": pl.String,
            },
            orient="row",
        ).with_columns(last_day=pl.date("year", 12, 31)),
        "explained_periods": pl.DataFrame({"period": [str(year) for year in years]}),
        "parameters": pl.DataFrame([parameters], schema_overrides={"rounding_digits": pl.Int32}),
        "indicators": pl.DataFrame(
            [(code, *rest) for code, rest in INDICATORS.items()],
            schema={
                "indicator_code": pl.String,
                "node_code": pl.String,
                "weight": pl.Float64,
                "worst": pl.Float64,
                "best": pl.Float64,
            },
            orient="row",
        )
        .sort("indicator_code")
        .with_row_index("indicator_order"),
        "nodes": pl.DataFrame([(code, *rest) for code, rest in nodes.items()], schema=kinds, orient="row"),
    }


def indicator_values(values: Values, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    units = dict(tables["units"]["unit_code", "unit_order"].iter_rows())
    periods = dict(tables["periods"]["period", "sequence"].iter_rows())
    orders = dict(tables["indicators"]["indicator_code", "indicator_order"].iter_rows())
    rows = []
    for (unit, year), given in values.items():
        grid_order = units[unit] * 100000 + periods[str(year)]
        for code in INDICATORS:
            value = given.get(code)
            state = "missing" if value is None else "not_applicable" if value == "-" else "observed"
            number = float(value) if state == "observed" and value is not None else None
            rows.append((unit, str(year), grid_order, grid_order * 100000 + orders[code], code, state, number))
    schema = {
        "unit_code": pl.String,
        "period": pl.String,
        "grid_order": pl.Int64,
        "cell_order": pl.Int64,
        "indicator_code": pl.String,
        "state": pl.String,
        "value": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(scope="session")
def evaluate_scores() -> Evaluate:
    """Return a function that takes values and returns the tables of all MODELS by their bare names."""
    models = ChosenModels(MODELS)

    def evaluate(
        values: Values, availability: float = 2 / 3, nodes: Mapping[str, Any] = NODES
    ) -> dict[str, pl.DataFrame]:
        tables = reference(values, availability, nodes)
        given = {f"reference.{name}": frame for name, frame in tables.items()}
        given["intermediate.int_indicator_values"] = indicator_values(values, tables)
        return models.build(given)

    return evaluate


@pytest.fixture(scope="session")
def nodes() -> Mapping[str, tuple[str | None, str, float, str, str]]:
    """Return the tree that ``evaluate_scores`` takes unless it is given another."""
    return NODES
