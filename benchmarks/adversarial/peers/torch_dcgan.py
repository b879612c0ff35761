"""DCGAN in PyTorch, as its own tutorial trains it: one batch of made pictures serves both.

Tensors in memory, a permutation, a loop over batches; the fused Adam; pictures in whichever memory
format is faster, and one thread where that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.adversarial.row import (
    BETA1,
    BETA2,
    EPSILON,
    FILTERS,
    LATENT,
    MOMENTUM,
    ROWS,
    SLOPE,
    floats,
    told,
)
from benchmarks.peers import torch_choices
from benchmarks.peers.protocol import Peer, serve
from benchmarks.peers.torch_plain import need_a_compiler


class Torch(Peer):
    packages = ("torch", "numpy")

    def __init__(self, row: Any, data: Any, compiled: bool) -> None:
        scaled = {name: floats(pictures) for name, pictures in data.items()}
        super().__init__(row, torch_choices.channels_first(scaled))
        import torch

        self.torch, self.compiled = torch, compiled
        self.X = torch.from_numpy(self.data["X"])

    def prepare(self) -> None:
        torch = self.torch
        torch.manual_seed(0)
        self.generator, self.critic = networks(torch)
        self.start = [
            {name: t.clone() for name, t in network.state_dict().items()}
            for network in (self.generator, self.critic)
        ]
        self._optimizers()
        keep: Callable[[Any], Any] = lambda function: function  # noqa: E731
        if self.compiled:
            need_a_compiler()
            keep = torch.compile
        self.make, self.judge, self.fool = map(keep, (self._make, self._judge, self._fool))
        self.chosen = torch_choices.choose(torch, self.row, lambda: self.train(1), self._lay)

    def _lay(self, layout: Any) -> None:
        self.X = self.X.to(memory_format=layout)
        self.generator.to(memory_format=layout)
        self.critic.to(memory_format=layout)

    def _optimizers(self) -> None:
        self.of_generator, self.of_critic = (
            self.torch.optim.Adam(
                network.parameters(), self.row.learning_rate, (BETA1, BETA2), fused=True
            )
            for network in (self.generator, self.critic)
        )

    def _make(self, noise: Any) -> Any:
        return self.generator(noise)

    def _judge(self, real: Any, made: Any) -> Any:
        softplus = self.torch.nn.functional.softplus
        return softplus(-self.critic(real)).mean() + softplus(self.critic(made)).mean()

    def _fool(self, made: Any) -> Any:
        return self.torch.nn.functional.softplus(-self.critic(made)).mean()

    def step(self, real: Any) -> None:
        """The critic moves, then the generator."""
        made = self.make(self.torch.randn(len(real), LATENT))
        self.of_critic.zero_grad()
        self.judge(real, made.detach()).backward()
        self.of_critic.step()
        self.critic.requires_grad_(False)  # its gradients would be thrown away
        self.of_generator.zero_grad()
        self.fool(made).backward()
        self.of_generator.step()
        self.critic.requires_grad_(True)

    def reset(self) -> None:
        for network, start in zip((self.generator, self.critic), self.start, strict=True):
            network.load_state_dict(start)
        self._optimizers()

    def train(self, epochs: int) -> dict[str, Any]:
        self.generator.train()
        self.critic.train()
        size = self.row.batch_size
        for _ in range(epochs):
            order = self.torch.randperm(len(self.X))
            for first in range(0, len(order), size):
                self.step(self.X[order[first : first + size]])
        return {}

    def sample(self, count: int) -> np.ndarray:
        """Made pictures, float32 (count, 1, 28, 28)."""
        self.generator.eval()
        with self.torch.no_grad():
            made: np.ndarray = self.generator(self.torch.randn(count, LATENT)).numpy()
        return made

    def quality(self) -> dict[str, float]:
        real = self.data["X_test"]
        self.critic.eval()
        with self.torch.no_grad():
            scores = [
                self.critic(self.torch.from_numpy(pictures)).numpy()
                for pictures in (real, self.sample(len(real)))
            ]
        return told(*scores)

    def notes(self) -> dict[str, Any]:
        return self.chosen


def networks(torch: Any) -> tuple[Any, Any]:
    """Generator and critic with fresh weights, as Radford et al. draw them."""
    nn, (few, many) = torch.nn, FILTERS

    def norm(width: int) -> Any:
        return nn.BatchNorm2d(width, EPSILON, 1 - MOMENTUM)

    generator = nn.Sequential(
        nn.Linear(LATENT, 49 * many, bias=False),
        nn.Unflatten(1, (many, 7, 7)),
        norm(many),
        nn.ReLU(),
        nn.ConvTranspose2d(many, few, 4, 2, 1, bias=False),
        norm(few),
        nn.ReLU(),
        nn.ConvTranspose2d(few, 1, 4, 2, 1),
        nn.Tanh(),
    )
    critic = nn.Sequential(
        nn.Conv2d(1, few, 4, 2, 1),
        nn.LeakyReLU(SLOPE),
        nn.Conv2d(few, many, 4, 2, 1, bias=False),
        norm(many),
        nn.LeakyReLU(SLOPE),
        nn.Flatten(),
        nn.Linear(49 * many, 1),
        nn.Flatten(0),
    )
    for layer in (*generator, *critic):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return generator, critic


if __name__ == "__main__":
    serve(lambda row, data, words: Torch(row, data, "--compile" in words), ROWS)
