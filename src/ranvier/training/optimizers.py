"""How gradients become steps, by Optax.

The numbers may be traced: the optimizer is made inside the compiled step from the run's
settings, so another learning rate or weight decay does not compile again. Only the name
shapes the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optax

from ranvier.training.blueprint import Pace
from ranvier.training.learner import Settings


def make(
    name: str, learning_rate: Any, settings: Settings, paces: Mapping[str, Pace] | None = None
) -> optax.GradientTransformation:
    """The optimizer of this name.

    Args:
        name: "sgd" (momentum as in Sutskever et al. 2013), "adam" (Kingma and Ba 2015),
            "adamw" (Loshchilov and Hutter 2019), "lion" (Chen et al. 2023) or "muon"
            (Jordan et al. 2024: orthogonalised momentum for matrices, Adam for the rest).
        learning_rate: scalar, may be traced.
        settings: "momentum", "beta2" and "weight_decay" are read; may be traced.
        paces: path -> how fast a parameter learns and decays; the others as usual.
    """
    first, second = settings["momentum"], settings["beta2"]
    decay = settings["weight_decay"]
    paces = paces or {}
    if name == "muon":
        optimizer = optax.contrib.muon(
            learning_rate,
            beta=first,
            weight_decay=decay,
            muon_weight_dimension_numbers=lambda p: _matrices(p, paces),
            adam_b1=first,
            adam_b2=second,
        )
    elif name == "adam":
        optimizer = optax.adam(learning_rate, b1=first, b2=second)
    else:
        direction = {
            "sgd": lambda: optax.trace(decay=first),
            "adamw": lambda: optax.scale_by_adam(b1=first, b2=second),
            "lion": lambda: optax.scale_by_lion(b1=first, b2=0.99),
        }[name]()
        optimizer = optax.chain(
            direction, _decayed(decay, paces), optax.scale_by_learning_rate(learning_rate)
        )
    rates = {path: pace.rate for path, pace in paces.items() if pace.rate != 1.0}
    return optax.chain(optimizer, _scaled(rates)) if rates else optimizer


def _decayed(decay: Any, paces: Mapping[str, Pace]) -> optax.GradientTransformation:
    """Decay pulls on weights, not on biases and scales, unless their pace says otherwise."""

    def add(updates: Any, parameters: Any) -> Any:
        result = {}
        for path, update in updates.items():
            factor = paces[path].decay if path in paces else float(parameters[path].ndim >= 2)
            result[path] = update + (decay * factor) * parameters[path] if factor else update
        return result

    return optax.stateless(add)


def _scaled(rates: Mapping[str, float]) -> optax.GradientTransformation:
    def scale(updates: Any, parameters: Any) -> Any:
        del parameters
        return {path: rates.get(path, 1.0) * update for path, update in updates.items()}

    return optax.stateless(scale)


def _matrices(parameters: Any, paces: Mapping[str, Pace]) -> dict[str, Any]:
    """What Muon turns and decays, by path; None for the rest.

    Vectors in rows, one for each of many, are no matrix: their pace says so by a decay of 0.
    """

    def is_matrix(path: str) -> bool:
        # What another part of the optimizer has is hidden here, and has no shape.
        two = getattr(parameters[path], "ndim", 0) == 2
        return two and (path not in paces or paces[path].decay > 0)

    usual = optax.contrib.MuonDimensionNumbers()
    return {path: usual if is_matrix(path) else None for path in parameters}
