"""The ranking: both computed outputs, each rank with the interval in which it may lie."""

from dataclasses import dataclass

from xietong.catalogue import Unit
from xietong.report.assessment import AssessmentTable, assessment_table
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.view import Interval, Score, View


@dataclass(frozen=True)
class RankRow:
    """One unit in one ranking."""

    unit: Link
    group: str
    rank: int
    is_tied: bool
    group_rank: int | None
    group_units: int | None
    interval: Interval | None
    score: Score
    second_score: Score
    band: str
    colour: str
    lag: str
    series: tuple[float | None, ...]
    sentence: Sentence


@dataclass(frozen=True)
class RankTable:
    """The ranking by one output, best first, and who is not in it."""

    output: str
    rows: tuple[RankRow, ...]
    ranked_units: int
    has_intervals: bool
    without: tuple[Link, ...]


@dataclass(frozen=True)
class SpecialRow:
    """A zone that official statistics count inside districts: shown, never ranked."""

    unit: Link
    overlaps: tuple[Link, ...]
    degree: Score
    band: str
    index: Score


@dataclass(frozen=True)
class Ranking:
    """What the ranking page says."""

    tables: tuple[RankTable, ...]
    assessment: AssessmentTable
    special: tuple[SpecialRow, ...]
    first_period: str


def ranking(view: View) -> Ranking:
    """Return the content of the ranking page."""
    return Ranking(
        tables=(synergy_table(view), index_table(view)),
        assessment=assessment_table(view),
        special=tuple(_special(view, unit) for unit in view.special_units),
        first_period=view.period(view.evaluation.periods[0]) if view.evaluation.periods else "",
    )


def synergy_table(view: View) -> RankTable:
    """Return the ranking by the degree of synergy; the standard degree stands beside it."""
    found = {unit.code: view.evaluation.synergy.get(unit.code) for unit in view.ranked_units}
    return _table(view, "synergy", found)


def index_table(view: View) -> RankTable:
    """Return the ranking by the composite index; the arithmetic one stands beside it."""
    found = {unit.code: view.evaluation.index(unit.code) for unit in view.ranked_units}
    return _table(view, "index", found)


def _table(view: View, output: str, found: dict[str, Row | None]) -> RankTable:
    ranked = [row for row in found.values() if row is not None and row["rank"] is not None]
    ranked.sort(key=lambda row: (row["rank"], row["unit_code"]))
    shared = [row["rank"] for row in ranked]
    rows = tuple(_rank_row(view, output, row, is_tied=shared.count(row["rank"]) > 1) for row in ranked)
    return RankTable(
        output=output,
        rows=rows,
        ranked_units=len(rows),
        has_intervals=any(row.interval for row in rows),
        without=tuple(view.unit_link(code) for code, row in found.items() if row is None or row["rank"] is None),
    )


def _rank_row(view: View, output: str, row: Row, *, is_tied: bool) -> RankRow:
    unit = view.catalogue.units_by_code[row["unit_code"]]
    is_synergy = output == "synergy"
    series = view.evaluation.degree_series if is_synergy else view.evaluation.index_series
    return RankRow(
        unit=view.unit_link(unit.code),
        group=view.group_name(unit.peer_group),
        rank=row["rank"],
        is_tied=is_tied,
        group_rank=row["group_rank"],
        group_units=row["group_units"],
        interval=view.interval(output, unit.code),
        score=view.degree(row["d_modified"]) if is_synergy else view.score(row["score"]),
        second_score=view.degree(row["d_standard"]) if is_synergy else view.score(row["score_arithmetic"]),
        band=view.synergy_band(row["band"]) if is_synergy else view.index_band(row["band"]),
        colour=f"band-{row['band']}" if is_synergy else f"index-{row['band']}",
        lag=view.label(row["lag_type"]) if is_synergy else "",
        series=series.get(unit.code, ()),
        sentence=view.rank_sentence(output, row),
    )


def _special(view: View, unit: Unit) -> SpecialRow:
    synergy = view.evaluation.synergy.get(unit.code) or {}
    index = view.evaluation.index(unit.code) or {}
    return SpecialRow(
        unit=view.unit_link(unit.code),
        overlaps=tuple(view.unit_link(code) for code in unit.overlaps),
        degree=view.degree(synergy.get("d_modified")),
        band=view.synergy_band(synergy.get("band")),
        index=view.score(index.get("score")),
    )
