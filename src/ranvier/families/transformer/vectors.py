"""One vector for each text, to compare texts by."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.data.texts import Texts
from ranvier.errors import HyperparameterError
from ranvier.families.transformer.hyperparameters import POOLINGS
from ranvier.families.transformer.language import LanguageNetwork, encoded
from ranvier.families.transformer.pooling import pooled
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.framing import frame_of
from ranvier.preprocessing.ragged import Ragged
from ranvier.preprocessing.text_rows import Whole
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.training.blueprint import blueprint_of
from ranvier.training.step import with_precision

if TYPE_CHECKING:
    from ranvier.families.transformer.speaking import Speaking

Array = np.ndarray[Any, Any]

SHORTEST = 16  # tokens that rows are padded to at least, then 32, 64, ...
LEAST = 1e-12  # length of a vector that is made one long


def embed(model: Speaking, texts: Texts, pooling: str | None, normalised: bool | None) -> Array:
    """Float32 (N, d).

    Args:
        model: a fitted transformer of texts.
        texts: any.
        pooling: one of `POOLINGS`; None: the model's own.
        normalised: whether each vector is made one long; None: as the model was published.

    Raises:
        HyperparameterError: an unknown pooling.
    """
    resolved = model.resolved_
    chosen = pooling or resolved.get("pooling") or "mean"
    if chosen not in POOLINGS:
        raise HyperparameterError(f"pooling must be one of {', '.join(POOLINGS)}; got {chosen!r}.")
    if normalised is None:
        normalised = bool(resolved.get("normalised"))
    outcome = model._outcome
    run = _encoder(model._builder(), str(resolved["precision"]), chosen)
    weights = jax.device_put((outcome.parameters, outcome.variables))
    inputs = inputs_of(model, texts)
    most = model._rows_at_once(model.preprocessor_.spec)
    vectors: Array = in_blocks(lambda block: run(*weights, block), inputs, most)
    if normalised:
        sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = vectors / np.maximum(sizes, LEAST)
    return vectors


def inputs_of(model: Speaking, texts: Texts) -> dict[str, Any]:
    """Texts between their marks, as the stack takes them."""
    preprocessor = model.preprocessor_
    if isinstance(preprocessor, TextPreprocessor):
        return preprocessor.transform(texts)
    tokens, most = preprocessor.tokens, preprocessor.context  # type: ignore[attr-defined]
    rows = Whole.of(texts, tokens, most=most, least=0).read(most, frame_of(tokens))
    lengths = np.diff(rows.starts).astype(np.int32)
    return {"tokens": Ragged(rows.flat, rows.starts, edges(lengths)), "lengths": lengths}


def edges(lengths: Array) -> tuple[int, ...]:
    """The lengths that rows are padded to: few, whatever the texts."""
    found = [SHORTEST]
    while found[-1] < int(lengths.max(initial=1)):
        found.append(2 * found[-1])
    return tuple(found)


@functools.lru_cache(maxsize=32)
def _encoder(build: Any, precision: str, pooling: str) -> Callable[..., jax.Array]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, inputs: Any) -> jax.Array:
        network = blueprint.assemble(with_precision(parameters, precision), variables)
        if isinstance(network, LanguageNetwork):
            x = network.hidden(inputs)
        else:
            x = encoded(network, network.input(inputs), inputs)
        return pooled(x.astype(jnp.float32), inputs.get("lengths"), pooling)

    return jax.jit(run)
