"""What is looked up of the marts once."""

from typing import Any


def interval(unit: str, period: str, output: str, low: float | None, high: float | None) -> dict[str, Any]:
    ranks = {"nominal_rank": 1, "rank_p05": 1.0, "rank_p95": 2.0}
    return {"unit_code": unit, "period": period, "output": output, "score_p05": low, "score_p95": high, **ranks}


def test_ranges_of_scores_stand_at_their_periods_and_nothing_where_none_was_computed(make_view, synergy_row) -> None:
    periods = ("2024-12", "2025-11", "2025-12", "2026-10")
    view = make_view(
        synergy=[synergy_row("500101", period) for period in periods],
        rank_intervals=[
            interval("500101", "2024-12", "synergy", 0.5, 0.6),
            interval("500101", "2025-12", "synergy", None, None),
            interval("500101", "2026-10", "synergy", 0.6, 0.7),
            interval("500101", "2025-11", "index", 60.0, 70.0),
            interval("500102", "2025-11", "synergy", 0.1, 0.2),
        ],
    )
    assert view.evaluation.score_ranges("synergy", "500101") == ((0.5, 0.6), None, None, (0.6, 0.7))
    assert view.evaluation.score_ranges("assessment", "500101") == (None, None, None, None)


def test_an_edition_without_intervals_has_no_ranges(make_view, synergy_row) -> None:
    assert make_view(synergy=[synergy_row("500101")]).evaluation.score_ranges("synergy", "500101") == (None,)


def test_a_period_is_marked_as_corrected_only_where_the_score_itself_changed(make_view, synergy_row) -> None:
    def effect(unit: str, period: str, output: str, before: float | None, after: float) -> dict:
        return {"unit_code": unit, "period": period, "output": output, "before": before, "after": after}

    periods = ("2026-07", "2026-08", "2026-09", "2026-10")
    evaluation = make_view(
        synergy=[synergy_row("500101", period) for period in periods],
        correction_effects=[
            effect("500101", "2026-07", "synergy", 0.5, 0.6),
            effect("500101", "2026-08", "synergy", 0.5, 0.5),
            effect("500101", "2026-08", "pollution", 40.0, 41.0),
            effect("500101", "2026-09", "index", None, 60.0),
            effect("500102", "2026-10", "synergy", 0.5, 0.6),
        ],
    ).evaluation
    assert evaluation.corrected("synergy", "500101") == (True, False, False, False)
    assert evaluation.corrected("index", "500101") == (False, False, True, False)
    assert evaluation.corrected("index", "500103") == (False, False, False, False)
