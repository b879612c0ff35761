"""Prompts -> the tokens with which a text begins."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from ranvier.errors import DataError, DataWarning
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.tokens import PUBLISHED

SHOWN = 5  # unknown characters in a message
LINE_END = "\n"


def begun(preprocessor: CorpusPreprocessor, prompts: Sequence[str]) -> list[list[int]]:
    """The tokens of prompts, behind the mark of a text's beginning where texts have one.

    An empty prompt is the beginning of a text; in a book, of a line.

    Raises:
        DataError: a prompt is no text.
    """
    for prompt in prompts:
        if not isinstance(prompt, str):
            raise DataError(
                f"A prompt must be text; got {type(prompt).__name__}: pass a string, or a list of "
                "strings."
            )
    tokens = preprocessor.tokens
    strange = preprocessor.unknown(list(prompts))
    if strange:
        named = ", ".join(repr(part) for part in strange[:SHOWN])
        more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
        warnings.warn(
            f"The model never saw {named}{more}, which count as unknown; prompt it with what its "
            "training texts hold.",
            DataWarning,
            stacklevel=4,
        )
    flat, starts = tokens.encode(prompts, least=0)
    mark = beginning(preprocessor)
    found = []
    for row, prompt in enumerate(prompts):
        text = flat[starts[row] : starts[row + 1]].tolist()
        if mark is not None and (prompt == "" or _marked(preprocessor)):
            text = [mark, *text]
        found.append(text or _line(preprocessor))
    longest = max(map(len, found), default=0)
    if longest > preprocessor.context:
        warnings.warn(
            f"The prompt has {longest:,} tokens, and the model sees {preprocessor.context:,} at "
            "once: the end of it is read.",
            DataWarning,
            stacklevel=4,
        )
    return found


def beginning(preprocessor: CorpusPreprocessor) -> int | None:
    """The token before the first one of a text, which is the one behind the last; None: a book."""
    tokens = preprocessor.tokens
    if tokens.kind == PUBLISHED:
        return tokens.start if tokens.start is not None else tokens.end
    return tokens.end if ending(preprocessor) is not None else None


def ending(preprocessor: CorpusPreprocessor) -> int | None:
    """The token that ends a text; None where training texts have no end, as a book."""
    tokens = preprocessor.tokens
    if tokens.end is None or tokens.kind == PUBLISHED:
        return tokens.end
    return tokens.end if preprocessor.counts.single[tokens.end] > 0 else None


def forbidden(preprocessor: CorpusPreprocessor) -> list[int]:
    """Numbers that stand for no text, but for the one that ends it."""
    tokens = preprocessor.tokens
    real = np.zeros(len(tokens), bool)
    real[[number for number in tokens.vocabulary.values() if number < len(tokens)]] = True
    real[list(tokens.marks.all)] = False
    end = ending(preprocessor)
    if end is not None:
        real[end] = True
    return [int(number) for number in np.flatnonzero(~real)]


def _marked(preprocessor: CorpusPreprocessor) -> bool:
    """Whether the mark stands before a prompt too, as in training."""
    tokens = preprocessor.tokens
    if tokens.kind != PUBLISHED:
        return True
    ids = tokens.tokenizer.encode("a").ids  # as its makers put marks around texts
    return bool(ids) and ids[0] == beginning(preprocessor)


def _line(preprocessor: CorpusPreprocessor) -> list[int]:
    """The end of the line before the first; the most frequent token where lines have no ends."""
    flat, _ = preprocessor.tokens.encode([LINE_END], least=0)
    line = flat.tolist()
    known = [token for token in line if token not in preprocessor.tokens.marks.all]
    return known or [int(np.argmax(preprocessor.counts.single))]
