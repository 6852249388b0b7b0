"""Every figure on the site can be traced to its cells, in any evaluated period."""

from pathlib import Path

import polars as pl
import pytest

from flows.explaining import explain_figure
from xietong.errors import UsageError
from xietong.resources import resource_directory
from xietong.settings import Settings
from xietong.warehouse import FigureRecord, figure_record

EDITION = "chongqing-demo"


@pytest.fixture(scope="module")
def settings(demonstration) -> Settings:
    return Settings(build_directory=demonstration.parents[2])


def record_of(release: Path, indicator: str, period: str) -> FigureRecord:
    return figure_record(release / "warehouse.duckdb", resource_directory("sql"), "500101", indicator, period)


def test_every_value_that_was_not_measured_by_the_system_itself_has_its_lineage(demonstration) -> None:
    downloads = demonstration / "site" / "downloads"
    scores = pl.read_parquet(downloads / "indicator_scores.parquet")
    newest = scores.filter(
        pl.col("period") == scores["period"].max(), pl.col("state") == "observed", pl.col("method") != "system"
    )
    traced = pl.read_parquet(downloads / "lineage.parquet")
    assert newest.height > 3_000
    assert newest.join(traced, on=["unit_code", "indicator_code"], how="anti").height == 0
    assert traced.filter(pl.col("location").is_null() | pl.col("file").is_null()).height == 0


def test_a_ratio_can_be_computed_again_from_the_cells_of_its_lineage(demonstration) -> None:
    record = record_of(demonstration, "energy_intensity", "2024-06")
    totals = {
        component: frame["figure_value"].sum() for (component,), frame in record.lineage.group_by("component_code")
    }
    expected = totals["energy_consumption"] / totals["gdp_constant_price"]
    assert record.score["value"] == pytest.approx(expected, rel=1e-12)
    assert set(record.lineage["figure_period"]) == {"2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2"}
    assert set(record.checks.drop_nulls("indicator_code")["indicator_code"]) == set(totals)


def test_a_decline_is_computed_again_from_both_of_its_ends(demonstration) -> None:
    record = record_of(demonstration, "energy_intensity_decline", "2024-06")
    ends = {
        part: frame.filter(pl.col("component_code") == "energy_consumption")["figure_value"].sum()
        / frame.filter(pl.col("component_code") == "gdp_constant_price")["figure_value"].sum()
        for (part,), frame in record.lineage.group_by("part")
    }
    assert record.score["value"] == pytest.approx(100 * (1 - ends["current"] / ends["base"]), rel=1e-9)


def test_vintages_that_were_replaced_stand_beside_the_one_that_is_used(demonstration) -> None:
    # The demonstration corrects these emissions of 2023 by a second form in May 2024.
    sql = resource_directory("sql")
    record = figure_record(demonstration / "warehouse.duckdb", sql, "500102", "nox_emission", "2023-12")
    vintages = record.vintages.filter(pl.col("period") == "2023-Q4")
    assert vintages["is_used"].to_list() == [True, False]
    assert vintages["received_at"].is_sorted(descending=True)
    assert record.lineage.filter(pl.col("figure_period") == "2023-Q4")["figure_value"].item() == vintages["value"][0]
    assert record.score["value"] == pytest.approx(vintages_in_use(record).sum(), rel=1e-12)


def vintages_in_use(record: FigureRecord) -> pl.Series:
    return record.vintages.filter("is_used")["value"]


def test_the_command_prints_article_formula_cell_snapshot_check_score_and_weight(settings, capsys) -> None:
    assert explain_figure(settings, EDITION, "500101", "energy_intensity", "2026-10") == 0
    printed = capsys.readouterr().out
    for words in (
        "条款 article",
        "(energy_consumption) ÷",
        "500101_万州区_2026.xlsx  季度!",
        "sha256 ",
        "implausible",
        "权重 weight",
        "→ carbon",
    ):
        assert words in printed


@pytest.mark.parametrize(
    ("unit", "indicator", "period", "words"),
    [
        # Refused: what stands in the cell and why it is not used, although the window has other figures.
        ("500107", "so2", "2024-02", ["critical implausible_value (open)", "为 300 µg/m³（位于 月度!E9）"]),
        # Missing: what it would be made of, how far each has come, and that a code was misspelt.
        (
            "500155",
            "air_pollutant_equivalent_intensity",
            "2025-12",
            [
                "— (missing)",
                "nox_emission        2024-Q4",
                "so2_emission        2025-Q4",
                "指标代码“nox_emissions”不在",
            ],
        ),
        # Carried: which month did not come.
        ("500112", "pm25", "2024-07", ["33.95 µg/m³", "所属期 of 2024-06, 1 months old", "missing_figure (open)"]),
        # Corrected: the reason, and the file of the figure that was replaced.
        ("500102", "nox_emission", "2023-12", ["更正 corrected: 演示：初报时", "500102_涪陵区_2023.xlsx     季度!D19"]),
        # Doubtful: kept, and what does not add up.
        ("500153", "gdp", "2024-12", ["各分项之和为 246.11891 亿元，相差 8%"]),
    ],
)
def test_a_figure_that_is_not_as_it_was_meant_says_why(settings, capsys, unit, indicator, period, words) -> None:
    assert explain_figure(settings, EDITION, unit, indicator, period) == 0
    printed = capsys.readouterr().out
    assert [word for word in words if word not in printed] == []


def test_what_was_found_of_other_years_and_indicators_is_left_out(settings, capsys) -> None:
    explain_figure(settings, EDITION, "500107", "so2", "2026-10")
    explain_figure(settings, EDITION, "500107", "no2", "2024-02")
    assert "查出的问题" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("unit", "indicator", "period", "words"),
    [
        ("999999", "pm25", "2026-10", "there is no unit '999999'"),
        ("500101", "pm26", "2026-10", "there is no indicator 'pm26'"),
        ("500101", "pm25", "2027-01", "the release holds 2020-01 to 2026-10"),
        ("500101'; drop table", "pm25", "2026-10", "there is no unit"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(settings, unit, indicator, period, words) -> None:
    with pytest.raises(UsageError, match=words):
        explain_figure(settings, EDITION, unit, indicator, period)


def test_without_a_release_it_says_how_to_make_one(tmp_path) -> None:
    with pytest.raises(UsageError, match="xietong run --edition chongqing-demo"):
        explain_figure(Settings(build_directory=tmp_path), EDITION, "500101", "pm25", "2026-10")
