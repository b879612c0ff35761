"""Requests of one model go through its network together.

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
from time import monotonic
from typing import Any

from ranvier.serve.faults import Fault, fault_of
from ranvier.serve.hosting import Hosted
from ranvier.serve.services import Answer

SWEEP = 0.1  # seconds between two looks for requests that waited too long
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


class Batcher:
    """The queue, and the thread that owns the networks.

    Args:
        loop: in which requests are received.
        max_batch: rows that are computed together, at most.
        max_delay: seconds that a request waits for others that are being received.
        max_queue: requests that may wait.
        timeout: seconds from the queue to the answer.
        seen: is told of each batch: its model, its requests, its rows.
        failed: is told of what went wrong where no client is to blame.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        max_batch: int,
        max_delay: float,
        max_queue: int,
        timeout: float,
        seen: Callable[[Hosted, int, int], None],
        failed: Callable[[Hosted, BaseException], None],
    ) -> None:
        self._loop = loop
        self._max_batch, self._max_delay = max_batch, max_delay
        self._max_queue, self._timeout = max_queue, timeout
        self._seen, self._failed = seen, failed
        self._queues: dict[Hosted, deque[Job]] = {}
        self._running: list[Job] = []
        self._due: asyncio.Handle | None = None
        self._sweep: asyncio.Handle | None = None
        self._given: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="ranvier-network", daemon=True)
        self.waiting = 0  # requests that are in a queue
        self.receiving = 0  # requests whose bodies are on their way

    def start(self) -> None:
        """Begin to compute."""
        self._thread.start()
        self._sweep = self._loop.call_later(SWEEP, self._look)

    def stop(self) -> None:
        """Compute nothing more; what waits is not answered."""
        self._given.put(None)
        for handle in (self._sweep, self._due):
            if handle is not None:
                handle.cancel()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is computed."""
        return not self.waiting and not self._running

    @property
    def is_full(self) -> bool:
        """Whether one more request would be refused."""
        return self.waiting >= self._max_queue

    def refuse(self) -> None:
        """Refuse a request where the queue is full.

        Raises:
            Fault: with 429.
        """
        if self.is_full:
            raise Fault(
                429,
                f"{self.waiting:,} requests wait already, and no more may: try again later.",
                retry_after=1,
            )

    async def answer(self, hosted: Hosted, asked: Any, count: int) -> Answer:
        """Put a request into the queue, and wait for its answer.

        Raises:
            Fault: the queue is full, or there is no answer.
        """
        future: asyncio.Future[Answer | Fault] = self._loop.create_future()

        def done(found: Answer | Fault) -> None:
            if not future.done():  # as it is where the client's task was given up
                future.set_result(found)

        self.submit(hosted, asked, count, done)
        found = await future
        if isinstance(found, Fault):
            raise found
        return found

    def submit(self, hosted: Hosted, asked: Any, count: int, done: Done) -> None:
        """Put a request into the queue; `done`, which must not fail, is told its answer.

        Raises:
            Fault: the queue is full.
        """
        self.refuse()
        job = Job(hosted, asked, count, done, monotonic())
        waiting = self._queues.get(hosted)
        if waiting is None:
            waiting = self._queues[hosted] = deque()
        waiting.append(job)
        self.waiting += 1
        if not self._running:
            self._soon()

    def received(self) -> None:
        """Say that a body has come, or will not come."""
        self.receiving -= 1
        if self.waiting and not self._running:
            self._soon()

    def _soon(self) -> None:
        """Look for a batch once this turn of the loop, which brings more requests, is over."""
        if self._due is not None:
            self._due.cancel()
        self._due = self._loop.call_soon(self._next)

    def _next(self) -> None:
        self._due = None
        if self._running or not self.waiting:
            return
        hosted = min(self._queues, key=lambda each: self._queues[each][0].since)
        waiting = self._queues[hosted]
        left = waiting[0].since + self._max_delay - monotonic()
        if self.receiving and left > 0 and hosted.service.batches:
            rows = sum(job.count for job in waiting)
            if rows < self._max_batch:
                self._due = self._loop.call_later(left, self._next)
                return
        self._running = self._taken(hosted, waiting)
        self._given.put(self._running)

    def _taken(self, hosted: Hosted, waiting: deque[Job]) -> list[Job]:
        """The first requests of a queue, as many as go together."""
        batch = [waiting.popleft()]
        rows = batch[0].count
        if hosted.service.batches:
            while waiting and rows + waiting[0].count <= self._max_batch:
                rows += waiting[0].count
                batch.append(waiting.popleft())
        self.waiting -= len(batch)
        if not waiting:
            del self._queues[hosted]
        self._seen(hosted, len(batch), rows)
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
                job.tell(self._fault(job.hosted, answer))
            else:
                job.tell(answer)
        if self.waiting:
            self._soon()

    def _fault(self, hosted: Hosted, error: BaseException) -> Fault:
        fault = fault_of(error)
        if fault is not None:
            return fault
        self._failed(hosted, error)
        return Fault(
            500, "The model failed on these rows, which is not your fault: the log says more."
        )

    def _look(self) -> None:
        """Give up requests that waited too long."""
        self._sweep = self._loop.call_later(SWEEP, self._look)
        latest = monotonic() - self._timeout
        late = [job for job in self._running if job.since < latest]
        for hosted, waiting in tuple(self._queues.items()):
            while waiting and waiting[0].since < latest:
                late.append(waiting.popleft())
                self.waiting -= 1
            if not waiting:
                del self._queues[hosted]
        for job in late:
            job.tell(
                Fault(
                    504,
                    f"There was no answer within {self._timeout:g} s: try again later, or send "
                    "fewer rows.",
                    retry_after=1,
                )
            )


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
