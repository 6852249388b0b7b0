"""Measures of the catalogue: what their names mean, and exact conversion inside a dimension."""

import re
from fractions import Fraction
from typing import Final

from transforms.texts import key, plain
from xietong.catalogue import Measure
from xietong.catalogue.factors import Measures

#: Dimensions whose figures of two units add up to the figure of both.
ADDITIVE: Final = frozenset(
    {
        "mass",
        "money",
        "people",
        "electricity",
        "volume",
        "area",
        "devices",
        "count",
        "pollution_equivalents",
        "standard_coal",
    }
)

#: Longer words name no measure; a cell may hold megabytes, which are not searched.
_LONGEST: Final = 100
#: What tables put around the name of a measure.
_AROUND: Final = re.compile(r"^(?:(?:计量)?单位\s*[::]\s*)?[(\[【]?\s*|\s*[)\]】]?$")


class MeasureIndex:
    """The measures by every spelling."""

    def __init__(self, measures: Measures) -> None:
        self._all = measures.measures
        self._exact: dict[str, Measure] = {}
        self._loose: dict[str, Measure | None] = {}
        for measure in self._all:
            for word in (measure.code, measure.name.zh, *measure.aliases):
                self._exact.setdefault(plain(word), measure)
                # A spelling that two measures share without capitals (mg, Mg) names neither.
                known = self._loose.setdefault(key(word), measure)
                if known is not measure:
                    self._loose[key(word)] = None

    def find(self, word: str) -> Measure | None:
        """Return the measure of this code, name or alias; None when there is none, or more than one.

        ``单位：万吨`` and ``（万吨）`` are read as the measure they name.
        """
        if len(word) > _LONGEST:
            return None
        bare = _AROUND.sub("", plain(word))
        return self._exact.get(plain(word)) or self._exact.get(bare) or self._loose.get(key(bare))

    def of_dimension(self, dimension: str) -> list[str]:
        """Return the codes of the measures of a dimension, in the order of the catalogue."""
        return [measure.code for measure in self._all if measure.dimension == dimension]


def ratio(measure: Measure, target: Measure) -> Fraction:
    """Return how many of ``target`` one of ``measure`` is, exactly; both are of one dimension."""
    return Fraction(repr(measure.scale)) / Fraction(repr(target.scale))


def convert(digits: str, by: Fraction) -> float:
    """Return the decimal literal times the ratio, rounded once: 0.07 万吨 is 700 吨, not 700.0000000000001."""
    return float(Fraction(digits) * by)
