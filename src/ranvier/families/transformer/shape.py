"""What shapes the stack of a transformer: one block, its variants by name."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class RotaryScaling:
    """How rotary positions are stretched beyond the length of training, as in Llama 3.

    Attributes:
        factor: by which slow rotations are slowed further.
        low, high: turns within the length of training, below and above which a rotation is slow
            or fast; between them the factor fades.
        length: of training.
    """

    factor: float
    low: float
    high: float
    length: int


@dataclass(frozen=True)
class Shape:
    """A stack of equal blocks: attention, then two dense layers, each beside a shortcut.

    Attributes:
        layers: blocks.
        width: numbers of a token between the blocks, d.
        heads: of the queries, H.
        key_heads: of the keys and values, K, which divides H: grouped heads (Ainslie et al. 2023).
        head_width: numbers of a head, D.
        hidden: neurons between the two dense layers, F.
        norm: "layer" (Ba et al. 2016) or "rms" (Zhang and Sennrich 2019).
        norm_place: "pre": before each half of a block, and once behind the stack (GPT-2); "post":
            behind each half (Vaswani et al. 2017, BERT).
        positions: "learned" vectors, "rotary" (Su et al. 2021) or "none".
        activation: "gelu" (Hendrycks and Gimpel 2016; exact), "gelu_tanh" (its approximation),
            "relu", "silu", or "swiglu" (Shazeer 2020), whose first dense layer is twice as wide.
        causal: whether a token sees only those before it and itself.
        attend_biases: whether queries, keys and values have biases.
        biases: whether the other products have.
        norm_biases: whether layer norms have.
        epsilon: added to a variance.
        rotary_base: of the slowest rotation.
        rotary_scaling: see `RotaryScaling`.
        longest: how many learned positions there are; 0 without.
        position_offset: the number of the first token's position (RoBERTa: 2).
        segments: how many kinds of segments have a vector; 0 without.
        embed_norm: whether a norm stands behind the embedding (BERT).
        tied: whether a language model's output layer is the token table, turned.
        dropout: whether there is any; its rate is a number of the run.
        rematerialise: whether a block's inner values are computed anew for the gradient.
    """

    layers: int
    width: int
    heads: int
    key_heads: int
    head_width: int
    hidden: int
    norm: str = "layer"
    norm_place: str = "pre"
    positions: str = "learned"
    activation: str = "gelu"
    causal: bool = False
    attend_biases: bool = True
    biases: bool = True
    norm_biases: bool = True
    epsilon: float = 1e-5
    rotary_base: float = 10_000.0
    rotary_scaling: RotaryScaling | None = None
    longest: int = 0
    position_offset: int = 0
    segments: int = 0
    embed_norm: bool = False
    tied: bool = True
    dropout: bool = False
    rematerialise: bool = False

    def pairs(self) -> tuple[tuple[str, Any], ...]:
        """Names and values, as plain data."""
        return tuple((field.name, _plain(getattr(self, field.name))) for field in fields(self))

    @classmethod
    def of(cls, pairs: tuple[tuple[str, Any], ...]) -> Shape:
        """The shape that `pairs` described."""
        values = dict(pairs)
        if values.get("rotary_scaling") is not None:
            values["rotary_scaling"] = RotaryScaling(*values["rotary_scaling"])
        return cls(**values)

    @property
    def attended(self) -> int:
        """Columns of queries, keys and values side by side."""
        return (self.heads + 2 * self.key_heads) * self.head_width

    @property
    def gated(self) -> bool:
        """Whether the first dense layer holds a gate beside its values."""
        return self.activation == "swiglu"


def _plain(value: Any) -> Any:
    return astuple(value) if isinstance(value, RotaryScaling) else value
