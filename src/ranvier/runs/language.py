"""The simplest models of language, which stand beside the score of a transformer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.corpus import Corpus
from ranvier.model.language_scoring import Told, language_scores
from ranvier.preprocessing.corpus import SHOWN, CorpusPreprocessor
from ranvier.tasks import LANGUAGE_MODEL, Task

Array = np.ndarray[Any, Any]

# From the token before and the token itself to its nats, and whether it is the likeliest.
Counted = Callable[[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True)
class Counter:
    """A model that counts tokens.

    Attributes:
        words: what it does.
        preprocessor: which has counted the training texts.
        tells: how it tells a token.
    """

    words: str
    preprocessor: CorpusPreprocessor
    tells: Counted

    def score(self, task: Task, truth: Any, inputs: Any = None) -> dict[str, float]:
        """The task's metrics on a corpus, `inputs`, of the tokens that the model tells."""
        del truth
        before, after = pairs_of(self.preprocessor, inputs)
        nats, right = self.tells(before, after)
        characters = inputs.characters if task == LANGUAGE_MODEL else 0
        return language_scores(Told(float(nats.sum()), float(right.sum()), len(nats), characters))


def counters(preprocessor: CorpusPreprocessor) -> tuple[Counter, ...]:
    """By how often each token comes, and by the token before."""
    counts = preprocessor.counts
    return (
        Counter("how often each token comes (unigram)", preprocessor, counts.alone),
        Counter("by the token before (bigram)", preprocessor, counts.by_token_before),
    )


def pairs_of(preprocessor: CorpusPreprocessor, corpus: Corpus) -> tuple[Array, Array]:
    """Each token that a model tells, and the one before it: int (tokens,).

    Of the masked task all that may be hidden, which are told like those that are.
    """
    rows = preprocessor.transform(corpus, whole=True)
    tokens, documents = np.asarray(rows["tokens"]), np.asarray(rows["documents"])
    counted = (documents[:, 1:] == documents[:, :-1]) & (documents[:, 1:] > 0)
    before, after = tokens[:, :-1][counted], tokens[:, 1:][counted]
    if preprocessor.task == LANGUAGE_MODEL.kind:
        return before, after
    free = ~np.isin(after, list(preprocessor.tokens.marks.all))
    return before[free], after[free]


def size_of(preprocessor: CorpusPreprocessor, corpus: Corpus) -> int:
    """How many tokens are told."""
    return len(pairs_of(preprocessor, corpus)[0])


def about_unknown(preprocessor: CorpusPreprocessor, corpus: Corpus, name: str) -> str:
    """What to say where texts hold what no token stands for; empty where they do not."""
    strange = preprocessor.unknown(corpus.values.to_list())
    if not strange:
        return ""
    listed = ", ".join(repr(one) for one in strange[:SHOWN]) + ", ..." * (len(strange) > SHOWN)
    what = "word" if preprocessor.tokens.kind == "words" else "character"
    which = f"{what} that was" if len(strange) == 1 else f"{what}s that were"
    return (
        f"{name or 'The text'} holds {len(strange):,} {which} not there in training ({listed}): "
        "no model can tell them from one another."
    )


def about_test(test: Corpus) -> str:
    """What is held out, in words."""
    words = f"the last {test.characters:,} characters" if test.joined else f"{len(test):,} texts"
    return f"{words} are held out to test on"
