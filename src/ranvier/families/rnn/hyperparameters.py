"""The hyperparameters that only the recurrent family has."""

from __future__ import annotations

from dataclasses import dataclass

from ranvier.families.fcnn.hyperparameters import ACTIVATIONS
from ranvier.hyperparameters import Hyperparameters, explained, setting

CELLS = ("lstm", "gru", "rnn")
POOLINGS = ("last", "mean", "max", "attention")
TOKENIZERS = ("words", "bpe", "characters")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class RNNHyperparameters(Hyperparameters):
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
    horizon: int | None = setting(
        None, "forecasting: steps ahead; none: one season, 12 of months", low=1, high=100_000
    )
    context: int | None = setting(
        None, "forecasting: steps looked back on; none: two seasons, or two horizons", low=1
    )
    season: int | None = setting(
        None, "forecasting: steps after which the series repeats; none: by the frequency", low=1
    )
    time: str | None = setting(None, "series: the column of times; none: the one of dates")
    series: str | None = setting(
        None,
        "the column that tells several series apart; each is forecast, or with another task each "
        "is one example",
    )
    known: tuple[str, ...] | None = setting(
        None, "forecasting: columns that are known ahead, such as holidays"
    )
    static: tuple[str, ...] | None = setting(
        None, "forecasting: columns with one value for each series"
    )
    coverage: float = setting(
        0.8, "forecasting: share of the truth that the interval is to hold", low=0.01, high=0.99
    )
    tokenizer: str = setting("words", "what a text is cut into", choices=TOKENIZERS)
    vocabulary_size: int = setting(
        30_000, "different tokens that are known, at most", low=16, high=1_000_000
    )
    max_length: int | None = setting(
        None, "tokens of a text that are read, at most; none: as the lengths suggest", low=1
    )
    embedding: int | None = setting(None, "numbers that stand for a token", low=1, high=4096)
