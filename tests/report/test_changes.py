"""What the pages say about a change."""

import pytest

from xietong.report.changes import change_rows


def change(**given):
    return {
        "unit_code": "500101",
        "period": "2026-10",
        "base_kind": "previous_year",
        "base_period": "2025-10",
        "r_pollution": 0.0312,
        "r_carbon": -0.01,
        "quadrant": "II",
        "els_pollutant_over_co2": None,
        "els_co2_over_pollutant": None,
        "tapio_state": "weak_decoupling",
        "p_change": 0.01,
        "k_change": 0.0,
        "system_synergy": 0.0,
        **given,
    }


def changed(make_view, synergy_row, before, now, **given):
    rows = [synergy_row("500101", "2025-10", d_modified=before), synergy_row("500101", d_modified=now)]
    return change_rows(make_view(synergy=rows, synergy_change=[change(**given)]), "500101")[0]


@pytest.mark.parametrize(
    ("before", "now", "key"),
    [(0.6, 0.63, "change.up"), (0.6, 0.603, "change.none"), (None, 0.6, "change.unknown")],
)
def test_the_sentence_follows_the_difference(make_view, synergy_row, before, now, key) -> None:
    assert changed(make_view, synergy_row, before, now).sentence.key == key


@pytest.mark.parametrize(
    ("now", "low", "high", "is_clear", "key"),
    [
        (0.65, 0.01, 0.08, True, "change.up_clear"),
        (0.65, -0.02, 0.08, False, "change.up_unclear"),
        (0.55, -0.08, -0.01, True, "change.down_clear"),
        (0.55, -0.08, 0.02, False, "change.down_unclear"),
    ],
)
def test_a_change_is_called_clear_only_where_its_interval_says_so(
    make_view, synergy_row, now, low, high, is_clear, key
) -> None:
    rows = [synergy_row("500101", "2025-10", d_modified=0.6), synergy_row("500101", d_modified=now)]
    interval = {
        "unit_code": "500101",
        "period": "2026-10",
        "base_period": "2025-10",
        "output": "synergy",
        "change_p05": low,
        "change_p95": high,
        "is_clear": is_clear,
    }
    view = make_view(synergy=rows, synergy_change=[change(p_change=-0.1)], change_intervals=[interval])
    sentence = change_rows(view, "500101")[0].sentence
    assert sentence.key == key
    assert sentence.values["low"].replace("−", "-") == f"{low:+.3f}"


@pytest.mark.parametrize(("is_clear", "key"), [(True, "change.gap_widened"), (False, "change.gap_widened_unclear")])
def test_a_wider_gap_inside_its_uncertainty_is_not_called_a_fall(make_view, synergy_row, is_clear, key) -> None:
    rows = [synergy_row("500101", "2025-10", d_modified=0.6), synergy_row("500101", d_modified=0.58)]
    base = {"unit_code": "500101", "period": "2026-10", "base_period": "2025-10", "output": "synergy"}
    interval = {**base, "change_p05": -0.05, "change_p95": 0.01, "is_clear": is_clear}
    view = make_view(synergy=rows, synergy_change=[change()], change_intervals=[interval])
    assert change_rows(view, "500101")[0].sentence.key == key


def test_which_side_fell_and_which_rose_is_said_beside_the_level(make_view, synergy_row) -> None:
    rates = changed(make_view, synergy_row, 0.6, 0.6).rates
    assert rates is not None
    assert (rates.values["pollution"].key, rates.values["pollution"].values["rate"]) == ("change.fell", "3.1")
    assert (rates.values["carbon"].key, rates.values["carbon"].values["rate"]) == ("change.rose", "1.0")
    assert rates.values["quadrant"] == "减污增碳"
    held = changed(make_view, synergy_row, 0.6, 0.6, r_carbon=-0.0002, quadrant="axis").rates
    assert held is not None
    assert held.values["carbon"].key == "change.held"
    assert changed(make_view, synergy_row, 0.6, 0.6, r_carbon=None, quadrant=None).rates is None


def test_a_fall_though_neither_side_worsened_is_called_a_wider_gap(make_view, synergy_row) -> None:
    row = changed(make_view, synergy_row, 0.516, 0.468)
    assert row.is_gap_widened
    assert row.sentence.key == "change.gap_widened"
    assert row.sentence.values["difference"] == "0.05"


@pytest.mark.parametrize(("given", "is_known"), [({}, True), ({"p_change": 0.01}, True), ({"p_change": None}, False)])
def test_a_change_of_which_nothing_could_be_computed_says_so(make_view, synergy_row, given, is_known) -> None:
    nothing = dict.fromkeys(("r_pollution", "r_carbon", "quadrant", "tapio_state", "k_change", "system_synergy"))
    row = changed(make_view, synergy_row, None, None, **(nothing if given else {}), **given)
    assert row.is_known is is_known


def test_a_fall_with_a_worse_side_is_called_a_fall(make_view, synergy_row) -> None:
    row = changed(make_view, synergy_row, 0.6, 0.5, k_change=-0.1)
    assert not row.is_gap_widened
    assert row.sentence.key == "change.down"


def test_rates_are_reductions_in_percent_and_labels_are_words(make_view, synergy_row) -> None:
    row = changed(make_view, synergy_row, 0.6, 0.6)
    assert (row.reduction_pollution, row.reduction_carbon) == ("+3.1", "−1.0")
    assert (row.quadrant, row.decoupling) == ("减污增碳", "弱脱钩")
    assert row.pollution_over_carbon == ""
