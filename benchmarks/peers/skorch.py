"""skorch's NeuralNetClassifier by `fit`, which begins with fresh weights each time."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import torch_choices
from benchmarks.peers.protocol import Peer, serve


class Skorch(Peer):
    packages = ("skorch", "torch", "numpy")

    def __init__(self, row: Any, data: Any) -> None:
        super().__init__(row, torch_choices.channels_first(data))

    def prepare(self) -> None:
        import torch
        from skorch import NeuralNetClassifier

        self.torch, self.classifier = torch, NeuralNetClassifier
        self.row.build("torch", torch)  # says so at once where there is none
        self.y = self.data["y"].astype(np.int64)
        self.layout = torch.contiguous_format
        self.chosen = torch_choices.choose(torch, self.row, lambda: self.train(1), self._lay)

    def _lay(self, layout: Any) -> None:
        self.layout = layout

    def train(self, epochs: int) -> dict[str, Any]:
        self.torch.manual_seed(0)
        self.model = self.classifier(
            lambda: self.row.build("torch", self.torch).to(memory_format=self.layout),
            criterion=self.torch.nn.CrossEntropyLoss,
            optimizer=self.torch.optim.Adam,
            lr=self.row.learning_rate,
            batch_size=self.row.batch_size,
            max_epochs=epochs,
            train_split=None,
            iterator_train__shuffle=True,
            verbose=0,
        )
        self.model.fit(self.data["X"], self.y)
        return {}

    def notes(self) -> dict[str, Any]:
        return self.chosen

    def scores(self) -> np.ndarray:
        return self.model.forward(self.data["X_test"]).numpy()


if __name__ == "__main__":
    serve(lambda row, data, arguments: Skorch(row, data))
