"""A Prefect server, its deployments and a worker as separate processes on loopback; all of them end by process id.

Every wait is bounded and long: it costs nothing on a quiet machine, and a busy one takes several times as long.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from prefect.client.base import PrefectHttpxSyncClient

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
XIETONG = str(Path(sys.executable).with_name("xietong"))
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

Environment = dict[str, str]


def free_port() -> int:
    """Return a port nobody listens on, out of those that the system gives to no connection while the server starts."""
    chance = random.SystemRandom()
    for _ in range(100):
        port = chance.randrange(20_000, 32_000)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    pytest.fail("a hundred ports between 20000 and 32000 are taken")


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
    """Run a command in the folder until the context ends; what it has started ends with it.

    The worker starts each run in a session of its own, and leaves one that waits for its review running.
    """
    with log.open("ab") as output:
        started = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        yield started
    finally:
        end(started)


def end(started: subprocess.Popen) -> None:
    """End a process and all that it has started: asked first, then not asked."""
    with suppress(psutil.NoSuchProcess):
        family = [*psutil.Process(started.pid).children(recursive=True), psutil.Process(started.pid)]
        started.terminate()
        _, left = psutil.wait_procs(family[-1:], timeout=20)
        for each in (*left, *family):
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(family, timeout=10)
    started.wait(timeout=10)


@dataclass
class PrefectServer:
    """A server and its worker, which can be lost and started again: same port, same database."""

    environment: Environment
    _process: subprocess.Popen | None = None
    _worker: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return self.environment["PREFECT_API_URL"]

    @property
    def home(self) -> Path:
        return Path(self.environment["PREFECT_HOME"])

    def start(self) -> None:
        port = self.url.removesuffix("/api").rsplit(":", 1)[1]
        command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", port]
        log = self.home / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        wait_for_server(self.url, self._process, log)

    def lose(self) -> None:
        """Kill the server as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=10)

    def start_worker(self) -> None:
        with (self.home / "worker.log").open("ab") as output:
            self._worker = subprocess.Popen(
                [XIETONG, "worker"], cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )

    def lose_worker(self) -> None:
        """Kill the worker with the processes of its runs, as when the machine goes down."""
        assert self._worker is not None
        worker = psutil.Process(self._worker.pid)
        family = [worker, *worker.children(recursive=True)]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(family, timeout=20)

    @contextmanager
    def worker_that_hears_nothing(self) -> Iterator[None]:
        """Hold the worker still for as long as the context lasts; the processes of its runs go on."""
        assert self._worker is not None
        worker = psutil.Process(self._worker.pid)
        held = [worker, *(each for each in worker.children(recursive=True) if "worker" in each.cmdline())]
        for each in held:
            each.suspend()
        try:
            yield
        finally:
            for each in held:
                each.resume()

    def stop(self) -> None:
        for each in (self._worker, self._process):
            if each is not None:
                end(each)


@contextmanager
def serving(environment: Environment) -> Iterator[PrefectServer]:
    """Start a server, deploy prefect.yaml and start a worker."""
    server = PrefectServer(environment)
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        done = subprocess.run([XIETONG, "deploy"], cwd=ROOT, env=environment, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
        server.start_worker()
        yield server


@contextmanager
def client_of(server: PrefectServer) -> Iterator[httpx.Client]:
    """Give a client of the server; Prefect's own: a server that is busy (503, 429) is asked again with growing pauses."""
    with PrefectHttpxSyncClient(base_url=server.url, timeout=60, raise_on_all_errors=False) as client:
        yield client


@contextmanager
def running(environment: Environment) -> Iterator[httpx.Client]:
    """Start a server with deployments and a worker; give a client of the server."""
    with serving(environment) as server, client_of(server) as client:
        yield client


def wait_for_server(url: str, started: subprocess.Popen, log: Path, seconds: float = 300) -> None:
    """Return once the server answers; one that has ended is not waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and started.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    told = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    pytest.fail(f"the Prefect server did not answer within {seconds} s, or ended; it said last: {told}")


def create_run(client: httpx.Client, name: str, parameters: dict, flow: str = "evaluate") -> httpx.Response:
    """Ask for a run of a deployment, as the form of the UI does, and return the answer."""
    deployment = client.get(f"/deployments/name/{flow}/{name}").raise_for_status().json()
    body = {"parameters": {"parameters": parameters}, "state": {"type": "SCHEDULED"}}
    return client.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)


def wait_for(
    client: httpx.Client,
    run_id: str,
    wanted: set[str],
    seconds: float = 600,
    after: str = "",
    ended: AbstractSet[str] = ENDED,
    every: float = 0.2,
) -> dict:
    """Return the run once its state is one of those wanted, or one from which it does not come back.

    With ``after``, the id of a state, that very state is not waited for but one that comes later; ``ended`` are the
    states from which it does not come back. It is asked after ``every`` so many seconds.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = client.get(f"/flow_runs/{run_id}").raise_for_status().json()
        if run["state"]["type"] in wanted | ended and run["state"]["id"] != after:
            assert run["state"]["type"] in wanted, run["state"]["message"]
            return run
        time.sleep(every)
    pytest.fail(f"the run was not {' or '.join(sorted(wanted))} within {seconds} s")


def lines_of(client: httpx.Client, run_id: str, sentence: str) -> list[dict]:
    """Return the log of a run, once the sentence has come to it."""
    body = {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_ASC"}
    deadline = time.monotonic() + 60
    while True:
        lines: list[dict] = client.post("/logs/filter", json=body).raise_for_status().json()
        if any(line["message"] == sentence for line in lines) or time.monotonic() > deadline:
            return lines
        time.sleep(0.5)


def assert_told_without_a_trace(client: httpx.Client, run: dict) -> None:
    """Of the log of a failed run one line is the sentence of its state, an error; no line has a traceback."""
    sentence = run["state"]["message"]
    lines_of(client, run["id"], sentence)
    # What the process says last comes a moment later.
    time.sleep(2)
    lines = lines_of(client, run["id"], sentence)
    assert [line["level"] for line in lines if line["message"] == sentence] == [40]
    assert [line["message"] for line in lines if "Traceback" in line["message"] or "NoneType" in line["message"]] == []
