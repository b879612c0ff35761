"""nanoGPT's network for a processor, and what every library is given to train it.

Four layers of four heads, 128 wide, 64 characters at once, 12 rows a step, 2,000 steps: no
dropout, no biases, layer norms before the halves of a block, learned positions, exact GELU, the
output layer the token table, turned. AdamW, beta2 0.99, decay 0.1 of matrices, gradients clipped
at 1; a straight line up to 1e-3 over a twentieth of the run, then a cosine down to 1e-4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.language import data
from benchmarks.rows.row import Row

Array = np.ndarray[Any, Any]

EPOCH = 200  # iterations of what the tables call an epoch
BETAS, DECAY, CLIP, SPREAD = (0.9, 0.99), 0.1, 1.0, 0.02
FLOOR, WARMUP = 0.1, 0.05  # of the learning rate at the end; of the run, climbing


@dataclass(frozen=True, kw_only=True)
class Characters(Row):
    """The next character of Shakespeare.

    Attributes:
        steps: iterations of an epoch.
        seed: of the weights and of the order.
        judged: characters that are judged; 0: all of the validation part.
    """

    layers: int = 4
    heads: int = 4
    width: int = 128
    context: int = 64
    batch_size: int = 12
    steps: int = EPOCH
    seed: int = 0
    judged: int = 0

    @property
    def iterations(self) -> int:
        """Of each training."""
        return self.steps * self.epochs

    def of(self, iterations: int, seed: int) -> Characters:
        """The same with about so many iterations, in as many epochs."""
        return replace(self, steps=max(1, iterations // self.epochs), seed=seed)

    def data(self) -> dict[str, Array]:
        """The texts "train" and "valid" as bytes, uint8.

        Raises:
            LookupError: they cannot be had here.
        """
        train, valid = (np.frombuffer(part.read_bytes(), np.uint8) for part in data.parts())
        return {"train": train, "valid": valid[: self.judged or None]}

    def ranvier(self) -> Any:
        """The same network, by hyperparameters."""
        import ranvier as rv

        return rv.Transformer(
            **self._sizes(),
            norm="layer",
            norm_place="pre",
            positions="learned",
            activation="gelu",
            biases=False,
            tied=True,
            dropout=0.0,
            optimizer="adamw",
            learning_rate=self.learning_rate,
            schedule="warmup",
            weight_decay=DECAY,
            gradient_clip=CLIP,
            tokenizer="characters",
            validation_fraction=0,
        )

    def ranvier_own(self) -> Any:
        """A network of this size as Ranvier makes it."""
        import ranvier as rv

        return rv.Transformer(**self._sizes())

    def _sizes(self) -> dict[str, Any]:
        return {
            "task": "language_model",
            "layers": self.layers,
            "width": self.width,
            "heads": self.heads,
            "context": self.context,
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "steps_per_epoch": self.steps,
            "seed": self.seed,
            "verbose": 0,
        }


ROWS = {
    row.name: row
    for row in (
        Characters(
            name="language_quality",
            about="4 layers, 4 heads, 128 wide, 64 characters at once, batch 12",
            cold=True,
            epochs=10,
        ),
        Characters(
            name="language_speed",
            about=f"The same network; an epoch is {EPOCH} iterations",
            epochs=3,
            judged=32_000,
        ),
    )
}


def numbered(train: Array, valid: Array) -> tuple[Array, Array, int]:
    """Both texts as int32 numbers of the characters in the first, and how many numbers there are.

    The last number is of those that only the second has.
    """
    known = np.unique(train)
    table = np.full(256, len(known), np.int32)
    table[known] = np.arange(len(known))
    return table[train], table[valid], len(known) + 1


def windows(ids: Array, context: int) -> tuple[Array, Array, Array]:
    """A text cut into windows, each character but the first told once.

    Returns:
        What is seen and what follows, int32 (windows, context), and float64 of that shape: 1, and 0
        behind the end of the text.
    """
    count = -(-(len(ids) - 1) // context)
    spare = count * context - (len(ids) - 1)
    seen, aims = (np.pad(part, (0, spare)) for part in (ids[:-1], ids[1:]))
    counts = np.pad(np.ones(len(ids) - 1), (0, spare))
    shape = (count, context)
    return seen.reshape(shape), aims.reshape(shape), counts.reshape(shape)


def drawn(ids: Array, count: int, context: int, rng: np.random.Generator) -> Array:
    """Windows that begin anywhere, int32 (count, context + 1)."""
    starts = rng.integers(0, len(ids) - context, count)
    return ids[starts[:, None] + np.arange(context + 1)]
