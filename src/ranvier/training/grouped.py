"""An epoch whose rows have different shapes: each step takes rows of one group.

Rows of a group share a shape, and so one compiled program. Every epoch permutes the rows within
each group, cuts them into steps, puts up to `RUN` of them together, and permutes these runs. A run
is a chunk. The epoch is closed by a chunk without steps, so that one program alone judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ranvier.training import randomness
from ranvier.training.plan import Chunk, Plan, chunks

RUN = 16  # steps of one group, one after the other


@dataclass(frozen=True, eq=False)
class Group:
    """Rows that share a shape.

    Attributes:
        rows: int32 (n,), their numbers.
        batch_size: rows of each step, padding included.
        steps: of each epoch.
        run: steps of a chunk, at most.
        lengths: int (n,), by which the rows of a run are sorted; None: they are not.
    """

    rows: np.ndarray
    batch_size: int
    steps: int
    run: int
    lengths: np.ndarray | None = None

    def ordered(self, seed: int, epoch: int, number: int) -> np.ndarray:
        """The rows in the order of one epoch; `number` is the group's."""
        places = randomness.within_window(seed, epoch, number, np.arange(len(self.rows)))
        if self.lengths is not None:
            window = self.run * self.batch_size
            for first in range(0, len(places), window):
                part = places[first : first + window]
                part[:] = part[np.argsort(self.lengths[part], kind="stable")]
        ordered: np.ndarray = self.rows[places]
        return ordered


@dataclass(frozen=True)
class GroupedPlan(Plan):
    """A plan whose steps go by groups; `batch_size` is the largest group's.

    Attributes:
        groups: in order of their number.
    """

    groups: tuple[Group, ...] = ()


def make_grouped_plan(
    numbers: np.ndarray,
    batch_size: int,
    epochs: int,
    seed: int,
    *,
    chunk_steps: int,
    devices: int = 1,
    lengths: np.ndarray | None = None,
) -> GroupedPlan:
    """Cut each group into equal batches of at most about `batch_size` rows.

    `numbers`, int (rows,), are those of the rows' groups; a chunk has `RUN` or
    `chunk_steps` steps at most. With `lengths`, int (rows,), the rows of a run are sorted by them,
    so that those of a step end together.
    """
    groups = []
    for number in np.unique(numbers).tolist():
        rows = np.flatnonzero(numbers == number).astype(np.int32)
        steps = -(-len(rows) // batch_size)
        size = -(-len(rows) // steps)
        size = -(-size // devices) * devices
        steps = -(-len(rows) // size)
        # At least two: XLA unrolls a loop over an array of one, and rounds differently.
        sizes = None if lengths is None else lengths[rows]
        groups.append(Group(rows, size, steps, max(2, min(RUN, chunk_steps, steps)), sizes))
    return GroupedPlan(
        rows=len(numbers),
        batch_size=max(group.batch_size for group in groups),
        steps_per_epoch=sum(group.steps for group in groups),
        epochs=epochs,
        chunk_steps=max(group.run for group in groups),
        chunk_slots=2,
        seed=seed,
        groups=tuple(groups),
    )


def chunks_of(plan: Plan, first_step: int = 0, epoch: int = 0) -> Iterator[Chunk]:
    """The run's chunks in order, from a step on, of which `epoch` epochs are closed."""
    if not isinstance(plan, GroupedPlan):
        yield from chunks(plan, first_step)
        return
    step = epoch * plan.steps_per_epoch
    for number in range(epoch, plan.epochs):
        orders = [
            group.ordered(plan.seed, number, place) for place, group in enumerate(plan.groups)
        ]
        for place, first, count in _runs(plan, number):
            skipped = min(max(0, first_step - step), count)
            if skipped < count:
                here = slice(first + skipped, first + count)
                yield _chunk(plan, place, orders[place], here, step + skipped)
            step += count
        yield _closing(step)


def _runs(plan: GroupedPlan, epoch: int) -> list[tuple[int, int, int]]:
    """An epoch's runs in order: the group's number, the first of its steps, how many."""
    runs = [
        (number, first, min(group.run, group.steps - first))
        for number, group in enumerate(plan.groups)
        for first in range(0, group.steps, group.run)
    ]
    order = randomness.permutation(plan.seed, epoch, len(runs))
    return [runs[place] for place in order.tolist()]


def _chunk(plan: GroupedPlan, number: int, order: np.ndarray, steps: slice, step: int) -> Chunk:
    """Some steps of a group whose rows have this order; unused places hold its first rows."""
    group = plan.groups[number]
    size, count = group.batch_size, steps.stop - steps.start
    taken = order[steps.start * size : steps.stop * size]
    indices = np.resize(order, (group.run, size)).astype(np.int32)
    scales = np.zeros((group.run, size), np.float32)
    indices.reshape(-1)[: len(taken)] = taken
    padded = indices.reshape(-1)[len(taken) : count * size]
    padded[:] = np.resize(order, len(padded))
    scales.reshape(-1)[: len(taken)] = 1.0
    real = scales.sum(axis=1, keepdims=True)
    scales *= size / np.maximum(real, 1.0)
    slots = {
        "starts": np.zeros(plan.chunk_slots, np.int32),
        "ends": np.zeros(plan.chunk_slots, np.int32),
        "closes": np.zeros(plan.chunk_slots, bool),
    }
    slots["ends"][0] = count
    return Chunk(step, count, indices, scales, slots)


def _closing(step: int) -> Chunk:
    """A chunk without steps, which ends an epoch."""
    nothing = np.zeros((0, 0), np.int32)
    return Chunk(step, 0, nothing, nothing.astype(np.float32), {"closes": np.ones(1, bool)})
