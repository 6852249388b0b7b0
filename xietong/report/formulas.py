"""Formulas in words a reader can check: names of figures, coefficients, factors."""

from collections.abc import Sequence
from dataclasses import dataclass

from xietong.catalogue import DeclineFormula, Factor, Indicator, RatioFormula, SumFormula, SystemFormula
from xietong.catalogue.indicators import Term
from xietong.report import wording
from xietong.report.facts import Link, Sentence
from xietong.report.view import View


@dataclass(frozen=True)
class Addend:
    """One addend of a sum: figure × coefficient × factor ÷ divisor."""

    indicator: Link
    multipliers: tuple[str, ...]


@dataclass(frozen=True)
class FormulaText:
    """How a derived indicator is computed."""

    kind: str
    sentence: Sentence
    addends: tuple[Addend, ...] = ()
    numerator: Link | None = None
    denominator: Link | None = None
    scale: str = ""


def formula_text(view: View, indicator: Indicator) -> FormulaText | None:
    """Return the formula of an indicator in words, or None when its figures are reported."""
    formula = indicator.formula
    if isinstance(formula, SumFormula):
        constant = str(formula.constant_year) if formula.constant_year else ""
        sentence = Sentence("formula.sum_constant", {"year": constant}) if constant else Sentence("formula.sum")
        return FormulaText("sum", sentence, tuple(_addend(view, term, formula) for term in formula.terms))
    if isinstance(formula, RatioFormula):
        return FormulaText(
            "ratio",
            Sentence("formula.ratio"),
            numerator=view.indicator_link(formula.numerator),
            denominator=view.indicator_link(formula.denominator),
            scale="" if formula.scale == 1 else wording.plain(formula.scale),
        )
    if isinstance(formula, DeclineFormula):
        values = {"base": str(formula.base_year)}
        return FormulaText("decline", Sentence("formula.decline", values), numerator=view.indicator_link(formula.of))
    if isinstance(formula, SystemFormula):
        return FormulaText("system", Sentence(f"formula.system.{formula.measure}"))
    return None


def _addend(view: View, term: Term, formula: SumFormula) -> Addend:
    multipliers = [] if term.coefficient == 1 else [f"× {wording.plain(term.coefficient)}"]
    for sign, code in (("×", term.factor), ("÷", term.divisor)):
        if code is not None:
            multipliers.append(f"{sign} {_factor(view, code, formula)}")
    return Addend(view.indicator_link(term.indicator), tuple(multipliers))


def _factor(view: View, code: str, formula: SumFormula) -> str:
    variants = [factor for factor in view.catalogue.factors if factor.code == code]
    in_series = [factor for factor in variants if factor.series in (None, formula.series)] or variants
    name = view.pick(in_series[0].name) if in_series else code
    values = sorted({wording.plain(factor.value) for factor in _of_year(in_series, formula.constant_year)})
    return f"{name} ({values[0]})" if len(values) == 1 else name


def _of_year(factors: Sequence[Factor], year: int | None) -> Sequence[Factor]:
    return [factor for factor in factors if year is None or factor.year in (None, year)]
