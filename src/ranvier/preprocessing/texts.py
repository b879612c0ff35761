"""Texts -> what enters a network: the numbers of their tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.errors import ArtifactError, DataError
from ranvier.preprocessing.beside import Beside, WithBeside
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.importance import importance, rarity
from ranvier.preprocessing.lists import edges_in, texts_in
from ranvier.preprocessing.marks import UNKNOWN
from ranvier.preprocessing.ragged import Ragged, edges_of
from ranvier.preprocessing.tokens import Tokens
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]

KIND = "texts"  # marks the state
VOCABULARY_SIZE = 30_000
MOST = 512  # tokens of a text that are read, where `max_length` is not given
SHARE = 0.98  # of the training texts that are read whole, where that takes no more than these
BLOCK = 4_000_000  # characters cut into tokens together
STRANGE = 0.3  # the share of unknown tokens from which it is said that words do not suit


class TextPreprocessor(WithBeside):
    """What was learned from the training rows.

    Attributes:
        tokens: the tokenizer.
        documents: int64 (vocabulary,), in how many training texts each token is.
        count: how many training texts there were.
        max_length: tokens of a text that are read.
        edges: the lengths that rows are padded to, ascending.
        beside: of the other columns of their table.
        form: what rows are brought to at predict time.
        spec: what the network is told.
    """

    def __init__(
        self,
        tokens: Tokens,
        documents: Array,
        count: int,
        max_length: int,
        edges: tuple[int, ...],
        sources: tuple[str, ...],
        beside: Beside,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.tokens, self.documents, self.count = tokens, documents, count
        self.max_length, self.edges, self.beside = max_length, edges, beside
        self.form = StepForm("text", sources, beside.table is not None)
        spec = beside.spec
        self.spec = InputSpec(
            spec.numeric, spec.categories, steps=edges[-1], vocabulary=len(tokens)
        )
        known = f"{tokens.known:,} {NOUNS[tokens.kind]} known"
        self.decisions = (ColumnDecision("text", "tokens", known), *beside.decisions)
        self.columns = tuple(decision.name for decision in self.decisions)
        self.notes = (*notes, *beside.notes)

    @property
    def idf(self) -> Array:
        """float32 (vocabulary,): how rare each token is, see `rarity`."""
        return rarity(self.documents, self.count)

    @classmethod
    def fit(
        cls,
        inputs: Texts,
        weights: Array | None = None,
        facts: Facts | None = None,
        *,
        tokenizer: str = "words",
        vocabulary_size: int = VOCABULARY_SIZE,
        max_length: int | None = None,
    ) -> TextPreprocessor:
        """Learn the tokens from the training rows.

        Args:
            inputs: the training texts.
            weights: (N,) of the columns beside; every text counts once.
            facts: of the columns beside.
            tokenizer: what texts are cut into, one of `tokens.KINDS`.
            vocabulary_size: how many tokens are known, at most.
            max_length: tokens of a text that are read, at most; None: as many as `SHARE` of the
                texts have, and no more than `MOST`.

        Raises:
            DataError: all texts are empty.
        """
        texts = inputs.values.to_list()
        if not any(text and not text.isspace() for text in texts):
            raise DataError(
                f"All {len(texts):,} texts are empty: there is nothing to learn from; check which "
                "column or which files hold them."
            )
        tokens = Tokens.learn(tokenizer, texts, vocabulary_size)
        whole, starts = encoded(tokens, texts)
        lengths = np.diff(starts)
        limit = max_length
        if limit is None:
            limit = min(MOST, int(np.quantile(lengths, SHARE, method="higher")))
        kept = np.minimum(lengths, limit)
        read = np.arange(len(whole)) - np.repeat(starts[:-1], lengths) < limit
        row = np.repeat(np.arange(len(texts)), kept)
        pairs = np.sort(row * len(tokens) + whole[read])
        distinct = pairs[np.diff(pairs, prepend=-1) > 0]
        documents = np.bincount(distinct % len(tokens), minlength=len(tokens))
        return cls(
            tokens,
            documents.astype(np.int64),
            len(texts),
            int(limit),
            edges_of(kept),
            inputs.sources,
            Beside.fit(inputs, weights, facts),
            _remarks(tokens, whole, lengths, limit),
        )

    def transform(self, inputs: Texts, *, lenient: bool = False) -> dict[str, Any]:
        """The network's inputs for any rows.

        Args:
            inputs: texts.
            lenient: as in `TablePreprocessor.transform`, for the columns beside.

        Returns:
            "tokens": int32 rows of (steps,), padded as they are taken; "importance": float32 rows
            of the same shape, see `importance`; "lengths": int32 (N,), at least 1; and what
            `TablePreprocessor.transform` gives for the columns beside.
        """
        flat, starts = encoded(self.tokens, inputs.values.to_list(), self.max_length)
        rows = {
            "tokens": Ragged(flat, starts, self.edges),
            "importance": Ragged(importance(flat, starts, self.idf), starts, self.edges),
            "lengths": np.diff(starts).astype(np.int32),
        }
        return {**rows, **self.beside.transform(inputs, lenient=lenient)}

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        plain, tensors = self.beside.to_state()
        return {
            "kind": KIND,
            "cut": self.tokens.kind,
            "tokenizer": self.tokens.to_state(),
            "count": self.count,
            "max_length": self.max_length,
            "edges": list(self.edges),
            "sources": list(self.form.sources),
            "table": plain,
        }, {**tensors, "documents": self.documents}

    @classmethod
    def from_state(cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]) -> TextPreprocessor:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        tokens = Tokens.from_state(str(plain.get("cut")), plain.get("tokenizer"))
        try:
            documents = np.asarray(tensors["documents"]).astype(np.int64)
            count, limit = plain["count"], plain["max_length"]
            edges, sources = edges_in(plain["edges"]), texts_in(plain["sources"])
            if type(count) is not int or type(limit) is not int or not edges[-1] <= limit:
                raise ValueError(limit)
            if documents.shape != (len(tokens),) or documents.min() < 0:
                raise ValueError(documents.shape)
            if documents.max() > count:
                raise ValueError(count)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of its texts is damaged or foreign: "
                "save the model again."
            ) from error
        beside = Beside.from_state("text", plain.get("table"), tensors)
        return cls(tokens, documents, count, limit, edges, sources, beside)


NOUNS = {
    "words": "words",
    "bpe": "parts of words",
    "characters": "characters",
    "wordpiece": "parts of words",
    "published": "tokens",
}


def encoded(tokens: Tokens, texts: Sequence[str], most: int | None = None) -> tuple[Array, Array]:
    """All texts' tokens, one after the other, int32; and where each begins, int64 (N + 1,)."""
    found: list[Array] = []
    lengths: list[Array] = []
    begin = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= BLOCK or place == len(texts) - 1:
            flat, starts = tokens.encode(texts[begin : place + 1], most)
            found.append(flat)
            lengths.append(np.diff(starts))
            begin, size = place + 1, 0
    if not found:
        return np.zeros(0, np.int32), np.zeros(1, np.int64)
    return np.concatenate(found), np.concatenate([[0], np.cumsum(np.concatenate(lengths))])


def _remarks(tokens: Tokens, whole: Array, lengths: Array, limit: int) -> tuple[str, ...]:
    """What became of the training texts, in words."""
    noun = NOUNS[tokens.kind]
    unknown = float((whole == UNKNOWN).mean())
    notes = [
        f"texts are cut into {noun}: {tokens.known:,} different ones are known, "
        f"{1 - unknown:.1%} of all (tokenizer, vocabulary_size)"
    ]
    cut = int((lengths > limit).sum())
    if cut:
        texts = f"{cut:,} texts are" if cut > 1 else "1 text is"
        notes.append(f"{texts} longer than {limit:,} {noun}: the rest is not read (max_length)")
    if tokens.kind == "words" and unknown > STRANGE:
        notes.append(
            f"{unknown:.0%} of the words are unknown: tokenizer='bpe' would know their parts"
        )
    return tuple(notes)
