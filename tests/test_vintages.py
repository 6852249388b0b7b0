"""One order of vintages for the gate, the ledger of corrections and the models."""

from datetime import UTC, datetime
from itertools import permutations

import polars as pl
import pytest

from xietong.vintages import in_order_of_vintage

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("yearbooks", "bulletins"), [5.0, 3.0, 1.0, 2.0, 4.0]),
        (("bulletins", "yearbooks"), [5.0, 1.0, 2.0, 3.0, 4.0]),
        ((), [1.0, 2.0, 3.0, 5.0, 4.0]),
    ],
)
def test_the_preferred_source_is_read_of_figures_received_together(
    sources: tuple[str, ...], expected: list[float]
) -> None:
    """A later figure wins whatever its source; one of an unknown source comes before all others of its day."""
    rows = [
        (1.0, "yearbooks", "a", "A1", MAY),
        (2.0, "yearbooks", "a", "A2", MAY),
        (3.0, "bulletins", "b", "A1", MAY),
        (4.0, "bulletins", "a", "A1", JUNE),
        (5.0, "elsewhere", "c", "A1", MAY),
    ]
    for ordered in permutations(rows):
        frame = pl.DataFrame(
            list(ordered), schema=["value", "source_id", "snapshot", "location", "received_at"], orient="row"
        )
        assert in_order_of_vintage(frame, sources)["value"].to_list() == expected
