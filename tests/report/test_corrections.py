"""The ledger of corrections: what was replaced, why, and what it did where it did most."""

from datetime import UTC, datetime

from xietong.report.corrections import corrections_of

MOMENT = datetime(2024, 5, 28, tzinfo=UTC)


def revision(period: str, before: float, after: float, reason: str | None = "漏减") -> dict:
    return {
        "unit_code": "500102",
        "indicator_code": "nox_emission",
        "period": period,
        "value_before": before,
        "value_after": after,
        "change_percent": 100 * (after / before - 1) if before else None,
        "received_after": MOMENT,
        "file_after": "500102_r1.xlsx",
        "location_after": "季度!D2",
        "reason_zh": reason,
        "reason_by_zh": "某区" if reason else None,
    }


def effect(period: str, output: str, before: float | None, after: float) -> dict:
    return {
        "unit_code": "500102",
        "indicator_code": "nox_emission",
        "period": period,
        "output": output,
        "before": before,
        "after": after,
        "effect": None if before is None else after - before,
    }


def test_corrections_of_one_indicator_stand_together_with_old_and_new_value(make_view) -> None:
    view = make_view()
    (group,) = corrections_of(view, [revision("2023-Q1", 100.0, 93.0), revision("2023-Q2", 0.0, 5.0, None)])
    first, second = group.revisions
    assert (first.before, first.after, first.change, first.reason) == ("100.0", "93.0", "−7.0 %", "漏减")
    assert (second.before, second.change, second.reason) == ("0.0", "", "")
    assert group.effects == ()


def test_the_effect_shown_is_that_of_the_period_in_which_the_index_moved_most(make_view) -> None:
    effects = [
        effect("2023-12", "index", 69.0, 69.4),
        effect("2023-12", "synergy", 0.7, 0.6999),
        effect("2024-06", "index", 70.0, 70.1),
        effect("2023-12", "pollution", 50.0, 60.0),
    ]
    view = make_view(correction_effects=effects)
    (group,) = corrections_of(view, [revision("2023-Q1", 100.0, 93.0)])
    told = [(shown.output, shown.before, shown.after, shown.effect) for shown in group.effects]
    assert told == [("synergy", "0.7000", "0.6999", "−0.0001"), ("index", "69.00", "69.40", "+0.40")]


def test_a_score_that_only_the_correction_made_possible_has_no_number_before(make_view) -> None:
    view = make_view(correction_effects=[effect("2023-12", "index", None, 69.4)])
    (group,) = corrections_of(view, [revision("2023-Q1", 100.0, 93.0)])
    assert [(shown.before, shown.after, shown.effect) for shown in group.effects] == [("", "69.40", "")]
