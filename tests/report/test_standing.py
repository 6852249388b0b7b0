"""What stands beside a rank: ties, moves and groups are told only as far as they were computed."""

import pytest

from xietong.report.ranking import ranking
from xietong.report.standing import TiedGroup, move, peer_groups, regions, synergy_coverage, tied_groups

PERIOD = "2026-10"


def interval(unit_code: str, rank: int, group: int | None) -> dict[str, object]:
    row = {"unit_code": unit_code, "period": PERIOD, "output": "synergy", "nominal_rank": rank}
    return row | {"rank_p05": 1, "rank_p95": 4, "tied_group": group}


def change(unit_code: str, difference: float, *, is_clear: bool) -> dict[str, object]:
    row = {"unit_code": unit_code, "period": PERIOD, "base_period": "2025-10", "output": "synergy"}
    return row | {"change": difference, "change_p05": -0.1, "change_p95": 0.1, "is_clear": is_clear}


def test_a_tied_group_names_its_ranks_and_a_unit_its_place_in_it(make_view) -> None:
    rows = [interval("500103", 3, 1), interval("500101", 1, 1), interval("500102", 2, 1), interval("500104", 4, 2)]
    assert tied_groups(make_view(rank_intervals=rows), "synergy") == {
        "500101": TiedGroup(1, 3, "first"),
        "500102": TiedGroup(1, 3, "middle"),
        "500103": TiedGroup(1, 3, "last"),
        "500104": TiedGroup(4, 4, "only"),
    }


def test_without_groups_nothing_is_called_tied(make_view) -> None:
    view = make_view(rank_intervals=[interval("500101", 1, None)])
    assert tied_groups(view, "synergy") == {}
    assert tied_groups(view, "index") == {}


@pytest.mark.parametrize(
    ("difference", "is_clear", "text", "direction"),
    [(0.031, True, "+0.03", "up"), (-0.031, True, "−0.03", "down"), (0.031, False, "+0.03", "unclear")],
)
def test_a_move_has_a_direction_only_beyond_its_uncertainty(make_view, difference, is_clear, text, direction) -> None:
    base = {"unit_code": "500101", "period": PERIOD, "base_kind": "previous_year", "base_period": "2025-10"}
    view = make_view(synergy_change=[base], change_intervals=[change("500101", difference, is_clear=is_clear)])
    found = move(view, "synergy", "500101")
    assert found is not None
    assert (found.text, found.direction) == (text, direction)
    assert move(view, "synergy", "500102") is None


def test_a_move_is_silent_when_its_uncertainty_was_not_computed(make_view) -> None:
    base = {"unit_code": "500101", "period": PERIOD, "base_kind": "previous_year", "base_period": "2025-10"}
    assert move(make_view(synergy_change=[base]), "synergy", "500101") is None
    assert move(make_view(), "synergy", "500101") is None


def test_coverage_of_synergy_is_that_of_its_poorer_side(make_view) -> None:
    rows = [
        {"unit_code": "500101", "period": PERIOD, "node_code": node, "coverage": coverage}
        for node, coverage in (("pollution", 0.9), ("carbon", 0.7), ("management", 0.1))
    ]
    view = make_view(index_scores=rows)
    assert synergy_coverage(view, "500101") == 0.7
    assert synergy_coverage(view, "500102") is None


def test_every_ranked_unit_is_in_one_region_and_one_peer_group(make_view) -> None:
    view = make_view()
    assert sum(choice.units for choice in regions(view)) == len(view.ranked_units) == 38
    assert [choice.units for choice in peer_groups(view)] == [21, 11, 6]


def test_groups_keep_the_ranks_among_all_units(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500101", rank=7), synergy_row("500102", rank=1)])
    tables = {table.group.code: table for table in ranking(view).groups}
    northeast = tables["northeast"].rows
    assert (northeast[0].unit.text, northeast[0].ranks) == ("万州区", ((7, None), None))
    assert all(row.ranks[0] is None for row in northeast[1:])
    assert [table.is_region for table in tables.values()] == [True] * 5 + [False] * 3
