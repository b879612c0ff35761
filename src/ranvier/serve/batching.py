"""Requests of one model go through its network together, and long ones hold up no others.

Rows are put together with those of others and computed in one lane, whatever their model. What
cannot be put together, such as a text that is written or the scores of a variational autoencoder,
takes long: each such model has a lane of its own, with a queue of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from ranvier.serve.faults import Fault, fault_of
from ranvier.serve.hosting import Hosted
from ranvier.serve.lanes import Done, Job, Lane, Rules
from ranvier.serve.services import Answer

SWEEP = 0.1  # seconds between two looks for requests that waited too long
TOGETHER = ""  # the lane of all models whose rows go together


class Batcher:
    """All requests that wait for a network.

    Args:
        loop: in which requests are received.
        max_batch: rows that are computed together, at most.
        max_delay: seconds that a request waits for others that are being received.
        max_queue: requests that may wait in one lane.
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
        self._loop, self._max_queue, self._timeout = loop, max_queue, timeout
        self._failed = failed
        self._rules = Rules(max_batch, max_delay, lambda: self.receiving, seen, self._fault)
        self._lanes: dict[str, Lane] = {}  # by the model's name; models come and go under one
        self._sweep: asyncio.Handle | None = None
        self.receiving = 0  # requests whose bodies are on their way

    def start(self) -> None:
        """Begin to compute."""
        self._sweep = self._loop.call_later(SWEEP, self._look)

    def stop(self) -> None:
        """Compute nothing more; what waits is not answered."""
        for lane in self._lanes.values():
            lane.stop()
        if self._sweep is not None:
            self._sweep.cancel()

    @property
    def waiting(self) -> int:
        """Requests that are in any queue."""
        return sum(lane.waiting for lane in self._lanes.values())

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is computed."""
        return all(lane.idle for lane in self._lanes.values())

    def is_full(self, hosted: Hosted) -> bool:
        """Whether one more request to this model would be refused."""
        lane = self._lanes.get(_lane_of(hosted))
        return lane is not None and lane.waiting >= self._max_queue

    def refuse(self, hosted: Hosted) -> None:
        """Refuse a request to a model whose queue is full.

        Raises:
            Fault: with 429.
        """
        if self.is_full(hosted):
            raise Fault(
                429,
                f"{self._max_queue:,} requests wait already, and no more may: try again later.",
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
        self.refuse(hosted)
        name = _lane_of(hosted)
        lane = self._lanes.get(name)
        if lane is None:
            lane = Lane(f"ranvier-network {name}".strip(), self._loop, self._rules)
            self._lanes[name] = lane
        lane.add(Job(hosted, asked, count, done, monotonic()))

    def received(self) -> None:
        """Say that a body has come, or will not come."""
        self.receiving -= 1
        for lane in self._lanes.values():
            lane.look()

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
        since = monotonic() - self._timeout
        for lane in self._lanes.values():
            for job in lane.late(since):
                job.tell(
                    Fault(
                        504,
                        f"There was no answer within {self._timeout:g} s: try again later, or send "
                        "fewer rows.",
                        retry_after=1,
                    )
                )


def _lane_of(hosted: Hosted) -> str:
    return TOGETHER if hosted.service.batches else hosted.name
