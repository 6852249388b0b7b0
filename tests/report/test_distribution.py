"""The distribution over time is told from enough units only."""

import pytest

from xietong.report.distribution import FEWEST_UNITS, distribution

CODES = [f"50010{number}" for number in range(1, 7)]


def value(unit: str, period: str, number: float | None) -> dict[str, object]:
    row = {"unit_code": unit, "period": period, "indicator_code": "pm25", "state": "observed", "value": number}
    return row | {"score": number, "age_months": 0, "value_period": period, "method": "reported"}


def view_of(make_view, values: dict[str, list[float | None]]):
    rows = [
        value(unit, period, number)
        for period, numbers in values.items()
        for unit, number in zip(CODES, numbers, strict=False)
    ]
    periods = [{"unit_code": "500101", "period": period, "d_modified": 0.5} for period in values]
    return make_view(indicator_scores=rows, synergy=periods)


def test_quantiles_run_from_the_lowest_to_the_highest_and_rows_take_the_same_month(make_view, catalogue) -> None:
    view = view_of(
        make_view,
        {"2025-10": [10, 20, 30, 40, 50], "2026-09": [1, 1, 1, 1, 1], "2026-10": [50, 10, 20, 40, 30, 60]},
    )
    found = distribution(view, catalogue.indicators_by_code["pm25"])
    assert found is not None
    assert found.quantiles[0] == (10, 20, 30, 40, 50)
    assert [(row.period, row.units) for row in found.rows] == [("2026年10月", 6), ("2025年10月", 5)]
    assert found.median == "35.0"


def test_a_period_with_too_few_units_is_a_gap_and_gaps_at_the_ends_are_cut(make_view, catalogue) -> None:
    few: list[float | None] = [1.0, 2.0, None, None, None]
    full: list[float | None] = [1.0, 2.0, 3.0, 4.0, 5.0]
    view = view_of(make_view, {"2026-06": few, "2026-07": full, "2026-08": few, "2026-09": full, "2026-10": few})
    found = distribution(view, catalogue.indicators_by_code["pm25"])
    assert found is not None
    assert [spread is None for spread in found.quantiles] == [False, True, False]
    assert (found.first_period, found.last_period) == ("2026年7月", "2026年9月")


@pytest.mark.parametrize("values", [{}, {"2026-10": [1.0] * FEWEST_UNITS}])
def test_one_period_has_no_course(make_view, catalogue, values) -> None:
    assert distribution(view_of(make_view, values), catalogue.indicators_by_code["pm25"]) is None
