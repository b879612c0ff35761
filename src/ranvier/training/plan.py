"""Which rows go into which step: made on the host from (seed, epoch), the same on every feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ranvier.training.order import Order

MOST_EPOCHS = 64  # of one chunk


@dataclass(frozen=True)
class Plan:
    """How an epoch is cut into batches, and a run into chunks.

    Every batch of an epoch has the same number of rows, and every row is seen once (in an epoch
    of fewer steps, once at most): the batch shrinks until the last one is full but for a few rows
    of padding, which carry no weight. So there is no small, noisy last batch, and nothing is
    dropped.

    Attributes:
        rows: training rows.
        batch_size: rows of each batch, padding included.
        steps_per_epoch: batches of each epoch.
        epochs: how many are planned.
        chunk_steps: steps that one compiled program holds at most (K).
        chunk_slots: epochs that it can touch (E).
        seed: decides the order of the rows.
        block, window: for rows on a disk, rows of a block and blocks of a window (see `order`);
            0: the rows are permuted as a whole.
    """

    rows: int
    batch_size: int
    steps_per_epoch: int
    epochs: int
    chunk_steps: int
    chunk_slots: int
    seed: int
    block: int = 0
    window: int = 0

    @property
    def total_steps(self) -> int:
        """Steps of the whole run, if nothing stops it."""
        return self.steps_per_epoch * self.epochs


@dataclass(frozen=True)
class Chunk:
    """One chunk's work.

    Attributes:
        first_step: number of its first step in the run.
        steps: how many of the K prepared steps are real.
        indices: int32 (K, batch).
        scales: float32 (K, batch): 0 for padding, else (batch / real rows of the batch).
        slots: "starts", "ends" (int32, (E,)) and "closes" (bool, (E,)).
    """

    first_step: int
    steps: int
    indices: np.ndarray
    scales: np.ndarray
    slots: dict[str, np.ndarray]

    @property
    def closed(self) -> np.ndarray:
        """The slots that close an epoch, in order."""
        return np.flatnonzero(self.slots["closes"])


def make_plan(
    rows: int,
    batch_size: int,
    epochs: int,
    seed: int,
    *,
    chunk_steps: int,
    devices: int = 1,
    block: int = 0,
    window: int = 0,
    most: int | None = None,
) -> Plan:
    """Cut `rows` into equal batches of at most about `batch_size` rows for `devices` devices.

    `most`: steps of an epoch, which then takes some of the rows by chance; None: all of them.
    """
    steps = -(-rows // batch_size)
    size = -(-rows // steps)
    size = -(-size // devices) * devices
    steps = -(-rows // size)
    steps = steps if most is None else min(steps, most)
    # At least two: XLA unrolls a loop over an array of one, and rounds differently. A short run
    # leaves a part of its chunk unused, so that another number of epochs does not compile again.
    chunk_steps = max(2, min(chunk_steps, MOST_EPOCHS * steps))
    # A chunk of K steps can begin and end inside an epoch.
    slots = min(chunk_steps // steps + 2, chunk_steps)
    return Plan(rows, size, steps, epochs, chunk_steps, slots, seed, block, window)


def chunks(plan: Plan, first_step: int = 0) -> Iterator[Chunk]:
    """The run's chunks in order, from a step on."""
    step = first_step
    order = Order(plan)
    while step < plan.total_steps:
        chunk = _chunk(plan, step, order)
        yield chunk
        step += chunk.steps


def _chunk(plan: Plan, first: int, order: Order) -> Chunk:
    last = min(first + plan.chunk_steps, plan.total_steps)
    indices = np.zeros((plan.chunk_steps, plan.batch_size), np.int32)
    scales = np.zeros((plan.chunk_steps, plan.batch_size), np.float32)
    slots = {
        "starts": np.zeros(plan.chunk_slots, np.int32),
        "ends": np.zeros(plan.chunk_slots, np.int32),
        "closes": np.zeros(plan.chunk_slots, bool),
    }
    step = first
    for slot in range(plan.chunk_slots):
        if step == last:
            break
        epoch, within = divmod(step, plan.steps_per_epoch)
        until = min(plan.steps_per_epoch, within + last - step)
        here = slice(step - first, step - first + until - within)
        indices[here], scales[here] = order.of(epoch, within, until)
        slots["starts"][slot], slots["ends"][slot] = here.start, here.stop
        slots["closes"][slot] = until == plan.steps_per_epoch
        step += until - within
    return Chunk(first, step - first, indices, scales, slots)


def epoch_order(plan: Plan, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of one epoch, int32 (steps, batch), and their scales, float32 (steps, batch)."""
    return Order(plan).of(epoch, 0, plan.steps_per_epoch)
