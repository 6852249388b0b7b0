"""Measures and exact conversion."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.measures import ADDITIVE, MeasureIndex, convert, ratio
from xietong.catalogue import Catalogue


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("万吨", "万吨"),
        (" 万 吨 ", "万吨"),
        ("t", "吨"),
        ("μg/m3", "µg/m³"),
        ("µg/m³", "µg/m³"),
        ("％", "%"),
        ("Mt", "百万吨"),
    ],
)
def test_spellings_are_known(catalogue: Catalogue, word: str, code: str):
    assert MeasureIndex(catalogue.measures).find(word).code == code


def test_unknown_words_are_not_guessed(catalogue: Catalogue):
    assert MeasureIndex(catalogue.measures).find("万顿") is None


@pytest.mark.parametrize(
    ("digits", "measure", "target", "expected"),
    [
        ("0.07", "万吨", "吨", 700.0),
        ("12.34", "万吨", "吨", 123400.0),
        ("1.1", "百万吨", "万吨", 110.0),
        ("1564449", "人", "万人", 156.4449),
        ("0.035", "mg/m³", "µg/m³", 35.0),
        ("123456789", "千瓦时", "亿千瓦时", 1.23456789),
    ],
)
def test_conversion_rounds_once(catalogue: Catalogue, digits: str, measure: str, target: str, expected: float):
    index = MeasureIndex(catalogue.measures)
    assert convert(digits, ratio(index.find(measure), index.find(target))) == expected


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=6))
def test_a_shift_of_the_point_loses_nothing(value: Decimal):
    assert convert(str(value), Fraction(10**4)) == float(value.scaleb(4))


def test_dimensions_that_add_up_are_in_the_catalogue(catalogue: Catalogue):
    assert {measure.dimension for measure in catalogue.measures.measures} >= ADDITIVE
