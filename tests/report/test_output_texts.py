"""How outputs came about, in words and written numbers that fit together."""

import pytest

from xietong.report.output_chains import Outputs
from xietong.report.output_texts import node_anchor, output_texts, percent, points


def texts(view, unit="500101"):
    return output_texts(view, Outputs(view.evaluation).of_unit(view.catalogue.units_by_code[unit]))


def node(code, score, **given):
    row = {"unit_code": "500101", "period": "2026-10", "node_code": code, "state": "assessed", "coverage": 0.95}
    row |= {"score": score, "score_arithmetic": score + 1, "band": None, "rank": None, "ranked_units": None}
    return {**row, **given}


def test_the_degree_is_written_with_the_digits_of_its_formula(make_view, synergy_row) -> None:
    found = texts(make_view(synergy=[synergy_row("500101", c_modified=0.87, t=0.55, d_modified=0.691737)])).synergy
    assert found is not None
    assert (found.pollution, found.carbon, found.coupling, found.level) == ("0.6000", "0.5000", "0.8700", "0.5500")
    assert (float(found.coupling) * float(found.level)) ** 0.5 == pytest.approx(float(found.degree), abs=1e-4)
    assert (found.pollution_node, found.carbon_node) == ("pollution", "carbon")


def test_a_degree_that_is_not_there_keeps_its_sides_and_its_reason(make_view, synergy_row) -> None:
    gone = dict.fromkeys(("k_score", "c_standard", "c_modified", "t", "d_standard", "d_modified", "band", "rank"))
    row = synergy_row("500101", state="not_assessable", reason="missing", **gone)
    found = texts(make_view(synergy=[row])).synergy
    assert found is not None
    assert (found.pollution, found.carbon, found.degree, found.reason) == ("0.6000", "", "", "missing")


def test_the_index_has_its_own_place_and_the_other_mean_beside_it(make_view) -> None:
    top, effect = texts(make_view(index_scores=[node("index", 80.0), node("effect", 70.0)])).nodes
    assert (top.anchor, top.arithmetic, top.coverage) == ("output-index", "81.00", "95.0")
    assert (effect.anchor, effect.arithmetic) == ("node-effect", "")
    assert [part.anchor for part in top.parts] == ["node-effect"]


@pytest.mark.parametrize(
    ("change", "low", "high", "written"),
    [(0.02, 0.01, 0.03, ("0.6700", "0.6900", "+0.0200")), (-0.02, -0.03, 0.01, ("0.7100", "0.6900", "−0.0200"))],
)
def test_then_and_change_make_now(make_view, synergy_row, change, low, high, written) -> None:
    row = {"unit_code": "500101", "period": "2026-10", "base_period": "2025-10", "output": "synergy"}
    row |= {"change": change, "change_p05": low, "change_p95": high, "is_clear": change > 0}
    (found,) = texts(make_view(synergy=[synergy_row("500101")], change_intervals=[row])).changes
    assert (found.before, found.now, found.change) == written
    assert found.is_clear == (change > 0)


def test_changes_name_what_they_are_measured_on(make_view, catalogue) -> None:
    synergy = catalogue.index.synergy
    expected = [synergy.pollution_quantity, synergy.carbon_quantity, synergy.economy_quantity]
    assert [found.anchor for found in texts(make_view()).quantities] == expected


def test_numbers_that_are_none_are_written_as_nothing() -> None:
    assert (points(None), percent(None)) == ("", "")
    assert (points(12.346), percent(0.25)) == ("12.35", "25.0")


def test_places_of_nodes_do_not_meet_those_of_indicators(catalogue) -> None:
    places = {node_anchor(node.code, node.parent) for node in catalogue.index.nodes}
    assert len(places) == len(catalogue.index.nodes)
    assert places.isdisjoint(indicator.code for indicator in catalogue.indicators)
