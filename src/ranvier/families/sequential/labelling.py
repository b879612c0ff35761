"""A label for each step of a sequence: the loss, the judge, and what is done with the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.data import Dataset
from ranvier.data.sequences import Sequences
from ranvier.data.sequences.long import LongColumns
from ranvier.data.sequences.long_targets import with_labels
from ranvier.data.step_labels import StepLabels, in_rows, together
from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.data.whole import Whole
from ranvier.errors import TargetError
from ranvier.families.sequential.words import of_words, with_words
from ranvier.model.predicting import Predictor
from ranvier.model.step_scoring import check_steps
from ranvier.training.learner import Batch, Context
from ranvier.training.losses import cross_entropy

Array = np.ndarray[Any, Any]

LABELLING = "labelling"


@dataclass(frozen=True)
class LabellingLoss:
    """Weighted mean over the batch of each row's mean cross-entropy over its real steps.

    A network of several branches gives logits (batch, branches, steps, units) in training; the loss
    is the mean of theirs.
    """

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The loss, and itself as the only metric."""
        logits = network(batch["inputs"]).astype(jnp.float32)
        target = batch["target"]  # (batch, steps)
        if logits.ndim == 4:
            target = target[:, None]
        losses = cross_entropy(logits, target, context.settings["label_smoothing"])
        if logits.ndim == 4:
            losses = jnp.mean(losses, axis=1)  # (batch, steps)
        loss = jnp.mean(mean_of_steps(losses, batch["inputs"]) * batch["weights"])
        return loss, {"loss": loss}


@dataclass(frozen=True)
class LabellingJudge:
    """Loss and accuracy over the real steps of each validation row, which all count the same."""

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the rows."""
        logits = network(batch["inputs"]).astype(jnp.float32)  # (batch, steps, units)
        target, weights = batch["target"], batch["weights"]
        losses = cross_entropy(logits, target, jnp.float32(0))  # (batch, steps)
        right = (jnp.argmax(logits, axis=-1) == target).astype(jnp.float32)
        return {
            "weight": jnp.sum(weights),
            "loss": jnp.sum(mean_of_steps(losses, batch["inputs"]) * weights),
            "accuracy": jnp.sum(mean_of_steps(right, batch["inputs"]) * weights),
        }

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """(error rate, loss)."""
        return jnp.stack([1.0 - means["accuracy"], means["loss"]])


def mean_of_steps(values: jax.Array, inputs: Any) -> jax.Array:
    """The mean over each row's real steps: (batch, steps) to (batch,).

    Where words have labels, these are the first tokens of its words.
    """
    if "words" in inputs:
        first = inputs["words"] > 0  # (batch, steps)
        total = jnp.sum(jnp.where(first, values, 0.0), axis=1)
        return total / jnp.maximum(jnp.sum(first, axis=1), 1).astype(values.dtype)
    lengths = inputs.get("lengths")
    if lengths is None:
        return jnp.mean(values, axis=1)
    steps = jax.lax.broadcasted_iota(jnp.int32, values.shape, 1)
    total = jnp.sum(jnp.where(steps < lengths[:, None], values, 0.0), axis=1)
    return total / jnp.maximum(lengths, 1).astype(values.dtype)


class StepPredictor(Predictor):
    """A trained network whose answers are as long as the rows.

    Attributes:
        usual: float32 (units,), the answer for words that are not read.
    """

    usual: Array

    @classmethod
    def of(cls, predictor: Predictor, usual: Array) -> StepPredictor:
        """The same network and weights."""
        found = cls.__new__(cls)
        vars(found).update(vars(predictor))
        found.usual = usual
        return found

    def logits(self, inputs: dict[str, Any]) -> Array:
        """Objects (N,): for each row float32 (its steps, units), or (its words, units)."""
        if "words" in inputs:
            return self._of_words(inputs)
        return self._of_steps(inputs)

    def _of_words(self, inputs: dict[str, Any]) -> Array:
        words, counts = inputs["words"], inputs["word_counts"]
        found = []
        for row, answers in enumerate(self._of_steps(inputs)):
            own = words.flat[words.starts[words.rows[row]] :][: len(answers)]
            found.append(of_words(answers, own, int(counts[row]), self.usual))
        return together(found)

    def _of_steps(self, inputs: dict[str, Any]) -> Array:
        steps = inputs["steps"] if "steps" in inputs else inputs["tokens"]
        if not hasattr(steps, "groups"):  # rows of one length
            return together(list(super().logits(inputs)))
        found: list[Array] = [np.empty((0, 0), np.float32)] * len(steps)
        for number in np.unique(steps.groups):
            rows = np.flatnonzero(steps.groups == number)
            padded = super().logits({name: array[rows] for name, array in inputs.items()})
            for row, answers in zip(rows.tolist(), padded, strict=True):
                found[row] = answers[: int(steps.lengths[row])]  # (its steps, units)
        return together(found)


def labelled(examples: Dataset, task: str, model: str, *, words: bool = False) -> Dataset:
    """Examples whose target is a label for each step where that is what it can be read as.

    That is a matrix of names or whole numbers with as many columns as the rows have steps; or,
    where the task is asked for, any such matrix, and a long table's one label for each series.

    Args:
        examples: sequences or texts with a target.
        task: as it was asked for.
        model: the class's name, for messages.
        words: whether the family labels the words of texts.

    Raises:
        TargetError: labels of texts that it does not label, or labels that do not fit the steps.
    """
    target, inputs = examples.target, examples.inputs
    if words and isinstance(inputs, Texts) and target is not None:
        return with_words(examples, inputs, task, asked=task == LABELLING)
    if isinstance(target, StepLabels) and not isinstance(inputs, Sequences):
        raise TargetError(
            f"{model} labels the steps of sequences of numbers, and not a text's words: give each "
            "text one label, or pass sequences."
        )
    if isinstance(inputs, Texts) and inputs.words is not None and not words:
        return replace(examples, inputs=replace(inputs, words=None))
    if not isinstance(inputs, Sequences) or target is None:
        return examples
    if isinstance(target, np.ndarray) and in_rows(target):
        target = StepLabels.of(target)
    if isinstance(target, StepLabels):
        if task not in ("auto", "classification", LABELLING):
            raise TargetError(
                f"A model for {task} has one answer for each row, and the target holds a label for "
                "each step: give each row one, or use task='labelling'."
            )
        check_steps(target, inputs.lengths)
        return replace(examples, target=target)
    if isinstance(target, np.ndarray) and target.ndim == 2:
        return _of_matrix(examples, target, inputs, task)
    if task == LABELLING and isinstance(target, np.ndarray) and target.ndim == 1 and inputs.series:
        labels = StepLabels(np.repeat(target, inputs.lengths), _starts(inputs))
        return replace(examples, target=labels)
    return examples


def _of_matrix(examples: Dataset, target: Array, inputs: Sequences, task: str) -> Dataset:
    """A target (N, columns), of which those behind a row's steps are not looked at."""
    fits = target.shape[1] >= inputs.longest
    if task == LABELLING and not fits:
        raise TargetError(
            f"task='labelling' needs a label for each step; the rows have up to {inputs.longest:,} "
            f"steps, and the target has {target.shape[1]:,} columns: make them as many."
        )
    meant = target.shape[1] == inputs.longest and target.dtype.kind in "OUSbiu"
    if task != LABELLING and not (task in ("auto", "classification") and meant):
        return examples
    real = np.arange(target.shape[1]) < inputs.lengths[:, None]  # (N, columns)
    note = f"the target's {target.shape[1]:,} columns are the labels of the steps"
    if task == "auto" and target.dtype.kind in "biu":
        note += "; several answers for each row: task='multilabel' or 'regression'"
    notes = (*examples.notes, *(() if task == LABELLING else (note,)))
    return replace(examples, target=StepLabels(target[real], _starts(inputs)), notes=notes)


def _starts(inputs: Sequences) -> Array:
    return np.concatenate([[0], np.cumsum(inputs.lengths)]).astype(np.int64)


def from_long(examples: Dataset, target_names: tuple[str, ...], form: StepForm) -> Dataset | None:
    """A long table that holds the labels of its steps as well; None for any other data."""
    frame = examples.inputs
    if examples.target is not None or len(target_names) != 1 or not form.series:
        return None
    if isinstance(frame, (np.ndarray, Whole)) or target_names[0] not in frame.columns:
        return None
    columns = LongColumns(form.series, form.time, form.sources)
    sequences, labels = with_labels(frame, target_names[0], columns, examples.name or "the table")
    return replace(
        examples, inputs=sequences, target=labels, target_names=target_names, unnamed=False
    )
