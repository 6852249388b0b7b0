"""The data of the what-if page of a real release: as published, the script gives what the release publishes."""

import json
from pathlib import Path

import polars as pl
import pytest

PERIOD = "2026-10"


@pytest.fixture(scope="module")
def recomputed(demonstration: Path, evaluate_by_script):
    """Return what the script makes of the page's data without any change."""
    text = (demonstration / "site" / "data" / "whatif.js").read_text(encoding="utf-8")
    model = json.loads(text.removeprefix("window.xietongWhatIf = ").removesuffix(";\n"))
    return evaluate_by_script(model, [{}])[0]


def published(demonstration: Path, mart: str) -> pl.DataFrame:
    frame = pl.read_parquet(demonstration / "site" / "downloads" / f"{mart}.parquet")
    return frame.filter((pl.col("period") == PERIOD) & (pl.col("unit_code") != "500000"))


def test_degrees_bands_and_ranks_are_those_of_the_release(demonstration, recomputed) -> None:
    rows = published(demonstration, "synergy").to_dicts()
    assert {row["unit_code"] for row in rows} == set(recomputed)
    for row in rows:
        found = recomputed[row["unit_code"]]["synergy"]
        exact = ("state", "band", "lag_type", "rank", "group_rank", "ranked_units")
        assert {name: found[name] for name in exact} == {name: row[name] for name in exact}
        for name in ("p_score", "k_score", "d_modified", "d_standard"):
            assert found[name] == pytest.approx(row[name], abs=1e-9, rel=0)


def test_every_node_scores_as_in_the_release(demonstration, recomputed) -> None:
    rows = published(demonstration, "index_scores").to_dicts()
    assert len(rows) == len(recomputed) * 10
    for row in rows:
        found = recomputed[row["unit_code"]]["nodes"][row["node_code"]]
        assert found["state"] == row["state"]
        assert found["score"] == pytest.approx(row["score"], abs=1e-9, rel=0)
        if row["level"] == "index":
            assert [found[name] for name in ("rank", "group_rank", "band")] == [
                row[name] for name in ("rank", "group_rank", "band")
            ]
