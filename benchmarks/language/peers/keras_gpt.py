"""The same network in Keras by `fit` on arrays; the backend comes from KERAS_BACKEND.

What is tuned, before anything is measured: whether Keras's own MultiHeadAttention is faster than
one product for queries, keys and values, and on TensorFlow whether XLA compiles; then
`steps_per_execution`.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from benchmarks.language.peers.speaker import BLOCK, Speaker, serve
from benchmarks.language.row import BETAS, CLIP, DECAY, FLOOR, SPREAD, WARMUP, drawn

STEPS = (1, 8, 40)  # steps_per_execution that are tried


class Keras(Speaker):
    def __init__(self, row: Any, data: Any) -> None:
        super().__init__(row, data)
        import keras

        self.keras, backend = keras, keras.backend.backend()
        self.packages = ("keras", {"tensorflow": "tensorflow_cpu"}.get(backend, backend), "numpy")
        self.compilers = ("auto", False) if backend == "tensorflow" else ("auto",)
        self.fused, self.jit, self.steps = True, self.compilers[0], 1
        self.rng = np.random.default_rng(row.seed)

    def prepare(self) -> None:
        if not self.row.cold:
            self._tune()
        self._made()
        if not self.row.cold:
            self.train(1)
        self.start = self.model.get_weights()

    def reset(self) -> None:
        self.model.set_weights(self.start)
        for variable in self.model.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def train(self, epochs: int) -> dict[str, Any]:
        row = self.row
        count = epochs * row.steps * row.batch_size
        rows = drawn(self.ids, count, row.context, self.rng)
        self.model.fit(rows[:, :-1], rows[:, 1:], batch_size=row.batch_size, verbose=0)
        return {}

    def logits(self, seen: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.model.predict(seen, batch_size=BLOCK, verbose=0)
        return found

    def notes(self) -> dict[str, Any]:
        attention = "one product" if self.fused else "MultiHeadAttention"
        return {"attention": attention, "jit": self.jit, "steps_per_execution": self.steps}

    def _tune(self) -> None:
        ways = [(fused, jit) for fused in (True, False) for jit in self.compilers]
        self.fused, self.jit = min(ways, key=lambda way: self._seconds(*way, 1))
        self.steps = min(STEPS, key=lambda steps: self._seconds(self.fused, self.jit, steps))

    def _seconds(self, fused: bool, jit: Any, steps: int) -> float:
        self.fused, self.jit, self.steps = fused, jit, steps
        self._made()
        self.train(1)
        began = time.perf_counter()
        self.train(1)
        return time.perf_counter() - began

    def _made(self) -> None:
        keras, row = self.keras, self.row
        keras.utils.set_random_seed(row.seed)
        self.model = network(keras, row, self.vocabulary, self.fused)
        climb = max(1, round(WARMUP * row.iterations))
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0,
            max(1, row.iterations - climb),
            alpha=FLOOR,
            warmup_target=row.learning_rate,
            warmup_steps=climb,
        )
        optimizer = keras.optimizers.AdamW(
            schedule,
            weight_decay=DECAY,
            beta_1=BETAS[0],
            beta_2=BETAS[1],
            epsilon=1e-8,
            global_clipnorm=CLIP,
        )
        optimizer.exclude_from_weight_decay(
            [weight for weight in self.model.trainable_weights if len(weight.shape) < 2]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(optimizer, loss, steps_per_execution=self.steps, jit_compile=self.jit)


def network(keras: Any, row: Any, vocabulary: int, fused: bool) -> Any:
    """The network, with fresh weights, logits at its end."""
    layers, ops, width = keras.layers, keras.ops, row.width

    def fresh(scale: float = 1.0) -> Any:
        return keras.initializers.RandomNormal(stddev=SPREAD * scale)

    def dense(units: int, scale: float = 1.0, activation: Any = None) -> Any:
        return layers.Dense(
            units, use_bias=False, activation=activation, kernel_initializer=fresh(scale)
        )

    def norm() -> Any:
        return layers.LayerNormalization(epsilon=1e-5, center=False)

    def gelu(x: Any) -> Any:
        return ops.gelu(x, approximate=False)

    class Places(layers.Layer):
        def build(self, shape: Any) -> None:
            self.table = self.add_weight(shape=(row.context, width), initializer=fresh())

        def call(self, x: Any) -> Any:
            return x + self.table

    class Attend(layers.Layer):
        def build(self, shape: Any) -> None:
            self.attend, self.merge = dense(3 * width), dense(width, (2 * row.layers) ** -0.5)
            self.attend.build(shape)
            self.merge.build(shape)

        def call(self, x: Any) -> Any:
            wide = ops.reshape(self.attend(x), (-1, row.context, 3, row.heads, width // row.heads))
            query, key, value = ops.unstack(wide, 3, axis=2)
            taken = ops.dot_product_attention(query, key, value, is_causal=True)
            return self.merge(ops.reshape(taken, (-1, row.context, width)))

    tokens = layers.ReversibleEmbedding(vocabulary, width, embeddings_initializer=fresh())
    seen = keras.Input((row.context,), dtype="int32")
    x = Places()(tokens(seen))
    deep = 1 / math.sqrt(2 * row.layers)
    for _ in range(row.layers):
        normed = norm()(x)
        if fused:
            x = x + Attend()(normed)
        else:
            heads = layers.MultiHeadAttention(
                row.heads, width // row.heads, use_bias=False, kernel_initializer=fresh()
            )
            x = x + heads(normed, normed, use_causal_mask=True)
        x = x + dense(width, deep)(dense(4 * width, activation=gelu)(norm()(x)))
    return keras.Model(seen, tokens(norm()(x), reverse=True))


if __name__ == "__main__":
    serve(lambda row, data, words: Keras(row, data))
