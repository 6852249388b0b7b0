"""What moved: reduction rates, their quadrant and elasticity, and the change of the degree of synergy."""

from dataclasses import dataclass
from typing import Final

from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Sentence
from xietong.report.view import View

#: Smaller differences of the degree are not told from none at the published precision.
_SMALLEST_DIFFERENCE: Final = 0.005


@dataclass(frozen=True)
class ChangeRow:
    """The change of a unit against one base period. Rates are reductions in percent: a fall is positive."""

    base_kind: str
    base_period: str
    quadrant: str
    quadrant_code: str
    reduction_pollution: str
    reduction_carbon: str
    pollution_over_carbon: str
    carbon_over_pollution: str
    decoupling: str
    pollution_change: str
    carbon_change: str
    degree_change: str
    system_synergy: str
    is_gap_widened: bool
    sentence: Sentence
    rates: Sentence | None

    @property
    def is_known(self) -> bool:
        """Return whether anything of the change could be computed."""
        known = (self.quadrant, self.reduction_pollution, self.reduction_carbon, self.decoupling, self.degree_change)
        return any((*known, self.pollution_change, self.carbon_change, self.system_synergy))


def change_rows(view: View, unit_code: str) -> tuple[ChangeRow, ...]:
    """Return the changes of a unit, against the same period of last year first."""
    return tuple(_change(view, row) for row in view.evaluation.changes.get(unit_code, []))


def _change(view: View, row: Row) -> ChangeRow:
    difference = _difference(view, row)
    both_held = _held(row["p_change"]) and _held(row["k_change"])
    # The modified degree can fall though neither side worsened: then the distance between them grew.
    widened = difference is not None and difference <= -_SMALLEST_DIFFERENCE and both_held
    return ChangeRow(
        base_kind=row["base_kind"],
        base_period=view.period(row["base_period"]),
        quadrant=view.label(row["quadrant"]),
        quadrant_code=row["quadrant"] or "",
        reduction_pollution=_rate(row["r_pollution"]),
        reduction_carbon=_rate(row["r_carbon"]),
        pollution_over_carbon=_ratio(row["els_pollutant_over_co2"]),
        carbon_over_pollution=_ratio(row["els_co2_over_pollutant"]),
        decoupling=view.label(row["tapio_state"]),
        pollution_change=_signed(row["p_change"], 2),
        carbon_change=_signed(row["k_change"], 2),
        degree_change=_signed(difference, 2),
        system_synergy=_signed(row["system_synergy"], 3),
        is_gap_widened=widened,
        sentence=_sentence(view, row, difference, widened=widened),
        rates=rates_sentence(row, view.period(row["base_period"]), view.label(row["quadrant"])),
    )


def _difference(view: View, row: Row) -> float | None:
    now = view.evaluation.degree(row["unit_code"], row["period"])
    before = view.evaluation.degree(row["unit_code"], row["base_period"])
    return None if now is None or before is None else now - before


def _held(change: float | None) -> bool:
    return change is not None and change >= 0


def _sentence(view: View, row: Row, difference: float | None, *, widened: bool) -> Sentence:
    values: dict[str, str | Sentence] = {"base": view.period(row["base_period"])}
    if difference is None:
        return Sentence("change.unknown", values)
    if abs(difference) < _SMALLEST_DIFFERENCE:
        return Sentence("change.none", values)
    values["difference"] = wording.number(abs(difference), 2)
    direction = "up" if difference > 0 else "down"
    kind = "gap_widened" if widened else direction
    interval = view.evaluation.change_intervals.get((row["unit_code"], row["base_period"], "synergy"))
    if interval is None or (widened and interval["is_clear"]):
        return Sentence(f"change.{kind}", values)
    # One digit more than the change: a clear one must not seem to begin at 0.00.
    values |= {"low": wording.signed(interval["change_p05"], 3), "high": wording.signed(interval["change_p95"], 3)}
    return Sentence(f"change.{kind}_{'clear' if interval['is_clear'] else 'unclear'}", values)


def rates_sentence(row: Row, base: str, quadrant: str) -> Sentence | None:
    """Return how far pollution and carbon fell or rose since ``base``, in percent, and what that is called.

    None where a rate is not known. A unit whose two scores are level may still have one side rising: the level says
    nothing about it, so the page says it apart.
    """
    if row["r_pollution"] is None or row["r_carbon"] is None or not quadrant:
        return None
    values = {"pollution": _moved(row["r_pollution"]), "carbon": _moved(row["r_carbon"])}
    return Sentence("change.rates", {"base": base, "quadrant": quadrant, **values})


def _moved(reduction: float) -> Sentence:
    rate = wording.number(100 * abs(reduction), 1)
    if not rate.strip("0."):
        return Sentence("change.held")
    return Sentence("change.fell" if reduction > 0 else "change.rose", {"rate": rate})


def _rate(value: float | None) -> str:
    return "" if value is None else wording.signed(100 * value, 1)


def _ratio(value: float | None) -> str:
    return "" if value is None else wording.number(value, 2)


def _signed(value: float | None, decimals: int) -> str:
    return "" if value is None else wording.signed(value, decimals)
