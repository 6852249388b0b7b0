"""What a Prefect server adds to a monthly run: the same evaluation by the command and by a worker, from nothing.

Both start a process, import everything and write the same release. Compared are the time of the command
and the time from the moment the worker takes the run up until the server knows that it has ended; how
long a run waits for the worker to ask (10 s at most) is printed beside it.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx

from tests.flows.prefect_servers import XIETONG, Environment, create_run, environment_of, running, wait_for

EDITION, PERIOD, REPEAT = "chongqing-demo", "2026-10", 2


def direct(environment: Environment) -> float:
    """Return how long the command takes with nothing generated before, seconds."""
    shutil.rmtree(environment["XIETONG_BUILD_DIRECTORY"], ignore_errors=True)
    command = [XIETONG, "run", "--edition", EDITION, "--period", PERIOD]
    started = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def served(client: httpx.Client, environment: Environment) -> tuple[float, float]:
    """Return how long the run takes from when the worker takes it up, and how long it waited before, seconds."""
    shutil.rmtree(environment["XIETONG_BUILD_DIRECTORY"], ignore_errors=True)
    given = {"edition": EDITION, "period": PERIOD, "review": "auto"}
    run_id = create_run(client, "rerun-period", given).raise_for_status().json()["id"]
    wait_for(client, run_id, {"COMPLETED"}, seconds=300)
    answer = client.get("/flow_run_states/", params={"flow_run_id": run_id}).raise_for_status()
    moments = {state["type"]: datetime.fromisoformat(state["timestamp"]) for state in answer.json()}
    order = [moments[kind] for kind in ("SCHEDULED", "PENDING", "COMPLETED")]
    waited, ran = (later - earlier for earlier, later in pairwise(order))
    return ran / timedelta(seconds=1), waited / timedelta(seconds=1)


def main() -> int:
    """Measure both ways in turn and print the best of each."""
    with tempfile.TemporaryDirectory(prefix="xietong-bench-") as folder:
        environment = environment_of(Path(folder))
        with running(environment) as client:
            rows = [(direct(environment), *served(client, environment)) for _ in range(REPEAT)]
    alone, ran, waited = (min(column) for column in zip(*rows, strict=True))
    print(
        f"{'monthly run by a server and worker':<44} {ran:7.2f} s, by the command {alone:.2f} s: "
        f"{ran - alone:+.2f} s   budget +5 s (waited {waited:.1f} s to be taken up)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
