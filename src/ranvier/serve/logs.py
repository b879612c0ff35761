"""The log: a line of JSON for each request and each event, on standard error.

Lines are written by a thread of their own, many at once: neither a slow terminal nor a full pipe
holds up an answer. Where nobody reads them for long, lines are dropped, and how many is said.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import traceback
from collections import deque
from datetime import UTC, datetime
from time import time
from typing import Any, BinaryIO

import orjson

EVERY = 0.05  # seconds in which lines are gathered
MOST = 50_000  # lines that are kept for a reader who is slow


class Log:
    """Where lines go.

    Args:
        out: a binary stream; None: standard error.
    """

    def __init__(self, out: BinaryIO | None = None) -> None:
        self._out = sys.stderr.buffer if out is None else out
        self._lines: deque[dict[str, Any]] = deque()
        self._dropped = 0
        self._ended = threading.Event()
        self._some = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ranvier-log", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left; a stream that takes nothing is given up after a second."""
        self._ended.set()
        self._some.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def tell(self, **fields: Any) -> None:
        """A line, from any thread."""
        self.add({"time": time(), **fields})

    def add(self, line: dict[str, Any]) -> None:
        """A line whose "time" is seconds since 1970."""
        if len(self._lines) >= MOST:
            self._dropped += 1
            return
        self._lines.append(line)
        if not self._some.is_set():
            self._some.set()

    def failure(self, error: BaseException, **fields: Any) -> None:
        """What went wrong inside, with where."""
        where = "".join(traceback.format_exception(error))
        self.tell(event="failure", **fields, error=where)

    def _work(self) -> None:
        while not self._ended.is_set():
            self._some.wait()
            self._ended.wait(EVERY)
            self._some.clear()
            self._write()
        self._write()

    def _write(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            lines.append({"time": time(), "event": "lines dropped", "count": dropped})
        if not lines:
            return
        try:
            self._out.write(b"".join(map(_written, lines)))
            self._out.flush()
        except (OSError, ValueError):  # nobody reads; requests are answered all the same
            return


def _written(line: dict[str, Any]) -> bytes:
    line["time"] = datetime.fromtimestamp(line["time"], UTC).isoformat(timespec="milliseconds")
    return orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE)


def on_loop(loop: asyncio.AbstractEventLoop, log: Log) -> None:
    """Errors that the loop itself meets go to the log too."""

    def told(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None:
            log.failure(error, about=str(context.get("message")))
        else:
            log.tell(event="failure", error=str(context.get("message")))

    loop.set_exception_handler(told)
