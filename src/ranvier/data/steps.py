"""What a caller holds in memory, as a family takes it that goes through its rows step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.inference import absent
from ranvier.data.pictures.images import are_images
from ranvier.data.sequences import sequences_of
from ranvier.data.text_lists import are_pairs, are_words, pairs_of, words_of
from ranvier.data.texts import Texts
from ranvier.data.whole import Whole

STEPS = "steps"  # instead of the layout of pictures
WORDS = "words"  # the same, and lists may be pairs of texts or the words of texts


@dataclass(frozen=True)
class StepForm:
    """What the rows of training were, so that others are brought to the same.

    Attributes:
        kind: "text" or "sequence".
        sources: the columns of a table that the texts, or the steps, are from; empty where they
            are from none. Of a long table: the channels.
        beside: whether other columns of the table stand beside.
        series, time: of a long table, a row for each step: the columns that tell whose step it is
            and when it was; empty for other tables, and where the rows' order tells when.
        pairs: whether the rows are pairs of texts.
        words: whether each word of a text has an answer of its own.
    """

    kind: str
    sources: tuple[str, ...] = ()
    beside: bool = False
    series: str = ""
    time: str = ""
    pairs: bool = False
    words: bool = False


def steps_of(source: Any, layout: str = STEPS) -> Any:
    """Numbers as `Sequences`, strings as `Texts`; frames and other tables as they are.

    Args:
        source: what a caller holds in memory.
        layout: `STEPS` or `WORDS`.

    Raises:
        DataError: sequences or texts that cannot be used.
    """
    if isinstance(source, Whole) or hasattr(source, "columns") or are_images(source):
        return source
    if are_texts(source):
        return Texts.of(source)
    if layout == WORDS and are_pairs(source):
        return pairs_of(source)
    if layout == WORDS and are_words(source):
        return words_of(source)
    if isinstance(source, np.ndarray):
        return sequences_of(source) if source.dtype.kind in "fiub" and source.ndim > 1 else source
    if isinstance(source, (list, tuple)) and (not source or _numeric(source[0])):
        return sequences_of(source)
    return source


def are_texts(source: Any) -> bool:
    """Whether it is a list, an array or a series of strings, of which some may be missing."""
    if isinstance(source, np.ndarray):
        if source.ndim != 1 or source.dtype.kind not in "OU" or not len(source):
            return False
        return source.dtype.kind == "U" or _first_is_text(source)
    if isinstance(source, (list, tuple)):
        return _first_is_text(source)
    is_series = hasattr(source, "to_list") and hasattr(source, "dtype")
    return is_series and _first_is_text(source)


def _first_is_text(values: Any) -> bool:
    """Whether the first value that is not missing is a string."""
    for value in values:
        if isinstance(value, str):
            return True
        if not absent(value):
            return False
    return False


def _numeric(row: Any) -> bool:
    """Whether it is steps: an array or a list of numbers."""
    if not isinstance(row, (np.ndarray, list, tuple)) or not len(row):
        return hasattr(row, "__array__") and np.ndim(row) > 0
    first = row[0]
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    return isinstance(first, (np.ndarray, int, float, np.number, np.bool_))
