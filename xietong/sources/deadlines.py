"""A bound in time for work that cannot bound itself: a hung network share, a server that answers by the drop."""

import queue
import threading
import time
from collections.abc import Generator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class _Worker(Generic[Item]):
    """Draws items in a thread of its own and hands over one at a time."""

    def __init__(self, items: Generator[Item, None, None]) -> None:
        self._items = items
        self._drawn: queue.Queue[tuple[bool, Item | BaseException | None]] = queue.Queue(maxsize=1)
        self._is_given_up = threading.Event()
        # A daemon: what hangs for ever must not keep the process from ending.
        threading.Thread(target=self._draw, daemon=True).start()

    def _draw(self) -> None:
        try:
            for item in self._items:
                if not self._hand_over(is_item=True, content=item):
                    break
            # What was abandoned lets go of its connections here, in the thread that made them.
            self._items.close()
            self._hand_over(is_item=False, content=None)
        except BaseException as error:  # noqa: BLE001 — it is raised again where the items are taken
            self._hand_over(is_item=False, content=error)

    def _hand_over(self, *, is_item: bool, content: Item | BaseException | None) -> bool:
        while not self._is_given_up.is_set():
            try:
                self._drawn.put((is_item, content), timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def take(self, seconds: float) -> tuple[bool, Item | BaseException | None]:
        try:
            return self._drawn.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise TimeoutError from None

    def give_up(self) -> None:
        self._is_given_up.set()


def until(items: Generator[Item, None, None], seconds: float) -> Generator[Item, None, None]:
    """Yield the items as they come, for so many seconds in all.

    They are drawn in another thread; what it is still doing when the time is over is abandoned and
    none of it arrives here.

    Raises:
        TimeoutError: the time is over.
        Exception: what drawing an item raised.
    """
    worker, end = _Worker(items), time.monotonic() + seconds
    try:
        while True:
            is_item, content = worker.take(end - time.monotonic())
            if is_item:
                yield content  # type: ignore[misc]  # what is no exception and not the end is an item
            elif isinstance(content, BaseException):
                raise content
            else:
                return
    finally:
        worker.give_up()
