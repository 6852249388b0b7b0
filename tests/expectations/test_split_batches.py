"""The gaps between parts and their whole: none in what the models make, and every tampering shows."""

import polars as pl
import pytest

from expectations.split_batches import gaps

KEY = {"unit_code": "500101", "period": "2024-12"}


@pytest.fixture
def marts() -> dict[str, pl.DataFrame]:
    """Return two months of one unit, whose parts add up."""
    before = KEY | {"period": "2024-11"}
    base = {"base_kind": "previous_period", "base_period": "2024-11"}
    return {
        "index_scores": pl.DataFrame(
            [before | {"node_code": "index", "score": 60.0}, KEY | {"node_code": "index", "score": 62.5}]
        ),
        "synergy": pl.DataFrame([before | {"d_modified": 0.6}, KEY | {"d_modified": 0.65}]),
        "contributions": pl.DataFrame(
            [before | {"to_index": 60.0}, KEY | {"to_index": 40.0}, KEY | {"to_index": 22.5}]
        ),
        "score_changes": pl.DataFrame(
            [
                KEY | base | {"index_change": 3.0, "synergy_change": None},
                KEY | base | {"index_change": -0.5, "synergy_change": 0.05},
            ]
        ),
        "decomposition": pl.DataFrame(
            [
                KEY
                | base
                | {"quantity_code": "co2", "effect": effect, "change": 2.0, "quantity": 12.0, "base_quantity": 10.0}
                for effect in (5.0, -3.0)
            ]
        ),
        "indicator_scores": pl.DataFrame(
            [KEY | {"indicator_code": "co2", "value": 12.0}, KEY | {"indicator_code": "air", "value": 300.0}]
        ),
        "emissions": pl.DataFrame(
            [
                KEY | {"indicator_code": "co2", "scope": scope, "value": value}
                for scope, value in (("direct", 9.0), ("indirect", 3.0), ("total", 12.0))
            ]
        ),
        "pollution_equivalents": pl.DataFrame(
            [KEY | {"indicator_code": "air", "equivalents": value} for value in (100.0, 200.0)]
        ),
    }


def largest(marts: dict[str, pl.DataFrame], catalogue) -> dict[str, float]:
    return {name: frame["gap"].max() for name, frame in gaps(marts, catalogue)}


def test_parts_that_add_up_have_no_gap(marts, catalogue) -> None:
    found = largest(marts, catalogue)
    assert set(found) == {"contributions", "score_changes", "decomposition", "emissions", "pollution_equivalents"}
    assert max(found.values()) < 1e-9


@pytest.mark.parametrize(
    ("mart", "column"),
    [
        ("contributions", "to_index"),
        ("score_changes", "index_change"),
        ("score_changes", "synergy_change"),
        ("decomposition", "effect"),
        ("emissions", "value"),
        ("pollution_equivalents", "equivalents"),
    ],
)
def test_a_part_that_is_a_millionth_off_shows(marts, catalogue, mart, column) -> None:
    tampered = marts | {mart: marts[mart].with_columns(pl.col(column) * (1 + 1e-6))}
    found = largest(tampered, catalogue)
    assert found.pop(mart) > 1e-9
    assert max(found.values()) < 1e-9


def test_a_change_without_any_part_shows(marts, catalogue) -> None:
    tampered = marts | {"index_scores": marts["index_scores"].with_columns(pl.col("score") * 1.01)}
    assert largest(tampered, catalogue)["score_changes"] > 1e-3


def test_marts_that_a_run_does_not_have_are_left_out(marts, catalogue) -> None:
    assert list(gaps({name: marts[name] for name in ("index_scores", "synergy", "indicator_scores")}, catalogue)) == []
