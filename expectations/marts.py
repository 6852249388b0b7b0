"""The second gate: nothing is rendered from marts that contradict themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations import assessment_batches, mart_batches, rules, split_batches
from expectations.checks import check_row, checks_frame
from expectations.evaluation import Expected, between, equal, evaluate, not_above
from expectations.rule import Rule
from expectations.rules import MARTS_RULES
from xietong.catalogue import Catalogue
from xietong.errors import GateFailedError

_TOLERANCE_OF_WEIGHTS: Final = 1e-9
_TOLERANCE_OF_CONTRIBUTIONS: Final = 1e-6
#: A weighted geometric mean of hundreds may exceed 100 by its last digits.
_ROUNDING: Final = 1e-9
#: Of a split: its parts add up to the whole (rulings 15).
_TOLERANCE_OF_PARTS: Final = 1e-9
#: The marts without which no page can be made, and the columns that the gate reads.
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "indicator_scores": (
        *mart_batches.KEYS["indicator_scores"],
        "node_code",
        "state",
        "value",
        "score",
        "effective_weight",
        "contribution",
    ),
    "index_scores": (
        *mart_batches.KEYS["index_scores"],
        *("state", "score", "score_arithmetic", "coverage", "band"),
        *("rank", "group_rank", "ranked_units", "group_units"),
    ),
    "synergy": (
        *mart_batches.KEYS["synergy"],
        *("state", "p_score", "k_score", "c_standard", "c_modified", "t", "d_standard", "d_modified", "band"),
        *("rank", "group_rank", "ranked_units", "group_units"),
    ),
}
_HUNDREDS: Final = {"indicator_scores": ("score",), "index_scores": ("score", "score_arithmetic")}
_UNITS: Final = {
    "indicator_scores": ("effective_weight",),
    "index_scores": ("coverage",),
    "synergy": ("p_score", "k_score", "c_standard", "c_modified", "t", "d_standard", "d_modified"),
}


@dataclass(frozen=True)
class _Batch:
    """A frame to look at, what is expected of it, and how its rows are called in a sentence."""

    name: str
    frame: pl.DataFrame
    expected: Sequence[Expected]


@dataclass
class _Tally:
    """What a rule has looked at so far, how much of it failed, and the first that did."""

    evaluated: int = 0
    failed: int = 0
    first: str = ""


def check_marts(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> pl.DataFrame:
    """Return the checks of the second gate that had something to look at (CHECKS, gate ``marts``), all passed.

    Raises:
        GateFailedError: a rule failed; the message has one sentence a failed rule: how many rows of how
            many, and the first of them.
        BrokenCheckError: a check could not be evaluated.
    """
    _require_columns(marts)
    sizes = mart_batches.sizes(marts, tuple(_REQUIRED))
    tallies = _evaluated([_Batch("", sizes, [between(rules.EMPTY_MART, "rows", 1, None)])])
    if not tallies[rules.EMPTY_MART].failed:
        tallies |= _evaluated(_batches(marts, catalogue))
    sentences = [_sentence(rule, tally) for rule, tally in tallies.items() if tally.failed]
    if sentences:
        raise GateFailedError("\n".join(sentences))
    passed = [check_row(rule, tally.evaluated, 0) for rule, tally in tallies.items() if tally.evaluated]
    return checks_frame(passed, MARTS_RULES)


def _require_columns(marts: Mapping[str, pl.DataFrame]) -> None:
    wanting = [
        f"the mart {name} has no column {column}" if name in marts else f"there is no mart {name}"
        for name, columns in _REQUIRED.items()
        for column in (columns if name in marts else columns[:1])
        if name not in marts or column not in marts[name].columns
    ]
    if wanting:
        raise GateFailedError("\n".join(wanting))


def _batches(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> Iterator[_Batch]:
    yield _Batch("", mart_batches.repeats(marts), [between(rules.ROWS_REPEATED, "repeated", 0, 0)])
    yield _Batch("", mart_batches.missing_rows(marts, catalogue), [equal(rules.ROWS_MISSING, "rows", "expected")])
    yield _Batch("", mart_batches.not_finite(marts), [between(rules.NOT_FINITE, "not_finite", 0, 0)])
    yield _Batch(
        "index_scores",
        mart_batches.node_sums(marts, catalogue),
        [
            between(rules.WEIGHTS_NOT_ONE, "weights", 1 - _TOLERANCE_OF_WEIGHTS, 1 + _TOLERANCE_OF_WEIGHTS),
            between(rules.CONTRIBUTIONS_DISAGREE, "gap", 0, _TOLERANCE_OF_CONTRIBUTIONS),
        ],
    )
    for name in _REQUIRED:
        bounded = [(column, 100.0) for column in _HUNDREDS.get(name, ())] + [(column, 1.0) for column in _UNITS[name]]
        expected = [between(rules.SCORE_OUT_OF_BOUNDS, column, 0, upper + _ROUNDING) for column, upper in bounded]
        yield _Batch(name, marts[name].select(*mart_batches.KEYS[name], *(column for column, _ in bounded)), expected)
    for name, frame in mart_batches.states(marts):
        columns = [column.removeprefix("has ") for column in frame.columns if column.startswith("has ")]
        yield _Batch(name, frame, [equal(rules.STATE_DISAGREES, f"has {each}", f"needs {each}") for each in columns])
    for name, frame in mart_batches.ranks(marts, catalogue):
        yield _Batch(
            name,
            frame,
            [
                equal(rules.RANK_DISAGREES, "rank", "expected_rank"),
                equal(rules.RANK_DISAGREES, "ranked_units", "expected_units"),
                equal(rules.GROUP_RANK_DISAGREES, "group_rank", "expected_group_rank"),
                equal(rules.GROUP_RANK_DISAGREES, "group_units", "expected_group_units"),
            ],
        )
    for name, frame in split_batches.gaps(marts, catalogue):
        yield _Batch(name, frame, [between(rules.PARTS_DISAGREE, "gap", 0, _TOLERANCE_OF_PARTS)])
    for name, frame in mart_batches.bands(marts, catalogue):
        yield _Batch(name, frame, [equal(rules.BAND_DISAGREES, "band", "expected_band")])
    yield from _assessment_batches(marts, catalogue)


def _assessment_batches(marts: Mapping[str, pl.DataFrame], catalogue: Catalogue) -> Iterator[_Batch]:
    for frame, cap in assessment_batches.scores(marts, catalogue):
        yield _Batch("assessment", frame, [between(rules.SCORE_OUT_OF_BOUNDS, "score", 0, cap + _ROUNDING)])
    for frame in assessment_batches.points(marts):
        expected = [
            between(rules.POINTS_OUT_OF_BOUNDS, "points", 0, None),
            between(rules.POINTS_OUT_OF_BOUNDS, "excess", None, _ROUNDING),
        ]
        yield _Batch("assessment_items", frame, expected)
    for frame in assessment_batches.grades(marts, catalogue):
        expected = [
            equal(rules.GRADE_DISAGREES, "before_gates", "of_score"),
            between(rules.GRADE_DISAGREES, "unexplained", 0, 0),
        ]
        yield _Batch("assessment", frame, expected)
    for frame in assessment_batches.intervals(marts, catalogue):
        expected = [
            between(rules.INTERVAL_DISAGREES, "rank_p05", 1, None),
            not_above(rules.INTERVAL_DISAGREES, "rank_p05", "median_rank"),
            not_above(rules.INTERVAL_DISAGREES, "median_rank", "rank_p95"),
            equal(rules.INTERVAL_DISAGREES, "nominal_rank", "published_rank"),
        ]
        yield _Batch("rank_intervals", frame, expected)


def _evaluated(batches: Iterator[_Batch] | Sequence[_Batch]) -> dict[Rule, _Tally]:
    tallies: dict[Rule, _Tally] = {}
    for batch in batches:
        looked_at = {name for each in batch.expected for name in each.columns}
        for outcome in evaluate(batch.frame.select(sorted(looked_at)), batch.expected):
            tally = tallies.setdefault(outcome.expected.rule, _Tally())
            tally.evaluated += outcome.evaluated
            tally.failed += len(outcome.positions)
            if outcome.positions and not tally.first:
                tally.first = _row_in_words(batch, outcome.positions[0])
    return tallies


def _row_in_words(batch: _Batch, position: int) -> str:
    words = ", ".join(f"{column} {value}" for column, value in batch.frame.row(position, named=True).items())
    return f"{batch.name}: {words}" if batch.name else words


def _sentence(rule: Rule, tally: _Tally) -> str:
    return (
        f"{rule.id}: expected that {rule.description.en}, "
        f"but {tally.failed} of {tally.evaluated} rows fail, first {tally.first}."
    )
