"""How every item of the assessment answers to an error of its figure, to the path of declines and to the rule set.

The response is not written down a second time: the models of the assessment run once more, over
copies of the ranked units of one period whose figures are shifted by known errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from xietong.catalogue import Catalogue
from xietong.catalogue.scoring import Scoring
from xietong.warehouse.database import Warehouse
from xietong.warehouse.models import macro_sources, read_models
from xietong.warehouse.reference_scoring import scoring_tables

#: The paths that a decline can take to its target.
PATHS: Final = ("geometric", "linear")
#: In the order in which they read each other; the figures and events before them are given.
_MODELS: Final = (
    "intermediate.int_assessment_rates",
    "intermediate.int_assessment_points",
    "intermediate.int_assessment_gates",
    "intermediate.int_assessment_sections",
    "marts.assessment",
)


@dataclass(frozen=True)
class AssessmentBasis:
    """What the models of the assessment read about the ranked units of one period, as the run made it."""

    grid: pl.DataFrame
    figures: pl.DataFrame
    events: pl.DataFrame
    parameters: pl.DataFrame


@dataclass(frozen=True)
class AssessmentResponses:
    """Every item and every score under each rule set, path and error.

    ``items`` is sorted by rule set and path in the order asked for, then step, unit and item: state of
    item and section, the share ``earned`` of the points available, the ``bonus`` as a share of them,
    and the best grade (``at_most_order``) that a gate of the item allows; null: no gate. ``scores`` has
    the same for units, with the gates of events; all figures of a unit are shifted by the same step
    there. Points that events take off are in neither but in ``deductions``; their item is null where
    the total bears them.
    """

    items: pl.DataFrame
    scores: pl.DataFrame
    deductions: pl.DataFrame


def assessment_basis(warehouse: Warehouse, period: str) -> AssessmentBasis:
    """Return what the models of the assessment read about the units that are ranked in ``period``."""
    connection = warehouse._connection  # noqa: SLF001 — its tables between landing and marts are of this package only
    parameters = connection.table("reference.parameters").pl()
    grid = connection.sql(_GRID, params=[period]).pl()
    connection.register("ranked", grid.select("grid_order", "unit_code").to_arrow())
    figures = connection.sql(_FIGURES).pl()
    events = connection.sql(_EVENTS).pl()
    connection.unregister("ranked")
    return AssessmentBasis(grid, figures, events, parameters)


_GRID: Final = """
    select
        grid.grid_order, grid.unit_code::varchar as unit_code, grid.period::varchar as period, grid.kind,
        grid.peer_group, grid.is_ranked
    from intermediate.int_grid as grid
    inner join marts.assessment as assessment
        on grid.unit_code = assessment.unit_code and grid.period = assessment.period
    where grid.period = ? and assessment.rank is not null
    order by unit_code
"""
_FIGURES: Final = """
    select figures.* exclude (cell_order)
    from intermediate.int_assessment_figures as figures
    inner join ranked on figures.grid_order = ranked.grid_order
    inner join intermediate.int_assessment_points as points on figures.cell_order = points.cell_order
    where points.state not in ('not_applicable', 'left_out')
    order by figures.grid_order, figures.item_order
"""
_EVENTS: Final = """
    select events.*, ranked.unit_code
    from intermediate.int_assessment_events as events
    inner join ranked on events.grid_order = ranked.grid_order
    order by all
"""


def assessment_responses(
    sql_directory: Path, catalogue: Catalogue, basis: AssessmentBasis, steps: Sequence[float]
) -> AssessmentResponses:
    """Return the responses to figures that are off by each of ``steps``, in standard errors of their indicator.

    Only the figure of the period is off: those of the year before and of the base year stay, since the
    standard error of a decline is that of the difference already. Rule sets are the selected one and
    all others that add up the same sections.

    Raises:
        ValueError: the catalogue has no rules of scoring.
    """
    scoring = catalogue.scoring
    if scoring is None:
        raise ValueError(f"the catalogue {catalogue.name} has no rules of scoring")
    copies = basis.grid.join(pl.DataFrame({"step": range(len(steps)), "error": steps}), how="cross")
    copies = copies.sort("step", "unit_code").with_row_index("copy_order")
    items, scores = [], []
    with duckdb.connect(config={"threads": 1}) as connection:
        for schema in ("reference", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for sql in macro_sources(sql_directory).values():
            connection.execute(sql)
        _load(connection, "reference", {"parameters": basis.parameters})
        _load(connection, "intermediate", _shifted(catalogue, scoring, basis, copies))
        models = {model.table: model.sql for model in read_models(sql_directory)}
        for rule_set in comparable_rule_sets(scoring):
            variant = replace(catalogue, scoring=scoring.model_copy(update={"rule_set": rule_set}))
            tables = scoring_tables(variant)
            _load(connection, "reference", tables)
            for path in PATHS:
                _load(connection, "reference", {"assessment_items": _with_path(tables["assessment_items"], path)})
                for name in _MODELS:
                    connection.execute(f"create or replace table {name} as {models[name]}")
                named = {"rule_set": pl.lit(rule_set), "path": pl.lit(path)}
                items.append(connection.sql(_ITEMS).pl().with_columns(**named))
                scores.append(connection.sql(_SCORES).pl().with_columns(**named))
    responses = pl.concat(items)
    return AssessmentResponses(responses, pl.concat(scores), _deductions(scoring, basis, responses))


def comparable_rule_sets(scoring: Scoring) -> list[str]:
    """Return the selected rule set and those others whose score is made of the same sections.

    One that takes the lowest of some sections answers another question than one that adds all of them up.
    """
    selected = scoring.selected
    others = [each.code for each in scoring.rule_sets if each.code != selected.code]
    same = {each.code for each in scoring.rule_sets if each.lowest_of == selected.lowest_of}
    return [selected.code, *(code for code in others if code in same)]


def _load(connection: duckdb.DuckDBPyConnection, schema: str, tables: dict[str, pl.DataFrame]) -> None:
    for name, frame in tables.items():
        connection.register("incoming", frame.to_arrow())
        connection.execute(f"create or replace table {schema}.{name} as select * from incoming")  # noqa: S608 — our own names
        connection.unregister("incoming")


def _shifted(
    catalogue: Catalogue, scoring: Scoring, basis: AssessmentBasis, copies: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return grid, figures and events of the copies; a copy is a unit of its own with shifted figures."""
    errors = [catalogue.indicators_by_code[item.indicator].standard_error for item in scoring.items]
    of_items = pl.DataFrame(
        {
            "item_order": range(len(errors)),
            "relative": [error.value if error and error.kind == "relative" else 0.0 for error in errors],
            "absolute": [error.value if error and error.kind == "absolute" else 0.0 for error in errors],
        },
        schema={"item_order": pl.Int32, "relative": pl.Float64, "absolute": pl.Float64},
    )
    numbered = copies.select("grid_order", "copy_order", "error")
    width = pl.col("absolute") + pl.col("relative") * pl.col("actual").abs()
    own_order = pl.col("copy_order").cast(pl.Int64).alias("grid_order")
    figures = (
        basis.figures.join(of_items, on="item_order")
        .join(numbered, on="grid_order")
        # No error leaves the figure as it is, to the last digit.
        .with_columns(actual=pl.col("actual") + pl.col("error") * width)
        .with_columns(own_order)
        .with_columns(cell_order=pl.col("grid_order") * 1000 + pl.col("item_order"))
        .drop("copy_order", "error", "relative", "absolute")
        .sort("cell_order")
    )
    events = basis.events.filter(pl.col("kind") != "deduction").join(numbered, on="grid_order")
    return {
        # The step stands for the period: the mart ranks the copies of one step among each other.
        "int_grid": copies.with_columns(own_order, sequence=pl.col("step"), period=pl.col("step").cast(pl.String)),
        "int_assessment_figures": figures,
        "int_assessment_events": events.with_columns(own_order).drop("copy_order", "error", "unit_code"),
    }


def _with_path(items: pl.DataFrame, path: str) -> pl.DataFrame:
    """Return the items with the declines that run on a path of their own on this one."""
    chosen = (pl.col("completion") == "decline") & pl.col("path").is_in(PATHS)
    return items.with_columns(path=pl.when(chosen).then(pl.lit(path)).otherwise("path").cast(pl.String))


def _deductions(scoring: Scoring, basis: AssessmentBasis, items: pl.DataFrame) -> pl.DataFrame:
    """Return points off by unit and item; those of an item without points come off the unit, as in ``assessment``."""
    codes = {order: item.code for order, item in enumerate(scoring.items)}
    sections = {section.code: section.points for section in scoring.sections}
    nominal = {item.code: sections[item.section] * item.share for item in scoring.items}
    has_points = (pl.col("state") == "assessed") & (pl.col("section_state") == "assessed")
    with_points = items.filter(has_points).select("unit_code", "item_code").unique().with_columns(counts=True)
    most = pl.col("item_code").replace_strict(nominal, default=None, return_dtype=pl.Float64)
    is_of_unit = pl.col("item_code").is_not_null() & pl.col("counts").is_null()
    return (
        basis.events.filter(pl.col("kind") == "deduction")
        .with_columns(item_code=pl.col("item_order").replace_strict(codes, default=None, return_dtype=pl.String))
        .group_by("unit_code", "item_code")
        .agg(pl.col("points").sort().sum())
        .join(with_points, on=["unit_code", "item_code"], how="left")
        .with_columns(
            item_code=pl.when(is_of_unit).then(None).otherwise("item_code"),
            points=pl.when(is_of_unit).then(pl.min_horizontal("points", most)).otherwise("points"),
        )
        .group_by("unit_code", "item_code")
        .agg(pl.col("points").sort().sum())
        .sort("unit_code", "item_code")
    )


_ITEMS: Final = """
    select
        grid.step,
        grid.unit_code,
        items.item_code,
        points.state,
        sections.state as section_state,
        points.points / points.points_available as earned,
        case when of_sections.is_rewarded then points.bonus end as bonus,
        (
            select min(gates.at_most_order)
            from intermediate.int_assessment_gates as gates
            where gates.grid_order = points.grid_order and gates.item_order = points.item_order
        ) as at_most_order
    from intermediate.int_assessment_points as points
    inner join intermediate.int_grid as grid on points.grid_order = grid.grid_order
    inner join reference.assessment_items as items on points.item_order = items.item_order
    inner join reference.assessment_sections as of_sections on points.section_order = of_sections.section_order
    inner join intermediate.int_assessment_sections as sections
        on points.grid_order = sections.grid_order and points.section_order = sections.section_order
    order by grid.step, grid.unit_code, points.item_order
"""
_SCORES: Final = """
    select
        grid.step,
        grid.unit_code,
        assessment.state,
        assessment.score,
        assessment.grade,
        (
            select min(gates.at_most_order)
            from intermediate.int_assessment_gates as gates
            where gates.grid_order = grid.grid_order and gates.item_order = -1
        ) as at_most_order
    from intermediate.int_grid as grid
    inner join marts.assessment as assessment
        on grid.unit_code = assessment.unit_code and grid.period = assessment.period
    order by grid.step, grid.unit_code
"""
