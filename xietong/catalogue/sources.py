"""Sources and editions: where figures come from and which of them make one evaluation."""

from datetime import date
from typing import Literal

from pydantic import Field

from xietong.catalogue.connections import Connection
from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode
from xietong.catalogue.formats import BureauAnswers, PageTables
from xietong.periods import Frequency

Reader = Literal[
    "district_form",
    "long_table",
    "ceads_inventory",
    "county_emissions",
    "nbs_answer",
    "station_hours",
    "html_table",
]
Origin = Literal["published", "reported", "demonstration"]


class LongTableColumns(Definition):
    """Which column of a delimited file or sheet holds what; a constant may stand instead of a column."""

    unit: NonEmpty | None = None
    unit_constant: UnitCode | None = None
    indicator: NonEmpty | None = None
    indicator_constant: Code | None = None
    period: NonEmpty
    value: NonEmpty
    measure: NonEmpty | None = None
    measure_constant: NonEmpty | None = None
    status: NonEmpty | None = None
    received: NonEmpty | None = None
    source: NonEmpty | None = None


class Source(Definition):
    """One entry of ``sources.yaml``: who publishes, under which terms, and how its files are read."""

    code: Code
    name: Text
    publisher: Text
    licence: Text
    # Only when it is whole; otherwise the words of the row say where a figure comes from.
    address: NonEmpty | None = None
    citation: Text | None = None
    published: date | None = None
    reader: Reader
    # File names it claims, as glob patterns; folder ``inbox`` is the edition's, ``data`` the project's own.
    folder: Literal["inbox", "data"]
    files: tuple[NonEmpty, ...] = Field(min_length=1)
    columns: LongTableColumns | None = None
    # How the answers of the statistics bureau and the tables of web pages are read.
    answers: BureauAnswers | None = None
    tables: PageTables | None = None
    # Where it is pulled from; files of the same names that are put into the folder are read as well.
    connection: Connection | None = None
    # The unit list that the source's codes and names refer to, as of the end of this year.
    units_as_of: int | None = None
    # The source's own words for indicators → ours; words not listed are refused unless ``ignore``.
    indicator_names: dict[str, Code] = Field(default_factory=dict)
    ignored_indicator_names: tuple[NonEmpty, ...] = ()
    note: Text | None = None


class Sources(Definition):
    """The file ``sources.yaml``."""

    sources: tuple[Source, ...]


class Deadline(Definition):
    """By when a figure must have arrived to count as timely: so many days after its period or its year."""

    after: Literal["period", "year"]
    days: int = Field(ge=0)


class Demonstration(Definition):
    """The generator of the demonstration edition."""

    seed: int
    first_period: NonEmpty
    last_period: NonEmpty


class Edition(Definition):
    """The file ``editions/<name>.yaml``: a catalogue with the sources that feed it.

    Real and invented figures never meet: all figures of an edition share one origin.
    """

    name: NonEmpty
    title: Text
    description: Text
    catalogue: Code
    origin: Origin
    sources: tuple[Code, ...]
    frequency: Frequency
    first_period: NonEmpty
    # The newest period that is evaluated; none: the newest that has figures.
    last_period: NonEmpty | None = None
    # Without a deadline, timeliness is not measured: nobody owes published figures.
    deadline: Deadline | None = None
    demonstration: Demonstration | None = None
    note: Text | None = None
