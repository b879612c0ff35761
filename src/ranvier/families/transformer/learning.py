"""How a transformer learns language: the next token of a text, or those that are hidden.

A row of the inputs holds "tokens", int32 (context + 1 + jitter,), and where it holds several texts
"documents", int32 (context + 1,), 0 for padding. A row with more tokens than it needs is begun at
any of its first places, another one in each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ranvier.training.learner import Batch, Context

SEED = 0  # of the tokens that are hidden where a model is judged
RANDOM, KEPT = 0.1, 0.1  # of the hidden tokens: another one, or themselves (Devlin et al. 2019)

# Of each row: the sum of its losses, of its right answers, and how many tokens these are of.
Sums = tuple[jax.Array, jax.Array, jax.Array]


@dataclass(frozen=True)
class NextToken:
    """Each token from those before it.

    Attributes:
        context: tokens that are seen at once.
    """

    context: int

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The mean loss of the batch's tokens, and itself as the only metric."""
        rows = begun(batch["inputs"], self.context + 1, context.key)
        return _mean(self._sums(network, rows), batch["weights"])

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Sums over the tokens of validation rows."""
        return _named(self.of_rows(network, batch["inputs"]), batch["weights"])

    def of_rows(self, network: Any, inputs: Any) -> Sums:
        """Of each row, (batch,)."""
        return self._sums(network, begun(inputs, self.context + 1, None))

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """(loss, loss)."""
        return jnp.stack([means["loss"], means["loss"]])

    def _sums(self, network: Any, rows: dict[str, jax.Array]) -> Sums:
        tokens, documents = rows["tokens"], rows.get("documents")
        seen = {name: array[:, :-1] for name, array in rows.items()}
        logits = network(seen)  # (batch, context, vocabulary)
        counts = jnp.ones((tokens.shape[0], self.context), jnp.float32)
        if documents is not None:  # a text's first token does not follow from the text before
            same = (documents[:, :-1] == documents[:, 1:]) & (documents[:, 1:] > 0)
            counts = same.astype(jnp.float32)
        return scored(logits, tokens[:, 1:], counts)


@dataclass(frozen=True)
class HiddenToken:
    """Tokens that are hidden, from all others (Devlin et al. 2019).

    Of those chosen, 80 % become the mask, 10 % another token, and 10 % stay as they are.

    Attributes:
        context: tokens that are seen at once.
        share: of the tokens that are chosen.
        mask: the number of the token that hides.
        marks: numbers that are never chosen: of padding, and of what begins and ends a text.
        vocabulary: how many tokens there are.
    """

    context: int
    share: float
    mask: int
    marks: tuple[int, ...]
    vocabulary: int

    def __call__(
        self, network: Any, batch: Batch, context: Context
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """The mean loss of the hidden tokens, and itself as the only metric."""
        first, second = jax.random.split(context.key)
        rows = begun(batch["inputs"], self.context, first)
        return _mean(self._sums(network, rows, second), batch["weights"])

    def sums(self, network: Any, batch: Batch) -> dict[str, jax.Array]:
        """Sums over the hidden tokens of validation rows, the same ones each time."""
        return _named(self.of_rows(network, batch["inputs"]), batch["weights"])

    def of_rows(self, network: Any, inputs: Any) -> Sums:
        """Of each row, (batch,)."""
        return self._sums(network, begun(inputs, self.context, None), jax.random.key(SEED))

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """(loss, loss)."""
        return jnp.stack([means["loss"], means["loss"]])

    def _sums(self, network: Any, rows: dict[str, jax.Array], key: jax.Array) -> Sums:
        tokens, documents = rows["tokens"], rows.get("documents")
        order, fate, other = jax.random.split(key, 3)
        free = jnp.ones(tokens.shape, bool) if documents is None else documents > 0
        for mark in self.marks:
            free &= tokens != mark
        # As many in each row, so that the output layer looks at these alone.
        count = max(1, round(self.share * self.context))
        luck = jnp.where(free, jax.random.uniform(order, tokens.shape), -1.0)
        drawn, places = jax.lax.top_k(luck, count)  # (batch, count)
        aims = jnp.take_along_axis(tokens, places, axis=1)
        dice = jax.random.uniform(fate, places.shape)
        strange = jax.random.randint(other, places.shape, 0, self.vocabulary)
        shown = jnp.where(dice < RANDOM, strange, jnp.where(dice < RANDOM + KEPT, aims, self.mask))
        shown = jnp.where(drawn >= 0, shown, aims)
        row = jnp.arange(tokens.shape[0])[:, None]
        hidden = network.hidden({**rows, "tokens": tokens.at[row, places].set(shown)})
        chosen = jnp.take_along_axis(hidden, places[..., None], axis=1)  # (batch, count, d)
        return scored(network.logits(chosen), aims, (drawn >= 0).astype(jnp.float32))


def begun(inputs: Any, tokens: int, key: jax.Array | None) -> dict[str, jax.Array]:
    """The rows cut to so many tokens; begun anywhere by `key`, at their start without."""
    whole = inputs["tokens"]
    spare = whole.shape[1] - tokens
    if key is None or spare <= 0 or "documents" in inputs:
        return {
            name: inputs[name][:, :tokens] for name in ("tokens", "documents") if name in inputs
        }
    starts = jax.random.randint(key, (whole.shape[0],), 0, spare)
    places = starts[:, None] + jnp.arange(tokens, dtype=jnp.int32)[None]
    return {"tokens": jnp.take_along_axis(whole, places, axis=1)}


def scored(logits: jax.Array, aims: jax.Array, counts: jax.Array) -> Sums:
    """Sums over each row's tokens, each counted as often as `counts` says.

    Args:
        logits: (batch, steps, vocabulary).
        aims: int32 (batch, steps), the tokens that are right.
        counts: float32 (batch, steps).
    """
    logits = logits.astype(jnp.float32)
    places = jax.lax.broadcasted_iota(jnp.int32, logits.shape, logits.ndim - 1)
    picked = jnp.sum(jnp.where(places == aims[..., None], logits, 0.0), axis=-1)
    losses = jax.nn.logsumexp(logits, axis=-1) - picked
    right = jnp.argmax(logits, axis=-1) == aims
    return (
        jnp.sum(losses * counts, axis=1),
        jnp.sum(right * counts, axis=1),
        jnp.sum(counts, axis=1),
    )


def _mean(sums: Sums, weights: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
    loss = (sums[0] @ weights) / jnp.maximum(sums[2] @ weights, 1e-9)
    return loss, {"loss": loss}


def _named(sums: Sums, weights: jax.Array) -> dict[str, jax.Array]:
    names = ("loss", "accuracy", "weight")
    return {name: total @ weights for name, total in zip(names, sums, strict=True)}
