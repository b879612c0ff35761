"""What the target asks of the network: one row of the table, one object.

| target                        | task           | output layer            | loss                 |
|-------------------------------|----------------|-------------------------|----------------------|
| two distinct values           | binary         | 1 unit, sigmoid         | binary cross-entropy |
| names, classes, few integers  | multiclass     | one per class, softmax  | cross-entropy        |
| 0/1 matrix                    | multilabel     | one per label, sigmoid  | binary cross-entropy |
| real numbers                  | regression     | one per target, linear  | squared error        |
| masks, a class for each pixel | segmentation   | one per class, softmax  | cross-entropy        |
| pictures                      | image_to_image | one per channel, linear | squared error        |
| a class for each step         | labelling      | one per class, softmax  | cross-entropy        |
| the next steps of a series    | forecasting    | three per step, linear  | pinball loss         |
| none: texts, read on          | language_model | one per token, softmax  | cross-entropy        |
| none: texts with hidden words | masked_language_model | one per token, softmax | cross-entropy  |
| none: rows, from few numbers  | reconstruction | one per input, linear  | squared error        |
| none: pictures, from noise    | generation     | one per channel, linear | adversarial         |
| none: pictures, made small    | super_resolution | one per channel, linear | absolute error    |

Masks and pictures have their output layer at every pixel, labels at every step. A forecast is the
middle and the two ends of an interval, at every step. The two language models learn from plain
texts, which are their own target: the next token at every step, or the tokens that were hidden.
So are the rows of the last three, which `Autoencoder` and `GAN` learn; classes that come along
with them are not to be predicted.

"Few integers" means at most `FEW_INTEGERS` distinct whole numbers, each seen twice on
average. Such a target can be read two ways (grades 1 to 5 are numbers as well as classes);
the decision says so, and `task=` overrides it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import HyperparameterError, TargetError, nearest

FEW_INTEGERS = 20


@dataclass(frozen=True)
class Task:
    """One row of the table above.

    Attributes:
        lower: whether the less of the headline is the better.
    """

    kind: str
    activation: str
    loss: str
    metrics: tuple[str, ...]
    lower: bool = False

    @property
    def classifies(self) -> bool:
        """Whether the target names classes of rows."""
        return self.kind in ("binary", "multiclass", "multilabel")

    @property
    def pixelwise(self) -> bool:
        """Whether the target is a picture, with an answer for each pixel."""
        return self.kind in ("segmentation", "image_to_image")

    @property
    def stepwise(self) -> bool:
        """Whether the target names a class for each step of a row."""
        return self.kind == "labelling"

    @property
    def is_language(self) -> bool:
        """Whether plain texts are their own target."""
        return self.kind in ("language_model", "masked_language_model")

    @property
    def is_unsupervised(self) -> bool:
        """Whether rows of numbers or pictures are their own target."""
        return self.kind in ("reconstruction", "generation", "super_resolution")

    @property
    def headline(self) -> str:
        """The metric by which a model is compared with the baseline; see `lower`."""
        return self.metrics[0]

    def better(self, one: float, other: float) -> bool:
        """Whether one value of the headline is better than another."""
        return one < other if self.lower else one > other


BINARY = Task("binary", "sigmoid", "binary_cross_entropy", ("accuracy", "roc_auc", "f1"))
MULTICLASS = Task("multiclass", "softmax", "cross_entropy", ("accuracy", "f1_macro"))
MULTILABEL = Task("multilabel", "sigmoid", "binary_cross_entropy", ("accuracy", "f1_macro"))
REGRESSION = Task("regression", "linear", "squared_error", ("r2", "rmse", "mae"))
SEGMENTATION = Task("segmentation", "softmax", "cross_entropy", ("iou", "accuracy"))
IMAGE_TO_IMAGE = Task("image_to_image", "linear", "squared_error", ("psnr", "rmse", "mae"))
LABELLING = Task("labelling", "softmax", "cross_entropy", ("accuracy", "f1_macro"))
FORECASTING = Task(
    "forecasting", "linear", "pinball", ("mase", "smape", "rmse", "coverage"), lower=True
)
LANGUAGE_MODEL = Task(
    "language_model",
    "softmax",
    "cross_entropy",
    ("perplexity", "bits_per_character", "accuracy"),
    lower=True,
)
MASKED_LANGUAGE_MODEL = Task(
    "masked_language_model", "softmax", "cross_entropy", ("perplexity", "accuracy"), lower=True
)
RECONSTRUCTION = Task("reconstruction", "linear", "squared_error", ("mse", "r2", "mae"), lower=True)
GENERATION = Task(
    "generation", "linear", "adversarial", ("frechet", "precision", "recall"), lower=True
)
SUPER_RESOLUTION = Task("super_resolution", "linear", "absolute_error", ("psnr", "ssim"))

ALL = (
    BINARY, MULTICLASS, MULTILABEL, REGRESSION, SEGMENTATION, IMAGE_TO_IMAGE, LABELLING,
    FORECASTING, LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL, RECONSTRUCTION, GENERATION,
    SUPER_RESOLUTION,
)  # fmt: skip
TASKS = {task.kind: task for task in ALL}
NAMES = ("auto", "classification", *TASKS)


@dataclass(frozen=True)
class Decision:
    """A task, the reason for it in words, and whether another reading is possible."""

    task: Task
    reason: str
    alternative: str | None = None


def decide(target: Any, task: str = "auto") -> Decision:
    """Choose the task for a target.

    Args:
        target: shape (N,) or (N, outputs), any dtype, without missing values; or pictures,
            (N, height, width) or (N, height, width, channels); or `data.StepLabels`.
        task: "auto", "classification" (binary or multiclass by the number of classes),
            or the name of a row of the table.

    Raises:
        HyperparameterError: `task` is not a known name.
        TargetError: the target does not fit the task that was asked for.
    """
    if task not in NAMES:
        raise HyperparameterError(
            f"task must be one of {', '.join(NAMES)}; got {task!r}.{nearest(str(task), NAMES)}"
        )
    if task == "forecasting":
        raise TargetError(
            "task='forecasting' needs series: pass a frame with a column of dates, a 1-D array, or "
            "what ranvier.read_series made, to RNN."
        )
    if task in TASKS and TASKS[task].is_language:
        raise no_target(task)
    if task in TASKS and TASKS[task].is_unsupervised:
        family = "Autoencoder" if task == "reconstruction" else "GAN"
        raise TargetError(f"task={task!r} predicts no target: use {family}, or leave task= out.")
    if hasattr(target, "starts"):
        return _decide_for_steps(target.all(), task)
    if task == "labelling":
        raise TargetError(
            "task='labelling' needs a label for each step of a sequence, and a family that goes "
            "through it step by step: pass RNN a list of arrays of labels, as long as the rows."
        )
    if target.ndim > 2:
        return _decide_for_pictures(target, task)
    if task in TASKS and TASKS[task].pixelwise:
        raise TargetError(
            f"task={task!r} needs a picture or a mask for each row; the target has shape "
            f"{target.shape}."
        )
    target = np.asarray(target)
    if target.dtype.kind in "mM":
        raise TargetError(
            f"The target must hold numbers or classes; it holds times such as {target.flat[0]!s}; "
            "turn them into numbers, such as days, or into text."
        )
    if task in ("auto", "classification"):
        return _choose(target, classify=task == "classification")
    _check(target, task)
    return Decision(TASKS[task], f"task={task!r} was asked for")


def no_target(task: str) -> TargetError:
    """What is said where a language is to be learned and there is a target."""
    return TargetError(
        f"task={task!r} learns from texts alone, and there is a target: leave y or target= out."
    )


def _decide_for_pictures(target: np.ndarray, task: str) -> Decision:
    """A target of pictures, an array or `data.Pictures`, whose form says whether it is masks."""
    form, whole = getattr(target, "form", None), target.dtype.kind in "iub"
    if task not in ("auto", "segmentation", "image_to_image"):
        raise TargetError(
            f"task={task!r} needs a target of shape (rows,) or (rows, outputs); got {target.shape}."
        )
    if task == "segmentation" and not whole:
        raise TargetError(
            f"task='segmentation' needs whole numbers as classes; the target holds {target.dtype}."
        )
    if task != "auto":
        return Decision(TASKS[task], f"task={task!r} was asked for")
    if form is not None:
        masks = form.kind == "mask"
        return Decision(SEGMENTATION, "masks") if masks else Decision(IMAGE_TO_IMAGE, "pictures")
    if whole and target.ndim == 3:
        count = len(np.unique(target[: max(1, 10_000_000 // target[0].size)]))
        if count <= FEW_INTEGERS:
            return Decision(SEGMENTATION, f"masks of {count} whole numbers", "image_to_image")
    return Decision(IMAGE_TO_IMAGE, f"pictures of {'×'.join(str(n) for n in target.shape[1:])}")


def _decide_for_steps(labels: np.ndarray, task: str) -> Decision:
    """The labels of all steps, one row after the other."""
    if task not in ("auto", "classification", "labelling"):
        raise TargetError(
            f"task={task!r} needs one answer for each row, and the target holds one for each step: "
            "use task='labelling', or give each row one."
        )
    if labels.dtype.kind not in "OUSbiuf":
        raise TargetError(
            f"The labels of steps must be names or whole numbers; they are {labels.dtype}: turn "
            "them into text."
        )
    if labels.dtype.kind == "f" and not np.all(labels == np.floor(labels)):
        raise TargetError(
            "The labels of steps must be classes; they hold fractions such as "
            f"{labels[labels != np.floor(labels)][0]:g}: turn ranges of them into classes, or give "
            "each row one number."
        )
    count = len(unique_classes(labels))
    if task == "auto" and labels.dtype.kind in "iuf" and count > FEW_INTEGERS:
        raise TargetError(
            f"The labels of steps must be classes; they are {count:,} different numbers: turn "
            "ranges of them into classes, or say that each is one with task='labelling'."
        )
    return Decision(LABELLING, f"a label for each step, of {count:,} classes")


def _choose(target: np.ndarray, *, classify: bool) -> Decision:
    if target.ndim == 2 and target.shape[1] > 1:
        return _choose_for_matrix(target, classify=classify)
    values = target.ravel()
    if classify:
        return _choose_classes(values)
    if values.dtype.kind in "OUSb":
        return _choose_for_names(values)
    distinct = np.unique(values)
    if len(distinct) == 2:
        return Decision(
            BINARY, f"two distinct values ({distinct[0]:g}, {distinct[1]:g})", "regression"
        )
    whole = bool(np.all(distinct == np.floor(distinct)))
    # Each value twice on average: a hundred different counts in a hundred rows are numbers.
    if whole and 2 < len(distinct) <= FEW_INTEGERS and len(values) >= 2 * len(distinct):
        reason = f"few integers ({len(distinct)} distinct, {distinct[0]:g} to {distinct[-1]:g})"
        return Decision(MULTICLASS, reason, "regression")
    if len(distinct) == 1:
        return Decision(REGRESSION, f"one number in every row ({distinct[0]:g})")
    return Decision(REGRESSION, f"{len(distinct):,} different numbers")


def _choose_for_matrix(target: np.ndarray, *, classify: bool) -> Decision:
    columns = target.shape[1]
    if target.dtype.kind in "OUS":
        raise TargetError(
            f"A target of {columns} columns must hold numbers; it holds "
            f"{str(target.flat[0])[:40]!r}; "
            "name one column for classes, or turn each into 0 and 1."
        )
    if is_indicator_matrix(target):
        return Decision(MULTILABEL, f"a 0/1 matrix of {columns} columns", "regression")
    if classify:
        _check(target, "multilabel")
    return Decision(REGRESSION, f"{columns} columns of numbers")


def _choose_for_names(values: np.ndarray) -> Decision:
    count = len(unique_classes(values))
    words = "booleans" if values.dtype.kind == "b" else f"{count} names"
    if count <= 2:
        return Decision(BINARY, words)
    if count > FEW_INTEGERS and count == len(values):
        raise TargetError(
            f"The target holds {count:,} different names in {len(values):,} rows, so no class "
            "is seen twice; choose a column that repeats, or one of numbers for regression."
        )
    return Decision(MULTICLASS, words)


def _choose_classes(values: np.ndarray) -> Decision:
    _check(values, "multiclass")
    count = len(unique_classes(values))
    task = BINARY if count <= 2 else MULTICLASS
    return Decision(task, f"classification of {count} classes was asked for")


def _check(target: np.ndarray, task: str) -> None:
    """Raise where `target` cannot be read as `task`."""
    values = target.ravel()
    if task == "multilabel":
        if target.ndim != 2 or not is_indicator_matrix(target):
            raise TargetError(
                "task='multilabel' needs a 0/1 matrix with one column per label; "
                f"got shape {target.shape} of {target.dtype}."
            )
    elif task == "regression":
        if target.dtype.kind in "OUS" and not _all_numbers(values):
            raise TargetError(
                "task='regression' needs numbers; the target holds text such as "
                f"{str(values[0])!r}; use task='classification', or another column."
            )
    else:
        if target.ndim == 2 and target.shape[1] > 1:
            raise TargetError(
                f"task={task!r} needs one target column; got {target.shape[1]}; "
                "a 0/1 matrix is task='multilabel'."
            )
        if target.dtype.kind == "f" and not np.all(values == np.floor(values)):
            # "Unknown label type" is the phrase that scikit-learn's tools look for.
            raise TargetError(
                "Unknown label type: classification needs classes, and the target holds "
                f"fractions such as {values[values != np.floor(values)][0]:g}; "
                "use task='regression', or turn the numbers into classes."
            )
        if task == "binary" and len(unique_classes(values)) > 2:
            raise TargetError(
                f"task='binary' needs two classes; the target holds "
                f"{len(unique_classes(values))}; use task='multiclass'."
            )


def unique_classes(values: np.ndarray) -> np.ndarray:
    """The distinct values, sorted; a mix of types is sorted as text would be.

    Raises:
        TargetError: the values cannot be compared or hashed.
    """
    try:
        return np.unique(values)
    except TypeError as error:
        kinds = sorted({type(value).__name__ for value in values.ravel()})
        if len(kinds) == 1:
            raise TargetError(
                f"The target must hold numbers or names; it holds values of type {kinds[0]}; "
                "choose a part of them that is a number or a name."
            ) from error
        raise TargetError(
            "The target must hold one type of class; it mixes "
            f"{' and '.join(kinds)}; make them all text or all numbers."
        ) from error


def is_indicator_matrix(target: np.ndarray) -> bool:
    """Whether every value is 0 or 1 (or a boolean)."""
    if target.dtype.kind == "b":
        return True
    return target.dtype.kind in "iuf" and bool(np.all((target == 0) | (target == 1)))


def _all_numbers(values: np.ndarray) -> bool:
    convert: Callable[[np.ndarray], np.ndarray] = lambda v: v.astype(np.float64)  # noqa: E731
    try:
        convert(values)
    except (TypeError, ValueError):
        return False
    return True
