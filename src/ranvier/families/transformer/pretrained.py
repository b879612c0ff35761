"""A model to start from: what of it a new one takes over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier import artifact
from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.families.transformer.lora import merged
from ranvier.families.transformer.shape import Shape
from ranvier.model.saving import restore
from ranvier.preprocessing.tokens import Tokens

if TYPE_CHECKING:
    from ranvier.families.transformer.model import Transformer
    from ranvier.families.transformer.published import Published

MODEL_FILE = "model.ranvier"
CONFIG = "config.json"  # of a folder in the form of Hugging Face


@dataclass(frozen=True)
class Pretrained:
    """A trained stack with its tokens.

    Attributes:
        shape: of its stack.
        parameters: path -> array; those that a new network has too are its first ones.
        tokens: the tokenizer.
        max_length: tokens that it can see at once.
        pooling: which vector stands for a text, where it says so.
    """

    shape: Shape
    parameters: Mapping[str, np.ndarray]
    tokens: Tokens
    max_length: int
    pooling: str | None = None


def pretrained_of(source: Any) -> Pretrained:
    """What a `Transformer`, a `.ranvier` file, a run folder or a published folder holds.

    Raises:
        ArtifactError: it cannot be read, or is no transformer of texts.
        HyperparameterError: it is something else.
    """
    if hasattr(source, "preprocessor_"):
        return _of_model(source, "the model")
    if not isinstance(source, (str, Path)):
        raise HyperparameterError(
            "pretrained must be the path of a .ranvier file, of a run or of a folder with "
            f"{CONFIG}, or a fitted Transformer; got {type(source).__name__}."
        )
    place = Path(source).expanduser()
    if place.is_dir() and (place / MODEL_FILE).is_file():
        place = place / MODEL_FILE
    if place.is_dir() or not place.exists():
        return _published(place)
    return _of_model(_restored(place), place.name)


def _published(folder: Path) -> Pretrained:
    from ranvier.families.transformer.published import read_published

    return pretrained_in(read_published(folder))


def pretrained_in(found: Published) -> Pretrained:
    """What a published model brings."""
    tokens = Tokens.published(found.tokenizer)
    return Pretrained(found.shape, found.parameters, tokens, found.max_length, found.pooling)


def _restored(place: Path) -> Transformer:
    from ranvier.families.transformer.model import Transformer

    parts = artifact.read(place)
    if parts.manifest.get("family") != Transformer.family:
        raise ArtifactError(
            f"{place.name} holds a model of the family {parts.manifest.get('family')!r}, and "
            "pretrained needs a transformer."
        )
    model = restore(Transformer, parts, {})
    assert isinstance(model, Transformer)
    return model


def _of_model(model: Transformer, name: str) -> Pretrained:
    tokens = getattr(model.preprocessor_, "tokens", None)
    shape = getattr(model._builder(), "shape", None)
    if tokens is None or not isinstance(shape, Shape):
        raise ArtifactError(
            f"{name} learned from numbers, and pretrained needs a transformer of texts: train one "
            "with task='masked_language_model' or 'language_model'."
        )
    longest = shape.longest - shape.position_offset if shape.positions == "learned" else 1 << 15
    return Pretrained(shape, merged(model._outcome.parameters), tokens, longest)
