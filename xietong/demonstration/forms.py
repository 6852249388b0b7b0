"""The forms that units would have sent: one a unit and year, with the day on which it arrived.

The form of a year arrives between 8 and 25 January of the next one. The form of the running
year holds what is due so far and arrives on the fifth of the month after its last month.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from xietong.catalogue import Catalogue, Edition
from xietong.demonstration.panel import SIMULATED, Panel, due_periods
from xietong.demonstration.scene import stream
from xietong.periods import Frequency
from xietong.workbook import Form, FormRow, FormSheet, form_rows

NOTE = "演示数据:本表由程序按固定种子生成,用于学习和测试,不是真实的统计数据。"


@dataclass(frozen=True)
class Submission:
    """One file as it arrives: the form, and the part of its bytes that came through."""

    file: str
    form: Form
    kept_share: float = 1.0


Submissions = dict[tuple[str, int], Submission]


def build_submissions(catalogue: Catalogue, edition: Edition, panel: Panel) -> Submissions:
    """Return the faultless forms by unit code and year, in the order of the units."""
    due = due_periods(catalogue, edition)
    last_month = due["month"][-1]
    running_year = None if last_month.endswith("-12") else int(last_month[:4])
    years = sorted({int(period[:4]) for period in due["month"]})
    submissions: Submissions = {}
    for code in panel.unit_codes:
        unit = catalogue.units_by_code[code]
        days = stream(panel.seed, code, "day of arrival").integers(0, 18, size=len(years))
        for year, day in zip(years, days, strict=True):
            received = date(year + 1, 1, 8) + timedelta(days=int(day))
            if year == running_year:
                month = int(last_month[5:])
                received = date(year, month + 1, 5)
            sheets = tuple(_sheets(catalogue, panel, due, code, year))
            form = Form(code, unit.name.zh, year, received, sheets, NOTE)
            submissions[code, year] = Submission(f"{code}_{unit.name.zh}_{year}.xlsx", form)
    return submissions


def _sheets(
    catalogue: Catalogue, panel: Panel, due: Mapping[Frequency, tuple[str, ...]], unit_code: str, year: int
) -> Iterable[FormSheet]:
    """Yield the sheets of the frequencies that have a period due in the year."""
    for frequency, periods in due.items():
        own = tuple(period for period in periods if period.startswith(f"{year:04d}"))
        columns = [SIMULATED[frequency].index(period) for period in own]
        unit = panel.unit_codes.index(unit_code)
        rows = []
        for indicator in form_rows(catalogue, unit_code, frequency):
            if indicator.code not in panel.figures:
                continue
            values: list[float] = panel.figures[indicator.code][unit, columns].tolist()
            cells = tuple(None if math.isnan(value) else value for value in values)
            rows.append(
                FormRow(indicator.code, indicator.name.zh, indicator.measure, cells, panel.decimals[indicator.code])
            )
        if own and rows:
            yield FormSheet(frequency, own, tuple(rows))
