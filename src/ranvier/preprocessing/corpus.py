"""Plain texts -> what a language model learns from: rows of the numbers of their tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ranvier.data.corpus import Corpus
from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.errors import ArtifactError, DataError
from ranvier.preprocessing.beside import Beside, WithBeside
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.lists import LONGEST, texts_in
from ranvier.preprocessing.packing import around, packed, read_on
from ranvier.preprocessing.stream import documents_of, texts_of
from ranvier.preprocessing.strides import Strides
from ranvier.preprocessing.text_remarks import NOUNS
from ranvier.preprocessing.token_counts import TokenCounts
from ranvier.preprocessing.tokens import Tokens
from ranvier.specification import InputSpec
from ranvier.tasks import LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL

Array = np.ndarray[Any, Any]

KIND = "corpus"  # marks the state
AUTO = "auto"
MANY = 10_000_000  # characters from which parts of words are learned instead of characters
VOCABULARY_SIZE = 8_192
FEWEST = {LANGUAGE_MODEL.kind: 1, MASKED_LANGUAGE_MODEL.kind: 3}  # steps that a row can have
SHOWN = 5  # unknown characters in a message


class CorpusPreprocessor(WithBeside):
    """What was learned from the training texts.

    Attributes:
        tokens: the tokenizer.
        context: tokens that the network sees at once, S.
        task: the name of one of the language tasks.
        joined: whether one book trained it; the texts of others are read without marks then, as
            it has seen none.
        counts: how often tokens come, for the simplest models beside the network; of the masked
            task, those that may be hidden.
        trained: how many tokens there were to learn from; 0 where that is not known any more.
        form: what rows are brought to later.
        spec: what the network is told.
    """

    decisions: tuple[ColumnDecision, ...]
    columns: tuple[str, ...]

    def __init__(
        self,
        tokens: Tokens,
        context: int,
        task: str,
        counts: TokenCounts,
        *,
        joined: bool,
        sources: tuple[str, ...] = (),
        trained: int = 0,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.tokens, self.context, self.task, self.counts = tokens, context, task, counts
        self.joined, self.trained, self.notes = joined, trained, notes
        self.beside = Beside("text")
        self.form = StepForm("text", sources)
        self.spec = InputSpec(steps=context, vocabulary=len(tokens))
        known = f"{tokens.known:,} {NOUNS[tokens.kind]} known"
        self.decisions = (ColumnDecision("text", "tokens", known),)
        self.columns = ("text",)

    @classmethod
    def fit(
        cls,
        inputs: Corpus,
        *,
        context: int,
        task: str = LANGUAGE_MODEL.kind,
        tokenizer: str | None = AUTO,
        vocabulary_size: int | None = None,
        tokens: Tokens | None = None,
    ) -> CorpusPreprocessor:
        """Learn the tokens from the training texts.

        Args:
            inputs: the texts.
            context: tokens that the network sees at once.
            task: the name of one of the language tasks.
            tokenizer: what texts are cut into, one of `tokens.KINDS`; "auto" or None: see `usual`.
            vocabulary_size: how many tokens are known, at most; None: `VOCABULARY_SIZE`.
            tokens: a pretrained model's; nothing is learned then.

        Raises:
            DataError: the texts are empty, or a book is shorter than one window.
        """
        if not inputs.characters or not _worded(inputs):
            raise DataError(
                "The texts are empty: there is nothing to learn from; check which column or which "
                "files hold them."
            )
        chosen, why = tokens, "as the pretrained model has them"
        if chosen is None:
            kind, why = (tokenizer, "") if tokenizer not in (AUTO, None) else usual(inputs, task)
            assert kind is not None
            size = VOCABULARY_SIZE if vocabulary_size is None else vocabulary_size
            chosen = Tokens.learn(kind, texts_of(inputs), size, special=True)
        counts, trained = _counted(chosen, inputs, task)
        if not trained:
            raise DataError(
                f"No {NOUNS[chosen.kind]} are in the texts: there is nothing to learn from."
            )
        fitted = cls(
            chosen, context, task, counts,
            joined=inputs.joined, sources=inputs.sources, trained=trained,
        )  # fmt: skip
        if inputs.joined and task == LANGUAGE_MODEL.kind and trained <= context:
            raise DataError(
                f"The text has {trained:,} {NOUNS[chosen.kind]} to learn from, and one window "
                f"needs {context + 1:,}: bring more text, or set context below {trained:,}."
            )
        fitted.notes = (fitted.remark(why),)
        return fitted

    def transform(
        self, inputs: Texts, *, lenient: bool = False, jitter: int = 0, whole: bool = False
    ) -> dict[str, Any]:
        """The network's inputs: rows of S + 1 tokens, of which each step but the first is a target.

        Args:
            inputs: a corpus.
            lenient: says nothing here.
            jitter: of a book, how many more tokens a row holds, so that a step can begin its
                window at any of that many places; fewer where the book has no more.
            whole: of a book, whether the end that fills no window is a row too, padded.

        Returns:
            "tokens": int32 (R, S + 1), padded with 0; of the windows of a book (R, S + 1 + jitter),
            cut out as they are taken. And where rows are not full of one text, "documents": int32
            (R, S + 1), the number of each token's text within its row, from 1; 0 for padding. For
            the masked task the last column is always padding.
        """
        del lenient
        corpus = inputs if isinstance(inputs, Corpus) else Corpus(inputs.values, inputs.names)
        flat, starts = documents_of(self.tokens, corpus)
        if self.joined and corpus.joined and self.task == LANGUAGE_MODEL.kind:
            return self._windows(flat, jitter, whole=whole)
        pieces = self._pieces(flat, np.unique(starts))  # without texts of no token
        if self.task == LANGUAGE_MODEL.kind:
            tokens, documents = packed(*pieces, self.context + 1)
        else:
            rows = packed(*pieces, self.context)
            tokens, documents = (np.pad(array, ((0, 0), (0, 1))) for array in rows)
        return {"tokens": tokens, "documents": documents}

    def _windows(self, flat: Array, jitter: int, *, whole: bool) -> dict[str, Any]:
        """Of a book, whose tokens are `flat`."""
        width = self.context + 1
        if not whole and len(flat) >= width:
            jitter = min(jitter, len(flat) - width)
            begins = np.arange(0, len(flat) - width - jitter + 1, self.context)
            return {"tokens": Strides(flat, begins, width + jitter)}
        begins = np.arange(0, len(flat) - 1, self.context)
        sizes = np.minimum(width, len(flat) - begins)
        tokens, documents = packed(flat, begins, sizes, width)
        return {"tokens": tokens, "documents": documents}

    def _pieces(self, flat: Array, starts: Array) -> tuple[Array, Array, Array]:
        """The marked tokens, and where each piece of a document begins and how long it is."""
        marks = self.tokens
        if self.task == MASKED_LANGUAGE_MODEL.kind:
            assert marks.start is not None
            assert marks.end is not None
            return around(flat, starts, marks.start, marks.end, self.context)
        return read_on(flat, starts, None if self.joined else marks.end, self.context + 1)

    def length(self, corpus: Corpus) -> int:
        """How many tokens its texts have."""
        return len(documents_of(self.tokens, corpus)[0])

    def unknown(self, texts: list[str]) -> tuple[str, ...]:
        """The characters, or words, of texts that no token stands for; the first of them."""
        number = self.tokens.marks.unknown
        if number is None:
            return ()
        pieces = {character for text in texts for character in text}
        if self.tokens.kind == "words":
            pieces = {word for text in texts for word in text.split()}
        each = sorted(pieces)
        flat, starts = self.tokens.encode(each, least=0)
        strange = np.unique(np.searchsorted(starts, np.flatnonzero(flat == number), "right") - 1)
        return tuple(each[place] for place in strange)

    def remark(self, why: str = "") -> str:
        """What texts are cut into, in words."""
        noun = NOUNS[self.tokens.kind]
        kind = "" if self.tokens.kind == "published" else f"tokenizer={self.tokens.kind!r}"
        reason = ", ".join(part for part in (kind, why) if part)
        return (
            f"texts are cut into {noun}: {self.tokens.known:,} different ones ({reason}), "
            f"{self.trained:,} in all to learn from"
        )

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        return {
            "kind": KIND,
            "cut": self.tokens.kind,
            "tokenizer": self.tokens.to_state(),
            "context": self.context,
            "task": self.task,
            "joined": self.joined,
            "sources": list(self.form.sources),
        }, self.counts.to_tensors()

    @classmethod
    def from_state(
        cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]
    ) -> CorpusPreprocessor:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        tokens = Tokens.from_state(str(plain.get("cut")), plain.get("tokenizer"))
        try:
            context, task, sources = plain["context"], plain["task"], texts_in(plain["sources"])
            joined = plain["joined"]
            if type(joined) is not bool:
                raise ValueError(joined)
            if type(context) is not int or not FEWEST[task] <= context <= LONGEST:
                raise ValueError(context)
            counts = TokenCounts.from_tensors(tensors, len(tokens))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of its texts is damaged or foreign: "
                "save the model again."
            ) from error
        return cls(tokens, context, task, counts, joined=joined, sources=sources)


def usual(corpus: Corpus, task: str) -> tuple[str, str]:
    """What the texts are cut into where nobody says, and why."""
    if task == MASKED_LANGUAGE_MODEL.kind:
        return "wordpiece", "as BERT does"
    if corpus.characters < MANY:
        return "characters", f"as there are fewer than {MANY:,}; parts of words: tokenizer='bpe'"
    return "bpe", "as there is much text"


def _worded(corpus: Corpus) -> bool:
    return any(text and not text.isspace() for text in corpus.values.to_list())


def _counted(tokens: Tokens, corpus: Corpus, task: str) -> tuple[TokenCounts, int]:
    """Of the training texts: tokens and what follows, and how many tokens there are."""
    flat, starts = documents_of(tokens, corpus)
    marked = flat
    if task == LANGUAGE_MODEL.kind and not corpus.joined:
        marked, begins, _ = read_on(flat, np.unique(starts), tokens.end, 1 << 60)
        starts = np.append(begins, len(marked))
    within = np.ones(max(0, len(marked) - 1), bool)
    within[starts[1:-1] - 1] = False  # from one text to the next
    return TokenCounts.of(marked[:-1][within], marked[1:][within], len(tokens)), len(flat)
