"""What shapes a recurrent network: equal builders share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flax import nnx

from ranvier.specification import InputSpec, OutputSpec

if TYPE_CHECKING:
    from ranvier.families.rnn.network import RNNNetwork
    from ranvier.families.sequential.forecasting.network import ForecastNetwork


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

    def __call__(self, rngs: nnx.Rngs) -> RNNNetwork | ForecastNetwork:
        """A network with fresh weights."""
        if self.inputs.window is not None:
            from ranvier.families.rnn.stack import Stack
            from ranvier.families.sequential.forecasting.network import ForecastNetwork

            return ForecastNetwork(
                self.inputs,
                lambda rngs: Stack(self, rngs=rngs),
                self.activation,
                dropout=self.dropout,
                rngs=rngs,
            )
        from ranvier.families.rnn.network import RNNNetwork

        return RNNNetwork(self, rngs=rngs)

    @property
    def width(self) -> int:
        """Numbers of a step as the first layer sees it."""
        if self.inputs.window is not None:
            from ranvier.families.sequential.forecasting.network import step_width

            return step_width(self.inputs)
        return self.embedding if self.inputs.vocabulary else self.inputs.channels

    @property
    def steps(self) -> int:
        """Of the longest row; 1 at least."""
        window = self.inputs.window
        return max(1, self.inputs.steps if window is None else window.context)

    @property
    def each_step(self) -> bool:
        """Whether each step has an answer, so that nothing is pooled."""
        return self.outputs.each_step

    @property
    def directions(self) -> int:
        """2 where each layer reads both ways."""
        return 2 if self.bidirectional else 1
