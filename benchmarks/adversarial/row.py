"""The DCGAN of Radford et al. (2016) for 28×28 grey pictures, and what every library is given.

Generator: 100 numbers of noise, a dense layer to 7×7×128, then two transposed convolutions of 4×4
with stride 2, to 14×14×64 and to 28×28×1; batch normalisation and ReLU before each, tanh at the
end. Critic: two convolutions of 4×4 with stride 2, to 14×14×64 and 7×7×128, leaky ReLU of 0.2
behind each, batch normalisation before the second one's, a dense layer to one number.

In each step the critic learns to tell 64 real pictures from 64 made ones, and then the generator
to be taken for real: non-saturating cross-entropies, Adam with 2e-4 and a beta1 of 0.5 for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.rows.row import Row

LATENT, FILTERS = 100, (64, 128)
BETA1, BETA2 = 0.5, 0.999
SLOPE = 0.2  # of the leaky ReLU
MOMENTUM, EPSILON = 0.9, 1e-5  # of the running statistics


@dataclass(frozen=True, kw_only=True)
class Dcgan(Row):
    """DCGAN on Fashion-MNIST.

    Attributes:
        rows: real pictures that are trained on.
        test_rows: that are scored.
    """

    pictures: bool = True
    batch_size: int = 64
    learning_rate: float = 2e-4
    rows: int
    test_rows: int = 1_024

    def data(self) -> dict[str, np.ndarray]:
        """Pictures "X" and "X_test", uint8 (rows, 28, 28, 1).

        Raises:
            LookupError: they cannot be had here.
        """
        from benchmarks.images import data  # which peers' environments cannot import

        with np.load(data.arrays()) as file:
            train, test = file["X"][: self.rows], file["X_test"][: self.test_rows]
        return {"X": train[..., None], "X_test": test[..., None]}

    def ranvier(self, epochs: int) -> Any:
        """The same networks and losses, by hyperparameters."""
        import ranvier as rv

        return rv.GAN(
            recipe="textbook",
            loss="dcgan",
            latent=LATENT,
            filters=FILTERS[0],
            beta1=BETA1,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            augmentation="none",
            conditional=False,
            epochs=epochs,
            verbose=0,
        )


ROWS = {
    row.name: row
    for row in (
        Dcgan(
            name="dcgan",
            about="DCGAN of 64 and 128 filters on 28×28×1, batch 64, 3,200 pictures an epoch",
            rows=3_200,
            epochs=2,
        ),
    )
}


def floats(pictures: np.ndarray) -> np.ndarray:
    """Bytes to float32 from -1 to 1."""
    scaled: np.ndarray = pictures.astype(np.float32) / np.float32(127.5) - np.float32(1.0)
    return scaled


def told(real: np.ndarray, made: np.ndarray) -> dict[str, float]:
    """From the critic's numbers of real and made pictures to the share that it tells and its loss.

    Not how good the pictures are: only whether everybody trained.
    """
    both = np.concatenate([real, -made]).astype(np.float64)
    return {
        "accuracy": float(np.mean(both > 0)),
        "loss": float(np.mean(np.logaddexp(0.0, -both))),
    }
