"""A second process for work that needs nothing of the first but its arguments.

Importing Great Expectations takes seconds of pure Python. The side process does it while the
first one reads files, and later writes the downloads while the first one renders pages; on one
core nothing is lost. It is started once, serves every run of this interpreter and ends with it.
"""

import atexit
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import current_process, get_context, parent_process
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def beside(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
    """Start the function in the side process and return its future; arguments and result are copied."""
    # Copied here and now: the pool would do it in a thread of its own, while the caller goes on using them.
    request = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
    return _done(request) if current_process().daemon else _pool().submit(_call, request)


def _done(request: bytes) -> "Future[Any]":
    """Return the future of what was called at once: a daemon, as Dask's workers are, may not start processes."""
    future: Future[Any] = Future()
    try:
        future.set_result(_call(request))
    except Exception as error:  # noqa: BLE001 — raised where the result is asked for, as the pool does
        future.set_exception(error)
    return future


def _call(request: bytes) -> Any:
    function, args, kwargs = pickle.loads(request)  # noqa: S301 — from the first process, through its own pipe
    return function(*args, **kwargs)


@lru_cache(maxsize=1)
def _pool() -> ProcessPoolExecutor:
    # Spawned, not forked: a fork would copy locks of polars' threads in whatever state they are.
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_prepare_ending)
    with _without_main_module():
        pool.submit(os.getpid)
    return pool


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Hide the module that this interpreter was started with from a process that is spawned meanwhile.

    It would be imported there first of all: under a worker all of Prefect, which takes two seconds and serves nothing.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _prepare_ending() -> None:
    """See to it that this process does not stay behind when the first is killed, and ends at once when asked to."""
    # Last of all: taking the imported modules apart would hold the first process up for a second.
    atexit.register(os._exit, 0)

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
