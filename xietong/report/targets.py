"""Targets and their progress: the figure, what is required by now, the target, and a warning in words."""

from dataclasses import dataclass
from typing import Final

from xietong.catalogue import Target
from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.provenance import NO_PROVENANCE, Origin, Provenance, Words, recorded
from xietong.report.view import View

#: Width of a bullet bar in units of its drawing.
BULLET_WIDTH: Final = 240.0
#: States in which the figure is judged against what is required by now.
JUDGED: Final = frozenset({"met", "on_track", "behind"})
#: Room beyond the largest mark of a bullet bar.
_HEADROOM: Final = 1.08


@dataclass(frozen=True)
class Bullet:
    """Positions of a bullet bar from 0 to ``BULLET_WIDTH``: zero, the figure, required by now, the target."""

    zero: float
    value: float | None
    required: float | None
    target: float


@dataclass(frozen=True)
class NearFigure:
    """A published figure near to the target but defined otherwise; never scored."""

    indicator: Link
    text: str
    measure: str
    period: str
    note: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class TargetRow:
    """One target and how far its unit has come."""

    code: str
    name: str
    unit: Link
    article: int | None
    source: tuple[Words, ...]
    wording: str
    note: str
    is_binding: bool
    base_is_inferred: bool
    is_directional: bool
    demand: Sentence
    indicator: Link | None
    measure: str
    value: str
    value_period: str
    required: str
    target: str
    completion: str
    state: str
    colour: str
    bullet: Bullet | None
    provenance: Provenance
    near: tuple[NearFigure, ...]


def target_row(view: View, target: Target) -> TargetRow:
    """Return a target with its progress in the evaluated period."""
    rows = view.evaluation.progress.get(target.code, [])
    own = next((row for row in rows if row["indicator_code"] == target.indicator), None)
    decimals = _decimals(view, target)
    value = own["value"] if own else None
    goal = _goal(target, own)
    state = _state(target, own)
    return TargetRow(
        code=target.code,
        name=view.pick(target.name),
        unit=view.unit_link(target.unit_code),
        article=target.article,
        source=recorded(view.optional(target.source)),
        wording=view.optional(target.wording),
        note=view.optional(target.note),
        is_binding=target.binding,
        base_is_inferred=target.base_is_inferred,
        is_directional=target.kind == "directional",
        demand=_demand(view, target),
        indicator=view.indicator_link(target.indicator) if target.indicator else None,
        measure=_measure(view, target),
        value="" if value is None else wording.number(value, decimals),
        value_period=view.period(own["value_period"]) if own else "",
        required=_written(own, "required_value", decimals),
        target="" if goal is None else wording.plain(goal),
        completion=_percent(own),
        state=state,
        colour=(own or {}).get("colour") or "none" if state in JUDGED else "none",
        bullet=_bullet(goal, own),
        provenance=_provenance(view, target, own),
        near=tuple(_near(view, target, row) for row in rows if row["state"] == "other_definition"),
    )


def _decimals(view: View, target: Target) -> int:
    indicator = view.catalogue.indicators_by_code.get(target.indicator or "")
    return indicator.decimals if indicator else 2


def _state(target: Target, own: Row | None) -> str:
    if target.kind == "directional":
        return "directional"
    return own["state"] if own else "no_figure"


def _measure(view: View, target: Target) -> str:
    """Return the measure of the figures: the indicator's own, in which the marts keep target and requirement too."""
    indicator = view.catalogue.indicators_by_code.get(target.indicator or "")
    return view.measure_after(indicator.measure if indicator else target.measure)


def _goal(target: Target, own: Row | None) -> float | None:
    if target.kind == "directional":
        return None
    return own["target_value"] if own is not None and own["target_value"] is not None else target.value


def _written(row: Row | None, column: str, decimals: int) -> str:
    return "" if row is None or row[column] is None else wording.number(row[column], decimals)


def _percent(row: Row | None) -> str:
    if row is None or row["completion_rate"] is None:
        return ""
    return f"{wording.number(100 * row['completion_rate'], 0)} %"


def _demand(view: View, target: Target) -> Sentence:
    if target.kind == "directional":
        return Sentence(f"target.direction.{target.comparator}")
    values: dict[str, str | Sentence] = {
        "value": wording.plain(target.value or 0.0),
        "measure": view.measure_after(target.measure),
        "year": str(target.year),
        "base": str(target.base_year or ""),
    }
    kind = target.kind if target.base_year is not None and target.kind != "level" else "level"
    return Sentence(f"target.{kind}.{target.comparator}", values)


def _bullet(goal: float | None, own: Row | None) -> Bullet | None:
    if goal is None:
        return None
    value = own["value"] if own else None
    required = own["required_value"] if own else None
    marks: list[float] = [0.0, goal, *(mark for mark in (value, required) if mark is not None)]
    low, high = min(marks), max(marks) * _HEADROOM
    if high <= low:
        return None

    def position(mark: float) -> float:
        return float(round(BULLET_WIDTH * (mark - low) / (high - low), 1))

    return Bullet(
        zero=position(0.0),
        value=None if value is None else position(value),
        required=None if required is None else position(required),
        target=position(goal),
    )


def _provenance(view: View, target: Target, own: Row | None) -> Provenance:
    if own is None or own["value"] is None or target.indicator is None:
        return NO_PROVENANCE
    return _latest(view, target.unit_code, target.indicator, own["value_period"])


def _latest(view: View, unit_code: str, indicator_code: str, period: str | None) -> Provenance:
    figure = view.evaluation.figures.get((unit_code, indicator_code))
    if figure is not None and figure["value_period"] == period:
        return view.provenance.of_figure(figure)
    rows = [row for row in view.provenance.observed(unit_code, indicator_code) if row["period"] == period]
    return Provenance(origins=view.provenance.of_rows(rows))


def _near(view: View, target: Target, row: Row) -> NearFigure:
    other = next(other for other in target.other_definitions if other.indicator == row["indicator_code"])
    indicator = view.catalogue.indicators_by_code[other.indicator]
    return NearFigure(
        indicator=view.indicator_link(indicator.code),
        text=wording.number(row["value"], indicator.decimals),
        measure=view.measure_after(indicator.measure),
        period=view.period(row["value_period"]),
        note=view.pick(other.note),
        origins=_latest(view, target.unit_code, indicator.code, row["value_period"]).origins,
    )
