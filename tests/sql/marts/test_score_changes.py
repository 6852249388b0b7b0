"""The split of changes of scores within a run: exact, by indicator and cause, and zero for what did not come."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FULL = {"pm25": 38.0, "days": 88.0, "co2": 0.95, "energy": 9.0, "waste": 65.0, "permits": 80.0}
VALUE = st.one_of(st.none(), st.just("-"), st.sampled_from([0.0, 15.0, 50.0]), st.floats(min_value=-20, max_value=120))
VALUES = st.fixed_dictionaries(dict.fromkeys(FULL, VALUE))


def changes(evaluate_scores, before: dict, after: dict, **options) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    tables = evaluate_scores({("a", 2023): before, ("a", 2024): after}, **options)
    return tables["score_changes"].filter(base_kind="previous_year"), tables


def moved(tables: dict[str, pl.DataFrame], table: str, column: str, *within: str) -> pl.DataFrame:
    """Return the change of a score from 2023 to 2024 by unit and ``within``, where there is one in both years."""
    key = ["unit_code", *within]
    years = [tables[table].filter(period=year).drop_nulls(column).select(*key, column) for year in ("2023", "2024")]
    joined = years[0].join(years[1], on=key, suffix="_now")
    return joined.select(*key, change=pl.col(f"{column}_now") - pl.col(column))


def assert_adds_up(frame: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> None:
    pillars = frame.with_columns(node_code="pillar_code")
    for parts, column, change in (
        (frame, "index_change", moved(tables, "int_index_scores", "score")),
        (pillars, "pillar_change", moved(tables, "int_pillar_scores", "score", "node_code")),
        (frame, "node_change", moved(tables, "int_leaf_scores", "score", "node_code")),
        (frame, "synergy_change", moved(tables, "int_synergy", "d_modified")),
    ):
        key = [name for name in change.columns if name != "change"]
        sums = parts.group_by(key).agg(pl.col(column).sum().alias("sum"))
        joined = change.join(sums, on=key, how="left").with_columns(pl.col("sum").fill_null(0.0))
        assert joined["sum"].to_list() == pytest.approx(joined["change"].to_list(), abs=1e-9), column


def test_nothing_moved_has_no_rows(evaluate_scores) -> None:
    frame, _ = changes(evaluate_scores, FULL, FULL)
    assert frame.is_empty()


def test_a_fall_of_emissions_raises_the_index_by_itself_and_through_the_coupling(evaluate_scores) -> None:
    frame, tables = changes(evaluate_scores, FULL, FULL | {"co2": 0.8})
    assert frame["indicator_code"].unique().to_list() == ["co2"]
    assert frame["cause"].unique().to_list() == ["figures"]
    own = frame.filter(node_code="carbon").row(0, named=True)
    assert own["node_change"] == pytest.approx(0.5 * 100 * 0.15 / 1.3)
    assert own["pillar_change"] == pytest.approx(own["node_change"] * 30 / 70)
    assert own["index_change"] > 0
    through = frame.filter(node_code="coupling").row(0, named=True)
    assert through["synergy_change"] == pytest.approx(through["node_change"] / 100)
    assert_adds_up(frame, tables)


def test_an_indicator_that_appears_is_coverage_and_nothing_else(evaluate_scores) -> None:
    frame, tables = changes(evaluate_scores, FULL | {"permits": None}, FULL)
    (row,) = frame.to_dicts()
    assert (row["indicator_code"], row["cause"]) == ("permits", "coverage")
    # It brings 80 points and takes 30 % of the weight from one that has 87.5.
    assert row["node_change"] == pytest.approx(0.3 * (80 - 87.5))
    assert_adds_up(frame, tables)


def test_an_indicator_that_leaves_is_the_mirror_of_one_that_appears(evaluate_scores) -> None:
    appears, _ = changes(evaluate_scores, FULL | {"permits": None}, FULL)
    leaves, _ = changes(evaluate_scores, FULL, FULL | {"permits": None})
    assert leaves["index_change"].item() == pytest.approx(-appears["index_change"].item(), abs=1e-12)


def test_figures_and_coverage_stand_apart(evaluate_scores) -> None:
    frame, tables = changes(evaluate_scores, FULL | {"permits": None}, FULL | {"waste": 60.0})
    causes = dict(frame["indicator_code", "cause"].iter_rows())
    assert causes == {"waste": "figures", "permits": "coverage"}
    assert_adds_up(frame, tables)


def test_one_indicator_in_place_of_another_of_the_same_weight(evaluate_scores) -> None:
    frame, tables = changes(
        evaluate_scores, FULL | {"energy": None}, FULL | {"co2": None, "energy": 12.0}, availability=0.5
    )
    assert set(frame.filter(node_code="carbon")["cause"]) == {"coverage"}
    assert_adds_up(frame, tables)


def test_parts_that_cancel_within_a_side_are_still_told(evaluate_scores) -> None:
    # CO2 intensity scores 10 points more and the decline of energy 10 points less: the side stands still.
    frame, tables = changes(evaluate_scores, FULL, FULL | {"co2": 0.95 - 0.13, "energy": 9.0 - 1.4})
    carbon = dict(frame.filter(node_code="carbon")["indicator_code", "index_change"].iter_rows())
    assert carbon["co2"] == pytest.approx(-carbon["energy"], rel=1e-6)
    coupling = dict(frame.filter(node_code="coupling")["indicator_code", "synergy_change"].iter_rows())
    assert coupling["co2"] == pytest.approx(-coupling["energy"], rel=1e-6)
    assert abs(coupling["co2"]) > 1e-3
    assert_adds_up(frame, tables)


def test_a_node_that_begins_to_apply_is_coverage_of_the_node(evaluate_scores, nodes) -> None:
    tree = {code: row for code, row in nodes.items() if code != "management"}
    tree |= {"capacity": ("effect", "sub_index", 30, "arithmetic", "indicators"), "effect": (*nodes["effect"],)}
    frame, tables = changes(evaluate_scores, FULL | {"waste": "-", "permits": "-"}, FULL, nodes=tree)
    (row,) = frame.to_dicts()
    assert (row["node_code"], row["indicator_code"], row["cause"]) == ("capacity", None, "coverage")
    assert_adds_up(frame, tables)


def test_a_pillar_that_begins_to_apply_is_split_exactly(evaluate_scores) -> None:
    frame, tables = changes(evaluate_scores, FULL | {"waste": "-", "permits": "-"}, FULL | {"pm25": 30.0})
    assert "management" in frame.filter(cause="coverage")["node_code"].to_list()
    assert_adds_up(frame, tables)


def test_a_pillar_below_the_floor_moves_nothing(evaluate_scores) -> None:
    frame, tables = changes(
        evaluate_scores, FULL | {"waste": 30.0, "permits": 0.1}, FULL | {"waste": 30.0, "permits": 0.2}
    )
    assert frame["index_change"].to_list() == [0.0]
    assert_adds_up(frame, tables)


def test_without_a_degree_on_one_side_only_the_nodes_are_split(evaluate_scores) -> None:
    frame, tables = changes(evaluate_scores, FULL | {"pm25": None}, FULL | {"waste": 60.0})
    assert frame.filter(node_code="coupling").is_empty()
    assert frame["index_change"].null_count() == frame.height
    assert_adds_up(frame, tables)


PAIRS = st.lists(st.tuples(VALUES, VALUES), min_size=10, max_size=10)


def changes_of_many(evaluate_scores, pairs: list[tuple[dict, dict]], **options):
    values = {(f"u{n}", year): pair[year - 2023] for n, pair in enumerate(pairs) for year in (2023, 2024)}
    tables = evaluate_scores(values, availability=0.3, **options)
    return tables["score_changes"].filter(base_kind="previous_year"), tables


@settings(max_examples=30)
@given(pairs=PAIRS)
def test_parts_add_up_whatever_happened(evaluate_scores, pairs) -> None:
    assert_adds_up(*changes_of_many(evaluate_scores, pairs))


@settings(max_examples=30)
@given(pairs=PAIRS)
def test_parts_add_up_under_geometric_means_at_both_levels(evaluate_scores, nodes, pairs) -> None:
    tree = nodes | {"effect": ("index", "pillar", 70, "geometric", "nodes")}
    assert_adds_up(*changes_of_many(evaluate_scores, pairs, nodes=tree))


@settings(max_examples=8)
@given(pairs=PAIRS)
def test_going_back_undoes_every_part(evaluate_scores, pairs) -> None:
    forth, _ = changes_of_many(evaluate_scores, pairs)
    back, _ = changes_of_many(evaluate_scores, [(after, before) for before, after in pairs])
    key = ["unit_code", "node_code", "indicator_code"]
    joined = forth.join(back, on=key, how="full", nulls_equal=True, suffix="_back", coalesce=True)
    # A side whose parts cancel has the slope across the point it stands at, the same both ways.
    gap = joined.select((pl.col("index_change") + pl.col("index_change_back")).abs().max()).item()
    assert gap is None or gap < 1e-6
