"""What the compare page puts side by side."""

from xietong.report.compare import compare


def figure(unit, value, **given):
    known = value is not None
    return {
        "unit_code": unit,
        "period": "2026-10",
        "indicator_code": "pm25",
        "node_code": "pollution",
        "state": "observed" if known else "missing",
        "value": value,
        "value_period": "2026-10" if known else None,
        "age_months": 0 if known else None,
        "method": "reported",
        "score": 50.0 if known else None,
        "weight": 0.4,
        "effective_weight": 0.4,
        "contribution": 20.0,
        **given,
    }


def cell(data, unit, indicator="pm25"):
    return data.figures[indicator][data.units.index(unit)]


def test_a_cell_says_when_its_figure_is_from_and_what_it_scores(make_view) -> None:
    rows = [
        figure("500101", 31.24),
        figure("500102", 40.0, value_period="2026-07", age_months=3, score=28.571428),
        figure("500103", None),
        figure("500104", None, state="not_applicable"),
    ]
    data = compare(make_view(indicator_scores=rows)).data
    assert data.periods == ("2026-07", "2026-10")
    assert cell(data, "500101") == ("31.2", 1, 0, "50.0", 50.0)
    assert cell(data, "500102") == ("40.0", 0, 3, "28.6", 28.6)
    assert cell(data, "500103") == "missing"
    assert cell(data, "500104") == "not_applicable"
    assert cell(data, "500105") == "missing"


def test_the_spread_is_of_ranked_units_only(make_view) -> None:
    rows = [figure(code, 30.0, score=score) for code, score in (("500101", 10.0), ("500102", 20.0), ("500103", 40.0))]
    zone = figure("500000-liangjiang", 30.0, score=100.0)
    spreads = compare(make_view(indicator_scores=[*rows, zone])).data.spreads
    assert spreads == {"pm25": (10.0, 15.0, 20.0, 30.0, 40.0)}


def test_a_rank_stands_with_its_interval_and_a_band_with_its_word(make_view, synergy_row) -> None:
    rows = [synergy_row("500101", rank=2), synergy_row("500000-liangjiang", rank=None)]
    intervals = [{"unit_code": "500101", "period": "2026-10", "output": "synergy", "rank_p05": 1.0, "rank_p95": 4.0}]
    page = compare(make_view(synergy=rows, rank_intervals=intervals))
    found = dict(zip(page.data.units, page.data.outputs["synergy"], strict=True))
    assert found["500101"] == ("0.69", "synergy-7", 2, 1, 4)
    assert found["500000-liangjiang"] == ("0.69", "synergy-7", None, None, None)
    assert found["500102"] is None
    assert page.bands["synergy-7"] == "初级协调"


def test_the_ends_of_the_ranking_are_shown_first(make_view, synergy_row) -> None:
    rows = [
        synergy_row(code, d_modified=degree) for code, degree in (("500101", 0.5), ("500102", 0.9), ("500103", 0.7))
    ]
    assert compare(make_view(synergy=rows)).first_units == ("500102", "500101")
    assert compare(make_view()).first_units == ("500101", "500102")


def test_every_unit_and_indicator_can_be_chosen_once(make_view, catalogue) -> None:
    page = compare(make_view())
    units = [choice.code for group in page.units for choice in group.choices]
    indicators = [choice.code for group in (*page.scored, page.others) for choice in group.choices]
    assert sorted(units) == sorted(unit.code for unit in catalogue.units.units) == sorted(page.data.units)
    assert sorted(indicators) == sorted(one.code for one in catalogue.indicators) == sorted(page.data.figures)
