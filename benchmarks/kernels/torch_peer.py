"""The same networks in PyTorch, eager; run by PyTorch's Python, asked line by line.

Each line on standard input names a network, its layout and a number of steps; the answer is
the seconds per step by the clock, and those of the processor, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional


class Cnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.convolution1 = nn.Conv2d(1, 32, 3, padding=1)
        self.convolution2 = nn.Conv2d(32, 64, 3, padding=1)
        self.dense1, self.dense2 = nn.Linear(3136, 128), nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(functional.relu(self.convolution1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.convolution2(x)), 2)
        return self.dense2(functional.relu(self.dense1(x.flatten(1))))


def layer(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs))


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first, self.second = layer(inputs, outputs, 3, stride), layer(outputs, outputs, 3)
        same = inputs == outputs
        self.shortcut = nn.Identity() if same else layer(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(functional.relu(self.first(x)))
        return functional.relu(y + self.shortcut(x))


class Resnet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = layer(3, 16, 3)
        self.blocks = nn.Sequential(Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2))
        self.dense = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.dense(self.blocks(functional.relu(self.stem(x))).mean((2, 3)))


class Recurrent(nn.Module):
    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        self.recurrent, self.dense = kind(16, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        outputs, _ = self.recurrent(x)
        return self.dense(outputs[:, -1])


def stepper(network: nn.Module, x: Tensor, memory: torch.memory_format) -> Callable:
    x = x.to(memory_format=memory)
    labels = torch.randint(0, 10, (len(x),))
    network = network.to(memory_format=memory)
    optimizer = torch.optim.Adam(network.parameters(), fused=True)

    def step() -> None:
        optimizer.zero_grad()
        functional.cross_entropy(network(x), labels).backward()
        optimizer.step()

    return step


def main() -> None:
    steps = {}
    for layout, memory in (("default", torch.contiguous_format), ("last", torch.channels_last)):
        steps["cnn", layout] = stepper(Cnn(), torch.randn(64, 1, 28, 28), memory)
        steps["resnet", layout] = stepper(Resnet(), torch.randn(64, 3, 32, 32), memory)
    for name, kind in {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}.items():
        x = torch.randn(32, 64, 16)
        steps[name, "default"] = stepper(Recurrent(kind), x, torch.contiguous_format)
        steps[name, "single"] = steps[name, "default"]
    for line in sys.stdin:
        name, layout, count = line.split()
        torch.set_num_threads(1 if layout == "single" else 2)
        began, busy = time.perf_counter(), time.process_time()
        for _ in range(int(count)):
            steps[name, layout]()
        spent = time.perf_counter() - began, time.process_time() - busy
        print(json.dumps([seconds / int(count) for seconds in spent]), flush=True)


if __name__ == "__main__":
    main()
