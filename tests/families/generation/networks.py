"""Small networks that were never trained, and a generation that remembers nothing."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.transformer.builder import CAUSAL, TransformerBuilder
from ranvier.families.transformer.generation.decoder import Decoder
from ranvier.families.transformer.generation.sampling import LOWEST, Chances, drawn, penalised
from ranvier.families.transformer.generation.settings import Asked
from ranvier.families.transformer.generation.writing import Writer
from ranvier.families.transformer.shape import Shape
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.blueprint import blueprint_of

VOCABULARY, CONTEXT = 23, 16

USUAL: dict[str, Any] = {
    "layers": 2, "width": 16, "heads": 4, "key_heads": 4, "head_width": 4, "hidden": 24,
    "causal": True,
}  # fmt: skip
Parameters = dict[str, np.ndarray[Any, Any]]


def network(**settings: Any) -> tuple[TransformerBuilder, Parameters]:
    """A builder, and weights so large that the tokens differ in their scores."""
    values = {**USUAL, **settings}
    longest = CONTEXT if values.get("positions", "learned") == "learned" else 0
    shape = Shape(**values, longest=longest + values.get("position_offset", 0))
    inputs = InputSpec(steps=CONTEXT, vocabulary=VOCABULARY)
    outputs = OutputSpec(VOCABULARY, "softmax", "cross_entropy", each_step=True)
    build = TransformerBuilder(inputs, outputs, shape, language=CAUSAL)
    random = np.random.default_rng(3)
    parameters = {
        path: random.normal(0.0, 0.5, wanted.shape).astype(np.float32)
        for path, wanted in blueprint_of(build).parameters.items()
    }
    return build, parameters


def written(
    of: tuple[TransformerBuilder, Parameters],
    texts: Sequence[Sequence[int]],
    asked: Asked,
    *,
    run: int = 1000,
    end: int | None = None,
) -> list[list[int]]:
    """What the writer adds to texts, `run` tokens at a time at most."""
    writer = Writer(Decoder(*of, "float32", CONTEXT, [0, 1], end), texts, asked)
    found: list[list[int]] = [[] for _ in texts]
    while len(found[0]) < asked.max_tokens:
        told = writer.more(min(run, asked.max_tokens - len(found[0])))
        for text, tokens in zip(found, told.tolist(), strict=True):
            text.extend(tokens)
    return found


_drawn = jax.jit(drawn)


@functools.cache
def _whole(build: TransformerBuilder) -> Any:
    blueprint = blueprint_of(build)
    return jax.jit(lambda arrays, tokens: blueprint.assemble(arrays, {})({"tokens": tokens}))


def recomputed(
    of: tuple[TransformerBuilder, Parameters], text: Sequence[int], asked: Asked
) -> list[int]:
    """The same for one text by the whole network for each token; none is remembered."""
    build, parameters = of
    whole = _whole(build)
    window, found = list(text)[-CONTEXT:], []
    chances = Chances(
        jnp.float32(asked.temperature),
        jnp.int32(asked.top_k or VOCABULARY),
        jnp.float32(asked.top_p or 1.0),
        jnp.float32(asked.repetition_penalty),
        jnp.array([asked.seed], jnp.uint32),
    )
    for count in range(asked.max_tokens):
        if len(window) > CONTEXT:
            window = window[-(CONTEXT // 2) :]
        # What comes later is not seen, so that padding there changes nothing.
        padded = np.pad(window, (0, CONTEXT - len(window))).astype(np.int32)
        scores = whole(parameters, padded[None])[:, len(window) - 1]
        scores = scores.at[:, :2].set(LOWEST)
        seen = np.zeros((1, VOCABULARY), bool)
        seen[0, [*text, *found]] = True
        scores = penalised(scores, jnp.asarray(seen), chances.repetition_penalty)
        token = int(_drawn(scores, chances, jnp.int32(count))[0])
        found.append(token)
        window.append(token)
    return found
