"""What the transformer's own hyperparameters may be, and the sentence for what they may not."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

import ranvier as rv
from ranvier.families.sequential.hyperparameters import SequentialHyperparameters
from ranvier.families.transformer.hyperparameters import TransformerHyperparameters

BAD: list[tuple[str, Any, str]] = [
    ("layers", 0, "layers must be a whole number of at least 1"),
    ("width", 1, "width must be a whole number of at least 2"),
    ("heads", 0, "heads must be a whole number of at least 1"),
    ("key_heads", 0.5, "key_heads must be a whole number of at least 1"),
    ("feedforward", 0, "feedforward must be a whole number of at least 1"),
    ("norm", "batch", "norm must be one of layer, rms"),
    ("norm_place", "before", "norm_place must be one of pre, post"),
    ("positions", "rotari", 'Nearest: "rotary"'),
    ("activation", "gelo", 'Nearest: "gelu"'),
    ("biases", "no", "biases must be True or False"),
    ("tied", 2, "tied must be True or False"),
    ("dropout", 1.0, "dropout must be a number of at least 0 and at most 0.95"),
    ("pooling", "min", "pooling must be one of mean, first, last, max"),
    ("bag", "yes", "bag must be True or False"),
    ("tokenizer", "wordpieces", 'Nearest: "wordpiece"'),
    ("vocabulary_size", 3, "vocabulary_size must be a whole number of at least 16"),
    ("steps_per_epoch", 0, "steps_per_epoch must be a whole number of at least 1"),
    ("mask_share", 1.0, "mask_share must be a number of at least 0.01 and at most 0.9"),
    ("pretrained", 3, "pretrained must be the path of"),
    ("lora_rank", -1, "lora_rank must be a whole number of at least 0"),
    ("rematerialise", "no", "rematerialise must be True or False"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD, ids=lambda v: repr(v)[:30])
def test_a_bad_value_is_named(name: str, value: Any, said: str) -> None:
    model = rv.Transformer(**{name: value, "verbose": 0})
    with pytest.raises(rv.HyperparameterError, match=said):
        model.fit(["a cat", "a dog"] * 20, ["x", "y"] * 20)


def test_every_own_hyperparameter_has_a_bad_value_here() -> None:
    shared = {f.name for f in fields(SequentialHyperparameters)} - {"tokenizer", "vocabulary_size"}
    own = {f.name for f in fields(TransformerHyperparameters)} - shared
    assert own == {name for name, *_ in BAD}
