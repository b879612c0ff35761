"""How much each token of a text surprises a model of language."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.data.corpus import Corpus
from ranvier.explain.surprise import Surprise
from ranvier.families.sequential.places import Places, places_of
from ranvier.families.transformer import cost
from ranvier.families.transformer.builder import CAUSAL
from ranvier.families.transformer.generation.prompts import beginning
from ranvier.families.transformer.looking import name_of
from ranvier.families.transformer.vectors import edges
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.framing import frame_of
from ranvier.preprocessing.ragged import Ragged
from ranvier.training.blueprint import blueprint_of
from ranvier.training.step import with_precision

if TYPE_CHECKING:
    from ranvier.families.transformer.explaining import Explaining

Array = np.ndarray[Any, Any]

PASSAGE = 400  # tokens of a passage of a book, at least
LONG = 8  # characters that a token has, at most, on average: so much of a book is cut
WHOLE = 1 << 30  # tokens: more than any text has
Told = tuple[Array, Array, Array]  # of each token its nats, the likeliest token, how likely it was


def surprise(model: Explaining, corpus: Corpus, most: int) -> Surprise:
    """The surprise of the first texts, or of the first passages of a book.

    Args:
        model: a fitted model of language.
        corpus: the texts.
        most: how many of them; a passage of a book has as many tokens as the model sees at once,
            and at least `PASSAGE`.
    """
    preprocessor = model.preprocessor_
    assert isinstance(preprocessor, CorpusPreprocessor)
    tokens, context = preprocessor.tokens, preprocessor.context
    texts = corpus.plain() if corpus.joined else corpus
    size = max(context, PASSAGE)
    if corpus.joined:
        texts = corpus.of([corpus.text[: most * size * LONG]])
    texts = texts[:most]
    ids = [tokens.encode([text], least=0)[0] for text in texts.values.to_list()]
    if model.task_ == CAUSAL:
        places = places_of(tokens, texts, WHOLE, None)
        mark = None if corpus.joined and preprocessor.joined else beginning(preprocessor)
        told = [_forwards(model, row[: most * size] if corpus.joined else row, mark) for row in ids]
    else:
        places = places_of(tokens, texts, context, frame_of(tokens))
        told = [_hidden(model, row[: context - 2]) for row in ids]
    rows = [(place, each) for place, each in zip(places, told, strict=True)]
    if corpus.joined:
        rows = [part for place, each in rows for part in _passages(place, each, size, most)]
    named = functools.lru_cache(maxsize=None)(lambda number: name_of(tokens, number))
    return Surprise(
        texts=tuple(place.text for place, _ in rows),
        spans=tuple(place.spans[: len(each[0])] for place, each in rows),
        nats=tuple(each[0] for _, each in rows),
        guesses=tuple(tuple(named(number) for number in each[1].tolist()) for _, each in rows),
        sure=tuple(each[2] for _, each in rows),
        read=tuple(place.read for place, _ in rows),
    )


def _passages(place: Places, told: Told, size: int, most: int) -> list[tuple[Places, Told]]:
    """A book in passages of so many tokens."""
    found = []
    for first in range(0, min(len(told[0]), most * size), size):
        spans = place.spans[first : first + size]
        begin, end = int(spans[0, 0]), int(spans[-1, 1])
        part = Places(place.text[begin:end], spans - begin, np.arange(len(spans)), end - begin)
        found.append((part, tuple(each[first : first + size] for each in told)))
    return found  # type: ignore[return-value]


def _nothing(count: int) -> Told:
    return np.full(count, np.nan), np.zeros(count, np.int64), np.zeros(count)


def _forwards(model: Explaining, row: Array, mark: int | None) -> Told:
    """Each token from those before it: half of what the model sees, at least, where there are."""
    context = model.preprocessor_.spec.steps
    line = row if mark is None else np.concatenate([[np.int32(mark)], row])
    told = _nothing(len(line))
    if len(line) > 1:
        half = max(1, context // 2)
        last = max(0, len(line) - 1 - context)
        begins = np.minimum(np.arange(0, last + half, half), last)
        windows = [line[begin : begin + context + 1] for begin in begins.tolist()]
        lengths = np.array([len(window) for window in windows], np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        rows = Ragged(np.concatenate(windows), starts, edges(lengths))
        found = _run(model, {"tokens": rows})
        for number, begin in enumerate(begins.tolist()):
            where = np.arange(begin + 1, begin + lengths[number])
            new = np.isnan(told[0][where])
            for whole, part in zip(told, found, strict=True):
                whole[where[new]] = part[number, : len(where)][new]
    skipped = int(mark is not None)
    return told[0][skipped:], told[1][skipped:], told[2][skipped:]


def _hidden(model: Explaining, row: Array) -> Told:
    """Each token from all others: hidden one after the other."""
    told = _nothing(len(row))
    if not len(row):
        return told
    tokens = model.preprocessor_.tokens  # type: ignore[attr-defined]
    line = np.concatenate([[tokens.start], row, [tokens.end]]).astype(np.int32)
    rows = np.tile(line, (len(row), 1))
    places = 1 + np.arange(len(row), dtype=np.int32)
    rows[np.arange(len(row)), places] = tokens.mask
    lengths = np.full(len(row), len(line), np.int32)
    starts = len(line) * np.arange(len(row) + 1)
    inputs = {
        "tokens": Ragged(rows.ravel(), starts, edges(lengths)),
        "lengths": lengths,
        "place": places,
        "aim": row.astype(np.int32),
    }
    found = _run(model, inputs)
    return found[0][:, 0].astype(np.float64), found[1][:, 0], found[2][:, 0].astype(np.float64)


def _run(model: Explaining, inputs: dict[str, Any]) -> Told:
    """Of each row and place, (rows, steps)."""
    outcome, shape = model._outcome, model._builder()
    weights = jax.device_put((outcome.parameters, outcome.variables))
    run, steps = _judge(shape, model._precision), inputs["tokens"].shape[1]
    rows = len(inputs["tokens"])
    most = cost.rows_at_once(shape.inputs, 1 if "place" in inputs else shape.outputs.units)
    most = min(most, 1 << max(0, rows - 1).bit_length())

    def padded(block: Any) -> Any:
        return jax.tree.map(
            lambda part: np.pad(part, ((0, 0), (0, steps - part.shape[1]))),
            jax.tree.map(np.asarray, run(*weights, block)),
        )

    found: Told = in_blocks(padded, inputs, most)
    return found


@functools.lru_cache(maxsize=8)
def _judge(build: Any, precision: str) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, inputs: Any) -> Any:
        network = blueprint.assemble(with_precision(parameters, precision), variables)
        if "place" in inputs:
            hidden = network.hidden({name: inputs[name] for name in ("tokens", "lengths")})
            hidden = jnp.take_along_axis(hidden, inputs["place"][:, None, None], axis=1)
            logits, aims = network.logits(hidden), inputs["aim"][:, None]  # (rows, 1, vocabulary)
        else:
            logits = network({"tokens": inputs["tokens"][:, :-1]})
            aims = inputs["tokens"][:, 1:]
        chances = jax.nn.log_softmax(logits.astype(jnp.float32), axis=-1)
        nats = -jnp.take_along_axis(chances, aims[..., None], axis=-1)[..., 0]
        return nats, jnp.argmax(chances, axis=-1), jnp.exp(jnp.max(chances, axis=-1))

    return jax.jit(run)
