"""Work that goes on in a thread while its last result is in use."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Generator[T]:
    """The same items, of which the next is made while one is in use; its errors are raised here."""
    ready: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=1)
    over = threading.Event()

    def work() -> None:
        try:
            for item in items:
                _put(ready, ("item", item), over)
                if over.is_set():
                    return
            _put(ready, ("end", None), over)
        except BaseException as error:
            _put(ready, ("error", error), over)

    thread = threading.Thread(target=work, name="ranvier-reading", daemon=True)
    thread.start()
    try:
        while True:
            kind, value = ready.get()
            if kind == "error":
                raise value
            if kind == "end":
                return
            yield value
            del value
    finally:
        over.set()
        thread.join()


def _put(ready: queue.Queue[Any], what: tuple[str, Any], over: threading.Event) -> None:
    while not over.is_set():
        try:
            ready.put(what, timeout=0.1)
            return
        except queue.Full:
            pass
