"""Findings are explained or corrected by what is known, never hidden."""

from datetime import UTC, date, datetime

import polars as pl

MODEL = "staging/stg_findings"
FIRST, SECOND = datetime(2025, 1, 10, tzinfo=UTC), datetime(2025, 5, 20, tzinfo=UTC)


def finding(rule: str, snapshot: str | None = "f1", period: str | None = "2024-11") -> dict:
    texts = ("value", "reference", "file", "location", "source_id", "message_zh", "message_en")
    return dict.fromkeys(texts, "x") | {
        "rule": rule,
        "severity": "warning",
        "unit_code": "500106",
        "indicator_code": "pm25",
        "period": period,
        "snapshot": snapshot,
        "status": "open",
    }


def states(run_model, findings: list[dict], as_of: datetime = SECOND, vintage: str = "f1") -> list[tuple]:
    explanation = {
        "rule": "pm25_above_pm10",
        "unit_code": "500106",
        "indicator_code": "pm25",
        "period": "2024-11",
        "text_zh": "仪器校准",
        "text_en": "calibration",
        "given_by_zh": "某区",
        "given_by_en": "a district",
        "given_on": date(2025, 2, 10),
    }
    observation = {
        "unit_code": "500106",
        "indicator_code": "pm25",
        "period": "2024-11",
        "snapshot": vintage,
        "received_at": FIRST if vintage == "f1" else SECOND,
    }
    given = {
        "landing.findings": pl.DataFrame(findings, infer_schema_length=None, schema_overrides={"period": pl.String}),
        "landing.snapshots": [
            {"sha256": "f1", "file": "first.xlsx", "received_at": FIRST},
            {"sha256": "f2", "file": "second.xlsx", "received_at": SECOND},
        ],
        "reference.run": [{"as_of": as_of}],
        "reference.explanations": [explanation],
        "staging.stg_observations": [observation],
    }
    rows = run_model(MODEL, given)
    return sorted((row["rule"], row["status"], row["explanation_zh"]) for row in rows)


def test_an_explanation_stands_beside_the_finding_that_it_names_and_no_other(run_model) -> None:
    assert states(run_model, [finding("pm25_above_pm10"), finding("sudden_change")]) == [
        ("pm25_above_pm10", "explained", "仪器校准"),
        ("sudden_change", "open", None),
    ]


def test_an_explanation_is_not_known_before_the_day_on_which_it_was_given(run_model) -> None:
    assert states(run_model, [finding("pm25_above_pm10")], as_of=FIRST) == [("pm25_above_pm10", "open", None)]


def test_a_finding_is_corrected_once_a_later_file_gives_the_figure(run_model) -> None:
    assert states(run_model, [finding("sudden_change")], vintage="f2") == [("sudden_change", "corrected", None)]


def test_a_finding_of_the_file_whose_figure_stands_is_open(run_model) -> None:
    assert states(run_model, [finding("sudden_change", snapshot="f2")], vintage="f2") == [
        ("sudden_change", "open", None)
    ]


def test_a_finding_without_a_figure_or_file_stays_as_it_was(run_model) -> None:
    assert states(run_model, [finding("unknown_layout", snapshot=None, period=None)], vintage="f2") == [
        ("unknown_layout", "open", None)
    ]
