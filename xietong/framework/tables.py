"""The two tables of a study: figures of units (iData) and what they mean (iMeta).

They are those of the R package COINr, so that a framework made for it runs here unchanged.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.errors import UsageError

FloatArray = NDArray[np.float64]

TYPES: Final = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_REQUIRED: Final = ("Level", "iCode", "Direction", "Weight", "Parent", "Type")
_NULLS: Final = ["", "NA", "NaN", "N/A"]
#: Codes are text, also those that look like numbers.
_TEXT: Final = dict.fromkeys(("uCode", "uName", "iCode", "iName", "Parent", "Denominator", "Type"), pl.String)


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
    """The figures: units (× times) × indicators, NaN where missing, with the keys and group columns beside."""

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
        return Figures(
            self.keys.filter(mask), self.values[kept], self.groups.filter(mask), self.denominators.filter(mask)
        )

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
    table = _read(path)
    _complain(path, [f"the column {name} is missing" for name in _REQUIRED if name not in table.columns])
    rows = table.to_dicts()
    _complain(path, _row_problems(rows))
    items = [_item(row) for row in rows if row["Type"] in ("Indicator", "Aggregate")]
    framework = Framework(
        indicators=tuple(item for item, row in zip(items, _indexed(rows), strict=True) if row["Type"] == "Indicator"),
        nodes=tuple(
            sorted(
                (item for item, row in zip(items, _indexed(rows), strict=True) if row["Type"] == "Aggregate"),
                key=lambda item: item.level,
            )
        ),
        groups=tuple(row["iCode"] for row in rows if row["Type"] == "Group"),
        denominators=tuple(row["iCode"] for row in rows if row["Type"] == "Denominator"),
    )
    _complain(path, _tree_problems(framework))
    return framework


def read_figures(path: Path, framework: Framework) -> Figures:
    """Return iData for the framework, rows in the order of the file.

    Raises:
        UsageError: the file is missing, a column or a unit is missing, stands twice or is not a number.
    """
    table = _read(path)
    wanted = [item.code for item in framework.indicators] + [*framework.denominators, *framework.groups]
    problems = [f"the column {name} is missing" for name in ("uCode", *wanted) if name not in table.columns]
    _complain(path, problems)
    keys = table.select("uCode", *(name for name in ("Time",) if name in table.columns))
    if keys.is_duplicated().any():
        twice = keys.filter(keys.is_duplicated()).row(0)
        problems.append(f"the unit {' in '.join(map(str, twice))} stands twice")
    if table["uCode"].null_count() or not table.height:
        problems.append("every row needs a uCode, and there must be one row at least")
    numeric = [item.code for item in framework.indicators] + list(framework.denominators)
    # A column of nothing but blanks comes as text; it has no figure, and no mistake either.
    problems += [
        f"the column {name} holds something that is not a number"
        for name in numeric
        if not table[name].dtype.is_numeric() and table[name].null_count() < table.height
    ]
    _complain(path, problems)
    codes = [item.code for item in framework.indicators]
    values = np.column_stack([table[code].cast(pl.Float64).fill_null(np.nan).to_numpy() for code in codes])
    _complain(path, ["a figure is infinite"] if np.isinf(values).any() else [])
    denominators = table.select(pl.col(name).cast(pl.Float64) for name in framework.denominators)
    named = keys.with_columns(pl.col("uCode").cast(pl.String))
    return Figures(named, values, table.select(framework.groups), denominators)


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, null_values=_NULLS, infer_schema_length=None, schema_overrides=_TEXT)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UsageError(f"{path}: not readable as a table: {str(error).splitlines()[0]}") from None


def _complain(path: Path, problems: list[str]) -> None:
    if problems:
        raise UsageError(f"{path.name}: {'; '.join(problems)}")


def _indexed(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (row for row in rows if row["Type"] in ("Indicator", "Aggregate"))


def _row_problems(rows: list[dict[str, Any]]) -> list[str]:
    """Return the mistakes that one row shows by itself, and codes that stand twice."""
    problems = []
    codes = [row["iCode"] for row in rows]
    problems += [f"the code {code} stands twice" for code in sorted({c for c in codes if codes.count(c) > 1}, key=str)]
    for row in rows:
        code = row["iCode"]
        if row["Type"] not in TYPES:
            problems.append(f"{code}: Type must be one of {', '.join(TYPES)}, got {row['Type']}")
        if row["Type"] not in ("Indicator", "Aggregate"):
            continue
        if not _is_number(row["Level"]) or row["Level"] < 1:
            problems.append(f"{code}: Level must be a whole number from 1, got {row['Level']}")
        if row["Direction"] not in (1, -1) and row["Type"] == "Indicator":
            problems.append(f"{code}: Direction must be 1 or -1, got {row['Direction']}")
        if row["Parent"] is not None and not (_is_number(row["Weight"]) and row["Weight"] >= 0):
            problems.append(f"{code}: Weight must be a number of at least 0, got {row['Weight']}")
    return problems


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _item(row: dict[str, Any]) -> Item:
    known = {*_REQUIRED, "iName", "Unit", "Denominator"}
    # A flag (goalpost_trunc2posts) is a number as well: 1 or 0.
    numbers = {
        name: float(value) if isinstance(value, int | float) else None
        for name, value in row.items()
        if name not in known
    }
    return Item(
        code=str(row["iCode"]),
        name=str(row.get("iName") or row["iCode"]),
        level=int(row["Level"]),
        parent=row["Parent"],
        weight=float(row["Weight"]) if _is_number(row["Weight"]) else 1.0,
        direction=int(row["Direction"] or 1),
        denominator=row.get("Denominator"),
        numbers=numbers,
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
        elif sum(child.weight for child in children) <= 0:
            problems.append(f"{node.code}: the weights below it add up to 0")
    unknown = {item.denominator for item in framework.indicators if item.denominator} - set(framework.denominators)
    problems += [f"the Denominator {name} is no row of Type Denominator" for name in sorted(map(str, unknown))]
    return problems
