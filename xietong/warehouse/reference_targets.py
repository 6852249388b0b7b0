"""The targets as a table: which indicator measures which, and what it shall reach when."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from xietong.catalogue import Catalogue, Measure


def target_indicators(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row per target and indicator that measures it, the target in the indicator's own measure."""
    schema = {
        "target_code": pl.String,
        "unit_code": pl.String,
        "indicator_code": pl.String,
        "is_other_definition": pl.Boolean,
        "kind": pl.String,
        "comparator": pl.String,
        "target_value": pl.Float64,
        "year": pl.Int32,
        "base_year": pl.Int32,
    }
    rows = list(_target_rows(catalogue))
    return pl.DataFrame(rows, schema=schema, orient="row").sort("target_code", "indicator_code", nulls_last=True)


def _target_rows(catalogue: Catalogue) -> Iterator[Mapping[str, Any]]:
    measures = {measure.code: measure for measure in catalogue.measures.measures}
    for target in catalogue.targets.targets:
        row = {
            "target_code": target.code,
            "unit_code": target.unit_code,
            "indicator_code": target.indicator,
            "is_other_definition": False,
            "kind": target.kind,
            "comparator": target.comparator,
            "target_value": target.value,
            "year": target.year,
            "base_year": target.base_year,
        }
        if target.indicator is not None and target.value is not None and target.measure is not None:
            measured_in = catalogue.indicators_by_code[target.indicator].measure
            row["target_value"] = target.value * _conversion(measures[target.measure], measures[measured_in])
        yield row
        for other in target.other_definitions:
            yield row | {
                "indicator_code": other.indicator,
                "is_other_definition": True,
                "target_value": target.value,
            }


def _conversion(given: Measure, wanted: Measure) -> float:
    return given.scale / wanted.scale if given.code != wanted.code else 1.0
