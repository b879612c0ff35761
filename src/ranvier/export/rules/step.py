"""Steps in place of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ranvier.export.graph import Operand, Size, Step

Made = list[Step]
Rule = Callable[[Step], Made]


def again(step: Step, kind: str, *inputs: Operand | None, **settings: Any) -> Step:
    """The same step of another kind, by default with the same inputs."""
    return Step(kind, inputs or step.inputs, step.outputs, settings, step.name)


def same(step: Step) -> Step:
    """A step that is left out: its output is its first input."""
    return Step("same", step.inputs[:1], step.outputs)


def shape_of(step: Step) -> list[Size]:
    """Of the first input."""
    (x, *_) = step.inputs
    assert x is not None
    return list(x.shape)
