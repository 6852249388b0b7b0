"""How answers of services and tables of web pages are read, as far as a source must say it."""

from typing import Literal

from pydantic import Field

from xietong.catalogue.definition import Code, Definition, NonEmpty, UnitCode


class BureauAnswers(Definition):
    """Answers of the statistics bureau: which unit they are of where they do not say it, and which digits count."""

    unit: UnitCode | None = None
    # The older form gives a figure as computed and as printed.
    figure: Literal["computed", "printed"] = "computed"


class PageColumn(Definition):
    """One column of figures: the indicator, the measure where the heading does not end in one, and the period."""

    indicator: Code
    measure: NonEmpty | None = None
    period: NonEmpty | None = None


class PageTables(Definition):
    """Tables with a row a unit and a column a figure.

    A heading is what stands in the header rows of a column, joined by a slash: ``地区生产总值/2007``.
    """

    unit: NonEmpty
    columns: dict[NonEmpty, PageColumn] = Field(min_length=1)
    header_rows: int = Field(default=1, ge=1, le=5)
    # Of columns that name no period of their own.
    period: NonEmpty | None = None
    # Rows that are no unit of ours: sums, other areas, notes.
    ignored_rows: tuple[NonEmpty, ...] = ()
