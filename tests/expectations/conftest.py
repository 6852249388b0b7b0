"""A small catalogue, its edition and rows of figures for the gates; Great Expectations is imported once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from xietong.catalogue import Article, Band, Catalogue, Edition, Factor, Index, Indicator, Label, Node, Text, Unit
from xietong.catalogue.articles import Articles, DutyStatuses, Targets
from xietong.catalogue.factors import Measures
from xietong.catalogue.index import Fraction, Synergy
from xietong.catalogue.indicators import Bound, Goalposts, Range
from xietong.catalogue.units import Region, Units
from xietong.frames import OBSERVATIONS


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
