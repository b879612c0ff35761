"""A folder in Hugging Face form to `Published`. Nothing in it is executed or trusted."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.artifact.container import some
from ranvier.errors import ArtifactError
from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.folder import (
    CONFIG,
    document,
    opened,
    optional,
    tensors_in,
)
from ranvier.families.transformer.published.form import Form
from ranvier.families.transformer.published.forms import form_of
from ranvier.families.transformer.published.heads import head_of, labels_of
from ranvier.families.transformer.published.parts import Part, assembled, checked, sizes
from ranvier.families.transformer.published.pooling import pooling_in
from ranvier.families.transformer.published.published import Published
from ranvier.families.transformer.published.tensors import Tensor
from ranvier.families.transformer.published.tokenizer import fitting, tokenizer_in
from ranvier.families.transformer.shape import Shape

MOST_LAYERS = 1000


def read_published(place: str | os.PathLike[str]) -> Published:
    """Read a model that `save_pretrained` of Hugging Face's transformers wrote.

    Args:
        place: a folder with config.json, model.safetensors (or several with an index) and
            tokenizer.json (or the older files of which one is made).

    Returns:
        The model, its numbers as float32.

    Raises:
        ArtifactError: the folder is missing, incomplete, damaged, of an unknown kind, or holds
            pickles only, which are never opened.
    """
    folder = opened(place)
    try:
        return _read(folder)
    except OSError as error:
        raise ArtifactError(
            f"{error.filename or folder} cannot be read ({error.strerror or error}); change its "
            "permissions, or read a copy."
        ) from error
    except MemoryError as error:
        raise ArtifactError(
            f"{folder} needs more memory than there is; use a smaller model."
        ) from (error)


def _read(folder: Path) -> Published:
    fields = Fields(document(folder / CONFIG), folder / CONFIG)
    form = form_of(fields)
    shape = form.shape(fields)
    if shape.layers > MOST_LAYERS:
        raise ArtifactError(
            f"{fields.path} tells of {shape.layers:,} layers, and at most {MOST_LAYERS:,} are "
            "read; it was edited, or is of another kind of model."
        )
    tensors = _named(tensors_in(folder), form, folder)
    head = head_of(fields, form, shape, tensors)
    parts = form.parts(shape, head, form.pooler in tensors)
    zeros = form.zeros(fields)
    parts = [Part(part.path, ()) if part.path in zeros else part for part in parts]
    labels, task = labels_of(fields, form, tensors) if head == "classes" else ((), None)
    vocabulary = fields.whole("vocab_size")
    sized = sizes(shape, vocabulary, len(labels))
    _resolve(parts, tensors)
    notes = _others(parts, tensors, form, shape, sized, folder)
    checked(parts, tensors, shape, sized, folder)
    pooling, normalised = pooling_in(folder)
    tokenizer = tokenizer_in(folder, form.kind)
    fitting(tokenizer, vocabulary, folder)
    parameters = assembled(parts, tensors, shape, sized)
    if shape.tied:
        _compare(parts, tensors, parameters, folder)
    return Published(
        kind=form.kind,
        shape=shape,
        parameters=parameters,
        tokenizer=tokenizer,
        head=head,
        labels=labels,
        task=task,
        max_length=_longest(fields, shape, folder),
        pooling=pooling,
        normalised=normalised,
        pooler_activation=form.activation,
        notes=tuple(notes),
    )


def _named(tensors: Mapping[str, Tensor], form: Form, folder: Path) -> dict[str, Tensor]:
    """The tensors by their names without the body's prefix, and without what is no weight."""
    found: dict[str, Tensor] = {}
    for full, tensor in tensors.items():
        name = full.removeprefix(form.prefix)
        for old, new in form.older.items():
            name = name.removesuffix(old) + new if name.endswith(old) else name
        if name.endswith(form.silent):
            continue
        if name in found:
            raise ArtifactError(
                f"{folder} holds {name:.80} twice, with and without {form.prefix!r}: which of them "
                "counts is not clear; save it again with save_pretrained."
            )
        found[name] = tensor
    return found


def _resolve(parts: Sequence[Part], tensors: dict[str, Tensor]) -> None:
    """Where only a twin is there, it is taken."""
    for part in parts:
        for twin in part.twins:
            if twin in tensors and part.names[0] not in tensors:
                tensors[part.names[0]] = tensors.pop(twin)


def _others(
    parts: Sequence[Part],
    tensors: Mapping[str, Tensor],
    form: Form,
    shape: Shape,
    sized: Mapping[str, tuple[int, ...]],
    folder: Path,
) -> list[str]:
    """Notes of what is left out; what nothing is known of is refused."""
    used = {name for part in parts for name, *_ in part.pieces(shape, sized)}
    used |= {twin for part in parts for twin in part.twins}
    left = sorted(set(tensors) - used)
    foreign = [name for name in left if not name.startswith(form.apart or ("\0",))]
    if foreign:
        raise ArtifactError(
            f"{folder} holds {foreign[0]:.80}, which a {form.kind} of this config.json does not "
            f"have ({len(foreign)} such): config.json is of another model, or another kind is "
            "needed."
        )
    return [f"Left out, as no part of what is read here: {some(left)}."] if left else []


def _compare(
    parts: Sequence[Part],
    tensors: Mapping[str, Tensor],
    parameters: Mapping[str, np.ndarray[Any, Any]],
    folder: Path,
) -> None:
    """Refuse twins that differ."""
    for part in parts:
        for twin in part.twins:
            if twin in tensors and not np.array_equal(
                tensors[twin].read(twin), parameters[part.path]
            ):
                raise ArtifactError(
                    f"{folder}: {twin} must equal {part.names[0]} by config.json, and does not: "
                    "save the model again, with tie_word_embeddings false if it is meant so."
                )


def _longest(fields: Fields, shape: Shape, folder: Path) -> int:
    """Tokens of a text at most: what the positions, the window and the tokenizer allow."""
    known = fields.whole("max_position_embeddings", "n_positions", "n_ctx", default=1024)
    limits = [known - shape.position_offset]
    if shape.causal and type(window := fields.raw("sliding_window")) is int and window > 0:
        limits.append(window)
    for name, key in (
        ("tokenizer_config.json", "model_max_length"),
        ("sentence_bert_config.json", "max_seq_length"),
    ):
        limit = optional(folder / name).get(key)
        if type(limit) is int and limit > 2:
            limits.append(limit)
    return min(limits)
