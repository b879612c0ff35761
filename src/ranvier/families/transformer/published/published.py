"""What a folder in Hugging Face form holds, as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.families.transformer.shape import Shape


@dataclass(frozen=True, eq=False)
class Published:
    """A published model.

    Attributes:
        kind: "bert", "roberta", "distilbert", "gpt2" or "llama".
        shape: of its stack.
        parameters: float32 arrays by our paths; each layer's are stacked along the first axis.
        tokenizer: what its tokenizer.json holds, or would.
        head: "masked" (tells hidden tokens), "causal" (tells the next), "classes" (of texts), or
            "none": vectors only.
        labels: of the classes, by their numbers.
        task: of a head of classes: "multiclass", "multilabel" or "regression".
        max_length: tokens of a text, with the marks around it.
        pooling: which vector stands for a text: "mean", "first" or None (the folder does not say).
        normalised: whether that vector is made one long.
        pooler_activation: "tanh" or "relu", of the pooler, and so before the classes.
        notes: what was left out, one sentence each.
    """

    kind: str
    shape: Shape
    parameters: dict[str, np.ndarray[Any, Any]]
    tokenizer: dict[str, Any]
    head: str
    labels: tuple[str, ...] = ()
    task: str | None = None
    max_length: int = 512
    pooling: str | None = None
    normalised: bool = False
    pooler_activation: str = "tanh"
    notes: tuple[str, ...] = ()
