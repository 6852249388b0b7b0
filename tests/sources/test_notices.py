"""What a sheet hides is told of, however it is hidden."""

import polars as pl
import pytest

from xietong.sources.notices import notices_of

CELLS = pl.DataFrame({"row": [1, 2], "A": ["指标代码", "pm25"], "B": ["2025-01", "41"]})


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (b'<row r="2" hidden="1"><c r="B2"/></row>', ["2"]),
        (b'<row r="2" ht="0" customHeight="1"><c r="B2"/></row>', ["2"]),
        (b"<row ht='0.0' r='2'/>", ["2"]),
        (b'<cols><col min="2" max="2" width="0"/></cols>', ["B"]),
        (b'<cols><col min="2" max="2" hidden="true" width="9"/></cols>', ["B"]),
        (b'<row r="2" ht="0.5"/><cols><col min="2" max="2" width="0.7"/></cols>', []),
        (b'<row r="7" ht="0"/>', []),
    ],
)
def test_rows_and_columns_without_height_or_width_are_hidden(content: bytes, places: list[str]):
    notices = notices_of(content, CELLS, (), is_hidden=False)
    assert [notice.place for notice in notices] == places
    assert {notice.rule for notice in notices} <= {"hidden_cells"}
