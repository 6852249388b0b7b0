"""The two tables of a study: figures of units (iData) and what they mean (iMeta).

They are those of the R package COINr, so that a framework made for it runs here unchanged.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.framework.text_tables import complain, narrowest, number_problems, numbers, read_texts

FloatArray = NDArray[np.float64]

TYPES: Final = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_REQUIRED: Final = ("Level", "iCode", "Direction", "Weight", "Parent", "Type")
_NUMBERS: Final = (
    *("Level", "Direction", "Weight", "Target", "dist2targ_cap_max"),
    *("goalpost_lower", "goalpost_upper", "goalpost_scale", "goalpost_trunc2posts"),
)
_HOW_FIGURES_ARE_WRITTEN: Final = "figures are written like 1234.5, missing ones as NA or left blank"
#: Names of the keys in every table that a study writes.
_KEYS: Final = ("uCode", "Time")
#: A flag may be written as R writes it.
_LOGICAL: Final = {"TRUE": "1", "FALSE": "0", "True": "1", "False": "0", "true": "1", "false": "0"}


@dataclass(frozen=True)
class Item:
    """One row of iMeta: an indicator, or a node above; numbers that are not given are None."""

    code: str
    name: str
    level: int
    parent: str | None
    weight: float
    direction: int
    denominator: str | None
    numbers: dict[str, float | None]


@dataclass(frozen=True)
class Framework:
    """The indicators in the order of iMeta, and the nodes above them from the lowest level up."""

    indicators: tuple[Item, ...]
    nodes: tuple[Item, ...]
    groups: tuple[str, ...]
    denominators: tuple[str, ...]

    @property
    def levels(self) -> int:
        """Return the number of levels, indicators included."""
        return max(item.level for item in self.nodes)

    def children(self, code: str) -> list[Item]:
        """Return the items directly below a node, in the order of iMeta."""
        return [item for item in (*self.indicators, *self.nodes) if item.parent == code]

    @property
    def directions(self) -> FloatArray:
        """Return the direction of every indicator."""
        return np.array([item.direction for item in self.indicators], dtype=float)


@dataclass(frozen=True)
class Figures:
    """The figures: units (× times) × indicators, NaN where missing, with the keys beside.

    ``groups`` holds the columns that are no indicators, as text, ``denominators`` those that the
    framework divides by.
    """

    keys: pl.DataFrame
    values: FloatArray
    groups: pl.DataFrame
    denominators: pl.DataFrame

    def with_values(self, values: FloatArray) -> "Figures":
        """Return the same units with other figures."""
        return replace(self, values=values)

    def keep(self, kept: NDArray[np.bool_]) -> "Figures":
        """Return the units marked True."""
        mask = pl.Series(kept)
        # A frame without columns has no rows to filter either.
        groups, denominators = (
            frame.filter(mask) if frame.width else frame for frame in (self.groups, self.denominators)
        )
        return Figures(self.keys.filter(mask), self.values[kept], groups, denominators)

    def frame(self, codes: list[str], values: FloatArray | None = None) -> pl.DataFrame:
        """Return the keys with one column per code; a missing figure is null."""
        shown = self.values if values is None else values
        columns = {code: pl.Series(shown[:, position]).fill_nan(None) for position, code in enumerate(codes)}
        return self.keys.hstack(pl.DataFrame(columns))


def time_groups(keys: pl.DataFrame) -> list[NDArray[np.bool_]]:
    """Return, for every Time in the keys, which rows are of it; one group of all rows when there is no Time."""
    if "Time" not in keys.columns:
        return [np.ones(keys.height, dtype=bool)]
    return [(keys["Time"] == time).to_numpy() for time in keys["Time"].unique(maintain_order=True)]


def read_framework(path: Path) -> Framework:
    """Return iMeta, checked.

    Raises:
        UsageError: the file is missing, or has mistakes; the message names every one of them.
    """
    table = read_texts(path)
    complain(path, [f"the column {name} is missing" for name in _REQUIRED if name not in table.columns])
    known = [name for name in _NUMBERS if name in table.columns]
    table = table.with_columns(pl.col(known).replace(_LOGICAL))
    unnamed = table["iCode"].is_null().arg_true() + 2
    complain(path, [f"row {row}: iCode is missing" for row in unnamed])
    complain(path, [problem for name in known for problem in number_problems(table, name, "iCode")])
    rows = table.with_columns(numbers(table, name) for name in known).to_dicts()
    complain(path, _row_problems(rows))
    framework = _framework(rows)
    complain(path, _tree_problems(framework))
    return framework


def _framework(rows: list[dict[str, Any]]) -> Framework:
    named = {row["Denominator"] for row in rows if row.get("Denominator")}
    return Framework(
        indicators=tuple(_item(row) for row in rows if row["Type"] == "Indicator"),
        nodes=tuple(sorted((_item(row) for row in rows if row["Type"] == "Aggregate"), key=lambda item: item.level)),
        groups=tuple(row["iCode"] for row in rows if row["Type"] == "Group"),
        denominators=tuple(
            row["iCode"]
            for row in rows
            if row["Type"] == "Denominator" or (row["Type"] == "Other" and row["iCode"] in named)
        ),
    )


def read_figures(path: Path, framework: Framework) -> Figures:
    """Return iData for the framework, rows in the order of the file.

    Raises:
        UsageError: the file is missing, a column or a unit is missing, stands twice or is not a number.
    """
    table = read_texts(path)
    codes = [item.code for item in framework.indicators]
    wanted = ["uCode", *codes, *framework.denominators, *framework.groups]
    complain(path, [f"the column {name} is missing" for name in wanted if name not in table.columns])
    key_names = [name for name in ("uCode", "Time") if name in table.columns]
    complain(path, [] if table.height else ["there must be one row at least"])
    problems = [f"row {row}: {name} is missing" for name in key_names for row in table[name].is_null().arg_true() + 2]
    keys = table.select("uCode", *(narrowest(table[name]) for name in key_names[1:]))
    twice = keys.filter(keys.is_duplicated()).unique(maintain_order=True).head(1)
    problems += [f"the unit {' in '.join(map(str, row))} stands twice" for row in twice.iter_rows()]
    numeric = (*codes, *framework.denominators)
    wrong = [problem for name in numeric for problem in number_problems(table, name, "uCode")]
    complain(path, [*problems, *wrong, *([_HOW_FIGURES_ARE_WRITTEN] if wrong else [])])
    values = np.column_stack([numbers(table, code).fill_null(np.nan).to_numpy() for code in codes])
    denominators = table.select(numbers(table, name) for name in framework.denominators)
    return Figures(keys, values, table.drop([*key_names, *codes]), denominators)


def _row_problems(rows: list[dict[str, Any]]) -> list[str]:
    """Return the mistakes that one row shows by itself, and codes that stand twice."""
    codes = [row["iCode"] for row in rows]
    problems = [f"the code {code} stands twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    for row in rows:
        code = row["iCode"]
        if row["Type"] not in TYPES:
            problems.append(f"{code}: Type must be one of {', '.join(TYPES)}, got {_shown(row['Type'])}")
        if row["Type"] not in ("Indicator", "Aggregate"):
            continue
        if code in _KEYS or code.removesuffix(".imputed") in set(codes) - {code}:
            problems.append(f"{code}: this code is the name of another column in the results; choose another")
        if row["Level"] is None or row["Level"] < 1 or row["Level"] % 1:
            problems.append(f"{code}: Level must be a whole number from 1, got {_shown(row['Level'])}")
        if row["Direction"] not in (1, -1) and row["Type"] == "Indicator":
            problems.append(f"{code}: Direction must be 1 or -1, got {_shown(row['Direction'])}")
        # The top has no weight in anything.
        if row["Parent"] is not None and (row["Weight"] is None or row["Weight"] < 0):
            problems.append(f"{code}: Weight must be a number of at least 0, got {_shown(row['Weight'])}")
    return problems


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _item(row: dict[str, Any]) -> Item:
    return Item(
        code=row["iCode"],
        name=row.get("iName") or row["iCode"],
        level=int(row["Level"]),
        parent=row["Parent"],
        weight=1.0 if row["Weight"] is None else row["Weight"],
        direction=int(row["Direction"] or 1),
        denominator=row.get("Denominator"),
        numbers={name: row.get(name) for name in _NUMBERS},
    )


def _tree_problems(framework: Framework) -> list[str]:
    """Return the mistakes of the structure: levels, parents, a single top, and weights that add up to nothing."""
    problems = []
    nodes = {item.code: item for item in framework.nodes}
    if not framework.indicators or not nodes:
        return ["there must be an indicator and an aggregate above it at least"]
    for item in (*framework.indicators, *framework.nodes):
        parent = nodes.get(item.parent or "")
        if item.parent is not None and (parent is None or parent.level != item.level + 1):
            problems.append(f"{item.code}: its Parent {item.parent} is no Aggregate of level {item.level + 1}")
    problems += [f"{item.code}: an Indicator stands on level 1" for item in framework.indicators if item.level != 1]
    tops = [item.code for item in (*framework.indicators, *framework.nodes) if item.parent is None]
    if len(tops) != 1:
        problems.append(f"exactly one item has no Parent, the top; here: {', '.join(tops) or 'none'}")
    for node in framework.nodes:
        children = framework.children(node.code)
        if not children:
            problems.append(f"{node.code}: nothing stands below it")
        elif not 0 < (total := sum(child.weight for child in children)) < math.inf:
            problems.append(f"{node.code}: the weights below it add up to {total:g}")
    unknown = {item.denominator for item in framework.indicators if item.denominator} - set(framework.denominators)
    problems += [f"the Denominator {name} is no row of Type Denominator" for name in sorted(map(str, unknown))]
    return problems
