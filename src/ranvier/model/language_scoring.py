"""How well a model of language tells tokens: the metrics of its tasks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ranvier.errors import DataError
from ranvier.preprocessing.token_targets import perplexity


@dataclass(frozen=True)
class Told:
    """Sums over the tokens of some texts.

    Attributes:
        nats: of their losses, each minus the logarithm of the token's probability.
        right: how many were the likeliest one.
        tokens: how many there are.
        characters: that the texts have; 0 where the tokens are not all of them.
    """

    nats: float
    right: float
    tokens: float
    characters: int = 0


def language_scores(told: Told) -> dict[str, float]:
    """The metrics by name, and the loss: nats a token.

    Bits per character compare models whose tokens differ; perplexities do not.

    Raises:
        DataError: there is no token that could be told.
    """
    if not told.tokens:
        raise DataError(
            "The text is too short to be judged: it needs two tokens, of which one can be told "
            "from the other."
        )
    tokens = told.tokens
    loss = told.nats / tokens
    scores = {"perplexity": perplexity(loss)}
    if told.characters:
        scores["bits_per_character"] = told.nats / math.log(2.0) / told.characters
    return {**scores, "accuracy": told.right / tokens, "loss": loss}
