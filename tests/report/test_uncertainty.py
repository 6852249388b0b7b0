"""The page about uncertainty: what is shown of the marts, and that absent marts leave their part out."""

from xietong.report.uncertainty import uncertainty_page

PERIOD = "2026-10"


def interval(unit: str, rank: int, **changed) -> dict:
    row = {
        "unit_code": unit,
        "period": PERIOD,
        "output": "index",
        "nominal_rank": rank,
        "median_rank": rank,
        "rank_p05": rank,
        "rank_p95": rank + 3,
        "runs": 10240,
        "score_p05": 60.04,
        "score_p95": 70.0,
        "moved_most_by": "weights",
        "tied_group": 1,
    }
    return row | changed


def test_without_marts_the_page_is_empty(make_view) -> None:
    page = uncertainty_page(make_view())
    assert page.outputs == ()
    assert not page.has_saturation


def test_units_stand_in_the_order_of_rank_with_their_likeliest_band(make_view) -> None:
    bands = [
        {"unit_code": "500101", "period": PERIOD, "output": "index", "band": band, "probability": probability}
        for band, probability in ((1, 0.2), (2, 0.8))
    ]
    ahead = [{"period": PERIOD, "output": "index", "unit_code": "500101", "probability_ahead": 0.873}]
    view = make_view(
        language="en",
        rank_intervals=[interval("500102", 2, moved_most_by=None), interval("500101", 1)],
        band_probabilities=bands,
        rank_probabilities=ahead,
    )
    [output] = uncertainty_page(view).outputs
    assert output.runs == 10240
    first, second = output.units
    assert (first.rank, first.interval.low, first.interval.high) == (1, 1, 4)
    assert (first.score_low, first.score_high) == ("60.0", "70.0")
    assert (first.band, first.band_probability, first.ahead) == ("Pass", "80", "87")
    assert first.moved_by == "weights"
    assert (second.moved_by, second.band, second.ahead) == ("", "", "")


def test_the_page_counts_units_whose_rank_may_lie_more_than_ten_places_apart(make_view) -> None:
    rows = [
        interval("500101", 1, rank_p05=1, rank_p95=11),
        interval("500102", 2, rank_p05=1, rank_p95=12),
        interval("500103", 3, rank_p05=2, rank_p95=14, tied_group=2),
    ]
    [output] = uncertainty_page(make_view(rank_intervals=rows)).outputs
    told = output.apart.values
    assert (told["wide"], told["units"], told["share"], told["groups"]) == ("2", "3", "67", "2")
    ungrouped = [row | {"tied_group": None} for row in rows]
    [output] = uncertainty_page(make_view(rank_intervals=ungrouped)).outputs
    assert output.apart.key == "uncertainty.apart.alone"


def test_only_clear_changes_are_named(make_view) -> None:
    def change(unit: str, value: float, *, clear: bool) -> dict:
        key = {"unit_code": unit, "period": PERIOD, "base_period": "2025-10", "output": "index"}
        return key | {"change": value, "is_clear": clear}

    rows = [change("500101", 2.0, clear=True), change("500102", -3.0, clear=True), change("500103", 9.0, clear=False)]
    [output] = uncertainty_page(make_view(rank_intervals=[interval("500101", 1)], change_intervals=rows)).outputs
    [row] = output.changes
    assert [link.text for link in row.gains] == ["万州区"]
    assert [link.text for link in row.losses] == ["涪陵区"]
    assert row.unclear == 1
    assert row.base_period == "2025年10月"


def test_methods_are_ordered_by_how_far_they_move_ranks(make_view) -> None:
    def shifted(series: str, unit: str, shift: int | None) -> dict:
        return {"period": PERIOD, "series": series, "unit_code": unit, "output": "index", "rank_shift": shift}

    rows = [
        shifted("minmax", "500101", -4),
        shifted("minmax", "500102", 1),
        shifted("equal_weights", "500101", 0),
        shifted("equal_weights", "500102", None),
    ]
    [output] = uncertainty_page(make_view(rank_intervals=[interval("500101", 1)], robustness_series=rows)).outputs
    assert [(row.name.text, row.mean, row.largest) for row in output.series] == [
        ("极差标准化", "2.5", -4),
        ("各层等权", "0.0", 0),
    ]


def test_judgements_are_shown_with_their_consistency_once_a_node(make_view) -> None:
    note = "lambda_max=3.009203; consistency_index=0.004601; consistency_ratio=0.007933"
    rows = [
        {"period": PERIOD, "scheme": "ahp", "node_code": node, "indicator_code": None, "weight": 0.3, "note": note}
        for node in ("effect", "path", "management")
    ]
    page = uncertainty_page(make_view(language="en", weights=rows))
    [row] = page.consistency
    assert row.node == "Composite index of pollution and carbon reduction"
    assert (row.lambda_max, row.ratio) == ("3.0092", "0.0079")
    assert "no experts were asked" in page.judgements_origin


def test_only_what_is_more_than_half_at_an_end_is_saturated(make_view) -> None:
    def count(code: str, at_0: int, at_100: int) -> dict:
        key = {"indicator_code": code, "period": PERIOD, "units_at_0": at_0, "units_at_100": at_100}
        return key | {"observed_units": 10}

    page = uncertainty_page(make_view(saturation=[count("pm25", 2, 3), count("coal_share", 3, 3)]))
    assert [(row.at_0, row.at_100) for row in page.saturated] == [(3, 3)]
    assert page.has_saturation
