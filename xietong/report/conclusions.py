"""One conclusion per output, computed from the marts; the outputs are never merged."""

from collections import Counter
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
    best, worst = rows[0], rows[-1]
    state = Sentence(
        "conclusion.assessment.state",
        {
            **_extent(view, rows),
            **_end(view, "best", best, view.score(best["score"]).text, grade_name(view, best["grade"])),
            **_end(view, "worst", worst, view.score(worst["score"]).text, grade_name(view, worst["grade"])),
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
    best, worst = rows[0], rows[-1]
    state = Sentence(
        "conclusion.synergy.state",
        {
            **_extent(view, rows),
            **_end(view, "best", best, view.degree(best["d_modified"]).text, view.synergy_band(best["band"])),
            **_end(view, "worst", worst, view.degree(worst["d_modified"]).text, view.synergy_band(worst["band"])),
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
    change = _change(view)
    sentences = (state, lag) if change is None else (state, lag, change)
    return OutputCard("synergy", is_computed=True, sentences=sentences, bands=bands)


def _change(view: View) -> Sentence | None:
    quadrants: Counter[str] = Counter()
    for unit in view.ranked_units:
        for row in view.evaluation.changes.get(unit.code, []):
            if row["base_kind"] == "previous_year" and row["quadrant"] is not None:
                quadrants[row["quadrant"]] += 1
    if not quadrants:
        return None
    mixed = quadrants["II"] + quadrants["IV"] + quadrants["axis"]
    values = {"both": str(quadrants["I"]), "mixed": str(mixed), "neither": str(quadrants["III"])}
    return Sentence("conclusion.synergy.change", values)


def _index_card(view: View) -> OutputCard:
    rows = _assessed(view, [view.evaluation.index(unit.code) for unit in view.ranked_units], "score")
    if not rows:
        return OutputCard("index", is_computed=False, sentences=(Sentence("conclusion.index.none"),))
    best, worst = rows[0], rows[-1]
    state = Sentence(
        "conclusion.index.state",
        {
            **_extent(view, rows),
            **_end(view, "best", best, view.score(best["score"]).text, view.index_band(best["band"])),
            **_end(view, "worst", worst, view.score(worst["score"]).text, view.index_band(worst["band"])),
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


def _end(view: View, end: str, row: Row, value: str, band: str) -> dict[str, str]:
    return {end: view.unit_name(row["unit_code"]), f"{end}_value": value, f"{end}_band": band}
