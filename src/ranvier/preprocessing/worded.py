"""Texts of words that have an answer each: their tokens, and where each word begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ranvier.data.step_labels import StepLabels
from ranvier.preprocessing.ragged import Ragged
from ranvier.preprocessing.tokens import Tokens

Array = np.ndarray[Any, Any]


def pieces(rows: Iterable[tuple[str, ...]]) -> tuple[list[str], Array]:
    """All words as texts that are cut by themselves, and how many each row has, int64 (N,).

    A word that is not the first of its row has a blank before it, which counts in byte pairs.
    """
    texts: list[str] = []
    counts: list[int] = []
    for row in rows:
        counts.append(len(row))
        texts.extend(word if place == 0 else f" {word}" for place, word in enumerate(row))
    return texts, np.array(counts, np.int64)


def begins(tokens: Tokens, starts: Array, counts: Array) -> tuple[Array, Array, Array]:
    """Where rows and words begin.

    Args:
        tokens: the tokenizer.
        starts: int64 (words + 1,), where each word's tokens begin, of all rows.
        counts: int64 (N,), how many words each row has.

    Returns:
        Where each row begins, int64 (N + 1,); the row of each word, int64 (words,); and the place
        in its row of each word's first token, int64 (words,).
    """
    first = np.concatenate([[0], np.cumsum(counts)])
    rows = starts[first]
    row = np.repeat(np.arange(len(counts)), counts)
    place = starts[:-1] - rows[row]
    if tokens.kind == "characters":  # the blank before a word is a token of its own
        place = place + ((place > 0) & (np.diff(starts) > 1))
    return rows, row, place


def marked(place: Array, row: Array, counts: Array, starts: Array) -> Array:
    """The number of the word, from 1, at its first token, and 0 elsewhere: int32 (tokens,).

    Args:
        place: int64 (words,), of each word's first token in its row, without marks.
        row: int64 (words,), its row.
        counts: int64 (N,), how many words each row has.
        starts: int64 (N + 1,), where each row begins, of rows between a start and an end; words
            behind a row's end are not read.
    """
    found = np.zeros(int(starts[-1]), np.int32)
    read = place + 1 < np.diff(starts)[row] - 1
    number = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    found[(starts[row] + place + 1)[read]] = number[read]
    return found


def at_words(codes: Array, labels: StepLabels, inputs: Mapping[str, Any]) -> Ragged:
    """The codes of words at the steps of their first tokens, and -1 elsewhere.

    Args:
        codes: int32 (words,), of all words, one row after the other.
        labels: the labels that they are of.
        inputs: of a network, with the rows "words" of `marked`.

    Returns:
        int32 rows of (steps,), padded as the inputs are.
    """
    words: Ragged = inputs["words"]
    flat = np.full(len(words.flat), -1, np.int32)
    row = np.repeat(np.arange(len(words.starts) - 1), np.diff(words.starts))
    read = words.flat > 0
    first = np.cumsum(labels.lengths) - labels.lengths
    flat[read] = codes[first[row[read]] + words.flat[read] - 1]
    return Ragged(flat, words.starts, words.edges, words.rows)
