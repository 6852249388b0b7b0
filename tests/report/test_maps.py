"""Maps of one indicator: classes of its scores, and of its figures where it is not scored."""

from collections.abc import Callable
from typing import Any

import pytest

from xietong.catalogue import Catalogue, Indicator
from xietong.report.maps import HATCHED, MapView, score_map, value_map
from xietong.report.view import View

UNITS = ("500101", "500102", "500103", "500104", "500105", "500106", "500107", "500108", "500109", "500110")


def row(unit: str, indicator: str, value: float | None, score: float | None = None) -> dict[str, Any]:
    state = "missing" if value is None else "observed"
    return {
        "unit_code": unit,
        "period": "2026-10",
        "indicator_code": indicator,
        "node_code": None,
        "state": state,
        "value": value,
        "value_period": "2026-10",
        "age_months": 0,
        "method": "reported",
        "score": score,
        "weight": None,
        "effective_weight": None,
        "contribution": None,
    }


@pytest.fixture
def drawn(make_view: Callable[..., View], catalogue: Catalogue) -> Callable[..., MapView | None]:
    """Return a function that draws the figures given, one a unit in their order."""

    def draw(code: str, *values: float | None) -> MapView | None:
        rows = [row(unit, code, value) for unit, value in zip(UNITS, values, strict=False)]
        return value_map(make_view(indicator_scores=rows), indicator_of(catalogue, code))

    return draw


def indicator_of(catalogue: Catalogue, code: str) -> Indicator:
    return catalogue.indicators_by_code[code]


def cells(found: MapView | None) -> dict[str, tuple[str, str]]:
    assert found is not None
    return {cell.code: (cell.colour, cell.value) for cell in found.cells}


def test_figures_fall_into_five_classes_of_as_many_units_each(drawn) -> None:
    found = drawn("gdp", 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0)
    by_unit = cells(found)
    assert [by_unit[unit][0] for unit in UNITS] == [f"value-{number}" for number in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)]
    assert [entry.text for entry in found.legend][:2] == ["10.00 – 20.00 (2)", "30.00 – 40.00 (2)"]
    assert found.missing == len(found.cells) - len(UNITS)


def test_figures_that_read_the_same_are_in_one_class_and_an_empty_class_is_not_in_the_legend(drawn) -> None:
    found = drawn("gdp", 10.0, 10.001, 10.002, 10.0, 50.0)
    assert {cells(found)[unit][0] for unit in UNITS[:4]} == {"value-1"}
    assert [entry.text for entry in found.legend] == ["10.00 (4)", "50.00 (1)"]


def test_large_figures_lose_the_decimals_that_a_tile_has_no_room_for(drawn) -> None:
    found = drawn("gdp", 98.71, 1024.94, 100.0, 200.0, 300.0)
    assert [cells(found)[unit][1] for unit in UNITS[:2]] == ["99", "1,025"]


@pytest.mark.parametrize("values", [(), (None, None), (1.0, 2.0, 3.0, 4.0), (7.0, 7.0, 7.001, 7.0, 7.0)])
def test_nothing_is_drawn_where_nothing_can_be_told_apart(drawn, values) -> None:
    assert drawn("gdp", *values) is None


def test_a_unit_without_a_figure_is_hatched_with_its_reason(drawn) -> None:
    found = drawn("gdp", 10.0, 20.0, None, 40.0, 50.0, 60.0)
    hatched = next(cell for cell in found.cells if cell.code == UNITS[2])
    assert (hatched.colour, hatched.value, hatched.gap) == (HATCHED, "", "missing")


def test_scores_fall_into_classes_of_twenty_points(make_view, catalogue) -> None:
    scores = (0.0, 19.9, 20.0, 79.9, 80.0, 100.0)
    rows = [row(unit, "pm25", 30.0, score) for unit, score in zip(UNITS, scores, strict=False)]
    by_unit = cells(score_map(make_view(indicator_scores=rows), indicator_of(catalogue, "pm25")))
    assert [by_unit[unit][0][-1] for unit in UNITS[: len(scores)]] == ["1", "1", "2", "4", "5", "5"]
