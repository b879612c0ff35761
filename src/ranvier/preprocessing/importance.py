"""How much each token of a text weighs: tf-idf (Salton and Buckley 1988)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.preprocessing.marks import PADDING, UNKNOWN

Array = np.ndarray[Any, Any]


def documents_of(flat: Array, starts: Array, vocabulary: int) -> Array:
    """In how many texts each token is: int64 (vocabulary,).

    Args:
        flat: int32 (tokens,), all texts' tokens, one after the other.
        starts: int64 (N + 1,), where each text begins.
        vocabulary: how many numbers tokens have.
    """
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    pairs = np.sort(row * vocabulary + flat)
    distinct = pairs[np.diff(pairs, prepend=-1) > 0]
    return np.bincount(distinct % vocabulary, minlength=vocabulary).astype(np.int64)


def rarity(documents: Array, count: int) -> Array:
    """float32 (vocabulary,): how rare each token is, ln((1 + N) / (1 + n)) + 1; 0 for padding.

    Args:
        documents: int (vocabulary,), n: how many training texts hold each token.
        count: N, how many there are.
    """
    rare = np.log((1.0 + count) / (1.0 + documents)) + 1.0
    rare[PADDING] = 0.0
    found: Array = rare.astype(np.float32)
    return found


def importance(flat: Array, starts: Array, idf: Array) -> Array:
    """How much each token weighs in its text, float32 (tokens,).

    A token that stands c times in a text has the weight (1 + ln c) idf there, shared among its
    places; a text's weights are a vector of length 1. Unknown tokens weigh nothing.

    Args:
        flat: int32 (tokens,), all texts' tokens, one after the other.
        starts: int64 (N + 1,), where each text begins.
        idf: float32 (vocabulary,).
    """
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    pairs, place, counts = np.unique(row * len(idf) + flat, return_inverse=True, return_counts=True)
    token = pairs % len(idf)
    weights = np.where(token == UNKNOWN, 0.0, (1.0 + np.log(counts)) * idf[token])
    lengths = np.sqrt(np.bincount(pairs // len(idf), weights**2, minlength=len(starts) - 1))
    each = weights / counts / np.maximum(lengths[pairs // len(idf)], 1e-12)
    found: Array = each[place].astype(np.float32)
    return found
