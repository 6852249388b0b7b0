"""The revision log: what replaced what, in the order in which vintages are chosen, with the reason where one was given."""

from datetime import UTC, date, datetime

import polars as pl

MODEL = "marts/revisions"


def received(value: float, day: int, source: str = "forms", snapshot: str = "f", period: str = "2023-Q1") -> dict:
    return {
        "unit_code": "500102",
        "indicator_code": "voc",
        "period": period,
        "value": value,
        "source_id": source,
        "snapshot": f"{snapshot}{day}",
        "location": "季度!D2",
        "received_at": datetime(2024, 5, day, tzinfo=UTC),
    }


def revisions(run_model, observations: list[dict], as_of: int = 31) -> list[tuple]:
    given = {
        "landing.observations": observations,
        "landing.snapshots": [{"sha256": row["snapshot"], "file": f"{row['snapshot']}.xlsx"} for row in observations],
        "reference.run": [{"as_of": datetime(2024, 5, as_of, tzinfo=UTC)}],
        "reference.sources": pl.DataFrame(
            {"source_id": ["forms", "other"], "priority": pl.Series([0, 1], dtype=pl.Int32)}
        ),
        "reference.corrections": [
            {
                "unit_code": "500102",
                "indicator_code": "voc",
                "period": "2023-Q1",
                "text_zh": "漏减",
                "text_en": "not deducted",
                "given_by_zh": "某区",
                "given_by_en": "a district",
                "given_on": date(2024, 5, 2),
            }
        ],
    }
    rows = run_model(MODEL, given)
    return [(row["period"], row["value_before"], row["value_after"], row["reason_zh"]) for row in rows]


def test_each_new_value_is_one_row_with_the_one_before_it(run_model) -> None:
    observations = [received(90.0, 3), received(100.0, 1), received(95.0, 2)]
    assert revisions(run_model, observations) == [("2023-Q1", 95.0, 90.0, "漏减"), ("2023-Q1", 100.0, 95.0, "漏减")]


def test_the_same_value_again_is_no_revision_and_a_figure_of_another_period_neither(run_model) -> None:
    observations = [received(100.0, 1), received(100.0, 2), received(50.0, 3, period="2023-Q2")]
    assert revisions(run_model, observations) == []


def test_what_had_not_come_by_the_moment_is_not_in_the_log(run_model) -> None:
    assert revisions(run_model, [received(100.0, 1), received(90.0, 9)], as_of=5) == []


def test_a_reason_that_was_given_later_is_not_told_in_a_run_of_the_past(run_model) -> None:
    observations = [received(100.0, 1), received(90.0, 1, snapshot="g")]
    assert revisions(run_model, observations, as_of=1) == [("2023-Q1", 100.0, 90.0, None)]
    assert revisions(run_model, observations, as_of=2) == [("2023-Q1", 100.0, 90.0, "漏减")]


def test_a_revision_without_a_reason_is_told_all_the_same(run_model) -> None:
    observations = [received(100.0, 1, period="2023-Q3"), received(80.0, 2, period="2023-Q3")]
    assert revisions(run_model, observations) == [("2023-Q3", 100.0, 80.0, None)]


def test_at_one_moment_the_preferred_source_comes_last(run_model) -> None:
    observations = [received(100.0, 1), received(90.0, 1, source="other", snapshot="g")]
    assert revisions(run_model, observations) == [("2023-Q1", 90.0, 100.0, "漏减")]
