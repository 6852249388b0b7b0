"""The server of an office: Prefect keeps its state in a real PostgreSQL, and a deployment runs from there."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.flows.prefect_servers import create_run, environment_of, running, wait_for
from tests.flows.small_edition import lay_out
from tests.sources.conftest import PostgresServer

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(1200)]

UNTOLD = "of-nobody-else"


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server with an empty database for Prefect."""
    with tempfile.TemporaryDirectory(prefix="postgres-", dir="/tmp") as folder:
        server = PostgresServer(Path(folder))
        server.start()
        try:
            server.execute(f"create role prefect login password '{UNTOLD}'", "create database prefect owner prefect")
            yield server
        finally:
            server.stop()


def test_a_run_from_a_server_on_postgresql_ends_and_is_kept_there(database, tmp_path) -> None:
    address = f"prefect:{UNTOLD}@127.0.0.1:{database.port}/prefect"
    own = lay_out(tmp_path).environment() | {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"postgresql+asyncpg://{address}"
    }
    environment = environment_of(tmp_path, **own)
    given = {"edition": "provinces", "period": "2018", "review": "auto"}
    with running(environment) as api:
        run_id = create_run(api, "rerun-period", given).raise_for_status().json()["id"]
        wait_for(api, run_id, {"RUNNING", "COMPLETED"})
        arguments = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
        wait_for(api, run_id, {"COMPLETED"})
    current = Path(environment["XIETONG_BUILD_DIRECTORY"]) / "provinces" / "current"
    assert current.resolve().name.startswith("2018-")
    assert not list(tmp_path.glob("*.db"))
    # The password is in the environment of server, worker and run; nobody finds it among their arguments or in a log.
    logs = [log.read_text(encoding="utf-8", errors="replace") for log in tmp_path.glob("*.log")]
    assert len(logs) == 2
    assert any(" prefect worker start " in words for words in arguments)
    assert any(words.endswith("prefect.engine") for words in arguments)
    assert [text for text in (*arguments, *logs) if UNTOLD in text] == []
    with psycopg.connect(f"postgresql://{address}") as connection:
        rows = connection.execute("select name, state_type from flow_run where id = %s", [run_id]).fetchall()
        assert rows == [("provinces 2018", "COMPLETED")]
        deployments = connection.execute("select count(*) from deployment").fetchone()
        assert deployments == (6,)
