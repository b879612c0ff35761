"""What became of the training texts, in words."""

from __future__ import annotations

import numpy as np

from ranvier.preprocessing.text_rows import Rows, Whole
from ranvier.preprocessing.tokens import Tokens

STRANGE = 0.3  # the share of unknown tokens from which it is said that words do not suit
NOUNS = {
    "words": "words",
    "bpe": "parts of words",
    "characters": "characters",
    "wordpiece": "parts of words",
    "published": "tokens",
}


def remarks(
    tokens: Tokens, whole: Whole, rows: Rows, limit: int, marks: int, *, given: bool
) -> tuple[str, ...]:
    """Lines for display.

    Args:
        tokens: the tokenizer.
        whole: the texts before anything was cut off.
        rows: as they are read.
        limit: tokens of a row that are read, with its marks.
        marks: how many marks stand in a row.
        given: whether the tokens were given, and not learned from the texts.
    """
    noun = NOUNS[tokens.kind]
    every = whole.all
    unknown = float((every == tokens.marks.unknown).mean()) if len(every) else 0.0
    named = "those of the pretrained model" if given else "tokenizer, vocabulary_size"
    notes = [
        f"texts are cut into {noun}: {tokens.known:,} different ones are known, "
        f"{1 - unknown:.1%} of all ({named})"
    ]
    pairs = whole.second is not None
    cut = int((whole.lengths + marks > limit).sum())
    if cut:
        what = "pair" if pairs else "text"
        texts = f"{cut:,} {what}s are" if cut > 1 else f"1 {what} is"
        notes.append(f"{texts} longer than {limit:,} {noun}: the rest is not read (max_length)")
    if rows.words is not None and rows.counts is not None:
        lost = int(rows.counts.sum() - np.count_nonzero(rows.words))
        if lost:
            words = f"{lost:,} words are" if lost > 1 else "1 word is"
            notes.append(
                f"{words} behind what is read: not learned from, and the most frequent label is "
                "predicted for such"
            )
    if tokens.kind == "words" and unknown > STRANGE:
        notes.append(
            f"{unknown:.0%} of the words are unknown: tokenizer='bpe' would know their parts"
        )
    return tuple(notes)
