"""Batches lead every failing cell back to its figure."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.batches import by_indicator, described
from xietong.catalogue import Catalogue
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
    """A catalogue without indicators."""

    indicators = ()


_EMPTY: Catalogue = _Nothing()  # type: ignore[assignment]


def test_figures_of_indicators_stand_side_by_side(batch: Batch, small: Catalogue) -> None:
    figures = described(
        batch(
            ("500101", "pm10", "2025-01", 50.0),
            ("500101", "pm25", "2025-01", 30.0),
            ("500102", "pm10", "2025-01", 60.0),
            ("500101", "forest_coverage", "2025", 55.0),
            ("500101", "unheard_of", "2025", 1.0),
        ),
        small,
    )
    sides = by_indicator(figures, small)
    assert sides.frame.to_dict(as_series=False) == {
        "pm25": [30.0, None],
        "pm10": [50.0, 60.0],
        "forest_coverage": [55.0, None],
        "units of forest_coverage": ["500101", None],
    }
    assert sides.rows["pm10"].to_list() == [0, 2]
    assert sides.rows["units of forest_coverage"].to_list() == [3]


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
    sides = by_indicator(described(batch(("500101", code, period, 24.0)), small), small)
    assert sides.frame[code].to_list() == [share]
