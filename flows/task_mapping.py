"""The same work for many items, each a Prefect task: in threads of this process, or on a Dask cluster.

Which of the two, and how many at once, are settings of the machine; the results come back in the
order of the items and do not depend on it.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.server_flow import ended_by
from xietong.errors import UsageError, XietongError
from xietong.settings import Settings

Item = TypeVar("Item")
T = TypeVar("T")


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """Return the runner that the settings name: threads, a Dask cluster of this machine's, or the one at an address.

    Raises:
        UsageError: Dask is asked for and not installed.
    """
    if settings.task_runner == "threads":
        return ThreadPoolTaskRunner(max_workers=settings.task_workers)
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise UsageError(
            "XIETONG_TASK_RUNNER is dask, but Dask is not installed; install the extra: pip install 'xietong[dask]'"
        ) from error
    if settings.dask_address is not None:
        return DaskTaskRunner(address=settings.dask_address)
    # Any free port for the dashboard: the usual one may be taken.
    local = {"n_workers": settings.task_workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    return DaskTaskRunner(cluster_kwargs=local)


def mapped(settings: Settings, title: str, work: Callable[[Item], T], items: Sequence[Item]) -> list[T]:
    """Return ``work`` of every item, in their order; each is a task named by the title and the item.

    ``work`` and the items go to other machines with Dask: they are pickled, so they are small, and every path
    in them is one that all machines see. An item that fails keeps no other from ending.

    Raises:
        XietongError: items failed; the message names them and gives the first reason.
    """
    with task_runner(settings) as runner:
        futures = [
            runner.submit(_named(title, item, work), parameters={"item": item}, wait_for=None, dependencies=None)
            for item in items
        ]
        outcomes = [future.result(raise_on_failure=False) for future in futures]
    failed = [(item, outcome) for item, outcome in zip(items, outcomes, strict=True) if isinstance(outcome, Exception)]
    if failed:
        names = "、".join(str(item) for item, _ in failed)
        raise XietongError(f"{title}: {len(failed)} of {len(items)} failed ({names}); the first: {failed[0][1]}")
    return outcomes


def _named(title: str, item: Any, work: Callable[[Item], T]) -> Any:
    def run(item: Item) -> T | State[Any]:
        try:
            return work(item)
        except Exception as error:
            state = ended_by(error)
            if state is None:
                raise
            return state

    name = f"{title} {item}".replace("{", "").replace("}", "")
    return task(name=title, task_run_name=name, cache_policy=NO_CACHE, persist_result=False)(run)
