"""PyTorch as one writes it by hand: tensors in memory, a permutation, a loop over batches.

No DataLoader, which would cost more; Adam is the fused one, which costs less.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.peers import torch_choices
from benchmarks.peers.protocol import Peer, serve


class Torch(Peer):
    packages = ("torch", "numpy")

    def __init__(self, row: Any, data: Any, compiled: bool) -> None:
        super().__init__(row, torch_choices.channels_first(data))
        import torch

        self.torch = torch
        self.compiled = compiled
        self.X = torch.from_numpy(self.data["X"])
        self.y = torch.from_numpy(self.data["y"]).long()

    def prepare(self) -> None:
        torch = self.torch
        torch.manual_seed(0)
        self.network = self.row.build("torch", torch)
        self.start = {name: t.clone() for name, t in self.network.state_dict().items()}
        self.loss = torch.nn.CrossEntropyLoss()
        self._optimizer()
        if self.compiled:
            need_a_compiler()
            # The network and the loss; the optimizer's fused step is one kernel already.
            self.forward = torch.compile(self._forward)
        else:
            self.forward = self._forward
        self.chosen = torch_choices.choose(torch, self.row, lambda: self.train(1), self._lay)

    def _lay(self, layout: Any) -> None:
        self.X = self.X.to(memory_format=layout)
        self.network.to(memory_format=layout)

    def _optimizer(self) -> None:
        self.optimizer = self.torch.optim.Adam(
            self.network.parameters(), self.row.learning_rate, fused=True
        )

    def _forward(self, X: Any, y: Any) -> Any:
        return self.loss(self.network(X), y)

    def step(self, X: Any, y: Any) -> None:
        self.optimizer.zero_grad()
        self.forward(X, y).backward()
        self.optimizer.step()

    def reset(self) -> None:
        self.network.load_state_dict(self.start)
        self._optimizer()

    def train(self, epochs: int) -> dict[str, Any]:
        self.network.train()
        size = self.row.batch_size
        for _ in range(epochs):
            order = self.torch.randperm(len(self.X))
            for first in range(0, len(order), size):
                rows = order[first : first + size]
                self.step(self.X[rows], self.y[rows])
        return {}

    def scores(self) -> np.ndarray:
        self.network.eval()
        with self.torch.no_grad():
            return self.network(self.torch.from_numpy(self.data["X_test"])).numpy()

    def notes(self) -> dict[str, Any]:
        return self.chosen


def need_a_compiler() -> None:
    """Raise NotImplementedError, with the reason, where torch.compile cannot work."""
    from torch._inductor.cpp_builder import get_cpp_compiler

    try:
        get_cpp_compiler()
    except Exception as error:
        raise NotImplementedError("torch.compile finds no C++ compiler here") from error
    if os.environ.get("TORCHDYNAMO_DISABLE") == "1":
        raise NotImplementedError("torch.compile is turned off by TORCHDYNAMO_DISABLE")


if __name__ == "__main__":
    serve(lambda row, data, arguments: Torch(row, data, "--compile" in arguments))
