"""Batches lead every failing cell back to its figure."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.batches import described, fields, newest
from xietong.catalogue import Catalogue
from xietong.catalogue.units import Units
from xietong.frames import OBSERVATIONS

Batch = Callable[..., pl.DataFrame]

keys = st.tuples(
    st.sampled_from(["500101", "500102", None, "x"]),
    st.sampled_from(["pm25", "pm10", None]),
    st.sampled_from(["2025-01", "2025", "never", None]),
    st.sampled_from(["a", "b"]),
)


@given(st.lists(keys, max_size=20))
def test_figure_numbers_equal_and_order_as_keys_do(rows: list[tuple[str | None, ...]]) -> None:
    columns = ("unit_code", "indicator_code", "period", "snapshot")
    frame = pl.DataFrame(
        [dict(zip(columns, row, strict=True)) for row in rows], schema=dict.fromkeys(columns, pl.String)
    )
    observations = pl.DataFrame(frame, schema=frame.schema).with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in OBSERVATIONS.items() if name not in columns
    )
    numbers = described(observations, _EMPTY)["figure"].to_list()
    complete = [(number, row) for number, row in zip(numbers, rows, strict=True) if None not in row]
    assert all(number is None for number, row in zip(numbers, rows, strict=True) if None in row)
    assert sorted(complete) == sorted(complete, key=lambda pair: pair[1])
    assert len({number for number, _ in complete}) == len({row for _, row in complete})


class _Nothing:
    """A catalogue without indicators and units."""

    indicators = ()
    units = Units(regions=(), units=())


_EMPTY: Catalogue = _Nothing()  # type: ignore[assignment]


def test_beside_each_figure_stands_how_far_it_is_out_of_its_range(batch: Batch, small: Catalogue) -> None:
    figures = described(
        batch(
            ("500101", "pm25", "2025-01", 0.25),
            ("500101", "pm25", "2025-02", 301.0),
            ("500101", "unheard_of", "2025", 1.0),
        ),
        small,
    )
    outside = fields(figures).select("below_range", "above_range")
    assert outside.rows() == [(0.75, -299.75), (-300.0, 1.0), (None, None)]


def test_only_indicators_of_some_units_are_asked_for_their_unit(batch: Batch, small: Catalogue) -> None:
    rows = batch(("500103", "forest_coverage", "2025", 55.0), ("500103", "pm25", "2025-01", 55.0))
    assert described(rows, small)["restricted"].to_list() == ["forest_coverage 500103", None]


def test_the_newest_vintage_stays_of_all_or_of_each_source(batch: Batch, small: Catalogue) -> None:
    later = {"snapshot": "b" * 64, "received_at": datetime(2026, 5, 1, tzinfo=UTC), "source_id": "bulletins"}
    rows = batch(
        ("500101", "pm25", "2025-01", 30.0),
        ("500101", "pm25", "2025-01", 31.0, later),
        ("500101", "pm25", "2025-02", 32.0),
    )
    figures = described(rows, small)
    assert sorted(newest(figures, ())["value"]) == [31.0, 32.0]
    assert sorted(newest(figures, (), by_source=True)["value"]) == [30.0, 31.0, 32.0]


def test_of_two_sources_of_one_day_the_one_the_edition_prefers_is_read(batch: Batch, small: Catalogue) -> None:
    """Its file sorts before the other, so that the order of files would choose the other."""
    preferred = {"snapshot": "a" * 64, "source_id": "yearbooks"}
    other = {"snapshot": "b" * 64, "source_id": "bulletins"}
    figures = described(
        batch(("500101", "pm25", "2025", 30.0, preferred), ("500101", "pm25", "2025", 31.0, other)), small
    )
    assert newest(figures, ("yearbooks", "bulletins"))["value"].to_list() == [30.0]
    assert newest(figures, ("bulletins", "yearbooks"))["value"].to_list() == [31.0]


@pytest.mark.parametrize(
    ("code", "period", "share"),
    [
        ("good_air_days", "2025-02", 24.0),
        ("good_air_days", "2025-Q1", 8.0),
        ("good_air_days", "2025", 2.0),
        ("gdp", "2025", 6.0),
        ("pm25", "2025", 24.0),
    ],
)
def test_a_sum_is_shared_among_the_periods_it_covers(
    code: str, period: str, share: float, batch: Batch, small: Catalogue
) -> None:
    assert described(batch(("500101", code, period, 24.0)), small)["share"].to_list() == [share]
