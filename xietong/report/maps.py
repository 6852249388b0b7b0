"""Maps and tile grids: which class each unit falls into, in words as well as in colour."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Indicator, Unit
from xietong.report import wording
from xietong.report.distribution import FEWEST_UNITS
from xietong.report.facts import Sentence
from xietong.report.view import View, unit_path

#: Class of the drawing for a unit that has no value.
HATCHED: Final = "hatched"
#: Ends of the three classes of each side of the bivariate map: where bands begin that mean coordinated, and well so.
BIVARIATE_EDGES: Final = (0.6, 0.8)
#: States in which an indicator has no figure; with any other, a figure is there but cannot be scored.
_WITHOUT_FIGURE: Final = frozenset({"missing", "not_applicable"})
#: Ends of the classes of a score from 0 to 100.
SCORE_EDGES: Final = (20.0, 40.0, 60.0, 80.0)
#: Into how many classes of about as many units each the figures of an indicator without scores fall.
VALUE_CLASSES: Final = 5
#: How many signs a tile has room for on a phone.
TILE_SIGNS: Final = 6


@dataclass(frozen=True)
class MapCell:
    """One unit on a map: its class of colour, its figure, and both in words."""

    code: str
    short_name: str
    name: str
    path: str
    colour: str
    value: str
    words: str
    tile: tuple[int, int] | None
    zone: str
    #: Why a cell that is hatched has no figure, as a state of ``state.*``; nothing for the others.
    gap: str = ""


@dataclass(frozen=True)
class LegendEntry:
    """A class of colour and what it stands for."""

    colour: str
    text: str


@dataclass(frozen=True)
class MapView:
    """One map and its tile grid: the same cells drawn twice."""

    identifier: str
    title: Sentence
    cells: tuple[MapCell, ...]
    legend: tuple[LegendEntry, ...]
    missing: int
    is_bivariate: bool = False

    @property
    def zones(self) -> Mapping[str, str]:
        """Return the zone of every unit, whose borders are drawn thicker."""
        return {cell.code: cell.zone for cell in self.cells}

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many units are in each class of colour."""
        return Counter(cell.colour for cell in self.cells)

    @property
    def gaps(self) -> Mapping[str, int]:
        """Return how many units have no figure, by the reason."""
        return Counter(cell.gap for cell in self.cells if cell.gap)

    @property
    def edges(self) -> tuple[str, str]:
        """Return the ends of the classes of each side of a bivariate map, as written."""
        return wording.plain(BIVARIATE_EDGES[0]), wording.plain(BIVARIATE_EDGES[1])


Classified = tuple[str, str, str]  # class of colour, figure, words


def _not_assessable(_unit_code: str) -> str:
    return "not_assessable"


def map_of(
    view: View,
    identifier: str,
    title: Sentence,
    classify: Callable[[str], Classified | None],
    legend: Sequence[LegendEntry],
    *,
    gap: Callable[[str], str] = _not_assessable,
    is_bivariate: bool = False,
) -> MapView:
    """Return the map of every ranked unit; ``classify`` returns None for a unit without a value, ``gap`` says why."""
    cells = tuple(_cell(view, unit, classify(unit.code), gap) for unit in view.ranked_units)
    missing = sum(cell.colour == HATCHED for cell in cells)
    return MapView(identifier, title, cells, tuple(legend), missing, is_bivariate)


def _cell(view: View, unit: Unit, found: Classified | None, gap: Callable[[str], str]) -> MapCell:
    colour, value, words = found or (HATCHED, "", "")
    return MapCell(
        code=unit.code,
        short_name=wording.short_name(unit, view.language),
        name=view.pick(unit.name),
        path=unit_path(unit.code),
        colour=colour,
        value=value,
        words=words,
        tile=unit.tile,
        zone=unit.region or unit.peer_group or "",
        gap="" if found else gap(unit.code),
    )


def synergy_map(view: View) -> MapView:
    """Return the map of the degree of synergy in its bands."""

    def classify(unit_code: str) -> Classified | None:
        row = view.evaluation.synergy.get(unit_code)
        if row is None or row["d_modified"] is None:
            return None
        return f"band-{row['band']}", view.degree(row["d_modified"]).text, view.synergy_band(row["band"])

    used = {row["band"] for row in view.evaluation.synergy.values()}
    legend = [
        LegendEntry(
            f"band-{band.level}", f"{view.pick(band.name)} {wording.plain(band.lower)}–{wording.plain(band.upper)}"
        )
        for band in view.catalogue.index.synergy_bands
        if band.level in used
    ]
    return map_of(view, "synergy", Sentence("overview.map_synergy"), classify, legend)


def index_map(view: View) -> MapView:
    """Return the map of the composite index in its bands."""

    def classify(unit_code: str) -> Classified | None:
        row = view.evaluation.index(unit_code)
        if row is None or row["score"] is None:
            return None
        return f"index-{row['band']}", view.score(row["score"]).text, view.index_band(row["band"])

    legend = [
        LegendEntry(
            f"index-{band.level}", f"{view.pick(band.name)} {wording.plain(band.lower)}–{wording.plain(band.upper)}"
        )
        for band in view.catalogue.index.index_bands
    ]
    return map_of(view, "index", Sentence("overview.map_index"), classify, legend)


def bivariate_map(view: View) -> MapView:
    """Return the map of both sides of synergy: three classes of pollution by three of carbon."""

    def classify(unit_code: str) -> Classified | None:
        row = view.evaluation.synergy.get(unit_code)
        if row is None or row["p_score"] is None or row["k_score"] is None:
            return None
        pollution, carbon = _third(row["p_score"]), _third(row["k_score"])
        value = f"P {view.degree(row['p_score']).text} · K {view.degree(row['k_score']).text}"
        return f"pk-{pollution}{carbon}", value, view.label(row["lag_type"])

    return map_of(view, "bivariate", Sentence("overview.map_bivariate"), classify, (), is_bivariate=True)


def score_map(view: View, indicator: Indicator) -> MapView:
    """Return the map of the scores of one indicator."""

    def classify(unit_code: str) -> Classified | None:
        row = view.evaluation.figures.get((unit_code, indicator.code))
        if row is None or row["score"] is None:
            return None
        return f"score-{1 + sum(row['score'] >= edge for edge in SCORE_EDGES)}", view.score(row["score"]).text, ""

    return map_of(view, "scores", Sentence("indicator.grid"), classify, score_legend(), gap=_gap_of(view, indicator))


def value_map(view: View, indicator: Indicator) -> MapView | None:
    """Return the map of the figures of an indicator that is not scored; None where few have one, or all the same.

    Figures have as many decimals as a tile has room for. Those that then read the same are in one class, which
    the legend names by its lowest and its highest.
    """
    exact = {unit.code: view.figure(unit.code, indicator).value for unit in view.ranked_units}
    decimals = _decimals([value for value in exact.values() if value is not None], indicator.decimals)
    known = {code: round(value, decimals) for code, value in exact.items() if value is not None}
    values = sorted(known.values())
    if len(values) < FEWEST_UNITS or values[0] == values[-1]:
        return None
    classes = {value: 1 + VALUE_CLASSES * bisect_left(values, value) // len(values) for value in known.values()}

    def classify(unit_code: str) -> Classified | None:
        value = known.get(unit_code)
        return None if value is None else (f"value-{classes[value]}", wording.number(value, decimals), "")

    legend = []
    for number in sorted(set(classes.values())):
        inside = [value for value in values if classes[value] == number]
        ends = dict.fromkeys(wording.number(value, decimals) for value in (inside[0], inside[-1]))
        legend.append(LegendEntry(f"value-{number}", f"{' – '.join(ends)} ({len(inside)})"))
    return map_of(view, "values", Sentence("indicator.values"), classify, legend, gap=_gap_of(view, indicator))


def _decimals(values: Sequence[float], most: int) -> int:
    """Return how many decimals all the values can have without being wider than a tile."""
    fitting = (
        decimals
        for decimals in range(most, 0, -1)
        if all(len(wording.number(value, decimals)) <= TILE_SIGNS for value in values)
    )
    return next(fitting, 0)


def _gap_of(view: View, indicator: Indicator) -> Callable[[str], str]:
    def gap(unit_code: str) -> str:
        state = view.figure(unit_code, indicator).state
        return state if state in _WITHOUT_FIGURE else "not_assessable"

    return gap


def score_legend() -> tuple[LegendEntry, ...]:
    """Return the classes of a score from 0 to 100, the lowest first."""
    edges = (0.0, *SCORE_EDGES, 100.0)
    return tuple(
        LegendEntry(f"score-{position + 1}", f"{edges[position]:.0f}–{edges[position + 1]:.0f}")
        for position in range(len(edges) - 1)
    )


def _third(value: float) -> int:
    return 1 + sum(value >= edge for edge in BIVARIATE_EDGES)
