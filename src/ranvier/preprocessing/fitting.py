"""The preprocessor that suits the inputs, and the coder that suits the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ranvier.data.corpus import Corpus
from ranvier.data.pictures import Pictures
from ranvier.data.sequences import Sequences
from ranvier.data.series import Windows
from ranvier.data.texts import Texts
from ranvier.preprocessing import corpus, pictures, sequences, texts
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.preprocessing.picture_targets import PictureCoder, fit_pictures
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.series import SeriesCoder, WindowPreprocessor
from ranvier.preprocessing.series import state as windows
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.preprocessing.targets import TargetCoder, fit_target
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.preprocessing.token_targets import TokenCoder
from ranvier.preprocessing.vector_targets import EMBEDDING, VectorCoder
from ranvier.specification import InputSpec
from ranvier.tasks import TASKS, Task

if TYPE_CHECKING:
    from ranvier.data.streams import Facts

Coder = TargetCoder | PictureCoder | SeriesCoder | StepCoder | TokenCoder | VectorCoder | OwnCoder


class Preprocessor(Protocol):
    """From rows as they were read to a network's inputs; fitted once."""

    spec: InputSpec
    decisions: tuple[ColumnDecision, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]

    def summary(self) -> list[str]:
        """Lines for display."""

    def transform(self, inputs: Any, *, lenient: bool = False) -> dict[str, Any]:
        """The network's inputs for any rows."""

    def missing_columns(self, inputs: Any) -> tuple[str, ...]:
        """The columns that the network uses and these inputs lack."""

    def unreadable(self, inputs: Any) -> tuple[tuple[str, int, str], ...]:
        """Columns of numbers in training that hold text here: name, how many values, the first."""

    def to_state(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """JSON-able plain data, and tensors by name."""


def fit_inputs(
    inputs: Any,
    weights: np.ndarray | None = None,
    facts: Facts | None = None,
    options: Mapping[str, Any] | None = None,
) -> Preprocessor:
    """Learn from training rows: a table's, pictures, sequences, texts or a corpus.

    Args:
        inputs: the rows.
        weights: (N,) how much each counts.
        facts: where the rows are a sample of a table's, what is known of all of them.
        options: what the family was told about its inputs, as keywords of `TextPreprocessor.fit`
            or `CorpusPreprocessor.fit`; the other kinds have none.
    """
    if isinstance(inputs, Pictures):
        return PicturePreprocessor.fit(inputs, weights, facts)
    if isinstance(inputs, Sequences):
        return SequencePreprocessor.fit(inputs, weights, facts)
    if isinstance(inputs, Corpus):
        return CorpusPreprocessor.fit(inputs, **(options or {}))
    if isinstance(inputs, Texts):
        return TextPreprocessor.fit(inputs, weights, facts, **(options or {}))
    if isinstance(inputs, Windows):
        return WindowPreprocessor.fit(inputs)
    return TablePreprocessor.fit(inputs, weights, facts)


def inputs_from_state(plain: Mapping[str, Any], tensors: Mapping[str, Any]) -> Preprocessor:
    """The preprocessor whose state this is.

    Raises:
        ArtifactError: the state is malformed.
    """
    if plain.get("kind") == pictures.KIND:
        return PicturePreprocessor.from_state(plain, tensors)
    if plain.get("kind") == sequences.KIND:
        return SequencePreprocessor.from_state(plain, tensors)
    if plain.get("kind") == corpus.KIND:
        return CorpusPreprocessor.from_state(plain, tensors)
    if plain.get("kind") == texts.KIND:
        return TextPreprocessor.from_state(plain, tensors)
    if plain.get("kind") == windows.KIND:
        return WindowPreprocessor.from_state(plain, tensors)
    return TablePreprocessor.from_state(plain, tensors)


def fit_coder(
    target: Any, task: Task, weights: np.ndarray | None = None, inputs: Any = None
) -> Coder:
    """Learn from a target; see `fit_target` and `fit_pictures`.

    What is to be forecast is learned from the `inputs`, the windows of series.
    """
    if task.kind == "forecasting":
        return SeriesCoder.fit(inputs)
    if task.stepwise:
        return StepCoder.fit(target)
    return fit_pictures(target, task) if task.pixelwise else fit_target(target, task, weights)


def coder_from_state(state: dict[str, Any]) -> Coder:
    """The coder whose state this is.

    Raises:
        ArtifactError: the state is malformed.
    """
    if state.get("task") == EMBEDDING.kind:
        return VectorCoder.from_state(state)
    task = TASKS.get(str(state.get("task")))
    if task is not None and task.pixelwise:
        return PictureCoder.from_state(state)
    if task is not None and task.kind == "forecasting":
        return SeriesCoder.from_state(state)
    if task is not None and task.stepwise:
        return StepCoder.from_state(state)
    if task is not None and task.is_language:
        return TokenCoder.from_state(state)
    if task is not None and task.is_unsupervised:
        return OwnCoder.from_state(state)
    return TargetCoder.from_state(state)
