"""Who moved: only beyond uncertainty, with what moved them in that direction."""

from typing import Any

from xietong.report.movers import SHOWN, movers

PERIOD, BASE = "2026-10", "2025-10"


def base(unit: str) -> dict[str, Any]:
    return {"unit_code": unit, "period": PERIOD, "base_kind": "previous_year", "base_period": BASE}


def change(unit: str, difference: float, *, is_clear: bool = True) -> dict[str, Any]:
    row = {"unit_code": unit, "period": PERIOD, "base_period": BASE, "output": "synergy", "change": difference}
    return row | {"change_p05": difference - 0.02, "change_p95": difference + 0.02, "is_clear": is_clear}


def part(unit: str, indicator: str | None, effect: float) -> dict[str, Any]:
    row = {**base(unit), "node_code": "carbon", "indicator_code": indicator, "cause": "figures"}
    return row | {"synergy_change": effect, "index_change": 100 * effect}


def test_the_clear_ones_are_named_largest_first_and_the_rest_counted(make_view) -> None:
    changes = [change("500101", 0.03), change("500102", 0.05), change("500103", -0.04)]
    changes += [change("500104", 0.09, is_clear=False)]
    found = movers(make_view(synergy_change=[base("500101")], change_intervals=changes), "synergy")
    assert found is not None
    assert [row.unit.text for row in found.rose] == ["涪陵区", "万州区"]
    assert [(row.move.text, row.low, row.high) for row in found.fell] == [("−0.04", "−0.060", "−0.020")]
    assert (found.rose_count, found.fell_count, found.unclear_count) == (2, 1, 1)


def test_no_more_are_shown_than_fit_but_all_are_counted(make_view, catalogue) -> None:
    codes = [unit.code for unit in catalogue.units.units if unit.is_ranked][: SHOWN + 3]
    rows = [change(code, 0.05) for code in codes]
    found = movers(make_view(synergy_change=[base(codes[0])], change_intervals=rows), "synergy")
    assert found is not None
    assert (len(found.rose), found.rose_count) == (SHOWN, SHOWN + 3)


def test_causes_are_the_largest_in_the_direction_of_the_change(make_view) -> None:
    parts = [part("500101", "pm25", 0.02), part("500101", "co2_intensity", -0.03), part("500101", None, -0.5)]
    parts += [part("500101", "energy_intensity", -0.004), part("500101", "co2_intensity", -0.01)]
    view = make_view(synergy_change=[base("500101")], change_intervals=[change("500101", -0.04)], score_changes=parts)
    found = movers(view, "synergy")
    assert found is not None
    assert [(cause.indicator.path, cause.effect) for cause in found.fell[0].causes] == [
        ("indicators/co2_intensity.html", "−0.040"),
        ("indicators/energy_intensity.html", "−0.004"),
    ]


def test_without_intervals_nobody_is_said_to_have_moved(make_view) -> None:
    assert movers(make_view(synergy_change=[base("500101")]), "synergy") is None
