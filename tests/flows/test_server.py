"""A real Prefect server and worker: the deployment of prefect.yaml is rerun through the REST API, as the UI does it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(300)]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("prefect")
    return os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "XIETONG_BUILD_DIRECTORY": str(home / "build"),
        "XIETONG_INBOX_DIRECTORY": str(home / "inbox"),
    }


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def api(environment) -> Iterator[httpx.Client]:
    """Start a server on the loopback address, deploy prefect.yaml, start a worker; end all of them by process id."""
    url = environment["PREFECT_API_URL"]
    port = url.removesuffix("/api").rsplit(":", 1)[1]
    log = Path(environment["PREFECT_HOME"]) / "server.log"
    processes: list[subprocess.Popen] = []
    with log.open("wb") as output, httpx.Client(base_url=url, timeout=30) as client:
        try:
            command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", port]
            processes.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))
            wait_for_server(client)
            for words in (["work-pool", "create", "xietong", "--type", "process"], ["--no-prompt", "deploy", "--all"]):
                subprocess.run(
                    [PREFECT, *words], cwd=ROOT, env=environment, check=True, timeout=120, capture_output=True
                )
            worker = [PREFECT, "worker", "start", "--pool", "xietong"]
            processes.append(subprocess.Popen(worker, cwd=ROOT, env=environment, stdout=output, stderr=output))
            yield client
        finally:
            for process in reversed(processes):
                stop(process)


def wait_for_server(client: httpx.Client, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if client.get("/health").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail(f"the Prefect server did not answer within {seconds} s")


def create_run(client: httpx.Client, name: str, parameters: dict) -> httpx.Response:
    deployment = client.get(f"/deployments/name/evaluate/{name}").raise_for_status().json()
    body = {"parameters": {"parameters": parameters}, "state": {"type": "SCHEDULED"}}
    return client.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)


def finished_state(client: httpx.Client, run_id: str, seconds: float = 150) -> dict:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = client.get(f"/flow_runs/{run_id}").raise_for_status().json()
        if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}:
            return run
        time.sleep(1)
    pytest.fail(f"the run did not finish within {seconds} s")


def test_a_rerun_through_the_api_publishes_a_release(api, environment) -> None:
    created = create_run(api, "rerun-period", {"edition": "chongqing-published", "period": "2023"})
    run = finished_state(api, created.raise_for_status().json()["id"])
    assert run["state"]["type"] == "COMPLETED", run["state"]["message"]
    assert run["name"] == "chongqing-published 2023"
    current = Path(environment["XIETONG_BUILD_DIRECTORY"]) / "chongqing-published" / "current"
    assert (current / "site" / "index.html").is_file()
    assert current.resolve().name.startswith("2023-")


def test_the_monthly_deployment_runs_on_the_tenth_in_chongqing_time(api) -> None:
    deployment = api.get("/deployments/name/evaluate/monthly-evaluation").raise_for_status().json()
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"] == {"cron": "0 6 10 * *", "timezone": "Asia/Shanghai", "day_or": True}
    assert schedule["active"]


@pytest.mark.parametrize("parameters", [{"edition": "beijing"}, {"period": "2023"}])
def test_bad_parameters_are_refused_before_the_run_starts(api, parameters) -> None:
    response = create_run(api, "rerun-period", parameters)
    assert response.status_code == httpx.codes.CONFLICT
