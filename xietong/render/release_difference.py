"""What differs between two releases, as a page in each language and a table: which scores and ranks, and why.

The page stands beside the releases, like the change log: neither release knows of the other. Every part of a
change is printed to twelve decimals as well, so that the parts add up to the change as printed.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from xietong.catalogue import Text
from xietong.render.archive import Archive
from xietong.report import LANGUAGES, Language, wording

FOLDER: Final = "differences"
#: D is a degree from 0 to 1, every other score runs from 0 to 100.
_DECIMALS: Final = {"synergy": 4}
_OTHER_DECIMALS: Final = 2
_CHANGE_DECIMALS: Final = 4
_EXACT_DECIMALS: Final = 12


@dataclass(frozen=True)
class ReleaseFacts:
    """One of the two releases. ``period`` and ``as_of`` are as in its manifest; ``files`` is how many it is made of."""

    name: str
    period: str
    as_of: str
    method_version: str
    files: int


@dataclass(frozen=True)
class Side:
    """A score in one release, with where it and its rank may lie (5–95 %); None where there is none."""

    score: float | None = None
    score_interval: tuple[float, float] | None = None
    rank: int | None = None
    rank_interval: tuple[int, int] | None = None


@dataclass(frozen=True)
class ScoreChange:
    """One unit whose score or rank differs. ``parts``: one number a cause; None where the change cannot be split."""

    unit: Text
    before: Side
    after: Side
    change: float | None
    parts: tuple[float, ...] | None


@dataclass(frozen=True)
class OutputChange:
    """The units that differ in one output, of all that were compared; ``only_rank``: their own score did not move."""

    output: str
    compared: int
    scores: int
    ranks: int
    only_rank: int
    rows: tuple[ScoreChange, ...]


@dataclass(frozen=True)
class ExactChange:
    """The split of the change of one score of one unit, unrounded."""

    unit_code: str
    unit: Text
    output: str
    before: float
    after: float
    change: float
    parts: tuple[float | None, ...]


@dataclass(frozen=True)
class RevisedFigure:
    """A figure that the later release has another value of, as its ledger of corrections has it."""

    unit: Text
    indicator: Text
    indicator_code: str
    period: str
    before: float
    after: float
    received: datetime
    file: str
    location: str
    reason: Text
    given_by: Text


@dataclass(frozen=True)
class ReleaseDifference:
    """Two releases of an edition side by side.

    ``causes`` names the parts of every change. ``method``: which of goalposts, weights, structure and rules differ.
    ``new_figures`` and ``lost_figures`` count figures that only the later, or only the earlier release knows.
    """

    before: ReleaseFacts
    after: ReleaseFacts
    causes: tuple[str, ...]
    outputs: tuple[OutputChange, ...]
    exact: tuple[ExactChange, ...]
    revised: tuple[RevisedFigure, ...]
    new_figures: int
    lost_figures: int
    method: tuple[str, ...]
    is_same_program: bool


def difference_pages(archive: Archive, difference: ReleaseDifference) -> dict[str, str]:
    """Return the texts of the two pages, of their styles and of the table of exact parts.

    They are named by their paths below the edition's folder.
    """
    name = f"{FOLDER}/{difference.after.name}"
    context = {language: {"difference": difference, "d": _Writer(language)} for language in LANGUAGES}
    compared = {"before": difference.before.name, "after": difference.after.name}
    foot = {
        language: f"{archive.edition} · {archive.words[language].text('difference.title', **compared)}"
        for language in LANGUAGES
    }
    pages = archive.pages("release_difference.j2", name, "../", context, foot)
    return pages | {f"{name}.csv": _table(difference)}


@dataclass(frozen=True)
class _Writer:
    """Writes figures as one language does; what the template calls."""

    language: Language

    def pick(self, text: Text) -> str:
        return wording.pick(text, self.language)

    def period(self, code: str) -> str:
        return wording.period(code, self.language)

    def day(self, moment: str | datetime) -> str:
        return wording.day(datetime.fromisoformat(moment) if isinstance(moment, str) else moment, self.language)

    def score(self, value: float | None, output: str) -> str:
        return "" if value is None else wording.number(value, _DECIMALS.get(output, _OTHER_DECIMALS))

    def part(self, value: float | None) -> str:
        """Return a difference with its sign; a cause that is absent is 0 and no rounded number."""
        if value is None:
            return ""
        return "0" if value == 0 else wording.signed(value, _CHANGE_DECIMALS)

    def exact(self, value: float | None) -> str:
        if value is None:
            return ""
        return "0" if value == 0 else wording.signed(value, _EXACT_DECIMALS)

    def level(self, value: float) -> str:
        return wording.number(value, _EXACT_DECIMALS)

    def figure(self, value: float) -> str:
        return wording.plain(value)

    def range(self, interval: tuple[float, float] | None, output: str) -> str:
        return "" if interval is None else f"{self.score(interval[0], output)}–{self.score(interval[1], output)}"


def _table(difference: ReleaseDifference) -> str:
    """Return the unrounded parts as CSV; codes and numbers only, so there is nothing that a spreadsheet would run."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("unit_code", "output", "before", "after", "change", *difference.causes))
    for row in difference.exact:
        numbers: Sequence[float | None] = (row.before, row.after, row.change, *row.parts)
        writer.writerow((row.unit_code, row.output, *("" if value is None else repr(value) for value in numbers)))
    return written.getvalue()
