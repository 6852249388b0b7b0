"""Suites of the first gate, generated from the catalogue: nothing about an indicator is written twice."""

from collections.abc import Mapping, Sequence
from typing import Final

from expectations import cross_check_rules, rules
from expectations.batches import Pairs
from expectations.evaluation import Expected, between, in_set
from xietong.catalogue import Catalogue, Edition
from xietong.frames import OBSERVATIONS
from xietong.periods import Frequency

_YEAR: Final = r"(?:19|20)[0-9]{2}"
_FORMS: Final[Mapping[Frequency, str]] = {
    "month": rf"{_YEAR}-(?:0[1-9]|1[0-2])",
    "quarter": rf"{_YEAR}-Q[1-4]",
    "year": _YEAR,
}
_FREQUENCIES: Final[tuple[Frequency, ...]] = ("month", "quarter", "year")
STATUSES: Final = ("reported", "revised", "estimated")
#: Share of the figures due that has to arrive (X1).
COMPLETE: Final = 0.95


def accepted_frequencies(frequency: Frequency, edition: Edition) -> tuple[Frequency, ...]:
    """Return the frequencies in which figures of an indicator may come.

    A unit reports in the indicator's own; what others publish often covers a longer period,
    as the yearly means and totals of yearbooks do.
    """
    return _FREQUENCIES[_FREQUENCIES.index(frequency) :] if edition.origin == "published" else (frequency,)


def batch_suite() -> list[Expected]:
    """Return what a batch must be before its figures are looked at, asked of one row a column.

    The agreed columns and types; a row at all, since every other expectation passes on an empty
    batch; and no required column without anything in it.
    """
    pairs = [(name, str(kind)) for name, kind in OBSERVATIONS.items()]
    return [
        Expected(
            rules.UNEXPECTED_SCHEMA,
            "ExpectColumnPairValuesToBeInSet",
            {"column_A": "column", "column_B": "type", "value_pairs_set": pairs},
        ),
        Expected(
            rules.UNEXPECTED_SCHEMA,
            "ExpectColumnDistinctValuesToContainSet",
            {"column": "column", "value_set": list(OBSERVATIONS)},
        ),
        between(rules.EMPTY_BATCH, "rows", 1, None),
        between(rules.ALL_NULL_COLUMN, "filled", 1, None),
    ]


def field_suite(catalogue: Catalogue, edition: Edition) -> list[Expected]:
    """Return what every figure must fulfil whatever its indicator, asked of the long form."""
    forms = {
        frequency: "|".join(_FORMS[accepted] for accepted in accepted_frequencies(frequency, edition))
        for frequency in _FREQUENCIES
    }
    return [
        between(rules.MISSING_FIELD, "missing_fields", 0, 0),
        in_set(rules.UNKNOWN_UNIT, "unit_code", catalogue.units_by_code),
        in_set(rules.UNKNOWN_INDICATOR, "indicator_code", catalogue.indicators_by_code),
        in_set(rules.FOREIGN_ORIGIN, "origin", (edition.origin,)),
        in_set(rules.UNKNOWN_STATUS, "status", STATUSES),
        *(
            Expected(
                rules.WRONG_PERIOD, "ExpectColumnValuesToMatchRegex", {"column": frequency, "regex": rf"^(?:{form})\Z"}
            )
            for frequency, form in forms.items()
        ),
        between(rules.FUTURE_PERIOD, "months_ahead", None, 0),
        between(rules.UNFINISHED_PERIOD, "days_ahead", None, 0),
        Expected(rules.NOT_A_NUMBER, "ExpectColumnValuesToNotBeNull", {"column": "finite"}),
        Expected(rules.CONFLICTING_DUPLICATE, "ExpectColumnValuesToBeUnique", {"column": "figure"}),
        *range_suite(),
        between(rules.PART_OF_DAY, "part_of_day", None, 0),
        *_applicability_suite(catalogue),
    ]


def range_suite() -> list[Expected]:
    """Return both ends of the plausible ranges, which stand beside the figures of all indicators."""
    return [
        between(rules.IMPLAUSIBLE_VALUE, "below_range", None, 0),
        between(rules.IMPLAUSIBLE_VALUE, "above_range", None, 0),
    ]


def _applicability_suite(catalogue: Catalogue) -> list[Expected]:
    """Return, where indicators concern some units only, which pairs of indicator and unit there may be."""
    allowed = [f"{i.code} {unit}" for i in catalogue.indicators for unit in i.applies_to or ()]
    return [in_set(rules.NOT_APPLICABLE_FIGURE, "restricted", allowed)] if allowed else []


def relation_suite(pairs: Sequence[Pairs]) -> list[Expected]:
    """Return one expectation for the pairs of each rule, asked of all pairs beside each other."""
    return [between(pair.rule, str(number), None, 0) for number, pair in enumerate(pairs)]


def arrival_suite() -> list[Expected]:
    """Return what is asked of figures due: each is there, and came before its deadline."""
    return [
        between(cross_check_rules.MISSING_FIGURE, "arrived", 1, 1),
        between(cross_check_rules.LATE_FORM, "days_late", None, 0),
    ]


def completeness_suite() -> list[Expected]:
    """Return the share of figures due that has to arrive, asked of one row an indicator."""
    return [between(rules.INCOMPLETE, "share", COMPLETE, None)]
