"""A real Prefect server and worker: the deployment of prefect.yaml is rerun through the REST API, as the UI does it.

An edition of three units is evaluated, with every stage real: whole editions are run through a server by the test of
the guide (test_operations_guide.py) and would take minutes here.
"""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from flows.lost_runs import FOLDER, _without_process
from tests.flows.prefect_servers import (
    PrefectServer,
    assert_told_without_a_trace,
    client_of,
    create_run,
    environment_of,
    serving,
    wait_for,
)
from tests.flows.small_edition import lay_out
from xietong.releases import EditionLock

EDITION = "provinces"

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """Give the environment of an edition that got a table, after ``PAST`` another, and one that must be refused."""
    home = tmp_path_factory.mktemp("prefect")
    edition = lay_out(home, first_year=2014)
    edition.send()
    (edition.inbox / "unreadable.csv").write_bytes(b"\xff\xfe\x00")
    return environment_of(home, **edition.environment())


@pytest.fixture(scope="module")
def server(environment) -> Iterator[PrefectServer]:
    """Give a running server with deployments and a worker."""
    with serving(environment) as started:
        yield started


@pytest.fixture(scope="module")
def api(server) -> Iterator[httpx.Client]:
    """Give a client of the server."""
    with client_of(server) as client:
        yield client


#: The first release: a past period, from what was known at a moment of the past.
PAST = {"edition": EDITION, "period": "2018", "as_of": "2025-01-01T20:00:00+08:00", "review": "auto"}


def start(client: httpx.Client, **parameters: object) -> str:
    run_id: str = create_run(client, "rerun-period", parameters).raise_for_status().json()["id"]
    return run_id


def decide(client: httpx.Client, run_id: str, verdict: str, reviewer: str, comment: str = "") -> dict:
    """Send the form of the review and return the answer; a moment after it paused, a run does not yet take it."""
    body = {"run_input": {"verdict": verdict, "reviewer": reviewer, "comment": comment}}
    deadline = time.monotonic() + 300
    while True:
        answer: dict = client.post(f"/flow_runs/{run_id}/resume", json=body).raise_for_status().json()
        if answer["status"] == "ACCEPT" or time.monotonic() > deadline:
            assert answer["status"] == "ACCEPT", answer
            return answer
        time.sleep(0.5)


def current(environment: dict[str, str], edition: str = EDITION) -> Path:
    return (Path(environment["XIETONG_BUILD_DIRECTORY"]) / edition / "current").resolve()


def wait_until_gone(environment: dict[str, str], run_id: str, seconds: float = 60) -> None:
    """Return once the run has no process: nobody holds its lock."""
    folder = Path(environment["XIETONG_BUILD_DIRECTORY"]) / FOLDER
    deadline = time.monotonic() + seconds
    while (folder / run_id).exists() and (folder / run_id) not in _without_process(folder):
        assert time.monotonic() < deadline, "the run was cancelled and its process goes on"
        time.sleep(0.2)


def wait_until_alive(environment: dict[str, str], run_id: str, seconds: float = 60) -> None:
    """Return once the run holds its lock."""
    deadline = time.monotonic() + seconds
    while not (Path(environment["XIETONG_BUILD_DIRECTORY"]) / FOLDER / run_id).exists():
        assert time.monotonic() < deadline, "the run holds no lock"
        time.sleep(0.1)


def past_release(environment: dict[str, str]) -> str:
    (release,) = (Path(environment["XIETONG_BUILD_DIRECTORY"]) / EDITION / "releases").glob("2018-*")
    return release.name


def last_publication(environment: dict[str, str]) -> dict:
    history = Path(environment["XIETONG_BUILD_DIRECTORY"]) / EDITION / "publications.jsonl"
    return json.loads(history.read_text(encoding="utf-8").splitlines()[-1])


@pytest.fixture(scope="module")
def past_run(api) -> dict:
    """Return the run that has published the first release, with which every test of this file begins."""
    return wait_for(api, start(api, **PAST), {"COMPLETED"})


def test_a_rerun_through_the_api_publishes_a_release(past_run, environment) -> None:
    assert past_run["name"] == "provinces 2018"
    releases = current(environment).parent
    assert (releases / past_release(environment) / "site" / "index.html").is_file()


def test_a_draft_waits_for_its_reviewer_and_is_served_once_approved(api, past_run, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2017", review="manual")
    asked = wait_for(api, run_id, {"PAUSED"})["state"]["id"]
    assert current(environment) == served
    drafts = api.post("/artifacts/filter", json={"artifacts": {"flow_run_id": {"any_": [run_id]}}}).json()
    keys = {artifact["key"] for artifact in drafts}
    assert keys >= {"draft", "scores", "comparison", "validation", "open-findings", "progress"}
    assert decide(api, run_id, "同意发布", " ")["status"] == "ACCEPT"
    # A decision without a name is asked for again, and nothing is served meanwhile.
    wait_for(api, run_id, {"PAUSED"}, after=asked)
    assert current(environment) == served
    decide(api, run_id, "同意发布", "张三", "数据已核对")
    wait_for(api, run_id, {"COMPLETED"})
    assert current(environment).name.startswith("2017-")
    review = json.loads((current(environment) / "manifest.json").read_text(encoding="utf-8"))["review"]
    assert (review["reviewer"], review["reason"], review["approved"]) == ("张三", "数据已核对", True)


def test_a_rejected_draft_leaves_what_is_served(api, past_run, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2016", review="manual")
    wait_for(api, run_id, {"PAUSED"})
    decide(api, run_id, "退回", "李四", "缺少两个区县的数据")
    run = wait_for(api, run_id, {"CANCELLED"})
    assert "was rejected by 李四: 缺少两个区县的数据" in run["state"]["message"]
    assert current(environment) == served
    assert (last_publication(environment)["action"], last_publication(environment)["reviewer"]) == ("rejected", "李四")


def test_when_nobody_decides_in_time_the_draft_stays_unpublished(api, past_run, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2016", review="manual", review_hours=0.001)
    run = wait_for(api, run_id, {"CANCELLED"})
    assert "nobody decided on the draft 2016-" in run["state"]["message"]
    assert current(environment) == served
    # Nor had it failed for a moment: whoever is told of failures is not told of this.
    states = api.get("/flow_run_states/", params={"flow_run_id": run_id}).raise_for_status().json()
    types = [state["type"] for state in states]
    assert "FAILED" not in types
    assert types[-2:] == ["PAUSED", "CANCELLED"]


def test_a_run_that_is_cancelled_in_the_middle_leaves_what_is_served(api, past_run, environment) -> None:
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2016", review="manual")
    wait_for(api, run_id, {"PAUSED"})
    cancelling = {"state": {"type": "CANCELLING"}, "force": False}
    api.post(f"/flow_runs/{run_id}/set_state", json=cancelling).raise_for_status()
    wait_for(api, run_id, {"CANCELLED"})
    assert current(environment) == served


def test_a_past_period_as_of_its_time_gives_the_very_bytes_of_that_release(api, past_run, environment) -> None:
    releases = Path(environment["XIETONG_BUILD_DIRECTORY"]) / EDITION / "releases"
    (release,) = releases.glob("2018-*")
    wait_for(api, start(api, edition=EDITION, period="2017", review="auto"), {"COMPLETED"})
    assert current(environment) != release
    outputs = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    shutil.rmtree(release)
    wait_for(api, start(api, **PAST), {"COMPLETED"})
    assert current(environment) == release
    assert json.loads((release / "manifest.json").read_text(encoding="utf-8"))["outputs"] == outputs
    assert len(outputs) > 50


def test_a_release_is_rolled_back_and_verified_from_the_server(api, past_run, environment) -> None:
    for given in ({"edition": EDITION, "period": "2017", "review": "auto"}, PAST):
        wait_for(api, start(api, **given), {"COMPLETED"})
    (earlier,) = (path.name for path in current(environment).parent.glob("2017-*"))
    given = {"edition": EDITION, "release": earlier, "reason": "发现数据有误"}
    run_id = create_run(api, "rollback", given, "rollback").raise_for_status().json()["id"]
    wait_for(api, run_id, {"COMPLETED"})
    assert current(environment).name == earlier
    assert last_publication(environment)["reason"] == "发现数据有误"
    created = create_run(api, "verify-release", {"edition": EDITION, "rebuild": False}, "verify-release")
    wait_for(api, created.raise_for_status().json()["id"], {"COMPLETED"})
    page = current(environment) / "site" / "index.html"
    content = page.read_bytes()
    page.write_bytes(content + b" ")
    created = create_run(api, "verify-release", {"edition": EDITION, "rebuild": False}, "verify-release")
    run = wait_for(api, created.raise_for_status().json()["id"], {"FAILED"})
    page.write_bytes(content)
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


def test_runs_that_pause_for_a_review_hold_no_slot_which_they_would_lose(api) -> None:
    """Prefect revokes the slot of a paused run and ends the run minutes later for having none."""
    for name in ("monthly-evaluation", "rerun-period"):
        deployment = api.get(f"/deployments/name/evaluate/{name}").raise_for_status().json()
        assert (deployment["concurrency_limit"], deployment["global_concurrency_limit"]) == (None, None)


def test_the_monthly_deployment_runs_on_the_tenth_in_chongqing_time(api) -> None:
    deployment = api.get("/deployments/name/evaluate/monthly-evaluation").raise_for_status().json()
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"] == {"cron": "0 6 10 * *", "timezone": "Asia/Shanghai", "day_or": True}
    assert schedule["active"]


def test_the_server_has_scheduled_the_monthly_runs_that_come(api) -> None:
    deployment = api.get("/deployments/name/evaluate/monthly-evaluation").raise_for_status().json()
    wanted = {"flow_runs": {"deployment_id": {"any_": [deployment["id"]]}}}
    starts: list[datetime] = []
    deadline = time.monotonic() + 300
    while not starts and time.monotonic() < deadline:
        runs = api.post("/flow_runs/filter", json=wanted).raise_for_status().json()
        starts = [datetime.fromisoformat(run["expected_start_time"]) for run in runs if run["auto_scheduled"]]
        time.sleep(0.2)
    local = {start.astimezone(ZoneInfo("Asia/Shanghai")) for start in starts}
    assert {(start.day, start.hour, start.minute) for start in local} == {(10, 6, 0)}


@pytest.mark.parametrize(
    ("deployment", "parameters"),
    [
        ("evaluate/rerun-period", {"edition": "beijing"}),
        ("evaluate/rerun-period", {"period": "2018"}),
        ("evaluate/rerun-period", {"edition": EDITION, "period": "abc"}),
        ("evaluate/rerun-period", {"edition": EDITION, "review": "never"}),
        ("evaluate/rerun-period", {"edition": EDITION, "review_hours": -1}),
        ("evaluate/rerun-period", {"edition": EDITION, "perod": "2018"}),
        ("backfill/backfill", {"edition": EDITION, "first_period": "abc", "last_period": "2018"}),
        ("backfill/backfill", {"edition": EDITION, "first_period": "2018", "last_period": ""}),
        ("rollback/rollback", {"edition": EDITION, "reason": ""}),
    ],
)
def test_what_the_form_does_not_allow_is_refused_before_a_run_exists(api, deployment, parameters) -> None:
    flow, name = deployment.split("/")
    assert create_run(api, name, parameters, flow).status_code == httpx.codes.CONFLICT


@pytest.mark.parametrize(
    ("deployment", "parameters", "sentence"),
    [
        (
            "evaluate/rerun-period",
            {"edition": EDITION, "period": "2024-05"},
            "the edition provinces is evaluated by year, such as 2014: 2024-05",
        ),
        ("evaluate/rerun-period", {"edition": EDITION, "as_of": "2025-01-01T20:00:00"}, "数据截止时点: "),
        (
            "backfill/backfill",
            {"edition": EDITION, "first_period": "2013", "last_period": "2018"},
            "the edition provinces has the periods 2014 to 2019: 2013 is outside",
        ),
        (
            "backfill/backfill",
            {"edition": EDITION, "first_period": "2018", "last_period": "2017"},
            "截止期 2017 早于起始期 2018",
        ),
    ],
)
def test_parameters_that_do_not_go_together_end_the_run_at_once_with_a_sentence(
    api, deployment, parameters, sentence
) -> None:
    flow, name = deployment.split("/")
    run_id = create_run(api, name, parameters, flow).raise_for_status().json()["id"]
    run = wait_for(api, run_id, {"FAILED"})
    assert run["state"]["message"].startswith(sentence)
    assert "\n" not in run["state"]["message"]
    assert_told_without_a_trace(api, run)
    of_this_run = {"flow_runs": {"id": {"any_": [run_id]}}}
    assert api.post("/task_runs/filter", json=of_this_run).raise_for_status().json() == []


def test_a_stage_that_fails_for_a_known_reason_is_told_in_a_sentence(api, environment) -> None:
    units = Path(environment["XIETONG_CATALOGUE_DIRECTORY"]) / "chongqing" / "units.yaml"
    whole = units.read_bytes()
    units.write_bytes(whole + b"\nnonsense: 1\n")
    run = wait_for(api, start(api, edition="chongqing", review="auto"), {"FAILED"})
    units.write_bytes(whole)
    assert "units.yaml: nonsense: this key is not known here" in run["state"]["message"]
    assert_told_without_a_trace(api, run)
    body = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    (stage,) = api.post("/task_runs/filter", json=body).raise_for_status().json()
    assert (stage["state"]["type"], stage["state"]["message"]) == ("FAILED", run["state"]["message"])


@pytest.mark.parametrize(
    ("deployment", "given"),
    [
        ("rollback/rollback", {"edition": EDITION, "release": "2018-0123456789ab", "reason": "发现数据有误"}),
        ("verify-release/verify-release", {"edition": EDITION, "release": "2018-0123456789ab"}),
    ],
)
def test_every_flow_that_fails_for_a_known_reason_is_told_in_a_sentence(api, past_run, deployment, given) -> None:
    flow, name = deployment.split("/")
    run_id = create_run(api, name, given, flow).raise_for_status().json()["id"]
    run = wait_for(api, run_id, {"FAILED"})
    assert "2018-0123456789ab" in run["state"]["message"]
    assert_told_without_a_trace(api, run)


def test_a_server_that_is_lost_during_a_review_costs_nothing(api, server, past_run, environment) -> None:
    """Killed and started again: the run that waits goes on waiting, and is decided as if nothing had been."""
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2015", review="manual")
    wait_for(api, run_id, {"PAUSED"})
    unwanted = start(api, edition=EDITION, period="2016", review="manual")
    wait_for(api, unwanted, {"PAUSED"})
    server.lose()
    assert current(environment) == served
    server.start()
    assert api.get(f"/flow_runs/{run_id}").raise_for_status().json()["state"]["type"] == "PAUSED"
    # One that is cancelled now ends, with its process, even where its worker no longer hears of that.
    with server.worker_that_hears_nothing():
        cancelling = {"state": {"type": "CANCELLING"}, "force": False}
        api.post(f"/flow_runs/{unwanted}/set_state", json=cancelling).raise_for_status()
        run = wait_for(api, unwanted, {"CANCELLED"})
        wait_until_gone(environment, unwanted)
    assert "the run was cancelled while its draft waited" in run["state"]["message"]
    decide(api, run_id, "同意发布", "王五", "数据已核对")
    wait_for(api, run_id, {"COMPLETED"})
    assert current(environment).name.startswith("2015-")
    assert last_publication(environment)["reviewer"] == "王五"


def test_a_run_whose_worker_is_lost_during_the_review_begins_again_and_asks_anew(
    api, server, past_run, environment
) -> None:
    """Nobody hears a decision on a run without a process; the next worker has it begin again."""
    served = current(environment)
    run_id = start(api, edition=EDITION, period="2014", review="manual")
    asked = wait_for(api, run_id, {"PAUSED"})["state"]["id"]
    server.lose_worker()
    assert current(environment) == served
    assert api.get(f"/flow_runs/{run_id}").raise_for_status().json()["state"]["id"] == asked
    server.start_worker()
    wait_for(api, run_id, {"PAUSED"}, after=asked)
    decide(api, run_id, "退回", "赵六", "重新核对")
    wait_for(api, run_id, {"CANCELLED"})
    # Begun once more by hand: the decision of the first time is none on this one.
    again = {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": True}
    api.post(f"/flow_runs/{run_id}/set_state", json=again).raise_for_status()
    wait_for(api, run_id, {"PAUSED"}, after=asked, ended=set())
    assert current(environment) == served
    decide(api, run_id, "同意发布", "赵六", "已核对")
    # Begun three times; that it went on after its reviews is no attempt.
    assert wait_for(api, run_id, {"COMPLETED"})["name"] == "provinces 2014 第3次"
    assert current(environment).name.startswith("2014-")


def test_a_flow_beside_the_evaluation_begins_again_and_one_that_was_being_cancelled_has_been(
    api, server, past_run, environment
) -> None:
    wait_for(api, start(api, edition=EDITION, period="2017", review="auto"), {"COMPLETED"})
    given = {"edition": EDITION, "release": past_release(environment), "reason": "发现数据有误"}
    span = {"edition": EDITION, "first_period": "2018", "last_period": "2019"}
    # Both wait for the edition, in a process.
    with EditionLock(Path(environment["XIETONG_BUILD_DIRECTORY"]) / EDITION):
        lost = create_run(api, "rollback", given, "rollback").raise_for_status().json()["id"]
        unwanted = create_run(api, "backfill", span, "backfill").raise_for_status().json()["id"]
        for run_id in (lost, unwanted):
            wait_for(api, run_id, {"RUNNING"})
            wait_until_alive(environment, run_id)
        server.lose_worker()
        cancelling = {"state": {"type": "CANCELLING"}, "force": False}
        api.post(f"/flow_runs/{unwanted}/set_state", json=cancelling).raise_for_status()
    server.start_worker()
    wait_for(api, unwanted, {"CANCELLED"})
    run = wait_for(api, lost, {"COMPLETED"})
    assert run["parameters"] == {"parameters": given}
    assert run["run_count"] == 2
    assert current(environment).name == given["release"]
