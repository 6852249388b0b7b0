"""What stands beside a rank: who cannot be told apart from it, how the score moved, and the group it is read in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from xietong.catalogue.units import Region
from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.view import DEGREE_DECIMALS, SCORE_DECIMALS, View

Direction = Literal["up", "down", "unclear"]
Place = Literal["only", "first", "middle", "last"]
_DECIMALS: Final = {"synergy": DEGREE_DECIMALS, "index": SCORE_DECIMALS, "assessment": SCORE_DECIMALS}


@dataclass(frozen=True)
class TiedGroup:
    """A stretch of ranks whose units cannot be told apart from its first, and where in it a unit stands."""

    first: int
    last: int
    place: Place


@dataclass(frozen=True)
class Move:
    """The change of a score since the same period of last year; a direction only where it exceeds its uncertainty."""

    value: float
    text: str
    direction: Direction


@dataclass(frozen=True)
class GroupChoice:
    """A region or a peer group by which rankings can be narrowed, and how many ranked units are in it."""

    code: str
    name: str
    units: int


def tied_groups(view: View, output: str) -> Mapping[str, TiedGroup]:
    """Return by unit the stretch of ranks that the robustness analysis cannot part; empty when none was computed."""
    members: dict[int, list[Row]] = defaultdict(list)
    for (of_output, _), row in view.evaluation.intervals.items():
        if of_output == output and row.get("tied_group") is not None:
            members[row["tied_group"]].append(row)
    found: dict[str, TiedGroup] = {}
    for rows in members.values():
        rows.sort(key=lambda row: (row["nominal_rank"], row["unit_code"]))
        first, last = rows[0]["nominal_rank"], rows[-1]["nominal_rank"]
        found |= {
            row["unit_code"]: TiedGroup(first, last, _place(position, len(rows))) for position, row in enumerate(rows)
        }
    return found


def _place(position: int, size: int) -> Place:
    if size == 1:
        return "only"
    if position == 0:
        return "first"
    return "last" if position == size - 1 else "middle"


def base_period(view: View) -> str | None:
    """Return the period a year earlier to which changes are computed, or None when none was."""
    rows = (row for rows in view.evaluation.changes.values() for row in rows)
    return next((row["base_period"] for row in rows if row["base_kind"] == "previous_year"), None)


def move(view: View, output: str, unit_code: str) -> Move | None:
    """Return how the score of a unit moved since last year, or None where its uncertainty was not computed."""
    base = base_period(view)
    row = view.evaluation.change_intervals.get((unit_code, base, output)) if base is not None else None
    if row is None or row["change"] is None:
        return None
    change = row["change"]
    direction: Direction = "unclear"
    if row["is_clear"]:
        direction = "up" if change > 0 else "down"
    return Move(change, wording.signed(change, _DECIMALS[output]), direction)


def synergy_coverage(view: View, unit_code: str) -> float | None:
    """Return the share of weight with figures of the side of synergy that has less of it, from 0 to 1."""
    synergy = view.catalogue.index.synergy
    rows = (view.evaluation.nodes.get((unit_code, node)) for node in (synergy.pollution, synergy.carbon))
    known = [row["coverage"] for row in rows if row is not None and row["coverage"] is not None]
    return min(known) if known else None


def percent(share: float | None) -> str:
    """Return a share as whole percent, or nothing."""
    return "" if share is None else wording.number(100 * share, 0)


def regions(view: View) -> tuple[GroupChoice, ...]:
    """Return the regions with ranked units, as the catalogue lists them."""
    return _choices(view, view.catalogue.units.regions, [unit.region for unit in view.ranked_units])


def peer_groups(view: View) -> tuple[GroupChoice, ...]:
    """Return the peer groups with ranked units, as the catalogue lists them."""
    return _choices(view, view.catalogue.units.peer_groups, [unit.peer_group for unit in view.ranked_units])


def _choices(view: View, groups: Iterable[Region], taken: list[str | None]) -> tuple[GroupChoice, ...]:
    choices = (GroupChoice(group.code, view.pick(group.name), taken.count(group.code)) for group in groups)
    return tuple(choice for choice in choices if choice.units)
