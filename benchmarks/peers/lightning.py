"""Lightning's Trainer with logging, checkpoints and progress turned off."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np

from benchmarks.peers import torch_choices
from benchmarks.peers.protocol import Peer, serve


class Lightning(Peer):
    packages = ("lightning", "torch", "numpy")

    def __init__(self, row: Any, data: Any) -> None:
        super().__init__(row, torch_choices.channels_first(data))

    def prepare(self) -> None:
        import lightning
        import torch

        warnings.simplefilter("ignore")
        for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self.torch, self.lightning = torch, lightning
        self.module = _module(lightning, torch, self.row)
        self.start = {name: t.clone() for name, t in self.module.state_dict().items()}
        rows = torch.utils.data.TensorDataset(
            torch.from_numpy(self.data["X"]), torch.from_numpy(self.data["y"]).long()
        )
        self.loader = torch.utils.data.DataLoader(rows, self.row.batch_size, shuffle=True)
        self.chosen = torch_choices.choose(
            torch,
            self.row,
            lambda: self.train(1),
            lambda layout: self.module.to(memory_format=layout),
        )

    def reset(self) -> None:
        self.module.load_state_dict(self.start)

    def train(self, epochs: int) -> dict[str, Any]:
        trainer = self.lightning.Trainer(
            accelerator="cpu",
            devices=1,
            max_epochs=epochs,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        self.module.train()  # `fit` leaves the mode as `scores` set it
        trainer.fit(self.module, self.loader)
        return {}

    def notes(self) -> dict[str, Any]:
        return self.chosen

    def scores(self) -> np.ndarray:
        self.module.eval()
        with self.torch.no_grad():
            return self.module.network(self.torch.from_numpy(self.data["X_test"])).numpy()


def _module(lightning: Any, torch: Any, row: Any) -> Any:
    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.network = row.build("torch", torch)
            self.loss = torch.nn.CrossEntropyLoss()

        def training_step(self, batch: Any, number: int) -> Any:
            X, y = batch
            return self.loss(self.network(X), y)

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.network.parameters(), row.learning_rate)

    return Module()


if __name__ == "__main__":
    serve(lambda row, data, arguments: Lightning(row, data))
