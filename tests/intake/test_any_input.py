"""The corpora without an end: whatever hypothesis draws, a right figure arrives and a wrong one is told of."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.corpus.books import workbook_bytes
from tests.intake.corpus.good_forms import mixture
from tests.intake.corpus.intake import sources
from tests.intake.corpus.originals import chongqing, delimited, original
from tests.intake.corpus.styles import FULL_WIDTH
from transforms import Tidied, tidy
from xietong.frames import Snapshot
from xietong.sources import UnreadableFileError, read_tables

TABLES, FORMS = sources()
_ASCII = {wide: narrow for narrow, wide in FULL_WIDTH.items()}
_SIGNS = "0123456789.,-+%eE 　０５，．－％−*①()/（）万亿吨约:=#'\"<>\n\t;年季—…NA"


def _snapshot(file: str) -> Snapshot:
    return Snapshot("0" * 64, file, "source", "发布者", None, "—", datetime(2030, 1, 1, tzinfo=UTC), 1)


def _read(data: bytes, file: str) -> Tidied:
    snapshot = _snapshot(file)
    source = TABLES if file.endswith(".csv") else FORMS
    return tidy(read_tables(data, snapshot), source, snapshot, chongqing(), "reported")


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), number=st.integers(0, 700))
def test_any_mixture_of_ways_says_the_same(seed: int, number: int):
    unit_year = original(number)
    tidied = _read(workbook_bytes(mixture(unit_year, Random(seed))), "form.xlsx")  # noqa: S311
    figures = {
        (code, period): value
        for code, period, value in tidied.observations.select("indicator_code", "period", "value").iter_rows()
    }
    assert figures == unit_year.figures
    assert set(tidied.observations["unit_code"]) == {unit_year.unit_code}


@settings(max_examples=300)
@given(text=st.text(st.sampled_from(_SIGNS), min_size=1, max_size=9) | st.text(max_size=12))
def test_any_text_is_its_number_or_is_told_of(text: str):
    unit_year = original(3)
    rows = unit_year.long_rows()
    rows[1][3] = text
    try:
        data = delimited(rows).encode()
    except UnicodeEncodeError:
        return  # a lone surrogate: no file can hold it
    try:
        tidied = _read(data, "table.csv")
    except UnreadableFileError:
        return  # told of as a whole
    at = tidied.observations.filter(location="D2")["value"].to_list()
    told = tidied.findings.filter(location="D2")["rule"].to_list()
    if at:
        assert at == [pytest.approx(_as_decimal(text), rel=1e-15, abs=0)]
    else:
        assert told or not text.strip(" \t\r\n\u3000\u00a0")


def _as_decimal(text: str) -> float:
    """Return the number that a text writes by a reading of its own: fails where there is none."""
    narrow = text.translate(str.maketrans(_ASCII)).translate({0x3000: " ", 0xA0: " ", 0x2212: "-"})
    try:
        return float(
            Decimal("".join(letter for letter in narrow if letter.isprintable()).replace(",", "").replace(" ", ""))
        )
    except InvalidOperation as error:
        raise AssertionError(text) from error


@pytest.mark.parametrize(
    "make", [lambda: workbook_bytes(original(5).form()), lambda: delimited(original(5).long_rows()).encode()]
)
def test_any_bytes_are_read_or_refused_with_a_reason(make: Callable[[], bytes]):
    whole = make()

    @settings(max_examples=150)
    @given(place=st.integers(0, len(whole) - 1), content=st.binary(max_size=8), cut=st.integers(0, 64))
    def check(place: int, content: bytes, cut: int) -> None:
        data = whole[:place] + content + whole[place + cut :]
        file = "form.xlsx" if whole.startswith(b"PK") else "table.csv"
        # Anything else than a refusal with its reason is a crash, and fails.
        with suppress(UnreadableFileError):
            _read(data, file)

    check()
