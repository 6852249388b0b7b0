"""``xietong deploy`` and ``xietong worker``: what prefect.yaml describes, brought to a server and run here."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from flows.lost_runs import begin_lost_runs_again
from xietong.errors import UsageError
from xietong.settings import Settings
from xietong.sources.secrets import masked

POOL: Final = "xietong"
#: A server that was started a moment ago needs some seconds before it answers; on a busy machine many.
_PATIENCE_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 0.5


def deploy_all() -> int:
    """Create the work pool if the server has none, register every deployment, and return 0.

    Raises:
        UsageError: no server is named or answers, or prefect.yaml is not here.
    """
    folder = Path.cwd()
    if not (folder / "prefect.yaml").is_file():
        raise UsageError(f"there is no prefect.yaml in {folder}; run this in the folder of the project")
    _require_server()
    _prefect("work-pool", "create", POOL, "--type", "process", "--overwrite")
    _prefect("--no-prompt", "deploy", "--all")
    return 0


def run_worker() -> int:
    """Become a worker of the pool: this process is it from now on, and ends when it is ended.

    Runs that an earlier worker left without a process begin again.

    Raises:
        UsageError: no server is named or answers.
    """
    _require_server()
    for name in begin_lost_runs_again(Settings()):
        sys.stdout.write(f"{name} had lost its process and begins again\n")
    sys.stdout.flush()
    os.execvpe(sys.executable, _command("worker", "start", "--pool", POOL), _environment())  # noqa: S606 — fixed words


def _require_server(patience: float = _PATIENCE_SECONDS) -> None:
    """Return once the server answers that PREFECT_API_URL names, and ask for so many seconds at most."""
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        raise UsageError(
            "PREFECT_API_URL names no server; start one with: prefect server start, "
            "then: export PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    from prefect.client.orchestration import SyncPrefectClient

    until = time.monotonic() + patience
    with SyncPrefectClient(url) as client:
        while (problem := client.api_healthcheck()) is not None:
            if time.monotonic() >= until:
                raise UsageError(
                    f"no Prefect server answers at {masked(url)} ({masked(str(problem))}); start it with: "
                    "prefect server start, or mend PREFECT_API_URL"
                )
            time.sleep(_PAUSE_SECONDS)


def _prefect(*words: str) -> None:
    done = subprocess.run(_command(*words), env=_environment(), check=False)  # noqa: S603 — fixed words
    if done.returncode:
        raise UsageError(f"prefect {words[0]} ended with {done.returncode}; its message stands above")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *words]


def _environment() -> dict[str, str]:
    """Return the environment of Prefect's commands: nothing is sent to anybody, and a server may be away for a while.

    With eight attempts, each after twice the pause, a run bears a server that is started again within some minutes.
    """
    own = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_CLIENT_MAX_RETRIES": "8"}
    return own | os.environ
