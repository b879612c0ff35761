"""A text cut into what speaks for an answer, what against it, and what is between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

AROUND = 60  # characters shown on each side of a strong token, where a text is cut
BRIDGED = 30  # characters between two shown places that are shown rather than left out
LONGEST_PIECE = 200  # characters of one token, or between two, in a text that is cut
FAINT = 0.06  # of the strongest token: below, none is coloured


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    Attributes:
        text: its characters; of a place that was left out "…".
        value: what it added to the output; None where there is no token.
        read: whether the model read so far.
    """

    text: str
    value: float | None = None
    read: bool = True


def pieces(
    text: str, spans: np.ndarray, values: np.ndarray, read: int, gap: tuple[int, int] = (0, 0)
) -> list[Piece]:
    """All of a text, in order.

    Args:
        text: the text.
        spans: int64 (tokens, 2), where each token stands.
        values: float64 (tokens,), what each added to the output; those in one place add up.
        read: the character from which on nothing was read.
        gap: between which characters before that nothing was read either.
    """
    found: list[Piece] = []
    behind = 0
    for begin, end, value in _places(spans, values):
        if begin > behind:
            found += _between(text, behind, begin, gap)
        inside = text[begin:end]
        blanks = len(inside) - len(inside.lstrip())
        if 0 < blanks < len(inside):
            found.append(Piece(inside[:blanks]))
            inside = inside[blanks:]
        if inside:
            found.append(Piece(inside, value))
        behind = max(behind, end)
    if behind < read:
        found += _between(text, behind, read, gap)
    if read < len(text):
        found.append(Piece(text[read:], read=False))
    return found


def _between(text: str, begin: int, end: int, gap: tuple[int, int]) -> list[Piece]:
    """What stands between two tokens, of which a part may be unread."""
    first, last = (min(max(place, begin), end) for place in gap)
    parts = [
        Piece(text[begin:first]), Piece(text[first:last], read=False), Piece(text[last:end])
    ]  # fmt: skip
    return [part for part in parts if part.text]


def _places(spans: np.ndarray, values: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """The places, each once, with what their tokens added together."""
    begin = end = 0
    total: float | None = None
    for (first, last), value in zip(spans.tolist(), values.tolist(), strict=True):
        if total is not None and first < end:  # parts of one character
            end, total = max(end, last), total + value
            continue
        if total is not None:
            yield begin, end, total
        begin, end, total = first, last, value
    if total is not None:
        yield begin, end, total


def strongest(found: Sequence[Piece]) -> float:
    """The largest of the values, without their signs; above 0."""
    return max((abs(piece.value) for piece in found if piece.value is not None), default=0) or 1.0


def share(piece: Piece, most: float) -> float:
    """How strong a piece is beside the strongest, from -1 to 1; 0 for those that hardly matter."""
    part = 0.0 if piece.value is None else max(-1.0, min(1.0, piece.value / most))
    return part if abs(part) >= FAINT else 0.0


def excerpt(found: Sequence[Piece], longest: int) -> list[Piece]:
    """The same, of which so many characters are left, those around the strongest tokens."""
    if sum(len(piece.text) for piece in found) <= longest:
        return list(found)
    short = [_shortened(piece) for piece in found]
    sizes = [len(piece.text) for piece in short]
    kept = np.zeros(len(short), bool)
    strength = np.array([abs(piece.value or 0.0) for piece in short])
    left = longest
    for place in np.argsort(-strength, kind="stable").tolist():
        window = [n for n in _window(sizes, place) if not kept[n]]
        cost = sum(sizes[n] for n in window)
        if cost > left and kept.any():
            break
        kept[window], left = True, left - cost
    _bridge(kept, sizes)
    shown: list[Piece] = []
    for place, piece in enumerate(short):
        if kept[place]:
            shown.append(piece)
        elif not shown or kept[place - 1]:
            shown.append(Piece(" … " if shown else "… ", read=piece.read))
    return shown


def _shortened(piece: Piece) -> Piece:
    if len(piece.text) <= LONGEST_PIECE:
        return piece
    half = LONGEST_PIECE // 2
    return Piece(f"{piece.text[:half]}…{piece.text[-half:]}", piece.value, piece.read)


def _window(sizes: Sequence[int], place: int) -> range:
    """The pieces around one."""
    first, left = place, AROUND
    while first > 0 and sizes[first - 1] <= left:
        first -= 1
        left -= sizes[first]
    last, left = place, AROUND
    while last + 1 < len(sizes) and sizes[last + 1] <= left:
        last += 1
        left -= sizes[last]
    return range(first, last + 1)


def _bridge(kept: np.ndarray, sizes: Sequence[int]) -> None:
    """Keep what lies between two kept places that are close together."""
    there = np.flatnonzero(kept)
    for before, after in zip(there[:-1].tolist(), there[1:].tolist(), strict=True):
        if after - before > 1 and sum(sizes[before + 1 : after]) <= BRIDGED:
            kept[before:after] = True
