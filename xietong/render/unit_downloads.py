"""The tables of every unit as CSV files, safe to open in a spreadsheet."""

from pathlib import Path

from xietong.render.downloads import neutralised
from xietong.report import Site
from xietong.report.unit_tables import unit_file


def write_unit_downloads(site: Site, directory: Path) -> list[Path]:
    """Write ``downloads/units/<code>-<table>.csv`` below ``directory`` and return the files, sorted.

    Text that a spreadsheet would run as a formula has an apostrophe before it, as in the other downloads.
    """
    written = []
    for code, tables in site.unit_tables.items():
        for table, frame in tables.items():
            path = directory / unit_file(code, table)
            path.parent.mkdir(parents=True, exist_ok=True)
            neutralised(frame).write_csv(path, include_bom=True)
            written.append(path)
    return sorted(written)
