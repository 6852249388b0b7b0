"""The tables of a run in the Prefect UI: what an officer reads in them."""

import polars as pl
import pytest

from flows.comparison import COMPARED
from flows.run_artifacts import check_rows, comparison_rows, finding_rows, score_rows, site_link, with_intervals
from xietong.releases import Release
from xietong.settings import Settings

NAMES = {"500101": "万州区", "500102": "涪陵区"}


@pytest.fixture
def release(tmp_path) -> Release:
    """Return a release with the intervals of one output."""
    downloads = tmp_path / "2025-05-abc" / "site" / "downloads"
    downloads.mkdir(parents=True)
    rows = [("500101", "2025-05", "synergy", 1, 3), ("500101", "2025-04", "synergy", 5, 9)]
    columns = ["unit_code", "period", "output", "rank_p05", "rank_p95"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(downloads / "rank_intervals.parquet")
    return Release("2025-05-abc", tmp_path / "2025-05-abc", {"inputs": {"period": "2025-05"}})


def compared(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COMPARED, orient="row")


def test_a_rank_stands_with_its_interval_and_its_change(release) -> None:
    table = compared(
        ("500102", "synergy", 0.5, 0.4, 1, 2),
        ("500101", "synergy", 0.4, 0.51234, 2, 1),
        ("500103", "synergy", None, 0.3, None, 3),
        ("500101", "index", 60.0, 60.0, 1, 1),
        ("500102", "index", 60.0, None, 2, None),
    )
    rows = [list(row.values()) for row in score_rows(with_intervals(table, release), NAMES)]
    assert rows == [
        ["协同度", 1, "1–3", "万州区", "0.5123", 2, "升 1 位"],
        ["协同度", 2, "—", "涪陵区", "0.4000", 1, "降 1 位"],
        ["协同度", 3, "—", "500103", "0.3000", "—", "新列入"],
        ["综合指数", 1, "—", "万州区", "60.0000", 1, "不变"],
    ]


def test_only_what_differs_is_compared(release) -> None:
    table = compared(("500101", "index", 60.0, 60.0, 1, 1), ("500102", "index", 60.0, None, 2, None))
    assert [list(row.values()) for row in comparison_rows(with_intervals(table, release), NAMES)] == [
        ["涪陵区", "综合指数", "60.0000", "—", 2, "—", "—"]
    ]
    assert comparison_rows(with_intervals(table.head(1), release), NAMES) == [{"单位": "（没有变化）"}]


def test_rules_that_failed_come_first_and_indicators_are_counted_together() -> None:
    schema = ["gate", "expectation", "severity", "description_zh", "evaluated", "failed", "success"]
    checks = pl.DataFrame(
        [
            ("intake", "range", "warning", "在合理范围内", 10, 0, True),
            ("intake", "range", "warning", "在合理范围内", 5, 2, False),
            ("intake", "duplicate", "critical", "没有重复", 15, 0, True),
        ],
        schema=schema,
        orient="row",
    )
    assert [list(row.values()) for row in check_rows(checks)] == [
        ["入库检查", "在合理范围内", "警告", 15, 2, "未通过"],
        ["入库检查", "没有重复", "拒收", 15, 0, "通过"],
    ]
    assert check_rows(pl.DataFrame()) == [{"检查": "（没有检查）"}]


def test_open_findings_are_listed_refusals_first() -> None:
    schema = ["severity", "unit_code", "location", "message_zh", "status"]
    findings = pl.DataFrame(
        [
            ("warning", "500101", "C4", "数值偏大", "open"),
            ("critical", None, None, "文件不能读取", "open"),
            ("critical", "500102", "C5", "不是数字", "explained"),
        ],
        schema=schema,
        orient="row",
    )
    assert [list(row.values()) for row in finding_rows(findings, NAMES)] == [
        ["拒收", "—", "—", "文件不能读取"],
        ["警告", "万州区", "C4", "数值偏大"],
    ]
    assert finding_rows(pl.DataFrame(), NAMES) == []


def test_the_draft_is_linked_where_reviewers_can_read_it(release) -> None:
    address = "http://10.0.0.5:8000/"
    link = "http://10.0.0.5:8000/releases/2025-05-abc/index.html"
    assert site_link(Settings(review_address=address), release) == f"[{release.name}]({link})"
    assert str(release.directory) in site_link(Settings(), release)
