"""The ranking: both computed outputs, each rank with the interval in which it may lie."""

from collections.abc import Iterator
from dataclasses import dataclass

from xietong.catalogue import Unit
from xietong.report.assessment import AssessmentTable, assessment_table
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.standing import (
    GroupChoice,
    Move,
    TiedGroup,
    base_period,
    move,
    peer_groups,
    percent,
    regions,
    synergy_coverage,
    tied_groups,
)
from xietong.report.view import Interval, Score, View


@dataclass(frozen=True)
class RankRow:
    """One unit in one ranking."""

    unit: Link
    region_code: str
    group_code: str
    group: str
    rank: int
    is_tied: bool
    tied_group: TiedGroup | None
    group_rank: int | None
    group_units: int | None
    group_interval: Interval | None
    interval: Interval | None
    score: Score
    second_score: Score
    band: str
    colour: str
    lag: str
    move: Move | None
    coverage: str
    series: tuple[float | None, ...]
    sentence: Sentence


@dataclass(frozen=True)
class RankTable:
    """The ranking by one output, best first, and who is not in it."""

    output: str
    rows: tuple[RankRow, ...]
    ranked_units: int
    has_intervals: bool
    has_moves: bool
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
class GroupRow:
    """A unit inside a region or peer group: its rank among all units in each output, or None where it has none."""

    unit: Link
    ranks: tuple[tuple[int, Interval | None] | None, ...]


@dataclass(frozen=True)
class GroupTable:
    """The units of one region or peer group by their first rank; ranks are still those among all units."""

    group: GroupChoice
    is_region: bool
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True)
class Ranking:
    """What the ranking page says; ``groups`` says without a script what the filter shows with one."""

    tables: tuple[RankTable, ...]
    assessment: AssessmentTable
    special: tuple[SpecialRow, ...]
    regions: tuple[GroupChoice, ...]
    peer_groups: tuple[GroupChoice, ...]
    groups: tuple[GroupTable, ...]
    outputs: tuple[str, ...]
    ranked_units: int
    base_period: str
    first_period: str
    separated: tuple[Sentence, ...]


def ranking(view: View) -> Ranking:
    """Return the content of the ranking page."""
    assessment = assessment_table(view)
    outputs = ("synergy", "index", *(("assessment",) if assessment.rows else ()))
    tables = (synergy_table(view), index_table(view))
    return Ranking(
        tables=tables,
        assessment=assessment,
        special=tuple(_special(view, unit) for unit in view.special_units),
        regions=regions(view),
        peer_groups=peer_groups(view),
        groups=_groups(view, outputs) if any(table.rows for table in tables) else (),
        outputs=outputs,
        ranked_units=len(view.ranked_units),
        base_period=view.period(base_period(view)),
        first_period=view.period(view.evaluation.periods[0]) if view.evaluation.periods else "",
        separated=tuple(_separated(view, outputs)),
    )


def _separated(view: View, outputs: tuple[str, ...]) -> Iterator[Sentence]:
    """Yield for each output into how many groups the ranks can be told apart; nothing where that was not computed."""
    for output in outputs:
        groups = {group.first for group in tied_groups(view, output).values()}
        if groups:
            yield Sentence(f"ranking.separated.{output}", {"groups": str(len(groups))})


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
    tied = tied_groups(view, output)
    rows = tuple(
        _rank_row(view, output, row, tied.get(row["unit_code"]), is_tied=shared.count(row["rank"]) > 1)
        for row in ranked
    )
    return RankTable(
        output=output,
        rows=rows,
        ranked_units=len(rows),
        has_intervals=any(row.interval for row in rows),
        has_moves=any(row.move for row in rows),
        without=tuple(view.unit_link(code) for code, row in found.items() if row is None or row["rank"] is None),
    )


def _rank_row(view: View, output: str, row: Row, tied: TiedGroup | None, *, is_tied: bool) -> RankRow:
    unit = view.catalogue.units_by_code[row["unit_code"]]
    is_synergy = output == "synergy"
    series = view.evaluation.degree_series if is_synergy else view.evaluation.index_series
    return RankRow(
        unit=view.unit_link(unit.code),
        region_code=unit.region or "",
        group_code=unit.peer_group or "",
        group=view.group_name(unit.peer_group),
        rank=row["rank"],
        is_tied=is_tied,
        tied_group=tied,
        group_rank=row["group_rank"],
        group_units=row["group_units"],
        group_interval=view.group_interval(output, unit.code),
        interval=view.interval(output, unit.code),
        score=view.degree(row["d_modified"]) if is_synergy else view.score(row["score"]),
        second_score=view.degree(row["d_standard"]) if is_synergy else view.score(row["score_arithmetic"]),
        band=view.synergy_band(row["band"]) if is_synergy else view.index_band(row["band"]),
        colour=f"band-{row['band']}" if is_synergy else f"index-{row['band']}",
        lag=view.label(row["lag_type"]) if is_synergy else "",
        move=move(view, output, unit.code),
        coverage=percent(synergy_coverage(view, unit.code) if is_synergy else row["coverage"]),
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


def _groups(view: View, outputs: tuple[str, ...]) -> tuple[GroupTable, ...]:
    tables = []
    for is_region, choices in ((True, regions(view)), (False, peer_groups(view))):
        for choice in choices:
            own = [u for u in view.ranked_units if choice.code == (u.region if is_region else u.peer_group)]
            rows = [GroupRow(view.unit_link(u.code), tuple(_place(view, out, u.code) for out in outputs)) for u in own]
            # Units without a rank come last, in the catalogue's order.
            rows.sort(key=lambda row: next((place[0] for place in row.ranks if place), len(view.ranked_units) + 1))
            tables.append(GroupTable(choice, is_region, tuple(rows)))
    return tuple(tables)


def _place(view: View, output: str, unit_code: str) -> tuple[int, Interval | None] | None:
    found = {
        "synergy": view.evaluation.synergy.get(unit_code),
        "index": view.evaluation.index(unit_code),
        "assessment": view.evaluation.assessment.get(unit_code),
    }[output]
    return (found["rank"], view.interval(output, unit_code)) if found and found["rank"] is not None else None
