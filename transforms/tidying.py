"""Raw tables of one source to tidy observations: the reader of its kind finds the cells, all are judged alike."""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from transforms.ceads_inventory import read_inventories
from transforms.county_emissions import read_county_emissions
from transforms.district_form import read_forms
from transforms.figures import Tidied, observe
from transforms.findings import Finding, findings_frame
from transforms.html_tables import read_html_tables
from transforms.long_table import read_long_tables
from transforms.nbs_answers import read_bureau_answers
from transforms.station_days import read_station_hours
from xietong.catalogue import Catalogue, Source
from xietong.catalogue.sources import Origin, Reader
from xietong.frames import RawTable, Snapshot

Files = Sequence[tuple[Snapshot, Sequence[RawTable]]]
_Read = Callable[[Files, Source, Catalogue, Origin], tuple[pl.DataFrame, list[Finding]]]

_READERS: Final[dict[Reader, _Read]] = {
    "district_form": read_forms,
    "long_table": read_long_tables,
    "ceads_inventory": read_inventories,
    "county_emissions": read_county_emissions,
    "nbs_answer": read_bureau_answers,
    "station_hours": read_station_hours,
    "html_table": read_html_tables,
}


def tidy(
    tables: Sequence[RawTable], source: Source, snapshot: Snapshot, catalogue: Catalogue, origin: Origin
) -> Tidied:
    """Return what one file says."""
    return tidy_files([(snapshot, tables)], source, catalogue, origin)


def tidy_files(files: Files, source: Source, catalogue: Catalogue, origin: Origin) -> Tidied:
    """Return what the files of one source say, in the order of the files.

    Many files at once cost far less than one after the other. Every figure cell with something in
    it becomes an observation or gives a finding; an empty cell is a figure that was not reported.
    """
    figures, findings = _READERS[source.reader](files, source, catalogue, origin)
    tidied = observe(figures, source, catalogue, origin)
    return Tidied(tidied.observations, pl.concat([findings_frame(findings, source.code), tidied.findings]))
