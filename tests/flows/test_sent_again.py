"""What was wrong with a file as a whole is corrected once the file came again and could be used."""

from datetime import UTC, datetime

import polars as pl
import pytest

from flows.sent_again import name_of, with_corrections
from xietong.frames import FINDINGS, Snapshot

BAD, GOOD = "a" * 64, "b" * 64


def snapshot(sha256: str, file: str, day: int, source: str = "forms") -> Snapshot:
    return Snapshot(sha256, file, source, "—", None, "—", datetime(2026, 1, day, tzinfo=UTC), 1)


def finding(sha256: str | None = BAD, rule: str = "missing_cover", location: str | None = None, **more: str) -> dict:
    return dict.fromkeys(FINDINGS) | {"snapshot": sha256, "rule": rule, "location": location, "status": "open"} | more


def statuses(*rows: dict, later: Snapshot, used: frozenset[str] = frozenset({GOOD})) -> list[str]:
    sent = [snapshot(BAD, "500101_万州区_2025-10.xlsx", 5), later]
    return with_corrections(pl.DataFrame(rows, schema=FINDINGS), sent, used)["status"].to_list()


@pytest.mark.parametrize(
    "file",
    [
        "500101_万州区_2025-10.xlsx",
        "500101_万州区_2025-10_2.xlsx",
        "更正/500101_万州区_2025-10 (1).XLSX",
        "500101_万州区_2025-10（12）.xlsx",
        "500101_万州区_2025-10_更正.xlsx",
        "500101_万州区_2025-10修改后_3.xlsx",
    ],
)
def test_a_later_file_of_the_name_corrects(file: str):
    assert name_of(file) == "500101_万州区_2025-10"
    assert statuses(finding(), finding(rule="wrong_period", location="月度!D1"), later=snapshot(GOOD, file, 6)) == [
        "corrected",
        "corrected",
    ]


@pytest.mark.parametrize(
    "later",
    [
        snapshot(GOOD, "500101_万州区_2025-11.xlsx", 6),
        snapshot(GOOD, "500102_涪陵区_2025-10.xlsx", 6),
        snapshot(GOOD, "500101_万州区_2025-10.xlsx", 4),
        snapshot(GOOD, "500101_万州区_2025-10.xlsx", 5),
        snapshot(GOOD, "500101_万州区_2025-10.xlsx", 6, "others"),
    ],
)
def test_other_files_and_earlier_ones_do_not(later: Snapshot):
    assert statuses(finding(), later=later) == ["open"]


def test_a_file_that_gave_no_figure_corrects_nothing():
    assert statuses(finding(), later=snapshot(GOOD, "500101_万州区_2025-10.xlsx", 6), used=frozenset()) == ["open"]


def test_a_problem_that_came_again_is_open_in_both_files():
    rows = [finding(rule="wrong_period", location="月度!D1"), finding(GOOD, "wrong_period", "月度!D1")]
    assert statuses(*rows, later=snapshot(GOOD, "500101_万州区_2025-10.xlsx", 6)) == ["open", "open"]


def test_findings_about_figures_and_about_the_inbox_are_left_alone():
    rows = [finding(indicator_code="pm25", rule="implausible_value"), finding(None, "unclaimed_file")]
    assert statuses(*rows, later=snapshot(GOOD, "500101_万州区_2025-10.xlsx", 6)) == ["open", "open"]
