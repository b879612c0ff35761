"""The hyperparameters that only the fully connected family has."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ranvier.errors import HyperparameterError
from ranvier.hyperparameters import Hyperparameters, explained, setting

# Kept equal to layers.activations and layers.normalization by a test: this module stays
# light enough for the command line's help.
ACTIVATIONS = (
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "softsign",
    "hard_swish",
)
NORMALIZATIONS = ("none", "batch", "layer", "rms")
INPUT_LAYERS = ("auto", "plain", "scaled", "periodic")
PARAMETRIZATIONS = ("standard", "ntk")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class FCNNHyperparameters(Hyperparameters):
    """Hyperparameters of `FCNN`; None means "let the recipe decide"."""

    hidden: tuple[int, ...] | None = setting(None, "neurons of each hidden layer")
    activation: str | None = setting(
        None, "what a hidden neuron does to its weighted sum", choices=ACTIVATIONS
    )
    dropout: float | None = setting(
        None, "share of hidden neurons silenced in each step", low=0, high=0.95
    )
    normalization: str | None = setting(
        None, "normalisation between weighted sum and activation", choices=NORMALIZATIONS
    )
    activation_rate: float | None = setting(
        None,
        "learning rate of each neuron's share of its activation, as a share of the others'; "
        "0: all of it",
        low=0,
    )
    input_layer: str | None = setting(
        None,
        "plain: the columns as they are; scaled: each times a learned factor; "
        "periodic: with learned waves of each number beside it; auto: periodic, or plain for "
        "wide tables and for few rows",
        choices=INPUT_LAYERS,
    )
    parametrization: str | None = setting(
        None,
        "standard: one learning rate; ntk: the wider a layer's input, the smaller its rate",
        choices=PARAMETRIZATIONS,
    )
    linear_tails: bool | None = setting(
        None, "a weighted sum of what clipping took from the numbers goes straight to the output"
    )
    members: int | None = setting(
        None,
        "networks that share their weights and answer by their mean (TabM); 1: one network; "
        "training takes up to that many times as long",
        low=1,
    )
    residual: bool = setting(False, "add each hidden layer's input to its output where widths fit")


def check_hidden(hidden: Any) -> tuple[int, ...]:
    """The widths of the hidden layers, as a tuple.

    Raises:
        HyperparameterError: none, or a width that is not a positive whole number.
    """
    one_number = isinstance(hidden, Integral) and not isinstance(hidden, bool)
    widths = (hidden,) if one_number else hidden
    if not isinstance(widths, (tuple, list)):
        raise HyperparameterError(f"hidden must be widths such as (128, 64); got {hidden!r}.")
    if not widths:
        raise HyperparameterError(
            "hidden must name at least one hidden layer, such as (128,); got (): without one "
            "the network could only draw straight lines."
        )
    for width in widths:
        if isinstance(width, bool) or not isinstance(width, Integral) or width < 1:
            raise HyperparameterError(
                f"hidden must hold whole numbers of at least 1, such as (128, 64); got {hidden!r}."
            )
    return tuple(int(width) for width in widths)  # NumPy's as well, as a grid of parameters has
