"""What a watcher is told and shown while a network trains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ranvier.errors import DivergedError
from ranvier.training import loop
from ranvier.training.feeds import HostFeed
from ranvier.training.plan import make_plan
from tests.training.runs import assert_same, prepared, run


class Eyes:
    """A watcher that wants to see some epochs, and keeps all that it is told."""

    def __init__(self, wanted: tuple[int, ...] = ()) -> None:
        self.wanted = wanted
        self.seen: list[tuple[int, Any]] = []
        self.told: list[str] = []

    def announce(self, lines: Any) -> None: ...
    def started(self, plan: Any, step: int) -> None: ...
    def advanced(self, step: int, history: Any, best_epoch: int) -> None: ...
    def finished(self, outcome: Any) -> None: ...

    def remarked(self, text: str) -> None:
        self.told.append(text)

    def wants_picture(self, epoch: int) -> bool:
        return epoch in self.wanted

    def pictured(self, epoch: int, pictures: Any) -> None:
        self.seen.append((epoch, pictures))


def trained(watcher: Any, chunk_steps: int = 9, **how: Any) -> loop.Outcome:
    """135 rows, 9 steps an epoch, 4 epochs."""
    ready = prepared()
    size, epochs, seed = ready.resolved["batch_size"], ready.plan.epochs, ready.plan.seed
    plan = make_plan(ready.plan.rows, size, epochs, seed, chunk_steps=chunk_steps)
    assert plan.steps_per_epoch == 9
    feed = HostFeed(ready.rows, ready.mesh)
    return loop.train(
        ready.learner, feed, plan, ready.settings,
        mesh=ready.mesh, valid=ready.valid, watcher=watcher, **how,
    )  # fmt: skip


def first_weights(parameters: Any, variables: Any) -> np.ndarray:
    del variables
    return np.concatenate([value.ravel() for value in parameters.values()])


def test_what_the_network_makes_is_shown_after_the_epochs_that_are_wanted():
    eyes = Eyes((1, 3))
    trained(eyes, draw=first_weights)
    (first, early), (second, late) = eyes.seen
    assert (first, second) == (1, 3)
    assert not np.array_equal(early, late)


def test_looking_changes_no_bit():
    assert_same(trained(Eyes((1, 2, 3, 4)), draw=first_weights), trained(None))
    ready = prepared()
    assert_same(trained(Eyes((2,)), draw=first_weights), run(ready, resident=False, chunk_steps=9))


def test_a_chunk_of_several_epochs_shows_its_end():
    eyes = Eyes((1, 2, 3, 4))
    trained(eyes, chunk_steps=18, draw=first_weights)
    assert [epoch for epoch, _ in eyes.seen] == [2, 4]


def test_nothing_is_drawn_that_nobody_wants_to_see():
    def never(parameters: Any, variables: Any) -> np.ndarray:
        raise AssertionError

    trained(Eyes(), draw=never)
    trained(None, draw=never)


def test_a_remark_is_made_once_and_kept():
    lengths = []

    def remark(history: list[dict[str, float]]) -> str | None:
        lengths.append(len(history))
        return "all is well" if len(history) >= 2 else None

    eyes = Eyes()
    outcome = trained(eyes, remark=remark)
    assert eyes.told == outcome.remarks == ["all is well"]
    assert lengths == sorted(lengths)
    assert lengths[-1] == 4


def test_a_remark_comes_before_the_end_by_divergence():
    ready = prepared(learning_rate=1e30, optimizer="sgd")
    eyes = Eyes()
    with pytest.raises(DivergedError):
        loop.train(
            ready.learner, HostFeed(ready.rows, ready.mesh), ready.plan, ready.settings,
            mesh=ready.mesh, valid=ready.valid, watcher=eyes, remark=lambda _: "it goes wrong",
        )  # fmt: skip
    assert eyes.told == ["it goes wrong"]
