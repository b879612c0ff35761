"""Where the tokens of a text stand in it."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from ranvier.preprocessing.tokens import Tokens

Array = np.ndarray[Any, Any]


def spans(tokens: Tokens, text: str, *, least: int = 1) -> Array:
    """Where each token stands: from one character to before another, int64 (tokens, 2).

    As many as `tokens.encode` gives with the same `least`. Parts of one character stand in the same
    place. Blanks before a word belong to its first part in byte pairs, and to no token among words.
    A sign that combines with the one before it, such as an accent, belongs to that one.
    """
    if not text:
        return np.zeros((least, 2), np.int64)
    if tokens.kind == "characters":
        places = np.arange(len(text))
        return np.stack([places, places + 1], axis=1)
    cut = tokens.tokenizer.encode(text, add_special_tokens=False)
    found = np.array(cut.offsets, np.int64).reshape(-1, 2)
    if not len(found):
        return np.zeros((least, 2), np.int64)
    found[:, 1] = _with_accents(text, found)
    return found


def _with_accents(text: str, found: Array) -> Array:
    """The ends (tokens,), behind the signs that were combined with the last character."""
    ends: Array = found[:, 1].copy()
    limits = [*found[1:, 0].tolist(), len(text)]
    for place, limit in enumerate(limits):
        while ends[place] < limit and unicodedata.combining(text[ends[place]]):
            ends[place] += 1
    for place in reversed(range(len(ends) - 1)):  # parts of one character end together
        if (found[place] == found[place + 1]).all():
            ends[place] = ends[place + 1]
    return ends
