"""Names, aliases and codes of units to unit codes, by the list of units of a year.

Codes are used again: 500110 was 万盛区 until 2011 and is 綦江区 since. So a word is looked up in the
list that its source was made with, and a former unit counts for its successor.
"""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from transforms.texts import key
from xietong.catalogue import FormerUnit, Unit
from xietong.catalogue.units import Units

_SUGGESTIONS: Final = 3
_LIKENESS: Final = 0.5
#: Longer words are like no name; a cell may hold megabytes.
_MAX_WORD: Final = 100
#: What becomes of a code: a number with its point, or the twelve digits that reach down to villages.
_CODE_AS_NUMBER: Final = re.compile(r"([0-9]{6})(?:\.0+|0{6})")


@dataclass(frozen=True)
class ListedUnit:
    """A unit in the list of a year: its code and name then, and the present unit it counts for."""

    code: str
    name: str
    unit_code: str


class UnitIndex:
    """The list of units at the end of a year, or of today: what words mean in it."""

    def __init__(self, units: Units, as_of: int | None = None) -> None:
        self._by_code: dict[str, ListedUnit] = {}
        self._by_name: dict[str, ListedUnit] = {}
        self._names: dict[str, str] = {}
        self._parts: dict[str, list[ListedUnit]] = {}
        present = [unit for unit in units.units if as_of is None or _exists(unit, date(as_of, 12, 31))]
        former = _former(units, as_of)
        # Those of the year come first: a code that is in use again today meant them.
        ordered: list[FormerUnit | Unit] = [*present, *former] if as_of is None else [*former, *present]
        for unit in ordered:
            listed = ListedUnit(unit.code, unit.name.zh, unit.successor if isinstance(unit, FormerUnit) else unit.code)
            self._by_code.setdefault(unit.code, listed)
            for name in (unit.name.zh, unit.name.en, *unit.aliases):
                self._by_name.setdefault(key(name), listed)
                self._names.setdefault(key(name), name)
        # A district may be named with its city in front: 重庆市渝中区.
        self._cities = [key(name) for unit in present if unit.kind == "city" for name in (unit.name.zh, *unit.aliases)]
        self._listed = [unit.name.zh for unit in (present if as_of is None else ordered)]
        for unit in former:
            self._parts.setdefault(unit.successor, []).append(self._by_code[unit.code])

    def find(self, word: str) -> ListedUnit | None:
        """Return the unit of this code, name or alias, however padded or wide; None when there is none."""
        wanted = _CODE_AS_NUMBER.sub(r"\1", key(word)) if len(word) <= _MAX_WORD else ""
        listed = self._by_code.get(wanted) or self._by_name.get(wanted)
        if listed is not None:
            return listed
        inside = [self._by_name.get(wanted.removeprefix(city)) for city in self._cities if wanted.startswith(city)]
        return next((unit for unit in inside if unit is not None), None)

    def parts(self, unit_code: str) -> tuple[ListedUnit, ...]:
        """Return the units of the list that together are this unit today, by their codes; none if it was one."""
        return tuple(sorted(self._parts.get(unit_code, ()), key=lambda part: part.code))

    def closest(self, word: str) -> list[str]:
        """Return the names most like a word that is not in the list, the likest first."""
        matches = get_close_matches(key(word[:_MAX_WORD]), self._names, n=2 * _SUGGESTIONS, cutoff=_LIKENESS)
        return list(dict.fromkeys(self._by_name[match].name for match in matches))[:_SUGGESTIONS]

    def names(self) -> list[str]:
        """Return the Chinese name of every unit of the list, in its order."""
        return list(dict.fromkeys(self._listed))


def _exists(unit: Unit, day: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or unit.valid_to >= day)


def _former(units: Units, as_of: int | None) -> list[FormerUnit]:
    """Return the former units that existed then; today, those that only changed their name and code."""
    if as_of is not None:
        return [unit for unit in units.former_units if unit.valid_to >= date(as_of, 12, 31)]
    same_territory = {unit.code for unit in units.units if unit.valid_from is None}
    return [unit for unit in units.former_units if unit.successor in same_territory]
