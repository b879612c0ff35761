"""`load`: from a file to a fitted model of the right family."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ranvier import artifact
from ranvier.errors import ArtifactError
from ranvier.model.saving import restore

if TYPE_CHECKING:
    from ranvier.model import Model

# Where each family's class lives; imported when it is needed.
FAMILIES = {
    "autoencoder": ("ranvier.families.autoencoder.model", "Autoencoder"),
    "cnn": ("ranvier.families.cnn.model", "CNN"),
    "custom": ("ranvier.families.custom.model", "Custom"),
    "fcnn": ("ranvier.families.fcnn.model", "FCNN"),
    "gan": ("ranvier.families.gan.model", "GAN"),
    "rnn": ("ranvier.families.rnn.model", "RNN"),
    "transformer": ("ranvier.families.transformer.model", "Transformer"),
}
MODEL_FILE = "model.ranvier"


def load(path: str | Path, *, build: Callable[..., Any] | None = None) -> Model:
    """Read a fitted model.

    Args:
        path: a `.ranvier` file, or a run folder that holds `model.ranvier`.
        build: for a `Custom` model, the function that builds its network: a file holds no code.

    Returns:
        A model of the class that was saved, ready to predict. Nothing in the file is executed.

    Raises:
        ArtifactError: the file is not there, foreign, damaged, or made by a newer Ranvier.

    Example:
        >>> import tempfile, pathlib, ranvier as rv
        >>> iris = rv.read("iris")
        >>> model = rv.FCNN(epochs=5, verbose=0).fit(iris)
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "iris.ranvier"
        >>> model.save(path)
        >>> again = rv.load(path)
        >>> bool((again.predict(iris.test) == model.predict(iris.test)).all())
        True
    """
    place = Path(path)
    if place.is_dir() and (place / MODEL_FILE).is_file():
        place = place / MODEL_FILE
    parts = artifact.read(place)
    family = parts.manifest.get("family")
    if not isinstance(family, str) or family not in FAMILIES:
        raise ArtifactError(
            f"{place.name} holds a model of the family {family!r}; this Ranvier knows "
            f"{', '.join(FAMILIES)}; upgrade Ranvier."
        )
    module, name = FAMILIES[family]
    model_class: type[Model] = getattr(importlib.import_module(module), name)
    if family == "custom" and build is None:
        raise ArtifactError(
            f"{place.name} holds a Custom model, and a file holds no code; "
            "pass load(path, build=...) the function that built its network."
        )
    return restore(model_class, parts, {"build": build} if family == "custom" else {})
