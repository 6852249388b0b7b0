"""Figures of former units to figures of the present ones: parts of a merger are added up, if all are there."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from transforms.findings import Finding, Place
from transforms.measures import ADDITIVE, MeasureIndex
from transforms.unit_names import ListedUnit, UnitIndex
from xietong.catalogue import Catalogue


def add_up_mergers(
    frame: pl.DataFrame, index: UnitIndex, catalogue: Catalogue, findings: list[Finding]
) -> pl.DataFrame:
    """Return the figures with those of merged units added up; locations of the parts are joined by ``+``.

    ``frame`` has ``FIGURES`` with ``value``. A sum with a part missing is no figure of the present
    unit, and shares or intensities of parts do not add up: both give a finding and no figure.
    """
    merged = {code: parts for code in frame["unit_code"].unique().drop_nulls() if len(parts := index.parts(code)) > 1}
    if not merged:
        return frame
    is_part = pl.col("unit_code").is_in(list(merged)) & pl.col("part_code").is_not_null()
    frame = frame.with_row_index("place")
    figure = ["snapshot", "unit_code", "indicator_code", "period"]
    sums = []
    for _, group in frame.filter(is_part).group_by(figure, maintain_order=True):
        rows = group.sort("part_code").to_dicts()
        parts = merged[rows[0]["unit_code"]]
        problem = _problem(rows, parts, catalogue)
        if problem is None:
            location = "+".join(row["location"] for row in rows)
            sums.append(rows[0] | {"value": math.fsum(row["value"] for row in rows), "location": location})
        else:
            findings.append(problem)
    whole = pl.DataFrame(sums, schema=frame.schema)
    return pl.concat([frame.filter(~is_part), whole]).sort("place").drop("place")


def _problem(rows: Sequence[Mapping[str, Any]], parts: Sequence[ListedUnit], catalogue: Catalogue) -> Finding | None:
    """Return why these figures are not the whole of the present unit; None when they are."""
    row = rows[0]
    unit = catalogue.units_by_code[row["unit_code"]].name
    indicator = catalogue.indicators_by_code[row["indicator_code"]]
    measure = MeasureIndex(catalogue.measures).find(indicator.measure)
    missing = "、".join(part.name for part in parts if part.code not in {each["part_code"] for each in rows})
    about = {
        "place": Place.at(row["file"], row["snapshot"], row["location"]),
        "unit_code": row["unit_code"],
        "indicator_code": row["indicator_code"],
        "period": row["period"],
        "value": f"{row['value']:.10g}",
    }
    if missing:
        return Finding(
            "incomplete_merger",
            "critical",
            zh=f"{unit.zh}由{'、'.join(part.name for part in parts)}合并而成，缺 {missing} 的数据，无法合计",
            en=f"{unit.en} was made of {', '.join(part.name for part in parts)}; the figure of {missing} is missing, "
            "so there is no sum",
            reference=missing,
            **about,
        )
    if measure is None or measure.dimension not in ADDITIVE:
        return Finding(
            "merger_not_additive",
            "critical",
            zh=f"“{indicator.name.zh}”以 {indicator.measure} 计，合并前各单位的数值不能相加为{unit.zh}的数值",
            en=f"{indicator.name.en} is in {indicator.measure}; figures of the parts of {unit.en} do not add up",
            reference=indicator.measure,
            **about,
        )
    return None
