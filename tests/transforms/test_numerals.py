"""Numbers as people write them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.numerals import read_numeral, read_numerals

FULL_WIDTH = str.maketrans("0123456789.,-%", "０１２３４５６７８９．，－％")
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("85.2", 85.2),
        ("８５．２", 85.2),
        ("1,234.5", 1234.5),
        ("1，234", 1234.0),
        ("1 234 567", 1234567.0),
        ("1\N{NO-BREAK SPACE}234", 1234.0),
        ("\N{IDEOGRAPHIC SPACE} 42 \N{IDEOGRAPHIC SPACE}", 42.0),
        ("−3.5", -3.5),
        ("－3.5", -3.5),
        ("+7", 7.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e-12", 1e-12),
        ("1E+22", 1e22),
        ("\N{ZERO WIDTH NO-BREAK SPACE}12", 12.0),
    ],
)
def test_numbers_are_read_exactly(text: str, expected: float):
    numeral = read_numeral(text)
    assert numeral.kind == "number"
    assert float(numeral.digits or "") == expected
    assert not numeral.is_percent


def test_a_negative_zero_is_zero():
    texts = pl.Series(["-0", "-0.0", "－0", " -0 ", "0"])
    assert [str(number) for number in read_numerals(texts)["number"]] == ["0.0"] * 5


@pytest.mark.parametrize(
    ("text", "expected"), [("1 234", True), ("1\u00a0234", True), ("1,234", False), (" 12 ", False)]
)
def test_a_blank_inside_is_told_apart(text: str, expected: bool):
    assert read_numeral(text).has_blanks is expected
    assert read_numerals(pl.Series([text]))["has_blanks"].item() is expected


DOUBTFUL = [
    "12abc",
    "约85",
    "九成以上",
    "1.2.3",
    "1,23",
    "12,34,567",
    "NaN%",
    "inf",
    "1e999",
    "--5",
    "10²",
    "½",
    "true",
    "=A1+B1",
    "#DIV/0!",
    "3/4",
    "12万",
    "٣",
    "0x10",
    "1_000",
    "(5)",
    "1e1000000000",
]


@pytest.mark.parametrize("text", [*DOUBTFUL, "1,234 567", "5 6", "9" * 65, "2025-01-01 00:00:00"])
def test_doubtful_texts_are_refused(text: str):
    assert read_numeral(text).kind == "refused"


@pytest.mark.parametrize("text", ["—", "-", "－", "…", "/", "无", "缺", "NA", "n/a", "——", " - ", "暂无"])
def test_marks_of_absence_are_missing_never_zero(text: str):
    assert (read_numeral(text).kind, read_numeral(text).digits) == ("missing", None)


@pytest.mark.parametrize("text", ["85.2%", "85.2％", "85.2 %", "８５．２％"])
def test_a_percent_sign_is_told(text: str):
    numeral = read_numeral(text)
    assert (float(numeral.digits or ""), numeral.is_percent) == (85.2, True)


@pytest.mark.parametrize(
    ("text", "has_zeros"), [("0045", True), ("-01", True), ("0.5", False), ("0", False), ("00.5", True)]
)
def test_leading_zeros_are_told(text: str, *, has_zeros: bool):
    assert read_numeral(text).has_leading_zeros is has_zeros


@given(FINITE)
def test_any_double_reads_back_from_its_shortest_text(value: float):
    for text in (repr(value), repr(value).translate(FULL_WIDTH), f"\u3000{value!r} "):
        assert float(read_numeral(text).digits or "") == value
    assert read_numerals(pl.Series([repr(value)]))["number"].to_list() == [value]


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", "，", " "]))
def test_any_number_in_groups_reads_back(value: int, mark: str):
    text = f"{value:,}".replace(",", mark)
    assert float(read_numeral(text).digits or "") == value


@given(st.lists(st.text(max_size=12)))
def test_a_column_is_read_as_its_texts_are(texts: list[str]):
    column = read_numerals(pl.Series(texts, dtype=pl.String))
    singles = [read_numeral(text) for text in texts]
    assert column["kind"].to_list() == [each.kind for each in singles]
    assert column["number"].to_list() == [float(each.digits) if each.digits else None for each in singles]
    assert column["is_percent"].to_list() == [each.is_percent for each in singles]


@given(st.text(max_size=40))
def test_no_text_is_too_strange(text: str):
    assert read_numeral(text).kind in ("number", "missing", "refused")
