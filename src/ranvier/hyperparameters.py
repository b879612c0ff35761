"""Every hyperparameter that all families share: written once, as a typed field.

The same field is the constructor's argument, the command line's flag, its help and its
check. This module imports nothing heavy, so that help answers at once.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from ranvier.errors import HyperparameterError, nearest


@dataclass(frozen=True)
class Rule:
    """What a hyperparameter may be.

    Attributes:
        help: one line for the command line and the docs.
        low, high: bounds for numbers; `low` is excluded where `above` is true.
        choices: the valid names.
        optional: whether None is allowed.
    """

    help: str
    low: float | None = None
    high: float | None = None
    above: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False


def setting(default: Any, help: str, **bounds: Any) -> Any:
    """A dataclass field with a default and its `Rule`."""
    rule = Rule(help, optional=default is None or bounds.pop("optional", False), **bounds)
    return field(default=default, metadata={"rule": rule})


Class = TypeVar("Class")

OPTIMIZERS = ("adam", "adamw", "lion", "muon", "sgd")
SCHEDULES = ("constant", "cosine", "warmup", "onecycle", "flat_cosine", "coslog")
PRECISIONS = ("float32", "bfloat16")
RECIPES = ("strong", "textbook")
ON_ERROR = ("stop", "skip")
TASK_NAMES = ("auto", "classification", "binary", "multiclass", "multilabel", "regression",
              "segmentation", "image_to_image", "labelling", "forecasting", "language_model",
              "masked_language_model", "reconstruction", "generation",
              "super_resolution")  # fmt: skip


@dataclass(kw_only=True, eq=False, repr=False)
class Hyperparameters:
    """The common hyperparameters. None means "let the recipe decide"."""

    recipe: str = setting(
        "strong",
        "strong: the best defaults we know; textbook: the plain network of the textbooks",
        choices=RECIPES,
    )
    task: str = setting("auto", "what the target asks for", choices=TASK_NAMES)
    epochs: int | None = setting(None, "passes over the training rows, at most", low=1)
    batch_size: int | None = setting(None, "rows per gradient step", low=1)
    learning_rate: float | None = setting(
        None, "step size at the schedule's peak", low=0, above=True
    )
    optimizer: str | None = setting(None, "how gradients become steps", choices=OPTIMIZERS)
    momentum: float = setting(0.9, "momentum of sgd, first decay rate of the others", low=0, high=1)
    weight_decay: float | None = setting(None, "decoupled weight decay", low=0)
    schedule: str | None = setting(
        None, "how the learning rate moves over training", choices=SCHEDULES
    )
    regularization_schedule: str | None = setting(
        None, "how dropout and weight decay move over training", choices=SCHEDULES
    )
    gradient_clip: float | None = setting(
        None, "largest global gradient norm; 0: no clipping", low=0
    )
    label_smoothing: float | None = setting(
        None, "share of each label spread over all classes", low=0, high=1
    )
    calibrate: bool | None = setting(
        None, "scale the logits so that probabilities fit the validation rows"
    )
    ema_decay: float | None = setting(
        None, "decay of the moving average of the weights; 0: no average", low=0, high=1
    )
    class_weight: str | dict[Any, float] | None = setting(
        None, "'balanced', or a weight for each class"
    )
    validation_fraction: float | None = setting(
        None, "share of the training rows kept for validation; 0: none", low=0, high=0.9
    )
    patience: int | None = setting(
        None,
        "epochs without a better validation score before stopping; none: never, and the best "
        "epoch is kept all the same",
        low=1,
    )
    precision: str = setting("float32", "arithmetic inside the network", choices=PRECISIONS)
    devices: int | None = setting(None, "how many devices share each batch; none: a rule", low=1)
    max_memory: str | int | None = setting(
        None,
        "memory for data, such as '1 GB' (default: 4 GB); data that take more are streamed",
    )
    on_error: str = setting(
        "stop",
        "what a file in a folder that cannot be read does: stop: it is named, nothing is trained; "
        "skip: it is left out",
        choices=ON_ERROR,
    )
    seed: int = setting(0, "the same seed gives the same bits", low=0, high=2**32 - 1)
    verbose: int = setting(1, "0 prints nothing", low=0, high=2)


def explained(settings: type[Class]) -> type[Class]:
    """A dataclass whose constructor answers an unknown keyword with the nearest names.

    The signature stays the dataclass's own.
    """
    plain: Callable[..., None] = settings.__init__

    @functools.wraps(plain)
    def __init__(self: Any, *arguments: Any, **given: Any) -> None:
        known = [f.name for f in fields(self)]
        for name in given:
            if name not in known:
                raise TypeError(
                    f"{type(self).__name__} has no hyperparameter {name!r}."
                    f"{nearest(name, known) or ' It has ' + ', '.join(known) + '.'}"
                )
        plain(self, *arguments, **given)

    settings.__init__ = __init__  # type: ignore[method-assign]
    return settings


def rules(of: type[Hyperparameters] | Hyperparameters) -> dict[str, Rule]:
    """The rule of each hyperparameter, by name."""
    return {f.name: f.metadata["rule"] for f in fields(of) if "rule" in f.metadata}


def check(settings: Hyperparameters) -> None:
    """Check every value against its rule.

    Raises:
        HyperparameterError: naming the hyperparameter, what it may be and what came.
    """
    kinds = {f.name: str(f.type) for f in fields(settings)}
    for name, rule in rules(settings).items():
        _check_one(name, getattr(settings, name), rule, kinds[name])


def _check_one(name: str, value: Any, rule: Rule, kind: str) -> None:
    if value is None:
        if not rule.optional:
            raise HyperparameterError(f"{name} must be {_allowed(rule, kind)}; got None.")
        return
    if rule.choices:
        if not isinstance(value, str) or value not in rule.choices:
            raise HyperparameterError(
                f"{name} must be one of {', '.join(rule.choices)}; got {value!r}."
                f"{nearest(str(value), rule.choices)}"
            )
    elif kind.split(" ")[0] == "bool":
        # NumPy's booleans too, as a grid of parameters holds them
        if str(value) not in ("True", "False") or isinstance(value, str):
            raise HyperparameterError(f"{name} must be True or False; got {value!r}.")
    elif kind.startswith(("int", "float")):
        number = isinstance(value, (int, float)) or hasattr(value, "__float__")
        if isinstance(value, bool) or not number or isinstance(value, str):
            raise HyperparameterError(f"{name} must be {_allowed(rule, kind)}; got {value!r}.")
        if kind.startswith("int") and int(value) != value:
            raise HyperparameterError(f"{name} must be {_allowed(rule, kind)}; got {value!r}.")
        if not _inside(float(value), rule):
            raise HyperparameterError(f"{name} must be {_allowed(rule, kind)}; got {value!r}.")


def _inside(value: float, rule: Rule) -> bool:
    if not math.isfinite(value):
        return False
    if rule.low is not None and (value <= rule.low if rule.above else value < rule.low):
        return False
    return rule.high is None or value <= rule.high


def _allowed(rule: Rule, kind: str) -> str:
    if not kind.startswith(("int", "float")):
        return kind
    words = "a whole number" if kind.startswith("int") else "a number"
    if rule.low is not None:
        words += f" above {rule.low:g}" if rule.above else f" of at least {rule.low:g}"
    if rule.high is not None:
        whole = rule.high == int(rule.high)
        words += f" and at most {int(rule.high) if whole else rule.high}"
    return words + (", or None" if rule.optional else "")
