"""nanoGPT's recipe in PyTorch, written anew from its description; `--compile` for torch.compile."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.language.peers.speaker import Speaker, serve
from benchmarks.language.row import BETAS, CLIP, DECAY, FLOOR, SPREAD, WARMUP
from benchmarks.peers import torch_choices
from benchmarks.peers.torch_plain import need_a_compiler


class Torch(Speaker):
    packages = ("torch", "numpy")

    def __init__(self, row: Any, data: Any, compiled: bool) -> None:
        super().__init__(row, data)
        import torch

        self.torch, self.compiled = torch, compiled
        self.text = torch.from_numpy(self.ids).long()
        self.places = torch.arange(row.context + 1)

    def prepare(self) -> None:
        torch = self.torch
        torch.manual_seed(self.row.seed)
        self.network = network(torch, self.row, self.vocabulary)
        self.start = {name: t.clone() for name, t in self.network.state_dict().items()}
        self.forward = self._loss
        if self.compiled:
            need_a_compiler()
            self.forward = torch.compile(self._loss)
        self._optimizer()
        self.chosen = torch_choices.choose(torch, self.row, lambda: self.train(1))

    def reset(self) -> None:
        self.network.load_state_dict(self.start)
        self._optimizer()

    def train(self, epochs: int) -> dict[str, Any]:
        torch, row = self.torch, self.row
        self.network.train()
        for step in range(epochs * row.steps):
            starts = torch.randint(len(self.text) - row.context, (row.batch_size,))
            rows = self.text[starts[:, None] + self.places]  # (batch, context + 1)
            rate = row.learning_rate * factor(step, row.iterations)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.optimizer.zero_grad(set_to_none=True)
            self.forward(rows[:, :-1], rows[:, 1:]).backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
            self.optimizer.step()
        return {}

    def logits(self, seen: np.ndarray) -> np.ndarray:
        self.network.eval()
        with self.torch.no_grad():
            found: np.ndarray = self.network(self.torch.from_numpy(seen).long()).numpy()
        return found

    def notes(self) -> dict[str, Any]:
        return self.chosen

    def _optimizer(self) -> None:
        weights = list(self.network.parameters())
        groups = [
            {"params": [w for w in weights if w.dim() >= 2], "weight_decay": DECAY},
            {"params": [w for w in weights if w.dim() < 2], "weight_decay": 0.0},
        ]
        self.optimizer = self.torch.optim.AdamW(
            groups, self.row.learning_rate, betas=BETAS, fused=True
        )

    def _loss(self, seen: Any, aims: Any) -> Any:
        scores = self.network(seen)
        return self.torch.nn.functional.cross_entropy(scores.flatten(0, 1), aims.flatten())


def factor(step: int, steps: int) -> float:
    """Of the learning rate at a step: a line up, a cosine down to `FLOOR`."""
    climb = max(1, round(WARMUP * steps))
    if step < climb:
        return (step + 1) / (climb + 1)
    done = (step - climb) / max(1, steps - climb)
    return FLOOR + 0.5 * (1 - FLOOR) * (1 + math.cos(math.pi * done))


def network(torch: Any, row: Any, vocabulary: int) -> Any:
    """The network, with fresh weights."""
    nn, functional, width = torch.nn, torch.nn.functional, row.width

    def dense(n_in: int, n_out: int, scale: float = 1.0) -> Any:
        layer = nn.Linear(n_in, n_out, bias=False)
        nn.init.normal_(layer.weight, std=SPREAD * scale)
        return layer

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            deep = (2 * row.layers) ** -0.5
            self.norms = nn.ModuleList(nn.LayerNorm(width, bias=False) for _ in range(2))
            self.attend, self.merge = dense(width, 3 * width), dense(width, width, deep)
            self.up, self.down = dense(width, 4 * width), dense(4 * width, width, deep)

        def forward(self, x: Any) -> Any:
            wide = self.attend(self.norms[0](x)).unflatten(-1, (3, row.heads, -1))
            query, key, value = wide.permute(2, 0, 3, 1, 4)  # each (batch, heads, steps, D)
            taken = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self.merge(taken.transpose(1, 2).flatten(2))
            return x + self.down(functional.gelu(self.up(self.norms[1](x))))

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens = nn.Embedding(vocabulary, width)
            self.positions = nn.Embedding(row.context, width)
            for table in (self.tokens, self.positions):
                nn.init.normal_(table.weight, std=SPREAD)
            self.blocks = nn.Sequential(*(Block() for _ in range(row.layers)))
            self.norm = nn.LayerNorm(width, bias=False)

        def forward(self, seen: Any) -> Any:
            x = self.tokens(seen) + self.positions.weight[: seen.shape[1]]
            return functional.linear(self.norm(self.blocks(x)), self.tokens.weight)

    return Network()


if __name__ == "__main__":
    serve(lambda row, data, words: Torch(row, data, "--compile" in words))
