"""``xietong deploy`` and ``xietong worker``: what prefect.yaml describes, brought to a server and run here."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from xietong.errors import UsageError

POOL: Final = "xietong"


def deploy_all() -> int:
    """Create the work pool if the server has none, register every deployment, and return 0.

    Raises:
        UsageError: no server is named, or prefect.yaml is not here.
    """
    _require_server()
    folder = Path.cwd()
    if not (folder / "prefect.yaml").is_file():
        raise UsageError(f"there is no prefect.yaml in {folder}; run this in the folder of the project")
    _prefect("work-pool", "create", POOL, "--type", "process", "--overwrite")
    _prefect("--no-prompt", "deploy", "--all")
    return 0


def run_worker() -> int:
    """Become a worker of the pool: this process is it from now on, and ends when it is ended.

    Raises:
        UsageError: no server is named.
    """
    _require_server()
    os.execvpe(sys.executable, _command("worker", "start", "--pool", POOL), _environment())  # noqa: S606 — fixed words


def _require_server() -> None:
    if not os.environ.get("PREFECT_API_URL"):
        raise UsageError(
            "PREFECT_API_URL names no server; start one with: prefect server start, "
            "then: export PREFECT_API_URL=http://127.0.0.1:4200/api"
        )


def _prefect(*words: str) -> None:
    done = subprocess.run(_command(*words), env=_environment(), check=False)  # noqa: S603 — fixed words
    if done.returncode:
        raise UsageError(f"prefect {words[0]} ended with {done.returncode}; its message stands above")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *words]


def _environment() -> dict[str, str]:
    return {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"} | os.environ
