"""Tables as they come from Excel, R and pandas; what cannot be read is named by row and column."""

from pathlib import Path

import pytest

from xietong.errors import UsageError
from xietong.framework.text_tables import narrowest, number_problems, numbers, read_texts


@pytest.fixture
def table(tmp_path: Path):
    """Return a function that reads a table given as bytes."""

    def read(content: bytes):
        (tmp_path / "table.csv").write_bytes(content)
        return read_texts(tmp_path / "table.csv")

    return read


def test_byte_order_mark_line_ends_quotes_and_blank_rows_make_no_difference(table) -> None:
    plain = table(b"uCode,a\nx,1\n")
    assert table(b'\xef\xbb\xbf"uCode", a \r\n"x", 1 \r\n,\r\n\r\n').equals(plain)
    assert table(b"uCode,a\rx,1\r").equals(plain)


def test_blank_lines_are_no_rows_with_too_few_cells(table) -> None:
    assert table(b"uCode,a\nx,1\n\n  \n,\ny,2\n")["uCode"].drop_nulls().to_list() == ["x", "y"]


def test_a_quoted_comma_stays_in_its_cell(table) -> None:
    assert table(b'uCode,uName,a\nx,"Korea, Republic of",1\n')["uName"].to_list() == ["Korea, Republic of"]


def test_na_is_missing_but_for_codes(table) -> None:
    read = table(b"uCode,uName,a,b\nNA,Namibia,NA,N/A\n")
    assert read.row(0) == ("NA", "Namibia", None, None)


def test_numbers_keep_their_last_digit(table) -> None:
    read = table(b"uCode,a\nx,0.30000000000000004\ny,1e-300\nz,-7\n")
    assert numbers(read, "a").to_list() == [0.30000000000000004, 1e-300, -7]


def test_what_is_no_finite_number_is_named_by_row_and_code(table) -> None:
    read = table("uCode,a\nx,1\ny,many\nz,inf\nu,1;2\nv,−1\nw,\n".encode())
    assert number_problems(read, "a", "uCode") == [
        "row 3 (y), column a: 'many' is not a number",
        "row 4 (z), column a: 'inf' is not a number",
        "row 5 (u), column a: '1;2' is not a number",
        "and 1 more cells of the column a are not numbers",
    ]
    assert numbers(read, "a").to_list() == [1, None, None, None, None, None]


def test_times_are_whole_numbers_numbers_or_text(table) -> None:
    read = table(b"a,b,c\n2020,2020.5,2020-Q1\n2021,2021,2021-Q1\n")
    assert narrowest(read["a"]).to_list() == [2020, 2021]
    assert narrowest(read["b"]).to_list() == [2020.5, 2021]
    assert narrowest(read["c"]).to_list() == ["2020-Q1", "2021-Q1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"uCode,a,a\nx,1,2\n", "the column a stands twice"),
        (b"uCode;a\nx;1\n", "not separated by commas"),
        ("单位,a\n甲,1\n".encode("gb18030"), "not a text in UTF-8"),
        (b"uCode,a\nx,1,2\n", "row 2 has 3 cells, the header 2; .* decimals need a point"),
        (
            b"uCode,a,b\nx,1\ny,1,2\n\nz\n",
            "table.csv: row 2 has 2 cells, the header 3; row 5 has 1 cells, the header 3",
        ),
        (b"uCode,a\n" + b"x\n" * 5, "row 4 has 1 cells, the header 2; and 2 more rows have fewer cells"),
        (b'uCode,a\n"x,1\n', "a quotation mark is opened and not closed"),
        (b"uCode,a\n" + b"x,1\n" * 20_000 + "甲,1\n".encode("gb18030"), "not a text in UTF-8"),
        (b"", "not readable as a table"),
    ],
)
def test_what_is_no_table_is_refused(table, content, message) -> None:
    with pytest.raises(UsageError, match=message):
        table(content)
