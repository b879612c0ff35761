"""Ranvier: the six classic deep-learning architectures, trained on your own data.

Everything public is here; the modules below may move. Names are imported when first used, so
that `import ranvier` and the command line's help answer at once.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from ranvier import garbage

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ranvier.data import Dataset, read
    from ranvier.data.sequences import Sequences
    from ranvier.data.series import read_series
    from ranvier.errors import (
        ArtifactError,
        CheckpointError,
        DataError,
        DataTypeError,
        DataWarning,
        DivergedError,
        ExportError,
        HyperparameterError,
        MissingExtraError,
        RanvierError,
        TargetError,
    )
    from ranvier.families.autoencoder.model import Autoencoder
    from ranvier.families.cnn.model import CNN
    from ranvier.families.custom.model import Custom
    from ranvier.families.fcnn.model import FCNN
    from ranvier.families.gan.model import GAN
    from ranvier.families.rnn.model import RNN
    from ranvier.families.transformer.model import Transformer
    from ranvier.loading import load
    from ranvier.specification import InputSpec, OutputSpec
    from ranvier.training.learner import Context, Player

_HOMES = {
    "FCNN": "ranvier.families.fcnn.model",
    "CNN": "ranvier.families.cnn.model",
    "RNN": "ranvier.families.rnn.model",
    "Transformer": "ranvier.families.transformer.model",
    "GAN": "ranvier.families.gan.model",
    "Autoencoder": "ranvier.families.autoencoder.model",
    "Custom": "ranvier.families.custom.model",
    "Dataset": "ranvier.data",
    "Sequences": "ranvier.data.sequences",
    "read": "ranvier.data",
    "read_series": "ranvier.data.series",
    "load": "ranvier.loading",
    "InputSpec": "ranvier.specification",
    "OutputSpec": "ranvier.specification",
    "Player": "ranvier.training.learner",
    "Context": "ranvier.training.learner",
    "RanvierError": "ranvier.errors",
    "DataError": "ranvier.errors",
    "DataTypeError": "ranvier.errors",
    "DataWarning": "ranvier.errors",
    "TargetError": "ranvier.errors",
    "HyperparameterError": "ranvier.errors",
    "ArtifactError": "ranvier.errors",
    "CheckpointError": "ranvier.errors",
    "DivergedError": "ranvier.errors",
    "ExportError": "ranvier.errors",
    "MissingExtraError": "ranvier.errors",
}

_LIGHT = ("ranvier.data", "ranvier.errors", "ranvier.specification")  # they import no JAX

__all__ = [
    "CNN",
    "FCNN",
    "GAN",
    "RNN",
    "ArtifactError",
    "Autoencoder",
    "CheckpointError",
    "Context",
    "Custom",
    "DataError",
    "DataTypeError",
    "DataWarning",
    "Dataset",
    "DivergedError",
    "ExportError",
    "HyperparameterError",
    "InputSpec",
    "MissingExtraError",
    "OutputSpec",
    "Player",
    "RanvierError",
    "Sequences",
    "TargetError",
    "Transformer",
    "__version__",
    "load",
    "read",
    "read_series",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ranvier' has no attribute {name!r}")
    home = _HOMES[name]
    if home not in sys.modules and not home.startswith(_LIGHT):
        with garbage.importing():
            importlib.import_module(home)
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
