"""A small catalogue, its edition and rows of figures for the gates; Great Expectations is imported once."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from expectations.intake import IntakeResult, check_intake
from expectations.relations import coefficient
from xietong.catalogue import Article, Band, Catalogue, Edition, Factor, Index, Indicator, Label, Node, Text, Unit
from xietong.catalogue.articles import Articles, DutyStatuses, Targets
from xietong.catalogue.cross_checks import CrossChecks, Order, Part, Total
from xietong.catalogue.factors import Measures
from xietong.catalogue.index import Fraction, Synergy
from xietong.catalogue.indicators import Bound, Goalposts, Range
from xietong.catalogue.sources import Deadline
from xietong.catalogue.units import Region, Units
from xietong.frames import OBSERVATIONS
from xietong.periods import period_range

#: Relations between figures of one period, without the comparisons over time that a small batch has no years for.
RELATIONS = CrossChecks(
    orders=(
        Order(rule="pm25_above_pm10", lesser="pm25", greater="pm10"),
        Order(rule="good_days_above_monitored", lesser="good_air_days", greater="monitored_air_days"),
    ),
    totals=(
        Total(
            whole="gdp",
            parts=(Part(indicator="gdp_primary"), Part(indicator="gdp_secondary"), Part(indicator="gdp_tertiary")),
            tolerance=0.02,
        ),
    ),
)


def text(word: str) -> Text:
    return Text(zh=f"{word}(中)", en=word)


def indicator(code: str, measure: str, minimum: float, maximum: float, **others: Any) -> Indicator:
    defaults: dict[str, Any] = {"frequency": "month", "window": "point", "role": "reported", "articles": (1,)}
    return Indicator(
        code=code,
        name=text(code.upper()),
        definition=text(code),
        measure=measure,
        plausible=Range(minimum=minimum, maximum=maximum),
        **(defaults | others),
    )


def scored(node: str, weight: float) -> dict[str, Any]:
    bounds = Goalposts(worst=Bound(value=100, reason=text("worst")), best=Bound(value=0, reason=text("best")))
    return {"node": node, "weight": weight, "goalposts": bounds, "direction": "lower"}


def _indicators() -> tuple[Indicator, ...]:
    flow = {"frequency": "quarter", "aggregation": "sum"}
    return (
        indicator("pm25", "µg/m³", 1, 300, **scored("pollution", 0.75)),
        indicator("pm10", "µg/m³", 1, 500, **scored("pollution", 0.25)),
        indicator("good_air_days", "天", 0, 31, aggregation="sum"),
        indicator("monitored_air_days", "天", 0, 31, aggregation="sum"),
        indicator("co2", "万吨", 0, 9000, **scored("carbon", 1.0), **flow),
        indicator("gdp", "亿元", 1, 4000, **flow),
        indicator("gdp_primary", "亿元", 0, 4000, **flow),
        indicator("gdp_secondary", "亿元", 0, 4000, **flow),
        indicator("gdp_tertiary", "亿元", 0, 4000, **flow),
        indicator("forest_coverage", "%", 2, 100, frequency="year", applies_to=("500101", "500102")),
    )


def _factors() -> tuple[Factor, ...]:
    values = {
        "raw_coal": (0.7143, "kgce/kg"),
        "natural_gas": (1.33, "kgce/m³"),
        "gasoline": (1.4714, "kgce/kg"),
        "diesel": (1.4571, "kgce/kg"),
        "electricity": (0.1229, "kgce/kWh"),
    }
    return tuple(
        Factor(code=f"{fuel}_standard_coal", name=text(fuel), value=value, measure=measure, source=text("GB/T 2589"))
        for fuel, (value, measure) in values.items()
    )


def _index() -> Index:
    def band(level: int, lower: float, upper: float) -> Band:
        return Band(level=level, lower=lower, upper=upper, name=text(f"band {level}"))

    return Index(
        method_version="test",
        base_year=2020,
        availability=Fraction(numerator=2, denominator=3),
        geometric_floor=1,
        nodes=(
            Node(code="index", name=text("index"), level="index", weight=100, takes="nodes"),
            Node(code="pollution", name=text("p"), level="sub_index", parent="index", weight=60, takes="indicators"),
            Node(code="carbon", name=text("k"), level="sub_index", parent="index", weight=40, takes="indicators"),
        ),
        synergy=Synergy(pollution="pollution", carbon="carbon"),
        synergy_bands=tuple(band(level, (level - 1) / 10, level / 10) for level in range(1, 11)),
        index_bands=(band(1, 0, 60), band(2, 60, 80), band(3, 80, 90), band(4, 90, 100)),
        lag_types=(Label(code="synchronous", name=text("synchronous")),),
        quadrants=(Label(code="I", name=text("I")),),
    )


def _units() -> Units:
    def district(code: str, name: str, **others: Any) -> Unit:
        return Unit(code=code, name=text(name), kind="district", peer_group="northeast", **others)

    return Units(
        regions=(),
        peer_groups=(Region(code="northeast", name=text("northeast")),),
        units=(
            district("500101", "Wanzhou"),
            district("500102", "Fuling"),
            district("500103", "Yuzhong"),
            Unit(code="500000-wansheng", name=text("Wansheng"), kind="special_unit", overlaps=("500103",)),
        ),
    )


@pytest.fixture(scope="session")
def small() -> Catalogue:
    """Return a catalogue of three districts, a special unit and ten indicators."""
    article = Article(
        number=1, title=text("article"), summary=text("article"), chapter=text("chapter"), kind="general", bodies=()
    )
    return Catalogue(
        name="small",
        units=_units(),
        articles=Articles(plan=text("plan"), issued=date(2023, 1, 1), articles=(article,)),
        targets=Targets(targets=()),
        duty_statuses=DutyStatuses(),
        indicators=_indicators(),
        index=_index(),
        measures=Measures(measures=()),
        factors=_factors(),
        sources=(),
        cross_checks=RELATIONS,
    )


@pytest.fixture(scope="session")
def edition() -> Edition:
    """Return the edition of what districts report for the small catalogue."""
    return Edition(
        name="small",
        title=text("small"),
        description=text("small"),
        catalogue="small",
        origin="reported",
        sources=(),
        frequency="month",
        first_period="2025-01",
    )


Batch = Callable[..., pl.DataFrame]

_RECEIVED = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def batch() -> Batch:
    """Return a function that makes observations of (unit, indicator, period, value, other columns) rows."""

    def make(*rows: tuple[Any, ...]) -> pl.DataFrame:
        records = []
        for number, (unit, code, period, value, *rest) in enumerate(rows, start=5):
            record = {
                "unit_code": unit,
                "indicator_code": code,
                "period": period,
                "value": value,
                "origin": "reported",
                "status": "reported",
                "source_id": "forms",
                "snapshot": "a" * 64,
                "location": f"月度!D{number}",
                "received_at": _RECEIVED,
                "source_note": None,
            }
            records.append(record | (rest[0] if rest else {}))
        return pl.DataFrame(records, schema=OBSERVATIONS)

    return make


@pytest.fixture(scope="session")
def clean(batch: Batch) -> pl.DataFrame:
    """Return figures of two units that break no rule."""
    rows: list[tuple[Any, ...]] = []
    for unit in ("500101", "500102"):
        for period in ("2025-01", "2025-02"):
            rows += [
                (unit, "pm25", period, 35.0),
                (unit, "pm10", period, 50.0),
                (unit, "good_air_days", period, 20.0),
                (unit, "monitored_air_days", period, 28.0),
            ]
        rows += [
            (unit, "co2", "2025-Q1", 120.5),
            (unit, "gdp", "2025-Q1", 100.0),
            (unit, "gdp_primary", "2025-Q1", 10.0),
            (unit, "gdp_secondary", "2025-Q1", 40.0),
            (unit, "gdp_tertiary", "2025-Q1", 50.0),
            (unit, "forest_coverage", "2025", 55.06),
        ]
    return batch(*rows)


CITY, DISTRICTS = "500000", ("500101", "500102", "500109")
YEARS = (2023, 2024, 2025)
PUBLISHED_YEARS = (2020, 2021, 2022, 2023, 2024)


@dataclass(frozen=True)
class Faultless:
    """Figures that break no rule, with the catalogue and the edition they are checked by."""

    catalogue: Catalogue
    edition: Edition
    figures: pl.DataFrame

    def check(self, change: Callable[[pl.DataFrame], pl.DataFrame] = lambda figures: figures) -> IntakeResult:
        return check_intake(change(self.figures), self.catalogue, self.edition)


def periods_of(indicator: Indicator) -> list[str]:
    first, last = {
        "month": (f"{YEARS[0]}-01", f"{YEARS[-1]}-12"),
        "quarter": (f"{YEARS[0]}-Q1", f"{YEARS[-1]}-Q4"),
        "year": (str(YEARS[0]), str(YEARS[-1])),
    }[indicator.frequency]
    return period_range(first, last)


def varying(indicator: Indicator, unit: int, count: int) -> list[float]:
    """Return figures low in the range that differ by unit and period, by a few percent at most."""
    assert indicator.plausible is not None
    low, high = indicator.plausible.minimum, indicator.plausible.maximum
    base = low + (high - low) * 0.01
    return [base * (1 + 0.05 * unit + 0.002 * ((7 * k + 3 * unit) % 11)) for k in range(count)]


def series_of(catalogue: Catalogue, unit: str) -> dict[str, list[float]]:
    """Return what a district reports: parts add up to their wholes, days are those of the months."""
    collected = [i for i in catalogue.indicators if i.role == "reported" and i.is_collected]
    own = [i for i in collected if i.applies_to is None or unit in i.applies_to]
    number = (CITY, *DISTRICTS).index(unit)
    series = {i.code: varying(i, number, len(periods_of(i))) for i in own}
    months = periods_of(catalogue.indicators_by_code["pm25"])
    days = [float(monthrange(int(month[:4]), int(month[5:]))[1]) for month in months]
    series |= {"monitored_air_days": days, "good_air_days": [d - 5 for d in days]}
    series["pm10"] = [2 * value for value in series["pm25"]]
    series["high_energy_industry_value_added"] = [0.98 * value for value in series["industrial_value_added"]]
    return series | totals_of(catalogue, series)


def totals_of(catalogue: Catalogue, series: dict[str, list[float]]) -> dict[str, list[float]]:
    return {
        total.whole: [
            sum((coefficient(part, catalogue) or 0) * series[part.indicator][k] for part in total.parts)
            for k in range(len(series[total.whole]))
        ]
        for total in catalogue.cross_checks.totals
    }


def observed(rows: list[tuple[str, str, str, float]], origin: str) -> pl.DataFrame:
    """Return rows as observations: one file a unit and year, received on 15 January after it."""
    records = [
        {
            "unit_code": unit,
            "indicator_code": code,
            "period": period,
            "value": value,
            "origin": origin,
            "status": "reported",
            "source_id": "forms",
            "snapshot": f"{unit} {period[:4]}",
            "location": f"{code}!{period}",
            "received_at": datetime(int(period[:4]) + 1, 1, 15, tzinfo=UTC),
        }
        for unit, code, period, value in rows
    ]
    return pl.DataFrame(records, schema=OBSERVATIONS)


@pytest.fixture(scope="session")
def reported(catalogue: Catalogue) -> Faultless:
    units = tuple(unit for unit in catalogue.units.units if unit.code in (CITY, *DISTRICTS))
    codes = {unit.code for unit in units}
    narrowed = tuple(
        i if i.applies_to is None else i.model_copy(update={"applies_to": tuple(c for c in i.applies_to if c in codes)})
        for i in catalogue.indicators
    )
    three = replace(catalogue, units=catalogue.units.model_copy(update={"units": units}), indicators=narrowed)
    edition = Edition.model_validate(
        {
            "name": "three",
            "title": {"zh": "三个区", "en": "three"},
            "description": {"zh": "三个区", "en": "three"},
            "catalogue": "chongqing",
            "origin": "reported",
            "sources": ("forms",),
            "frequency": "month",
            "first_period": f"{YEARS[0]}-01",
            "deadline": Deadline(after="year", days=31),
        }
    )
    every = {unit: series_of(three, unit) for unit in (CITY, *DISTRICTS)}
    assert three.cross_checks.areas is not None
    for code in three.cross_checks.areas.indicators:
        every[CITY][code] = [sum(values) for values in zip(*(every[d][code] for d in DISTRICTS), strict=True)]
    rows = [
        (unit, code, period, value)
        for unit, series in every.items()
        for code, values in series.items()
        for period, value in zip(periods_of(three.indicators_by_code[code]), values, strict=True)
    ]
    return Faultless(three, edition, observed(rows, "reported"))


@pytest.fixture(scope="session")
def published(reported: Faultless) -> Faultless:
    """Return yearly figures of one district as yearbooks print them, and an air-quality notice."""
    count = len(PUBLISHED_YEARS)
    codes = [
        "gdp_primary",
        "gdp_secondary",
        "gdp_tertiary",
        "resident_population",
        "fertiliser_use",
        "so2_emission",
        "raw_coal_consumption",
        "natural_gas_consumption",
        "gasoline_consumption",
        "diesel_consumption",
        "purchased_electricity",
    ]
    series = {code: varying(reported.catalogue.indicators_by_code[code], 1, count) for code in codes}
    series["gdp"] = [
        sum(series[f"gdp_{sector}"][k] for sector in ("primary", "secondary", "tertiary")) for k in range(5)
    ]
    of_energy = next(t for t in reported.catalogue.cross_checks.totals if t.whole == "energy_consumption")
    fuels = [part for part in of_energy.parts if part.indicator in series]
    # What is not printed of the energy comes from water and wind.
    series["energy_consumption"] = [
        1.1 * sum((coefficient(part, reported.catalogue) or 0) * series[part.indicator][k] for part in fuels)
        for k in range(count)
    ]
    series["gdp_per_capita"] = [
        10_000 * gdp / people for gdp, people in zip(series["gdp"], series["resident_population"], strict=True)
    ]
    fertiliser = series["fertiliser_use"]
    series["fertiliser_decline"] = [100 * (1 - value / fertiliser[0]) for value in fertiliser]
    rows = [
        ("500101", code, str(year), value)
        for code, values in series.items()
        for year, value in zip(PUBLISHED_YEARS, values, strict=True)
    ]
    rows += [("500101", "pm10", "2023-12", 86.0), ("500101", "pm10_exceedance", "2023-12", 22.9)]
    edition = reported.edition.model_copy(update={"origin": "published", "frequency": "year", "deadline": None})
    return Faultless(
        reported.catalogue, edition.model_copy(update={"first_period": "2020"}), observed(rows, "published")
    )
