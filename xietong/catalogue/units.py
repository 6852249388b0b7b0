"""Units of evaluation: districts, counties, special zones; the list depends on the year."""

from datetime import date
from typing import Literal

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode

UnitKind = Literal["district", "special_unit", "city", "province"]
#: Kinds whose units are ranked, each kind among its own.
RANKED_KINDS: frozenset[str] = frozenset({"district", "province"})


class Region(Definition):
    """A statistical region or a peer group of units."""

    code: Code
    name: Text


class Unit(Definition):
    """A unit that is evaluated today, or the city whose totals the units add up to."""

    code: UnitCode
    name: Text
    aliases: tuple[NonEmpty, ...] = ()
    kind: UnitKind
    region: Code | None = None
    peer_group: Code | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    # A special zone is counted inside these districts by official statistics.
    overlaps: tuple[UnitCode, ...] = ()
    # Position in the tile grid, counted from the north-west.
    tile: tuple[int, int] | None = None
    note: Text | None = None

    @property
    def is_ranked(self) -> bool:
        """True when the unit takes part in rankings of its kind."""
        return self.kind in RANKED_KINDS


class FormerUnit(Definition):
    """A unit that no longer exists; its figures count for its successor. Its code may be in use again."""

    code: UnitCode
    name: Text
    aliases: tuple[NonEmpty, ...] = ()
    valid_to: date = Field(description="the last day on which the unit existed")
    successor: UnitCode
    note: Text | None = None


class Units(Definition):
    """The file ``units.yaml``."""

    regions: tuple[Region, ...]
    peer_groups: tuple[Region, ...] = ()
    units: tuple[Unit, ...]
    former_units: tuple[FormerUnit, ...] = ()
