"""What the runs of the assessment start from: what every item earns under each choice, as arrays.

What an item earns comes from the table that the SQL models themselves made
(``xietong.warehouse.assessment_responses``); nothing of it is computed here.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xietong.catalogue import Catalogue
from xietong.catalogue.scoring import Scoring

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

#: Errors that a figure can have; odd, so that the one in the middle is none.
ERRORS: Final = 31


def error_steps() -> tuple[float, ...]:
    """Return the errors that a figure can have, in standard errors, ascending; the one in the middle is 0.

    They are the middles of equally likely slices of the normal distribution, stretched to a standard
    deviation of 1. All are equally likely, and none is larger than about 2.2.
    """
    upper = np.array([NormalDist().inv_cdf((place + 0.5) / ERRORS) for place in range(ERRORS // 2 + 1, ERRORS)])
    upper /= np.sqrt(2 * np.sum(upper**2) / ERRORS)
    return (*(-upper[::-1]).tolist(), 0.0, *upper.tolist())


@dataclass(frozen=True)
class AssessmentInputs:
    """The ranked units of one period, and what their items earn under every choice.

    Arrays by choice start with rule set and path, then error, unit and item. ``earned`` is the share of
    the points available, 0 where an item has none; ``bonus`` a share of them in points of the section;
    ``best_grade`` the order of the best grade that the gates leave open, under the selected rule set.
    Of every item (rule sets × units × items) it is known whether it is ``observed`` or ``missing`` for want
    of a figure, and whether it is ``counted``: observed, in a section that has enough. The first rule set
    is the selected one.
    """

    units: tuple[str, ...]
    peer_groups: tuple[str | None, ...]
    section_points: FloatArray
    section_of: IntArray
    shares: FloatArray
    uncertain: BoolArray
    rule_sets: tuple[str, ...]
    paths: tuple[str, ...]
    earned: FloatArray
    bonus: FloatArray
    best_grade: IntArray
    observed: BoolArray
    counted: BoolArray
    missing: BoolArray
    best_grade_by_events: IntArray
    item_deductions: FloatArray
    deductions: FloatArray
    compared: BoolArray
    total_caps: FloatArray
    grade_edges: tuple[float, ...]
    published_path: IntArray

    @property
    def takes_lowest(self) -> bool:
        """Return whether the score is the lowest of the compared sections instead of the sum of all."""
        return bool(self.compared.any())

    @classmethod
    def from_responses(
        cls, catalogue: Catalogue, items: pl.DataFrame, scores: pl.DataFrame, deductions: pl.DataFrame
    ) -> "AssessmentInputs":
        """Return the inputs from the tables of ``AssessmentResponses``, with ``error_steps`` as their steps.

        Rule sets under which a ranked unit has no score are left out: a rank needs all of them.

        Raises:
            ValueError: the catalogue has no rules of scoring.
        """
        if catalogue.scoring is None:
            raise ValueError(f"the catalogue {catalogue.name} has no rules of scoring")
        return _Reading(catalogue, catalogue.scoring, items, scores).inputs(deductions)


class _Reading:
    """Puts the tables of the responses into arrays."""

    def __init__(self, catalogue: Catalogue, scoring: Scoring, items: pl.DataFrame, scores: pl.DataFrame) -> None:
        self.catalogue = catalogue
        self.scoring = scoring
        without = set(scores.filter(pl.col("state") != "assessed")["rule_set"])
        found = dict.fromkeys(scores["rule_set"])
        self.rule_sets = tuple(code for code in found if code == scoring.rule_set or code not in without)
        self.paths = tuple(dict.fromkeys(scores["path"]))
        self.units = tuple(scores["unit_code"].unique().sort())
        self.scores = scores.filter(pl.col("rule_set") == scoring.rule_set)
        self.frame = items.filter(pl.col("rule_set").is_in(self.rule_sets))
        places = {
            "rule_set": self.rule_sets,
            "path": self.paths,
            "unit_code": self.units,
            "item_code": tuple(item.code for item in scoring.items),
        }
        position = {
            column: self.frame[column].replace_strict(list(codes), range(len(codes)), return_dtype=pl.Int64).to_numpy()
            for column, codes in places.items()
        }
        self.at = (
            position["rule_set"],
            position["path"],
            self.frame["step"].to_numpy(),
            position["unit_code"],
            position["item_code"],
        )
        self.shape = (len(self.rule_sets), len(self.paths), ERRORS, len(self.units), len(scoring.items))

    def inputs(self, deductions: pl.DataFrame) -> AssessmentInputs:
        scoring = self.scoring
        codes = [section.code for section in scoring.sections]
        caps = {each.code: each.total_cap for each in scoring.rule_sets}
        by_item, by_unit = self._deductions(deductions)
        highest = len(scoring.selected.grades) - 1
        return AssessmentInputs(
            units=self.units,
            peer_groups=tuple(self.catalogue.units_by_code[unit].peer_group for unit in self.units),
            section_points=np.array([section.points for section in scoring.sections]),
            section_of=np.array([codes.index(item.section) for item in scoring.items], dtype=np.int64),
            shares=np.array([item.share for item in scoring.items]),
            uncertain=np.array([self._has_error(item.indicator) for item in scoring.items], dtype=bool),
            rule_sets=self.rule_sets,
            paths=self.paths,
            earned=self._numbers("earned", 0.0),
            bonus=self._numbers("bonus", 0.0),
            best_grade=self._numbers("at_most_order", float(highest))[0].astype(np.int64),
            observed=self._flags(pl.col("state") == "assessed"),
            counted=self._flags((pl.col("state") == "assessed") & (pl.col("section_state") == "assessed")),
            missing=self._flags(pl.col("state") == "missing"),
            best_grade_by_events=self._events(highest),
            item_deductions=by_item,
            deductions=by_unit,
            compared=np.array([code in scoring.selected.lowest_of for code in codes], dtype=bool),
            total_caps=np.array([caps[code] for code in self.rule_sets]),
            grade_edges=tuple(grade.lower for grade in scoring.selected.grades),
            published_path=np.array([self._path(item.path) for item in scoring.items], dtype=np.int64),
        )

    def _has_error(self, indicator: str) -> bool:
        error = self.catalogue.indicators_by_code[indicator].standard_error
        return error is not None and error.value > 0

    def _path(self, path: str) -> int:
        # An item that has no choice earns the same on every path.
        return self.paths.index(path) if path in self.paths else 0

    def _numbers(self, column: str, otherwise: float) -> FloatArray:
        array = np.full(self.shape, otherwise)
        array[self.at] = self.frame[column].cast(pl.Float64).fill_null(otherwise).to_numpy()
        return array

    def _flags(self, condition: pl.Expr) -> BoolArray:
        """Return a condition on the figures as they are; states do not depend on path or error."""
        flags = np.zeros(self.shape, dtype=bool)
        flags[self.at] = self.frame.select(condition.fill_null(value=False)).to_series().to_numpy()
        return flags[:, 0, ERRORS // 2]

    def _events(self, highest: int) -> IntArray:
        own = self.scores.filter(pl.col("step") == 0, pl.col("path") == self.paths[0]).sort("unit_code")
        return own["at_most_order"].fill_null(highest).cast(pl.Int64).to_numpy()

    def _deductions(self, deductions: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
        of_items, of_units = np.zeros(self.shape[3:]), np.zeros(len(self.units))
        order = {item.code: place for place, item in enumerate(self.scoring.items)}
        for unit, item, points in deductions.select("unit_code", "item_code", "points").iter_rows():
            row = self.units.index(unit)
            if item is None:
                of_units[row] = points
            else:
                of_items[row, order[item]] = points
        return of_items, of_units
