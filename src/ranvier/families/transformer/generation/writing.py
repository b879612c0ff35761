"""Several texts written at once: which tokens each has, and what the network sees of them.

A text that has outgrown the context is read again from the last half of it, and goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.transformer.generation.decoder import Decoder
from ranvier.families.transformer.generation.program import MOST, State, with_slots
from ranvier.families.transformer.generation.sampling import Chances, let_through, penalised
from ranvier.families.transformer.generation.settings import Asked

RUN_SECONDS = 0.1  # between two pieces of a text
FIRST_RUN = 8


class Writer:
    """Goes on with texts, some tokens at a time.

    Args:
        decoder: the model.
        texts: the tokens of each, at least one.
        asked: how they are written.

    Attributes:
        ended: bool (texts,): which have ended; whoever reads along may say so too.
    """

    def __init__(self, decoder: Decoder, texts: Sequence[Sequence[int]], asked: Asked) -> None:
        self._decoder, self._texts = decoder, len(texts)
        rows = 1 << (len(texts) - 1).bit_length()
        context = decoder.context
        # Rows that fill the batch up are of one token, and have ended.
        whole = [list(text) for text in texts] + [[0]] * (rows - len(texts))
        self._windows = [text[-context:] for text in whole]
        self.ended = np.arange(rows) >= len(texts)
        seen = np.zeros((rows, decoder.vocabulary), bool)
        for row, text in enumerate(whole):
            seen[row, text] = True
        self._seen = jnp.asarray(seen)
        self._count, self._slot, self._slots = 0, 0, 0
        self._state: State | None = None
        self._run = FIRST_RUN
        size = decoder.vocabulary
        self._chances = Chances(
            jnp.float32(asked.temperature),
            jnp.int32(size if asked.top_k is None else min(size, asked.top_k)),
            jnp.float32(1.0 if asked.top_p is None else asked.top_p),
            jnp.float32(asked.repetition_penalty),
            jnp.asarray((asked.seed + np.arange(rows)) % 2**32, jnp.uint32),
        )

    def more(self, most: int) -> np.ndarray[Any, Any]:
        """The next tokens of each text, at least one and at most `most`: int32 (texts, tokens).

        What follows a text's end is of no account.
        """
        began = time.perf_counter()
        state = self._ready()
        slot, context = self._slot, self._decoder.context
        # The last token of a full context needs no slot: what follows is read again.
        steps = min(most, self._run, self._slots - slot + (self._slots == context))
        state = state._replace(ended=jnp.asarray(self.ended))
        self._state, written = self._decoder.write(state, self._chances, steps)
        count = int(self._state.written) - self._count
        told = np.asarray(written)[:, :count]
        for window, tokens in zip(self._windows, told.tolist(), strict=True):
            window.extend(tokens)
        self._count, self._slot = self._count + count, slot + count
        # How long a run is changes no token: chance depends on their number alone.
        fits = int(count * RUN_SECONDS / (time.perf_counter() - began))
        self._run = max(1, min(MOST, 4 * self._run, fits))
        return told[: self._texts]

    def shares(self) -> np.ndarray[Any, Any]:
        """How likely each token is to be the next one: float32 (texts, vocabulary)."""
        state = self._ready()
        return np.asarray(_shares(state.scores, state.seen, self._chances))[: self._texts]

    def _ready(self) -> State:
        """The state before the next token, with a slot for it."""
        state = self._state
        if state is None or self._slot > self._decoder.context:
            state = self._state = self._read()
        elif self._slot == self._slots < self._decoder.context:
            self._slots = self._decoder.slots(2 * self._slot, len(self.ended))
            state = self._state = state._replace(cache=with_slots(state.cache, self._slots))
        return state

    def _read(self) -> State:
        """Read all windows."""
        context = self._decoder.context
        half = max(1, context // 2)
        self._windows = [w[-half:] if len(w) > context else w for w in self._windows]
        longest = max(map(len, self._windows))
        steps = self._decoder.steps(longest)
        self._slot, self._slots = longest, self._decoder.slots(longest + 1, len(self.ended))
        empty = np.array([steps - len(window) for window in self._windows], np.int32)
        tokens = np.zeros((len(self._windows), steps), np.int32)
        for row, window in enumerate(self._windows):
            tokens[row, empty[row] :] = window
        seen = self._seen if self._state is None else self._state.seen
        scores, slot, kept = self._decoder.read(self._slots, tokens, empty)
        empty = empty - empty.min()
        ended, written = jnp.asarray(self.ended), jnp.int32(self._count)
        return State(scores, slot, written, jnp.asarray(empty), seen, ended, kept)


@jax.jit
def _shares(scores: jax.Array, seen: jax.Array, chances: Chances) -> jax.Array:
    temperature = jnp.where(chances.temperature > 0, chances.temperature, 1.0)
    scores = penalised(scores, seen, chances.repetition_penalty)
    return jax.nn.softmax(let_through(scores, chances._replace(temperature=temperature)), axis=1)
