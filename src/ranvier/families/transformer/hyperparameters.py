"""The hyperparameters that only the transformer has."""

from __future__ import annotations

from dataclasses import dataclass

from ranvier.families.sequential.hyperparameters import SequentialHyperparameters
from ranvier.hyperparameters import explained, setting

TOKENIZERS = ("wordpiece", "words", "bpe", "characters")
NORMS, PLACES = ("layer", "rms"), ("pre", "post")
POSITIONS = ("learned", "rotary", "none")
ACTIVATIONS = ("gelu", "gelu_tanh", "relu", "silu", "swiglu")
POOLINGS = ("mean", "first", "last", "max")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class TransformerHyperparameters(SequentialHyperparameters):
    """Hyperparameters of `Transformer`; None means "let the recipe decide"."""

    layers: int | None = setting(None, "blocks one above the other", low=1, high=200)
    width: int | None = setting(None, "numbers that stand for a token", low=2, high=65_536)
    heads: int | None = setting(None, "heads of the attention; they divide width", low=1)
    key_heads: int | None = setting(
        None, "heads of keys and values, shared by the others (Ainslie et al. 2023); none: heads",
        low=1,
    )  # fmt: skip
    feedforward: int | None = setting(
        None, "neurons between a block's two dense layers; none: 4 times width", low=1
    )
    norm: str | None = setting(
        None, "layer (Ba et al. 2016) or rms (Zhang and Sennrich 2019)", choices=NORMS
    )
    norm_place: str | None = setting(
        None, "pre: before each half of a block; post: behind it (BERT)", choices=PLACES
    )
    positions: str | None = setting(
        None, "how a token knows its place: learned vectors, or rotary (Su et al. 2021)",
        choices=POSITIONS,
    )  # fmt: skip
    activation: str | None = setting(
        None, "what a neuron does to its weighted sum; swiglu has a gate", choices=ACTIVATIONS
    )
    biases: bool | None = setting(None, "whether products and norms have biases")
    tied: bool | None = setting(
        None, "language models: the output layer is the table of the tokens, turned"
    )
    dropout: float | None = setting(
        None, "share of the numbers silenced in each step", low=0, high=0.95
    )
    pooling: str | None = setting(
        None, "which of the tokens' vectors goes on to the output layer", choices=POOLINGS
    )
    bag: bool | None = setting(
        None, "texts: a linear layer over the weighed words of each, beside the blocks"
    )
    tokenizer: str | None = setting(  # type: ignore[assignment]
        None, "what a text is cut into", choices=TOKENIZERS
    )
    vocabulary_size: int | None = setting(  # type: ignore[assignment]
        None, "different tokens that are known, at most", low=16, high=1_000_000
    )
    steps_per_epoch: int | None = setting(
        None, "language models: gradient steps of an epoch; none: at most 200", low=1
    )
    mask_share: float = setting(
        0.15, "masked language models: share of the tokens that are hidden", low=0.01, high=0.9
    )
    pretrained: str | None = setting(
        None,
        "a model to start from: a .ranvier file, a run, or a folder in the form of Hugging Face",
    )
    lora_rank: int = setting(
        0,
        "with pretrained: train low-rank pairs beside its kernels, of this rank, and leave the "
        "rest (Hu et al. 2021); 0: train all",
        low=0, high=1024,
    )  # fmt: skip
    rematerialise: bool = setting(
        False, "compute inner values anew for the gradient: less memory, a third more time"
    )
