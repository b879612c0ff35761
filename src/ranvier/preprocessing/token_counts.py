"""How often tokens come, and which after which: the simplest language models.

A pair's probability is interpolated by absolute discounting (Ney, Essen and Kneser 1994):

    p(b | a) = max(count(a b) - D, 0) / count(a) + D · kinds(a) / count(a) · p(b)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

DISCOUNT = 0.75  # D
MOST_TOKENS = 20_000_000  # that are counted
MOST_PAIRS = 200_000  # that are kept, the most frequent ones
DENSE = 1 << 24  # pairs there may be, for all of which there is a counter


class TokenCounts:
    """Of a stream of tokens.

    Attributes:
        single: int64 (vocabulary,), how often each comes as the next one.
        pairs: int64 (pairs,), the first token times the vocabulary plus the second; ascending.
        together: int64 (pairs,), how often.
    """

    def __init__(self, single: Array, pairs: Array, together: Array) -> None:
        self.single, self.pairs, self.together = single, pairs, together
        size = len(single)
        self._share = (single + 1.0) / (single.sum() + size)  # one more of each: none is impossible
        before = pairs // size
        self._total = np.bincount(before, together, size)
        self._kinds = np.bincount(before, minlength=size)
        self._usual = np.full(size, int(np.argmax(single)))
        order = np.lexsort((-pairs, together))  # the last of a token's is its most frequent
        self._usual[before[order]] = pairs[order] % size

    @classmethod
    def of(cls, before: Array, after: Array, vocabulary: int) -> TokenCounts:
        """Count tokens and those that follow them, both int (tokens,)."""
        before, after = before[:MOST_TOKENS], after[:MOST_TOKENS]
        single = np.bincount(after, minlength=vocabulary).astype(np.int64)
        codes = before.astype(np.int64) * vocabulary + after
        if vocabulary**2 <= DENSE:
            dense = np.bincount(codes, minlength=1)
            pairs = np.flatnonzero(dense)
            together = dense[pairs]
        else:
            pairs, together = np.unique(codes, return_counts=True)
        if len(pairs) > MOST_PAIRS:
            kept = np.sort(np.argsort(-together, kind="stable")[:MOST_PAIRS])
            pairs, together = pairs[kept], together[kept]
        return cls(single, pairs.astype(np.int64), together.astype(np.int64))

    def alone(self, before: Array, after: Array) -> tuple[Array, Array]:
        """By how often each comes: the nats of these tokens, float64, and which are right, bool."""
        del before
        return -np.log(self._share[after]), after == np.argmax(self.single)

    def by_token_before(self, before: Array, after: Array) -> tuple[Array, Array]:
        """By the token before: the nats of these tokens, float64, and which are right, bool."""
        codes = before.astype(np.int64) * len(self.single) + after
        place = np.minimum(np.searchsorted(self.pairs, codes), max(0, len(self.pairs) - 1))
        count = np.zeros(len(codes))
        if len(self.pairs):
            count = np.where(self.pairs[place] == codes, self.together[place], 0)
        total, kinds = self._total[before], self._kinds[before]
        rest = np.where(total > 0, DISCOUNT * kinds / np.maximum(total, 1), 1.0)
        seen = np.maximum(count - DISCOUNT, 0) / np.maximum(total, 1)
        return -np.log(seen + rest * self._share[after]), after == self._usual[before]

    def to_tensors(self) -> dict[str, Array]:
        """By name."""
        return {"single": self.single, "pairs": self.pairs, "together": self.together}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Array], vocabulary: int) -> TokenCounts:
        """The same.

        Raises:
            KeyError, TypeError, ValueError: they do not fit together.
        """
        names = ("single", "pairs", "together")
        single, pairs, together = (np.asarray(tensors[name]).astype(np.int64) for name in names)
        if single.shape != (vocabulary,) or pairs.ndim != 1 or pairs.shape != together.shape:
            raise ValueError(single.shape)
        if single.min() < 0 or together.min(initial=1) < 1 or (np.diff(pairs) <= 0).any():
            raise ValueError("counts")
        if len(pairs) and not (pairs[0] >= 0 and pairs[-1] < vocabulary**2):
            raise ValueError("pairs")
        return cls(single, pairs, together)
