"""Deploying and working need a server; where none is named or answers, one sentence says so."""

import pytest

from flows import deploying
from tests.flows.prefect_servers import free_port
from xietong.errors import UsageError


@pytest.mark.parametrize("begin", [deploying.deploy_all, deploying.run_worker])
def test_without_a_named_server_nothing_begins(monkeypatch, begin) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(UsageError, match="PREFECT_API_URL names no server; start one with: prefect server start"):
        begin()


def test_a_server_that_does_not_answer_is_named(monkeypatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    with pytest.raises(UsageError, match=r"no Prefect server answers at http://127\.0\.0\.1:\d+/api .*refused"):
        deploying._require_server(patience=0)


def test_deployments_are_those_of_the_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"there is no prefect\.yaml in .*; run this in the folder of the project"):
        deploying.deploy_all()
