"""Who moved beyond the uncertainty of the change since last year, and which indicators moved them most."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Literal

from xietong.report import wording
from xietong.report.facts import Link
from xietong.report.standing import Move, base_period, move
from xietong.report.view import DEGREE_DECIMALS, SCORE_DECIMALS, View

#: So many on each side are named; the rest is counted and stands in the ranking.
SHOWN: Final = 6
_CAUSES_SHOWN: Final = 2
#: One digit more than the change, so that an end of its range and a small part of it are told from none.
_FINE_DECIMALS: Final = {"synergy": DEGREE_DECIMALS + 1, "index": SCORE_DECIMALS + 1}

MovedOutput = Literal["synergy", "index"]


@dataclass(frozen=True)
class Cause:
    """An indicator and what it did to the score of the unit."""

    indicator: Link
    effect: str


@dataclass(frozen=True)
class Mover:
    """A unit whose score changed beyond uncertainty: by how much, in which range, and most through what."""

    unit: Link
    move: Move
    low: str
    high: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Movers:
    """Who clearly rose and fell in one output, the largest change first, out of how many that were compared."""

    output: MovedOutput
    base_period: str
    rose: tuple[Mover, ...]
    fell: tuple[Mover, ...]
    rose_count: int
    fell_count: int
    compared: int

    @property
    def unclear_count(self) -> int:
        """Return for how many units no change can be told from none."""
        return self.compared - self.rose_count - self.fell_count


def movers(view: View, output: MovedOutput) -> Movers | None:
    """Return who moved in an output since last year, or None when the uncertainty of changes was not computed."""
    found = [(unit.code, known) for unit in view.ranked_units if (known := move(view, output, unit.code)) is not None]
    if not found:
        return None
    rose = sorted((one for one in found if one[1].direction == "up"), key=lambda one: (-one[1].value, one[0]))
    fell = sorted((one for one in found if one[1].direction == "down"), key=lambda one: (one[1].value, one[0]))
    return Movers(
        output=output,
        base_period=view.period(base_period(view)),
        rose=tuple(_mover(view, output, code, known) for code, known in rose[:SHOWN]),
        fell=tuple(_mover(view, output, code, known) for code, known in fell[:SHOWN]),
        rose_count=len(rose),
        fell_count=len(fell),
        compared=len(found),
    )


def _mover(view: View, output: MovedOutput, unit_code: str, known: Move) -> Mover:
    row = view.evaluation.change_intervals[unit_code, base_period(view) or "", output]
    return Mover(
        unit=view.unit_link(unit_code),
        move=known,
        low=wording.signed(row["change_p05"], _FINE_DECIMALS[output]),
        high=wording.signed(row["change_p95"], _FINE_DECIMALS[output]),
        causes=_causes(view, output, unit_code, known),
    )


def _causes(view: View, output: MovedOutput, unit_code: str, known: Move) -> tuple[Cause, ...]:
    """Return the indicators that moved the score most in the direction in which it went."""
    effects: dict[str, float] = defaultdict(float)
    for row in view.evaluation.score_changes.get(unit_code, []):
        if row["indicator_code"] is not None:
            effects[row["indicator_code"]] += row[f"{output}_change"] or 0.0
    sign = 1 if known.value > 0 else -1
    helping = sorted((-sign * effect, code) for code, effect in effects.items() if sign * effect > 0)
    return tuple(
        Cause(view.indicator_link(code), wording.signed(-sign * effect, _FINE_DECIMALS[output]))
        for effect, code in helping[:_CAUSES_SHOWN]
    )
