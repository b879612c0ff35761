"""Where the tokens of texts stand in them, and in the rows that a network reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.texts import Texts
from ranvier.preprocessing.framing import Frame, longest_first
from ranvier.preprocessing.spans import spans
from ranvier.preprocessing.tokens import Tokens

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Places:
    """The tokens of one text that are read, without the marks around it.

    Attributes:
        text: the text; of a pair both, the second below the first.
        spans: int64 (tokens, 2): between which characters each stands.
        kept: int64 (tokens,): its place in the network's row, in which there are marks.
        read: the character from which on nothing is read.
        gap: between which characters before that nothing is read either, of a pair.
    """

    text: str
    spans: Array
    kept: Array
    read: int
    gap: tuple[int, int] = (0, 0)


def places_of(tokens: Tokens, texts: Texts, most: int, frame: Frame | None) -> list[Places]:
    """Of each text, or pair of texts.

    Args:
        tokens: what they are cut by.
        texts: which.
        most: tokens of a row that are read, marks among them.
        frame: what stands around; None: nothing.
    """
    first = texts.values.to_list()
    if texts.second is None or frame is None:
        return [_single(tokens, text, most, frame) for text in first]
    both = zip(first, texts.second.to_list(), strict=True)
    return [_pair(tokens, one, other, most, frame) for one, other in both]


def _single(tokens: Tokens, text: str, most: int, frame: Frame | None) -> Places:
    marks = 0 if frame is None else frame.marks(pairs=False)
    every = spans(tokens, text, least=1 if frame is None else 0)
    found, read = _cut(text, every, most - marks)
    return Places(text, found, np.arange(len(found)) + (marks > 0), read)


def _pair(tokens: Tokens, one: str, other: str, most: int, frame: Frame) -> Places:
    every = [spans(tokens, text, least=0) for text in (one, other)]
    room = most - frame.marks(pairs=True)
    sizes = longest_first(np.array([len(every[0])]), np.array([len(every[1])]), room)
    first, read = _cut(one, every[0], int(sizes[0][0]))
    second, behind = _cut(other, every[1], int(sizes[1][0]))
    offset = len(one) + 1
    begin = 1 + len(first) + frame.between
    return Places(
        text=f"{one}\n{other}",
        spans=np.concatenate([first, second + offset]),
        kept=np.concatenate([1 + np.arange(len(first)), begin + np.arange(len(second))]),
        read=offset + behind,
        gap=(read, len(one)),
    )


def _cut(text: str, every: Array, room: int) -> tuple[Array, int]:
    """The spans that are read, and the character from which on nothing is."""
    if len(every) <= room:
        return every, len(text)
    return every[:room], int(every[room - 1, 1]) if room > 0 else 0
