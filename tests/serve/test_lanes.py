"""What takes long, and what does not wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ranvier.serve.batching import Batcher
from ranvier.serve.faults import Fault
from ranvier.serve.hosting import Hosted, opened

from .conftest import PATIENCE


class Long:
    """A model's own service, whose rows go together with no others and which takes its time."""

    batches = False

    def __init__(self, service: Any, goes_on: threading.Event) -> None:
        self._service, self._goes_on = service, goes_on

    def answer(self, asked: Any) -> Any:
        assert self._goes_on.wait(PATIENCE)
        return self._service.answer(asked)


def _batching(work: Callable[[Batcher], Any], max_queue: int = 100) -> Any:
    """What comes of some work in a loop with a batcher."""

    async def whole() -> Any:
        batcher = Batcher(
            asyncio.get_running_loop(), max_batch=64, max_delay=0.001, max_queue=max_queue,
            timeout=PATIENCE, seen=lambda *_: None, failed=lambda *_: None,
        )  # fmt: skip
        batcher.start()
        try:
            return await work(batcher)
        finally:
            batcher.stop()

    return asyncio.run(whole())


def _both(models: Any) -> tuple[Hosted, Hosted, threading.Event]:
    quick, goes_on = opened("numbers", models["numbers"][0]), threading.Event()
    service: Any = Long(quick.service, goes_on)
    return quick, replace(quick, name="long", service=service), goes_on


def test_rows_do_not_wait_for_what_takes_long(models: Any) -> None:
    quick, long, goes_on = _both(models)
    rows = np.zeros((2, 5))

    async def work(batcher: Batcher) -> Any:
        waits = asyncio.ensure_future(batcher.answer(long, rows, 2))
        found = await batcher.answer(quick, rows, 2)
        assert not waits.done()
        assert not batcher.idle
        goes_on.set()
        return found, await waits

    found, later = _batching(work)
    np.testing.assert_array_equal(found["probabilities"], later["probabilities"])
    expected = models["numbers"][1].predict_proba(rows)
    np.testing.assert_array_equal(found["probabilities"], expected)


def test_one_models_long_requests_wait_for_each_other(models: Any) -> None:
    _, long, goes_on = _both(models)

    async def work(batcher: Batcher) -> Any:
        several = [
            asyncio.ensure_future(batcher.answer(long, np.zeros((1, 5)), 1)) for _ in range(3)
        ]
        while batcher.waiting != 2:
            await asyncio.sleep(0.001)
        goes_on.set()
        return await asyncio.gather(*several)

    assert len(_batching(work)) == 3


def test_a_model_whose_queue_is_full_fills_no_other(models: Any) -> None:
    quick, long, goes_on = _both(models)
    rows = np.zeros((1, 5))

    async def work(batcher: Batcher) -> Any:
        several = [asyncio.ensure_future(batcher.answer(long, rows, 1)) for _ in range(2)]
        while batcher.waiting != 1:  # one is computed, and one waits
            await asyncio.sleep(0.001)
        several.append(asyncio.ensure_future(batcher.answer(long, rows, 1)))
        while batcher.waiting != 2:
            await asyncio.sleep(0.001)
        with pytest.raises(Fault, match="2 requests wait already") as caught:
            await batcher.answer(long, rows, 1)
        assert caught.value.status == 429
        await batcher.answer(quick, rows, 1)
        goes_on.set()
        return await asyncio.gather(*several)

    assert len(_batching(work, max_queue=2)) == 3
