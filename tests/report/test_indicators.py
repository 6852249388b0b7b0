"""The sentence that opens the page of an indicator: where the units stand, computed from their figures."""

from typing import Any

import pytest

from xietong.report.coverage import Coverage
from xietong.report.indicators import IndicatorReport, indicator_report

UNITS = ("500101", "500102", "500103", "500104", "500105")


def figure(unit: str, value: float | None, period: str = "2026-10") -> dict[str, Any]:
    common = {"indicator_code": "pm25", "node_code": "pollution", "method": "reported", "age_months": 0}
    state = "missing" if value is None else "observed"
    scores = {"score": None, "weight": 0.25, "effective_weight": None, "contribution": None}
    return (
        {"unit_code": unit, "period": period, "value": value, "value_period": period, "state": state} | common | scores
    )


def page(make_view, values: tuple[float | None, ...], earlier: tuple[float, ...] = ()) -> IndicatorReport:
    rows = [figure(unit, value) for unit, value in zip(UNITS, values, strict=True)]
    rows += [figure(unit, value, "2025-10") for unit, value in zip(UNITS, earlier, strict=False)]
    periods = ["2025-10", "2026-10"] if earlier else ["2026-10"]
    synergy = [{"unit_code": "500101", "period": period, "d_modified": 0.5} for period in periods]
    view = make_view(indicator_scores=rows, synergy=synergy)
    return indicator_report(view, Coverage(view), view.catalogue.indicators_by_code["pm25"])


def test_the_sentence_names_the_median_and_both_ends(make_view) -> None:
    found = page(make_view, (30.0, 20.0, 40.0, 25.0, 35.0)).sentence
    assert found is not None
    assert found.key == "indicator.summary.alone"
    assert (found.values["units"], found.values["median"], found.values["measure"]) == ("5", "30.0", "µg/m³")
    lowest, highest = found.values["lowest"], found.values["highest"]
    assert (lowest.values, highest.values) == (
        {"value": "20.0", "unit": "涪陵区"},
        {"value": "40.0", "unit": "渝中区"},
    )


def test_units_with_the_same_written_figure_share_an_end(make_view) -> None:
    found = page(make_view, (20.01, 20.02, 40.0, 25.0, 35.0)).sentence
    assert found is not None
    assert (found.values["lowest"].key, found.values["lowest"].values["count"]) == ("indicator.summary.shared", "2")


def test_the_same_period_of_the_year_before_stands_beside_it(make_view) -> None:
    found = page(make_view, (30.0, 20.0, 40.0, 25.0, 35.0), (32.0, 33.0, 34.0, 35.0, 36.0)).sentence
    assert found is not None
    assert (found.key, found.values["base"], found.values["before"]) == (
        "indicator.summary.with_base",
        "2025年10月",
        "34.0",
    )


@pytest.mark.parametrize(
    ("values", "key"),
    [((30.0, 30.0, 30.0, 30.0, 30.0), "indicator.summary.equal"), ((30.0, None, None, 20.0, 25.0), None)],
)
def test_equal_figures_have_no_ends_and_few_figures_no_sentence(make_view, values, key) -> None:
    found = page(make_view, values).sentence
    assert (found.key if found else None) == key


def test_the_map_says_of_units_without_a_score_what_is_the_matter_with_their_figures(make_view) -> None:
    rows = [figure(unit, value) for unit, value in zip(UNITS, (30.0, 20.0, None, 25.0, 35.0), strict=True)]
    for row, score in zip(rows, (55.9, 85.3, None, 70.6, None), strict=True):
        row["score"] = score
    rows[3] |= {"state": "not_applicable", "value": None, "score": None}
    view = make_view(indicator_scores=rows)
    drawn = indicator_report(view, Coverage(view), view.catalogue.indicators_by_code["pm25"]).map
    assert drawn is not None
    cells = {cell.code: cell for cell in drawn.cells}
    assert [(cells[unit].colour, cells[unit].value, cells[unit].gap) for unit in UNITS] == [
        ("score-3", "55.9", ""),
        ("score-5", "85.3", ""),
        ("hatched", "", "missing"),
        ("hatched", "", "not_applicable"),
        # A figure is there, and none of its goalposts fits.
        ("hatched", "", "not_assessable"),
    ]
    assert (drawn.gaps["not_applicable"], drawn.gaps["not_assessable"]) == (1, 1)
    assert drawn.missing == sum(drawn.gaps.values())
