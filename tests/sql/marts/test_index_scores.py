"""Ranks: competition ranking within a kind and a peer group, among units that are assessed."""

import polars as pl

MODEL = "marts/index_scores"


def given(scores: dict[str, tuple[str, str | None, float | None]], ranked: bool = True) -> dict:
    """Return the inputs for one period: unit → (kind, peer group, score)."""
    grid = [
        {
            "unit_code": unit,
            "grid_order": order,
            "sequence": 0,
            "period": "2025",
            "kind": kind,
            "peer_group": group,
            "is_ranked": ranked and kind != "special_unit",
        }
        for order, (unit, (kind, group, _)) in enumerate(scores.items())
    ]
    tops = [
        {
            "unit_code": unit,
            "period": "2025",
            "node_code": "index",
            "score": score,
            "score_arithmetic": score,
            "state": "not_assessable" if score is None else "assessed",
            "coverage": 0.5 if score is None else 1.0,
        }
        for unit, (_, _, score) in scores.items()
    ]
    columns = ("unit_code", "period", "node_code", "state", "score", "score_arithmetic", "coverage")
    kinds = {"score": pl.Float64, "score_arithmetic": pl.Float64, "coverage": pl.Float64}
    empty = pl.DataFrame(schema={column: kinds.get(column, pl.String) for column in columns})
    return {
        "intermediate.int_grid": pl.DataFrame(
            grid, schema_overrides={"peer_group": pl.String}, infer_schema_length=None
        ),
        "staging.stg_nodes": [{"node_code": "index", "level": "index"}],
        "intermediate.int_leaf_scores": empty.drop("score_arithmetic"),
        "intermediate.int_pillar_scores": empty,
        "intermediate.int_index_scores": pl.DataFrame(tops, schema_overrides=kinds, infer_schema_length=None),
        "reference.parameters": pl.DataFrame({"rounding_digits": pl.Series([6], dtype=pl.Int32)}),
        "reference.bands": [
            {"scheme": "index", "band": 1, "lower": 0.0, "upper": 60.0, "is_last": False},
            {"scheme": "index", "band": 2, "lower": 60.0, "upper": 80.0, "is_last": False},
            {"scheme": "index", "band": 3, "lower": 80.0, "upper": 100.0, "is_last": True},
        ],
    }


def column(rows: list[dict], name: str) -> dict:
    return {row["unit_code"]: row[name] for row in rows}


def test_equal_scores_share_the_better_rank_and_the_next_is_skipped(run_model) -> None:
    units = {code: ("district", "urban", score) for code, score in {"a": 70.0, "b": 80.0, "c": 70.0, "d": 60.0}.items()}
    rows = run_model(MODEL, given(units))
    assert column(rows, "rank") == {"a": 2, "b": 1, "c": 2, "d": 4}
    assert set(column(rows, "ranked_units").values()) == {4}


def test_scores_equal_to_six_digits_tie(run_model) -> None:
    units = {"a": ("district", None, 70.0), "b": ("district", None, 70.0 + 1e-9)}
    assert column(run_model(MODEL, given(units)), "rank") == {"a": 1, "b": 1}


def test_a_unit_that_is_not_assessable_has_no_rank_and_takes_none_away(run_model) -> None:
    units = {"a": ("district", "x", 70.0), "b": ("district", "x", None), "c": ("district", "x", 60.0)}
    rows = run_model(MODEL, given(units))
    assert column(rows, "rank") == {"a": 1, "b": None, "c": 2}
    assert column(rows, "ranked_units") == {"a": 2, "b": None, "c": 2}


def test_special_units_are_scored_but_not_ranked(run_model) -> None:
    units = {"a": ("district", "x", 50.0), "z": ("special_unit", None, 90.0)}
    rows = run_model(MODEL, given(units))
    assert column(rows, "rank") == {"a": 1, "z": None}
    assert column(rows, "score")["z"] == 90.0


def test_ranks_in_the_peer_group(run_model) -> None:
    units = {"a": ("district", "x", 50.0), "b": ("district", "y", 60.0), "c": ("district", "x", 70.0)}
    rows = run_model(MODEL, given(units))
    assert column(rows, "group_rank") == {"a": 2, "b": 1, "c": 1}
    assert column(rows, "group_units") == {"a": 2, "b": 1, "c": 2}


def test_bands_are_closed_on_the_left_and_the_last_one_on_both_sides(run_model) -> None:
    scores = {"a": 59.9999994, "b": 60.0, "c": 59.9999996, "d": 80.0, "e": 100.0}
    rows = run_model(MODEL, given({unit: ("district", None, score) for unit, score in scores.items()}))
    assert column(rows, "band") == {"a": 1, "b": 2, "c": 2, "d": 3, "e": 3}
