"""A corpus as a stream of tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ranvier.data.corpus import Corpus
from ranvier.preprocessing.tokens import Tokens

Array = np.ndarray[Any, Any]

BLOCK = 100_000  # characters of a book that are cut into tokens together
TOGETHER = 4_000_000  # characters of texts that are

# No token reaches across the place before a blank that follows no blank.
_BEFORE_BLANKS = re.compile(r"(?<=\S)(?=[ \n\r\t])")


def blocks(text: str, size: int = BLOCK) -> list[str]:
    """A text in parts of about `size` characters, whose tokens are those of the whole."""
    parts, begin = [], 0
    while len(text) - begin > size:
        found = _BEFORE_BLANKS.search(text, begin + size)
        if found is None:
            break
        parts.append(text[begin : found.start()])
        begin = found.start()
    return [*parts, text[begin:]]


def texts_of(corpus: Corpus) -> list[str]:
    """The texts that tokens are learned from: of a book, its blocks."""
    return blocks(corpus.text) if corpus.joined else corpus.values.to_list()


def documents_of(tokens: Tokens, corpus: Corpus) -> tuple[Array, Array]:
    """All tokens, int32, and where each document begins, and the end: int64 (documents + 1,).

    A book is one document. A text without tokens is a document of none.
    """
    texts = texts_of(corpus)
    whole = corpus.text if corpus.joined and tokens.kind == "characters" else None
    if whole is not None:
        flat, starts = tokens.encode([whole], least=0)
        return flat, starts
    flat, starts = _encoded(tokens, texts)
    return (flat, starts[[0, -1]]) if corpus.joined else (flat, starts)


def _encoded(tokens: Tokens, texts: Sequence[str]) -> tuple[Array, Array]:
    found: list[Array] = [np.zeros(0, np.int32)]
    lengths: list[Array] = [np.zeros(1, np.int64)]
    begin = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= TOGETHER or place == len(texts) - 1:
            flat, starts = tokens.encode(texts[begin : place + 1], least=0)
            found.append(flat)
            lengths.append(np.diff(starts))
            begin, size = place + 1, 0
    return np.concatenate(found), np.cumsum(np.concatenate(lengths))
