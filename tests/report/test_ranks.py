"""A rank never stands alone: with its interval, or with the remark that there is none."""

import pytest

from xietong.report.ranking import ranking
from xietong.report.view import Interval


def interval(unit_code, low, high, output="synergy", group=(None, None)):
    return {
        "unit_code": unit_code,
        "period": "2026-10",
        "output": output,
        "rank_p05": low,
        "rank_p95": high,
        "group_rank_p05": group[0],
        "group_rank_p95": group[1],
    }


@pytest.mark.parametrize(
    ("intervals", "key"),
    [
        ([], "rank.without_interval"),
        ([interval("500101", 8.0, 17.0)], "rank.with_interval"),
        ([interval("500101", 12.0, 12.0)], "rank.certain"),
        # Steady, but not where it is published: then the interval must be read.
        ([interval("500101", 1.0, 1.0)], "rank.with_interval"),
        ([interval("500101", 8.0, 17.0, output="index")], "rank.without_interval"),
    ],
)
def test_the_sentence_depends_on_the_interval(make_view, synergy_row, intervals, key) -> None:
    row = synergy_row("500101", rank=12)
    sentence = make_view(synergy=[row], rank_intervals=intervals).rank_sentence("synergy", row)
    assert sentence.key == key
    if key == "rank.with_interval":
        given = intervals[0]
        assert (sentence.values["low"], sentence.values["high"]) == (
            f"{given['rank_p05']:.0f}",
            f"{given['rank_p95']:.0f}",
        )


@pytest.mark.parametrize(
    ("intervals", "key"),
    [
        ([], "rank.group.without_interval"),
        # The interval among all units says nothing about the place among the peers, here or in older tables.
        ([interval("500101", 8.0, 17.0)], "rank.group.without_interval"),
        ([interval("500101", 8.0, 17.0, output="index", group=(3, 7))], "rank.group.without_interval"),
        ([interval("500101", 8.0, 17.0, group=(3, 7))], "rank.group.with_interval"),
        ([interval("500101", 8.0, 17.0, group=(5, 5))], "rank.group.certain"),
        ([interval("500101", 8.0, 17.0, group=(4, 4))], "rank.group.with_interval"),
    ],
)
def test_a_rank_among_peers_has_an_interval_of_its_own(make_view, synergy_row, intervals, key) -> None:
    row = synergy_row("500101", rank=12, group_rank=5, group_units=11)
    sentence = make_view(synergy=[row], rank_intervals=intervals).group_rank_sentence("synergy", row)
    assert sentence is not None
    assert sentence.key == key
    ends = (
        {"low": str(intervals[0]["group_rank_p05"]), "high": str(intervals[0]["group_rank_p95"])} if intervals else {}
    )
    expected = {"group": "渝东北三峡库区城镇群", "rank": "5", "units": "11"}
    assert sentence.values == expected | (ends if key == "rank.group.with_interval" else {})


def test_tables_made_before_ranks_among_peers_had_intervals_say_that_there_is_none(make_view, synergy_row) -> None:
    row = synergy_row("500101", group_rank=5, group_units=11)
    older = {"unit_code": "500101", "period": "2026-10", "output": "synergy", "rank_p05": 8, "rank_p95": 17}
    sentence = make_view(synergy=[row], rank_intervals=[older]).group_rank_sentence("synergy", row)
    assert sentence is not None
    assert sentence.key == "rank.group.without_interval"


def test_who_has_no_place_among_peers_has_no_sentence_about_it(make_view, synergy_row) -> None:
    assert make_view().group_rank_sentence("synergy", synergy_row("500101", group_rank=None)) is None


def test_the_ranking_has_the_interval_among_peers_beside_the_other_one(make_view, synergy_row) -> None:
    rows = [synergy_row("500101", rank=1), synergy_row("500102", rank=2)]
    table = ranking(make_view(synergy=rows, rank_intervals=[interval("500101", 1, 2, group=(1, 3))])).tables[0]
    assert [row.group_interval for row in table.rows] == [Interval(1, 3), None]


def test_ties_share_their_rank_and_the_unranked_are_named(make_view, synergy_row) -> None:
    view = make_view(
        synergy=[
            synergy_row("500103", rank=3, d_modified=0.5),
            synergy_row("500102", rank=1),
            synergy_row("500101", rank=1),
            synergy_row("500104", rank=None, state="not_assessable", d_modified=None),
        ]
    )
    table = ranking(view).tables[0]
    assert [(row.unit.text, row.rank, row.is_tied) for row in table.rows] == [
        ("万州区", 1, True),
        ("涪陵区", 1, True),
        ("渝中区", 3, False),
    ]
    assert "大渡口区" in [link.text for link in table.without]
    assert not table.has_intervals


def test_zones_and_the_city_are_never_in_the_ranking(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500000-liangjiang", rank=None), synergy_row("500000", rank=None)])
    page = ranking(view)
    assert page.tables[0].rows == ()
    assert next(row for row in page.special if row.unit.text == "两江新区").degree.text == "0.69"
    assert "重庆市" not in [link.text for table in page.tables for link in table.without]
