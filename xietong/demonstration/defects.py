"""Planting the defects of ``defects.yaml`` into the faultless forms, each told in the manifest.

An action changes one form (or adds a file beside it) and returns what it did; what the values
should have been is not recoverable from the form, as in life.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources
from typing import Final, Literal

import yaml
from pydantic import Field

from xietong.catalogue import Catalogue, Definition, Edition
from xietong.demonstration.forms import Submission, Submissions
from xietong.demonstration.manifest import PlantedDefect
from xietong.errors import XietongError
from xietong.periods import Frequency
from xietong.workbook import COVER_LABELS, COVER_SHEET, Cell, FormRow, FormSheet

#: Days that a form of a year has when the edition sets no deadline.
_DAYS_WITHOUT_DEADLINE: Final = 31

Action = Literal[
    "cells",
    "repeat_row",
    "rename_row",
    "convert_row",
    "misname",
    "send_again",
    "delay",
    "blank_sheet",
    "truncate",
    "correct",
]


class Defect(Definition):
    """One entry of ``defects.yaml``.

    Cells become ``text``, ``value`` or ``factor`` times their ``base``: their own figure, the
    plausible maximum of the indicator, the first figure of the row, the figure a year before, or
    that of another indicator (by its code); with none of the three they become empty. Without
    ``periods`` the whole row is concerned. ``days`` count from the deadline or the first form.
    """

    kind: str
    action: Action
    unit_code: str
    year: int
    indicator: str | None = None
    periods: tuple[str, ...] = ()
    frequency: Frequency | None = None
    text: str | None = None
    value: float | None = None
    factor: float | None = None
    base: str | None = None
    days: int = 0
    rule: str | None = None
    severity: Literal["critical", "warning", "info"] | None = None
    found_by: Literal["now", "later"]


class Defects(Definition):
    """The file ``defects.yaml``."""

    defects: tuple[Defect, ...] = Field(min_length=1)


def load_defects() -> tuple[Defect, ...]:
    """Return the defects to plant."""
    text = resources.files(__package__).joinpath("defects.yaml").read_text(encoding="utf-8")
    return Defects.model_validate(yaml.safe_load(text)).defects


@dataclass
class _Field:
    """The forms while defects are planted in them."""

    catalogue: Catalogue
    deadline_days: int
    submissions: Submissions
    added: list[Submission]


@dataclass(frozen=True)
class _Place:
    """Where a defect was planted."""

    file: str
    sheet: str | None = None
    cells: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


def plant(
    catalogue: Catalogue, edition: Edition, submissions: Submissions, defects: tuple[Defect, ...]
) -> tuple[list[Submission], tuple[PlantedDefect, ...]]:
    """Return the files with the defects in them, ordered by name, and what was planted where.

    A defect of a form, sheet or figure that the edition does not have is left out: a shorter
    span has fewer of them.

    Raises:
        XietongError: a defect names an indicator or a measure that the catalogue does not have.
    """
    days = edition.deadline.days if edition.deadline else _DAYS_WITHOUT_DEADLINE
    field = _Field(catalogue, days, dict(submissions), [])
    planted = []
    for defect in defects:
        if not _has_room(field, defect):
            continue
        place = _ACTIONS[defect.action](field, defect)
        planted.append(
            PlantedDefect(
                kind=defect.kind,
                file=place.file,
                sheet=place.sheet,
                cells=place.cells,
                unit_code=defect.unit_code,
                indicator_code=defect.indicator,
                periods=place.periods,
                rule=defect.rule,
                severity=defect.severity,
                found_by=defect.found_by,
            )
        )
    files = sorted((*field.submissions.values(), *field.added), key=lambda submission: submission.file)
    return files, tuple(planted)


def _has_room(field: _Field, defect: Defect) -> bool:
    """True when the form is there with the sheet, the row and the periods that the defect concerns.

    An indicator that the catalogue does not report is not a matter of the span; it is told later.
    """
    submission = field.submissions.get((defect.unit_code, defect.year))
    if submission is None:
        return False
    sheets = submission.form.sheets
    if defect.frequency is not None and defect.frequency not in {sheet.frequency for sheet in sheets}:
        return False
    if defect.indicator is None or defect.indicator not in field.catalogue.indicators_by_code:
        return True
    own = [sheet for sheet in sheets if any(row.code == defect.indicator for row in sheet.rows)]
    return bool(own) and set(defect.periods) <= set(own[0].periods)


def _sheet_and_row(field: _Field, defect: Defect) -> tuple[FormSheet, int]:
    form = field.submissions[defect.unit_code, defect.year].form
    for sheet in form.sheets:
        for number, row in enumerate(sheet.rows):
            if row.code == defect.indicator:
                return sheet, number
    raise XietongError(f"defects.yaml: {defect.kind}: {defect.unit_code} reports no {defect.indicator!r}")


def _put_rows(field: _Field, defect: Defect, sheet: FormSheet, rows: tuple[FormRow, ...]) -> str:
    """Put the rows on the sheet of the form and return the name of the file."""
    key = defect.unit_code, defect.year
    submission = field.submissions[key]
    sheets = tuple(replace(own, rows=rows) if own is sheet else own for own in submission.form.sheets)
    field.submissions[key] = replace(submission, form=replace(submission.form, sheets=sheets))
    return submission.file


def _change_cells(field: _Field, defect: Defect) -> _Place:
    sheet, number = _sheet_and_row(field, defect)
    row = sheet.rows[number]
    periods = defect.periods or sheet.periods
    values = tuple(
        _new_value(field, defect, sheet, row, column) if period in periods else value
        for column, (period, value) in enumerate(zip(sheet.periods, row.values, strict=True))
    )
    rows = (*sheet.rows[:number], replace(row, values=values), *sheet.rows[number + 1 :])
    file = _put_rows(field, defect, sheet, rows)
    return _Place(file, sheet.name, tuple(sheet.cell(number, period) for period in periods), periods)


def _new_value(field: _Field, defect: Defect, sheet: FormSheet, row: FormRow, column: int) -> Cell:
    if defect.text is not None:
        return defect.text
    if defect.value is not None:
        return defect.value
    if defect.factor is None and defect.base is None:
        return None
    base = _base(field, defect, sheet, row, column)
    # One more digit, so that a small change is not lost in rounding.
    return round(base * (1.0 if defect.factor is None else defect.factor), row.decimals + 1)


def _base(field: _Field, defect: Defect, sheet: FormSheet, row: FormRow, column: int) -> float:
    match defect.base:
        case None:
            value = row.values[column]
        case "first":
            value = row.values[0]
        case "maximum":
            kind = field.catalogue.units_by_code[defect.unit_code].kind
            plausible = field.catalogue.indicators_by_code[row.code].plausible_of(kind)
            value = plausible.maximum if plausible else None
        case "last_year":
            before, number = _sheet_and_row(field, defect.model_copy(update={"year": defect.year - 1}))
            value = before.rows[number].values[column]
        case other:
            value = sheet.rows[sheet.row_of(other)].values[column]
    if not isinstance(value, float):
        raise XietongError(f"defects.yaml: {defect.kind}: {row.code} has no figure to start from ({value!r})")
    return value


def _repeat_row(field: _Field, defect: Defect) -> _Place:
    """Put the row a second time at the end of the sheet, with other figures when there is a factor."""
    sheet, number = _sheet_and_row(field, defect)
    row = sheet.rows[number]
    values = tuple(_scaled(value, defect.factor or 1.0, row.decimals) for value in row.values)
    rows = (*sheet.rows, replace(row, values=values))
    cells = tuple(sheet.cell(len(sheet.rows), period) for period in sheet.periods)
    return _Place(_put_rows(field, defect, sheet, rows), sheet.name, cells, sheet.periods)


def _scaled(value: Cell, factor: float, decimals: int) -> Cell:
    return round(value * factor, decimals) if isinstance(value, float) else value


def _rename_row(field: _Field, defect: Defect) -> _Place:
    sheet, number = _sheet_and_row(field, defect)
    row = replace(sheet.rows[number], code=defect.text or "")
    rows = (*sheet.rows[:number], row, *sheet.rows[number + 1 :])
    return _Place(_put_rows(field, defect, sheet, rows), sheet.name, (sheet.cell(number),), sheet.periods)


def _convert_row(field: _Field, defect: Defect) -> _Place:
    """Report the row in another measure of the same dimension, figures converted."""
    sheet, number = _sheet_and_row(field, defect)
    row = sheet.rows[number]
    measures = field.catalogue.measures.measures
    own = next(measure for measure in measures if measure.code == row.measure)
    other = next((measure for measure in measures if defect.text in (measure.code, *measure.aliases)), None)
    if other is None or other.dimension != own.dimension:
        raise XietongError(f"defects.yaml: {defect.kind}: {defect.text!r} is no measure of {own.dimension}")
    values = tuple(_scaled(value, own.scale / other.scale, row.decimals) for value in row.values)
    rows = (*sheet.rows[:number], replace(row, measure=defect.text or "", values=values), *sheet.rows[number + 1 :])
    cells = tuple(sheet.cell(number, period) for period in sheet.periods)
    return _Place(_put_rows(field, defect, sheet, rows), sheet.name, cells, sheet.periods)


def _misname(field: _Field, defect: Defect) -> _Place:
    key = defect.unit_code, defect.year
    submission = field.submissions[key]
    form = replace(submission.form, unit_name=defect.text or "")
    field.submissions[key] = replace(submission, form=form)
    row = list(COVER_LABELS).index("unit_name") + 2
    return _Place(submission.file, COVER_SHEET, (f"B{row}",))


def _delay(field: _Field, defect: Defect) -> _Place:
    """Let the form arrive so many days after the deadline."""
    key = defect.unit_code, defect.year
    submission = field.submissions[key]
    deadline = date(defect.year, 12, 31) + timedelta(days=field.deadline_days)
    form = replace(submission.form, received=deadline + timedelta(days=defect.days))
    field.submissions[key] = replace(submission, form=form)
    row = list(COVER_LABELS).index("received") + 2
    return _Place(submission.file, COVER_SHEET, (f"B{row}",))


def _blank_sheet(field: _Field, defect: Defect) -> _Place:
    key = defect.unit_code, defect.year
    submission = field.submissions[key]
    sheet = next(sheet for sheet in submission.form.sheets if sheet.frequency == defect.frequency)
    sheets = tuple(replace(own, is_blank=own is sheet) for own in submission.form.sheets)
    field.submissions[key] = replace(submission, form=replace(submission.form, sheets=sheets))
    return _Place(submission.file, sheet.name, (), sheet.periods)


def _second_file(field: _Field, defect: Defect) -> Submission:
    """Return the form once more, under the right name of its unit, so many days after the first."""
    first = field.submissions[defect.unit_code, defect.year]
    form = replace(
        first.form,
        unit_name=field.catalogue.units_by_code[defect.unit_code].name.zh,
        received=first.form.received + timedelta(days=defect.days),
    )
    return Submission(first.file.replace(".xlsx", "_r1.xlsx"), form)


def _send_again(field: _Field, defect: Defect) -> _Place:
    second = _second_file(field, defect)
    field.added.append(second)
    return _Place(second.file)


def _truncate(field: _Field, defect: Defect) -> _Place:
    second = replace(_second_file(field, defect), kept_share=defect.factor or 0.5)
    field.added.append(second)
    return _Place(second.file)


def _correct(field: _Field, defect: Defect) -> _Place:
    """Send a second form that holds the corrected row alone."""
    sheet, number = _sheet_and_row(field, defect)
    row = sheet.rows[number]
    values = tuple(_scaled(value, defect.factor or 1.0, row.decimals) for value in row.values)
    corrected = replace(sheet, rows=(replace(row, values=values),))
    second = _second_file(field, defect)
    field.added.append(replace(second, form=replace(second.form, sheets=(corrected,))))
    cells = tuple(corrected.cell(0, period) for period in sheet.periods)
    return _Place(second.file, sheet.name, cells, sheet.periods)


_ACTIONS: Final[dict[Action, Callable[[_Field, Defect], _Place]]] = {
    "cells": _change_cells,
    "repeat_row": _repeat_row,
    "rename_row": _rename_row,
    "convert_row": _convert_row,
    "misname": _misname,
    "send_again": _send_again,
    "delay": _delay,
    "blank_sheet": _blank_sheet,
    "truncate": _truncate,
    "correct": _correct,
}
