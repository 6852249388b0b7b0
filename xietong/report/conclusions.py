"""One conclusion per output, computed from the marts; the outputs are never merged."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal

from xietong.report.assessment import grade_counts, grade_name
from xietong.report.evaluation import Row
from xietong.report.facts import Sentence
from xietong.report.view import View

Output = Literal["synergy", "index", "assessment"]


@dataclass(frozen=True)
class BandCount:
    """How many units lie in a band."""

    colour: str
    name: str
    count: int


@dataclass(frozen=True)
class OutputCard:
    """One of the three outputs: its conclusion in sentences and how the units spread over its bands."""

    output: Output
    is_computed: bool
    sentences: tuple[Sentence, ...]
    bands: tuple[BandCount, ...] = ()


def output_cards(view: View) -> tuple[OutputCard, ...]:
    """Return the three outputs in their fixed order."""
    return (_synergy_card(view), _index_card(view), _assessment_card(view))


def _assessment_card(view: View) -> OutputCard:
    scoring = view.catalogue.scoring
    if scoring is None:
        return OutputCard("assessment", is_computed=False, sentences=(Sentence("conclusion.assessment.no_rules"),))
    rows = _assessed(view, [view.evaluation.assessment.get(unit.code) for unit in view.ranked_units], "score")
    if not rows:
        return OutputCard("assessment", is_computed=False, sentences=(Sentence("conclusion.assessment.not_computed"),))
    ends = _ends(view, "assessment", rows, "score", lambda row: grade_name(view, row["grade"]))
    state = Sentence(
        "conclusion.assessment.state",
        {
            **_extent(view, rows),
            "ends": ends,
            "median": view.score(median(row["score"] for row in rows)).text,
            "rules": view.pick(scoring.selected.name),
        },
    )
    lowered = [row for row in rows if row["grade"] != row["grade_before_gates"]]
    gates = Sentence(f"conclusion.assessment.{'gates' if lowered else 'no_gates'}", {"units": str(len(lowered))})
    bands = tuple(BandCount(found.colour, found.name, found.count) for found in grade_counts(view, rows))
    return OutputCard("assessment", is_computed=True, sentences=(state, gates), bands=bands)


def _synergy_card(view: View) -> OutputCard:
    rows = _assessed(view, [view.evaluation.synergy.get(unit.code) for unit in view.ranked_units], "d_modified")
    if not rows:
        return OutputCard("synergy", is_computed=False, sentences=(Sentence("conclusion.synergy.none"),))
    ends = _ends(view, "synergy", rows, "d_modified", lambda row: view.synergy_band(row["band"]))
    state = Sentence(
        "conclusion.synergy.state",
        {
            **_extent(view, rows),
            "ends": ends,
            "median": view.degree(median(row["d_modified"] for row in rows)).text,
        },
    )
    lags = Counter(row["lag_type"] for row in rows)
    lag = Sentence(
        "conclusion.synergy.lag",
        {
            "carbon": str(lags["carbon_lagging"]),
            "pollution": str(lags["pollution_lagging"]),
            "synchronous": str(lags["synchronous"]),
        },
    )
    counts = Counter(row["band"] for row in rows)
    bands = tuple(
        BandCount(f"band-{band.level}", view.pick(band.name), counts[band.level])
        for band in view.catalogue.index.synergy_bands
        if counts[band.level]
    )
    return OutputCard("synergy", is_computed=True, sentences=(state, lag), bands=bands)


def moved_together(view: View) -> Sentence | None:
    """Return in how many ranked units pollution and carbon fell together since last year; None where none is known."""
    quadrants: Counter[str] = Counter()
    for unit in view.ranked_units:
        for row in view.evaluation.changes.get(unit.code, []):
            if row["base_kind"] == "previous_year" and row["quadrant"] is not None:
                quadrants[row["quadrant"]] += 1
    if not quadrants:
        return None
    mixed = quadrants["II"] + quadrants["IV"] + quadrants["axis"]
    counts = {"both": quadrants["I"], "mixed": mixed, "neither": quadrants["III"], "units": quadrants.total()}
    return Sentence("overview.lead", {"period": view.evaluated, **{name: str(n) for name, n in counts.items()}})


def _index_card(view: View) -> OutputCard:
    rows = _assessed(view, [view.evaluation.index(unit.code) for unit in view.ranked_units], "score")
    if not rows:
        return OutputCard("index", is_computed=False, sentences=(Sentence("conclusion.index.none"),))
    ends = _ends(view, "index", rows, "score", lambda row: view.index_band(row["band"]))
    state = Sentence(
        "conclusion.index.state",
        {
            **_extent(view, rows),
            "ends": ends,
            "median": view.score(median(row["score"] for row in rows)).text,
        },
    )
    counts = Counter(row["band"] for row in rows)
    bands = tuple(
        BandCount(f"index-{band.level}", view.pick(band.name), counts[band.level])
        for band in view.catalogue.index.index_bands
        if counts[band.level]
    )
    return OutputCard("index", is_computed=True, sentences=(state,), bands=bands)


def _assessed(view: View, rows: list[Row | None], column: str) -> list[Row]:
    found = [row for row in rows if row is not None and row["state"] == "assessed" and row[column] is not None]
    digits = view.catalogue.index.rounding_digits
    return sorted(found, key=lambda row: (-round(row[column], digits), row["unit_code"]))


def _extent(view: View, rows: list[Row]) -> dict[str, str]:
    return {"period": view.evaluated, "assessed": str(len(rows)), "units": str(len(view.ranked_units))}


def _ends(view: View, output: Output, rows: list[Row], column: str, band: Callable[[Row], str]) -> Sentence:
    """Return who is highest and who lowest: how many share an end, else the interval of the rank of the one."""
    first, last = _sharing(view, rows, rows[0], column), _sharing(view, rows, rows[-1], column)
    if len(first) == len(rows):
        return _end(view, output, "equal", first, column, band)
    values = {
        "highest": _end(view, output, "highest", first, column, band),
        "lowest": _end(view, output, "lowest", last, column, band),
    }
    return Sentence("conclusion.ends", values)


def _sharing(view: View, rows: list[Row], row: Row, column: str) -> list[Row]:
    """Return the rows with the score of this one, to the digits that ranks are made of."""
    digits = view.catalogue.index.rounding_digits
    return [other for other in rows if round(other[column], digits) == round(row[column], digits)]


def _end(view: View, output: Output, end: str, rows: list[Row], column: str, band: Callable[[Row], str]) -> Sentence:
    value = view.degree(rows[0][column]) if output == "synergy" else view.score(rows[0][column])
    values: dict[str, str | Sentence] = {"value": value.text, "band": band(rows[0])}
    if len(rows) > 1:
        return Sentence(f"conclusion.{end}.shared", {**values, "count": str(len(rows))})
    values["unit"] = view.unit_name(rows[0]["unit_code"])
    interval = view.interval(output, rows[0]["unit_code"])
    if interval is None or interval.low == interval.high or end == "equal":
        return Sentence(f"conclusion.{end}.one", values)
    return Sentence(f"conclusion.{end}.placed", {**values, "low": str(interval.low), "high": str(interval.high)})
