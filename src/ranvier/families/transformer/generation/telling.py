"""Texts that are written, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ranvier.families.transformer.generation import prompts as beginnings
from ranvier.families.transformer.generation.decoder import Decoder
from ranvier.families.transformer.generation.next_tokens import NextTokens, most_likely
from ranvier.families.transformer.generation.settings import Asked
from ranvier.families.transformer.generation.spelling import Spelling
from ranvier.families.transformer.generation.writing import Writer
from ranvier.preprocessing.corpus import CorpusPreprocessor

MOST_SEEDS = 2**32


def pieces(
    decoder: Decoder, preprocessor: CorpusPreprocessor, prompt: str, asked: Asked
) -> Iterator[str]:
    """One text in pieces; the prompt is looked at now, the rest as it is asked for."""
    (text,) = beginnings.begun(preprocessor, [prompt])
    return _pieces(decoder, preprocessor, text, asked)


def _pieces(
    decoder: Decoder, preprocessor: CorpusPreprocessor, text: list[int], asked: Asked
) -> Iterator[str]:
    writer = Writer(decoder, [text], asked)
    (spelling,) = spellings(preprocessor, [text], asked)
    while not spelling.over:
        piece = spelling.add(writer.more(asked.max_tokens)[0].tolist())
        if piece:
            yield piece


def texts(
    decoder: Decoder,
    preprocessor: CorpusPreprocessor,
    prompts: Sequence[str],
    asked: Asked,
    at_once: int,
) -> list[str]:
    """Several texts, so many of them at once."""
    begun = beginnings.begun(preprocessor, prompts) if prompts else []
    found: list[str] = []
    for first in range(0, len(begun), at_once):
        group = begun[first : first + at_once]
        theirs = replace(asked, seed=(asked.seed + first) % MOST_SEEDS)
        writer = Writer(decoder, group, theirs)
        written = ["" for _ in group]
        spelled = spellings(preprocessor, group, theirs)
        while not all(spelling.over for spelling in spelled):
            told = writer.more(asked.max_tokens)
            for row, spelling in enumerate(spelled):
                written[row] += spelling.add(told[row].tolist())
                writer.ended[row] = spelling.over
        found += written
    return found


def spellings(
    preprocessor: CorpusPreprocessor, texts: Sequence[Sequence[int]], asked: Asked
) -> list[Spelling]:
    """What spells each of the texts that are gone on with."""
    end = beginnings.ending(preprocessor)
    return [
        Spelling(preprocessor.tokens, text, asked.stop, end, asked.max_tokens) for text in texts
    ]


def next_tokens(
    decoder: Decoder, preprocessor: CorpusPreprocessor, prompt: str, top: int
) -> NextTokens:
    """The likeliest tokens that follow a text, by the model alone."""
    (text,) = beginnings.begun(preprocessor, [prompt])
    writer = Writer(decoder, [text], Asked(temperature=1.0))
    return most_likely(prompt, text, writer.shares()[0].astype(np.float64), preprocessor, top)


def explained(
    decoder: Decoder, preprocessor: CorpusPreprocessor, prompt: str, asked: Asked, top: int
) -> Iterator[NextTokens]:
    """One text token by token; the prompt is looked at now, the rest as it is asked for."""
    (text,) = beginnings.begun(preprocessor, [prompt])
    return _explained(decoder, preprocessor, text, asked, top)


def _explained(
    decoder: Decoder, preprocessor: CorpusPreprocessor, text: list[int], asked: Asked, top: int
) -> Iterator[NextTokens]:
    writer = Writer(decoder, [text], asked)
    (spelling,) = spellings(preprocessor, [text], asked)
    before = list(text)
    while not spelling.over:
        shares = writer.shares()[0].astype(np.float64)
        token = int(writer.more(1)[0, 0])
        piece = spelling.add([token])
        yield most_likely(piece, before, shares, preprocessor, top, taken=token)
        before.append(token)
