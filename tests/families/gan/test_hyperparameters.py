"""What the hyperparameters of GAN may be, and the sentence for what they may not."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.families.gan.hyperparameters import GANHyperparameters
from ranvier.hyperparameters import Hyperparameters

BAD: list[tuple[str, Any, str]] = [
    ("loss", "wgan", 'Nearest: "wgan_gp"'),
    ("latent", 0, "latent must be a whole number of at least 1"),
    ("filters", 0.5, "filters must be a whole number of at least 1"),
    ("conditional", "yes", "conditional must be True or False"),
    ("gamma", -1, "gamma must be a number of at least 0"),
    ("matching", -1, "matching must be a number of at least 0"),
    ("beta1", 1, "beta1 must be a number of at least 0 and at most 0.999"),
    ("augmentation", "adaptiv", 'Nearest: "adaptive"'),
    ("scale", 5, "scale must be a whole number of at least 2 and at most 4"),
    ("blocks", 0, "blocks must be a whole number of at least 1"),
    ("sharpness", -0.1, "sharpness must be a number of at least 0"),
    ("test_time", 1, "test_time must be True or False"),
    ("image_size", 2, "image_size must be a whole number of at least 4"),
    ("resize", "cropp", 'Nearest: "crop"'),
    ("layout", "WH", "layout must be one of"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD, ids=lambda v: repr(v)[:30])
def test_a_bad_value_is_named(name: str, value: Any, said: str) -> None:
    model = rv.GAN(**{name: value, "verbose": 0})
    with pytest.raises(rv.HyperparameterError, match=said):
        model.fit(np.zeros((20, 8, 8), np.uint8))


def test_every_own_hyperparameter_has_a_bad_value_here() -> None:
    own = {f.name for f in fields(GANHyperparameters)} - {f.name for f in fields(Hyperparameters)}
    assert own == {name for name, *_ in BAD}
