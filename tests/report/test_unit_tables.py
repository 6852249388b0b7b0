"""The tables of one unit for download hold its rows, all of them and nobody else's."""

from datetime import UTC, datetime

import polars as pl

from xietong.report.unit_tables import unit_tables

PERIOD = "2026-10"


def scores(unit: str, indicator: str, period: str, value: float) -> dict[str, object]:
    return {"unit_code": unit, "period": period, "indicator_code": indicator, "state": "observed", "value": value}


def test_figures_are_those_of_the_period_in_the_catalogues_order(catalogue) -> None:
    codes = [found.code for found in catalogue.indicators[:3]]
    rows = [scores("500101", code, PERIOD, 1.0) for code in reversed(codes)]
    rows += [scores("500101", codes[0], "2026-09", 2.0), scores("500102", codes[0], PERIOD, 3.0)]
    tables = unit_tables({"indicator_scores": pl.DataFrame(rows)}, catalogue, PERIOD)
    figures = tables["500101"]["figures"]
    assert figures["indicator_code"].to_list() == codes
    assert figures["name_zh"].to_list() == [found.name.zh for found in catalogue.indicators[:3]]
    assert tables["500102"]["figures"]["value"].to_list() == [3.0]
    assert "figures" not in tables["500103"]


def test_an_indicator_that_left_the_catalogue_keeps_its_row(catalogue) -> None:
    marts = {"indicator_scores": pl.DataFrame([scores("500101", "gone", PERIOD, 1.0)])}
    assert unit_tables(marts, catalogue, PERIOD)["500101"]["figures"]["name_zh"].to_list() == [None]


def test_outputs_stand_beside_each_other_and_ranks_beside_their_interval(catalogue) -> None:
    top = next(node.code for node in catalogue.index.nodes if node.parent is None)
    common = {"unit_code": "500101", "rank": 3, "ranked_units": 38}
    marts = {
        "synergy": pl.DataFrame([{**common, "period": period, "d_modified": 0.5} for period in ("2026-10", "2026-09")]),
        "index_scores": pl.DataFrame(
            [
                {**common, "period": PERIOD, "node_code": node, "score": score}
                for node, score in ((top, 70.0), ("carbon", 1.0))
            ]
        ),
        "rank_intervals": pl.DataFrame(
            [{"unit_code": "500101", "period": PERIOD, "output": "synergy", "rank_p05": 2, "rank_p95": 7}]
        ),
    }
    outputs = unit_tables(marts, catalogue, PERIOD)["500101"]["outputs"]
    assert outputs["period"].to_list() == ["2026-09", "2026-10"]
    assert outputs["index"].to_list() == [None, 70.0]
    assert outputs["synergy_rank_p95"].to_list() == [None, 7]
    assert "index_rank_p05" in outputs.columns
    assert "assessment" not in outputs.columns


def test_received_names_the_file_and_the_day(catalogue) -> None:
    received = {
        "unit_code": "500101",
        "indicator_code": "pm25",
        "period": PERIOD,
        "value": 31.0,
        "snapshot": "ab",
        "location": "B2",
        "received_at": datetime(2026, 11, 10, 9, 30, tzinfo=UTC),
    }
    marts = {
        "observations": pl.DataFrame([received]),
        "snapshots": pl.DataFrame([{"sha256": "ab", "file": "a.xlsx"}, {"sha256": "ab", "file": "copy.xlsx"}]),
    }
    row = unit_tables(marts, catalogue, PERIOD)["500101"]["received"].to_dicts()[0]
    assert (row["file"], row["location"], row["received_at"]) == ("a.xlsx", "B2", "2026-11-10")


def test_without_marts_every_unit_has_nothing(catalogue) -> None:
    tables = unit_tables({}, catalogue, PERIOD)
    assert tables.keys() == catalogue.units_by_code.keys()
    assert not any(tables.values())
