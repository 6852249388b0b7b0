"""Numbers, periods and names as official texts write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.catalogue import Catalogue
from xietong.report import wording


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(1234567.891, 2, "1,234,567.89"), (-0.5, 1, "−0.5"), (-0.001, 2, "0.00"), (0.0, 0, "0"), (999.999, 2, "1,000.00")],
)
def test_numbers_have_thousands_a_real_minus_and_no_negative_zero(value, decimals, written) -> None:
    assert wording.number(value, decimals) == written


@pytest.mark.parametrize(("value", "written"), [(0.031, "+0.03"), (-0.031, "−0.03"), (0.001, "0.00"), (-0.001, "0.00")])
def test_differences_carry_their_sign_unless_they_vanish(value, written) -> None:
    assert wording.signed(value, 2) == written


@pytest.mark.parametrize(("value", "written"), [(0.7143, "0.7143"), (13.3, "13.3"), (35.0, "35"), (-2.0, "−2")])
def test_numbers_of_the_catalogue_keep_their_digits(value, written) -> None:
    assert wording.plain(value) == written


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_written_number_reads_back_to_the_rounded_value(value, decimals) -> None:
    read = float(wording.number(value, decimals).replace(",", "").replace(wording.MINUS, "-"))
    assert read == pytest.approx(value, abs=0.5 * 10**-decimals + 1e-6)


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("2026-10", "2026年10月", "October 2026"),
        ("2026-Q3", "2026年第3季度", "Q3 2026"),
        ("2025", "2025年", "2025"),
    ],
)
def test_periods_in_both_languages(code, zh, en) -> None:
    assert wording.period(code, "zh") == zh
    assert wording.period(code, "en") == en


def test_days_are_those_of_utc() -> None:
    assert wording.day(datetime(2026, 1, 5, 23, tzinfo=UTC), "zh") == "2026年1月5日"
    assert wording.day(datetime(2026, 1, 5, 23, tzinfo=UTC), "en") == "5 January 2026"


def test_short_names_drop_the_kind_and_stay_distinct(catalogue: Catalogue) -> None:
    districts = [unit for unit in catalogue.units.units if unit.kind == "district"]
    chinese = {unit.code: wording.short_name(unit, "zh") for unit in districts}
    english = {unit.code: wording.short_name(unit, "en") for unit in districts}
    assert chinese["500240"] == "石柱"
    assert chinese["500243"] == "彭水"
    assert chinese["500233"] == "忠县"  # a name of one character keeps its kind
    assert english["500240"] == "Shizhu"
    assert len(set(chinese.values())) == len(set(english.values())) == len(districts)


def test_symbols_stay_and_chinese_measures_are_translated(catalogue: Catalogue) -> None:
    measures = {measure.code: measure for measure in catalogue.measures.measures}
    assert wording.measure(measures["%"], "en") == "%"
    assert wording.measure(measures["万吨"], "zh") == "万吨"
    assert wording.measure(measures["万吨"], "en") == measures["万吨"].name.en


def test_a_measure_that_begins_with_a_number_is_multiplied_by(catalogue: Catalogue) -> None:
    measures = {measure.code: measure for measure in catalogue.measures.measures}
    written = {code: wording.after_number(wording.measure(measures[code], "en")) for code in ("万吨", "亿元", "%")}
    assert written == {"万吨": "× 10⁴ t", "亿元": "× 100 million yuan", "%": "%"}
    assert wording.after_number(wording.measure(measures["亿元"], "zh")) == "亿元"
