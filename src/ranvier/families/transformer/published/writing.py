"""A model of ours as a folder in Hugging Face form, which transformers reads."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from safetensors.numpy import save

from ranvier.artifact import plain
from ranvier.errors import ArtifactError
from ranvier.families.transformer.published.folder import CONFIG, TOKENIZER, WEIGHTS
from ranvier.families.transformer.published.forms import form_for
from ranvier.families.transformer.published.marking import marked, numbers_of
from ranvier.families.transformer.published.parts import sizes, taken_apart
from ranvier.families.transformer.published.placing import place_files
from ranvier.families.transformer.published.pooling import FLAGS, SENTENCES, sentence_files
from ranvier.families.transformer.shape import Shape

Array = np.ndarray[Any, Any]

SETTINGS = "tokenizer_config.json"
MARKS = "special_tokens_map.json"
WRITTEN = (CONFIG, WEIGHTS, TOKENIZER, SETTINGS, MARKS)
# What stands in a folder of a model and may be replaced with it.
REPLACED = {*WRITTEN, *SENTENCES, "generation_config.json", "vocab.txt", "vocab.json", "merges.txt"}
# What the names of a head's tensors begin with, before which the body's prefix does not stand.
OUTSIDE = ("cls.", "lm_head.", "classifier.", "vocab_", "pre_classifier.")
PROBLEMS = {
    "multiclass": "single_label_classification",
    "binary": "single_label_classification",
    "multilabel": "multi_label_classification",
    "regression": "regression",
}


def write_published(
    place: str | os.PathLike[str],
    shape: Shape,
    parameters: Mapping[str, Array],
    tokenizer: dict[str, Any],
    *,
    kind: str | None = None,
    head: str = "none",
    labels: Sequence[str] = (),
    task: str | None = None,
    max_length: int | None = None,
    pooling: str | None = None,
    normalised: bool = False,
) -> str:
    """Write config.json, model.safetensors, tokenizer.json and what tells of its marks.

    Args:
        place: a folder that does not exist, is empty, or holds such a model, which is replaced.
        shape: of the stack.
        parameters: arrays by our paths, as `Published` has them.
        tokenizer: what a tokenizer.json holds; ours, with marks of our names, is one as well.
        kind: "bert", "roberta", "distilbert", "gpt2" or "llama"; None: the one that the shape has.
        head: "masked", "causal", "classes" or "none".
        labels: the classes' names.
        task: of classes: "binary", "multiclass", "multilabel" or "regression".
        max_length: tokens of a text, where the shape's positions know no end.
        pooling: of an encoder without a head: "mean" or "first", for sentence-transformers; None:
            nothing is said of it.
        normalised: whether vectors are then made one long.

    Returns:
        The kind that was written.

    Raises:
        ArtifactError: no published form has this shape, or the folder cannot be written.
    """
    form = form_for(shape, kind)
    if head not in form.names:
        raise ArtifactError(
            f"head must be one of {', '.join(form.names)} for {form.kind}, not {head!r:.40}."
        )
    whole = form.written(shape)
    vocabulary = len(parameters["embed/tokens"])
    classes = parameters["head/output/bias"].shape[0] if head == "classes" else 0
    if len(labels) != classes:
        raise ArtifactError(
            f"labels must name the {classes} classes of the head, but {len(labels)} came; pass "
            "one name for each."
        )
    parts = form.parts(whole, head, "pooler/kernel" in parameters)
    tensors = taken_apart(parts, parameters, whole, sizes(whole, vocabulary, classes))
    body = form.prefix if head != "none" else ""
    named = {
        name if name.startswith(OUTSIDE) else body + name: array for name, array in tensors.items()
    }
    longest = max_length or (shape.longest - shape.position_offset if shape.longest else 2048)
    tokenizer, marks = marked(tokenizer, form, twice=form.kind == "roberta")
    config = {
        "architectures": [form.names[head]],
        "model_type": form.kind,
        **numbers_of(tokenizer, marks),
        **({} if shape.longest else {"max_position_embeddings": longest}),
        **form.settings(whole, vocabulary),
        **_classes(labels, task),
        "dtype": "float32",
        "torch_dtype": "float32",
    }
    settings = {**marks, "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": longest}
    files = {
        CONFIG: plain.encode(config, CONFIG, indent=2),
        WEIGHTS: save(named, {"format": "pt"}),
        TOKENIZER: plain.encode(tokenizer, TOKENIZER),
        SETTINGS: plain.encode(settings, SETTINGS, indent=2),
        MARKS: plain.encode(marks, MARKS, indent=2),
    }
    if pooling is not None and pooling in FLAGS.values() and head == "none":
        files |= sentence_files(pooling, whole.width, longest, normalised=normalised)
    place_files(place, files, REPLACED)
    return form.kind


def _classes(labels: Sequence[str], task: str | None) -> dict[str, Any]:
    if not labels:
        return {}
    found: dict[str, Any] = {
        "id2label": {str(number): str(name) for number, name in enumerate(labels)},
        "label2id": {str(name): number for number, name in enumerate(labels)},
    }
    return found | ({"problem_type": PROBLEMS[task]} if task in PROBLEMS else {})
