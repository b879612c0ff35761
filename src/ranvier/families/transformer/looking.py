"""What a fitted transformer looks at: which tokens take what from which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from ranvier.data.texts import Texts
from ranvier.errors import DataError
from ranvier.explain.attention import Attention
from ranvier.families.sequential.places import places_of
from ranvier.families.transformer.builder import CAUSAL
from ranvier.families.transformer.generation.prompts import beginning
from ranvier.families.transformer.vectors import edges, inputs_of
from ranvier.families.transformer.weights import seer
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.framing import frame_of
from ranvier.preprocessing.ragged import Ragged, lengths_of
from ranvier.preprocessing.text_rows import encoded
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.preprocessing.tokens import PUBLISHED, Tokens

if TYPE_CHECKING:
    from ranvier.families.transformer.explaining import Explaining

Array = np.ndarray[Any, Any]

MOST_ROWS = 16  # that are looked into together
MOST_WEIGHTS = 1 << 28  # that are held together: a GiB


def attention(model: Explaining, rows: Any, inputs: dict[str, Any]) -> Attention:
    """The weights of every layer and head.

    Args:
        model: a fitted model.
        rows: `Texts` or `Sequences`, as the model takes them.
        inputs: the same, preprocessed; of plain texts see `told_rows`.

    Raises:
        DataError: so many rows that their weights do not fit.
    """
    whole, outcome = model._builder(), model._outcome
    steps = inputs["tokens" if "tokens" in inputs else "steps"]
    lengths = -(-lengths_of(steps) // whole.patch)
    each = whole.shape.layers * whole.shape.heads * np.square(lengths)
    if each.sum() > MOST_WEIGHTS:
        most = int(np.searchsorted(np.cumsum(each), MOST_WEIGHTS, side="right"))
        raise DataError(
            f"The weights of {len(lengths):,} rows are {int(each.sum()):,} numbers, too many to "
            f"be held: pass the first {most:,} rows, or shorter ones."
        )
    run, widest = seer(whole), -(-steps.shape[1] // whole.patch)
    weights = jax.device_put((outcome.parameters, outcome.variables))

    def padded(block: Any) -> Array:
        found = np.asarray(run(*weights, block))
        more = widest - found.shape[-1]
        return np.pad(found, ((0, 0), (0, 0), (0, 0), (0, more), (0, more)))

    most = min(MOST_ROWS, 1 << max(0, len(lengths) - 1).bit_length())
    most = min(most, max(1, MOST_WEIGHTS // int(each.max() * 4)))
    found = in_blocks(padded, inputs, most)
    cut = tuple(
        found[row, :, :, :length, :length].copy() for row, length in enumerate(lengths.tolist())
    )
    if isinstance(rows, Texts):
        names, marks = _pieces(model, rows, steps)
    else:
        names, marks = _patches(lengths_of(steps), whole.patch)
    return Attention(tokens=names, weights=cut, marks=marks, causal=whole.shape.causal)


def told_rows(model: Explaining, texts: Texts) -> dict[str, Any]:
    """Texts as a model of language takes them when it looks at each by itself."""
    preprocessor = model.preprocessor_
    if not isinstance(preprocessor, CorpusPreprocessor) or preprocessor.task != CAUSAL:
        return inputs_of(model, texts)
    mark, most = beginning(preprocessor), preprocessor.context
    flat, starts = encoded(preprocessor.tokens, texts.values.to_list(), most, least=0)
    parts = [flat[a:b] for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
    if mark is not None:
        parts = [np.concatenate([[np.int32(mark)], part])[:most] for part in parts]
    if not all(len(part) for part in parts):
        raise DataError("A text has no tokens to look at: leave empty texts out.")
    lengths = np.array([len(part) for part in parts], np.int32)
    rows = Ragged(np.concatenate(parts), np.concatenate([[0], np.cumsum(lengths)]), edges(lengths))
    return {"tokens": rows, "lengths": lengths}


def blank(model: Explaining, inputs: dict[str, Any]) -> dict[str, Any]:
    """The rows without what they say: padding between their marks."""
    preprocessor = model.preprocessor_
    if not isinstance(preprocessor, TextPreprocessor):
        return {}
    marks = preprocessor.tokens.marks
    nothing = next(
        (n for n in (marks.padding, marks.mask, marks.unknown, marks.end) if n is not None), 0
    )
    tokens: Ragged = inputs["tokens"]
    flat, frame = np.full_like(tokens.flat, nothing), preprocessor.frame
    if frame is not None:
        kept = np.isin(tokens.flat, (frame.start, frame.end))
        flat = np.where(kept, tokens.flat, flat)
    return {"blank": Ragged(flat, tokens.starts, tokens.edges, tokens.rows)}


Named = tuple[tuple[tuple[str, ...], ...], tuple[Array, ...]]


def _pieces(model: Explaining, texts: Texts, rows: Ragged) -> Named:
    """Each token as it stands in its text, and which are marks."""
    preprocessor = model.preprocessor_
    tokens: Tokens = preprocessor.tokens  # type: ignore[attr-defined]
    names, marks = [], []
    ids = [np.asarray(rows[row : row + 1])[0, :n] for row, n in enumerate(rows.lengths.tolist())]
    places: list[Any] = [None] * len(ids)
    shift = 0
    if texts.words is None:
        if isinstance(preprocessor, TextPreprocessor):
            most, frame = preprocessor.max_length, preprocessor.frame
        else:
            most, frame = preprocessor.context, None  # type: ignore[attr-defined]
            if model.task_ == CAUSAL:
                shift = int(beginning(preprocessor) is not None)  # type: ignore[arg-type]
            else:
                frame = frame_of(tokens)
        places = places_of(tokens, texts, most, frame)
    for numbers, place in zip(ids, places, strict=True):
        named = [name_of(tokens, number) for number in numbers.tolist()]
        marked = np.isin(numbers, [n for n in (tokens.start, tokens.end) if n is not None])
        if place is not None:
            for where, (a, b) in zip(place.kept + shift, place.spans.tolist(), strict=True):
                if where < len(numbers):
                    named[where], marked[where] = place.text[a:b] or named[where], False
        names.append(tuple(named))
        marks.append(marked)
    return tuple(names), tuple(marks)


def name_of(tokens: Tokens, number: int) -> str:
    """A token by itself, as a person reads it; marks in brackets."""
    marks = {tokens.start: "[start]", tokens.end: "[end]", tokens.mask: "[mask]"}
    if tokens.kind != PUBLISHED and number in marks:
        return marks[number]
    name = tokens._names.get(number, "")
    if number in tokens.marks.all:
        return name
    return tokens.decode([number]) or name


def _patches(lengths: Array, patch: int) -> Named:
    """The steps of each patch, from 1, such as "1–8"."""
    names, marks = [], []
    for length in lengths.tolist():
        firsts = range(1, length + 1, patch)
        listed = [str(a) if patch == 1 else f"{a}–{min(a + patch - 1, length)}" for a in firsts]
        names.append(tuple(listed))
        marks.append(np.zeros(len(listed), bool))
    return tuple(names), tuple(marks)
