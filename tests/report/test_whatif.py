"""What the what-if page offers, and the model that its script recomputes."""

import pytest

from xietong.report.whatif import what_if, what_if_model


def figure(unit, indicator, value, state="observed"):
    return {
        "unit_code": unit,
        "period": "2026-10",
        "indicator_code": indicator,
        "node_code": "pollution",
        "state": state,
        "value": value,
        "value_period": "2026-10" if value is not None else None,
        "age_months": 0 if value is not None else None,
        "method": "reported",
        "score": None,
        "weight": 0.4,
        "effective_weight": None,
        "contribution": None,
    }


@pytest.fixture
def view(make_view, synergy_row):
    figures = [
        figure("500101", "pm25", 31.25),
        figure("500102", "pm25", None, "missing"),
        figure("500103", "pm25", None, "not_applicable"),
    ]
    intervals = [{"unit_code": "500101", "period": "2026-10", "output": "synergy", "rank_p05": 1.0, "rank_p95": 3.0}]
    return make_view(indicator_scores=figures, synergy=[synergy_row("500101")], rank_intervals=intervals)


def test_a_figure_keeps_all_its_digits_and_a_gap_keeps_its_reason(view) -> None:
    model = what_if_model(view)
    column = [row[0] for row in model.indicators].index("pm25")
    rows = [row[0] for row in model.units]
    found = [model.values[rows.index(unit)][column] for unit in ("500101", "500102", "500103", "500104")]
    assert found == [31.25, None, "-", None]


def test_the_model_is_the_catalogue_in_its_own_order(view, catalogue) -> None:
    model = what_if_model(view)
    assert [row[0] for row in model.indicators] == sorted(one.code for one in catalogue.indicators if one.node)
    assert [row[0] for row in model.nodes] == [node.code for node in catalogue.index.nodes]
    assert {len(row) for row in model.values} == {len(model.indicators)}
    assert model.availability == pytest.approx(2 / 3)
    assert not any(kind == "city" for _, kind, _, _ in model.units)


def test_every_weight_may_be_changed_but_that_of_the_index_itself(view, catalogue) -> None:
    codes = [(row.kind, row.code) for row in what_if(view).weights]
    nodes = {("node", node.code) for node in catalogue.index.nodes if node.parent is not None}
    assert set(codes) == nodes | {("indicator", one.code) for one in catalogue.indicators if one.node}
    assert len(codes) == len(set(codes))
    assert codes.index(("node", "pollution")) < codes.index(("indicator", "pm25")) < codes.index(("node", "carbon"))


def test_a_target_of_the_unit_comes_before_that_of_the_city_and_says_whose_it_is(view) -> None:
    options = {option.code: option for group in what_if(view).indicators for option in group.options}
    assert [(one.unit_code, one.value, one.words.key) for one in options["nonfossil_share"].targets] == [
        ("", 25.0, "whatif.target_of_city")
    ]
    energy = options["energy_intensity_decline"].targets
    assert [one.unit_code for one in energy] == ["500102", "500114", "500118", ""]
    assert options["pm25"].targets == ()


def test_published_results_stand_with_their_interval(view) -> None:
    page = what_if(view)
    rows = {row.code: row for row in page.rows}
    interval = rows["500101"].synergy.interval
    assert interval is not None
    assert (rows["500101"].synergy.score.text, interval.low, interval.high) == ("0.69", 1, 3)
    assert (rows["500102"].synergy.score.text, rows["500102"].synergy.rank) == ("", None)
    assert page.is_possible
    assert page.has_intervals


def test_without_anything_assessed_there_is_nothing_to_recompute(make_view) -> None:
    page = what_if(make_view())
    assert not page.is_possible
    assert not page.has_intervals
