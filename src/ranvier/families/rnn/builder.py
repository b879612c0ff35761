"""What shapes a recurrent network: equal builders share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flax import nnx

from ranvier.specification import InputSpec, OutputSpec

if TYPE_CHECKING:
    from ranvier.families.rnn.network import RNNNetwork


@dataclass(frozen=True)
class RNNBuilder:
    """See `RNNHyperparameters`."""

    inputs: InputSpec
    outputs: OutputSpec
    cell: str
    units: tuple[int, ...]
    bidirectional: bool
    pooling: str
    hidden: tuple[int, ...]
    activation: str
    dropout: bool
    convolutions: tuple[int, ...] = ()
    bag: bool = False
    embedding: int = 0
    token_dropout: float = 0.0
    noise: float = 0.0

    def __call__(self, rngs: nnx.Rngs) -> RNNNetwork:
        """A network with fresh weights."""
        from ranvier.families.rnn.network import RNNNetwork

        return RNNNetwork(self, rngs=rngs)

    @property
    def width(self) -> int:
        """Numbers of a step as the first layer sees it."""
        return self.embedding if self.inputs.vocabulary else self.inputs.channels

    @property
    def directions(self) -> int:
        """2 where each layer reads both ways."""
        return 2 if self.bidirectional else 1
