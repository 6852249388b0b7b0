"""The list of units: every unit once, a result with the interval of its rank, and none where there is none."""

from xietong.report.coverage import Coverage
from xietong.report.unit_list import unit_list
from xietong.report.view import Interval

INTERVAL = {"unit_code": "500101", "period": "2026-10", "output": "synergy", "rank_p05": 3.0, "rank_p95": 9.0}


def test_every_unit_stands_in_the_list_once(make_view) -> None:
    view = make_view()
    content = unit_list(view, Coverage(view))
    entries = [entry for group in content.groups for entry in group.units] + [*content.special, *content.whole]
    assert sorted(entry.unit.text for entry in entries) == sorted(unit.name.zh for unit in view.catalogue.units.units)
    assert all([found.output for found in entry.results] == ["synergy", "index", "assessment"] for entry in entries)


def test_a_result_stands_with_its_rank_and_interval_and_what_was_not_computed_with_neither(
    make_view, synergy_row
) -> None:
    view = make_view(synergy=[synergy_row("500101")], rank_intervals=[INTERVAL])
    content = unit_list(view, Coverage(view))
    entry = next(entry for group in content.groups for entry in group.units if entry.unit.text == "万州区")
    synergy, index, assessment = entry.results
    assert (synergy.score.text, synergy.rank, synergy.interval) == (
        "0.69",
        synergy_row("500101")["rank"],
        Interval(3, 9),
    )
    for absent in (index, assessment):
        assert (absent.score.text, absent.rank, absent.interval) == ("", None, None)
