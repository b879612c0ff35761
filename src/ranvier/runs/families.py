"""Which families a run can train, what can be set for each, and which of them suits the data.

Light: the command line makes its flags from here before anything heavy is imported.
"""

from __future__ import annotations

import importlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ranvier.errors import HyperparameterError, nearest
from ranvier.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from ranvier.data import Dataset
    from ranvier.data.streams import Streamed
    from ranvier.model import Model

AUTO = "auto"
HYPERPARAMETERS = {
    "fcnn": ("ranvier.families.fcnn.hyperparameters", "FCNNHyperparameters"),
    "cnn": ("ranvier.families.cnn.hyperparameters", "CNNHyperparameters"),
    "rnn": ("ranvier.families.rnn.hyperparameters", "RNNHyperparameters"),
    "transformer": (
        "ranvier.families.transformer.hyperparameters",
        "TransformerHyperparameters",
    ),
    "autoencoder": (
        "ranvier.families.autoencoder.hyperparameters",
        "AutoencoderHyperparameters",
    ),
    "gan": ("ranvier.families.gan.hyperparameters", "GANHyperparameters"),
}

# Those that predict no target, and what each of their tasks is called.
UNSUPERVISED = {
    "reconstruction": "autoencoder",
    "generation": "gan",
    "super_resolution": "gan",
}


def names() -> tuple[str, ...]:
    """The families, as `--model` takes them."""
    return tuple(HYPERPARAMETERS)


def hyperparameters_of(family: str) -> type[Hyperparameters]:
    """The dataclass that holds a family's hyperparameters."""
    module, name = HYPERPARAMETERS[family]
    found: type[Hyperparameters] = getattr(importlib.import_module(module), name)
    return found


def check_name(family: str) -> None:
    """Raise HyperparameterError for a name that is no family."""
    if family != AUTO and family not in HYPERPARAMETERS:
        known = (AUTO, *names())
        raise HyperparameterError(
            f"model must be one of {', '.join(known)}; got {family!r}.{nearest(family, known)}"
        )


def first_with(settings: dict[str, Any]) -> str:
    """The first family that has all these hyperparameters; else simply the first."""
    for family in names():
        if set(settings) <= {field.name for field in fields(hyperparameters_of(family))}:
            return family
    return names()[0]


def of_task(family: str, settings: dict[str, Any]) -> str:
    """The family itself, or for "auto" the only one that has the task that was asked for."""
    if family != AUTO:
        return family
    return UNSUPERVISED.get(str(settings.get("task")), AUTO)


def predicts(family: str) -> bool:
    """Whether a family predicts a target, which data must then have."""
    return family not in UNSUPERVISED.values()


def choose(family: str, examples: Dataset | Streamed) -> str:
    """The family itself, or for "auto" the one that suits the data.

    Tables go to the FCNN; pictures, signals and sounds to the CNN; sequences, texts, tables with
    free text and series to the RNN; texts without a target to the transformer.
    """
    check_name(family)
    if family != AUTO:
        return family
    import numpy as np

    from ranvier.data import Dataset
    from ranvier.data.corpus import Corpus
    from ranvier.data.pictures import Pictures
    from ranvier.data.whole import Whole
    from ranvier.model.steps import free_text

    if not isinstance(examples, Dataset) or isinstance(examples.inputs, np.ndarray):
        return "fcnn"
    if isinstance(examples.inputs, Corpus) and examples.target is None:
        return "transformer"
    if isinstance(examples.inputs, Whole):
        return "cnn" if isinstance(examples.inputs, Pictures) else "rnn"
    return "rnn" if free_text(examples.inputs) else "fcnn"


def make(family: str, settings: dict[str, Any]) -> Model:
    """An unfitted model.

    Raises:
        HyperparameterError: a name that the family does not have.
    """
    known = {field.name: str(field.type) for field in fields(hyperparameters_of(family))}
    for name in settings:
        if name not in known:
            raise HyperparameterError(
                f"{family} has no hyperparameter {name!r}; it has {', '.join(sorted(known))}."
                f"{nearest(name, known)}"
            )
    from ranvier.loading import FAMILIES

    module, name = FAMILIES[family]
    own = {name: _as_typed(known[name], value) for name, value in settings.items()}
    model: Model = getattr(importlib.import_module(module), name)(**own)
    return model


def _as_typed(kind: str, value: Any) -> Any:
    """A value as the family has it: one flag may mean a number to it and several to another."""
    if not kind.startswith("int"):
        return value
    if isinstance(value, tuple) and len(value) == 1:
        return value[0]
    return int(value) if isinstance(value, float) and value.is_integer() else value
