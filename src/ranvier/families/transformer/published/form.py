"""What a published form is: from its config.json to our shape and back, and whose tensor is whose.

The forms stand in `bert`, `distilbert`, `gpt2` and `llama`, one object each; `forms` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.parts import Part
from ranvier.families.transformer.shape import Shape

# Their name of an activation, and ours.
ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
}
# Ours, and the name under which it is written.
WRITTEN = {"gelu": "gelu", "gelu_tanh": "gelu_new", "relu": "relu", "silu": "silu"}


@dataclass(frozen=True)
class Form:
    """One published form.

    Attributes:
        kind: its name.
        types: the `model_type` of the config.json files that are read as this form.
        prefix: what the names of the body's tensors may begin with.
        heads: each head that is known, and a tensor by which it is known.
        classes: the matrix that makes logits of classes.
        names: each head's `architectures`.
        shape: from config.json.
        parts: of a shape with some head; pooled: whether there is a pooler.
        settings: config.json of a shape and a vocabulary.
        unfit: why a shape cannot have this form, or None.
        apart: beginnings of names that are left out, with a note: heads of other kinds.
        silent: ends of names that are left out: no weights, but masks and the like.
        pooler: a tensor by which a pooler is known.
        activation: of the layer before the classes.
        older: ends of names as early files have them, and what they are called since.
        zeros: our arrays that are there, and not in files with this config.json.
        written: the shape with all biases that the form has once it has some.
    """

    kind: str
    types: tuple[str, ...]
    prefix: str
    heads: Mapping[str, str]
    classes: str
    names: Mapping[str, str]
    shape: Callable[[Fields], Shape]
    parts: Callable[[Shape, str, bool], list[Part]]
    settings: Callable[[Shape, int], dict[str, Any]]
    unfit: Callable[[Shape], str | None]
    apart: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    pooler: str = ""
    activation: str = "tanh"
    older: Mapping[str, str] = field(default_factory=dict)
    zeros: Callable[[Fields], frozenset[str]] = lambda fields: frozenset()
    written: Callable[[Shape], Shape] = lambda shape: shape


def differing(shape: Shape, **wanted: Any) -> str | None:
    """What of a shape is not as a form has it, in words; None where all is."""
    for name, value in wanted.items():
        allowed = value if isinstance(value, tuple) else (value,)
        if getattr(shape, name) not in allowed:
            said = " or ".join(repr(each) for each in allowed)
            return f"{name} must be {said} for it, and is {getattr(shape, name)!r}"
    return None


def whole_heads(shape: Shape) -> str | None:
    """Why heads are not those of a form that knows but one number of them; None where they are."""
    if shape.key_heads != shape.heads:
        return f"it has no grouped heads, and this model has {shape.key_heads} for {shape.heads}"
    if shape.heads * shape.head_width != shape.width:
        return (
            f"its heads make up the width, and here {shape.heads} heads of {shape.head_width} "
            f"do not make {shape.width}"
        )
    return None
