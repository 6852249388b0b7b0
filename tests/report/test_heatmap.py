"""The heat map: a cell a unit and scored indicator, in words where there is no score."""

from xietong.report.coverage import Coverage
from xietong.report.heatmap import heat_map

PERIOD = "2026-10"


def figure(unit: str, indicator: str, score: float | None, state: str = "observed") -> dict[str, object]:
    row = {"unit_code": unit, "period": PERIOD, "indicator_code": indicator, "state": state, "value": score}
    return row | {"score": score, "age_months": 0, "value_period": PERIOD, "method": "reported"}


def test_every_ranked_unit_and_zone_has_a_row_and_every_scored_indicator_a_column(make_view) -> None:
    view = make_view()
    content = heat_map(view, Coverage(view))
    assert len(content.rows) == len(view.ranked_units) + len(view.special_units)
    assert all(len(row.cells) == len(content.columns) for row in content.rows)
    assert sum(part.columns for part in content.parts) == len(content.columns)
    assert sum(column.is_first for column in content.columns) == len(content.parts)


def test_a_cell_is_coloured_by_its_class_and_worded_without_a_score(make_view) -> None:
    figures = [
        figure("500101", "pm25", 19.9),
        figure("500102", "pm25", 20.0),
        figure("500103", "pm25", 100.0),
        figure("500104", "pm25", None, "not_applicable"),
    ]
    view = make_view(indicator_scores=figures)
    content = heat_map(view, Coverage(view))
    place = next(number for number, column in enumerate(content.columns) if column.code == "pm25")
    cells = {row.code: row.cells[place] for row in content.rows}
    assert [(cells[f"50010{n}"].text, cells[f"50010{n}"].colour) for n in (1, 2, 3, 4, 5)] == [
        ("20", "s1"),
        ("20", "s2"),
        ("100", "s5"),
        ("", "sx"),
        ("", "sm"),
    ]
    assert content.scored == 3


def test_the_median_is_that_of_ranked_units_only(make_view) -> None:
    zone = "500000-liangjiang"
    view = make_view(
        indicator_scores=[figure("500101", "pm25", 40.0), figure("500102", "pm25", 60.0), figure(zone, "pm25", 0.0)]
    )
    content = heat_map(view, Coverage(view))
    assert next(column.median for column in content.columns if column.code == "pm25") == "50"
    assert next(column.median for column in content.columns if column.code != "pm25") == ""


def test_an_output_that_was_not_computed_is_hatched(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500101")])
    first, second = heat_map(view, Coverage(view)).rows[:2]
    assert [(output.text, output.colour) for output in first.outputs] == [("0.69", "band-7"), ("", "sm"), ("", "sm")]
    assert {output.colour for output in second.outputs} == {"sm"}
