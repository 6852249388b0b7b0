"""An edition of three units, small enough to be run a hundred times, and the processes in which it is run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from xietong.resources import resource_directory
from xietong.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
UNITS = {"110000": "北京市", "120000": "天津市", "130000": "河北省"}
YEARS = (2005, 2017, 2018, 2019)
FIRST_MOMENT = 1_735_689_600  # 1 January 2025, UTC


@dataclass(frozen=True)
class SmallEdition:
    """The edition ``provinces`` cut down to three units and two years, with one table in its inbox."""

    settings: Settings
    name: str = "provinces"

    @property
    def directory(self) -> Path:
        """Return where its releases lie."""
        return self.settings.edition_directory(self.name)

    @property
    def inbox(self) -> Path:
        """Return its inbox."""
        return self.settings.inbox_directory / self.name

    def send(self) -> bytes:
        """Put one more table into the inbox, in which every figure has risen, and return its bytes."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        level = len(list(self.inbox.iterdir()))
        lines = [
            f"{unit},{indicator},{year},{first + 5 * place + (2019 - year) * slope + level}"
            for place, unit in enumerate(UNITS.values())
            for indicator, first, slope in (("pm25", 30, 3), ("co2", 100, -2))
            for year in YEARS
        ]
        content = "\n".join(["unit,indicator,year,value", *lines, ""]).encode()
        path = self.inbox / f"figures-{level:02d}.csv"
        path.write_bytes(content)
        # A day after the one before, so that it is known which is the newest.
        moment = FIRST_MOMENT + 86400 * level
        os.utime(path, (moment, moment))
        return content

    def beside(self, build: Path) -> "SmallEdition":
        """Return the same edition, catalogue and inbox with another build directory."""
        return SmallEdition(self.settings.model_copy(update={"build_directory": build}), self.name)


def _rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _three_units(content: dict[str, Any]) -> None:
    content["units"] = [unit for unit in content["units"] if unit["code"] in UNITS]
    for groups, key in (("regions", "region"), ("peer_groups", "peer_group")):
        used = {unit[key] for unit in content["units"]}
        content[groups] = [group for group in content[groups] if group["code"] in used]


def _one_table(content: dict[str, Any]) -> None:
    (source,) = [source for source in content["sources"] if source["reader"] == "long_table"]
    source["code"] = "figures"
    source["files"] = ["*.csv"]
    source["columns"] = {"unit": "unit", "indicator": "indicator", "period": "year", "value": "value"}
    source["indicator_names"] = {"pm25": "pm25_population_weighted", "co2": "co2_total"}
    content["sources"] = [source]


@pytest.fixture
def make_small_edition(tmp_path) -> Callable[[str], SmallEdition]:
    """Return a function that lays an edition out in a folder of its own, a table in its inbox."""

    def make(folder: str) -> SmallEdition:
        root = tmp_path / folder
        for name in ("catalogue", "editions"):
            shutil.copytree(resource_directory(name), root / name)
        _rewrite(root / "catalogue" / "provinces" / "units.yaml", _three_units)
        _rewrite(root / "catalogue" / "provinces" / "sources.yaml", _one_table)
        _rewrite(
            root / "editions" / "provinces.yaml",
            lambda content: content.update(sources=["figures"], first_period="2018"),
        )
        settings = Settings(
            build_directory=root / "build",
            inbox_directory=root / "inbox",
            catalogue_directory=root / "catalogue",
            editions_directory=root / "editions",
            threads=1,
        )
        edition = SmallEdition(settings)
        edition.send()
        return edition

    return make


@pytest.fixture
def small_edition(make_small_edition) -> SmallEdition:
    """Return one small edition."""
    return make_small_edition("small")


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    ``served``; ``refused`` with a sentence and its code; ``failed`` with a traceback; ``killed``; of a command,
    ``exited`` with what it wrote as errors and its code.
    """

    outcome: str
    stage: str  # that began last
    sentence: str
    code: int
    stages: list[tuple[str, float, int]]  # title, seconds, writes to the file system


class StageDriver:
    """A process that has imported everything and runs each request in a child of its own (stage_driver.py)."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self, edition: SmallEdition, **how: Any) -> None:
        """Begin a run.

        ``kill={"stage": …, "write": n, "group": …}`` or ``{"stage": …, "after": seconds, "group": …}`` ends it by
        SIGKILL; with ``command=[…]`` it is the command line that is run.
        """
        assert self._process.stdin is not None
        request = {
            "settings": edition.settings.model_dump(mode="json", exclude_unset=True),
            "edition": edition.name,
            **how,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def wait(self) -> Ended:
        """Return how the run ended that was begun."""
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        assert answer, "the driver ended"
        content = json.loads(answer)
        return Ended(**content | {"stages": [tuple(stage) for stage in content["stages"]]})

    def run(self, edition: SmallEdition, **how: Any) -> Ended:
        """Run and return how it ended."""
        self.start(edition, **how)
        return self.wait()


@pytest.fixture(scope="module")
def stage_drivers() -> Iterator[Callable[[int], list[StageDriver]]]:
    """Return a function that gives so many drivers, started when first asked for; they end with the module."""
    program = [sys.executable, str(Path(__file__).with_name("stage_driver.py"))]
    # A process that is forked should have one thread: none of linear algebra, none of the allocators.
    single = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    single |= {"_RJEM_MALLOC_CONF": "background_thread:false", "MALLOC_CONF": "background_thread:false"}
    environment = os.environ | single | {"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "2"}
    pipe = subprocess.PIPE
    drivers: list[StageDriver] = []
    with ExitStack() as processes:

        def drivers_of(number: int) -> list[StageDriver]:
            while len(drivers) < number:
                process = subprocess.Popen(program, stdin=pipe, stdout=pipe, env=environment, text=True, cwd=ROOT)
                processes.enter_context(process)
                processes.callback(process.kill)
                drivers.append(StageDriver(process))
            return drivers[:number]

        yield drivers_of
