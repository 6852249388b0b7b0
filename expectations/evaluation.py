"""Expectations as plain data, and the one place that has Great Expectations evaluate them.

Suites are built without importing Great Expectations, which costs seconds; it is imported when
the first batch is evaluated. Three of its habits are undone here: it says ``success`` where it
looked at nothing (``Outcome.evaluated`` tells), it says ``success: false`` where a check crashed
(``BrokenCheckError``), and it returns results in another order than the expectations.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import polars as pl

from expectations.rule import Rule
from xietong.errors import XietongError

#: All failing positions, none of the samples that Great Expectations would count and print.
_RESULT_FORMAT: Final = {"result_format": "COMPLETE", "partial_unexpected_count": 0}


class BrokenCheckError(XietongError):
    """A check could not be evaluated; that says nothing about the figures, so the run stops."""


@dataclass(frozen=True)
class Expected:
    """One expectation: the rule it serves, the class of Great Expectations and its arguments."""

    rule: Rule
    expectation: str
    arguments: Mapping[str, object]
    indicator_code: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns it looks at."""
        return tuple(str(self.arguments[key]) for key in ("column", "column_A", "column_B") if key in self.arguments)


@dataclass(frozen=True)
class Outcome:
    """What became of one expectation: the cells it looked at and the positions of those that failed.

    An expectation about a whole table has no positions, and looked at one thing.
    """

    expected: Expected
    evaluated: int
    success: bool
    positions: Sequence[int] = field(default=())


def in_set(rule: Rule, column: str, allowed: Iterable[object], indicator_code: str | None = None) -> Expected:
    """Return the expectation that every value of a column is one of those allowed."""
    arguments = {"column": column, "value_set": list(allowed)}
    return Expected(rule, "ExpectColumnValuesToBeInSet", arguments, indicator_code)


def between(
    rule: Rule,
    column: str,
    minimum: float | None,
    maximum: float | None,
    indicator_code: str | None = None,
) -> Expected:
    """Return the expectation that every value of a column lies in a closed interval."""
    arguments = {"column": column, "min_value": minimum, "max_value": maximum}
    return Expected(rule, "ExpectColumnValuesToBeBetween", arguments, indicator_code)


def not_above(rule: Rule, lesser: str, greater: str, indicator_code: str | None = None) -> Expected:
    """Return the expectation that one column never exceeds another, where both have a value."""
    arguments = {
        "column_A": greater,
        "column_B": lesser,
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    }
    return Expected(rule, "ExpectColumnPairValuesAToBeGreaterThanB", arguments, indicator_code)


def equal(rule: Rule, column: str, other: str) -> Expected:
    """Return the expectation that two columns agree; a value on one side only is a disagreement."""
    arguments = {"column_A": column, "column_B": other, "ignore_row_if": "both_values_are_missing"}
    return Expected(rule, "ExpectColumnPairValuesToBeEqual", arguments)


def evaluate(frame: pl.DataFrame, expected: Sequence[Expected]) -> list[Outcome]:
    """Return the outcome of every expectation on a frame, in the order given.

    Raises:
        BrokenCheckError: an expectation raised or was not evaluated; the message names each of them.
    """
    if not expected:
        return []
    gx = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    batch = context.data_sources.pandas_default.read_dataframe(frame.to_pandas())
    suite = gx.ExpectationSuite(
        name="gate",
        expectations=[
            getattr(gx.expectations, each.expectation)(
                **each.arguments, severity=each.rule.severity, meta={"position": position}
            )
            for position, each in enumerate(expected)
        ],
    )
    validation = batch.validate(suite, result_format=_RESULT_FORMAT)
    results = {result.expectation_config.meta["position"]: result for result in validation.results}
    broken = [
        f"the check {_named(each)} could not be evaluated: {reason}"
        for position, each in enumerate(expected)
        if (reason := _why_broken(results.get(position))) is not None
    ]
    if broken:
        raise BrokenCheckError("; ".join(broken))
    return [_outcome(each, results[position]) for position, each in enumerate(expected)]


@cache
def warm_up() -> None:
    """Import Great Expectations and let it set itself up, ahead of the first check."""
    _great_expectations().get_context(mode="ephemeral")


def _great_expectations() -> Any:
    # Importing takes seconds, paid only where figures are checked. The variable is read at import:
    # nothing about an evaluation goes to anybody's server.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations

    return great_expectations


def _named(expected: Expected) -> str:
    return f"{expected.rule.id} of {expected.indicator_code}" if expected.indicator_code else expected.rule.id


def _why_broken(result: Any) -> str | None:
    """Return why a result says nothing about the data: it is not there, or its computation raised."""
    if result is None:
        return "it has no result"
    information = result.exception_info
    # Either one record, or one for every metric that raised.
    records = [information] if "raised_exception" in information else list(information.values())
    for record in records:
        if record["raised_exception"]:
            return " ".join(str(record["exception_message"]).split())
    return None


def _outcome(expected: Expected, result: Any) -> Outcome:
    values = result.result
    if "element_count" not in values:
        return Outcome(expected, 1, bool(result.success))
    evaluated = int(values["element_count"]) - int(values.get("missing_count", 0))
    return Outcome(expected, evaluated, bool(result.success), values["unexpected_index_list"])
