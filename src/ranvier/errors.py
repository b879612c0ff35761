"""Every error Ranvier raises on purpose.

    RanvierError
    ├── DataError                 (also ValueError)   a file, frame or array that cannot be used
    │   └── TargetError                               the target column or its values
    ├── DataTypeError             (also TypeError)    a value of a kind no source understands
    ├── HyperparameterError       (also ValueError)   a hyperparameter outside its range
    ├── ArtifactError             (also ValueError)   a model file: foreign, damaged or too new
    ├── CheckpointError           (also ValueError)   a run folder that cannot be resumed
    ├── DivergedError             (also ArithmeticError)  the loss became NaN or infinite
    ├── ExportError               (also ValueError)   a network that a format cannot hold
    └── MissingExtraError         (also ImportError)  an optional package is not installed

Each message is one sentence: what was expected, what came, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RanvierError(Exception):
    """The root: `except ranvier.RanvierError` catches everything below."""


class DataError(RanvierError, ValueError):
    """A file, frame or array that cannot be used as it is."""


class TargetError(DataError):
    """The target column is missing, ambiguous or unfit for the task."""


class DataTypeError(RanvierError, TypeError):
    """A value of a kind that no source understands."""


class HyperparameterError(RanvierError, ValueError):
    """A hyperparameter outside its range, or of the wrong type."""


class ArtifactError(RanvierError, ValueError):
    """A model file that is foreign, damaged, tampered with or too new."""


class CheckpointError(RanvierError, ValueError):
    """A run folder that cannot be resumed with these data or settings."""


class DivergedError(RanvierError, ArithmeticError):
    """The loss became NaN or infinite; the last good weights are kept."""


class ExportError(RanvierError, ValueError):
    """A network that a format cannot hold, or a file of it that answers otherwise."""


class MissingExtraError(RanvierError, ImportError):
    """An optional package is needed and not installed."""


class DataWarning(UserWarning):
    """Something about the data that a reader should know and that stops nothing."""


def nearest(name: str, candidates: Iterable[str], count: int = 2) -> str:
    """A ready clause such as ` Nearest: "dep_delay", "arr_delay".`, or an empty string."""
    known = list(candidates)
    folded = {str(candidate).casefold(): str(candidate) for candidate in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=count, cutoff=0.5)
    if not close:
        return ""
    return " Nearest: " + ", ".join(f'"{folded[match]}"' for match in close) + "."
