"""What the programs of language models share: the texts as numbers, and how they are judged."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.language.row import ROWS, Characters, numbered, windows
from benchmarks.peers import protocol

BLOCK = 256  # windows that are judged at once


class Speaker(protocol.Peer):
    """A peer whose `logits` are judged on all windows of the validation part."""

    def __init__(self, row: Characters, data: protocol.Data) -> None:
        super().__init__(row, data)
        self.ids, self.valid, self.vocabulary = numbered(data["train"], data["valid"])

    def logits(self, seen: np.ndarray) -> np.ndarray:
        """Scores (windows, context, vocabulary) for int32 (windows, context)."""
        raise NotImplementedError

    def quality(self) -> dict[str, float]:
        """Nats a character, and the share whose likeliest character is right."""
        seen, aims, counts = windows(self.valid, self.row.context)
        loss = right = 0.0
        for first in range(0, len(seen), BLOCK):
            here = slice(first, first + BLOCK)
            part = seen[here]
            whole = np.pad(part, ((0, BLOCK - len(part)), (0, 0)))  # one shape to compile
            scores = np.asarray(self.logits(whole), np.float64)[: len(part)]
            picked = np.take_along_axis(scores, aims[here, :, None], axis=2)[..., 0]
            highest = scores.max(axis=2)
            total = np.log(np.exp(scores - highest[..., None]).sum(axis=2)) + highest
            loss += float(((total - picked) * counts[here]).sum())
            right += float(((scores.argmax(axis=2) == aims[here]) * counts[here]).sum())
        return {"loss": loss / counts.sum(), "accuracy": right / counts.sum()}


def serve(make: Callable[[Any, protocol.Data, list[str]], protocol.Peer]) -> None:
    """Run a peer's process; `--iterations` and `--seed` change the row."""

    def changed(row: Any, data: protocol.Data, words: list[str]) -> protocol.Peer:
        parser = argparse.ArgumentParser()
        parser.add_argument("--iterations", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        options, rest = parser.parse_known_args(words)
        return make(row.of(options.iterations, options.seed), data, rest)

    protocol.serve(changed, ROWS)
