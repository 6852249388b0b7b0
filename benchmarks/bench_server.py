"""What a Prefect server adds to a monthly run: the same evaluation by the command and by a worker, from nothing.

Both start a process, import everything and write the same release. Compared are the time of the command
and the time from the moment the worker takes the run up until the server knows that it has ended; how
long a run waits for the worker to ask (10 s at most) is printed beside it.

The stages take most of both and vary with the machine by more than a server adds, so what lies outside
of them is compared as well: starting, asking the server, artifacts, ending.

Server and worker are set as an office has them, and the run is seldom asked after: a worker that asks
twice a second and a bench that asks five times a second make the server take 6 s more of two cores.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx

from tests.flows.prefect_servers import XIETONG, Environment, create_run, environment_of, running, wait_for

REPEAT = 5


class Taken(NamedTuple):
    """What a run took, seconds: as a whole, outside its stages, and waiting to be taken up."""

    whole: float
    outside: float
    waited: float = 0.0


def direct(environment: Environment, edition: str) -> Taken:
    """Return what the command takes with nothing generated before."""
    shutil.rmtree(environment["XIETONG_BUILD_DIRECTORY"], ignore_errors=True)
    command = [XIETONG, "run", "--edition", edition]
    started = time.perf_counter()
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    whole = time.perf_counter() - started
    stages = re.findall(r"^\s+\S+\s+([0-9.]+) s$", said.stdout + said.stderr, re.MULTILINE)
    return Taken(whole, whole - sum(map(float, stages)))


def served(client: httpx.Client, environment: Environment, edition: str) -> Taken:
    """Return what the run takes from when the worker takes it up."""
    shutil.rmtree(environment["XIETONG_BUILD_DIRECTORY"], ignore_errors=True)
    given = {"edition": edition, "review": "auto"}
    run_id = create_run(client, "rerun-period", given).raise_for_status().json()["id"]
    wait_for(client, run_id, {"COMPLETED"}, every=5)
    answer = client.get("/flow_run_states/", params={"flow_run_id": run_id}).raise_for_status()
    moments = {state["type"]: datetime.fromisoformat(state["timestamp"]) for state in answer.json()}
    order = [moments[kind] for kind in ("SCHEDULED", "PENDING", "COMPLETED")]
    waited, ran = (later - earlier for earlier, later in pairwise(order))
    tasks = client.post("/task_runs/filter", json={"flow_runs": {"id": {"any_": [run_id]}}}).raise_for_status().json()
    stages = sum(task["total_run_time"] for task in tasks)
    whole = ran / timedelta(seconds=1)
    return Taken(whole, whole - stages, waited / timedelta(seconds=1))


def main(edition: str = "chongqing-demo") -> int:
    """Measure both ways in turn; print the best of each and the median of what a run took more than the one before."""
    by_command, by_worker = [], []
    with tempfile.TemporaryDirectory(prefix="xietong-bench-") as folder:
        environment = environment_of(Path(folder))
        del environment["PREFECT_WORKER_QUERY_SECONDS"]
        with running(environment) as client:
            for _ in range(REPEAT):
                by_command.append(direct(environment, edition))
                by_worker.append(served(client, environment, edition))
    for label, taken in (("by the command", by_command), ("by a server and worker", by_worker)):
        print(f"monthly run {label}: " + ", ".join(f"{each.whole:.1f} s" for each in taken))
    for label, part in (("as a whole", "whole"), ("outside the stages", "outside")):
        command, worker = (min(getattr(each, part) for each in taken) for taken in (by_command, by_worker))
        print(
            f"{f'a server adds, {label}':<44} {worker - command:+7.2f} s   budget +5 s "
            f"(from {command:.2f} to {worker:.2f} s)"
        )
        pairs = [getattr(w, part) - getattr(c, part) for c, w in zip(by_command, by_worker, strict=True)]
        print(f"{'':<12}in the median of {REPEAT} pairs           {median(pairs):+7.2f} s")
    print(f"waited to be taken up: {min(each.waited for each in by_worker):.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
