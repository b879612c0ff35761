"""Texts -> what enters a network: the numbers of their tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.errors import DataError
from ranvier.preprocessing import text_state
from ranvier.preprocessing.beside import Beside, WithBeside
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.framing import Frame, check_length, frame_of
from ranvier.preprocessing.importance import documents_of, importance, rarity
from ranvier.preprocessing.ragged import Ragged, edges_of
from ranvier.preprocessing.text_remarks import NOUNS, remarks
from ranvier.preprocessing.text_rows import Whole
from ranvier.preprocessing.text_state import Learned
from ranvier.preprocessing.tokens import Tokens
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]

KIND = "texts"  # marks the state
VOCABULARY_SIZE = 30_000
MOST = 512  # tokens of a text that are read, where `max_length` is not given
SHARE = 0.98  # of the training texts that are read whole, where that takes no more than these


class TextPreprocessor(WithBeside):
    """What was learned from the training rows.

    Attributes:
        tokens: the tokenizer.
        documents: int64 (vocabulary,), in how many training texts each token is; None where it is
            not asked how much each token weighs.
        count: how many training texts there were.
        max_length: tokens of a text that are read, with the marks around it.
        edges: the lengths that rows are padded to, ascending.
        beside: of the other columns of their table.
        form: what rows are brought to at predict time.
        frame: what stands around each text; None: nothing.
        spec: what the network is told.
    """

    def __init__(
        self,
        tokens: Tokens,
        documents: Array | None,
        count: int,
        max_length: int,
        edges: tuple[int, ...],
        form: StepForm,
        beside: Beside,
        notes: tuple[str, ...] = (),
        *,
        frame: Frame | None = None,
    ) -> None:
        self.tokens, self.documents, self.count = tokens, documents, count
        self.max_length, self.edges, self.beside = max_length, edges, beside
        self.form, self.frame = form, frame
        self.spec = InputSpec(
            beside.spec.numeric,
            beside.spec.categories,
            steps=edges[-1],
            vocabulary=len(tokens),
            segments=2 if form.pairs else 0,
        )
        known = f"{tokens.known:,} {NOUNS[tokens.kind]} known"
        self.decisions = (ColumnDecision("text", "tokens", known), *beside.decisions)
        self.columns = tuple(decision.name for decision in self.decisions)
        self.notes = (*notes, *beside.notes)

    @property
    def idf(self) -> Array:
        """float32 (vocabulary,): how rare each token is, see `rarity`; 0 for marks."""
        assert self.documents is not None
        rare = rarity(self.documents, self.count)
        if self.frame is not None:
            rare[[self.frame.start, self.frame.end]] = 0.0
        return rare

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
        special: bool = False,
        importance: bool = True,
        tokens: Tokens | None = None,
        between: int = 1,
    ) -> TextPreprocessor:
        """Learn the tokens from the training rows.

        Args:
            inputs: the training texts, pairs of texts, or texts whose words have an answer each.
            weights: (N,) of the columns beside; every text counts once.
            facts: of the columns beside.
            tokenizer: what texts are cut into, one of `tokens.KINDS`.
            vocabulary_size: how many tokens are known, at most.
            max_length: tokens of a text that are read, at most, with the marks around it; None: as
                many as `SHARE` of the texts have, and no more than `MOST`.
            special: whether each text stands between marks of its start and end.
            importance: whether it is told how much each token weighs.
            tokens: the tokenizer of a pretrained model; None: it is learned from the texts.
            between: how many ends stand between the two texts of a pair.

        Raises:
            DataError: all texts are empty.
            HyperparameterError: a `max_length` that has no room for any text.
        """
        pairs, given = inputs.second is not None, tokens is not None
        texts = inputs.values.to_list()
        texts += [] if inputs.second is None else inputs.second.to_list()
        if not any(text and not text.isspace() for text in texts):
            raise DataError(
                f"All {len(texts):,} texts are empty: there is nothing to learn from; check which "
                "column or which files hold them."
            )
        if tokens is None:
            tokens = Tokens.learn(tokenizer, texts, vocabulary_size, special=special)
        frame = frame_of(tokens, between) if special else None
        marks = 0 if frame is None else frame.marks(pairs=pairs)
        check_length(max_length, marks, pairs)
        whole = Whole.of(inputs, tokens, least=0 if special else 1)
        lengths = whole.lengths + marks
        limit = max_length
        if limit is None:
            share = SHARE if inputs.words is None else 1.0  # each word is to have its answer
            limit = min(MOST, int(np.quantile(lengths, share, method="higher")))
            limit = max(limit, marks + 1 + pairs if special else 1)
        rows = whole.read(limit, frame)
        beside = Beside.fit(inputs, weights, facts)
        return cls(
            tokens,
            documents_of(rows.flat, rows.starts, len(tokens)) if importance else None,
            len(inputs),
            int(limit),
            edges_of(np.minimum(lengths, limit)),
            StepForm(
                "text",
                inputs.sources,
                beside.table is not None,
                inputs.series,
                inputs.time,
                pairs,
                inputs.words is not None,
            ),
            beside,
            remarks(tokens, whole, rows, limit, marks, given=given),
            frame=frame,
        )

    def transform(self, inputs: Texts, *, lenient: bool = False) -> dict[str, Any]:
        """The network's inputs for any rows.

        Args:
            inputs: texts, as those of training: pairs, or texts with their words.
            lenient: as in `TablePreprocessor.transform`, for the columns beside.

        Returns:
            "tokens": int32 rows of (steps,), padded as they are taken; "lengths": int32 (N,), at
            least 1; and what `TablePreprocessor.transform` gives for the columns beside. Of the
            same shape as the tokens, where they are asked for: "importance", float32, see
            `importance`; "segments", int32, of pairs; "words", int32, see `worded.marked`, and
            with these "word_counts", int32 (N,).
        """
        framed = self.frame is not None
        # Which text of a pair is the longer one, and which words there are, is known of all of it.
        single = inputs.words is None and inputs.second is None
        most = self.max_length if single else None
        rows = Whole.of(inputs, self.tokens, most=most, least=0 if framed else 1).read(
            self.max_length, self.frame
        )
        flat, starts = rows.flat, rows.starts
        found: dict[str, Any] = {"tokens": Ragged(flat, starts, self.edges)}
        if self.documents is not None:
            found["importance"] = Ragged(importance(flat, starts, self.idf), starts, self.edges)
        found["lengths"] = np.diff(starts).astype(np.int32)
        if rows.segments is not None:
            found["segments"] = Ragged(rows.segments, starts, self.edges)
        if rows.words is not None and rows.counts is not None:
            found["words"] = Ragged(rows.words, starts, self.edges)
            found["word_counts"] = rows.counts.astype(np.int32)
        return {**found, **self.beside.transform(inputs, lenient=lenient)}

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        plain, tensors = self.beside.to_state()
        learned = Learned(
            self.documents, self.count, self.max_length, self.edges, self.form, self.frame
        )
        state, own = text_state.written(learned)
        cut = {"kind": KIND, "cut": self.tokens.kind, "tokenizer": self.tokens.to_state()}
        return {**cut, **state, "table": plain}, {**tensors, **own}

    @classmethod
    def from_state(cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]) -> TextPreprocessor:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        tokens = Tokens.from_state(str(plain.get("cut")), plain.get("tokenizer"))
        learned = text_state.read(plain, tensors, tokens)
        beside = Beside.from_state("text", plain.get("table"), tensors)
        return cls(
            tokens,
            learned.documents,
            learned.count,
            learned.max_length,
            learned.edges,
            replace(learned.form, beside=beside.table is not None),
            beside,
            frame=learned.frame,
        )
