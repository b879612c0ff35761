"""A GPT in PyTorch, eager, that writes with a cache; run by PyTorch's Python, asked line by line.

Each line on standard input is JSON: the network's sizes, the rows, the threads and how the cache is
kept. The answer is the seconds by the clock and those of the processor for a whole context.
"""

from __future__ import annotations

import functools
import json
import sys
import time

import torch
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm, self.hidden_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.keys = self.values = torch.zeros(0)

    def empty(self, rows: int, context: int, ahead: bool) -> None:
        size = self.merge.in_features // self.heads
        self.keys = torch.zeros(rows, self.heads, context if ahead else 0, size)
        self.values = torch.zeros_like(self.keys)

    def forward(self, x: Tensor, place: int, ahead: bool) -> Tensor:
        rows, steps, width = x.shape
        parts = self.attend(self.attention_norm(x)).split(width, dim=2)
        query, key, value = (
            part.view(rows, steps, self.heads, -1).transpose(1, 2) for part in parts
        )
        if ahead:
            self.keys[:, :, place : place + steps] = key
            self.values[:, :, place : place + steps] = value
            key, value = self.keys[:, :, : place + steps], self.values[:, :, : place + steps]
        else:
            key = self.keys = torch.cat([self.keys, key], dim=2)
            value = self.values = torch.cat([self.values, value], dim=2)
        taken = functional.scaled_dot_product_attention(query, key, value)
        x = x + self.merge(taken.transpose(1, 2).reshape(rows, steps, width))
        return x + self.down(functional.gelu(self.up(self.hidden_norm(x))))


class Gpt(nn.Module):
    def __init__(self, layers: int, width: int, heads: int, context: int, vocabulary: int) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens: Tensor, place: int, ahead: bool) -> Tensor:
        x = self.tokens(tokens) + self.places.weight[place : place + tokens.shape[1]]
        for block in self.blocks:
            x = block(x, place, ahead)
        return self.head(self.norm(x[:, -1]))

    @torch.inference_mode()
    def write(self, rows: int, steps: int, ahead: bool, temperature: float = 0.8) -> Tensor:
        for block in self.blocks:
            block.empty(rows, self.places.num_embeddings, ahead)
        token = torch.zeros(rows, 1, dtype=torch.long)
        told = [token]
        for place in range(steps):
            scores = self(token, place, ahead) / temperature
            token = torch.multinomial(functional.softmax(scores, dim=1), 1)
            told.append(token)
        return torch.cat(told, dim=1)


@functools.cache
def network(layers: int, width: int, heads: int, context: int, vocabulary: int) -> Gpt:
    torch.manual_seed(0)
    return Gpt(layers, width, heads, context, vocabulary).eval()


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        torch.set_num_threads(asked["threads"])
        gpt = network(*asked["sizes"])
        began, busy = time.perf_counter(), time.process_time()
        gpt.write(asked["rows"], asked["steps"], asked["ahead"])
        spent = time.perf_counter() - began, time.process_time() - busy
        print(json.dumps(spent), flush=True)


if __name__ == "__main__":
    main()
