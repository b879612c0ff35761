"""How gradients become steps, by Optax.

The numbers may be traced: the optimizer is made inside the compiled step from the run's
settings, so another learning rate or weight decay does not compile again. Only the name
shapes the program.
"""

from __future__ import annotations

from typing import Any

import jax
import optax

from ranvier.training.learner import Settings


def make(name: str, learning_rate: Any, settings: Settings) -> optax.GradientTransformation:
    """The optimizer of this name.

    Args:
        name: "sgd" (momentum as in Sutskever et al. 2013), "adam" (Kingma and Ba 2015),
            "adamw" (Loshchilov and Hutter 2019), "lion" (Chen et al. 2023) or "muon"
            (Jordan et al. 2024: orthogonalised momentum for matrices, Adam for the rest).
        learning_rate: scalar, may be traced.
        settings: "momentum", "beta2" and "weight_decay" are read; may be traced.
    """
    first, second = settings["momentum"], settings["beta2"]
    decay = settings["weight_decay"]
    if name == "muon":
        return optax.contrib.muon(
            learning_rate,
            beta=first,
            weight_decay=decay,
            weight_decay_mask=_matrices,
            adam_b1=first,
            adam_b2=second,
        )
    if name == "adam":
        return optax.adam(learning_rate, b1=first, b2=second)
    direction = {
        "sgd": lambda: optax.trace(decay=first),
        "adamw": lambda: optax.scale_by_adam(b1=first, b2=second),
        "lion": lambda: optax.scale_by_lion(b1=first, b2=0.99),
    }[name]()
    return optax.chain(
        direction,
        optax.add_decayed_weights(decay, mask=_matrices),
        optax.scale_by_learning_rate(learning_rate),
    )


def _matrices(parameters: Any) -> Any:
    """Decay pulls on weights, not on biases and scales."""
    return jax.tree.map(lambda p: p.ndim >= 2, parameters)
