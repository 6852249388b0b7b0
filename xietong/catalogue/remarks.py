"""What people say about figures: explanations of findings, and the reasons of corrections. Both are published."""

from collections.abc import Iterable, Iterator
from datetime import date

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode


class Explanation(Definition):
    """Why a finding is right as it stands. It is shown beside the finding, which then no longer counts as failed.

    A figure that was refused stays refused: an explanation does not put it in.
    """

    edition: NonEmpty
    rule: Code
    unit_code: UnitCode
    indicator: Code
    periods: tuple[NonEmpty, ...] = Field(min_length=1)
    explanation: Text
    given_by: Text
    given_on: date


class Explanations(Definition):
    """A file of the folder ``explanations``."""

    explanations: tuple[Explanation, ...]


class Correction(Definition):
    """Why a unit replaced figures that it had reported before."""

    edition: NonEmpty
    unit_code: UnitCode
    indicator: Code
    periods: tuple[NonEmpty, ...] = Field(min_length=1)
    reason: Text
    given_by: Text
    given_on: date


class Corrections(Definition):
    """A file of the folder ``corrections``."""

    corrections: tuple[Correction, ...]


def unknown_in_remarks(
    remarks: Iterable[Explanation | Correction], units: Iterable[str], indicators: Iterable[str]
) -> Iterator[str]:
    """Yield one sentence for every unit or indicator that a remark names and the catalogue does not have."""
    known_units, known_indicators = set(units), set(indicators)
    for remark in remarks:
        if remark.unit_code not in known_units:
            yield f"there is no unit {remark.unit_code}"
        if remark.indicator not in known_indicators:
            yield f"there is no indicator {remark.indicator!r}"
