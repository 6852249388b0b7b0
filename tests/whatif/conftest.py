"""Three ways to compute a setting of the what-if: the SQL models, the script of the page under Node, and NumPy.

A *model* is what ``data/whatif.js`` holds: units, indicators, nodes, parameters and one figure a unit and indicator.
A *setting* names the weights and levers that differ from it.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.sql.chosen_models import ChosenModels
from xietong.changes.method import Method
from xietong.changes.scoring import Figures, evaluate
from xietong.resources import resource_directory

Model = dict[str, Any]
Setting = dict[str, Any]
#: By unit: ``synergy`` with the columns of marts.synergy, ``nodes`` with those of marts.index_scores by node.
Result = dict[str, dict[str, Any]]
EvaluateAll = Callable[[Model, Sequence[Setting]], list[Result]]

MODELS = frozenset(
    {
        "stg_nodes",
        "int_grid",
        "int_indicator_scores",
        "int_sub_index_scores",
        "int_synergy",
        "int_leaf_scores",
        "int_pillar_scores",
        "int_index_scores",
        "index_scores",
        "synergy",
    }
)
#: Reads a model and settings from standard input and prints what the script of the page makes of them.
DRIVER = """
const script = require(process.argv[1]);
const {model, settings} = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(settings.map(setting => script.evaluate(model, setting))));
"""


def own(number: int, code: str | None) -> str | None:
    """Return the code of a node or indicator in the tree of one setting."""
    return None if code is None else f"s{number:04}:{code}"


def figure(model: Model, row: int, column: int, setting: Setting) -> Any:
    """Return the figure of a unit under a setting: the last lever that means it counts; what does not apply stays."""
    code, _, group, _ = model["units"][row]
    indicator, _, _, worst, best = model["indicators"][column]
    value = model["values"][row][column]
    for lever in setting.get("levers", []):
        meant = lever["unit"] in {code, "all"} or (group is not None and lever["unit"] == group)
        if value != "-" and meant and lever["indicator"] == indicator:
            scored = worst + (best - worst) * lever["score"] / 100 if "score" in lever else None
            value = None if lever.get("missing") else lever.get("value", scored)
    return value


def coupled_nodes(model: Model) -> set[str]:
    return {model["synergy"]["pollution"], model["synergy"]["carbon"]}


def node_rows(model: Model, settings: Sequence[Setting]) -> list[tuple[Any, ...]]:
    """Return every setting's tree; the two nodes of the synergy degree keep their codes, which are parameters."""
    coupled = coupled_nodes(model)
    return [
        (
            code if code in coupled else own(number, code),
            own(number, parent),
            level,
            setting.get("nodes", {}).get(code, weight),
            aggregation,
            takes,
        )
        for number, setting in enumerate(settings)
        for code, parent, level, weight, aggregation, takes in model["nodes"]
    ]


def tables(model: Model, settings: Sequence[Setting]) -> dict[str, pl.DataFrame]:
    """Return what the SQL models read: a setting is a period, with weights in nodes and indicators of its own."""
    count = len(model["indicators"])
    units = [(number, code, kind, group, ranked) for number, (code, kind, group, ranked) in enumerate(model["units"])]
    share = settings[0].get("share", model["synergy"]["weight_pollution"])
    assert all(setting.get("share", share) == share for setting in settings), "one share a batch: it is a parameter"
    values = []
    for number, setting in enumerate(settings):
        for row in range(len(units)):
            grid_order = row * 100000 + number
            for column in range(count):
                value = figure(model, row, column, setting)
                state = "missing" if value is None else "not_applicable" if value == "-" else "observed"
                order = grid_order * 100000 + number * count + column
                code = own(number, model["indicators"][column][0])
                known = float(value) if state == "observed" else None
                values.append((units[row][1], str(number), grid_order, order, code, state, known))
    words = dict.fromkeys(("unit_code", "period", "indicator_code", "state"), pl.String)
    return {
        "reference.units": pl.DataFrame(
            units,
            schema=["unit_order", "unit_code", "kind", "peer_group", "is_ranked"],
            schema_overrides={"peer_group": pl.String},
            orient="row",
        ).with_columns(pl.lit(None, pl.Date).alias("valid_from"), pl.lit(None, pl.Date).alias("valid_to")),
        "reference.periods": pl.DataFrame(
            [(str(number), number, number, number) for number in range(len(settings))],
            schema={"period": pl.String, "sequence": pl.Int32, "month_number": pl.Int32, "year": pl.Int32},
            orient="row",
        ).with_columns(pl.lit("2025-12-31").str.to_date().alias("last_day")),
        "reference.parameters": pl.DataFrame(
            {
                "availability": [model["availability"]],
                "geometric_floor": [model["floor"]],
                "rounding_digits": pl.Series([model["digits"]], dtype=pl.Int32),
                "pollution_node": [model["synergy"]["pollution"]],
                "carbon_node": [model["synergy"]["carbon"]],
                "weight_pollution": [share],
                "weight_carbon": [model["synergy"]["weight_carbon"] if "share" not in settings[0] else 1 - share],
            }
        ),
        "reference.bands": pl.DataFrame(
            [("index", *band, band is model["bands"][-1]) for band in model["bands"]],
            schema=["scheme", "band", "lower", "upper", "is_last"],
            schema_overrides={"lower": pl.Float64, "upper": pl.Float64},
            orient="row",
        ),
        "reference.indicators": pl.DataFrame(
            [
                (
                    own(number, code),
                    node if node in coupled_nodes(model) else own(number, node),
                    setting.get("indicators", {}).get(code, weight),
                    worst,
                    best,
                )
                for number, setting in enumerate(settings)
                for code, node, weight, worst, best in model["indicators"]
            ],
            schema=["indicator_code", "node_code", "weight", "worst", "best"],
            schema_overrides={"weight": pl.Float64, "worst": pl.Float64, "best": pl.Float64},
            orient="row",
        ),
        "reference.nodes": pl.DataFrame(
            node_rows(model, settings),
            schema=["node_code", "parent_code", "level", "weight", "aggregation", "takes"],
            schema_overrides={"weight": pl.Float64},
            orient="row",
        ),
        "intermediate.int_indicator_values": pl.DataFrame(
            values,
            schema={
                "unit_code": pl.String,
                "period": pl.String,
                "grid_order": pl.Int64,
                "cell_order": pl.Int64,
                "indicator_code": pl.String,
                "state": pl.String,
                "value": pl.Float64,
            }
            | words,
            orient="row",
        ),
    }


def results(model: Model, count: int, synergy: pl.DataFrame, scores: pl.DataFrame) -> list[Result]:
    """Return the rows of both marts by setting and unit."""
    found: list[Result] = [{unit[0]: {"nodes": {}} for unit in model["units"]} for _ in range(count)]
    for row in synergy.iter_rows(named=True):
        found[int(row["period"])][row["unit_code"]]["synergy"] = row
    # What another setting's tree makes of these figures is nobody's result.
    tree = pl.concat_str(pl.lit("s"), pl.col("period").str.zfill(4), pl.lit(":"))
    is_own = pl.col("node_code").str.starts_with(tree) | pl.col("node_code").is_in(sorted(coupled_nodes(model)))
    for row in scores.filter(is_own).unique().iter_rows(named=True):
        found[int(row["period"])][row["unit_code"]]["nodes"][row["node_code"].rpartition(":")[2]] = row
    return found


@pytest.fixture(scope="session")
def evaluate_by_sql() -> EvaluateAll:
    """Return a function that computes settings with the SQL models, all of them in one run."""
    models = ChosenModels(MODELS, threads=2)

    def compute(model: Model, settings: Sequence[Setting]) -> list[Result]:
        marts = models.build(tables(model, settings))
        return results(model, len(settings), marts["synergy"], marts["index_scores"])

    return compute


@pytest.fixture(scope="session")
def evaluate_by_script() -> EvaluateAll:
    """Return a function that computes settings with the script of the page."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = resource_directory("site") / "assets" / "whatif-model.js"

    def compute(model: Model, settings: Sequence[Setting]) -> list[Result]:
        given = json.dumps({"model": model, "settings": list(settings)})
        done = subprocess.run(
            [node, "-e", DRIVER, str(script)], input=given, capture_output=True, text=True, check=True, timeout=60
        )
        return [{row["unit"]: row for row in setting} for setting in json.loads(done.stdout)]

    return compute


def method_of(model: Model, setting: Setting) -> Method:
    """Return the method of a setting as the split of changes between releases takes it."""
    synergy = model["synergy"]
    share = setting.get("share", synergy["weight_pollution"])
    weights, node_weights = setting.get("indicators", {}), setting.get("nodes", {})
    return Method(
        node_of={row[0]: row[1] for row in model["indicators"]},
        weights={row[0]: weights.get(row[0], row[2]) for row in model["indicators"]},
        goalposts={row[0]: (row[3], row[4]) for row in model["indicators"]},
        parents={row[0]: row[1] for row in model["nodes"]},
        node_weights={row[0]: node_weights.get(row[0], row[3]) for row in model["nodes"]},
        aggregations={row[0]: row[4] for row in model["nodes"]},
        takes={row[0]: row[5] for row in model["nodes"]},
        synergy_nodes=(synergy["pollution"], synergy["carbon"]),
        synergy_weights=(share, 1 - share),
        availability=model["availability"],
        floor=model["floor"],
    )


@pytest.fixture(scope="session")
def evaluate_by_arrays() -> EvaluateAll:
    """Return a function that computes settings with NumPy, as changes between releases are split."""

    def one(model: Model, setting: Setting) -> Result:
        columns = range(len(model["indicators"]))
        known = [[figure(model, row, column, setting) for column in columns] for row in range(len(model["units"]))]
        values = np.array([[np.nan if value in {None, "-"} else value for value in row] for row in known], dtype=float)
        applies = np.array([[value != "-" for value in row] for row in known])
        given = Figures(tuple(row[0] for row in model["indicators"]), values, applies)
        found = evaluate(method_of(model, setting), given, values, needs_availability=True)
        plain = {output: [None if np.isnan(value) else value for value in row] for output, row in found.items()}
        return {
            unit[0]: {
                "synergy": {"d_modified": plain["synergy"][place]},
                "nodes": {node[0]: {"score": plain[node[0]][place]} for node in model["nodes"]},
            }
            for place, unit in enumerate(model["units"])
        }

    return lambda model, settings: [one(model, setting) for setting in settings]


@pytest.fixture(scope="session")
def golden_settings() -> dict[str, Any]:
    """Return the golden vectors: a model, settings, and the figures that every way has to give."""
    return json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
