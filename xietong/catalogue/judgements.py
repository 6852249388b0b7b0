"""Pairwise judgements for the analytic hierarchy process: one file ``judgements/<level>.yaml`` a level."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field, field_validator, model_validator

from xietong.catalogue.definition import Code, Definition, Text
from xietong.errors import CatalogueError

if TYPE_CHECKING:
    from xietong.catalogue.catalogue import Catalogue

#: Saaty's scale: 1 equally important … 9 extremely more important, and the reciprocals.
_STRONGEST: Final = 9


class Comparison(Definition):
    """How much more the row's item matters than the column's, for all children of one node.

    ``matrix`` is whole, rows and columns in the order of ``items``; entries are 1 … 9 or '1/2' … '1/9'.
    """

    node: Code
    items: tuple[Code, ...] = Field(min_length=2)
    matrix: tuple[tuple[float, ...], ...]

    @field_validator("matrix", mode="before")
    @classmethod
    def _read_judgements(cls, rows: object) -> object:
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise ValueError("is a list of rows")
        return [[_judgement(entry) for entry in row] for row in rows]

    @model_validator(mode="after")
    def _is_reciprocal(self) -> "Comparison":
        count = len(self.items)
        if len(set(self.items)) != count:
            raise ValueError(f"{self.node}: an item stands twice")
        if len(self.matrix) != count or any(len(row) != count for row in self.matrix):
            raise ValueError(f"{self.node}: {count} items need {count} rows of {count} judgements")
        for row, first in enumerate(self.items):
            for column, second in enumerate(self.items):
                product = self.matrix[row][column] * self.matrix[column][row]
                if abs(product - 1.0) > 1e-9:  # noqa: PLR2004 — a rounding
                    raise ValueError(
                        f"{self.node}: {first} against {second} is not the reciprocal of {second} against {first}"
                    )
        return self


def _judgement(entry: object) -> float:
    try:
        value = Fraction(str(entry))
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    whole = value if value >= 1 else (1 / value if value else Fraction(0))
    if whole.denominator != 1 or not 1 <= whole <= _STRONGEST:
        raise ValueError(f"a judgement is a whole number from 1 to 9 or one of '1/2' to '1/9', got {entry!r}")
    return float(value)


class Judgements(Definition):
    """A file ``judgements/<level>.yaml``: the comparisons below the nodes of one level, and who judged."""

    level: Literal["index", "pillar", "sub_index"]
    origin: Text
    comparisons: tuple[Comparison, ...]


def judgement_inconsistencies(catalogue: "Catalogue") -> Iterator[CatalogueError]:
    """Yield what does not fit the index: other nodes or items than it has, or a node without a comparison."""
    for judgements in catalogue.judgements:
        file = f"{catalogue.name}/judgements/{judgements.level}.yaml"
        children = {
            node.code: children_of(catalogue, node.code)
            for node in catalogue.index.nodes
            if node.level == judgements.level
        }
        judged = [comparison.node for comparison in judgements.comparisons]
        for comparison in judgements.comparisons:
            expected = children.get(comparison.node)
            if expected is None:
                yield CatalogueError(file, "node", f"there is no node {comparison.node!r} of level {judgements.level}")
            elif set(comparison.items) != set(expected):
                yield CatalogueError(file, comparison.node, f"the items are to be {', '.join(expected)}")
        for code, items in children.items():
            if len(items) > 1 and judged.count(code) != 1:
                yield CatalogueError(file, code, f"needs one comparison, there are {judged.count(code)}")


def series_inconsistencies(catalogue: "Catalogue") -> Iterator[CatalogueError]:
    """Yield robustness series that lack what they need: judgements for AHP weights, or their reference unit."""
    ranked = {unit.code for unit in catalogue.units.units if unit.is_ranked}
    file = f"{catalogue.name}/index.yaml"
    for series in catalogue.index.robustness.series:
        key = f"robustness.series.{series.code}"
        if series.weights in ("ahp", "game") and not catalogue.judgements:
            yield CatalogueError(
                f"{catalogue.name}/index.yaml", key, f"weights {series.weights} need judgements/*.yaml"
            )
        if series.reference is not None and series.reference not in ranked:
            yield CatalogueError(file, key, f"{series.reference} is no unit that is ranked")


def children_of(catalogue: "Catalogue", node: str) -> list[str]:
    """Return the codes of the nodes below a node, or of its scored indicators."""
    nodes = [child.code for child in catalogue.index.nodes if child.parent == node]
    return nodes or sorted(found.code for found in catalogue.indicators if found.node == node and found.goalposts)
