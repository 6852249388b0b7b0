"""Runs whose process is gone though the server takes them to be alive: a machine was started anew, a worker ended.

A run that waits for its review does so in a process for days. Without that the server would go on showing it as
paused, would take the decision, and nothing would come of it. So every run holds a lock for as long as its process
lives, and a worker that starts has those begin again whose lock nobody holds; what was computed is not computed again.
"""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from xietong.settings import Settings

FOLDER: Final = "server-runs"


@contextmanager
def alive(settings: Settings, run_id: object) -> Iterator[None]:
    """Hold the lock of a run of the server for as long as the context lasts.

    The file stays when the process is ended from outside, which is no exception of Python's usual kind. Where there
    is no room for the file, or it may not be written, the run goes on without: it will tell of that itself.
    """
    path = settings.build_directory / FOLDER / str(run_id)
    with ExitStack() as held:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context(path.open("ab")), fcntl.LOCK_EX)
        try:
            yield
        except Exception:
            _forget(path)
            raise
        _forget(path)


def begin_lost_runs_again(settings: Settings) -> list[str]:
    """Schedule every run whose process is gone and that the server takes to be alive; return their names.

    It begins with the parameters that it had. One that was being cancelled has been; one that the server knows to have
    ended is left as it is.
    """
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.states import AwaitingRetry, Cancelled

    begun = []
    with get_client(sync_client=True) as client:
        for path in _without_process(settings.build_directory / FOLDER):
            with suppress(ObjectNotFound):
                run = client.read_flow_run(UUID(path.name))
                if run.state is not None and (run.state.is_paused() or run.state.is_running()):
                    message = "The process of the run was gone when the worker started; the run begins again."
                    client.set_flow_run_state(run.id, AwaitingRetry(message=message), force=True)
                    begun.append(run.name)
                elif run.state is not None and run.state.is_cancelling():
                    message = "The process of the run was gone when the worker started; nobody else would say so."
                    client.set_flow_run_state(run.id, Cancelled(message=message), force=True)
            _forget(path)
    return begun


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _without_process(folder: Path) -> list[Path]:
    """Return the files of runs whose lock nobody holds."""
    lost = []
    for path in sorted(folder.glob("*-*-*-*-*")):
        with path.open("ab") as held, suppress(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lost.append(path)
    return lost
