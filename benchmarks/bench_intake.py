"""An inbox of 4,920 monthly forms (41 units × 10 years): first read, unchanged, and with one of them revised.

Each run is a process of its own, so that nothing but what lies on disk is there the second time. Measured are reading,
the first gate and loading into the warehouse; peak memory is that of both processes together.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from random import Random

from xietong.catalogue import Catalogue, load_catalogue
from xietong.resources import resource_directory
from xietong.workbook import Form, FormRow, FormSheet, form_rows, write_form

UNITS, YEARS = 41, range(2016, 2026)
FILES = UNITS * len(YEARS) * 12
BUDGETS = {"first": "30 s, 2000 MB", "unchanged": "2 s", "one revised": "—"}


def write_inbox(inbox: Path) -> None:
    """Write the forms: one a unit and month, with every monthly indicator, plausible and reproducible."""
    catalogue = load_catalogue(resource_directory("catalogue"), "chongqing")
    units = [unit for unit in catalogue.units.units if unit.kind != "city"][:UNITS]
    assert len(units) == UNITS
    for unit in units:
        for year in YEARS:
            folder = inbox / str(year)
            folder.mkdir(parents=True, exist_ok=True)
            for month in range(1, 13):
                form = _form(catalogue, unit.code, unit.name.zh, year, month)
                write_form(folder / f"{unit.code}_{year}-{month:02d}.xlsx", form)


def _form(catalogue: Catalogue, unit_code: str, unit_name: str, year: int, month: int, shift: float = 0.0) -> Form:
    random = Random(f"{unit_code} {year}-{month}")  # noqa: S311 — the same forms every time
    monitored = random.randint(26, 28)
    values = {"monitored_air_days": monitored, "good_air_days": monitored - random.randint(0, 9)}
    rows = []
    for indicator in form_rows(catalogue, unit_code, "month"):
        assert indicator.plausible is not None
        low, high = indicator.plausible.minimum, indicator.plausible.maximum
        drawn = round(low + (high - low) * random.uniform(0.1, 0.3) + shift, indicator.decimals)
        value = float(values.get(indicator.code, drawn))
        rows.append(FormRow(indicator.code, indicator.name.zh, indicator.measure, (value,), indicator.decimals))
    sheet = FormSheet("month", (f"{year}-{month:02d}",), tuple(rows))
    received = date(year + month // 12, month % 12 + 1, 5)
    return Form(unit_code, unit_name, year, received, (sheet,))


def revise(inbox: Path) -> None:
    """Write one form anew with other figures, as a unit that corrects them does."""
    catalogue = load_catalogue(resource_directory("catalogue"), "chongqing")
    unit = catalogue.units_by_code["500109"]
    write_form(inbox / "2020" / "500109_2020-07.xlsx", _form(catalogue, unit.code, unit.name.zh, 2020, 7, 0.1))


def main() -> int:
    """Write the inbox and measure the three runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="use this folder and keep it; an inbox in it is taken as it is")
    kept = parser.parse_args().folder
    folder = kept or Path(tempfile.mkdtemp(prefix="xietong-bench-intake-"))
    if not (folder / "inbox").exists():
        write_inbox(folder / "inbox" / "chongqing")
    shutil.rmtree(folder / "build", ignore_errors=True)
    for name, budget in BUDGETS.items():
        if name == "one revised":
            revise(folder / "inbox" / "chongqing")
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.take_inbox", str(folder)], stdout=subprocess.PIPE)
        peak = _watch(process)
        elapsed = time.perf_counter() - started
        assert process.returncode == 0
        assert process.stdout is not None
        said = process.stdout.read().decode().strip()
        print(f"{f'intake of {FILES:,} forms, {name}':<44} {elapsed:7.2f} s {peak:8.0f} MB   budget {budget}   {said}")
    if kept is None:
        shutil.rmtree(folder)
    return 0


def _watch(process: subprocess.Popen[bytes]) -> float:
    """Wait for the process and return the most memory in MB that it and its children held together."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, [process.pid, *_children(process.pid)])))
        time.sleep(0.02)
    return peak


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    own = [int(word) for word in text.split()]
    return [*own, *(pid for child in own for pid in _children(child))]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
