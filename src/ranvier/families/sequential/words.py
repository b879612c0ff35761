"""A label for each word of a text: what becomes of the data, and of the answers of its tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.step_labels import StepLabels, in_rows
from ranvier.data.texts import Texts
from ranvier.errors import TargetError
from ranvier.model.step_scoring import check_steps

Array = np.ndarray[Any, Any]


def with_words(examples: Dataset, texts: Texts, task: str, *, asked: bool) -> Dataset:
    """Texts with their words where the target is a label for each; others as whole texts.

    Args:
        examples: the texts with a target.
        texts: its inputs.
        task: as it was asked for.
        asked: whether words must have labels.

    Raises:
        TargetError: labels that do not fit the words.
    """
    target = examples.target
    if isinstance(target, np.ndarray) and in_rows(target):
        target = StepLabels.of(target)
    if isinstance(target, np.ndarray) and target.ndim == 2 and (asked or target.dtype.kind in "OU"):
        target = StepLabels.of(list(target))
    if not isinstance(target, StepLabels):
        if asked:
            raise TargetError(
                "task='labelling' needs a label for each word, and the target holds one for each "
                "text: pass a list of a row of labels for each text."
            )
        return replace(examples, inputs=replace(texts, words=None))
    if task not in ("auto", "classification", "labelling"):
        raise TargetError(
            f"A model for {task} has one answer for each text, and the target holds a label for "
            "each word: give each text one, or use task='labelling'."
        )
    if texts.second is not None:
        raise TargetError(
            "Words of pairs of texts cannot be labelled: pass a list of single texts, or of lists "
            "of words."
        )
    worded = texts.by_words
    check_steps(target, worded.lengths, "word")
    return replace(examples, inputs=worded, target=target)


def of_words(answers: Array, words: Array, count: int, usual: Array) -> Array:
    """The answers at the first tokens of a text's words, float32 (words, units).

    Args:
        answers: float32 (steps, units), of the text's tokens.
        words: int32 (steps,), the number of each word, from 1, at its first token, else 0.
        count: how many words the text has; those that were not read get the `usual` answer.
        usual: float32 (units,).
    """
    found = np.tile(usual.astype(np.float32), (count, 1))
    read = words > 0
    found[words[read] - 1] = answers[read]
    return found
