"""The effect of a correction is the difference of two whole evaluations, with and without it."""

from datetime import UTC, datetime

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.frames import CHECKS, FINDINGS, OBSERVATIONS
from xietong.resources import resource_directory
from xietong.warehouse import Run, Warehouse, correction_effects, reference_tables

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SNAPSHOTS = dict.fromkeys(("sha256", "file", "source_id", "publisher", "address", "licence"), pl.String()) | {
    "received_at": pl.Datetime("us", "UTC"),
    "size": pl.Int64(),
}
FIRST = [
    ("500000", "co2_total", "2005", 90.0),
    ("500000", "co2_total", "2018", 150.0),
    ("500000", "co2_total", "2019", 155.0),
    ("500000", "pm25_population_weighted", "2018", 42.0),
    ("500000", "pm25_population_weighted", "2019", 40.0),
    ("510000", "co2_total", "2005", 180.0),
    ("510000", "co2_total", "2019", 300.0),
    ("510000", "pm25_population_weighted", "2019", 35.0),
]
CORRECTED = [("500000", "co2_total", "2019", 120.0), ("500000", "pm25_population_weighted", "2019", 30.0)]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(resource_directory("editions"), "provinces")


def observations(rows: list[tuple[str, str, str, float]], edition: Edition, day: int) -> pl.DataFrame:
    moment = datetime(2025, 5, day, tzinfo=UTC)
    full = [
        (unit, code, period, value, "published", "reported", edition.sources[0], f"f{day}", "A1", moment, None)
        for unit, code, period, value in rows
    ]
    return pl.DataFrame(full, schema=OBSERVATIONS, orient="row")


def landing(figures: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {
        "observations": figures,
        "findings": pl.DataFrame(schema=FINDINGS),
        "checks": pl.DataFrame(schema=CHECKS),
        "snapshots": pl.DataFrame(schema=SNAPSHOTS),
    }


def evaluated(provinces: Catalogue, edition: Edition, figures: pl.DataFrame) -> dict[str, pl.DataFrame]:
    with Warehouse(None, resource_directory("sql"), 1) as warehouse:
        warehouse.load_reference(reference_tables(provinces, edition, Run("2019", AS_OF)))
        warehouse.load("landing", landing(figures))
        warehouse.compute()
        return warehouse.marts()


def degree(marts: dict[str, pl.DataFrame]) -> float:
    row = marts["synergy"].filter(pl.col("unit_code") == "500000", pl.col("period") == "2019")
    return float(row["d_modified"].item())


def test_the_effect_is_what_the_score_would_be_without_the_correction(provinces, edition) -> None:
    first = observations(FIRST, edition, 1)
    both = pl.concat([first, observations(CORRECTED, edition, 2)])
    published = evaluated(provinces, edition, both)
    reference = reference_tables(provinces, edition, Run("2019", AS_OF))
    effects = correction_effects(resource_directory("sql"), reference, landing(both), published["revisions"])
    assert set(effects["unit_code"]) == {"500000"}
    assert set(effects["period"]) == {"2019"}
    found = effects.filter(pl.col("output") == "synergy").sort("indicator_code")
    assert found["indicator_code"].to_list() == ["co2_total", "pm25_population_weighted"]
    for row, kept in zip(found.to_dicts(), reversed(CORRECTED), strict=True):
        without = evaluated(provinces, edition, pl.concat([first, observations([kept], edition, 2)]))
        assert row["before"] == pytest.approx(degree(without), rel=1e-12)
        assert row["after"] == pytest.approx(degree(published), rel=1e-12)
        assert row["effect"] == pytest.approx(degree(published) - degree(without), abs=1e-12)
        assert row["effect"] > 0


def test_without_revisions_there_are_no_effects(provinces, edition) -> None:
    first = observations(FIRST, edition, 1)
    published = evaluated(provinces, edition, first)
    reference = reference_tables(provinces, edition, Run("2019", AS_OF))
    effects = correction_effects(resource_directory("sql"), reference, landing(first), published["revisions"])
    assert effects.is_empty()


def test_of_two_sources_of_one_moment_the_preferred_one_came_last(provinces, edition) -> None:
    """Its file sorts first, so that the order of files would take it for the figure first reported."""
    other = observations([("500000", "co2_total", "2019", 120.0)], edition, 1).with_columns(
        source_id=pl.lit(edition.sources[1]), snapshot=pl.lit("g1")
    )
    both = pl.concat([observations(FIRST, edition, 1), other])
    published = evaluated(provinces, edition, both)
    assert published["revisions"].select("value_before", "value_after").rows() == [(120.0, 155.0)]
    reference = reference_tables(provinces, edition, Run("2019", AS_OF))
    effects = correction_effects(resource_directory("sql"), reference, landing(both), published["revisions"])
    (row,) = effects.filter(pl.col("output") == "synergy").to_dicts()
    swapped = [(*row[:3], 120.0) if row[:3] == ("500000", "co2_total", "2019") else row for row in FIRST]
    assert row["before"] == pytest.approx(
        degree(evaluated(provinces, edition, observations(swapped, edition, 1))), rel=1e-12
    )
    assert row["after"] == pytest.approx(degree(published), rel=1e-12)
