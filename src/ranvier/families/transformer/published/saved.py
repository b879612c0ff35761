"""A fitted `Transformer` as a published folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import ArtifactError
from ranvier.families.transformer.builder import CAUSAL, EMBEDDING, MASKED
from ranvier.families.transformer.lora import merged
from ranvier.families.transformer.published.writing import write_published
from ranvier.families.transformer.shape import Shape
from ranvier.preprocessing.targets import TargetCoder

if TYPE_CHECKING:
    from ranvier.families.transformer.model import Transformer

Arrays = dict[str, np.ndarray[Any, Any]]

HEADS = {CAUSAL: "causal", MASKED: "masked", EMBEDDING: "none"}
KERNEL, BIAS = "head/output/kernel", "head/output/bias"


def to_folder(model: Transformer, place: str | os.PathLike[str], kind: str | None = None) -> None:
    """Write the folder; low-rank pairs are added to their kernels.

    Args:
        model: a fitted transformer of texts.
        place: see `write_published`.
        kind: of the form; None: the one that the model's shape has.

    Raises:
        ArtifactError: the model has no published form, or the folder cannot be written.
    """
    whole = model._builder()
    shape, tokens = getattr(whole, "shape", None), getattr(model.preprocessor_, "tokens", None)
    if not isinstance(shape, Shape) or tokens is None:
        raise ArtifactError(
            "Published folders hold models of texts, and this one learned from numbers: use "
            "model.save."
        )
    parameters = merged(model._outcome.parameters)
    labels: tuple[str, ...] = ()
    head = HEADS.get(model.task_, "classes")
    if head == "classes":
        _check(model, whole)
        parameters, labels = _classes(model, parameters)
    preprocessor: Any = model.preprocessor_
    longest = model.resolved_.get("longest") or getattr(preprocessor, "context", None)
    write_published(
        place,
        shape,
        parameters,
        tokens.to_state(),
        kind=kind or _kind(whole),
        head=head,
        labels=labels,
        task=model.task_ if head == "classes" else None,
        max_length=longest or preprocessor.max_length,
        pooling=whole.pooling if head == "none" else None,
        normalised=bool(model.resolved_.get("normalised")),
    )


def _kind(whole: Any) -> str | None:
    """A pooler with relu is DistilBERT's."""
    return "distilbert" if whole.pooler == "relu" else None


def _check(model: Transformer, whole: Any) -> None:
    """Published classifiers are of one kind."""
    if not isinstance(model._coder, TargetCoder):
        raise ArtifactError(
            "Published folders hold classifiers and models of language, and this model's task is "
            f"{model.task_}: use model.save."
        )
    if whole.pooling != "first" or not whole.pooler:
        raise ArtifactError(
            "Published classifiers take the first token's vector through a dense layer, and this "
            f"model takes the {whole.pooling} of all tokens: use model.save."
        )


def _classes(model: Transformer, parameters: Arrays) -> tuple[Arrays, tuple[str, ...]]:
    """The output layer as published ones are: a logit for each class, numbers in their units."""
    coder = model._coder
    assert isinstance(coder, TargetCoder)
    kernel, bias = parameters[KERNEL], parameters[BIAS]
    if coder.task.kind == "binary":
        kernel = np.concatenate([np.zeros_like(kernel), kernel], axis=1)
        bias = np.concatenate([np.zeros_like(bias), bias])
    if coder.task.kind == "regression":
        scale, mean = coder.scale.astype(np.float32), coder.mean.astype(np.float32)
        kernel, bias = kernel * scale, bias * scale + mean
    labels = [str(name) for name in coder.classes]
    if not labels:
        named = model.target_names_
        labels = [str(n) for n in named] if len(named) == len(bias) else []
    if not labels:
        labels = [f"LABEL_{number}" for number in range(len(bias))]
    return parameters | {KERNEL: kernel, BIAS: bias}, tuple(labels)
