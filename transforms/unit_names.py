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
#: What becomes of a code: a number with its point, or the nine or twelve digits that reach down to towns and villages.
_LONGER_CODE: Final = re.compile(r"([0-9]{6})(?:0{3}|0{6})?(?:\.0+)?")
#: What a spreadsheet makes of the twelve digits: 5.00101E+11.
_SCIENTIFIC_CODE: Final = re.compile(r"([1-9])\.([0-9]{5})0*e\+?11")
#: Code and name in one cell: 500101 万州区, 500101-万州区, 万州区（500101）.
_CODE_AND_NAME: Final = re.compile(
    r"(?P<code>[0-9]{6})[-_:、.]?(?P<name>[^0-9(].*)|(?P<before>.+?)[(\[](?P<behind>[0-9]{6})[)\]]"
)


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
        """Return the unit of this code, name or alias, however padded or wide; None when there is none.

        Where code and name stand together, both have to be of the unit.
        """
        wanted = key(word) if len(word) <= _MAX_WORD else ""
        if match := _CODE_AND_NAME.fullmatch(wanted):
            code, name = match["code"] or match["behind"], match["name"] or match["before"]
            by_code, by_name = self._by_code.get(code), self._named(name)
            if by_code is not None and by_name is not None and by_code.unit_code == by_name.unit_code:
                return by_code
        return self._by_code.get(_plain_code(wanted)) or self._named(wanted)

    def _named(self, wanted: str) -> ListedUnit | None:
        listed = self._by_name.get(wanted)
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


def _plain_code(word: str) -> str:
    """Return the six digits of a code that is written as a number or with zeros behind; else the word."""
    if match := _SCIENTIFIC_CODE.fullmatch(word):
        return match[1] + match[2]
    match = _LONGER_CODE.fullmatch(word)
    return match[1] if match else word


def _exists(unit: Unit, day: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or unit.valid_to >= day)


def _former(units: Units, as_of: int | None) -> list[FormerUnit]:
    """Return the former units that existed then; today, those that only changed their name and code."""
    if as_of is not None:
        return [unit for unit in units.former_units if unit.valid_to >= date(as_of, 12, 31)]
    same_territory = {unit.code for unit in units.units if unit.valid_from is None}
    return [unit for unit in units.former_units if unit.successor in same_territory]
