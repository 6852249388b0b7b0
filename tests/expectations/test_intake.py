"""The first gate: every rule has a defect that it, and only it, finds; what is right goes on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from expectations.intake import IntakeResult, check_intake
from expectations.rules import INTAKE_RULES
from xietong.catalogue import Catalogue, Edition
from xietong.errors import GateFailedError
from xietong.frames import CHECKS, FINDINGS, OBSERVATIONS

Batch = Callable[..., pl.DataFrame]
Row = tuple[Any, ...]

#: Rule → rows added to the clean batch, and how many figures the rule names. All other rules stay silent.
DEFECTS: dict[str, tuple[list[Row], int]] = {
    "missing_field": ([("500101", "pm25", "2025-03", 30.0, {"source_id": None})], 1),
    "unknown_unit": ([("500199", "pm25", "2025-03", 30.0)], 1),
    "unknown_indicator": ([("500101", "pm99", "2025-03", 30.0)], 1),
    "foreign_origin": ([("500101", "pm25", "2025-03", 30.0, {"origin": "demonstration"})], 1),
    "unknown_status": ([("500101", "pm25", "2025-03", 30.0, {"status": "guessed"})], 1),
    "wrong_period": ([("500101", "pm25", "2025-Q1", 30.0)], 1),
    "future_period": ([("500101", "pm25", "2026-05", 30.0)], 1),
    "not_a_number": ([("500101", "pm25", "2025-03", float("inf"))], 1),
    "duplicate_row": ([("500103", "pm25", "2025-03", 30.0), ("500103", "pm25", "2025-03", 30.0)], 1),
    "conflicting_duplicate": ([("500103", "pm25", "2025-03", 30.0), ("500103", "pm25", "2025-03", 31.0)], 2),
    "implausible_value": ([("500101", "pm25", "2025-03", 300.1)], 1),
    "not_applicable_figure": ([("500103", "forest_coverage", "2025", 30.0)], 1),
    "too_many_days": ([("500101", "monitored_air_days", "2025-04", 31.0)], 1),
    "good_days_above_monitored": (
        [("500101", "good_air_days", "2025-03", 21.0), ("500101", "monitored_air_days", "2025-03", 20.0)],
        2,
    ),
    "pm25_above_pm10": ([("500101", "pm25", "2025-03", 50.1), ("500101", "pm10", "2025-03", 50.0)], 1),
    "parts_do_not_add_up": (
        [
            ("500101", "gdp", "2025-Q2", 103.0),
            ("500101", "gdp_primary", "2025-Q2", 10.0),
            ("500101", "gdp_secondary", "2025-Q2", 40.0),
            ("500101", "gdp_tertiary", "2025-Q2", 50.0),
        ],
        1,
    ),
}
FIGURE_RULES = {rule.id: rule for rule in INTAKE_RULES if rule.concerns == "figure"}


@pytest.fixture(scope="session")
def clean_result(clean: pl.DataFrame, small: Catalogue, edition: Edition) -> IntakeResult:
    return check_intake(clean, small, edition)


def failed_rules(result: IntakeResult) -> set[str]:
    """Return the failing checks about figures and batches, completeness apart: small batches never have all."""
    return set(result.checks.filter(~pl.col("success"))["expectation"]) - {"incomplete"}


def test_clean_figures_pass_unchanged(clean: pl.DataFrame, clean_result: IntakeResult) -> None:
    assert clean_result.findings.is_empty()
    assert failed_rules(clean_result) == set()
    order = ["unit_code", "indicator_code", "period"]
    assert_frame_equal(clean_result.accepted, clean.sort(order))
    assert not clean_result.is_empty


def test_frames_have_the_agreed_columns(clean_result: IntakeResult) -> None:
    assert clean_result.accepted.schema == OBSERVATIONS
    assert clean_result.findings.schema == FINDINGS
    assert clean_result.checks.schema == CHECKS


def test_every_check_looked_at_something_and_stands_once(clean_result: IntakeResult) -> None:
    assert clean_result.checks["evaluated"].min() > 0
    assert not clean_result.checks.select("expectation", "indicator_code").is_duplicated().any()


@pytest.fixture(scope="module", params=DEFECTS)
def planted(
    request: pytest.FixtureRequest, clean: pl.DataFrame, batch: Batch, small: Catalogue, edition: Edition
) -> tuple[str, pl.DataFrame, IntakeResult]:
    """Return a rule, the rows that break it, and what the gate makes of them among clean figures."""
    rows = batch(*DEFECTS[request.param][0])
    return request.param, rows, check_intake(pl.concat([clean, rows]), small, edition)


def test_a_defect_is_found_by_its_rule_alone(
    planted: tuple[str, pl.DataFrame, IntakeResult], clean: pl.DataFrame
) -> None:
    rule, rows, result = planted
    named = DEFECTS[rule][1]
    assert failed_rules(result) == {rule}
    assert result.findings["rule"].to_list() == [rule] * named
    assert set(result.findings["severity"]) == {FIGURE_RULES[rule].severity}
    assert set(result.findings["location"]) <= set(rows["location"])
    refused = 0 if FIGURE_RULES[rule].keeps_row else named
    assert result.accepted.height == clean.height + rows.height - refused


def test_a_finding_names_figure_and_place_in_both_languages(planted: tuple[str, pl.DataFrame, IntakeResult]) -> None:
    for finding in planted[2].findings.iter_rows(named=True):
        for message in (finding["message_zh"], finding["message_en"]):
            for part in ("unit_code", "indicator_code", "period", "location"):
                assert finding[part] in message
        assert finding["message_zh"].endswith("。")
        assert finding["message_en"].endswith(".")
        assert finding["status"] == "open"


def test_the_sentence_says_value_and_what_is_allowed(batch: Batch, small: Catalogue, edition: Edition) -> None:
    (finding,) = check_intake(batch(("500101", "pm25", "2025-03", 4500.0)), small, edition).findings.rows(named=True)
    assert finding["message_zh"] == (
        "Wanzhou(中)（500101）2025-03 的PM25(中)（pm25）为 4500 µg/m³（位于 月度!D5）：合理范围为 1 至 300 µg/m³。"
    )
    assert finding["message_en"] == (
        "PM25 (pm25) of Wanzhou (500101) in 2025-03 is 4500 µg/m³ at 月度!D5: the plausible range is 1 to 300 µg/m³."
    )
    assert (finding["value"], finding["reference"]) == ("4500", "1 – 300 µg/m³")


def test_a_repeat_names_the_figure_that_is_kept(batch: Batch, small: Catalogue, edition: Edition) -> None:
    rows = batch(*(("500101", "pm25", "2025-03", 30.0, {"location": at}) for at in ("月度!D10", "月度!D9")))
    result = check_intake(rows, small, edition)
    assert result.accepted["location"].to_list() == ["月度!D9"]
    assert result.findings["location"].to_list() == ["月度!D10"]
    assert "月度!D9" in result.findings["message_en"].item()


def test_each_contradicting_figure_names_another_value(batch: Batch, small: Catalogue, edition: Edition) -> None:
    result = check_intake(batch(*(("500101", "pm25", "2025-03", v) for v in (30.0, 30.0, 31.0))), small, edition)
    assert result.is_empty
    assert sorted(result.findings["reference"]) == ["30 (月度!D5)", "31 (月度!D7)", "31 (月度!D7)"]


def test_vintages_of_a_figure_in_two_files_both_go_on(batch: Batch, small: Catalogue, edition: Edition) -> None:
    newer = {"snapshot": "b" * 64, "received_at": datetime(2026, 4, 2, tzinfo=UTC)}
    rows = batch(("500101", "pm25", "2025-03", 30.0), ("500101", "pm25", "2025-03", 31.0, newer))
    result = check_intake(rows, small, edition)
    assert result.findings.is_empty()
    assert result.accepted.height == 2


@pytest.mark.parametrize(("second", "is_told"), [(31.0, True), (30.0, False)])
def test_two_values_of_one_date_are_told_of(
    second: float, is_told: bool, batch: Batch, small: Catalogue, edition: Edition
) -> None:
    rows = batch(("500101", "pm25", "2025-03", 30.0), ("500101", "pm25", "2025-03", second, {"snapshot": "b" * 64}))
    findings = check_intake(rows, small, edition).findings
    assert findings.select("rule", "value", "snapshot").rows() == [("same_day_vintages", "31", "b" * 64)] * is_told


def test_two_sources_of_one_date_are_not_said_to_contradict_each_other_by_it(
    batch: Batch, small: Catalogue, edition: Edition
) -> None:
    other = {"snapshot": "b" * 64, "source_id": "bulletins"}
    rows = batch(("500101", "pm25", "2025-03", 30.0), ("500101", "pm25", "2025-03", 31.0, other))
    assert check_intake(rows, small, edition).findings.is_empty()


def test_relations_compare_the_newest_vintage(batch: Batch, small: Catalogue, edition: Edition) -> None:
    newer = {"snapshot": "b" * 64, "received_at": datetime(2026, 4, 2, tzinfo=UTC)}
    rows = batch(
        ("500101", "pm25", "2025-03", 60.0),
        ("500101", "pm25", "2025-03", 40.0, newer),
        ("500101", "pm10", "2025-03", 50.0),
    )
    assert check_intake(rows, small, edition).findings.is_empty()


def test_refused_figures_take_no_part_in_relations(batch: Batch, small: Catalogue, edition: Edition) -> None:
    rows = batch(("500101", "pm25", "2025-03", 4500.0), ("500101", "pm10", "2025-03", 50.0))
    assert check_intake(rows, small, edition).findings["rule"].to_list() == ["implausible_value"]


def test_parts_may_differ_by_two_percent_of_the_whole(batch: Batch, small: Catalogue, edition: Edition) -> None:
    """The parts sum to 100, which is 2 % of the whole away from 98.0392… and from 102.0408…."""
    units = [unit.code for unit in small.units.units]
    rows = []
    for unit, whole in zip(units, (98.03, 98.04, 102.04, 102.05), strict=True):
        sectors = {"gdp": whole, "gdp_primary": 10.0, "gdp_secondary": 40.0, "gdp_tertiary": 50.0}
        rows += [(unit, code, "2025-Q2", value) for code, value in sectors.items()]
    findings = check_intake(batch(*rows), small, edition).findings
    assert sorted(findings["value"]) == ["102.05", "98.03"]


@pytest.mark.parametrize(("part", "is_told"), [(10.0, False), (102.0, False), (103.0, True)])
def test_a_whole_of_which_parts_are_missing_is_not_below_the_others(
    part: float, is_told: bool, batch: Batch, small: Catalogue, edition: Edition
) -> None:
    rows = batch(("500101", "gdp", "2025-Q2", 100.0), ("500101", "gdp_secondary", "2025-Q2", part))
    findings = check_intake(rows, small, edition).findings
    assert findings["rule"].to_list() == ["parts_do_not_add_up"] * is_told


def test_published_figures_may_cover_longer_periods(batch: Batch, small: Catalogue, edition: Edition) -> None:
    published = edition.model_copy(update={"origin": "published"})
    origin = {"origin": "published"}
    rows = batch(
        ("500101", "pm25", "2025", 38.0, origin),
        ("500101", "good_air_days", "2025", 333.0, origin),
        ("500101", "monitored_air_days", "2024", 366.0, origin),
        ("500101", "forest_coverage", "2025-03", 50.0, origin),
    )
    result = check_intake(rows, small, published)
    assert result.findings.select("rule", "indicator_code").rows() == [("wrong_period", "forest_coverage")]


def test_a_sum_over_a_year_may_be_as_many_times_larger(batch: Batch, small: Catalogue, edition: Edition) -> None:
    published = edition.model_copy(update={"origin": "published"})
    origin = {"origin": "published"}
    rows = batch(("500101", "gdp", "2025", 16_000.0, origin), ("500102", "gdp", "2025", 16_001.0, origin))
    (finding,) = check_intake(rows, small, published).findings.rows(named=True)
    assert (finding["unit_code"], finding["reference"]) == ("500102", "4 – 16000 亿元")


def test_malformed_periods_are_refused(batch: Batch, small: Catalogue, edition: Edition) -> None:
    periods = ["2025-13", "2025-1", "2025-Q5", "25-01", "3025-01", "2025-01\n", "", "二〇二五"]
    result = check_intake(batch(*(("500101", "pm25", period, 30.0) for period in periods)), small, edition)
    found = result.findings.filter(rule="wrong_period")
    assert sorted(found["period"]) == sorted(periods)
    assert result.is_empty


def test_a_leap_february_has_29_days(batch: Batch, small: Catalogue, edition: Edition) -> None:
    rows = batch(("500101", "monitored_air_days", "2024-02", 29.0), ("500101", "monitored_air_days", "2025-02", 29.0))
    assert check_intake(rows, small, edition).findings["period"].to_list() == ["2025-02"]


def test_an_empty_batch_fails_and_has_nothing(small: Catalogue, edition: Edition) -> None:
    result = check_intake(pl.DataFrame(schema=OBSERVATIONS), small, edition)
    assert result.is_empty
    assert failed_rules(result) == {"empty_batch", "nothing_evaluated"}
    assert result.findings.is_empty()


def test_a_suite_that_looked_at_nothing_fails(batch: Batch, small: Catalogue, edition: Edition) -> None:
    """A batch of indicators that nobody knows has no value whose range could be judged."""
    result = check_intake(batch(("500101", "pm99", "2025-03", 30.0)), small, edition)
    assert failed_rules(result) == {"unknown_indicator", "nothing_evaluated"}


def test_an_all_null_column_fails(clean: pl.DataFrame, small: Catalogue, edition: Edition) -> None:
    """All rows lack the field as well, so the rule of single figures fires with the guard."""
    result = check_intake(clean.with_columns(status=pl.lit(None, pl.String)), small, edition)
    assert failed_rules(result) == {"all_null_column", "missing_field"}
    assert result.is_empty


def test_all_null_values_fail_the_guard(clean: pl.DataFrame, small: Catalogue, edition: Edition) -> None:
    result = check_intake(clean.with_columns(value=pl.lit(None, pl.Float64)), small, edition)
    assert failed_rules(result) == {"all_null_column", "not_a_number", "nothing_evaluated"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop("period"), "period is absent"),
        (lambda frame: frame.cast({"value": pl.String}), "value is String"),
        (lambda frame: frame.with_columns(extra=1), "extra is Int32"),
    ],
)
def test_a_frame_of_other_columns_is_no_batch(
    change: Callable[[pl.DataFrame], pl.DataFrame], told: str, clean: pl.DataFrame, small: Catalogue, edition: Edition
) -> None:
    with pytest.raises(GateFailedError, match=told):
        check_intake(change(clean), small, edition)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_changes_nothing(
    seed: int, clean: pl.DataFrame, batch: Batch, small: Catalogue, edition: Edition
) -> None:
    planted = pl.concat([clean, batch(*(row for rows, _ in DEFECTS.values() for row in rows))])
    one = check_intake(planted, small, edition)
    other = check_intake(planted.sample(fraction=1.0, shuffle=True, seed=seed), small, edition)
    assert_frame_equal(one.accepted, other.accepted)
    assert_frame_equal(one.findings, other.findings)
    assert_frame_equal(one.checks, other.checks)


def test_a_row_that_breaks_several_rules_has_a_finding_for_each(
    batch: Batch, small: Catalogue, edition: Edition
) -> None:
    result = check_intake(batch(("500199", "pm25", "2025-03", -1.0)), small, edition)
    assert result.findings["rule"].to_list() == ["implausible_value", "unknown_unit"]
    assert result.is_empty
