"""Run an edition again and again in children of a process that has imported everything, and kill some of them.

One JSON line in begins a run, one JSON line out tells how it ended. Forking costs milliseconds where a
fresh interpreter costs seconds of imports, so that a hundred runs are a test and not a night.
"""

import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from expectations.evaluation import warm_up
from flows import side_process
from flows.command_line import main as command_line
from flows.evaluation import run_evaluation
from xietong.errors import XietongError
from xietong.render.templates import compile_templates
from xietong.settings import Settings

#: What a run imports only when it comes to it.
IMPORTED_LATE = (
    "expectations.intake",
    "expectations.marts",
    "expectations.proofs",
    "flows.progress",
    "flows.release_differences",
    "polars._utils.parquet",
    "pyarrow.pandas_compat",
    "xietong.render",
    "xietong.render.release_difference",
    "xietong.report",
    "xietong.robustness",
    "xietong.warehouse.golden_numbers",
    "xietong.warehouse.kept_marts",
    "xlsxwriter",
)
#: Audit events (PEP 578) of everything that changes the file system from Python.
WRITES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}
#: How long a stage that is to be killed waits at its end for the blow.
PATIENCE = 60


class Stages:
    """Tells the parent of every stage, counts its writes, and dies at the write asked for.

    What is written between two stages counts with the first.
    """

    def __init__(self, tell: Callable[..., None], kill: dict[str, Any], waits: dict[str, float]) -> None:
        self.tell, self.kill, self.waits = tell, kill, waits
        self.title, self.seconds, self.writes = "", 0.0, 0
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not (event in WRITES or (event == "open" and _writes(arguments))):
            return
        self.writes += 1
        if self.title == self.kill.get("stage") and self.writes == self.kill.get("write"):
            self.die()

    def die(self) -> None:
        """End at once: the process alone, as the system does when memory runs out, or with its side process."""
        os.kill(0 if self.kill["group"] else os.getpid(), signal.SIGKILL)

    def __call__(self, title: str, stage: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run the stage and return what it returns."""
        self.close()
        self.title, self.writes = title, 0
        self.tell("began", title, 0, 0)
        began = time.perf_counter()
        result = stage(*args, **kwargs)
        self.seconds = time.perf_counter() - began
        if self.kill.get("stage") == title and "after" in self.kill:
            # A stage that is to be shot waits for the blow at its end.
            time.sleep(PATIENCE)
        # A run that holds its edition for a while, so that another meets it.
        time.sleep(self.waits.get(title, 0))
        return result

    def close(self) -> None:
        """Tell what the last stage took; one that wrote less than it was to die at dies at its end."""
        if self.title:
            if self.title == self.kill.get("stage"):
                self.die()
            self.tell("ended", self.title, self.seconds, self.writes)


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return bool(flags & (os.O_WRONLY | os.O_RDWR)) if flags else isinstance(mode, str) and mode[:1] in "wax"


def _begin_side_process(pipe: int) -> None:
    side_process._prepare_ending()
    os.close(pipe)


def _evaluate(request: dict[str, Any], tell: Callable[..., None]) -> None:
    stages = Stages(tell, request.get("kill", {}), request.get("waits", {}))
    try:
        run_evaluation(Settings(**request["settings"]), request["edition"], None, None, stages)
    except XietongError as error:
        tell("refused", str(error), 0, error.exit_code)
    else:
        tell("served", "", 0, 0)
    finally:
        stages.close()


def _command(request: dict[str, Any], tell: Callable[..., None]) -> None:
    """Run the command line itself and tell what it wrote as errors and the code it ended with."""
    os.environ.update({f"XIETONG_{name.upper()}": str(value) for name, value in request["settings"].items()})
    sys.argv = ["xietong", *request["command"]]
    errors = io.StringIO()
    with redirect_stderr(errors), redirect_stdout(io.StringIO()):
        try:
            command_line()
        except SystemExit as ended:
            code = ended.code
    tell("exited", errors.getvalue(), 0, code)


def _run(request: dict[str, Any], pipe: int) -> None:
    def tell(*words: Any) -> None:
        os.write(pipe, json.dumps(words).encode() + b"\n")

    os.setsid()
    # Forked and not spawned, which takes seconds; before anything has started a thread or holds a lock.
    pool = ProcessPoolExecutor(1, get_context("fork"), partial(_begin_side_process, pipe))
    pool.submit(int).result()
    side_process._pool = lambda: pool
    if "largest_file" in request:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest_file"],) * 2)
    try:
        (_command if "command" in request else _evaluate)(request, tell)
    except BaseException as error:  # noqa: BLE001 — whatever it is, the test has to hear of it
        tell("failed", "".join(traceback.format_exception(error)), 0, 0)
    os.killpg(0, signal.SIGKILL)


def _follow(child: int, pipe: int, kill: dict[str, Any]) -> dict[str, Any]:
    """Read what the child tells, kill it in its time, and return how it ended."""
    ended: dict[str, Any] = {"outcome": "killed", "stage": "", "sentence": "", "code": 0, "stages": []}
    with os.fdopen(pipe, encoding="utf-8") as told:
        for line in told:
            event, words, seconds, number = json.loads(line)
            if event == "began":
                ended["stage"] = words
                if words == kill.get("stage") and "after" in kill:
                    time.sleep(kill["after"])
                    (os.killpg if kill["group"] else os.kill)(child, signal.SIGKILL)
            elif event == "ended":
                ended["stages"].append((words, seconds, number))
            else:
                ended |= {"outcome": event, "sentence": words, "code": number}
    os.waitpid(child, 0)
    return ended


def main() -> None:
    """Serve requests until there are no more."""
    for name in IMPORTED_LATE:
        import_module(name)
    warm_up()
    compile_templates()
    for line in sys.stdin:
        request = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(request, writing)
        os.close(writing)
        sys.stdout.write(json.dumps(_follow(child, reading, request.get("kill", {}))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
