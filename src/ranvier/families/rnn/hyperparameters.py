"""The hyperparameters that only the recurrent family has."""

from __future__ import annotations

from dataclasses import dataclass

from ranvier.families.fcnn.hyperparameters import ACTIVATIONS
from ranvier.families.sequential.hyperparameters import SequentialHyperparameters
from ranvier.hyperparameters import explained, setting

CELLS = ("lstm", "gru", "rnn")
POOLINGS = ("last", "mean", "max", "attention")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class RNNHyperparameters(SequentialHyperparameters):
    """Hyperparameters of `RNN`; None means "let the recipe decide"."""

    cell: str | None = setting(
        None,
        "what carries the state: lstm (Hochreiter and Schmidhuber 1997), gru (Cho et al. 2014), "
        "or the plain rnn (Elman 1990)",
        choices=CELLS,
    )
    units: tuple[int, ...] | None = setting(None, "neurons of each recurrent layer")
    bidirectional: bool | None = setting(
        None, "each layer also reads from the end (Schuster and Paliwal 1997)"
    )
    pooling: str | None = setting(
        None, "what of the states goes on: the last, the mean, the largest, or a learned mixture",
        choices=POOLINGS,
    )  # fmt: skip
    hidden: tuple[int, ...] | None = setting(
        None, "neurons of each dense layer before the output layer"
    )
    activation: str | None = setting(
        None, "what a neuron of a dense layer does to its weighted sum", choices=ACTIVATIONS
    )
    dropout: float | None = setting(
        None, "share of the features silenced in each step", low=0, high=0.95
    )
    convolutions: tuple[int, ...] | None = setting(
        None,
        "sequences: filters of convolutions that read the same steps beside the recurrent layers "
        "(LSTM-FCN, Karim et al. 2018); empty: none",
    )
    bag: bool | None = setting(
        None, "texts: a linear layer over the weighed words of each, beside the recurrent layers"
    )
    embedding: int | None = setting(None, "numbers that stand for a token", low=1, high=4096)
