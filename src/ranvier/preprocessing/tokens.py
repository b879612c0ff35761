"""Texts -> tokens: words, byte pairs or characters, by a tokenizer of HF `tokenizers`.

words        in small letters, each sign of punctuation by itself, accents kept; the most frequent
             that were seen at least twice are known
bpe          parts of words, learned from the data: the bytes and their most frequent mergers
             (Sennrich et al. 2016; on bytes as in GPT-2, Radford et al. 2019)
characters   each by itself

Texts repeat the same chunks between blanks over and over, and no token reaches across a blank. So
each different chunk is cut once; the tokens are those that the tokenizer gives for the whole text.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.preprocessing.chunks import Known, spread
from ranvier.preprocessing.tokenizing import (
    BYTES,
    NAMES,
    PADDING,
    SEEN,
    UNKNOWN,
    assembled,
    learned_pairs,
    numbered,
    word_cutter,
)

Array = np.ndarray[Any, Any]

KINDS = ("words", "bpe", "characters")
REMEMBERED = 1 << 20  # chunks whose tokens are kept
CODES = 0x110000  # of characters in Unicode

_BETWEEN_BLANKS = re.compile(r"[^ \n\r\t]+")
_WITH_BLANKS_BEFORE = re.compile(r"[ \n\r\t]*[^ \n\r\t]+|[ \n\r\t]+")
# Where there are other blanks, some pair of them may be one token: slower, and cut in fewer places.
_OTHER_BLANKS = re.compile(r"[^\S \n\r\t]")
_BEFORE_BLANKS = re.compile(r"(?<=\S)(?=[ \n\r\t])")


class Tokens:
    """A tokenizer that was learned from texts.

    Attributes:
        kind: one of `KINDS`.
        tokenizer: the same as HF `tokenizers` has it.
        vocabulary: each token's number; 0 is padding, 1 whatever is unknown.
    """

    def __init__(
        self, kind: str, vocabulary: Mapping[str, int], merges: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.kind, self.vocabulary = kind, dict(vocabulary)
        self.tokenizer = assembled(kind, self.vocabulary, merges)
        self._known = Known()

    def __len__(self) -> int:
        """How many numbers tokens have, those of padding and of unknown tokens among them."""
        return len(self.vocabulary)

    @classmethod
    def learn(cls, kind: str, texts: Sequence[str], size: int) -> Tokens:
        """The `size` most frequent tokens; the same texts always give the same.

        Raises:
            HyperparameterError: byte pairs with a size below that of the bytes.
        """
        if kind == "bpe":
            if size <= BYTES:
                raise HyperparameterError(
                    f"vocabulary_size must be above {BYTES} for tokenizer='bpe', whose first "
                    f"tokens are the {BYTES} bytes; got {size}: set it higher, or use "
                    "tokenizer='characters'."
                )
            return cls(kind, *learned_pairs(texts, size))
        counts: Counter[str] = Counter()
        if kind == "characters":
            for text in texts:
                counts.update(text)
        else:
            chunks: Counter[str] = Counter()
            for text in texts:
                chunks.update(_BETWEEN_BLANKS.findall(text))
            cut = word_cutter()
            for chunk, count in chunks.items():
                for word in cut(chunk):
                    counts[word] += count
        often = [(-count, token) for token, count in counts.items() if count >= SEEN]
        # In a handful of texts, what was seen once is all there is.
        chosen = sorted(often or [(-count, token) for token, count in counts.items()])[:size]
        return cls(kind, numbered(token for _, token in chosen))

    def encode(self, texts: Sequence[str], most: int | None = None) -> tuple[Array, Array]:
        """The tokens of all texts, one text after the other, of which `most` are kept of each.

        A text without any token is one unknown token.

        Returns:
            int32 (tokens,), and where each text begins, and the end: int64 (N + 1,).
        """
        if self.kind == "characters":
            lengths = np.fromiter(map(len, texts), np.int64, len(texts))
            flat = self._table[np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)]
        else:
            flat, lengths = self._cut(texts)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        kept = np.maximum(lengths if most is None else np.minimum(lengths, most), 1)
        if (kept == lengths).all():
            return flat, starts
        whole = np.concatenate([flat, [np.int32(UNKNOWN)]])  # which stands for no token
        begins = np.where(lengths > 0, starts[:-1], len(flat))
        return whole[spread(begins, kept)], np.concatenate([[0], np.cumsum(kept)])

    def _cut(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """All texts' tokens, int32, and how many each has, int64 (N,)."""
        chunked = [self._chunks(text) for text in texts]
        counts = np.fromiter(map(len, chunked), np.int64, len(chunked))
        self._remember(chain.from_iterable(chunked))
        known = self._known
        every = chain.from_iterable(chunked)
        places = np.fromiter(map(known.places.__getitem__, every), np.int64, int(counts.sum()))
        lengths = known.lengths[places]
        flat = known.tokens[spread(known.begins[places], lengths)]
        ends = np.concatenate([[0], np.cumsum(lengths)])[np.cumsum(counts)]
        if len(known.places) > REMEMBERED:
            self._known = Known()
        return flat, np.diff(ends, prepend=0)

    def _chunks(self, text: str) -> list[str]:
        if self.kind == "words":
            return _BETWEEN_BLANKS.findall(text)
        if _OTHER_BLANKS.search(text):
            return _BEFORE_BLANKS.split(text)
        return _WITH_BLANKS_BEFORE.findall(text)

    def _remember(self, chunks: Iterator[str]) -> None:
        """Cut the chunks that are new."""
        new = [chunk for chunk in dict.fromkeys(chunks) if chunk not in self._known.places]
        if self.kind == "words":
            cut, number = word_cutter(), self.vocabulary
            self._known.add(new, ([number.get(w, UNKNOWN) for w in cut(chunk)] for chunk in new))
        else:
            cuts = self.tokenizer.encode_batch_fast(new, add_special_tokens=False)
            self._known.add(new, (tokens.ids for tokens in cuts))

    @property
    def _table(self) -> Array:
        """int32 (CODES,): the number of each character."""
        found: Array | None = getattr(self, "_found", None)
        if found is None:
            found = np.full(CODES, UNKNOWN, np.int32)
            for token, number in self.vocabulary.items():
                if number > UNKNOWN:
                    found[ord(token)] = number
            self._found = found
        return found

    def to_state(self) -> dict[str, Any]:
        """The tokenizer's own JSON, as plain data."""
        state: dict[str, Any] = json.loads(self.tokenizer.to_str())
        return state

    @classmethod
    def from_state(cls, kind: str, state: Any) -> Tokens:
        """The same tokenizer; only its vocabulary and its mergers are taken from the state.

        Raises:
            ArtifactError: they do not fit together.
        """
        try:
            vocabulary = dict(state["model"]["vocab"])
            merges = [(str(a), str(b)) for a, b in state["model"].get("merges", [])]
            _check(kind, vocabulary, merges)
            return cls(kind, vocabulary, merges)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(
                "The model file's tokenizer is damaged or foreign: save the model again."
            ) from error


def _check(kind: str, vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> None:
    if kind not in KINDS:
        raise ValueError(kind)
    if not all(type(number) is int for number in vocabulary.values()):
        raise ValueError("numbers")
    if sorted(vocabulary.values()) != list(range(len(vocabulary))):
        raise ValueError("numbers")
    if [vocabulary.get(name) for name in NAMES] != [PADDING, UNKNOWN]:
        raise ValueError("names")
    if kind == "characters" and any(len(token) != 1 for token in vocabulary if token not in NAMES):
        raise ValueError("characters")
    if (kind == "bpe") != (BYTES + len(NAMES) + len(merges) == len(vocabulary)):
        raise ValueError("mergers")
    if any(part not in vocabulary for a, b in merges for part in (a, b, a + b)):
        raise ValueError("mergers")
