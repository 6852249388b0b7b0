"""How sure the results are: intervals, ties, what moves ranks, other methods, and changes that are clear."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.view import DEGREE_DECIMALS, SCORE_DECIMALS, Interval, View

#: In the order in which pages speak of them; an output without intervals is left out.
OUTPUTS: Final = ("synergy", "index", "assessment")
#: So many of the things left out are shown, those that move ranks most.
_MOST_MOVING: Final = 10
_PERCENT_DECIMALS: Final = 0
#: Intervals of ranks that span more places than these are counted on the page (method.md §2.11).
WIDE_PLACES: Final = 10
_SHARE_DECIMALS: Final = 2


@dataclass(frozen=True)
class UnitRow:
    """One unit in one ranking: its rank and score with their intervals, and what they depend on."""

    unit: Link
    rank: int
    interval: Interval
    median: int
    score_low: str
    score_high: str
    band: str
    band_probability: str
    moved_by: str
    group: int | None
    ahead: str


@dataclass(frozen=True)
class FactorRow:
    """The Sobol indices of one factor, written with their 5–95 % intervals."""

    factor: str
    total: str
    total_low: str
    total_high: str
    first: str


@dataclass(frozen=True)
class ShiftRow:
    """How far ranks move under another method or without something: on average, at most, and whose."""

    name: Link
    mean: str
    largest: int
    unit: Link


@dataclass(frozen=True)
class ReversalRow:
    """How often leaving one unit out turns the order of two others round, under one normalisation."""

    normalisation: str
    share: str
    largest: int


@dataclass(frozen=True)
class ChangeRow:
    """The units whose change since a base period is clear, and how many are not."""

    base_period: str
    gains: tuple[Link, ...]
    losses: tuple[Link, ...]
    unclear: int


@dataclass(frozen=True)
class OutputUncertainty:
    """Everything about one output."""

    output: str
    runs: int
    #: How many units cannot be placed within ten places, and into how many groups the ranks can be parted.
    apart: Sentence
    units: tuple[UnitRow, ...]
    factors: tuple[FactorRow, ...]
    series: tuple[ShiftRow, ...]
    left_out: tuple[ShiftRow, ...]
    reversals: tuple[ReversalRow, ...]
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class ConsistencyRow:
    """The consistency of the judgements below one node."""

    node: str
    lambda_max: str
    index: str
    ratio: str


@dataclass(frozen=True)
class SaturationRow:
    """An indicator on which more than half of the units stand at an end of the scale."""

    indicator: Link
    at_0: int
    at_100: int
    observed: int


@dataclass(frozen=True)
class UncertaintyPage:
    """What the page about uncertainty says."""

    outputs: tuple[OutputUncertainty, ...]
    judgements_origin: str
    consistency: tuple[ConsistencyRow, ...]
    saturated: tuple[SaturationRow, ...]
    has_saturation: bool
    wide_places: int = WIDE_PLACES


def uncertainty_page(view: View) -> UncertaintyPage:
    """Return the content of the page; parts whose marts a run does not have are empty."""
    found = [_output(view, output) for output in OUTPUTS]
    origins = [view.pick(judgements.origin) for judgements in view.catalogue.judgements]
    return UncertaintyPage(
        outputs=tuple(one for one in found if one.units),
        judgements_origin=origins[0] if origins else "",
        consistency=_consistency(view),
        saturated=_saturated(view),
        has_saturation=bool(_now(view, "saturation")),
    )


def _now(view: View, mart: str) -> list[Row]:
    return [row for row in view.evaluation.rows(mart) if row["period"] == view.evaluation.period]


def _of(view: View, mart: str, output: str) -> list[Row]:
    return [row for row in _now(view, mart) if row["output"] == output]


def _output(view: View, output: str) -> OutputUncertainty:
    intervals = _of(view, "rank_intervals", output)
    units = _units(view, output, intervals)
    return OutputUncertainty(
        output=output,
        runs=intervals[0]["runs"] if intervals else 0,
        apart=_apart(output, units),
        units=units,
        factors=_factors(view, output),
        series=_series(view, output),
        left_out=_left_out(view, output),
        reversals=_reversals(view, output),
        changes=_changes(view, output),
    )


def _apart(output: str, units: tuple[UnitRow, ...]) -> Sentence:
    wide = sum(row.interval.high - row.interval.low > WIDE_PLACES for row in units)
    groups = {row.group for row in units if row.group is not None}
    share = _percent(wide / len(units)) if units else ""
    values: dict[str, str | Sentence] = {"output": Sentence(f"output.{output}")}
    values |= {"units": str(len(units)), "wide": str(wide), "share": share, "groups": str(len(groups))}
    return Sentence("uncertainty.apart.with_groups" if groups else "uncertainty.apart.alone", values)


def _units(view: View, output: str, intervals: list[Row]) -> tuple[UnitRow, ...]:
    decimals = DEGREE_DECIMALS if output == "synergy" else SCORE_DECIMALS
    ahead = {row["unit_code"]: row["probability_ahead"] for row in _of(view, "rank_probabilities", output)}
    likely: dict[str, Row] = {}
    for row in _of(view, "band_probabilities", output):
        if row["unit_code"] not in likely or row["probability"] > likely[row["unit_code"]]["probability"]:
            likely[row["unit_code"]] = row
    rows = []
    for row in sorted(intervals, key=lambda row: (row["nominal_rank"], row["unit_code"])):
        band = likely.get(row["unit_code"])
        rows.append(
            UnitRow(
                unit=view.unit_link(row["unit_code"]),
                rank=row["nominal_rank"],
                interval=Interval(row["rank_p05"], row["rank_p95"]),
                median=row["median_rank"],
                score_low=_written(row.get("score_p05"), decimals),
                score_high=_written(row.get("score_p95"), decimals),
                band=_band(view, output)(band["band"]) if band else "",
                band_probability=_percent(band["probability"]) if band else "",
                moved_by=row.get("moved_most_by") or "",
                group=row.get("tied_group"),
                ahead=_percent(ahead.get(row["unit_code"])),
            )
        )
    return tuple(rows)


def _band(view: View, output: str) -> Callable[[int], str]:
    if output == "assessment":
        return lambda order: grade_of_order(view, order)
    return view.synergy_band if output == "synergy" else view.index_band


def grade_of_order(view: View, order: int) -> str:
    """Return the words for the grade of that number, counted from the worst, 1; nothing for none."""
    scoring = view.catalogue.scoring
    grades = scoring.selected.grades if scoring is not None else ()
    return view.pick(grades[order - 1].name) if 1 <= order <= len(grades) else ""


def _written(value: float | None, decimals: int) -> str:
    return "" if value is None else wording.number(value, decimals)


def _percent(share: float | None) -> str:
    return "" if share is None else wording.number(100 * share, _PERCENT_DECIMALS)


def _factors(view: View, output: str) -> tuple[FactorRow, ...]:
    rows = sorted(_of(view, "factor_sensitivity", output), key=lambda row: -(row["total"] or 0))
    return tuple(
        FactorRow(
            factor=row["factor"],
            total=_written(row["total"], _SHARE_DECIMALS),
            total_low=_written(row["total_p05"], _SHARE_DECIMALS),
            total_high=_written(row["total_p95"], _SHARE_DECIMALS),
            first=_written(row["first_order"], _SHARE_DECIMALS),
        )
        for row in rows
    )


def _series(view: View, output: str) -> tuple[ShiftRow, ...]:
    names = {series.code: Link(view.pick(series.name)) for series in view.catalogue.index.robustness.series}
    return _shifts(view, _of(view, "robustness_series", output), lambda row: row["series"], names)


def _left_out(view: View, output: str) -> tuple[ShiftRow, ...]:
    nodes = {node.code: Link(view.pick(node.name)) for node in view.catalogue.index.nodes}
    names = {code: view.indicator_link(code) for code in view.catalogue.indicators_by_code} | nodes
    shifts = _shifts(view, _of(view, "leave_one_out", output), lambda row: row["left_out"], names)
    return shifts[:_MOST_MOVING]


def _shifts(view: View, rows: list[Row], subject: Callable[[Row], str], names: dict[str, Link]) -> tuple[ShiftRow, ...]:
    """Return one row a subject, those that move ranks most first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row["rank_shift"] is not None:
            groups.setdefault(subject(row), []).append(row)
    found = []
    for code, moved in groups.items():
        mean = sum(abs(row["rank_shift"]) for row in moved) / len(moved)
        most = max(moved, key=lambda row: (abs(row["rank_shift"]), row["unit_code"]))
        name = names.get(code, Link(code))
        shift = ShiftRow(
            name, wording.number(mean, SCORE_DECIMALS), most["rank_shift"], view.unit_link(most["unit_code"])
        )
        found.append((-mean, code, shift))
    return tuple(shift for _, _, shift in sorted(found, key=lambda one: one[:2]))


def _reversals(view: View, output: str) -> tuple[ReversalRow, ...]:
    groups: dict[str, list[Row]] = {}
    for row in _of(view, "rank_reversals", output):
        groups.setdefault(row["normalisation"], []).append(row)
    return tuple(
        ReversalRow(
            normalisation=normalisation,
            share=wording.number(
                100 * sum(row["reversed_pairs"] for row in rows) / max(sum(row["compared_pairs"] for row in rows), 1),
                _SHARE_DECIMALS,
            ),
            largest=max(row["reversed_pairs"] for row in rows),
        )
        for normalisation, rows in sorted(groups.items())
    )


def _changes(view: View, output: str) -> tuple[ChangeRow, ...]:
    groups: dict[str, list[Row]] = {}
    for row in _of(view, "change_intervals", output):
        groups.setdefault(row["base_period"], []).append(row)

    def links(rows: list[Row], sign: int) -> tuple[Link, ...]:
        return tuple(view.unit_link(row["unit_code"]) for row in rows if row["is_clear"] and sign * row["change"] > 0)

    return tuple(
        ChangeRow(
            base_period=view.period(base_period),
            gains=links(rows, 1),
            losses=links(rows, -1),
            unclear=sum(not row["is_clear"] for row in rows),
        )
        for base_period, rows in sorted(groups.items())
    )


def _consistency(view: View) -> tuple[ConsistencyRow, ...]:
    parents = {node.code: node.parent or "" for node in view.catalogue.index.nodes}
    names = {node.code: view.pick(node.name) for node in view.catalogue.index.nodes}
    found: dict[str, ConsistencyRow] = {}
    for row in _now(view, "weights"):
        if row["scheme"] != "ahp" or not (row["note"] or "").startswith("lambda_max="):
            continue
        node: str = row["node_code"] if row["indicator_code"] else parents[row["node_code"]]
        told = dict(part.split("=") for part in row["note"].split("; "))
        found[node] = ConsistencyRow(
            names[node], *(told[key][:6] for key in ("lambda_max", "consistency_index", "consistency_ratio"))
        )
    return tuple(found[code] for code in names if code in found)


def _saturated(view: View) -> tuple[SaturationRow, ...]:
    rows = [
        row for row in _now(view, "saturation") if 2 * (row["units_at_0"] + row["units_at_100"]) > row["observed_units"]
    ]
    return tuple(
        SaturationRow(
            view.indicator_link(row["indicator_code"]), row["units_at_0"], row["units_at_100"], row["observed_units"]
        )
        for row in rows
    )
