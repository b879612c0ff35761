"""A queue of requests, and the thread that computes what waits in it.

All decisions are made in the event loop, so nothing needs a lock: requests wait in a queue, one
thread computes one batch at a time, and whatever came in meanwhile is the next batch. A request
that finds nobody waiting and nobody computing starts at once; it waits only where another request
is being received just then, and no longer than the delay.

The answers of a batch are written before the next one is computed: two threads that want the
interpreter at the same time hold each other up for longer than computing meanwhile would gain.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from ranvier.serve.faults import Fault
from ranvier.serve.hosting import Hosted
from ranvier.serve.services import Answer

Done = Callable[[Answer | Fault], None]


class Job:
    """A request that waits for its answer, and whom to tell it; None once that is done."""

    __slots__ = ("asked", "count", "done", "hosted", "since")

    def __init__(self, hosted: Hosted, asked: Any, count: int, done: Done, since: float) -> None:
        self.hosted, self.asked, self.count, self.since = hosted, asked, count, since
        self.done: Done | None = done

    def tell(self, answer: Answer | Fault) -> None:
        """The first answer counts."""
        if self.done is not None:
            done, self.done = self.done, None
            done(answer)


@dataclass(frozen=True)
class Rules:
    """What holds for every lane.

    Attributes:
        max_batch: rows that are computed together, at most.
        max_delay: seconds that a request waits for others that are being received.
        receiving: says how many requests are being received.
        seen: is told of each batch: its model, its requests, its rows.
        fault: what a client is told of an error.
    """

    max_batch: int
    max_delay: float
    receiving: Callable[[], int]
    seen: Callable[[Hosted, int, int], None]
    fault: Callable[[Hosted, BaseException], Fault]


class Lane:
    """Requests that are computed one batch after the other.

    Args:
        name: of the thread.
        loop: in which requests are received.
        rules: see `Rules`.
    """

    def __init__(self, name: str, loop: asyncio.AbstractEventLoop, rules: Rules) -> None:
        self._loop, self._rules = loop, rules
        self._queues: dict[Hosted, deque[Job]] = {}
        self._running: list[Job] = []
        self._due: asyncio.Handle | None = None
        self._given: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self.waiting = 0  # requests that are in a queue
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is computed."""
        return not self.waiting and not self._running

    def stop(self) -> None:
        """Compute nothing more; what waits is not answered."""
        self._given.put(None)
        if self._due is not None:
            self._due.cancel()

    def add(self, job: Job) -> None:
        """One request more."""
        waiting = self._queues.get(job.hosted)
        if waiting is None:
            waiting = self._queues[job.hosted] = deque()
        waiting.append(job)
        self.waiting += 1
        self.look()

    def look(self) -> None:
        """Look for a batch once this turn of the loop, which brings more requests, is over."""
        if not self.waiting or self._running:
            return
        if self._due is not None:
            self._due.cancel()
        self._due = self._loop.call_soon(self._next)

    def late(self, since: float) -> list[Job]:
        """The requests of before that moment; what only waits is not waited for any longer."""
        found = [job for job in self._running if job.since < since]
        for hosted, waiting in tuple(self._queues.items()):
            while waiting and waiting[0].since < since:
                found.append(waiting.popleft())
                self.waiting -= 1
            if not waiting:
                del self._queues[hosted]
        return found

    def _next(self) -> None:
        self._due = None
        if self._running or not self.waiting:
            return
        hosted = min(self._queues, key=lambda each: self._queues[each][0].since)
        waiting, rules = self._queues[hosted], self._rules
        left = waiting[0].since + rules.max_delay - monotonic()
        if left > 0 and hosted.service.batches and rules.receiving():
            rows = sum(job.count for job in waiting)
            if rows < rules.max_batch:
                self._due = self._loop.call_later(left, self._next)
                return
        self._running = self._taken(hosted, waiting)
        self._given.put(self._running)

    def _taken(self, hosted: Hosted, waiting: deque[Job]) -> list[Job]:
        """The first requests of a queue, as many as go together."""
        batch = [waiting.popleft()]
        rows = batch[0].count
        if hosted.service.batches:
            while waiting and rows + waiting[0].count <= self._rules.max_batch:
                rows += waiting[0].count
                batch.append(waiting.popleft())
        self.waiting -= len(batch)
        if not waiting:
            del self._queues[hosted]
        self._rules.seen(hosted, len(batch), rows)
        return batch

    def _work(self) -> None:
        """The thread that computes."""
        while (batch := self._given.get()) is not None:
            found = answers(batch[0].hosted, [job.asked for job in batch])
            try:
                self._loop.call_soon_threadsafe(self._finish, batch, found)
            except RuntimeError:  # the loop has ended, and nobody waits
                return

    def _finish(self, batch: list[Job], found: list[Answer | BaseException]) -> None:
        self._running = []
        for job, answer in zip(batch, found, strict=True):
            if isinstance(answer, BaseException):
                job.tell(self._rules.fault(job.hosted, answer))
            else:
                job.tell(answer)
        self.look()


def answers(hosted: Hosted, asked: Sequence[Any]) -> list[Answer | BaseException]:
    """What a model says to several requests, or why it says nothing, each by itself."""
    service = hosted.service
    try:
        if len(asked) == 1:
            return [service.answer(asked[0])]
        whole = service.answer(service.together(asked))
    except BaseException as error:  # of this thread: whatever it is, someone waits for an answer
        if len(asked) == 1:
            return [error]
        # One of them is to blame, and the others are not to notice.
        return [found for one in asked for found in answers(hosted, [one])]
    found: list[Answer | BaseException] = []
    start = 0
    for one in asked:
        stop = start + service.count(one)
        found.append({name: array[start:stop] for name, array in whole.items()})
        start = stop
    return found
