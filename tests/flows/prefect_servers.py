"""A Prefect server, its deployments and a worker as separate processes on loopback; all of them end by process id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from prefect.client.base import PrefectHttpxSyncClient

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
XIETONG = str(Path(sys.executable).with_name("xietong"))
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

Environment = dict[str, str]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment_of(home: Path, **further: str) -> Environment:
    """Return the environment of a server in ``home`` and of all that talks to it; it asks for work every half second.

    Modules are compiled once for all its processes, whatever the environment of the tests says.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "XIETONG_"))}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    return own | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "0.5",
        "DO_NOT_TRACK": "1",
        "XIETONG_BUILD_DIRECTORY": str(home / "build"),
        "XIETONG_INBOX_DIRECTORY": str(home / "inbox"),
        **further,
    }


@contextmanager
def process(command: list[str], environment: Environment, log: Path, folder: Path = ROOT) -> Iterator[subprocess.Popen]:
    """Run a command in the folder until the context ends."""
    with log.open("ab") as output:
        started = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(timeout=10)


@contextmanager
def running(environment: Environment) -> Iterator[httpx.Client]:
    """Start a server, deploy prefect.yaml and start a worker; give a client of the server.

    The client is Prefect's own: a server that is busy (503, 429) is asked again with growing pauses.
    """
    home, url = Path(environment["PREFECT_HOME"]), environment["PREFECT_API_URL"]
    port = url.removesuffix("/api").rsplit(":", 1)[1]
    command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", port]
    with ExitStack() as stack:
        stack.enter_context(process(command, environment, home / "server.log"))
        client = stack.enter_context(PrefectHttpxSyncClient(base_url=url, timeout=30, raise_on_all_errors=False))
        wait_for_server(url)
        done = subprocess.run([XIETONG, "deploy"], cwd=ROOT, env=environment, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        stack.enter_context(process([XIETONG, "worker"], environment, home / "worker.log"))
        yield client


def wait_for_server(url: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"the Prefect server did not answer within {seconds} s")


def create_run(client: httpx.Client, name: str, parameters: dict, flow: str = "evaluate") -> httpx.Response:
    """Ask for a run of a deployment, as the form of the UI does, and return the answer."""
    deployment = client.get(f"/deployments/name/{flow}/{name}").raise_for_status().json()
    body = {"parameters": {"parameters": parameters}, "state": {"type": "SCHEDULED"}}
    return client.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)


def wait_for(client: httpx.Client, run_id: str, wanted: set[str], seconds: float = 240, after: str = "") -> dict:
    """Return the run once its state is one of those wanted, or one from which it does not come back.

    With ``after``, the id of a state, that very state is not waited for but one that comes later.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = client.get(f"/flow_runs/{run_id}").raise_for_status().json()
        if run["state"]["type"] in wanted | ENDED and run["state"]["id"] != after:
            assert run["state"]["type"] in wanted, run["state"]["message"]
            return run
        time.sleep(0.2)
    pytest.fail(f"the run was not {' or '.join(sorted(wanted))} within {seconds} s")
