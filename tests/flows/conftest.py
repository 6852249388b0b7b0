"""An edition of three units, small enough to be run a hundred times, and the processes in which it is run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.flows.small_edition import SmallEdition, lay_out

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def make_small_edition(tmp_path) -> Callable[[str], SmallEdition]:
    """Return a function that lays an edition out in a folder of its own, a table in its inbox."""
    return lambda folder: lay_out(tmp_path / folder)


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
