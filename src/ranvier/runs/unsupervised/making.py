"""What every generator is asked: pictures by chance, of a class, and between two samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Pictures
from ranvier.model import Model

Array = np.ndarray[Any, Any]

STEPS = 10  # of a way from one picture to another


def pictures_of(model: Model, examples: Dataset, rows: Array | None = None) -> Array | None:
    """Rows as the model was given them, (N, height, width, channels); None where they are none."""
    suited = model._suited(examples, getattr(model.preprocessor_, "form", None))
    inputs = suited.inputs
    if not isinstance(inputs, Pictures) or len(inputs.form.shape) != 3:
        return None
    return inputs.take(np.arange(len(inputs)) if rows is None else np.asarray(rows))


def samples(model: Any, count: int, seed: int, labels: Array | None = None) -> Array:
    """Samples, each in the form of a row; of classes where those are asked for, (count,)."""
    if labels is None:
        return np.asarray(model.sample(count, seed=seed))
    return np.asarray(model.sample(count, label=labels, seed=seed))


def as_pictures(model: Model, made: Any) -> Array:
    """What was made as (N, height, width, channels)."""
    shape = tuple(model.preprocessor_.spec.image)
    array = np.asarray(made)
    return array.reshape(len(array), *shape)


def makes_pictures(model: Model) -> bool:
    """Whether rows of the model are pictures."""
    return len(tuple(model.preprocessor_.spec.image)) == 3


def classes_of_model(model: Any) -> Array | None:
    """The classes that can be asked for; None where samples cannot be chosen by class."""
    found = getattr(model, "classes_", None)
    return None if found is None or not len(found) else np.asarray(found)


def between(one: Array, other: Array, steps: int) -> Array:
    """Codes on the great circle from one to the other, (steps, dimensions).

    The straight line would pass through the middle, where chance hardly ever leads in many
    dimensions (White 2016, "Sampling Generative Networks").
    """
    lengths = np.linalg.norm(one), np.linalg.norm(other)
    cosine = float(one @ other) / max(float(lengths[0] * lengths[1]), 1e-12)
    angle = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    shares = np.linspace(0.0, 1.0, steps)[:, None]
    if np.sin(angle) < 1e-6:
        return np.asarray((1.0 - shares) * one + shares * other)
    weights = np.sin((1.0 - shares) * angle), np.sin(shares * angle)
    return np.asarray((weights[0] * one + weights[1] * other) / np.sin(angle))


def way(model: Any, count: int, seed: int, label: Any = None) -> Array | None:
    """Pictures (count, ...) on the way from one sample to another; None where there is none.

    An autoencoder's way is straight, as its codes have no length to keep.
    """
    random = np.random.default_rng(seed)
    if hasattr(model, "inverse_transform"):
        ends = model.transform(model.sample(2, seed=seed))
        shares = np.linspace(0.0, 1.0, count, dtype=np.float32)[:, None]
        return np.asarray(model.inverse_transform((1 - shares) * ends[:1] + shares * ends[1:]))
    if not hasattr(model, "_from_latent"):
        return None
    ends = random.normal(size=(2, int(model.resolved_["latent"])))
    codes = between(ends[0], ends[1], count).astype(np.float32)
    if label is None:
        names = classes_of_model(model)
        label = None if names is None else names[int(random.integers(len(names)))]
    return np.asarray(model._from_latent(codes, label=label))
