"""The catalogue as tables: what the SQL models join instead of naming units, indicators or weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import polars as pl

from xietong.catalogue import Catalogue, DeclineFormula, Edition, Indicator, RatioFormula, SumFormula, SystemFormula
from xietong.periods import Frequency, month_number, parse_period, period_of, period_range
from xietong.warehouse.reference_lineage import dependencies, explained_periods, lineage_scope
from xietong.warehouse.reference_models import chain_factors, indirect_sources, inventories
from xietong.warehouse.reference_remarks import corrections, explanations
from xietong.warehouse.reference_scoring import scoring_tables
from xietong.warehouse.reference_targets import target_indicators

#: Columns of codes that the models join on, by the column that lists the codes: stored as enumerations they
#: compare and copy as small numbers, and still read as words.
ENUMERATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "units.unit_code": (
        "applicability.unit_code",
        "assessment_targets.unit_code",
        "assessment_events.unit_code",
    ),
    "indicators.indicator_code": (
        "indicators.numerator_code",
        "indicators.denominator_code",
        "indicators.decline_of",
        "applicability.indicator_code",
        "terms.indicator_code",
        "terms.term_code",
        "dependencies.indicator_code",
        "dependencies.component_code",
        "inventories.indicator_code",
        "indirect_sources.source_code",
        "chain_factors.quantity_code",
        "chain_factors.amount_code",
        "chain_factors.previous_code",
        "assessment_items.indicator_code",
    ),
    "assessment_items.item_code": ("assessment_targets.item_code", "assessment_events.item_code"),
    "assessment_sections.section_code": ("assessment_items.section_code",),
    "periods.period": ("lineage_scope.period", "explained_periods.period"),
}


@dataclass(frozen=True)
class Run:
    """What one run evaluates: the periods up to ``last_period``, with what was known at ``as_of``."""

    last_period: str
    as_of: datetime


def reference_tables(catalogue: Catalogue, edition: Edition, run: Run) -> dict[str, pl.DataFrame]:
    """Return the tables of the schema ``reference`` by name, each sorted and with explicit types."""
    return {
        "run": _run(edition, run),
        "parameters": _parameters(catalogue),
        "units": _units(catalogue),
        "periods": _periods(catalogue, edition, run),
        "calendar": _calendar(catalogue, edition, run),
        "indicators": _indicators(catalogue),
        "terms": _terms(catalogue),
        "factors": _factors(catalogue),
        "applicability": _applicability(catalogue),
        "nodes": _nodes(catalogue),
        "bands": _bands(catalogue),
        "sources": _sources(edition),
        "target_indicators": target_indicators(catalogue),
        "dependencies": dependencies(catalogue),
        "lineage_scope": lineage_scope(run.last_period),
        "explained_periods": explained_periods(period_range(edition.first_period, run.last_period)),
        "explanations": explanations(catalogue, edition),
        "corrections": corrections(catalogue, edition),
        "inventories": inventories(catalogue),
        "indirect_sources": indirect_sources(catalogue),
        "chain_factors": chain_factors(catalogue),
        **scoring_tables(catalogue),
    }


def _frame(rows: list[Mapping[str, Any]], schema: Mapping[str, Any], *order: str) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort(order, nulls_last=True) if order else frame


def _run(edition: Edition, run: Run) -> pl.DataFrame:
    row = {"last_period": run.last_period, "as_of": run.as_of, "has_deadline": edition.deadline is not None}
    schema = {"last_period": pl.String, "as_of": pl.Datetime("us", "UTC"), "has_deadline": pl.Boolean}
    return _frame([row], schema)


def _parameters(catalogue: Catalogue) -> pl.DataFrame:
    index, synergy = catalogue.index, catalogue.index.synergy
    row = {
        "method_version": index.method_version,
        "base_year": index.base_year,
        "availability": index.availability.numerator / index.availability.denominator,
        "window_availability": index.window_availability.numerator / index.window_availability.denominator,
        "geometric_floor": index.geometric_floor,
        "rounding_digits": index.rounding_digits,
        "pollution_node": synergy.pollution,
        "carbon_node": synergy.carbon,
        "weight_pollution": synergy.weight_pollution,
        "weight_carbon": synergy.weight_carbon,
        "pollution_quantity": synergy.pollution_quantity,
        "carbon_quantity": synergy.carbon_quantity,
        "economy_quantity": synergy.economy_quantity,
    }
    text, number, whole = pl.String(), pl.Float64(), pl.Int32()
    kinds = (text, whole, number, number, number, whole, text, text, number, number, text, text, text)
    return _frame([row], dict(zip(row, kinds, strict=True)))


def _units(catalogue: Catalogue) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = [
        {
            "unit_code": unit.code,
            "name_zh": unit.name.zh,
            "name_en": unit.name.en,
            "kind": unit.kind,
            "region": unit.region,
            "peer_group": unit.peer_group,
            "is_ranked": unit.is_ranked,
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
        }
        for unit in catalogue.units.units
    ]
    schema = dict.fromkeys(("unit_code", "name_zh", "name_en", "kind", "region", "peer_group"), pl.String)
    dated = {"is_ranked": pl.Boolean, "valid_from": pl.Date, "valid_to": pl.Date}
    return _frame(rows, {**schema, **dated}, "unit_code").with_row_index("unit_order")


def _last_day(number: int) -> date:
    year, month = divmod(number + 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _periods(catalogue: Catalogue, edition: Edition, run: Run) -> pl.DataFrame:
    periods = period_range(edition.first_period, run.last_period)
    known = set(periods)
    frequency = edition.frequency

    def known_or_none(number: int) -> str | None:
        period = period_of(number, frequency)
        return period if period in known else None

    rows: list[Mapping[str, Any]] = []
    for sequence, period in enumerate(periods):
        number = month_number(period)
        rows.append(
            {
                "period": period,
                "sequence": sequence,
                "month_number": number,
                "year": parse_period(period)[1],
                "last_day": _last_day(number),
                "previous_year_period": known_or_none(number - 12),
                "base_year_period": known_or_none(catalogue.index.base_year * 12 + 11),
            }
        )
    schema = {
        "period": pl.String,
        "sequence": pl.Int32,
        "month_number": pl.Int32,
        "year": pl.Int32,
        "last_day": pl.Date,
        "previous_year_period": pl.String,
        "base_year_period": pl.String,
    }
    return _frame(rows, schema, "sequence")


def _calendar(catalogue: Catalogue, edition: Edition, run: Run) -> pl.DataFrame:
    """Return every period in which a figure is due by the run's last period, with months and deadline."""
    lag = catalogue.index.reporting_lag
    lags: dict[Frequency, int] = {"month": lag.month, "quarter": lag.quarter, "year": lag.year}
    last = month_number(run.last_period)
    first_year = parse_period(edition.first_period)[1]
    step = {"month": 1, "quarter": 3, "year": 12}
    rows: list[Mapping[str, Any]] = [
        {
            "period": period_of(number, frequency),
            "frequency": frequency,
            "first_month": number - step[frequency] + 1,
            "last_month": number,
            "due_month": number + months,
            "deadline": _deadline(edition, number),
        }
        for frequency, months in lags.items()
        for number in range(first_year * 12 + step[frequency] - 1, last - months + 1, step[frequency])
    ]
    schema = {
        "period": pl.String,
        "frequency": pl.String,
        "first_month": pl.Int32,
        "last_month": pl.Int32,
        "due_month": pl.Int32,
        "deadline": pl.Datetime("us", "UTC"),
    }
    return _frame(rows, schema, "last_month", "frequency")


def _deadline(edition: Edition, number: int) -> datetime | None:
    """Return the first moment after the deadline of a figure whose period ends in this month."""
    if edition.deadline is None:
        return None
    end = number if edition.deadline.after == "period" else number // 12 * 12 + 11
    day = _last_day(end) + timedelta(days=edition.deadline.days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _indicators(catalogue: Catalogue) -> pl.DataFrame:
    schema = {
        "indicator_code": pl.String,
        "role": pl.String,
        "is_collected": pl.Boolean,
        "frequency": pl.String,
        "window_kind": pl.String,
        "aggregation": pl.String,
        "carry_months": pl.Int32,
        "node_code": pl.String,
        "weight": pl.Float64,
        "worst": pl.Float64,
        "best": pl.Float64,
        "formula_kind": pl.String,
        "numerator_code": pl.String,
        "denominator_code": pl.String,
        "scale": pl.Float64,
        "decline_of": pl.String,
        "decline_base_year": pl.Int32,
        "system_measure": pl.String,
    }
    rows: list[Mapping[str, Any]] = [
        dict.fromkeys(schema) | _scoring(indicator) | _formula(indicator) for indicator in catalogue.indicators
    ]
    return _frame(rows, schema, "indicator_code").with_row_index("indicator_order")


def _scoring(indicator: Indicator) -> dict[str, Any]:
    goalposts = indicator.goalposts
    return {
        "indicator_code": indicator.code,
        "role": indicator.role,
        "is_collected": indicator.is_collected,
        "frequency": indicator.frequency,
        "window_kind": indicator.window,
        "aggregation": indicator.aggregation,
        "carry_months": indicator.carry_months,
        "node_code": indicator.node,
        "weight": indicator.weight,
        "worst": goalposts.worst.value if goalposts else None,
        "best": goalposts.best.value if goalposts else None,
    }


def _formula(indicator: Indicator) -> dict[str, Any]:
    match indicator.formula:
        case RatioFormula() as ratio:
            return {
                "formula_kind": "ratio",
                "numerator_code": ratio.numerator,
                "denominator_code": ratio.denominator,
                "scale": ratio.scale,
            }
        case DeclineFormula() as decline:
            return {"formula_kind": "decline", "decline_of": decline.of, "decline_base_year": decline.base_year}
        case SystemFormula() as system:
            return {"formula_kind": "system", "system_measure": system.measure}
        case SumFormula():
            return {"formula_kind": "sum"}
    return {}


def _terms(catalogue: Catalogue) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = [
        {
            "indicator_code": indicator.code,
            "term_code": term.indicator,
            "coefficient": term.coefficient,
            "factor_code": term.factor,
            "divisor_code": term.divisor,
            "series": indicator.formula.series,
            "constant_year": indicator.formula.constant_year,
        }
        for indicator in catalogue.indicators
        if isinstance(indicator.formula, SumFormula)
        for term in indicator.formula.terms
    ]
    schema = {
        "indicator_code": pl.String,
        "term_code": pl.String,
        "coefficient": pl.Float64,
        "factor_code": pl.String,
        "divisor_code": pl.String,
        "series": pl.String,
        "constant_year": pl.Int32,
    }
    return _frame(rows, schema, "indicator_code", "term_code")


def _factors(catalogue: Catalogue) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = [
        {"factor_code": factor.code, "series": factor.series, "year": factor.year or 0, "value": factor.value}
        for factor in catalogue.factors
    ]
    schema = {"factor_code": pl.String, "series": pl.String, "year": pl.Int32, "value": pl.Float64}
    return _frame(rows, schema, "factor_code", "series", "year")


def _applicability(catalogue: Catalogue) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = [
        {"unit_code": unit.code, "indicator_code": indicator.code}
        for unit in catalogue.units.units
        for indicator in catalogue.indicators
        if indicator.applies_to is None or unit.code in indicator.applies_to
    ]
    return _frame(rows, {"unit_code": pl.String, "indicator_code": pl.String}, "unit_code", "indicator_code")


def _nodes(catalogue: Catalogue) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = [
        {
            "node_code": node.code,
            "parent_code": node.parent,
            "level": node.level,
            "weight": node.weight,
            "aggregation": node.aggregation,
            "takes": node.takes,
        }
        for node in catalogue.index.nodes
    ]
    schema = {
        "node_code": pl.String,
        "parent_code": pl.String,
        "level": pl.String,
        "weight": pl.Float64,
        "aggregation": pl.String,
        "takes": pl.String,
    }
    return _frame(rows, schema, "node_code")


def _bands(catalogue: Catalogue) -> pl.DataFrame:
    schemes = {"synergy": catalogue.index.synergy_bands, "index": catalogue.index.index_bands}
    rows: list[Mapping[str, Any]] = [
        {
            "scheme": scheme,
            "band": band.level,
            "lower": band.lower,
            "upper": band.upper,
            "is_last": band is bands[-1],
        }
        for scheme, bands in schemes.items()
        for band in bands
    ]
    schema = {
        "scheme": pl.String,
        "band": pl.Int32,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "is_last": pl.Boolean,
    }
    return _frame(rows, schema, "scheme", "band")


def _sources(edition: Edition) -> pl.DataFrame:
    rows: list[Mapping[str, Any]] = [
        {"source_id": code, "priority": priority} for priority, code in enumerate(edition.sources)
    ]
    return _frame(rows, {"source_id": pl.String, "priority": pl.Int32}, "priority")
