"""What a model of language does with texts: what it writes, what surprises it, what it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ranvier.data import Dataset
from ranvier.data.corpus import Corpus
from ranvier.explain.attention import Attention
from ranvier.explain.surprise import Surprise
from ranvier.tasks import LANGUAGE_MODEL

WRITTEN = {"characters": 400}  # tokens of the sample
USUALLY_WRITTEN = 120
TEXTS = 3  # that it is surprised by; of a book one passage
# Multiplications that the surprise of a text may cost where each token is hidden by itself.
WORK = 2e11
FEWEST_WORDS, SHORTEST, LONGEST = 8, 12, 120  # of a text; characters of the line that is drawn


@dataclass(frozen=True)
class Speech:
    """What the page shows of it.

    Attributes:
        written: a text that it wrote; None of a model that tells hidden tokens.
        surprise: of texts that it has not learned from; None where there are none.
        attention: of a line of these; None where none is long enough.
    """

    written: str | None
    surprise: Surprise | None
    attention: Attention | None


def speech(model: Any, rows: Dataset | None) -> Speech | None:
    """Let a model of language speak; None for a family that cannot be looked into.

    Args:
        model: a fitted model.
        rows: texts that it has not learned from; None where there are none.
    """
    if not hasattr(model, "surprise"):
        return None
    written = None
    if model.task_ == LANGUAGE_MODEL.kind:
        kind = model.preprocessor_.tokens.kind
        written = model.generate("", max_tokens=WRITTEN.get(kind, USUALLY_WRITTEN))
    if rows is None or not len(rows):
        return Speech(written, None, None)
    suited = model._suited(rows, model.preprocessor_.form).inputs
    assert isinstance(suited, Corpus)
    if model.task_ != LANGUAGE_MODEL.kind:
        suited = _affordable(model, suited)
    surprise = model.surprise(Dataset(suited), 1 if suited.joined else TEXTS)
    line = _line(suited)
    return Speech(written, surprise, model.attention([line]) if line else None)


def _affordable(model: Any, corpus: Corpus) -> Corpus:
    """The first texts, each cut to as many words as can be hidden one by one."""
    build = model._builder()
    parameters = sum(array.size for array in model._outcome.parameters.values())
    each = model._products(parameters, build.inputs, build.outputs, model.resolved_)
    most = max(FEWEST_WORDS, int(WORK / TEXTS / max(1.0, each)))
    texts = corpus.plain().values.head(TEXTS).to_list()
    short = [" ".join(text.split()[:most]) for text in texts]
    found = Corpus.of(short)
    assert isinstance(found, Corpus)
    return found


def _line(corpus: Corpus) -> str:
    """The first line that is no trifle, cut behind a word; empty without."""
    lines = corpus.plain().values.head(1000).to_list()
    found = next((line.strip() for line in lines if len(line.strip()) >= SHORTEST), "")
    if len(found) <= LONGEST:
        return found
    cut = found.rfind(" ", 1, LONGEST)
    return found[: cut if cut > 0 else LONGEST]
