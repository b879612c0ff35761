"""Plain texts to learn a language from: a value, without a target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ranvier.data.texts import Texts

Array = np.ndarray[Any, Any]

# Characters of a line that are one row: longer ones are several, so that an end can be held out.
SHORTEST_PIECE, LONGEST_PIECE = 20, 1000
PIECES = 100  # that there are at least, where the text is long enough
HELD_OUT = 0.1  # of the characters of a book, at its end


@dataclass(frozen=True, eq=False)
class Corpus(Texts):
    """Texts that are read for their own sake.

    Attributes:
        joined: whether the rows follow one another, as the lines of a book do, their ends kept; a
            row is a line, or a piece of a long one. Else each row is a text of its own.
    """

    joined: bool = False

    @classmethod
    def book(cls, text: str) -> Corpus:
        """One long text, whose line ends become those of Unix."""
        import polars as pl

        whole = text.encode("utf-8", "replace").decode()
        whole = whole.replace("\r\n", "\n").replace("\r", "\n")
        pieces = list(_pieces(whole))
        return cls(pl.Series("text", pieces, dtype=pl.String), joined=True)

    def __getitem__(self, index: Any) -> Corpus:
        """Some of the rows (numbers, a mask or a slice), in the given order."""
        chosen = super().__getitem__(index)
        assert isinstance(chosen, Corpus)
        return chosen

    @property
    def text(self) -> str:
        """All rows, one after the other."""
        return "".join(self.values.to_list())

    @property
    def characters(self) -> int:
        """How many all rows have."""
        return int(self.values.str.len_chars().sum())

    @property
    def about(self) -> str:
        """Such as "a text of 1,115,394 characters in 40,000 lines"."""
        if not self.joined:
            return super().about
        lines = int(self.values.str.count_matches("\n").sum())
        lines += bool(len(self)) and not str(self.values[-1]).endswith("\n")
        plural = "s" * (lines != 1)
        return f"a text of {self.characters:,} characters in {lines:,} line{plural}"

    def last(self, fraction: float | None = None) -> Array:
        """The rows at the end that hold this share of a book's characters, int64; one is left.

        None: `HELD_OUT`.
        """
        fraction = HELD_OUT if fraction is None else fraction
        sizes = self.values.str.len_chars().to_numpy().astype(np.int64)
        before = np.cumsum(sizes)  # through each row
        wanted = before[-1] * (1 - fraction) if len(sizes) else 0
        first = max(1, int(np.searchsorted(before, wanted, side="left")) + 1)
        return np.arange(first, len(self), dtype=np.int64)

    def plain(self) -> Texts:
        """The same as texts that each have an answer: of a book, its lines that are not blank."""
        if not self.joined:
            return Texts(self.values, self.names, sources=self.sources)
        lines = [line for line in self.text.split("\n") if line and not line.isspace()]
        return Texts.of(lines or [""])


def corpus_of(texts: Texts) -> Corpus:
    """Texts as a corpus; a single one is a book."""
    if isinstance(texts, Corpus):
        return texts
    if len(texts) == 1:
        return replace(Corpus.book(str(texts.values[0])), sources=texts.sources)
    return Corpus(texts.values, texts.names, sources=texts.sources)


def _pieces(text: str) -> Iterator[str]:
    """The lines with their ends, long ones cut behind a blank."""
    most = min(LONGEST_PIECE, max(SHORTEST_PIECE, len(text) // PIECES))
    for match in re.finditer(r"[^\n]*\n|[^\n]+", text):
        line = match.group()
        while len(line) > most:
            cut = line.rfind(" ", 1, most) + 1 or most
            yield line[:cut]
            line = line[cut:]
        yield line
