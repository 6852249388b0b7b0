"""A real Prefect server and worker: the deployment of prefect.yaml is rerun through the REST API, as the UI does it."""

import json
import os
import shutil
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
XIETONG = str(Path(sys.executable).with_name("xietong"))
EDITION = "chongqing-published"
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(400)]


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
            subprocess.run([XIETONG, "deploy"], cwd=ROOT, env=environment, check=True, timeout=120, capture_output=True)
            worker = [XIETONG, "worker"]
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


def create_run(client: httpx.Client, name: str, parameters: dict, flow: str = "evaluate") -> httpx.Response:
    deployment = client.get(f"/deployments/name/{flow}/{name}").raise_for_status().json()
    body = {"parameters": {"parameters": parameters}, "state": {"type": "SCHEDULED"}}
    return client.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)


def state_of(client: httpx.Client, run_id: str) -> dict:
    return client.get(f"/flow_runs/{run_id}").raise_for_status().json()


def wait_for(client: httpx.Client, run_id: str, wanted: set[str], seconds: float = 150) -> dict:
    """Return the run once its state is one of those wanted, or one from which it does not come back."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = state_of(client, run_id)
        if run["state"]["type"] in wanted | ENDED:
            assert run["state"]["type"] in wanted, run["state"]["message"]
            return run
        time.sleep(0.5)
    pytest.fail(f"the run was not {' or '.join(sorted(wanted))} within {seconds} s")


def start(client: httpx.Client, **parameters: object) -> str:
    run_id: str = create_run(client, "rerun-period", parameters).raise_for_status().json()["id"]
    return run_id


def decide(client: httpx.Client, run_id: str, verdict: str, reviewer: str, comment: str = "") -> dict:
    given = {"verdict": verdict, "reviewer": reviewer, "comment": comment}
    return client.post(f"/flow_runs/{run_id}/resume", json={"run_input": given}).raise_for_status().json()


def current(environment: dict[str, str], edition: str = EDITION) -> Path:
    return (Path(environment["XIETONG_BUILD_DIRECTORY"]) / edition / "current").resolve()


def last_publication(environment: dict[str, str]) -> dict:
    history = Path(environment["XIETONG_BUILD_DIRECTORY"]) / EDITION / "publications.jsonl"
    return json.loads(history.read_text(encoding="utf-8").splitlines()[-1])


def test_a_rerun_through_the_api_publishes_a_release(api, environment) -> None:
    run = wait_for(api, start(api, edition=EDITION, period="2023", review="auto"), {"COMPLETED"})
    assert run["name"] == "chongqing-published 2023"
    assert (current(environment) / "site" / "index.html").is_file()
    assert current(environment).name.startswith("2023-")


def test_a_draft_waits_for_its_reviewer_and_is_served_once_approved(api, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2022", review="manual")
    wait_for(api, run_id, {"PAUSED"})
    assert current(environment) == served
    drafts = api.post("/artifacts/filter", json={"artifacts": {"flow_run_id": {"any_": [run_id]}}}).json()
    assert {"draft", "comparison", "open-findings"} <= {artifact["key"] for artifact in drafts}
    assert decide(api, run_id, "同意发布", " ")["status"] == "ACCEPT"
    # A decision without a name is asked for again, and nothing is served meanwhile.
    time.sleep(5)
    wait_for(api, run_id, {"PAUSED"})
    assert current(environment) == served
    decide(api, run_id, "同意发布", "张三", "数据已核对")
    wait_for(api, run_id, {"COMPLETED"})
    assert current(environment).name.startswith("2022-")
    review = json.loads((current(environment) / "manifest.json").read_text(encoding="utf-8"))["review"]
    assert (review["reviewer"], review["reason"], review["approved"]) == ("张三", "数据已核对", True)


def test_a_rejected_draft_leaves_what_is_served(api, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2021", review="manual")
    wait_for(api, run_id, {"PAUSED"})
    decide(api, run_id, "退回", "李四", "缺少两个区县的数据")
    run = wait_for(api, run_id, {"CANCELLED"})
    assert "was rejected by 李四: 缺少两个区县的数据" in run["state"]["message"]
    assert current(environment) == served
    assert (last_publication(environment)["action"], last_publication(environment)["reviewer"]) == ("rejected", "李四")


def test_when_nobody_decides_in_time_the_draft_stays_unpublished(api, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2021", review="manual", review_hours=0.001)
    # Prefect's server ends a pause that is over as failed.
    run = wait_for(api, run_id, {"FAILED"})
    assert "never resumed" in run["state"]["message"]
    assert current(environment) == served


def test_a_run_that_is_cancelled_in_the_middle_leaves_what_is_served(api, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2021", review="manual")
    wait_for(api, run_id, {"PAUSED"})
    cancelling = {"state": {"type": "CANCELLING"}, "force": False}
    api.post(f"/flow_runs/{run_id}/set_state", json=cancelling).raise_for_status()
    wait_for(api, run_id, {"CANCELLED"})
    assert current(environment) == served


def test_a_past_period_as_of_its_time_gives_the_very_bytes_of_that_release(api, environment) -> None:
    known = {"edition": EDITION, "period": "2022", "as_of": "2026-06-30T00:00:00+08:00", "review": "auto"}
    wait_for(api, start(api, **known), {"COMPLETED"})
    release = current(environment)
    outputs = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    shutil.rmtree(release)
    wait_for(api, start(api, **known), {"COMPLETED"})
    assert current(environment) == release
    assert json.loads((release / "manifest.json").read_text(encoding="utf-8"))["outputs"] == outputs
    assert len(outputs) > 100


def test_a_release_is_rolled_back_and_verified_from_the_server(api, environment) -> None:
    history = Path(environment["XIETONG_BUILD_DIRECTORY"]) / EDITION / "publications.jsonl"
    earlier = next(
        line["release"]
        for line in map(json.loads, reversed(history.read_text(encoding="utf-8").splitlines()))
        if line["action"] == "published" and line["release"] != current(environment).name
    )
    given = {"edition": EDITION, "release": earlier, "reason": "发现数据有误"}
    run_id = create_run(api, "rollback", given, "rollback").raise_for_status().json()["id"]
    wait_for(api, run_id, {"COMPLETED"})
    assert current(environment).name == earlier
    assert last_publication(environment)["reason"] == "发现数据有误"
    created = create_run(api, "verify-release", {"edition": EDITION, "rebuild": False}, "verify-release")
    wait_for(api, created.raise_for_status().json()["id"], {"COMPLETED"})
    page = current(environment) / "site" / "index.html"
    page.write_bytes(page.read_bytes() + b" ")
    created = create_run(api, "verify-release", {"edition": EDITION, "rebuild": False}, "verify-release")
    run = wait_for(api, created.raise_for_status().json()["id"], {"FAILED"})
    assert "site/index.html has other bytes" in run["state"]["message"]


def test_every_deployment_is_there(api) -> None:
    found = api.post("/deployments/filter", json={}).raise_for_status().json()
    assert {deployment["name"] for deployment in found} == {
        "monthly-evaluation",
        "rerun-period",
        "backfill",
        "rollback",
        "verify-release",
        "poll-sources",
    }


def test_the_monthly_deployment_runs_on_the_tenth_in_chongqing_time(api) -> None:
    deployment = api.get("/deployments/name/evaluate/monthly-evaluation").raise_for_status().json()
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"] == {"cron": "0 6 10 * *", "timezone": "Asia/Shanghai", "day_or": True}
    assert schedule["active"]


@pytest.mark.parametrize("parameters", [{"edition": "beijing"}, {"period": "2023"}])
def test_bad_parameters_are_refused_before_the_run_starts(api, parameters) -> None:
    response = create_run(api, "rerun-period", parameters)
    assert response.status_code == httpx.codes.CONFLICT
