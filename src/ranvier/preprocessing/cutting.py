"""Texts -> numbers of tokens, where each different chunk of text is cut once.

Texts repeat the same chunks between blanks over and over, and no token of ours reaches across a
blank. So each different chunk is cut once; the tokens are those that the tokenizer gives for the
whole text. A published tokenizer may look further, so it cuts whole texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.preprocessing.chunks import Known, spread
from ranvier.preprocessing.marks import UNKNOWN
from ranvier.preprocessing.tokenizing import word_cutter
from ranvier.preprocessing.vocabularies import BETWEEN_BLANKS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Array = np.ndarray[Any, Any]

PUBLISHED = "published"
REMEMBERED = 1 << 20  # chunks whose tokens are kept
CODES = 0x110000  # of characters in Unicode

_WITH_BLANKS_BEFORE = re.compile(r"[ \n\r\t]*[^ \n\r\t]+|[ \n\r\t]+")
# Where there are other blanks, some pair of them may be one token: slower, and cut in fewer places.
_OTHER_BLANKS = re.compile(r"[^\S \n\r\t]")
_BEFORE_BLANKS = re.compile(r"(?<=\S)(?=[ \n\r\t])")


class Cutter:
    """What cuts texts as a tokenizer does, and remembers the chunks that it has cut.

    Attributes:
        kind: one of `tokens.KINDS`, or `PUBLISHED`.
        tokenizer: of HF `tokenizers`.
        vocabulary: each token's number.
    """

    def __init__(self, kind: str, tokenizer: Tokenizer, vocabulary: Mapping[str, int]) -> None:
        self.kind, self.tokenizer, self.vocabulary = kind, tokenizer, vocabulary
        self._known = Known()

    def cut(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """All texts' tokens, int32, and how many each has, int64 (N,)."""
        if self.kind == "characters":
            lengths = np.fromiter(map(len, texts), np.int64, len(texts))
            letters = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
            return self._table[letters], lengths
        if self.kind == PUBLISHED:
            cuts = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
            lengths = np.fromiter((len(cut.ids) for cut in cuts), np.int64, len(cuts))
            ids = chain.from_iterable(cut.ids for cut in cuts)
            return np.fromiter(ids, np.int32, int(lengths.sum())), lengths
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
        if self.kind in ("words", "wordpiece"):
            return BETWEEN_BLANKS.findall(text)
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
                if len(token) == 1:
                    found[ord(token)] = number
            self._found = found
        return found
