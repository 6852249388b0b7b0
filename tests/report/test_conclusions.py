"""One conclusion per output, computed; the outputs stay apart."""

from typing import Any

import pytest

from xietong.report.conclusions import moved_together, output_cards
from xietong.report.facts import Sentence


def ends(sentence: Sentence) -> Sentence:
    found = sentence.values["ends"]
    assert isinstance(found, Sentence)
    return found


def end(sentence: Sentence, which: str) -> Sentence:
    found = ends(sentence).values[which]
    assert isinstance(found, Sentence)
    return found


def interval(unit: str, low: float, high: float) -> dict[str, Any]:
    common = {"period": "2026-10", "output": "synergy", "nominal_rank": 1, "median_rank": 1.0, "runs": 10240}
    return {"unit_code": unit, "rank_p05": low, "rank_p95": high, **common}


def test_the_conclusion_names_the_ends_and_the_median(make_view, synergy_row) -> None:
    view = make_view(
        synergy=[
            synergy_row("500101", d_modified=0.71, band=8),
            synergy_row("500102", d_modified=0.52, band=6, lag_type="carbon_lagging"),
            synergy_row("500103", d_modified=0.63, band=7),
            synergy_row("500000", d_modified=0.99, band=10),
            synergy_row("500104", state="not_assessable", d_modified=None, band=None),
        ]
    )
    synergy, index, assessment = output_cards(view)
    state = synergy.sentences[0]
    assert state.key == "conclusion.synergy.state"
    assert end(state, "highest") == Sentence(
        "conclusion.highest.one", {"unit": "万州区", "value": "0.71", "band": "中级协调"}
    )
    assert end(state, "lowest").values["unit"] == "涪陵区"
    assert (state.values["median"], state.values["assessed"], state.values["units"]) == ("0.63", "3", "38")
    assert synergy.sentences[1].values == {"carbon": "1", "pollution": "0", "synchronous": "2"}
    assert [(band.name, band.count) for band in synergy.bands] == [("勉强协调", 1), ("初级协调", 1), ("中级协调", 1)]
    assert [sentence.key for sentence in index.sentences] == ["conclusion.index.none"]
    assert [sentence.key for sentence in assessment.sentences] == ["conclusion.assessment.not_computed"]


def test_the_highest_stands_with_the_interval_of_its_rank(make_view, synergy_row) -> None:
    rows = [synergy_row("500101", d_modified=0.94), synergy_row("500102", d_modified=0.5)]
    view = make_view(synergy=rows, rank_intervals=[interval("500101", 1.0, 9.0), interval("500102", 2.0, 2.0)])
    state = output_cards(view)[0].sentences[0]
    highest = end(state, "highest")
    assert (highest.key, highest.values["low"], highest.values["high"]) == ("conclusion.highest.placed", "1", "9")
    # A rank that does not move has no range to be written.
    assert end(state, "lowest").key == "conclusion.lowest.one"


def test_those_who_share_an_end_are_counted_and_none_is_named_before_the_others(make_view, synergy_row) -> None:
    rows = [synergy_row(unit, d_modified=0.9) for unit in ("500101", "500102", "500103")]
    # Ranks are made of six digits, and so are ties.
    rows[1]["d_modified"] += 1e-9
    rows.append(synergy_row("500104", d_modified=0.4))
    state = output_cards(make_view(synergy=rows, rank_intervals=[interval("500101", 1.0, 9.0)]))[0].sentences[0]
    highest = end(state, "highest")
    assert (highest.key, highest.values["count"], highest.values["value"]) == ("conclusion.highest.shared", "3", "0.90")
    assert "unit" not in highest.values


@pytest.mark.parametrize(("units", "key"), [(1, "conclusion.equal.one"), (3, "conclusion.equal.shared")])
def test_where_all_are_equal_nobody_is_highest_or_lowest(make_view, synergy_row, units: int, key: str) -> None:
    rows = [synergy_row(f"50010{place}", d_modified=0.5) for place in range(1, units + 1)]
    assert ends(output_cards(make_view(synergy=rows))[0].sentences[0]).key == key


def test_quadrants_are_counted_against_last_year_only(make_view, synergy_row) -> None:
    units = ["500101", "500102", "500103"]
    rows = [
        {"unit_code": unit, "period": "2026-10", "base_kind": kind, "base_period": "2025-10", "quadrant": quadrant}
        for unit, quadrant in zip(units, ["I", "III", "axis"], strict=True)
        for kind in ("previous_year", "base_year")
    ]
    found = moved_together(make_view(synergy=[synergy_row(unit) for unit in units], synergy_change=rows))
    assert found is not None
    counts = {"both": "1", "mixed": "1", "neither": "1", "units": "3"}
    assert found.values == {"period": "2026年10月", **counts}
    assert moved_together(make_view()) is None


def test_other_periods_do_not_enter(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500101", "2026-09"), synergy_row("500102", d_modified=0.4, band=5)])
    assert ends(output_cards(view)[0].sentences[0]).values["unit"] == "涪陵区"


def test_without_marts_nothing_is_concluded(make_view) -> None:
    keys = [card.sentences[0].key for card in output_cards(make_view())]
    assert keys == ["conclusion.synergy.none", "conclusion.index.none", "conclusion.assessment.not_computed"]
