"""Texts -> tokens: words, parts of words or characters, by a tokenizer of HF `tokenizers`.

words        in small letters, each sign of punctuation by itself, accents kept; the most frequent
             that were seen at least twice are known
bpe          parts of words, learned from the data: the bytes and their most frequent mergers
             (Sennrich et al. 2016; on bytes as in GPT-2, Radford et al. 2019)
characters   each by itself
wordpiece    parts of words in small letters without accents, as in BERT (Devlin et al. 2019)
published    as a `tokenizer.json` says that others made
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError
from ranvier.preprocessing import published
from ranvier.preprocessing.chunks import spread
from ranvier.preprocessing.cutting import PUBLISHED, Cutter
from ranvier.preprocessing.decoding import LOST, written
from ranvier.preprocessing.marks import Marks
from ranvier.preprocessing.tokenizing import assembled
from ranvier.preprocessing.vocabularies import KINDS, check_learned, learned

Array = np.ndarray[Any, Any]

__all__ = ["KINDS", "PUBLISHED", "Tokens"]


class Tokens:
    """A tokenizer that was learned from texts, or published.

    Attributes:
        kind: one of `KINDS`, or `PUBLISHED`.
        tokenizer: the same as HF `tokenizers` has it.
        vocabulary: each token's number; of ours, 0 is padding, 1 whatever is unknown, and 2, 3, 4
            are start, end and mask where these were asked for.
        marks: the numbers of these.
    """

    def __init__(
        self, kind: str, vocabulary: Mapping[str, int], merges: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.kind, self.vocabulary = kind, dict(vocabulary)
        self.tokenizer = assembled(kind, self.vocabulary, merges)
        self.marks = Marks.learned(self.vocabulary)
        self._source: dict[str, Any] | None = None
        self._count = len(self.vocabulary)
        self._cutter = Cutter(kind, self.tokenizer, self.vocabulary)

    def __len__(self) -> int:
        """How many numbers tokens have, those of padding and of unknown tokens among them."""
        return self._count

    @property
    def known(self) -> int:
        """How many tokens stand for text."""
        return len(self.vocabulary) - len(self.marks.all)

    @property
    def special(self) -> bool:
        """Whether texts can be put between marks of their start and end."""
        return self.start is not None and self.end is not None

    @property
    def start(self) -> int | None:
        """The number of what stands before a text."""
        return self.marks.start

    @property
    def end(self) -> int | None:
        """The number of what stands behind a text."""
        return self.marks.end

    @property
    def mask(self) -> int | None:
        """The number of what stands for a hidden token."""
        return self.marks.mask

    @classmethod
    def learn(cls, kind: str, texts: Sequence[str], size: int, special: bool = False) -> Tokens:
        """The `size` most frequent tokens; the same texts always give the same.

        Args:
            kind: one of `KINDS`.
            texts: from which they are learned.
            size: how many are known, at most.
            special: whether there are numbers for start, end and mask.

        Raises:
            HyperparameterError: byte pairs with a size below that of the bytes.
        """
        return cls(kind, *learned(kind, texts, size, special=special))

    @classmethod
    def published(cls, source: dict[str, Any] | str) -> Tokens:
        """The tokenizer that a `tokenizer.json` describes.

        Args:
            source: the file's text, or what it holds.

        Raises:
            ArtifactError: it is none.
        """
        found = cls.__new__(cls)
        found.kind = PUBLISHED
        found._source, found.tokenizer, found.vocabulary = published.opened(source)
        found.marks = Marks.published(found.vocabulary)
        found._count = max(found.vocabulary.values()) + 1
        found._cutter = Cutter(PUBLISHED, found.tokenizer, found.vocabulary)
        return found

    def encode(
        self, texts: Sequence[str], most: int | None = None, *, least: int = 1
    ) -> tuple[Array, Array]:
        """The tokens of all texts, one text after the other, of which `most` are kept of each.

        A text without any token is `least` unknown tokens. None gets a mark around it.

        Returns:
            int32 (tokens,), and where each text begins, and the end: int64 (N + 1,).
        """
        flat, lengths = self._cutter.cut(texts)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        kept = np.maximum(lengths if most is None else np.minimum(lengths, most), least)
        if (kept == lengths).all():
            return flat, starts
        whole = np.concatenate([flat, [np.int32(self._nothing)]])
        begins = np.where(lengths > 0, starts[:-1], len(flat))
        return whole[spread(begins, kept)], np.concatenate([[0], np.cumsum(kept)])

    @property
    def _nothing(self) -> int:
        """What a text without tokens is."""
        return next((n for n in (self.marks.unknown, self.end) if n is not None), 0)

    def decode(self, ids: Sequence[int] | Array) -> str:
        """The text of tokens; marks are left out, unknown ones are `decoding.LOST`.

        Args:
            ids: int (tokens,).
        """
        numbers = [int(number) for number in ids]
        if self.kind == PUBLISHED:
            text: str = self.tokenizer.decode(numbers, skip_special_tokens=True)
            return text
        lost, names = self.marks.unknown, self._names
        parts = [
            LOST if number == lost else names[number]
            for number in numbers
            if number in names and (number == lost or number not in self.marks.all)
        ]
        if self.kind == "words":
            return written(parts)
        if self.kind == "characters":
            return "".join(parts)
        if self.kind == "bpe":  # which knows all there is, so that this was no text
            parts = [part for part in parts if part != LOST]
        whole: str = self.tokenizer.decoder.decode(parts)
        return whole

    @property
    def _names(self) -> dict[int, str]:
        """Each number's token."""
        found: dict[int, str] | None = getattr(self, "_named", None)
        if found is None:
            found = self._named = {number: name for name, number in self.vocabulary.items()}
        return found

    def to_state(self) -> dict[str, Any]:
        """The tokenizer's own JSON, as plain data."""
        if self._source is not None:
            return self._source
        state: dict[str, Any] = json.loads(self.tokenizer.to_str())
        return state

    @classmethod
    def from_state(cls, kind: str, state: Any) -> Tokens:
        """The same tokenizer; of ours, only the vocabulary and the mergers are taken.

        Raises:
            ArtifactError: they do not fit together.
        """
        if kind == PUBLISHED:
            return cls.published(state)
        try:
            vocabulary = dict(state["model"]["vocab"])
            merges = [(str(a), str(b)) for a, b in state["model"].get("merges", [])]
            check_learned(kind, vocabulary, merges)
            return cls(kind, vocabulary, merges)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(
                "The model file's tokenizer is damaged or foreign: save the model again."
            ) from error
