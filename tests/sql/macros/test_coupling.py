"""Coupling, coordination, bands and lag types (method.md §2.1; rulings 1, 2, 11)."""

import math
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

NAN = math.nan
SCORE = st.floats(min_value=0, max_value=1)
PAIRS = st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=40)
SYSTEMS = st.lists(st.lists(SCORE, min_size=2, max_size=6), min_size=1, max_size=20)
BOTH = pytest.mark.parametrize("coupling", ["coupling_degree", "coupling_degree_modified"])
DEGREE_OF = "coordination_degree({coupling}([a, b]), (a + b) / 2)"


@BOTH
def test_all_zero_is_null_and_one_zero_is_zero(evaluate, coupling) -> None:
    rows = [([0, 0],), ([0, 0.5],), ([0.5, 0],), ([0, 0, 0],), ([0, 0.2, 0.9],)]
    assert evaluate(f"{coupling}(a)", rows) == [None, 0, 0, None, 0]


@BOTH
def test_equal_scores_couple_fully(evaluate, coupling) -> None:
    rows = [([1, 1],), ([0.1, 0.1],), ([1e-300, 1e-300],), ([0.3, 0.3, 0.3],)]
    assert evaluate(f"{coupling}(a)", rows) == pytest.approx([1, 1, 1, 1], abs=1e-15)


@BOTH
def test_a_missing_score_gives_null(evaluate, coupling) -> None:
    rows = [([None, 0.5],), ([0.5, NAN],), ([None, None],), (None,), ([0.5, 0.5, None],), ([NAN, 1.5],)]
    assert evaluate(f"{coupling}(a)", rows) == [None] * 6


@BOTH
@pytest.mark.parametrize("scores", [[1.01, 0.5], [-0.01, 0.5], [59.3, 57.1], [math.inf, 0.5], [0.5, 0.5, 1.1]])
def test_a_score_outside_is_refused(evaluate, coupling, scores) -> None:
    with pytest.raises(duckdb.Error, match=rf"{coupling} takes scores in \[0, 1\]"):
        evaluate(f"{coupling}(a)", [(scores,)])


@BOTH
@pytest.mark.parametrize("scores", [[], [0.5]])
def test_one_subsystem_is_refused(evaluate, coupling, scores) -> None:
    with pytest.raises(duckdb.Error, match="at least two"):
        evaluate(f"{coupling}(a)", [(scores,)])


@BOTH
def test_rounding_of_a_weighted_mean_passes(evaluate, coupling) -> None:
    assert evaluate(f"{coupling}(a)", [([1 + 2**-52, 1],), ([-(2**-60), 0.5],)]) == [pytest.approx(1), 0]


@BOTH
@given(systems=SYSTEMS)
def test_coupling_lies_between_0_and_1(evaluate, coupling, systems) -> None:
    for value, scores in zip(evaluate(f"{coupling}(a)", [(s,) for s in systems]), systems, strict=True):
        assert value is None if max(scores) == 0 else 0 <= value <= 1


@BOTH
@given(scores=st.lists(SCORE, min_size=2, max_size=6), data=st.data())
def test_order_of_subsystems_does_not_matter(evaluate, coupling, scores, data) -> None:
    shuffled = data.draw(st.permutations(scores))
    first, second = evaluate(f"{coupling}(a)", [(scores,), (list(shuffled),)])
    assert first == (second if second is None else pytest.approx(second, rel=1e-9, abs=1e-12))


@given(pairs=PAIRS)
def test_two_systems_follow_the_printed_formulas(evaluate, pairs) -> None:
    rows = [(a, b) for a, b in pairs if min(a, b) > 1e-6]
    if rows:
        standard = [2 * math.sqrt(a * b) / (a + b) for a, b in rows]
        modified = [math.sqrt((1 - abs(a - b)) * min(a, b) / max(a, b)) for a, b in rows]
        assert evaluate("coupling_degree([a, b])", rows) == pytest.approx(standard, rel=1e-12)
        assert evaluate("coupling_degree_modified([a, b])", rows) == pytest.approx(modified, rel=1e-9, abs=1e-9)


@given(pairs=PAIRS)
def test_modified_degree_of_two_systems_never_exceeds_the_standard(evaluate, pairs) -> None:
    standard = evaluate(DEGREE_OF.format(coupling="coupling_degree"), pairs)
    modified = evaluate(DEGREE_OF.format(coupling="coupling_degree_modified"), pairs)
    assert all(low <= high + 1e-12 for low, high in zip(modified, standard, strict=True))


@given(pairs=PAIRS, raised=SCORE)
def test_standard_degree_rises_with_each_score(evaluate, pairs, raised) -> None:
    degree = DEGREE_OF.format(coupling="coupling_degree")
    before = evaluate(degree, pairs)
    for position in (0, 1):
        after = evaluate(
            degree, [tuple(max(s, raised) if i == position else s for i, s in enumerate(p)) for p in pairs]
        )
        assert all(new >= old - 1e-12 for old, new in zip(before, after, strict=True))


def test_modified_degree_can_fall_while_a_score_rises(evaluate) -> None:
    degrees = evaluate(DEGREE_OF.format(coupling="coupling_degree_modified"), [(0.60, 0.3), (0.75, 0.3), (0.90, 0.3)])
    assert degrees == pytest.approx([0.516, 0.496, 0.468], abs=5e-4)


def test_modified_degree_of_three_systems_can_exceed_the_standard(evaluate) -> None:
    rows = [([0.5, 0.5, 1e-4],)]
    assert evaluate("coupling_degree_modified(a)", rows)[0] > evaluate("coupling_degree(a)", rows)[0]


def test_degree_of_two_zeros_is_zero_though_coupling_is_null(evaluate) -> None:
    rows = [(None, 0), (None, 0.5), (0.5, None), (None, None), (1, 0.25), (0, 0.5), (NAN, 0), (0.5, NAN)]
    assert evaluate("coordination_degree(a, b)", rows) == [0, None, None, None, 0.5, 0, None, None]


@pytest.mark.parametrize("row", [(1.1, 0.5), (0.5, 1.1), (-0.1, 0.5), (0.5, -0.1), (None, 59.3)])
def test_degree_of_something_outside_is_refused(evaluate, row) -> None:
    with pytest.raises(duckdb.Error, match=r"takes c and t in \[0, 1\]"):
        evaluate("coordination_degree(a, b)", [row])


def test_bands_include_their_lower_edge(evaluate) -> None:
    edges = [(float(Fraction(level, 10)),) for level in range(11)]
    assert evaluate("coordination_band(a)", edges) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]
    below = [(edge - 1e-6,) for (edge,) in edges[1:]]
    assert evaluate("coordination_band(a)", below) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_degree_is_rounded_to_six_digits_before_banding(evaluate) -> None:
    rows = [(0.1 + 0.2 + 0.4,), (0.69999951,), (0.69999949,), (1 + 2**-52,), (None,), (NAN,)]
    assert evaluate("coordination_band(a)", rows) == [8, 8, 7, 10, None, None]


def test_band_of_a_percentage_is_refused(evaluate) -> None:
    with pytest.raises(duckdb.Error, match="takes a degree"):
        evaluate("coordination_band(a)", [(71.2,)])


def test_lag_type_names_the_lower_side(evaluate) -> None:
    rows = [(0.5, 0.3), (0.3, 0.5), (0.5, 0.5), (0.4, 0.3), (0.3, 0.4), (0.4000011, 0.3), (None, 0.3), (0.3, NAN)]
    assert evaluate("lag_type(a, b)", rows) == [
        "carbon_lagging",
        "pollution_lagging",
        "synchronous",
        "synchronous",
        "synchronous",
        "carbon_lagging",
        None,
        None,
    ]


@given(pairs=PAIRS)
def test_lag_type_mirrors_when_the_sides_change_places(evaluate, pairs) -> None:
    mirror = {
        "carbon_lagging": "pollution_lagging",
        "pollution_lagging": "carbon_lagging",
        "synchronous": "synchronous",
    }
    swapped = evaluate("lag_type(b, a)", pairs)
    assert [mirror[lag] for lag in evaluate("lag_type(a, b)", pairs)] == swapped


def test_lag_type_of_scores_of_100_is_refused(evaluate) -> None:
    with pytest.raises(duckdb.Error, match="lag_type takes scores"):
        evaluate("lag_type(a, b)", [(59.3, 57.1)])
