"""Ranvier by its public call; with `--own` all but the size is its own choice.

The time of an epoch is that from the first chunk of steps to the end: what compiles and the
cutting of the text are left out, as they are where a peer's data lie ready.
"""

from __future__ import annotations

from typing import Any

from benchmarks.language.peers.speaker import serve
from benchmarks.peers.protocol import Peer


class Ranvier(Peer):
    packages = ("ranvier", "jax", "flax", "optax", "numpy")

    def __init__(self, row: Any, data: Any, own: bool) -> None:
        super().__init__(row, data)
        self.own = own
        self.texts = {name: bytes(data[name]).decode() for name in ("train", "valid")}

    def train(self, epochs: int) -> dict[str, Any]:
        assert epochs == self.row.epochs
        self.model = self.row.ranvier_own() if self.own else self.row.ranvier()
        self.model.fit([self.texts["train"]])
        outcome = self.model._outcome
        return {"seconds_an_epoch": (outcome.seconds - outcome.compile_seconds) / epochs}

    def quality(self) -> dict[str, float]:
        found = self.model.evaluate([self.texts["valid"]])
        return {name: found[name] for name in ("loss", "accuracy")}


if __name__ == "__main__":
    serve(lambda row, data, words: Ranvier(row, data, "--own" in words))
