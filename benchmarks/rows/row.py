"""What every row says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Row:
    """One training, the same for all peers: Adam on the cross-entropy of classes.

    A family's row is a subclass with a method for each toolkit that can build its network:

        ranvier(epochs)   an unfitted model
        keras(keras)      a `keras.Model`, logits at the end
        torch(torch)      a `torch.nn.Module`, logits at the end
        sklearn(epochs)   an unfitted classifier

    A peer whose toolkit has no method is left out of the row, and the table says so.

    Attributes:
        name: as `--rows` and the tables call it.
        about: one line for the table.
        one_thread: whether PyTorch takes one thread in a whole process, because a network so
            small is faster with it; warm rows try.
        pictures: whether an example is a picture (height, width, channels), and not a table's row.
        cold: whether whole processes are measured, and not warm epochs.
        batch_size, epochs, learning_rate: of each measured training.
    """

    name: str
    about: str
    cold: bool = False
    one_thread: bool = False
    pictures: bool = False
    batch_size: int
    epochs: int
    learning_rate: float = 1e-3

    def data(self) -> dict[str, np.ndarray]:
        """Arrays "X", "y" to train on and "X_test", "y_test" to score; float32 and int32."""
        raise NotImplementedError

    def build(self, toolkit: str, *arguments: Any) -> Any:
        """The network in a toolkit's form.

        Raises:
            LookupError: this row has none for it.
        """
        if not hasattr(self, toolkit):
            raise LookupError(f"the row has no network for {toolkit}")
        return getattr(self, toolkit)(*arguments)
