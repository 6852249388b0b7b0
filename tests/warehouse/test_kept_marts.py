"""The marts of a database that was left come back as they were handed out."""

from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from xietong.errors import XietongError
from xietong.resources import resource_directory
from xietong.warehouse import Warehouse
from xietong.warehouse.kept_marts import kept_marts


def test_rows_types_and_order_stay(tmp_path) -> None:
    frame = pl.DataFrame(
        {
            "unit_code": ["500102", "500101", None],
            "score": [1.5, None, 0.1 + 0.2],
            "rank": pl.Series([2, None, 1], dtype=pl.Int64),
            "is_late": [True, None, False],
            "received_at": [datetime(2026, 1, 10, 6, tzinfo=UTC), None, datetime(2020, 1, 1, tzinfo=UTC)],
            "parts": [[1.0, None], None, []],
        }
    )
    path = tmp_path / "warehouse.duckdb"
    with Warehouse(path, resource_directory("sql")) as warehouse:
        warehouse.add_mart("made", frame, "One row: something.")
        warehouse.add_mart("empty", frame.clear(), "One row: nothing.")
    marts = kept_marts(path)
    assert list(marts) == ["empty", "made"]
    assert_frame_equal(marts["made"], frame)
    assert marts["empty"].schema == frame.schema


def test_the_marts_of_a_whole_run_are_those_of_its_downloads(demonstration) -> None:
    marts = kept_marts(demonstration / "warehouse.duckdb")
    downloads = demonstration / "site" / "downloads"
    offered = {path.stem for path in downloads.glob("*.parquet")}
    assert offered == set(marts)
    for name in sorted(offered):
        assert_frame_equal(marts[name], pl.read_parquet(downloads / f"{name}.parquet"), check_exact=True)


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_file_that_is_no_database_of_a_run_is_told(tmp_path, content) -> None:
    path = tmp_path / "warehouse.duckdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(XietongError, match=r"warehouse\.duckdb"):
        kept_marts(path)
