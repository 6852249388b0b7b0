"""The command ``air-days``: hourly values of stations to the daily and monthly means that HJ 663 allows."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from transforms.findings import findings_frame
from transforms.station_days import air_days
from xietong.catalogue import load_catalogue
from xietong.errors import UsageError
from xietong.frames import RawTable, Snapshot
from xietong.render.downloads import neutralised
from xietong.resources import resource_directory
from xietong.sources import UnreadableFileError, read_tables

_SOURCE = "air_days"


def write_air_days(file: Path, stations: Path | None, out: Path, catalogue: str = "chongqing") -> int:
    """Write ``station_days``, ``district_days``, ``district_months`` and ``findings`` as CSV into ``out``.

    Returns 0 when at least one daily mean is valid, else 1.

    Raises:
        UsageError: a file is not there or cannot be read.
    """
    tables = [table for path in (file, stations) if path is not None for table in _tables(path)]
    result = air_days(tables, load_catalogue(resource_directory("catalogue"), catalogue))
    frames = {
        "station_days": result.station_days,
        "district_days": result.district_days,
        "district_months": result.district_months,
        "findings": findings_frame(result.findings, _SOURCE),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        neutralised(frame).write_csv(out / f"{name}.csv", include_bom=True)
    valid = {name: frame["value"].drop_nulls().len() for name, frame in list(frames.items())[:3]}
    for name, count in valid.items():
        sys.stdout.write(f"{name}: {count} / {frames[name].height} 有效 valid\n")
    sys.stdout.write(f"findings: {frames['findings'].height}\n")
    return 0 if any(valid.values()) else 1


def _tables(path: Path) -> list[RawTable]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    now = datetime(1970, 1, 1, tzinfo=UTC)  # nothing that is written depends on when a file came
    snapshot = Snapshot(hashlib.sha256(data).hexdigest(), path.name, _SOURCE, "", None, "", now, len(data))
    try:
        return read_tables(data, snapshot)
    except UnreadableFileError as error:
        raise UsageError(f"{path.name}: {error}") from error
