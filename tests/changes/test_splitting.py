"""The split between two releases: parts add up, and a cause that is absent has exactly none."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.changes import CAUSES, Method, State, method_differences, split_change

METHOD = Method(
    node_of={"pm25": "pollution", "days": "pollution", "co2": "carbon", "energy": "carbon", "waste": "capacity"},
    weights={"pm25": 0.6, "days": 0.4, "co2": 0.5, "energy": 0.5, "waste": 1.0},
    goalposts={"pm25": (50, 15), "days": (75, 100), "co2": (1.6, 0.3), "energy": (0, 14), "waste": (30, 70)},
    parents={
        "index": None,
        "effect": "index",
        "management": "index",
        "pollution": "effect",
        "carbon": "effect",
        "coupling": "effect",
        "capacity": "management",
    },
    node_weights={
        "index": 100,
        "effect": 80,
        "management": 20,
        "pollution": 40,
        "carbon": 30,
        "coupling": 10,
        "capacity": 20,
    },
    aggregations={
        "index": "geometric",
        **dict.fromkeys(("effect", "management", "pollution", "carbon", "coupling", "capacity"), "arithmetic"),
    },
    takes={
        **dict.fromkeys(("index", "effect", "management"), "nodes"),
        **dict.fromkeys(("pollution", "carbon", "capacity"), "indicators"),
        "coupling": "synergy_degree",
    },
    synergy_nodes=("pollution", "carbon"),
    synergy_weights=(0.5, 0.5),
    availability=0.5,
    floor=1.0,
)
#: Indicator: value of each unit; None: missing.
VALUES = {
    "a": {"pm25": 38.0, "days": 88.0, "co2": 0.95, "energy": 9.0, "waste": 65.0},
    "b": {"pm25": 27.0, "days": None, "co2": 1.45, "energy": 4.0, "waste": 50.0},
    "c": {"pm25": 46.0, "days": 80.0, "co2": 0.45, "energy": 12.5, "waste": 72.0},
}


def figures(changed: dict[tuple[str, str], tuple[float | None, str]] | None = None) -> pl.DataFrame:
    """Return the figures of VALUES for 2024, some of them changed: (unit, indicator) → (value, period)."""
    rows = []
    for unit, values in VALUES.items():
        for code, value in values.items():
            now, period = (changed or {}).get((unit, code), (value, "2024"))
            state = "missing" if now is None else "observed"
            rows.append((unit, code, state, now, None if now is None else period))
    names = ("unit_code", "indicator_code", "state", "value", "value_period")
    schema = {name: pl.Float64 if name == "value" else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def parts(frame: pl.DataFrame, unit: str, output: str = "index") -> dict[str, float]:
    row = frame.row(by_predicate=(pl.col("unit_code") == unit) & (pl.col("output") == output), named=True)
    return {cause: row[cause] for cause in CAUSES}


def assert_adds_up(frame: pl.DataFrame) -> None:
    gap = frame.select((pl.sum_horizontal(CAUSES) - pl.col("change")).abs().max()).item()
    assert gap < 1e-9


REVISED = {("a", "pm25"): (30.0, "2024")}
ARRIVED = {("b", "days"): (95.0, "2024")}
NEWER = {("c", "co2"): (0.5, "2025")}
OTHER_WEIGHTS = replace(METHOD, weights=METHOD.weights | {"pm25": 0.4, "days": 0.6})


@pytest.mark.parametrize(
    ("changed", "method", "cause", "unit"),
    [
        (REVISED, METHOD, "revised_figures", "a"),
        (ARRIVED, METHOD, "new_figures", "b"),
        (NEWER, METHOD, "new_figures", "c"),
        ({("a", "days"): (None, "")}, METHOD, "revised_figures", "a"),
        ({}, OTHER_WEIGHTS, "method", "a"),
        ({}, replace(METHOD, goalposts=METHOD.goalposts | {"co2": (1.6, 0.5)}), "method", "a"),
        ({}, replace(METHOD, aggregations=METHOD.aggregations | {"index": "arithmetic"}), "method", "a"),
    ],
)
def test_a_cause_that_comes_alone_takes_the_whole_change(changed, method, cause, unit) -> None:
    frame = split_change(State(figures(), METHOD), State(figures(changed), method))
    row = frame.row(by_predicate=(pl.col("unit_code") == unit) & (pl.col("output") == "index"), named=True)
    found = parts(frame, unit)
    assert row["change"] != 0
    assert found.pop(cause) == pytest.approx(row["change"], abs=1e-12)
    assert set(found.values()) == {0.0}
    assert_adds_up(frame)


def test_all_causes_together_add_up_and_those_of_other_units_do_not_reach_a_unit() -> None:
    after = State(figures(REVISED | ARRIVED | NEWER), OTHER_WEIGHTS)
    frame = split_change(State(figures(), METHOD), after)
    assert_adds_up(frame)
    assert parts(frame, "a")["revised_figures"] != 0
    assert parts(frame, "a")["new_figures"] == 0
    assert parts(frame, "b")["new_figures"] != 0
    assert parts(frame, "b")["revised_figures"] == 0
    assert set(frame["peers"]) == {0.0}
    assert set(frame["output"]) == {*METHOD.parents, "synergy"}


def test_the_degree_of_synergy_is_split_as_the_index_is() -> None:
    frame = split_change(State(figures(), METHOD), State(figures(REVISED), OTHER_WEIGHTS))
    degree = parts(frame, "a", "synergy")
    coupling = parts(frame, "a", "coupling")
    assert {cause: 100 * part for cause, part in degree.items()} == pytest.approx(coupling)
    assert parts(frame, "a", "carbon") == dict.fromkeys(CAUSES, 0.0)


@pytest.mark.parametrize("normalisation", ["minmax", "zscore"])
def test_under_a_relative_normalisation_peers_move_a_unit_that_stood_still(normalisation) -> None:
    relative = replace(METHOD, normalisation=normalisation)
    # The worst air gets better: the others stand closer to the worst, though their air is the same.
    frame = split_change(State(figures(), relative), State(figures({("c", "pm25"): (40.0, "2025")}), relative))
    assert_adds_up(frame)
    own = parts(frame, "a", "pollution")
    assert own["peers"] < 0
    assert (own["revised_figures"], own["new_figures"], own["method"]) == (0.0, 0.0, 0.0)
    assert parts(frame, "c", "pollution")["peers"] == 0.0


def test_an_indicator_that_the_method_brings_along_is_no_new_figure() -> None:
    with_water = replace(
        METHOD,
        node_of=METHOD.node_of | {"water": "pollution"},
        weights=METHOD.weights | {"pm25": 0.4, "days": 0.3, "water": 0.3},
        goalposts=METHOD.goalposts | {"water": (60, 100)},
    )
    water = pl.DataFrame(
        [(unit, "water", "observed", 90.0, "2024") for unit in VALUES], schema=figures().schema, orient="row"
    )
    frame = split_change(State(figures(), METHOD), State(pl.concat([figures(), water]), with_water))
    assert_adds_up(frame)
    assert parts(frame, "a")["method"] != 0
    assert set(frame["new_figures"]) == {0.0}


def test_a_score_that_is_missing_on_one_side_has_no_row() -> None:
    strict = replace(METHOD, availability=0.9)
    frame = split_change(State(figures(), strict), State(figures(REVISED), strict))
    assert frame.filter(unit_code="b", output="index").is_empty()
    assert not frame.filter(unit_code="a", output="index").is_empty()


@pytest.mark.parametrize(
    ("change", "aspects"),
    [
        ({}, ()),
        ({"weights": METHOD.weights | {"pm25": 0.5, "days": 0.5}}, ("weights",)),
        ({"goalposts": METHOD.goalposts | {"co2": (1.6, 0.5)}}, ("goalposts",)),
        ({"floor": 2.0, "node_of": METHOD.node_of | {"waste": "carbon"}}, ("structure", "rules")),
    ],
)
def test_what_differs_between_two_methods_is_named(change, aspects) -> None:
    assert method_differences(METHOD, replace(METHOD, **change)) == aspects


CELL = st.one_of(st.none(), st.floats(min_value=-20, max_value=120))
CHANGES = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from(sorted(METHOD.node_of))),
    st.tuples(CELL, st.sampled_from(["2024", "2025"])),
)


@given(first=CHANGES, second=CHANGES, share=st.floats(0.05, 0.95), relative=st.booleans())
def test_parts_add_up_whatever_changed(first, second, share, relative) -> None:
    before = replace(METHOD, normalisation="minmax") if relative else METHOD
    after = replace(before, weights=METHOD.weights | {"pm25": share, "days": 1 - share})
    frame = split_change(State(figures(first), before), State(figures(second), after))
    whole = frame.drop_nulls(CAUSES)
    if whole.height:
        assert_adds_up(whole)
    if not relative:
        assert set(whole["peers"]) <= {0.0}


def test_a_change_that_has_no_score_on_the_way_is_told_but_not_split() -> None:
    # One figure is taken back and another arrives: in between the unit has none in this node.
    half = replace(METHOD, availability=0.4)
    before = State(figures({("a", "days"): (None, "")}), half)
    after = State(figures({("a", "pm25"): (None, "")}), half)
    frame = split_change(before, after)
    row = frame.row(by_predicate=(pl.col("unit_code") == "a") & (pl.col("output") == "pollution"), named=True)
    assert row["change"] is not None
    assert [row[cause] for cause in CAUSES] == [None] * 4
