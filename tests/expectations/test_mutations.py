"""Every rule of the first gate is proven able to fail: a defect planted in faultless figures is found by it.

The figures are those of three districts and their city for three years, all indicators, and what is published
of one district for five years. Nothing fires on them; with a mutation its rule fires, and with it only
the rules that cannot be kept silent and are named beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from expectations.batches import described, fields
from expectations.evaluation import evaluate
from expectations.intake import IntakeResult
from expectations.proofs import PROOFS
from expectations.rules import INTAKE_RULES, MARTS_RULES, RULES
from expectations.suites import field_suite
from xietong.errors import GateFailedError
from xietong.frames import OBSERVATIONS

Change = Callable[[pl.DataFrame], pl.DataFrame]

CITY = "500000"
KEY = ("unit_code", "indicator_code", "period")


def at(unit: str, code: str, period: str) -> pl.Expr:
    """Return whether a figure is that of the unit and indicator in the period, or in all that begin so."""
    return (pl.col("unit_code") == unit) & (pl.col("indicator_code") == code) & pl.col("period").str.starts_with(period)


def put(where: pl.Expr, value: float | pl.Expr, column: str = "value") -> Change:
    new = value if isinstance(value, pl.Expr) else pl.lit(value)
    return lambda figures: figures.with_columns(pl.when(where).then(new).otherwise(pl.col(column)).alias(column))


def times(factor: float, unit: str, code: str, period: str) -> Change:
    return put(at(unit, code, period), pl.col("value") * factor)


def added(like: pl.Expr, **columns: object) -> Change:
    """Return the change that copies figures with other columns."""
    return lambda figures: pl.concat(
        [figures, figures.filter(like).with_columns(pl.lit(v).alias(c) for c, v in columns.items()).cast(OBSERVATIONS)]
    )


def values_of(unit: str, code: str, year: int, *, from_unit: str, from_year: int) -> Change:
    """Return the change that gives a series of a year the values of another, period by period."""

    def change(figures: pl.DataFrame) -> pl.DataFrame:
        other = figures.filter(at(from_unit, code, str(from_year))).sort("period")["value"]
        mine = figures.with_row_index().filter(at(unit, code, str(year))).sort("period")["index"]
        return figures.with_columns(figures["value"].scatter(mine, other))

    return change


def together(*changes: Change) -> Change:
    def change(figures: pl.DataFrame) -> pl.DataFrame:
        for each in changes:
            figures = each(figures)
        return figures

    return change


ONE = at("500101", "pm25", "2025-03")


def without(where: pl.Expr) -> Change:
    return lambda figures: figures.filter(~where)


def feb(figures: pl.DataFrame) -> pl.DataFrame:
    return put(at("500101", "monitored_air_days", "2025-02"), 31.0)(figures)


def running_totals(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with quarters of 2022 beside the year, each counted from its beginning."""
    year = at("500101", "so2_emission", "2022") & (pl.col("period") == "2022")
    for quarter in (1, 2, 3, 4):
        figures = added(year, period=f"2022-Q{quarter}", location=f"Q{quarter}")(figures)
        figures = times(quarter / 4, "500101", "so2_emission", f"2022-Q{quarter}")(figures)
    return figures


def since_the_beginning(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with the VOC of a year's quarters counted from its beginning."""
    year = at("500101", "voc_emission", "2024")
    totals = figures.filter(year).sort("period").select("period", total=pl.col("value").cum_sum())
    joined = figures.join(totals, on="period", how="left", maintain_order="left")
    return joined.with_columns(value=pl.when(year).then("total").otherwise("value")).drop("total")


def the_year_before(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with all those of 2022 being those of 2021."""
    before = figures.filter(period="2021").with_columns(period=pl.lit("2022")).select(*KEY, before="value")
    joined = figures.join(before, on=KEY, how="left")
    return joined.with_columns(value=pl.coalesce("before", "value")).drop("before")


@dataclass(frozen=True)
class Mutation:
    """A change of faultless figures, and which rules find it beside the one it is for."""

    change: Change
    others: frozenset[str] = frozenset()
    base: str = "reported"


def of_published(change: Change, *others: str) -> Mutation:
    return Mutation(change, frozenset(others), "published")


PM10 = pl.col("value").filter(at("500101", "pm10", "2025-03")).first()
TWICE = {"snapshot": "b" * 64, "received_at": datetime(2026, 1, 20, tzinfo=UTC)}

#: By rule: the mutations that it must find.
MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    "empty_batch": (Mutation(lambda figures: figures.clear(), frozenset({"nothing_evaluated"})),),
    "all_null_column": (
        Mutation(
            lambda figures: figures.with_columns(status=pl.lit(None, pl.String)),
            frozenset({"missing_field"}),
        ),
    ),
    "nothing_evaluated": (
        Mutation(
            lambda figures: figures.filter(ONE).with_columns(indicator_code=pl.lit("pm99")),
            frozenset({"unknown_indicator"}),
        ),
    ),
    "incomplete": (Mutation(without((pl.col("unit_code") == "500101") & pl.col("period").str.starts_with("2025"))),),
    "missing_field": (Mutation(put(ONE, pl.lit(None, pl.String), "source_id")),),
    "unknown_unit": (Mutation(added(ONE, unit_code="599999")),),
    "unknown_indicator": (Mutation(added(ONE, indicator_code="pm99")),),
    "foreign_origin": (Mutation(put(ONE, pl.lit("published"), "origin")),),
    "unknown_status": (Mutation(put(ONE, pl.lit("guessed"), "status")),),
    "wrong_period": (
        Mutation(added(ONE, period="2025-Q1")),
        Mutation(added(at("500101", "gdp", "2025-Q1"), period="2025-01")),
        Mutation(added(at("500101", "forest_coverage", "2025"), period="2025-01")),
    ),
    "future_period": (Mutation(added(ONE, period="2026-05")),),
    "unfinished_period": (
        Mutation(put(ONE, datetime(2025, 3, 30, tzinfo=UTC), "received_at")),
        Mutation(put(at("500101", "forest_coverage", "2025"), datetime(2025, 12, 30, tzinfo=UTC), "received_at")),
    ),
    "not_a_number": (Mutation(put(ONE, float("inf"))), Mutation(put(ONE, float("nan")))),
    "duplicate_row": (Mutation(added(ONE, location="Z9")),),
    "conflicting_duplicate": (Mutation(added(ONE, value=7.0, location="Z9")),),
    "implausible_value": (
        Mutation(put(ONE, 0.9)),
        Mutation(put(ONE, 300.1)),
        # What is plausible for the whole city is not for one of its districts.
        Mutation(put(at("500101", "resident_population", "2025"), 1500.0)),
        Mutation(put(at("500101", "nox_emission", "2025-Q2"), 32_000.0)),
        of_published(put(at("500101", "gdp", "2022"), 29_129.03)),
    ),
    "part_of_day": (Mutation(put(at("500101", "good_air_days", "2025-03"), 20.5)),),
    "not_applicable_figure": (Mutation(added(at(CITY, "forest_stock", "2025"), unit_code="500101")),),
    "too_many_days": (Mutation(feb),),
    "good_days_above_monitored": (
        Mutation(
            together(
                put(at("500101", "good_air_days", "2025-03"), 21.0),
                put(at("500101", "monitored_air_days", "2025-03"), 20.0),
            )
        ),
    ),
    "pm25_above_pm10": (Mutation(put(ONE, 1.2 * PM10), frozenset({"sudden_change"})),),
    "exceedance_disagrees": (of_published(put(at("500101", "pm10_exceedance", "2023-12"), 24.3)),),
    "part_above_whole": (Mutation(times(1.045, "500101", "high_energy_industry_value_added", "2025-Q2")),),
    "parts_do_not_add_up": (
        Mutation(times(1.03, "500101", "gdp", "2025-Q2")),
        Mutation(times(1.055, "500101", "energy_consumption", "2025-Q2")),
        of_published(times(1.06, "500101", "gdp_tertiary", "2022")),
        of_published(
            together(
                without(at("500101", "gdp_tertiary", "2022")),
                put(
                    at("500101", "gdp_secondary", "2022"),
                    1.1 * pl.col("value").filter(at("500101", "gdp", "2022")).first(),
                ),
            ),
            "sudden_change",
        ),
    ),
    "periods_do_not_add_up": (of_published(running_totals, "running_totals"),),
    "running_totals": (Mutation(since_the_beginning, frozenset({"sudden_change", "districts_do_not_add_up"})),),
    "districts_do_not_add_up": (Mutation(times(1.05, CITY, "cod_emission", "2025-Q2")),),
    "ratio_disagrees": (of_published(times(1.05, "500101", "gdp_per_capita", "2022")),),
    "decline_disagrees": (of_published(put(at("500101", "fertiliser_decline", "2022"), pl.col("value") + 1)),),
    "carbon_per_energy": (
        of_published(times(1 / 3, "500101", "energy_consumption", "20"), "parts_do_not_add_up"),
        of_published(times(20.0, "500101", "energy_consumption", "20")),
    ),
    "sulphur_balance": (
        of_published(times(80.0, "500101", "so2_emission", "20")),
        of_published(times(0.001, "500101", "so2_emission", "20")),
    ),
    "sudden_change": (
        Mutation(times(1.5, "500101", "key_industry_pollutant_intensity", "2025")),
        Mutation(times(0.5, "500101", "key_industry_pollutant_intensity", "2024")),
    ),
    "impossible_change": (Mutation(times(2.5, "500101", "forest_coverage", "2025")),),
    "constant_series": (Mutation(put(at("500101", "pm25", "2025"), 4.2)),),
    "copied_year": (
        Mutation(values_of("500101", "so2", 2025, from_unit="500101", from_year=2024)),
        of_published(the_year_before),
    ),
    "copied_unit": (Mutation(values_of("500101", "so2", 2025, from_unit="500102", from_year=2025)),),
    "emission_against_electricity": (
        of_published(
            together(
                times(1.25, "500101", "purchased_electricity", "2024"), times(0.75, "500101", "so2_emission", "2024")
            )
        ),
    ),
    "same_day_vintages": (
        Mutation(
            together(
                added(ONE, snapshot="b" * 64),
                put(ONE & (pl.col("snapshot") == "b" * 64), pl.col("value") * 1.01),
            )
        ),
    ),
    "vintages_disagree": (
        Mutation(together(added(ONE, **TWICE), put(ONE & (pl.col("snapshot") == "b" * 64), pl.col("value") * 1.2))),
    ),
    "missing_figure": (Mutation(without(ONE)),),
    "late_form": (
        Mutation(
            put(
                (pl.col("unit_code") == "500101") & pl.col("period").str.starts_with("2025"),
                pl.col("received_at") + timedelta(days=60),
                "received_at",
            )
        ),
    ),
}


def fired(result: IntakeResult) -> set[str]:
    """Return the rules that found something; those of batches make no findings."""
    return set(result.findings["rule"]) | set(result.checks.filter(~pl.col("success"))["expectation"])


@pytest.mark.parametrize("base", ["reported", "published"])
def test_nothing_fires_on_faultless_figures(base: str, request: pytest.FixtureRequest) -> None:
    faultless = request.getfixturevalue(base)
    result = faultless.check()
    assert result.findings["message_en"].to_list() == []
    # Nobody owes published figures, and what is published is never all.
    assert fired(result) - {"incomplete"} == set()
    assert base == "published" or fired(result) == set()
    assert result.accepted.height == faultless.figures.height


def cases() -> Iterator[object]:
    for rule, mutations in MUTATIONS.items():
        for number, mutation in enumerate(mutations):
            yield pytest.param(rule, mutation, id=f"{rule}-{number}" if number else rule)


@pytest.mark.parametrize(("rule", "mutation"), list(cases()))
def test_a_planted_defect_is_found_by_its_rule_and_no_other(
    rule: str, mutation: Mutation, request: pytest.FixtureRequest
) -> None:
    result = request.getfixturevalue(mutation.base).check(mutation.change)
    alone = fired(result) if rule == "incomplete" else fired(result) - {"incomplete"}
    assert alone == {rule, *mutation.others}
    found = result.findings.filter(rule=rule)
    assert set(found["severity"]) <= {RULES[rule].severity}
    assert found.height or RULES[rule].concerns == "batch"
    for zh, en in found.select("message_zh", "message_en").iter_rows():
        assert zh.endswith("。")
        assert en.endswith(".")
        assert "null" not in zh + en


def test_other_columns_than_agreed_stop_the_gate(reported: Any) -> None:
    with pytest.raises(GateFailedError, match="period is absent"):
        reported.check(lambda figures: figures.drop("period"))


def test_every_rule_has_a_mutation_and_every_proof_its_words() -> None:
    stopping = {"unexpected_schema"}
    assert MUTATIONS.keys() == {rule.id for rule in INTAKE_RULES} - stopping
    assert PROOFS.keys() == {rule.id for rule in (*INTAKE_RULES, *MARTS_RULES)}


def test_every_generated_expectation_about_figures_fails_on_some_mutation(reported: Any, published: Any) -> None:
    """Of the suites themselves: each expectation, not only each rule, is failed by a mutation."""
    bases = {"reported": reported, "published": published}
    failed: set[tuple[object, ...]] = set()
    expected: set[tuple[object, ...]] = set()
    for base in bases.values():
        suite = field_suite(base.catalogue, base.edition)
        expected |= {(each.rule.id, each.expectation, each.columns) for each in suite}
    for mutation in (each for mutations in MUTATIONS.values() for each in mutations):
        base = bases[mutation.base]
        figures = mutation.change(base.figures)
        for outcome in evaluate(fields(described(figures, base.catalogue)), field_suite(base.catalogue, base.edition)):
            if not outcome.success:
                each = outcome.expected
                failed.add((each.rule.id, each.expectation, each.columns))
    assert expected - failed == set()
