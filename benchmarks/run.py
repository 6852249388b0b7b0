"""``make bench``: whole commands in fresh processes, their time and peak memory, as docs/benchmarks.md prints them."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("xietong"))


@dataclass(frozen=True)
class Measurement:
    """One command: what it was, how long it took and how much memory it held at most."""

    name: str
    seconds: float
    peak_megabytes: float
    budget: str


def measure(name: str, command: list[str], budget: str, repeat: int = 1) -> Measurement:
    """Return the best of ``repeat`` runs of a command; its own children count towards the peak."""
    best, peak = float("inf"), 0.0
    for _ in range(repeat):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{name}: the command failed: {' '.join(command)}")
        best, peak = min(best, elapsed), max(peak, usage.ru_maxrss / 1024)
    return Measurement(name, best, peak, budget)


def main() -> int:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="build here and keep it, instead of in a temporary folder")
    build = parser.parse_args().keep or Path(tempfile.mkdtemp(prefix="xietong-bench-"))
    run = [COMMAND, "run", "--edition", "chongqing-demo", "--out", str(build)]
    rows = [
        measure("xietong --help", [COMMAND, "--help"], "0.5 s", repeat=5),
        measure("run chongqing-demo, forms generated anew", run, "25 s, 1500 MB"),
        measure("run chongqing-demo again", run, "25 s, 1500 MB"),
        measure(
            "run chongqing-published",
            [COMMAND, "run", "--edition", "chongqing-published", "--out", str(build)],
            "—",
        ),
    ]
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for row in rows:
        print(f"{row.name:<44} {row.seconds:7.2f} s {row.peak_megabytes:8.0f} MB   budget {row.budget}")
    for name in ("compute", "bench_site"):
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", str(build)], check=True)
    for name in ("robustness", "study", "panel", "intake", "expectations", "server"):
        module = f"benchmarks.bench_{name}"
        subprocess.run([sys.executable, "-m", module], check=True)
    shutil.rmtree(build, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
