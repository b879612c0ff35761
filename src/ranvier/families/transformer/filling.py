"""What a masked model puts into the gaps of a text."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.errors import DataError, HyperparameterError
from ranvier.families.transformer.builder import MASKED
from ranvier.families.transformer.vectors import edges
from ranvier.preprocessing.ragged import Ragged
from ranvier.preprocessing.tokens import Tokens
from ranvier.training.blueprint import blueprint_of
from ranvier.training.step import with_precision

if TYPE_CHECKING:
    from ranvier.families.transformer.speaking import Speaking

Array = np.ndarray[Any, Any]

GAPS = ("[MASK]", "<mask>")


@dataclass(frozen=True)
class Filled:
    """One way to fill a gap.

    Attributes:
        token: what goes into it.
        probability: of it.
        text: the whole text with it.
    """

    token: str
    probability: float
    text: str


def fill(model: Speaking, text: str, top: int) -> list[list[Filled]]:
    """The likeliest tokens for each gap of a text, best first.

    Raises:
        HyperparameterError: a model that fills no gaps, or `top` below 1.
        DataError: no gap, or more tokens than the model sees at once.
    """
    if model.task_ != MASKED:
        raise HyperparameterError(
            f"fill_mask needs task='masked_language_model', and this model is one of "
            f"{model.task_}: train one so, or load one with from_pretrained."
        )
    if top < 1:
        raise HyperparameterError(f"top must be a whole number of at least 1; got {top!r}.")
    gap = next((name for name in GAPS if name in text), None)
    if gap is None:
        raise DataError(f"The text has no gap to fill: write [MASK] for it; got {text[:60]!r}.")
    tokens: Tokens = model.preprocessor_.tokens  # type: ignore[attr-defined]
    parts = text.split(gap)
    row, gaps = _with_gaps(tokens, parts)
    most = model.preprocessor_.spec.steps
    if len(row) > most:
        raise DataError(
            f"The text has {len(row):,} tokens, and the model sees {most:,} at once: cut it."
        )
    chances = _chances(model, row)[gaps]  # (gaps, vocabulary)
    chances[:, sorted(tokens.marks.all)] = 0.0
    best = np.argsort(-chances, axis=1, kind="stable")[:, :top]
    found = []
    for number, choices in enumerate(best.tolist()):
        others = [tokens.decode([int(chances[n].argmax())]).strip() for n in range(len(gaps))]
        ways = []
        for choice in choices:
            word = tokens.decode([choice]).strip()
            others[number] = word
            whole = "".join(a + b for a, b in zip(parts, [*others, ""], strict=True))
            ways.append(Filled(word, float(chances[number, choice]), whole))
        found.append(ways)
    return found


def _with_gaps(tokens: Tokens, parts: list[str]) -> tuple[Array, list[int]]:
    """The numbers of a text's tokens between marks, and the places of its gaps."""
    assert tokens.mask is not None
    assert tokens.start is not None
    assert tokens.end is not None
    row, gaps = [tokens.start], []
    for number, part in enumerate(parts):
        if number:
            gaps.append(len(row))
            row.append(tokens.mask)
        kept = (
            part if number == len(parts) - 1 else part.rstrip()
        )  # a blank before a gap is its own
        flat, _ = tokens.encode([kept], least=0)
        row += flat.tolist()
    return np.array([*row, tokens.end], np.int32), gaps


def _chances(model: Speaking, row: Array) -> Array:
    """The probabilities of all tokens at each place of a row, float32 (steps, vocabulary)."""
    outcome = model._outcome
    lengths = np.array([len(row)], np.int32)
    padded = Ragged(row, np.array([0, len(row)], np.int64), edges(lengths))
    run = _teller(model._builder(), str(model.resolved_["precision"]))
    inputs = {"tokens": np.asarray(padded[:1]), "lengths": lengths}
    chances: Array = np.array(run(outcome.parameters, outcome.variables, inputs))[0]
    return chances


@functools.lru_cache(maxsize=32)
def _teller(build: Any, precision: str) -> Callable[..., jax.Array]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, inputs: Any) -> jax.Array:
        network = blueprint.assemble(with_precision(parameters, precision), variables)
        return jax.nn.softmax(network(inputs).astype(jnp.float32), axis=-1)

    return jax.jit(run)
