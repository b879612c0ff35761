"""What shapes a transformer: equal builders share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flax import nnx

from ranvier.families.transformer.shape import Shape
from ranvier.layers.bag_of_words import RATE
from ranvier.specification import InputSpec, OutputSpec

if TYPE_CHECKING:
    from ranvier.families.sequential.forecasting.network import ForecastNetwork
    from ranvier.families.transformer.language import LanguageNetwork
    from ranvier.families.transformer.network import TransformerNetwork
    from ranvier.families.transformer.numeric import NumericNetwork

CAUSAL, MASKED, EMBEDDING = "language_model", "masked_language_model", "embedding"
LANGUAGE = (CAUSAL, MASKED, EMBEDDING)


@dataclass(frozen=True)
class TransformerBuilder:
    """See `TransformerHyperparameters`.

    Attributes:
        shape: of the stack.
        language: one of `LANGUAGE` where the network speaks of its own tokens; else empty.
        pooling: what of the tokens' vectors goes on, where a row has one answer.
        pooler: "tanh" or "relu": a dense layer between that vector and the output layer, as
            published classifiers have; empty: none.
        bag: whether a linear layer over the weighed words stands beside.
        rank: of the low-rank pairs; 0: none.
        head_rate, bag_rate: how fast the output layer and the weighed words learn, beside the rest.
        others: how much the logits of the weighed words count beside those of the stack.
        patch: steps of numbers that stand together as one token.
    """

    inputs: InputSpec
    outputs: OutputSpec
    shape: Shape
    language: str = ""
    pooling: str = "mean"
    pooler: str = ""
    bag: bool = False
    rank: int = 0
    head_rate: float = 1.0
    bag_rate: float = RATE
    others: float = 2.0
    patch: int = 1

    def __call__(
        self, rngs: nnx.Rngs
    ) -> LanguageNetwork | TransformerNetwork | NumericNetwork | ForecastNetwork:
        """A network with fresh weights."""
        if self.language:
            from ranvier.families.transformer.language import LanguageNetwork

            return LanguageNetwork(self, rngs=rngs)
        if self.inputs.window is not None:
            from ranvier.families.transformer.numeric import forecaster

            return forecaster(self, rngs=rngs)
        if not self.inputs.vocabulary:
            from ranvier.families.transformer.numeric import NumericNetwork

            return NumericNetwork(self, rngs=rngs)
        from ranvier.families.transformer.network import TransformerNetwork

        return TransformerNetwork(self, rngs=rngs)

    @property
    def places(self) -> int:
        """Tokens of the longest row in training, or patches of its steps; 1 at least."""
        window = self.inputs.window
        steps = self.inputs.steps if window is None else window.context
        return max(1, -(-steps // self.patch))
