"""Great Expectations, used so that a check that crashed or looked at nothing is never taken for an answer."""

import os

import polars as pl
import pytest

from expectations.evaluation import BrokenCheckError, Expected, between, equal, evaluate, in_set, not_above
from expectations.rules import IMPLAUSIBLE_VALUE, UNKNOWN_UNIT


def test_positions_of_failing_cells_are_complete() -> None:
    frame = pl.DataFrame({"value": [float(n) for n in range(1000)]})
    (outcome,) = evaluate(frame, [between(IMPLAUSIBLE_VALUE, "value", 0, 499)])
    assert (outcome.evaluated, outcome.success) == (1000, False)
    assert list(outcome.positions) == list(range(500, 1000))


def test_outcomes_come_in_the_order_of_the_expectations() -> None:
    frame = pl.DataFrame({"a": [1.0], "b": ["x"], "c": [2.0]})
    expected = [
        in_set(UNKNOWN_UNIT, "b", ["y"]),
        between(IMPLAUSIBLE_VALUE, "a", 0, 3),
        not_above(IMPLAUSIBLE_VALUE, "c", "a"),
        between(IMPLAUSIBLE_VALUE, "c", 0, 3),
    ]
    outcomes = evaluate(frame, expected)
    assert [outcome.expected for outcome in outcomes] == expected
    assert [outcome.success for outcome in outcomes] == [False, True, False, True]


def test_missing_cells_are_not_counted_as_evaluated() -> None:
    (outcome,) = evaluate(pl.DataFrame({"a": [None, 1.0]}), [between(IMPLAUSIBLE_VALUE, "a", 0, 3)])
    assert outcome.evaluated == 1


def test_an_all_null_column_evaluates_nothing() -> None:
    frame = pl.DataFrame({"a": [None, None]}, schema={"a": pl.Float64})
    (outcome,) = evaluate(frame, [between(IMPLAUSIBLE_VALUE, "a", 0, 3)])
    assert (outcome.evaluated, outcome.success) == (0, True)


def test_pairs_with_one_side_missing_disagree_but_are_not_ordered() -> None:
    frame = pl.DataFrame({"a": [1.0, None, None], "b": [1.0, 2.0, None]})
    disagreeing, ordered = evaluate(frame, [equal(IMPLAUSIBLE_VALUE, "a", "b"), not_above(IMPLAUSIBLE_VALUE, "b", "a")])
    assert (disagreeing.evaluated, list(disagreeing.positions)) == (2, [1])
    assert (ordered.evaluated, list(ordered.positions)) == (1, [])


@pytest.mark.parametrize(
    "expected",
    [
        between(IMPLAUSIBLE_VALUE, "absent", 0, 1, "pm25"),
        between(IMPLAUSIBLE_VALUE, "text", 0, 1, "pm25"),
    ],
)
def test_a_check_that_raises_is_broken_and_named(expected: Expected) -> None:
    frame = pl.DataFrame({"text": ["x"], "good": [0.5]})
    with pytest.raises(BrokenCheckError, match="implausible_value of pm25 could not be evaluated"):
        evaluate(frame, [between(IMPLAUSIBLE_VALUE, "good", 0, 1), expected])


def test_nothing_expected_is_nothing_evaluated() -> None:
    assert evaluate(pl.DataFrame({"a": [1]}), []) == []


def test_an_evaluation_prints_nothing_and_reports_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    evaluate(pl.DataFrame({"a": [1.0, 9.0]}), [between(IMPLAUSIBLE_VALUE, "a", 0, 3)])
    assert capfd.readouterr() == ("", "")
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
