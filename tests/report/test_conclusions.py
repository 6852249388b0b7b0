"""One conclusion per output, computed; the outputs stay apart."""

from xietong.report.conclusions import output_cards


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
    assert (state.values["best"], state.values["best_value"], state.values["best_band"]) == (
        "万州区",
        "0.71",
        "中级协调",
    )
    assert (state.values["worst"], state.values["median"]) == ("涪陵区", "0.63")
    assert (state.values["assessed"], state.values["units"]) == ("3", "38")
    assert synergy.sentences[1].values == {"carbon": "1", "pollution": "0", "synchronous": "2"}
    assert [(band.name, band.count) for band in synergy.bands] == [("勉强协调", 1), ("初级协调", 1), ("中级协调", 1)]
    assert [sentence.key for sentence in index.sentences] == ["conclusion.index.none"]
    assert [sentence.key for sentence in assessment.sentences] == ["conclusion.assessment.not_computed"]


def test_quadrants_are_counted_against_last_year_only(make_view, synergy_row) -> None:
    units = ["500101", "500102", "500103"]
    rows = [
        {"unit_code": unit, "period": "2026-10", "base_kind": kind, "base_period": "2025-10", "quadrant": quadrant}
        for unit, quadrant in zip(units, ["I", "III", "axis"], strict=True)
        for kind in ("previous_year", "base_year")
    ]
    view = make_view(synergy=[synergy_row(unit) for unit in units], synergy_change=rows)
    change = output_cards(view)[0].sentences[2]
    assert change.values == {"both": "1", "mixed": "1", "neither": "1"}


def test_other_periods_do_not_enter(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500101", "2026-09"), synergy_row("500102", d_modified=0.4, band=5)])
    assert output_cards(view)[0].sentences[0].values["best"] == "涪陵区"


def test_without_marts_nothing_is_concluded(make_view) -> None:
    keys = [card.sentences[0].key for card in output_cards(make_view())]
    assert keys == ["conclusion.synergy.none", "conclusion.index.none", "conclusion.assessment.not_computed"]
